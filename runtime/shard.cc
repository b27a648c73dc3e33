#include "runtime/shard.h"

namespace duban {

uint32_t shard_of(std::string_view key, uint32_t shards) {
  uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : key) hash = (hash ^ static_cast<uint8_t>(c)) * 0x100000001b3U;
  hash = (hash ^ hash >> 33) * 0xff51afd7ed558ccdU;
  hash = (hash ^ hash >> 33) * 0xc4ceb9fe1a85ec53U;
  hash ^= hash >> 33;
  return static_cast<uint32_t>(hash % shards);
}

std::string shard_path(const std::string& database, uint32_t index) {
  return index == 0 ? database : database + ".shard" + std::to_string(index);
}

}  // namespace duban
