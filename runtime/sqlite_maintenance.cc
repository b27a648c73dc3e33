#include <SQLiteCpp/Backup.h>
#include <sqlite3.h>

#include <filesystem>
#include <unordered_map>

#include "engine/codec.h"
#include "runtime/key_hash.h"
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

// What the log says is there: by hashes, since there may be very many.
struct Expected {
  std::unordered_map<uint64_t, Sequence> subjects;    // the newest step that state reflects
  std::unordered_map<uint64_t, Sequence> references;  // an entry that wrote the row
  size_t deployments = 0;
};

// Empty where the log cannot be read: verify() says so.
Expected expected_by(Store& store) {
  Expected expected;
  const Sequence swept = store.swept();
  const Status status = store.log().for_each(0, [&](LogEntry& entry) -> Status {
    if (entry.kind == LogEntry::Kind::deployment) ++expected.deployments;
    if (entry.sequence > swept) return {};
    if (entry.kind == LogEntry::Kind::input) {
      expected.subjects[KeyHash()(entry.subject)] = entry.sequence;
    } else if (entry.kind == LogEntry::Kind::reference) {
      const std::optional<ReferenceRow> row = decode_reference_row(entry.payload);
      if (row) expected.references[KeyHash()({row->entity, row->key})] = entry.sequence;
    }
    return {};
  });
  return status ? expected : Expected();
}

// The entries may be older than the rows, as somebody may write meanwhile, but not newer.
Status check_subject_rows(const std::string& path, Store& store, Expected& expected) try {
  Result<OpenDatabase> database = open_database(path, OpenMode::read_only);
  if (!database) return database.error();
  SQLite::Statement row(*database->connection, "SELECT entity, key, last_sequence FROM subject");
  while (row.executeStep()) {
    const auto at = expected.subjects.find(KeyHash()(key_of(row.getColumn(0), row.getColumn(1))));
    const auto last = static_cast<Sequence>(row.getColumn(2).getInt64());
    if (at != expected.subjects.end() && last >= at->second) expected.subjects.erase(at);
  }
  if (expected.subjects.empty()) return {};
  Result<LogEntry> entry = store.log().read(expected.subjects.begin()->second);
  if (!entry) return entry.error();
  const std::string& key = entry->subject.key;
  const std::string count = std::to_string(expected.subjects.size());
  return Error{"of " + count + " subjects the state is missing or older than the log says; `" +
                   key + "` is one",
               {},
               "restore a backup",
               "有 " + count + " 个对象的状态缺失，或比日志所述更旧，例如“" + key + "”",
               "请恢复备份"};
} catch (const SQLite::Exception& exception) {
  return database_error(exception, path);
}

Status check_reference_rows(Store& store, Expected& expected, CheckReport& report) {
  Status status = store.for_each_reference([&](const ReferenceRow& row) {
    ++report.references;
    expected.references.erase(KeyHash()({row.entity, row.key}));
  });
  if (!status || expected.references.empty()) return status;
  Result<LogEntry> entry = store.log().read(expected.references.begin()->second);
  if (!entry) return entry.error();
  const std::optional<ReferenceRow> row = decode_reference_row(entry->payload);
  const std::string count = std::to_string(expected.references.size());
  const std::string key = row ? row->key : std::string();
  return Error{count + " reference rows are missing; `" + key + "` is one",
               {},
               "send them again, or restore a backup",
               "缺少 " + count + " 个参照行，例如“" + key + "”",
               "请补送，或恢复备份"};
}

Status check_deployments(Store& store, const Expected& expected, CheckReport& report) {
  const Result<std::vector<StoredDeployment>> deployments = store.deployments();
  if (!deployments) return deployments.error();
  report.deployments = deployments->size();
  for (size_t i = 0; i < deployments->size(); ++i) {
    if (auto plan = compile_again(*deployments, i); !plan) return plan.error();
  }
  if (deployments->size() < expected.deployments) {
    const std::string there = std::to_string(deployments->size());
    const std::string count = std::to_string(expected.deployments);
    return Error{"of " + count + " deployments only " + there + " are there",
                 {},
                 "restore a backup",
                 "日志记有 " + count + " 次部署，现仅存 " + there + " 次",
                 "请恢复备份"};
  }
  return {};
}

// Under another name until all is whole: what bears the name of a backup is one.
std::string part_of(const BackupFile& file) { return file.to + ".part"; }

void remove_part(const BackupFile& file) {
  std::error_code ignored;
  for (const char* of_it : {"", "-journal"})
    std::filesystem::remove(part_of(file) + of_it, ignored);
}

Status copy_pages(const BackupFile& file, const std::function<bool(double)>& progress,
                  int pages_at_a_time) try {
  Result<OpenDatabase> source = open_database(file.from, OpenMode::read_only);
  if (!source) return source.error();
  remove_part(file);
  SQLite::Database copy(part_of(file), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  // One reading transaction, begun by reading: what is written meanwhile does not make it start
  // again, and the copy is of one instant.
  SQLite::Transaction snapshot(*source->connection);
  source->connection->execAndGet("SELECT count(*) FROM meta");
  SQLite::Backup backup(copy, *source->connection);
  while (backup.executeStep(pages_at_a_time) != SQLITE_DONE) {
    const int total = std::max(backup.getTotalPageCount(), 1);
    if (!progress(1 - static_cast<double>(backup.getRemainingPageCount()) / total))
      return Error{"stopped; there is no copy", file.to, {}, "已停止，未留下副本", {}};
  }
  return {};
} catch (const SQLite::Exception& exception) {
  return database_error(exception, file.to);
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
  Expected expected = expected_by(**store);
  note(check_subjects(**store, report));
  note(check_subject_rows(path, **store, expected));
  note(check_reference_rows(**store, expected, report));
  note(check_deployments(**store, expected, report));
  return report;
}

Error already_exists(const std::string& path) {
  return Error{"already exists", path, "name a new file", "已存在", "请指定新文件"};
}

Status backup_database(const std::vector<BackupFile>& files,
                       const std::function<bool(double)>& progress, int pages_at_a_time) {
  std::error_code ignored;
  for (const BackupFile& file : files) {
    // What lies beside it is taken for its own: SQLite would write another database's changes in.
    for (const char* beside : {"", "-wal", "-shm", "-journal"}) {
      const std::string path = file.to + beside;
      if (std::filesystem::exists(path, ignored)) return already_exists(path);
    }
  }
  Status status;
  for (size_t i = 0; i < files.size() && status; ++i) {
    const auto share = [&](double done) {
      return !progress || progress((static_cast<double>(i) + done) / files.size());
    };
    status = copy_pages(files[i], share, pages_at_a_time);
  }
  size_t named = 0;
  while (status && named < files.size()) {
    std::error_code code;
    std::filesystem::rename(part_of(files[named]), files[named].to, code);
    if (code) status = system_error("cannot be written", "无法写入", code.value(), files[named].to);
    if (!code) ++named;
  }
  if (status) return status;
  for (const BackupFile& file : files) remove_part(file);
  for (size_t i = 0; i < named; ++i) std::filesystem::remove(files[i].to, ignored);
  return status;
}

}  // namespace duban
