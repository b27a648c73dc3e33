#include "tests/cli/harness.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>

namespace duban::test {
namespace {

namespace fs = std::filesystem;

std::string read_whole(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

struct Streams {
  int input = -1;  // descriptor that becomes standard input
  std::string out, err;
};

pid_t start(const TempDir& dir, const std::vector<std::string>& arguments, const Streams& streams,
            const Environment& environment) {
  std::vector<std::string> words = {DUBAN_BINARY};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);

  const pid_t pid = fork();
  if (pid != 0) return pid;
  if (chdir(dir.path().c_str()) != 0) _exit(120);
  const int out = open(streams.out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
  const int err = open(streams.err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
  if (out < 0 || err < 0) _exit(121);
  dup2(streams.input, STDIN_FILENO);
  dup2(out, STDOUT_FILENO);
  dup2(err, STDERR_FILENO);
  for (const char* name : {"LANG", "LC_ALL", "LC_MESSAGES", "COLUMNS"}) unsetenv(name);
  for (const auto& [name, value] : environment) setenv(name.c_str(), value.c_str(), 1);
  signal(SIGPIPE, SIG_DFL);
  execv(argv[0], argv.data());
  _exit(122);
}

int code_of(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status); }

std::string unique_name(const char* stem) {
  static std::atomic<int> number{0};
  return (fs::temp_directory_path() /
          (std::string(stem) + std::to_string(getpid()) + "-" + std::to_string(number++)))
      .string();
}

}  // namespace

TempDir::TempDir() : path_(unique_name("duban-cli-")) { fs::create_directories(path_); }

TempDir::~TempDir() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

void TempDir::write(const std::string& name, const std::string& text) const {
  fs::create_directories((path_ / name).parent_path());
  std::ofstream out(path_ / name, std::ios::binary);
  out << text;
  ASSERT_TRUE(out.good()) << name;
}

std::string TempDir::read(const std::string& name) const { return read_whole(path_ / name); }

Ran duban(const TempDir& dir, const std::vector<std::string>& arguments, const std::string& input,
          const Environment& environment) {
  const std::string stem = unique_name("duban-io-");
  Streams streams{-1, stem + ".out", stem + ".err"};
  const std::string input_path = stem + ".in";
  std::ofstream(input_path, std::ios::binary) << input;
  streams.input = open(input_path.c_str(), O_RDONLY | O_CLOEXEC);
  const pid_t pid = start(dir, arguments, streams, environment);
  close(streams.input);
  int status = 0;
  waitpid(pid, &status, 0);
  Ran ran{code_of(status), read_whole(streams.out), read_whole(streams.err)};
  for (const std::string& path : {input_path, streams.out, streams.err}) fs::remove(path);
  return ran;
}

Running::Running(const TempDir& dir, const std::vector<std::string>& arguments) : dir_(dir) {
  const std::string stem = unique_name("duban-io-");
  out_ = stem + ".out";
  err_ = stem + ".err";
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) std::abort();
  pid_ = start(dir_, arguments, {ends[0], out_, err_}, {});
  close(ends[0]);
  input_ = ends[1];
}

Running::~Running() {
  close_input();
  if (!reaped_) {
    ::kill(pid_, SIGKILL);
    waitpid(pid_, &status_, 0);
  }
  std::error_code ignored;
  fs::remove(out_, ignored);
  fs::remove(err_, ignored);
}

void Running::feed(const std::string& text) {
  ASSERT_EQ(write(input_, text.data(), text.size()), static_cast<ssize_t>(text.size()));
}

bool Running::try_to_feed(const std::string& text) {
  const auto former = ::signal(SIGPIPE, SIG_IGN);
  const ssize_t wrote = write(input_, text.data(), text.size());
  ::signal(SIGPIPE, former);
  return wrote == static_cast<ssize_t>(text.size());
}

void Running::close_input() {
  if (input_ >= 0) close(input_);
  input_ = -1;
}

void Running::kill(int signal) {
  if (!reaped_) ::kill(pid_, signal);
}

bool Running::finished() {
  if (!reaped_) reaped_ = waitpid(pid_, &status_, WNOHANG) == pid_;
  return reaped_;
}

Ran Running::wait() {
  if (!reaped_) waitpid(pid_, &status_, 0);
  reaped_ = true;
  return {code_of(status_), read_whole(out_), read_whole(err_)};
}

size_t count(const std::string& text, const std::string& part) {
  size_t found = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

}  // namespace duban::test
