#include "runtime/zone_data.h"

#ifndef USE_OS_TZDB
#define USE_OS_TZDB 1  // as the system's date library was built: the class layout differs
#endif
#include <date/tz.h>

#include <exception>
#include <fstream>

namespace duban {

std::string zone_data_version() {
  static const std::string version = [] {
    try {
      const std::string& known = date::get_tzdb().version;
      if (!known.empty() && known != "unknown") return known;
    } catch (const std::exception&) {
      return std::string("unknown");
    }
    // Many systems do not install the file the library looks for, but this one, whose first line
    // is `# version 2024a`.
    std::ifstream file("/usr/share/zoneinfo/tzdata.zi");
    std::string hash, word, found;
    if (file >> hash >> word >> found && hash == "#" && word == "version") return found;
    return std::string("unknown");
  }();
  return version;
}

}  // namespace duban
