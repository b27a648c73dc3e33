// The policies of the simulated shop, in versions that follow one another.
#pragma once

#include "engine/compile.h"

namespace duban::simulation {

struct Shop {
  const char* zone = "Asia/Shanghai";
  int version = 1;  // from 1; each says something else, and every fourth how cases go on
};

CompileInput shop(const Shop& which);

}  // namespace duban::simulation
