// What all commands of `duban` share: exit codes, the session, and how a command is registered.
//
// A command registers its options with CLI11 and leaves its action in the session; the action runs
// after the whole command line was understood.
#pragma once

#include <fmt/format.h>

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/output.h"
#include "engine/result.h"
#include "engine/source.h"
#include "engine/time.h"

namespace CLI {
class App;
}

namespace duban::cli {

enum class Exit : int {
  ok = 0,
  findings = 1,      // errors in rules, failed scenarios, a refused deployment or event
  usage = 2,         // the command line itself
  failure = 3,       // a file, the database, the feed
  interrupted = 130  // stopped by Ctrl-C; the same command goes on where it stopped
};

enum class Format : uint8_t { table, json, csv, sarif };

// One run of the program: what was asked for, and where results and complaints go.
struct Session {
  Language language = Language::english;
  Format format = Format::table;
  bool verbose = false;
  mutable Output out;            // results; written out before anything else is said
  std::function<Exit()> action;  // of the chosen command

  bool chinese() const { return language == Language::chinese; }

  // The text in the reader's language, with its {placeholders} filled.
  template <typename... Args>
  std::string say(fmt::format_string<const Args&...> english,
                  fmt::format_string<const Args&...> in_chinese, const Args&... args) const {
    return chinese() ? fmt::format(in_chinese, args...) : fmt::format(english, args...);
  }

  // Of a text that is there in both languages; in English where there is no Chinese.
  const std::string& pick(const std::string& english, const std::string& in_chinese) const {
    return chinese() && !in_chinese.empty() ? in_chinese : english;
  }

  // To stderr, after `error:`.
  void complain(const Error& error) const;
  void complain(const std::string& message, const std::string& hint = {}) const;
  void remark(const std::string& message) const;  // to stderr, as it is
  // Complains and gives the exit code to return.
  Exit fail(const Error& error) const;
  Exit misused(const std::string& message, const std::string& hint = {}) const;
};

// A number with its noun: `1 error`, `2 errors`.
std::string count_of(uint64_t count, std::string_view noun);
std::string with_separators(uint64_t number);  // 1,234,567

// `name=value` pairs; an error about the first that is none.
Result<std::vector<std::pair<std::string, std::string>>> split_pairs(
    const Session& session, const std::vector<std::string>& pairs);

// One subcommand each, in the file of its name.
void add_check(CLI::App& app, Session& session);
void add_explain(CLI::App& app, Session& session);
void add_fmt(CLI::App& app, Session& session);
void add_test(CLI::App& app, Session& session);
void add_deploy(CLI::App& app, Session& session);
void add_versions(CLI::App& app, Session& session);
void add_rollback(CLI::App& app, Session& session);
void add_run(CLI::App& app, Session& session);
void add_list(CLI::App& app, Session& session);
void add_task(CLI::App& app, Session& session);
void add_incident(CLI::App& app, Session& session);
void add_db(CLI::App& app, Session& session);
void add_why(CLI::App& app, Session& session);
void add_init(CLI::App& app, Session& session);
void add_simulate_feed(CLI::App& app, Session& session);

// The whole program; returns its exit code.
int run_program(int argc, const char* const* argv);

}  // namespace duban::cli
