#include <algorithm>
#include <utility>

#include "engine/state.h"

namespace duban {

const References::Row* References::find(uint16_t entity, const std::string& key) const {
  if (entity >= tables_.size()) return nullptr;
  const auto row = tables_[entity].find(key);
  return row == tables_[entity].end() ? nullptr : &row->second;
}

std::vector<Value> References::keys_of(uint16_t entity, uint16_t attribute,
                                       const std::vector<Value>& values) const {
  std::vector<Value> keys;
  if (entity >= tables_.size()) return keys;
  for (const auto& [key, row] : tables_[entity]) {
    if (attribute < row.size() && std::binary_search(values.begin(), values.end(), row[attribute]))
      keys.emplace_back(Key{entity, key});
  }
  return keys;
}

void References::put(uint16_t entity, const std::string& key, Row row) {
  if (entity >= tables_.size()) tables_.resize(size_t{entity} + 1);
  tables_[entity].insert_or_assign(key, std::move(row));
}

void References::erase(uint16_t entity, const std::string& key) {
  if (entity < tables_.size()) tables_[entity].erase(key);
}

size_t References::size() const {
  size_t rows = 0;
  for (const auto& table : tables_) rows += table.size();
  return rows;
}

}  // namespace duban
