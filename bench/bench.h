// What the benches share.
#pragma once

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "engine/compile.h"
#include "runtime/runtime.h"
#include "runtime/sqlite_store.h"

namespace duban::bench {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

[[noreturn]] inline void give_up(const std::string& message) {
  std::fprintf(stderr, "%s: %s\n", program_invocation_short_name, message.c_str());
  std::_Exit(1);
}

template <typename T>
T must(Result<T> result) {
  if (!result) give_up(result.error().to_string());
  return std::move(*result);
}

inline void must(const Status& status) {
  if (!status) give_up(status.error().to_string());
}

inline double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// `F run.name value unit`
inline void figure(const std::string& run, const char* name, double value, const char* unit) {
  std::printf("F %s.%s %.3f %s\n", run.c_str(), name, value, unit);
}

inline double percentile(std::vector<double> values, size_t percent) {
  std::sort(values.begin(), values.end());
  return values.at(values.size() * percent / 100);
}

// The policies, and every vocabulary and calendar of the folder; paths as seen from it. No policy
// named: all of them.
inline CompileInput read_rules(const fs::path& folder, const std::vector<std::string>& policies) {
  CompileInput input;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const std::string name = entry.path().lexically_relative(folder).generic_string();
    const bool is_rules = entry.path().extension() == ".rules";
    if (!is_rules && entry.path().extension() != ".csv") continue;
    const bool wanted = policies.empty() || !is_rules || entry.path().parent_path() == folder ||
                        std::find(policies.begin(), policies.end(), name) != policies.end();
    if (!wanted) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    input.files.push_back({name, text.str()});
  }
  std::sort(input.files.begin(), input.files.end());
  return input;
}

template <typename AnyRuntime>
void deploy(AnyRuntime& runtime, const CompileInput& input) {
  const Compilation compilation = compile(input);
  if (compilation.plan == nullptr) give_up("the policies do not compile");
  must(runtime.deploy(input, compilation, std::nullopt, ""));
}

// A folder that goes away with this.
class Folder {
 public:
  explicit Folder(const std::string& name)
      : path_(fs::temp_directory_path() / ("duban-" + name + "-" + std::to_string(getpid()))) {
    fs::create_directories(path_);
  }
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  fs::path operator/(const char* name) const { return path_ / name; }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

}  // namespace duban::bench
