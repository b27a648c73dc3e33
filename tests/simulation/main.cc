// duban_simulation --seed N [--verbose] [--bug NAME]
// duban_simulation --seeds A-B [--bug NAME]
#include <spdlog/spdlog.h>

#include <cstdlib>
#include <cstring>
#include <iostream>

#include "tests/simulation/simulation.h"

using namespace duban::simulation;

namespace {

int usage() {
  std::cerr << "usage: duban_simulation --seed N [--verbose] [--bug NAME]\n"
               "       duban_simulation --seeds A-B [--keep-going] [--bug NAME]\nbugs:";
  for (const Bug bug : kBugs) std::cerr << " " << to_string(bug);
  std::cerr << "\n";
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  uint64_t first = 0, last = 0;
  bool verbose = false, any = false, keeps_going = false;
  Bug bug = Bug::none;
  for (int i = 1; i < argc; ++i) {
    const std::string_view option = argv[i];
    const char* value = i + 1 < argc ? argv[i + 1] : nullptr;
    if (option == "--verbose") {
      verbose = true;
    } else if (option == "--keep-going") {
      keeps_going = true;
    } else if (value != nullptr && (option == "--seed" || option == "--seeds")) {
      char* end = nullptr;
      first = last = std::strtoull(value, &end, 10);
      if (*end == '-') last = std::strtoull(end + 1, &end, 10);
      any = *end == 0 && first <= last;
      ++i;
    } else if (value != nullptr && option == "--bug") {
      for (const Bug each : kBugs) bug = to_string(each) == value ? each : bug;
      if (bug == Bug::none) return usage();
      ++i;
    } else {
      return usage();
    }
  }
  if (!any) return usage();
  spdlog::set_level(spdlog::level::off);
  const Folder folder;
  Totals totals;
  uint64_t bad = 0;
  for (uint64_t seed = first; seed <= last; ++seed) {
    const Verdict verdict = simulate(
        folder, seed, bug,
        verbose ? Machine::Trace([](const std::string& line) { std::cout << line << "\n"; })
                : Machine::Trace(),
        totals);
    if (verdict.complaints.empty()) continue;
    ++bad;
    std::cout << "seed " << seed << ":\n";
    for (const std::string& complaint : verdict.complaints) std::cout << "  " << complaint << "\n";
    if (!keeps_going) break;
  }
  for (const auto& [what, count] : totals) std::cout << what << ": " << count << "\n";
  std::cout << "seeds that went wrong: " << bad << std::endl;
  return bad == 0 ? 0 : 1;
}
