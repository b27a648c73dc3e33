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

// An event as a feed has it; no subject: a broadcast.
inline std::string event_line(const std::string& type, const std::string& id,
                              const std::string& subject, const std::string& time,
                              const std::string& data) {
  return R"({"id":")" + id + R"(","source":"/bench","type":")" + type + '"' +
         (subject.empty() ? "" : R"(,"subject":")" + subject + '"') + R"(,"time":")" + time +
         R"(","data":{)" + data + "}}";
}

inline std::string customer_key(size_t number) { return std::to_string(60'000'000 + number); }

inline void take_line(Runtime& runtime, const std::string& line) {
  must(runtime.take(ndjson_item("bench", 1, line)));
}

inline void register_customer(Runtime& runtime, size_t number, const std::string& feeder) {
  take_line(runtime, event_line("customer_registered", "new-" + std::to_string(number),
                                customer_key(number), "2026-03-01T09:00:00+08:00",
                                R"("name":"黄海燕","phone":"13664677080","class":"residential",)"
                                R"("credit":"fair","annual_kwh":2304,"manager":"S00003",)"
                                R"("feeder":")" +
                                    feeder + '"'));
}

// Each with one bill of the collection policy, all due on the twentieth.
inline void register_with_bills(Runtime& runtime, size_t customers) {
  for (size_t i = 0; i < customers; ++i) {
    const std::string number = std::to_string(i);
    register_customer(runtime, i, "F0001");
    take_line(
        runtime,
        event_line("bill_issued", "bill-" + number, customer_key(i), "2026-03-01T10:00:00+08:00",
                   R"("bill_no":"B)" + number + R"(","amount":120.5,"due_date":"2026-03-20")"));
  }
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
