#include <memory>

#include "cli/options.h"
#include "cli/progress.h"
#include "runtime/maintenance.h"

namespace duban::cli {
namespace {

Exit check(Session& session, const std::string& path) {
  const Result<CheckReport> report = check_database(path);
  if (!report) {
    session.complain(report.error());
    return Exit::findings;
  }
  session.out.write(session.say(
      "{} is whole: {} log entries, {} subjects, {} deployments; "
      "{} entries wait to be written back\n",
      "{} 完好：日志 {} 项，对象 {} 个，部署 {} 次；另有 {} 项待写回\n", path,
      with_separators(report->entries), with_separators(report->subjects), report->deployments,
      with_separators(report->entries - std::min(report->swept, report->entries))));
  return Exit::ok;
}

Exit backup(Session& session, const std::string& path, const std::string& to) {
  Progress progress(session);
  const Status status = backup_database(path, to, [&](double share) {
    progress.show(share, 0);
    return true;
  });
  progress.clear();
  if (!status) return session.fail(status.error());
  session.out.write(session.say("{} is copied to {}\n", "已将 {} 备份到 {}\n", path, to));
  return Exit::ok;
}

void add_check_one(CLI::App& db, Session& session) {
  auto path = std::make_shared<std::string>();
  CLI::App* command =
      add_command(db, session, "check", "Reads everything and says whether it is whole.",
                  "通读数据库，检查是否完好。");
  add_database(*command, session, *path);
  add_examples(*command, session,
               {{"db check --db work.db", "after a crash of the machine, or before a restore",
                 "机器故障之后，或恢复备份之前"}});
  command->callback(
      [&session, path] { session.action = [&session, path] { return check(session, *path); }; });
}

void add_backup(CLI::App& db, Session& session) {
  auto path = std::make_shared<std::string>();
  auto to = std::make_shared<std::string>();
  CLI::App* command = add_command(db, session, "backup", "A copy, while the database is in use.",
                                  "在使用中备份数据库。");
  add_database(*command, session, *path);
  add_text(*command, "TO", "FILE", *to, session.say("the new file", "备份文件"))->required();
  add_examples(*command, session,
               {{"db backup --db work.db work-2026-03-31.db", "every night", "每晚一次"}});
  command->callback([&session, path, to] {
    session.action = [&session, path, to] { return backup(session, *path, *to); };
  });
}

}  // namespace

void add_db(CLI::App& app, Session& session) {
  CLI::App* db = add_command(app, session, "db", "Look after a database.", "维护数据库。");
  db->require_subcommand(1);
  add_check_one(*db, session);
  add_backup(*db, session);
  for (CLI::App* command : db->get_subcommands([](CLI::App*) { return true; })) {
    command->group(session.say("Commands", "命令"));
  }
  add_examples(*db, session,
               {{"db check --db work.db", "is it whole?", "是否完好"},
                {"db backup --db work.db copy.db", "a copy", "备份"}});
}

}  // namespace duban::cli
