// Goal: what was committed is there after reopening, what was not is not, and no file brings the
// program down. Method: batches of made-up data against a real file; damaged, foreign and locked
// files.

#include <SQLiteCpp/SQLiteCpp.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/codec.h"
#include "tests/runtime/fixture.h"
#include "tests/thorough.h"

namespace duban::store_test {
namespace {

Digest id(uint64_t n) { return {n * 0x9e3779b97f4a7c15U, n}; }

LogEntry entry(Sequence sequence, Sequence previous, const std::string& key) {
  LogEntry e;
  e.sequence = sequence;
  e.previous = previous;
  e.id = sequence % 3 == 0 ? Digest{} : id(sequence);
  e.subject = Key{1, key};
  e.time = Instant{1'700'000'000'000 + static_cast<int64_t>(sequence % 7) * 1000};
  e.payload = std::string(sequence % 50, static_cast<char>('a' + sequence % 26));
  e.type = "t";
  e.event_id = "e" + std::to_string(sequence);
  return e;
}

std::shared_ptr<const Record> queued(uint64_t n) {
  NoticeRecord notice;
  notice.id = id(n);
  notice.subject = {1, "K0"};
  notice.recipient = {0, "R" + std::to_string(n)};
  notice.channel = "sms";
  notice.text = "Dear Li";
  notice.at = Instant{static_cast<int64_t>(n)};
  notice.receipt_matters = true;
  return std::make_shared<const Record>(std::move(notice));
}

// Somebody is told of it although its clock stands still.
std::shared_ptr<const Record> paused_task() {
  TaskRecord task;
  task.id = id(77);
  task.subject = {1, "K0"};
  task.change = TaskRecord::Change::reassigned;
  task.title = "Deliver";
  task.assignee = Key{0, "S01"};
  task.person = Key{0, "S01"};
  task.at = Instant{70};
  task.paused = Instant{60};
  task.from.basis = "Art. 7";
  return std::make_shared<const Record>(std::move(task));
}

std::unique_ptr<Store> open_store(const std::string& path, OpenMode mode = OpenMode::create) {
  auto store = open_sqlite_store(path, mode);
  EXPECT_TRUE(store) << store.error().to_string();
  return store ? std::move(*store) : nullptr;
}

std::string open_error(const std::string& path, OpenMode mode = OpenMode::write) {
  auto store = open_sqlite_store(path, mode);
  return store ? "opened" : store.error().to_string();
}

TEST(Store, KeepsABatch) {
  TempDir dir;
  Batch batch;
  for (Sequence s = 1; s <= 5000; ++s) {
    batch.log.push_back(entry(s, s > 10 ? s - 10 : 0, "K" + std::to_string(s % 10)));
  }
  const std::optional<Wake> none;
  batch.subjects = {{{1, "K0"}, 5000, "old", "{}", Wake{Instant{5}, true}},
                    {{1, "K0"}, 5000, std::string("st\0te", 5), {}, {}},
                    {{0, "A"}, 3, "a", {}, Wake{Instant{6}, false}},
                    {{0, "A"}, 3, "a", {}, none}};
  batch.swept = 4000;
  batch.effects = {{1, 1, queued(1)},
                   {2, 1, queued(2)},
                   {3, 2, queued(3)},
                   {4, 2, queued(4)},
                   {5, 2, paused_task()}};
  batch.held = {{{1, "K2"}, 11}, {{1, "K2"}, 12}};
  StoredIncident incident;
  incident.id = *Digest::from_hex("abcdef00000000000000000000000001");
  incident.kind = StoredIncident::Kind::line;
  incident.raw = "raw";
  incident.english = "wrong";
  batch.incidents = {incident};
  batch.references = {{0, "R1", {Value(std::string("x")), Value(None{})}, Instant{9}}};
  batch.clock = Instant{42};
  batch.asking = 3;
  batch.releasing = 12;
  batch.given_up = {{{1, "K2"}, Wake{Instant{7}, false}}, {{1, "K3"}, Wake{Instant{8}, true}}};
  {
    auto store = open_store(dir / "db");
    ASSERT_OK(store->commit(batch));
    Batch sent;
    sent.sent = {{2, false}, {3, true}};
    sent.sent_all = 1;
    sent.released = {11};
    sent.given_up = {{{1, "K2"}, std::nullopt}};
    ASSERT_OK(store->commit(sent));
    ASSERT_OK(store->set_clock_kind(ClockKind::virtual_time));
  }
  auto store = open_store(dir / "db", OpenMode::write);
  EXPECT_EQ(store->log().last(), 5000U);
  EXPECT_EQ(store->swept(), 4000U);
  EXPECT_EQ(store->last_effect(), 5U);
  EXPECT_EQ(store->sent_all(), 1U);
  EXPECT_EQ(store->clock(), Instant{42});
  EXPECT_EQ(store->asking(), 3U);
  EXPECT_EQ(store->releasing(), 12U);
  EXPECT_EQ(*store->clock_kind(), ClockKind::virtual_time);
  auto subject = store->load_subject({1, "K0"});
  ASSERT_TRUE(subject && *subject);
  EXPECT_EQ((*subject)->state, std::string("st\0te", 5));
  EXPECT_EQ((*subject)->last, 5000U);
  EXPECT_FALSE(*store->load_subject({1, "nobody"}));
  std::vector<Key> keys;
  ASSERT_OK(store->for_each_subject([&](const Key& key, std::string_view) {
    keys.push_back(key);
    return true;
  }));
  EXPECT_EQ(keys, (std::vector<Key>{{0, "A"}, {1, "K0"}}));
  size_t wakes = 0, ids = 0, refused = 0, references = 0;
  std::vector<uint64_t> unsent;
  ASSERT_OK(store->for_each_wake([&](const Key& key, Wake wake) {
    ++wakes;
    EXPECT_EQ(key.key, "K0");
    EXPECT_EQ(wake, (Wake{Instant{5}, true}));
  }));
  size_t given_up = 0;
  ASSERT_OK(store->for_each_given_up([&](const Key& key, Wake wake) {
    ++given_up;
    EXPECT_EQ(key.key, "K3");
    EXPECT_EQ(wake, (Wake{Instant{8}, true}));
  }));
  EXPECT_EQ(given_up, 1U);
  ASSERT_OK(store->log().for_each_id([&](const Digest&) { ++ids; }));
  ASSERT_OK(store->for_each_incident([&](StoredIncident::Kind kind, const Digest&) {
    refused += kind == StoredIncident::Kind::line ? 1 : 0;
  }));
  ASSERT_OK(
      store->for_each_reference([&](const ReferenceRow& row) { references += row.row.size(); }));
  ASSERT_OK(store->for_each_unsent([&](const OutboxItem& item) {
    unsent.push_back(item.number);
    if (const auto* task = std::get_if<TaskRecord>(item.record.get())) {
      EXPECT_EQ(task->title, "Deliver");
      EXPECT_EQ(task->paused, Instant{60});
      return;
    }
    EXPECT_TRUE(item.receipt_matters());
    const auto& notice = std::get<NoticeRecord>(*item.record);
    EXPECT_EQ(notice.text, "Dear Li");
    EXPECT_EQ(notice.recipient.key, "R4");
    EXPECT_EQ(notice.at, Instant{4});
  }));
  EXPECT_EQ(wakes, 1U);
  EXPECT_EQ(ids, 5000U - 5000 / 3);
  EXPECT_EQ(refused, 1U);
  EXPECT_EQ(references, 2U);
  EXPECT_EQ(unsent, (std::vector<uint64_t>{4, 5}));
  EXPECT_NE(rows(dir / "db", "tasks").at(0).find("basis=Art. 7"), std::string::npos);
  EXPECT_EQ(store->held_inputs()->size(), 1U);

  for (const Sequence s : {Sequence{1}, Sequence{2499}, Sequence{3}, Sequence{5000}}) {
    const auto read = store->log().read(s);
    ASSERT_OK(read);
    const LogEntry wrote = entry(s, s > 10 ? s - 10 : 0, "K" + std::to_string(s % 10));
    EXPECT_EQ(read->sequence, wrote.sequence);
    EXPECT_EQ(read->previous, wrote.previous);
    EXPECT_EQ(read->id, wrote.id);
    EXPECT_EQ(read->subject, wrote.subject);
    EXPECT_EQ(read->time, wrote.time);
    EXPECT_EQ(read->payload, wrote.payload);
    EXPECT_EQ(read->event_id, wrote.event_id);
  }
  EXPECT_FALSE(store->log().read(5001));
  const auto log = store->log().read_subject({1, "K0"}, 5000);
  ASSERT_OK(log);
  ASSERT_EQ(log->size(), 500U);
  EXPECT_EQ(log->front().sequence, 10U);
  EXPECT_EQ(log->back().sequence, 5000U);

  EXPECT_EQ((*store->find_incident("abcd"))->raw, "raw");
  EXPECT_FALSE(*store->find_incident("abce"));
  EXPECT_FALSE(store->find_incident("abc"));
  EXPECT_FALSE(store->find_incident("wxyz"));
}

TEST(Store, WhatIsNotCommittedIsNotThere) {
  TempDir dir;
  {
    auto store = open_store(dir / "db");
    Batch batch;
    batch.log.push_back(entry(1, 0, "K"));
    ASSERT_OK(store->commit(batch));
    batch.log[0].sequence = 2;
    batch.log.push_back(entry(3, 0, "K"));
    batch.effects = {{1, 2, queued(1)}, {1, 2, queued(1)}};  // the same number twice
    EXPECT_FALSE(store->commit(batch));
    EXPECT_EQ(store->log().last(), 1U);
  }
  auto store = open_store(dir / "db");
  EXPECT_EQ(store->log().last(), 1U);
  EXPECT_FALSE(store->log().read(2));
}

TEST(Store, OneWriterManyReaders) {
  TempDir dir;
  auto writer = open_store(dir / "db");
  EXPECT_NE(open_error(dir / "db").find("is being written by another process (process "),
            std::string::npos)
      << open_error(dir / "db");
  EXPECT_EQ(open_error(dir / "db", OpenMode::read_only), "opened");
  std::filesystem::create_symlink("db", dir / "other");
  EXPECT_NE(open_error(dir / "other").find("is being written by"), std::string::npos)
      << "the same by another name";
  writer.reset();
  EXPECT_EQ(open_error(dir / "db"), "opened");
}

TEST(Store, SaysWhatIsWrongWithAFile) {
  TempDir dir;
  EXPECT_NE(open_error(dir / "none").find("there is no such database"), std::string::npos);
  EXPECT_NE(open_error(dir / "").find("folder"), std::string::npos);
  write_file(dir / "text", std::string(5000, 'x'));
  EXPECT_NE(open_error(dir / "text").find("is not a database"), std::string::npos)
      << open_error(dir / "text");
  EXPECT_NE(open_error(dir / "no/such/folder/db", OpenMode::create).find("folder"),
            std::string::npos);
  write_file(dir / "empty", "");
  EXPECT_NE(open_error(dir / "empty", OpenMode::read_only).find("empty"), std::string::npos);
  EXPECT_EQ(open_error(dir / "empty"), "opened");
  if (::geteuid() != 0) {
    ::chmod((dir / "empty").c_str(), 0444);
    EXPECT_NE(open_error(dir / "empty").find("cannot be written"), std::string::npos);
  }
}

// Who may read the file, but not make anything beside it.
TEST(Store, SaysWhichPermissionReadingNeeds) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs to become somebody else";
  TempDir dir;
  open_store(dir / "db").reset();
  ::chmod((dir / "").c_str(), 0755);
  constexpr uid_t kNobody = 65534;
  ASSERT_EQ(::setresuid(kNobody, kNobody, 0), 0);
  const std::string alone = open_error(dir / "db", OpenMode::read_only);
  ASSERT_EQ(::setresuid(0, 0, 0), 0);
  EXPECT_NE(alone.find("without permission to write in its folder"), std::string::npos) << alone;
  EXPECT_NE(alone.find("db-shm"), std::string::npos) << alone;

  const auto writer = open_store(dir / "db");
  ASSERT_EQ(::setresuid(kNobody, kNobody, 0), 0);
  const std::string beside = open_error(dir / "db", OpenMode::read_only);
  ASSERT_EQ(::setresuid(0, 0, 0), 0);
  EXPECT_EQ(beside, "opened");
}

// What an earlier program made is brought up to date, by who writes.
TEST(Store, AnOlderSchemaIsMigrated) {
  TempDir dir;
  open_store(dir / "db").reset();
  const auto version = [&] {
    return SQLite::Database(dir / "db").execAndGet("PRAGMA user_version").getInt();
  };
  const int newest = version();
  ASSERT_GT(newest, 3);
  const Digest task{1, 2};
  SQLite::Database(dir / "db", SQLite::OPEN_READWRITE)
      .exec(
          "DROP VIEW v_task; CREATE VIEW v_task AS SELECT 1 AS old; "
          "ALTER TABLE task_change DROP COLUMN message; PRAGMA user_version=3; "
          "INSERT INTO task_change(number, sequence, id, entity, subject, change, status, title, "
          "assignee, at_ms) VALUES(7, 1, x'" +
          task.to_hex() + "', 0, 'C1', 'opened', 'open', 'Call', 'S01', 0), (8, 1, x'" +
          task.to_hex() + "', 0, 'C1', 'reassigned', 'open', 'Call', 'unassigned', 0)");
  EXPECT_NE(open_error(dir / "db", OpenMode::read_only).find("older duban"), std::string::npos);
  EXPECT_EQ(open_error(dir / "db"), "opened");
  EXPECT_EQ(version(), newest);
  SQLite::Database database(dir / "db");
  EXPECT_EQ(database.execAndGet("SELECT count(note) FROM v_task").getInt(), 0);
  // What it had not sent, or did not know to have arrived, bears the id it had.
  std::vector<Digest> unsent;
  ASSERT_OK(open_store(dir / "db")->for_each_unsent([&](const OutboxItem& item) {
    unsent.push_back(item.id());
  }));
  const Digest was = DigestBuilder()
                         .add("task message")
                         .add(task)
                         .add("opened")
                         .add(int64_t{7})
                         .add("S01")
                         .finish();
  EXPECT_EQ(unsent, std::vector<Digest>{was});
}

// Flips bytes all over a good file: every answer is a value or an error.
TEST(Store, SurvivesDamage) {
  TempDir dir;
  {
    auto store = open_store(dir / "good");
    Batch batch;
    for (Sequence s = 1; s <= 3000; ++s) batch.log.push_back(entry(s, s > 1 ? s - 1 : 0, "K"));
    for (int i = 0; i < 300; ++i)
      batch.subjects.push_back({{1, "K" + std::to_string(i)}, 1, "state", {}, {}});
    batch.subjects.push_back({{1, "K"}, 3000, "state", {}, {}});
    ASSERT_OK(store->commit(batch));
  }
  const std::string good = read_file(dir / "good");
  size_t failed = 0;
  for (size_t at = 30; at < good.size(); at += good.size() / 150 * test::kFewer + 1) {
    std::string bad = good;
    for (size_t i = at; i < std::min(at + 16, bad.size()); ++i)
      bad[i] = static_cast<char>(bad[i] ^ 0x5a);
    write_file(dir / "bad", bad);
    auto store = open_sqlite_store(dir / "bad", OpenMode::read_only);
    if (!store) {
      ++failed;
      continue;
    }
    const bool fine =
        (*store)->log().for_each(0, [](LogEntry&) { return Status(); }).ok() &&
        (*store)->log().read_subject({1, "K"}, 3000).ok() &&
        (*store)->for_each_subject([](const Key&, std::string_view) { return true; }).ok() &&
        (*store)->deployments().ok();
    failed += fine ? 0 : 1;
  }
  EXPECT_GT(failed, 10U / test::kFewer);
}

}  // namespace
}  // namespace duban::store_test
