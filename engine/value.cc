#include "engine/value.h"

#include <algorithm>
#include <utility>

namespace duban {

bool SetValue::operator==(const SetValue& other) const { return items == other.items; }

std::strong_ordering SetValue::operator<=>(const SetValue& other) const {
  return std::lexicographical_compare_three_way(items.begin(), items.end(), other.items.begin(),
                                                other.items.end());
}

Value make_set(std::vector<Value> items) {
  std::sort(items.begin(), items.end());
  items.erase(std::unique(items.begin(), items.end()), items.end());
  return SetValue{std::move(items)};
}

}  // namespace duban
