// Usage errors: CLI11 finds them, the reader's language and the nearest name are added here.
#include <algorithm>

#include "cli/names.h"
#include "cli/options.h"

namespace duban::cli {
namespace {

// The innermost command that was named.
CLI::App& innermost(CLI::App& app) {
  CLI::App* command = &app;
  while (!command->get_subcommands().empty()) command = command->get_subcommands().back();
  return *command;
}

std::string full_name(CLI::App& app) {
  return app.get_parent() == nullptr ? app.get_name()
                                     : full_name(*app.get_parent()) + " " + app.get_name();
}

std::vector<std::string> subcommands_of(CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(command->get_name());
  }
  return names;
}

std::vector<std::string> options_of(CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

// The part of CLI11's text before `tail`, or empty.
std::string before(const std::string& text, std::string_view tail) {
  return text.ends_with(tail) ? text.substr(0, text.size() - tail.size()) : std::string();
}

// What is left over and is not known; empty when nothing is.
std::string unknown(CLI::App& command, const std::vector<std::string>& rest,
                    const Session& session) {
  for (const std::string& word : rest) {
    if (!word.starts_with('-') || word == "-") continue;
    const std::string name = word.substr(0, word.find('='));
    return session.say("unknown option `{}`", "未知选项“{}”", name) +
           did_you_mean(session, nearest(name, options_of(command)));
  }
  if (rest.empty()) return {};
  const std::vector<std::string> commands = subcommands_of(command);
  if (!commands.empty()) {
    return session.say("unknown command `{}`", "未知命令“{}”", rest.front()) +
           did_you_mean(session, nearest(rest.front(), commands));
  }
  return session.say("`{}` is one argument too many", "多余的参数“{}”", rest.front());
}

// CLI11's own texts, which are in English.
std::string translated(const CLI::ParseError& error, CLI::App& command, const Session& session) {
  const std::string text = error.what();
  if (const std::string name = before(text, " is required"); !name.empty()) {
    if (name != "A subcommand") return session.say("{} is missing", "缺少 {}", name);
    std::string names;
    for (const std::string& one : subcommands_of(command)) names += ", `" + one + "`";
    return session.say("a command is missing: one of {}", "缺少命令，应为 {} 之一",
                       names.substr(std::min<size_t>(2, names.size())));
  }
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr) {
    const std::string name = text.substr(0, text.find(':'));
    if (name.size() < text.size()) {
      return session.say("{} needs one value", "{} 需要一个值", name);
    }
  }
  if (dynamic_cast<const CLI::ConversionError*>(&error) != nullptr) {
    const std::string prefix = "Could not convert: ";
    if (text.starts_with(prefix)) {
      return session.say("not a number: {}", "不是数字：{}", text.substr(prefix.size()));
    }
  }
  return text;
}

}  // namespace

void complain_about(const CLI::ParseError& error, CLI::App& app, const Session& session) {
  CLI::App& command = innermost(app);
  std::string message = unknown(command, app.remaining(true), session);
  if (message.empty()) message = translated(error, command, session);
  session.complain(message, session.say("`{} --help` shows how it is used", "用法见 `{} --help`",
                                        full_name(command)));
}

}  // namespace duban::cli
