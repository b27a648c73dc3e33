// Times as listings write them, local to the deployment's zone, made absolute for machines.
#pragma once

#include <optional>
#include <string>

#include "engine/time.h"

namespace duban::cli {

// The zone that the newest deployment of a database names.
std::optional<Zone> zone_of(const std::string& db);

// `2026-03-01 09:00` as `2026-03-01T09:00:00+08:00`. Dates, and what is no time, stay as they are.
std::string to_absolute(const std::optional<Zone>& zone, const std::string& text);

}  // namespace duban::cli
