// Shards: a database may be divided by subjects, so that more cores help.
//
// A subject belongs to the shard that shard_of() says, for ever: no version, machine or order of
// events changes it. Each shard has a file, a log, timers and an outbox of its own; what concerns
// all subjects (deployments, reference rows, broadcasts) is in each.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace duban {

constexpr uint32_t kShardsMax = 64;

// By the key alone, whatever its entity: where a line belongs is known before its type is. FNV-1a
// of 64 bits over the bytes of the key, mixed by the last steps of MurmurHash3, modulo `shards`.
uint32_t shard_of(std::string_view key, uint32_t shards);

// One part of so many.
struct Shard {
  uint32_t index = 0, count = 1;
  bool holds(std::string_view key) const { return count == 1 || shard_of(key, count) == index; }
  bool operator==(const Shard&) const = default;
};

// The file of a shard: the first has the name of the database, the others `<name>.shard1`…
std::string shard_path(const std::string& database, uint32_t index);

}  // namespace duban
