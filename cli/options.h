// The parts command lines are put together from. The only door to CLI11, with app.cc and the
// commands themselves.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/cli.h"

namespace duban::cli {

// A subcommand with its one-line description and the options every command has.
CLI::App* add_command(CLI::App& parent, Session& session, const std::string& name,
                      std::string_view english, std::string_view chinese);

struct Example {
  std::string command;  // without `duban`
  std::string english, chinese;
};
// Printed at the end of the command's help.
void add_examples(CLI::App& command, const Session& session, const std::vector<Example>& examples);

CLI::Option* add_text(CLI::App& command, const std::string& name, const std::string& type,
                      std::string& value, const std::string& description);
CLI::Option* add_texts(CLI::App& command, const std::string& name, const std::string& type,
                       std::vector<std::string>& values, const std::string& description);
CLI::Option* add_switch(CLI::App& command, const std::string& name, bool& value,
                        const std::string& description);
// `--format table|json`, with `csv` where the result is a listing and `sarif` where it is findings.
void add_format(CLI::App& command, Session& session, bool csv = false, bool sarif = false);
CLI::Option* add_database(CLI::App& command, const Session& session, std::string& path);
// `--shards N`, of a new database, and whether N is one that can be.
void add_shards(CLI::App& command, const Session& session, std::optional<int>& shards);
std::optional<Exit> check_shards(const Session& session, const std::optional<int>& shards);
// `--channel NAME=TARGET`, may be repeated.
void add_channels(CLI::App& command, const Session& session, std::vector<std::string>& channels);
// `--set name=value`, may be repeated.
void add_parameters(CLI::App& command, const Session& session, std::vector<std::string>& settings);
void add_languages(CLI::App& command, const Session& session, std::string& language);
// Digits that make a number of at least `least`, 0 or 1.
std::function<std::string(const std::string&)> whole_number(const Session& session, int least);
// One of the given words, with the nearest named when it is another.
void only(CLI::Option* option, const Session& session, const std::vector<std::string>& words);

// Usage errors in the reader's language, with the nearest known name.
void complain_about(const CLI::ParseError& error, CLI::App& app, const Session& session);

}  // namespace duban::cli
