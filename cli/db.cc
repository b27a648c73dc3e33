#include <memory>

#include "cli/options.h"
#include "cli/progress.h"
#include "runtime/compaction.h"
#include "runtime/maintenance.h"
#include "runtime/shard_files.h"

namespace duban::cli {
namespace {

Exit check(Session& session, const std::string& db) {
  const Result<std::vector<std::string>> paths = shard_paths(db);
  if (!paths) return session.fail(paths.error());
  size_t problems = 0;
  for (const std::string& path : *paths) {
    const Result<CheckReport> report = check_database(path);
    if (!report) return session.fail(report.error());
    for (const Error& problem : report->problems) session.complain(problem);
    problems += report->problems.size();
    const uint64_t waiting = report->entries - std::min(report->swept, report->entries);
    session.out.write(session.say(
        "{}: log entries {}, subjects {}, reference rows {}, deployments {}; "
        "{} entries wait to be written back\n",
        "{}：日志 {} 项，对象 {} 个，参照数据 {} 行，部署 {} 次；另有 {} 项待写回\n", path,
        with_separators(report->entries), with_separators(report->subjects),
        with_separators(report->references), report->deployments, with_separators(waiting)));
    if (paths->size() > 1 && !report->problems.empty()) {
      session.out.write(session.say("{} is damaged\n", "{} 已损坏\n", path));
    }
  }
  if (problems == 0) {
    session.out.write(session.say("it is whole\n", "数据库完好\n"));
    return Exit::ok;
  }
  session.out.write(
      session.say("{} found\n", "发现 {} 处问题\n",
                  session.chinese() ? std::to_string(problems) : count_of(problems, "problem")));
  return Exit::findings;
}

std::string size_text(uint64_t bytes) {
  return fmt::format("{:.1f} MB", static_cast<double>(bytes) / 1e6);
}

Exit compact(Session& session, const std::string& db, int keep_days) {
  if (keep_days < 0) {
    return session.misused(
        session.say("--keep is a number of days, 0 or more", "--keep 是天数，不小于 0"));
  }
  const Result<std::vector<std::string>> paths = shard_paths(db);
  if (!paths) return session.fail(paths.error());
  for (const std::string& path : *paths) {
    Progress progress(session);
    const Result<CompactionReport> report = compact_database(path, keep_days, [&](double share) {
      progress.show(share, 0);
      return true;
    });
    progress.clear();
    if (!report) return session.fail(report.error());
    session.out.write(session.say(
        "{}: {} log entries dropped, {} kept up to entry {} ({} subjects had something open); {} "
        "-> {}\n",
        "{0}：清除日志 {1} 项；第 {3} 项及以前保留 {2} 项（{4} 个对象当时有未了事项）；{5} -> "
        "{6}\n",
        path, with_separators(report->dropped), with_separators(report->kept),
        with_separators(report->until), with_separators(report->busy),
        size_text(report->bytes_before), size_text(report->bytes_after)));
  }
  return Exit::ok;
}

Exit backup(Session& session, const std::string& db, const std::string& to) {
  const Result<std::vector<std::string>> paths = shard_paths(db);
  if (!paths) return session.fail(paths.error());
  std::vector<BackupFile> files;  // the first shard's last: where it is, all are
  for (auto i = static_cast<uint32_t>(paths->size()); i-- > 0;)
    files.push_back({(*paths)[i], shard_path(to, i)});
  Progress progress(session);
  const Status status = backup_database(files, [&](double share) {
    progress.show(share, 0);
    return true;
  });
  progress.clear();
  if (!status) return session.fail(status.error());
  for (const BackupFile& file : files)
    session.out.write(
        session.say("{} is copied to {}\n", "已将 {} 备份到 {}\n", file.from, file.to));
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

void add_compact(CLI::App& db, Session& session) {
  auto path = std::make_shared<std::string>();
  auto days = std::make_shared<int>(0);
  CLI::App* command =
      add_command(db, session, "compact", "Drops what is old from the log, and shrinks the file.",
                  "清除日志中的旧内容，并缩小文件。");
  add_database(*command, session, *path);
  command
      ->add_option("--keep", *days,
                   session.say("so many days of the log stay whole", "完整保留最近若干天的日志"))
      ->type_name("DAYS")
      ->required();
  add_examples(*command, session,
               {{"db compact --db work.db --keep 730", "two years stay", "保留两年"}});
  command->callback([&session, path, days] {
    session.action = [&session, path, days] { return compact(session, *path, *days); };
  });
}

}  // namespace

void add_db(CLI::App& app, Session& session) {
  CLI::App* db = add_command(app, session, "db", "Look after a database.", "维护数据库。");
  db->require_subcommand(1);
  add_check_one(*db, session);
  add_backup(*db, session);
  add_compact(*db, session);
  for (CLI::App* command : db->get_subcommands([](CLI::App*) { return true; })) {
    command->group(session.say("Commands", "命令"));
  }
  add_examples(*db, session,
               {{"db check --db work.db", "is it whole?", "是否完好"},
                {"db backup --db work.db copy.db", "a copy", "备份"},
                {"db compact --db work.db --keep 730", "without the old log", "清除旧日志"}});
}

}  // namespace duban::cli
