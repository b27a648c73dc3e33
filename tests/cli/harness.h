// Drives the built binary in a directory of its own, as a person or a script would.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace duban::test {

// A directory that is gone at the end of the test.
class TempDir {
 public:
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
  void write(const std::string& name, const std::string& text) const;  // makes its directory
  std::string read(const std::string& name) const;

 private:
  std::filesystem::path path_;
};

struct Ran {
  int code = -1;  // exit code; 128 + signal
  std::string out, err;
};

using Environment = std::vector<std::pair<std::string, std::string>>;

// Runs `duban ARGUMENTS…` in `dir` to its end. Messages are in English unless the environment or
// the arguments say otherwise.
Ran duban(const TempDir& dir, const std::vector<std::string>& arguments,
          const std::string& input = {}, const Environment& environment = {});

// A `duban` that runs beside the test, its standard input a pipe.
class Running {
 public:
  Running(const TempDir& dir, const std::vector<std::string>& arguments);
  ~Running();
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  void feed(const std::string& text);
  bool try_to_feed(const std::string& text);  // false: it went away before it took all
  void close_input();
  void kill(int signal);
  bool finished();  // without waiting
  Ran wait();

 private:
  const TempDir& dir_;
  std::string out_, err_;
  pid_t pid_ = -1;
  int input_ = -1;
  int status_ = -1;
  bool reaped_ = false;
};

size_t count(const std::string& text, const std::string& part);

}  // namespace duban::test
