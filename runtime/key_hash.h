// Keys in hash tables. Nothing may depend on the order of such a table.
#pragma once

#include <functional>
#include <string>

#include "engine/value.h"

namespace duban {

struct KeyHash {
  size_t operator()(const Key& key) const {
    return std::hash<std::string>()(key.key) ^ (size_t{key.entity} * 0x9e3779b97f4a7c15U);
  }
};

}  // namespace duban
