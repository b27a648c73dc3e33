#include "cli/options.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/names.h"
#include "runtime/shard.h"

namespace duban::cli {
CLI::App* add_command(CLI::App& parent, Session& session, const std::string& name,
                      std::string_view english, std::string_view chinese) {
  CLI::App* command =
      parent.add_subcommand(name, std::string(session.chinese() ? chinese : english));
  command->set_help_flag("-h,--help", session.say("this help", "显示本帮助"));
  // The language was settled before; here it is only checked.
  CLI::Option* lang = command->add_option_function<std::string>(
      "--lang", [](const std::string&) {}, session.say("language of messages", "提示信息的语言"));
  lang->type_name("en|zh");
  only(lang, session, {"en", "zh"});
  command->add_flag("-v,--verbose", session.verbose,
                    session.say("say on stderr what is sent", "在标准错误上列出发送的内容"));
  return command;
}

void add_examples(CLI::App& command, const Session& session, const std::vector<Example>& examples) {
  std::string footer = session.say("Examples:", "示例：");
  for (const Example& example : examples) {
    footer += fmt::format("\n  duban {}\n      {}", example.command,
                          session.chinese() ? example.chinese : example.english);
  }
  command.footer(footer);
}

CLI::Option* add_text(CLI::App& command, const std::string& name, const std::string& type,
                      std::string& value, const std::string& description) {
  return command.add_option(name, value, description)->type_name(type);
}

CLI::Option* add_texts(CLI::App& command, const std::string& name, const std::string& type,
                       std::vector<std::string>& values, const std::string& description) {
  CLI::Option* option = command.add_option(name, values, description)->type_name(type);
  if (name.starts_with('-')) option->allow_extra_args(false);
  return option;
}

CLI::Option* add_switch(CLI::App& command, const std::string& name, bool& value,
                        const std::string& description) {
  return command.add_flag(name, value, description);
}

void add_format(CLI::App& command, Session& session, bool csv, bool sarif) {
  CLI::Option* option = command.add_option_function<std::string>(
      "--format",
      [&session](const std::string& format) {
        session.format = format == "json"    ? Format::json
                         : format == "csv"   ? Format::csv
                         : format == "sarif" ? Format::sarif
                                             : Format::table;
      },
      session.say("how the result is written", "结果的格式"));
  std::vector<std::string> words = {"table", "json"};
  if (csv) words.emplace_back("csv");
  if (sarif) words.emplace_back("sarif");
  std::string type;
  for (const std::string& word : words) type += (type.empty() ? "" : "|") + word;
  option->type_name(type);
  only(option, session, words);
}

CLI::Option* add_database(CLI::App& command, const Session& session, std::string& path) {
  return add_text(command, "--db", "FILE", path, session.say("the database", "数据库文件"))
      ->required();
}

void add_shards(CLI::App& command, const Session& session, std::optional<int>& shards) {
  command
      .add_option(
          "--shards", shards,
          session.say("for a new database: divide its subjects among N files, each worked on "
                      "by a core of its own (default 1)",
                      "新建数据库时：将对象分到几个文件，各由一个核处理（默认 1）"))
      ->type_name("N");
}

std::optional<Exit> check_shards(const Session& session, const std::optional<int>& shards) {
  if (!shards || (*shards >= 1 && *shards <= static_cast<int>(kShardsMax))) return std::nullopt;
  return session.misused(
      session.say("--shards is a number from 1 to {}", "--shards 应为 1 至 {} 的整数", kShardsMax));
}

void add_channels(CLI::App& command, const Session& session, std::vector<std::string>& channels) {
  add_texts(command, "--channel", "NAME=TARGET", channels,
            session.say("where a channel sends: log, or file:PATH; * is all of them",
                        "渠道的去向：log 或 file:PATH；* 指全部渠道"));
}

void add_parameters(CLI::App& command, const Session& session, std::vector<std::string>& settings) {
  add_texts(command, "--set", "NAME=VALUE", settings,
            session.say("the value of a parameter, as in a rule: `3 days`",
                        "参数的取值，写法同规则：`3 天`"));
}

void add_languages(CLI::App& command, const Session& session, std::string& language) {
  CLI::Option* option = add_text(command, "--language", "en|zh", language,
                                 session.say("which of rules/en and rules/zh counts (default en)",
                                             "rules/en 与 rules/zh 以何者为准（默认 en）"));
  only(option, session, {"en", "zh"});
}

std::function<std::string(const std::string&)> whole_number(const Session& session, int least) {
  return [&session, least](const std::string& number) -> std::string {
    const bool is_number = number.find_first_not_of("0123456789") == std::string::npos;
    if (is_number && (least == 0 || number.find_first_not_of('0') != std::string::npos)) return {};
    return session.say("`{}` is not a number, {} or more", "“{}”不是不小于 {} 的整数", number,
                       least);
  };
}

void only(CLI::Option* option, const Session& session, const std::vector<std::string>& words) {
  option->check([&session, words](const std::string& value) -> std::string {
    if (std::find(words.begin(), words.end(), value) != words.end()) return {};
    const std::string all = fmt::format("{}", fmt::join(words, ", "));
    return session.say("`{}` is not one of {}", "“{}”不是 {} 之一", value, all) +
           did_you_mean(session, nearest(value, words));
  });
}

}  // namespace duban::cli
