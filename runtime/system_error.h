// What the system says about a file, in both languages.
#pragma once

#include <string>

#include "engine/result.h"

namespace duban {

// `cannot be read: No such file or directory`; `code` is an errno.
Error system_error(const std::string& english, const std::string& chinese, int code,
                   const std::string& place);

}  // namespace duban
