#include "runtime/maintenance.h"

#include <sys/stat.h>

#include <filesystem>

#include "engine/codec.h"
#include "runtime/sqlite_database.h"
#include "runtime/stored_plans.h"

namespace duban {
namespace {

constexpr int kPagesAtATime = 4096;

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

Status check_subjects(Store& store, CheckReport& report) {
  Key damaged_key;
  bool damaged_state = false;
  Status status = store.for_each_subject([&](const Key& key, std::string_view state) {
    ++report.subjects;
    damaged_state = !decode_subject(state);
    if (damaged_state) damaged_key = key;
    return !damaged_state;
  });
  if (!status || !damaged_state) return status;
  return damaged("the state of `" + damaged_key.key + "`", "“" + damaged_key.key + "”的状态");
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
  if (Status status = check_pages(path); !status) return status.error();
  Result<std::unique_ptr<Store>> store = open_sqlite_store(path, OpenMode::read_only);
  if (!store) return store.error();
  CheckReport report;
  report.entries = (*store)->log().last();
  report.swept = (*store)->swept();
  if (Status status = (*store)->log().verify(); !status) return status.error();
  if (Status status = check_subjects(**store, report); !status) return status.error();
  if (Status status = check_deployments(**store, report); !status) return status.error();
  return report;
}

Status backup_database(const std::string& from, const std::string& to,
                       const std::function<bool(double)>& progress) try {
  struct stat info {};
  if (::stat(to.c_str(), &info) == 0) {
    return Error{"already exists", to, "name a new file", "已存在", "请指定新文件"};
  }
  Result<OpenDatabase> source = open_database(from, OpenMode::read_only);
  if (!source) return source.error();
  bool whole = true;
  {
    SQLite::Database copy(to, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    // One reading transaction: what is written meanwhile does not make it start again.
    SQLite::Transaction snapshot(*source->connection);
    SQLite::Backup backup(copy, *source->connection);
    while (backup.executeStep(kPagesAtATime) != SQLITE_DONE) {
      const int total = std::max(backup.getTotalPageCount(), 1);
      const double done = 1 - static_cast<double>(backup.getRemainingPageCount()) / total;
      whole = !progress || progress(done);
      if (!whole) break;
    }
  }
  if (whole) return {};
  std::error_code ignored;
  std::filesystem::remove(to, ignored);
  return Error{"stopped; there is no copy", to, {}, "已停止，未留下副本", {}};
} catch (const SQLite::Exception& exception) {
  return database_error(exception, to);
}

}  // namespace duban
