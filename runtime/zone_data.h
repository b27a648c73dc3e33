// The time-zone data of this machine: part of what a deployment records.
#pragma once

#include <string>

namespace duban {

// E.g. `2024a`; `unknown` where the system does not say.
std::string zone_data_version();

}  // namespace duban
