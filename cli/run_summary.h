// What a run did, in numbers.
#pragma once

#include <string>

#include "cli/cli.h"
#include "runtime/runtime.h"

namespace duban::cli {

std::string to_text(const Session& session, const RunCounts& counts, double seconds);
std::string to_json(const RunCounts& counts, double seconds, bool interrupted);

}  // namespace duban::cli
