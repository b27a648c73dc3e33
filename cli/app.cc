// The program: language, command line, exit code; the one boundary for exceptions.
#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "cli/options.h"
#include "runtime/system_error.h"

namespace duban::cli {
namespace {

// Help with the usage first and without CLI11's own words.
class HelpFormatter : public CLI::Formatter {
 public:
  explicit HelpFormatter(const Session& session) {
    column_width(26);
    if (!session.chinese()) {
      label("OPTIONS", "OPTIONS…");
      label("SUBCOMMAND", "COMMAND");
      label("Positionals", "Arguments");
      return;
    }
    label("Usage", "用法");
    label("OPTIONS", "选项…");
    label("SUBCOMMAND", "命令");
    label("Positionals", "参数");
  }

  std::string make_help(const CLI::App* app, std::string name,
                        CLI::AppFormatMode mode) const override {
    std::string out = make_description(app) + "\n" + make_usage(app, name) + make_positionals(app) +
                      make_groups(app, mode) + make_subcommands(app, mode);
    while (out.ends_with('\n')) out.pop_back();
    const std::string footer = make_footer(app);
    return out + "\n" + (footer.empty() ? "" : "\n" + footer);
  }

  std::string make_option_opts(const CLI::Option* option) const override {
    std::string out;
    if (option->get_type_size() != 0 && !option->get_positional() &&
        !option->get_type_name().empty()) {
      out = " " + option->get_type_name();
    }
    if (option->get_required() && !option->get_positional()) out += " *";
    return out;
  }
};

bool is_chinese_locale(const char* value) { return std::strncmp(value, "zh", 2) == 0; }

// From `--lang`, else from the environment as POSIX orders it. An ill-chosen value is complained of
// when the command line is parsed. Behind `fmt` it is the language of the rules.
Language language_of(int argc, const char* const* argv) {
  bool in_command = false;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--" || (word == "fmt" && !in_command)) break;
    in_command |= !word.starts_with('-') && std::strcmp(argv[i - 1], "--format") != 0;
    if (word == "--lang" && i + 1 < argc) {
      return std::strcmp(argv[i + 1], "zh") == 0 ? Language::chinese : Language::english;
    }
    if (word.starts_with("--lang=")) {
      return word == "--lang=zh" ? Language::chinese : Language::english;
    }
  }
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    const char* value = std::getenv(name);
    if (value == nullptr || *value == '\0') continue;
    return is_chinese_locale(value) ? Language::chinese : Language::english;
  }
  return Language::english;
}

std::unique_ptr<CLI::App> make_app(Session& session) {
  auto app = std::make_unique<CLI::App>(
      session.say("duban: rules that see things through.", "督办：让规则件件有着落。"), "duban");
  const auto formatter = std::make_shared<HelpFormatter>(session);
  app->formatter(formatter);
  app->option_defaults()->group(session.say("Options (* required)", "选项（* 必填）"));
  app->require_subcommand(1);
  app->set_help_flag("-h,--help", session.say("this help", "显示本帮助"));
  app->set_version_flag("--version", std::string("duban ") + DUBAN_VERSION,
                        session.say("the version of this program", "显示程序版本"));
  CLI::Option* lang = app->add_option_function<std::string>(
      "--lang", [](const std::string&) {},
      session.say("language of messages (default: from the environment)",
                  "提示信息的语言（默认取自环境变量）"));
  lang->type_name("en|zh");
  only(lang, session, {"en", "zh"});
  add_format(*app, session, true);

  add_check(*app, session);
  add_explain(*app, session);
  add_fmt(*app, session);
  add_test(*app, session);
  add_run(*app, session);
  add_list(*app, session);
  add_why(*app, session);
  add_task(*app, session);
  add_incident(*app, session);
  add_deploy(*app, session);
  add_versions(*app, session);
  add_rollback(*app, session);
  add_db(*app, session);
  add_init(*app, session);
  add_simulate_feed(*app, session);
  for (CLI::App* command : app->get_subcommands([](CLI::App*) { return true; })) {
    command->group(session.say("Commands", "命令"));
  }
  add_examples(*app, session,
               {{"init demo", "a small project to start from", "建立一个可直接运行的示例项目"},
                {"test demo", "run its scenarios", "运行其中的场景"},
                {"run --rules demo --db demo.db --events demo/feed.ndjson",
                 "process a feed of events", "处理一批事件"},
                {"list tasks --db demo.db", "see what is to be done", "查看待办任务"}});
  return app;
}

// The exit code of the chosen command, or of a problem with writing its result.
int finish(Session& session, Exit exit) {
  session.out.flush();
  if (session.out.error() != 0) {
    return static_cast<int>(session.fail(
        system_error("cannot write the result", "无法写出结果", session.out.error(), {})));
  }
  return static_cast<int>(exit);
}

// Standard input, output or error that was closed would be the next file that is opened, and what
// is said would be written into a database. Whatever stands there now refuses it, as before.
void occupy_standard_descriptors() {
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(descriptor, F_GETFD) != -1) continue;
    // The lowest that is free is taken.
    if (::open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY) < 0) return;
  }
}

}  // namespace

int run_program(int argc, const char* const* argv) {
  occupy_standard_descriptors();
  std::signal(SIGPIPE, SIG_IGN);
  Session session;
  session.language = language_of(argc, argv);
  try {
    const std::unique_ptr<CLI::App> app = make_app(session);
    try {
      app->parse(argc, argv);
    } catch (const CLI::CallForHelp&) {
      session.out.write(app->help());
      return finish(session, Exit::ok);
    } catch (const CLI::CallForVersion& version) {
      session.out.write(std::string(version.what()) + "\n");
      return finish(session, Exit::ok);
    } catch (const CLI::ParseError& error) {
      complain_about(error, *app, session);
      return finish(session, Exit::usage);
    }
    return finish(session, session.action());
  } catch (const std::exception& error) {
    session.complain(session.say("internal error: {}", "内部错误：{}", std::string(error.what())));
    return static_cast<int>(Exit::failure);
  }
}

}  // namespace duban::cli
