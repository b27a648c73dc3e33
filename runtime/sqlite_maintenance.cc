#include <SQLiteCpp/Backup.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <filesystem>

#include "engine/codec.h"
#include "runtime/maintenance.h"
#include "runtime/sqlite_database.h"
#include "runtime/stored_plans.h"
#include "runtime/system_error.h"

namespace duban {
namespace {

Status check_pages(const std::string& path) try {
  Result<OpenDatabase> database = open_database(path, OpenMode::read_only);
  if (!database) return database.error();
  SQLite::Statement row(*database->connection, "PRAGMA integrity_check(1)");
  row.executeStep();
  const std::string answer = row.getColumn(0).getString();
  if (answer == "ok") return {};
  return Error{"the file is damaged: " + answer, path, "restore a backup", "文件已损坏：" + answer,
               "请恢复备份"};
} catch (const SQLite::Exception& exception) {
  return database_error(exception, path);
}

// The seals of all states are compared on the way.
Status check_subjects(Store& store, CheckReport& report) {
  std::optional<Key> bad;
  Status status = store.for_each_subject([&](const Key& key, std::string_view state) {
    ++report.subjects;
    if (!decode_subject(state)) bad = key;
    return !bad;
  });
  if (!status || !bad) return status;
  return damaged_state(*bad);
}

Status check_deployments(Store& store, CheckReport& report) {
  const Result<std::vector<StoredDeployment>> deployments = store.deployments();
  if (!deployments) return deployments.error();
  report.deployments = deployments->size();
  for (size_t i = 0; i < deployments->size(); ++i) {
    if (auto plan = compile_again(*deployments, i); !plan) return plan.error();
  }
  return {};
}

}  // namespace

Result<CheckReport> check_database(const std::string& path) {
  CheckReport report;
  const auto note = [&report](const Status& status) {
    if (!status) report.problems.push_back(status.error());
  };
  // What cannot be opened at all is no finding.
  Result<std::unique_ptr<Store>> store = open_sqlite_store(path, OpenMode::read_only);
  if (!store) return store.error();
  note(check_pages(path));
  report.entries = (*store)->log().last();
  report.swept = (*store)->swept();
  Result<std::vector<Error>> log = (*store)->log().verify();
  if (!log) {
    report.problems.push_back(log.error());
  } else {
    for (Error& error : *log) report.problems.push_back(std::move(error));
  }
  note(check_subjects(**store, report));
  note((*store)->for_each_reference([&report](const ReferenceRow&) { ++report.references; }));
  note(check_deployments(**store, report));
  return report;
}

Error already_exists(const std::string& path) {
  return Error{"already exists", path, "name a new file", "已存在", "请指定新文件"};
}

Status backup_database(const std::string& from, const std::string& to,
                       const std::function<bool(double)>& progress, int pages_at_a_time) try {
  struct stat info {};
  if (::stat(to.c_str(), &info) == 0) {
    return already_exists(to);
  }
  Result<OpenDatabase> source = open_database(from, OpenMode::read_only);
  if (!source) return source.error();
  // Under another name until it is whole: what bears the name of a backup is one.
  const std::string part = to + ".part";
  std::error_code code;
  std::filesystem::remove(part, code);
  bool whole = true;
  {
    SQLite::Database copy(part, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    // One reading transaction, begun by reading: what is written meanwhile does not make it start
    // again, and the copy is of one instant.
    SQLite::Transaction snapshot(*source->connection);
    source->connection->execAndGet("SELECT count(*) FROM meta");
    SQLite::Backup backup(copy, *source->connection);
    while (backup.executeStep(pages_at_a_time) != SQLITE_DONE) {
      const int total = std::max(backup.getTotalPageCount(), 1);
      const double done = 1 - static_cast<double>(backup.getRemainingPageCount()) / total;
      whole = !progress || progress(done);
      if (!whole) break;
    }
  }
  if (whole) std::filesystem::rename(part, to, code);
  if (whole && !code) return {};
  const int number = code.value();
  std::filesystem::remove(part, code);
  if (whole) return system_error("cannot be written", "无法写入", number, to);
  return Error{"stopped; there is no copy", to, {}, "已停止，未留下副本", {}};
} catch (const SQLite::Exception& exception) {
  std::error_code ignored;
  std::filesystem::remove(to + ".part", ignored);
  return database_error(exception, to);
}

}  // namespace duban
