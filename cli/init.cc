#include <filesystem>
#include <fstream>
#include <memory>

#include "cli/options.h"
#include "cli/starter.h"

namespace duban::cli {
namespace {

namespace fs = std::filesystem;

Exit init(Session& session, const std::string& typed) {
  const fs::path folder = typed;
  std::error_code code;
  if (fs::exists(folder, code) && !fs::is_directory(folder, code)) {
    session.complain(session.say("`{}` is a file", "“{}”是文件", typed));
    return Exit::failure;
  }
  if (fs::is_directory(folder, code) && !fs::is_empty(folder, code)) {
    session.complain(session.say("`{}` is not empty", "“{}”不是空目录", typed),
                     session.say("name a new directory", "请指定一个新目录"));
    return Exit::failure;
  }
  fs::create_directories(folder, code);
  if (code) {
    session.complain(
        session.say("cannot make `{}`: {}", "无法建立“{}”：{}", typed, code.message()));
    return Exit::failure;
  }
  for (const StarterFile& file : starter_files(session.language)) {
    std::ofstream out(folder / file.path, std::ios::binary);
    out << file.text;
    out.close();
    if (!out) {
      session.complain(
          session.say("cannot write `{}`", "无法写入“{}”", (folder / file.path).string()));
      return Exit::failure;
    }
    session.out.write("  " + (folder / file.path).string() + "\n");
  }
  session.out.write(
      session.say("\nNext:\n  duban test {0}\n"
                  "  duban run --rules {0} --db {0}/work.db --events {0}/feed.ndjson\n"
                  "  duban list tasks --db {0}/work.db\n",
                  "\n接下来：\n  duban test {0}\n"
                  "  duban run --rules {0} --db {0}/work.db --events {0}/feed.ndjson\n"
                  "  duban list tasks --db {0}/work.db\n",
                  typed));
  return Exit::ok;
}

}  // namespace

void add_init(CLI::App& app, Session& session) {
  auto folder = std::make_shared<std::string>();
  CLI::App* command =
      add_command(app, session, "init", "A small project to start from.", "建立一个示例项目。");
  add_text(*command, "DIR", "DIR", *folder,
           session.say("a new or empty directory", "新目录或空目录"))
      ->required();
  add_examples(*command, session,
               {{"init demo", "a policy with its scenarios, a calendar and a feed of ten events",
                 "一个带场景的办法、一个日历和十行事件"},
                {"init demo --lang zh", "the same, written in Chinese", "以中文书写"}});
  command->callback([&session, folder] {
    session.action = [&session, folder] { return init(session, *folder); };
  });
}

}  // namespace duban::cli
