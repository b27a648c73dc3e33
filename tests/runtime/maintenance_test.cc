// Goal: damage is found and named; a backup taken beside a writer is the database of one instant;
// compaction drops what is old and nothing that is still needed.
// Method: the shop's feed in a real file, then SQL that breaks one thing at a time, a writer that
// goes on during a backup, and the same future lived with and without compaction.

#include "runtime/maintenance.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include "runtime/channel.h"
#include "runtime/compaction.h"
#include "tests/runtime/shop_feed.h"

namespace duban::maintenance_test {
namespace {

// Takes the lines of `feed` from `begin` on, up to `end`.
void live(const std::string& db, const std::string& feed, size_t begin, size_t end) {
  RuntimeSettings settings;
  settings.group_inputs_max = 50;
  Channels channels;
  ASSERT_TRUE(channels.configure("*", "file:" + db + ".sent"));
  auto runtime = open_runtime(db, channels, settings);
  ASSERT_OK(runtime);
  deploy_text(**runtime, shop_rules());
  TextFeed lines(feed);
  FeedItem item;
  for (size_t i = 0; i < end && *lines.next(item); ++i) {
    if (i >= begin) ASSERT_OK((*runtime)->take(item));
  }
  ASSERT_OK((*runtime)->rest());
}

void sql(const std::string& db, const std::string& statement) {
  SQLite::Database database(db, SQLite::OPEN_READWRITE);
  ASSERT_GT(database.exec(statement), 0) << statement;
}
int64_t number(const std::string& db, const std::string& query) {
  SQLite::Database database(db, SQLite::OPEN_READONLY);
  return database.execAndGet(query).getInt64();
}

std::vector<std::string> problems_of(const std::string& db) {
  std::vector<std::string> out;
  const auto report = check_database(db);
  if (!report) return {report.error().to_string()};
  for (const Error& error : report->problems) {
    out.push_back(error.message);
    EXPECT_FALSE(error.chinese.empty());
  }
  return out;
}

class Check : public testing::Test {
 protected:
  void SetUp() override {
    live(db, make_feed(400, 5), 0, 1000);
    ASSERT_EQ(problems_of(db), std::vector<std::string>());
    first = number(db, "SELECT first FROM log ORDER BY first LIMIT 1 OFFSET 3");
    last = first + number(db, "SELECT count FROM log WHERE first = " + std::to_string(first)) - 1;
  }
  std::string range(int64_t from, int64_t to, const std::string& what) const {
    return "the log's entries " + std::to_string(from) + " to " + std::to_string(to) + " are " +
           what;
  }

  TempDir dir;
  const std::string db = dir / "db";
  int64_t first = 0, last = 0;  // of some group in the middle
  const std::string wrong = "damaged or out of order";
};

TEST_F(Check, CountsWhatItRead) {
  const auto report = check_database(db);
  ASSERT_OK(report);
  EXPECT_EQ(report->entries, static_cast<uint64_t>(number(db, "SELECT sum(count) FROM log")));
  EXPECT_EQ(report->swept, report->entries);
  EXPECT_EQ(report->subjects, 20U);
  EXPECT_EQ(report->references, 3U);
  EXPECT_EQ(report->deployments, 1U);
}

TEST_F(Check, NamesADamagedGroup) {
  const std::string at = " WHERE first = " + std::to_string(first);
  sql(db,
      "UPDATE log SET frame = CAST(substr(frame, 1, length(frame) / 2) AS BLOB) || x'5a' || "
      "CAST(substr(frame, length(frame) / 2 + 2) AS BLOB)" +
          at);
  EXPECT_EQ(problems_of(db), std::vector<std::string>{range(first, last, wrong)});
}

TEST_F(Check, NamesAGroupWhoseIdsOrDigestAreDamaged) {
  const std::string at = " WHERE first = " + std::to_string(first);
  sql(db, "UPDATE log SET ids = zeroblob(length(ids))" + at);
  EXPECT_EQ(problems_of(db), std::vector<std::string>{range(first, last, wrong)});
  live(dir / "other", make_feed(400, 5), 0, 1000);
  sql(dir / "other", "UPDATE log SET chain = zeroblob(16)" + at);
  EXPECT_EQ(problems_of(dir / "other"), std::vector<std::string>{range(first, last, wrong)});
}

TEST_F(Check, NamesAMissingGroup) {
  sql(db, "DELETE FROM log WHERE first = " + std::to_string(first));
  EXPECT_EQ(problems_of(db), std::vector<std::string>{range(first, last, "missing")});
}

// Nobody goes on from a log that lacks something.
TEST_F(Check, AGapIsNotSteppedOver) {
  sql(db, "UPDATE meta SET value = 3 WHERE name = 'swept'");
  sql(db, "DELETE FROM log WHERE first = " + std::to_string(first));
  Channels channels;
  const auto gap = open_runtime(db, channels);
  ASSERT_FALSE(gap);
  EXPECT_EQ(gap.error().message, range(first, last, "missing"));
  const auto compacted = compact_database(db, 1, {});
  ASSERT_FALSE(compacted);
  EXPECT_EQ(compacted.error().message, range(first, last, "missing"));
  sql(db, "UPDATE meta SET value = 1000000 WHERE name = 'swept'");
  const auto end = open_runtime(db, channels);
  ASSERT_FALSE(end);
  EXPECT_NE(end.error().message.find("the log's end is missing"), std::string::npos);
}

TEST_F(Check, NamesTheMissingEnd) {
  const int64_t end = number(db, "SELECT max(first) FROM log");
  const int64_t known = number(db, "SELECT max(sequence) FROM event");
  ASSERT_GE(known, end);
  sql(db, "DELETE FROM log WHERE first = " + std::to_string(end));
  const std::vector<std::string> found = problems_of(db);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_TRUE(found[0].starts_with("the log's entries " + std::to_string(end) + " to "))
      << found[0];
  EXPECT_TRUE(found[0].ends_with("are missing")) << found[0];
}

// A last group of timers alone is in no row of an event, nor yet in a subject's.
TEST(CheckTimers, NamesTheMissingEndAndNobodyGoesOn) {
  TempDir dir;
  const std::string db = dir / "db";
  live(db, make_feed(400, 5), 0, 1000);
  Channels channels;
  ASSERT_TRUE(channels.configure("*", "file:" + (dir / "sent")));
  {
    auto runtime = open_runtime(db, channels);
    ASSERT_OK(runtime);
    const int64_t clock = number(db, "SELECT value FROM meta WHERE name = 'clock'");
    ASSERT_OK((*runtime)->advance(Instant{clock + 400 * kMsPerDay}, true));
    ASSERT_OK((*runtime)->flush());
  }
  ASSERT_EQ(problems_of(db), std::vector<std::string>());
  const int64_t end = number(db, "SELECT max(first) FROM log");
  ASSERT_LT(number(db, "SELECT max(last) FROM event_group"), end) << "timers alone";
  sql(db, "DELETE FROM log WHERE first = " + std::to_string(end));
  ASSERT_LT(number(db, "SELECT max(last_sequence) FROM subject"), end) << "not yet stored";
  const std::vector<std::string> found = problems_of(db);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_TRUE(found[0].starts_with("the log's entries " + std::to_string(end) + " to "))
      << found[0];
  EXPECT_TRUE(found[0].ends_with("are missing")) << found[0];
  const auto going_on = open_runtime(db, channels);
  ASSERT_FALSE(going_on);
  EXPECT_NE(going_on.error().message.find("the log's end is missing"), std::string::npos);
}

// What stands beside a group's frame steers what is read of it.
TEST_F(Check, NamesAGroupThatIsDescribedWrongly) {
  const std::string at = " WHERE first = " + std::to_string(first);
  sql(db, "UPDATE log SET shared = 1 - shared" + at);
  EXPECT_EQ(problems_of(db), std::vector<std::string>{range(first, last, wrong)});
  sql(db, "UPDATE log SET shared = 1 - shared" + at);
  EXPECT_EQ(problems_of(db), std::vector<std::string>());
  sql(db, "UPDATE log SET at = at - 1" + at);
  EXPECT_EQ(problems_of(db), std::vector<std::string>{range(first, last, wrong)});
}

// Two groups change places, each a good one by itself.
TEST_F(Check, NamesGroupsOutOfOrder) {
  SQLite::Database(db, SQLite::OPEN_READWRITE)
      .exec(
          "CREATE TEMP TABLE a AS SELECT * FROM log ORDER BY first LIMIT 2 OFFSET 3;"
          "UPDATE log SET (ids, frame, count) = (SELECT ids, frame, count FROM a WHERE a.first <> "
          "log.first) WHERE first IN (SELECT first FROM a)");
  const std::vector<std::string> found = problems_of(db);
  ASSERT_GE(found.size(), 2U);
  EXPECT_TRUE(found[0].starts_with("the log's entries " + std::to_string(first))) << found[0];
  EXPECT_NE(found[0].find(wrong), std::string::npos);
}

TEST_F(Check, NamesADamagedState) {
  sql(db,
      "UPDATE subject SET state = CAST(substr(state, 1, 20) AS BLOB) || x'ff' || "
      "CAST(substr(state, 22) AS BLOB) WHERE key = 'C7'");
  EXPECT_EQ(problems_of(db),
            std::vector<std::string>{"the database is damaged: the state of `C7` cannot be read"});
}

// A whole state, but another subject's, or an older one.
TEST_F(Check, NamesAStateThatIsNotItsOwn) {
  sql(db,
      "UPDATE subject SET state = (SELECT state FROM subject WHERE key = 'C8') WHERE key = 'C7'");
  EXPECT_EQ(problems_of(db),
            std::vector<std::string>{"the database is damaged: the state of `C7` cannot be read"});
}

TEST_F(Check, NamesADamagedReferenceRow) {
  sql(db, "UPDATE reference_row SET row = zeroblob(length(row)) WHERE key = 'S02'");
  EXPECT_EQ(
      problems_of(db),
      std::vector<std::string>{"the database is damaged: the reference row `S02` cannot be read"});
}

// What is gone has no seal that could be wrong: the log knows of it.
TEST_F(Check, NamesRowsThatAreMissing) {
  sql(db, "DELETE FROM subject WHERE key IN ('C7', 'C8')");
  sql(db, "DELETE FROM reference_row WHERE key = 'S02'");
  sql(db, "DELETE FROM deployment");
  const std::vector<std::string> found = problems_of(db);
  ASSERT_EQ(found.size(), 3U);
  EXPECT_TRUE(found[0].starts_with("of 2 subjects the state is missing or older")) << found[0];
  EXPECT_EQ(found[1], "1 reference rows are missing; `S02` is one");
  EXPECT_EQ(found[2], "of 1 deployments only 0 are there");
}

// A timer that is gone would be a deadline nobody keeps.
TEST_F(Check, NamesATimerThatIsNotItsSubjects) {
  const std::string some = " WHERE key = (SELECT key FROM wake ORDER BY key LIMIT 1)";
  const std::string key =
      SQLite::Database(db).execAndGet("SELECT key FROM wake ORDER BY key LIMIT 1").getString();
  const std::vector<std::string> damaged = {"the database is damaged: the state of `" + key +
                                            "` cannot be read"};
  sql(db, "UPDATE wake SET at = at + 1" + some);
  EXPECT_EQ(problems_of(db), damaged);
  sql(db, "UPDATE wake SET at = at - 1" + some);
  EXPECT_EQ(problems_of(db), std::vector<std::string>());
  sql(db, "DELETE FROM wake" + some);
  EXPECT_EQ(problems_of(db), damaged);
}

// Whole, with its seal, but of before its newest step.
TEST(CheckStates, NamesAnOlderOne) {
  TempDir dir;
  const std::string feed = make_feed(400, 5), db = dir / "db", old = dir / "old";
  live(db, feed, 0, 200);
  ASSERT_OK(backup_database({{db, old}}, {}));
  live(db, feed, 200, 1000);
  ASSERT_EQ(problems_of(db), std::vector<std::string>());
  {
    SQLite::Database database(db, SQLite::OPEN_READWRITE);
    database.exec("ATTACH '" + old + "' AS old");
    ASSERT_EQ(database.exec("REPLACE INTO subject SELECT * FROM old.subject WHERE key = 'C7'"), 1);
    database.exec("DELETE FROM wake WHERE key = 'C7'");
    database.exec("INSERT INTO wake SELECT * FROM old.wake WHERE key = 'C7'");
  }
  EXPECT_EQ(problems_of(db),
            std::vector<std::string>{
                "of 1 subjects the state is missing or older than the log says; `C7` is one"});
}

TEST_F(Check, NamesAllThatIsDamaged) {
  sql(db, "DELETE FROM log WHERE first = " + std::to_string(first));
  sql(db, "UPDATE subject SET state = zeroblob(5) WHERE key = 'C7'");
  sql(db, "UPDATE deployment SET layout = zeroblob(5)");
  EXPECT_EQ(problems_of(db).size(), 3U);
}

TEST(Backup, BesideAWriterIsOfOneInstant) {
  TempDir dir;
  const std::string feed = make_feed(1500, 23);
  Channels channels;
  ASSERT_TRUE(channels.configure("*", "file:" + (dir / "sent")));
  RuntimeSettings settings;
  settings.group_inputs_max = 20;
  auto runtime = open_runtime(dir / "db", channels, settings);
  ASSERT_OK(runtime);
  deploy_text(**runtime, shop_rules());
  TextFeed lines(feed);
  FeedItem item;
  for (int i = 0; i < 700; ++i) {
    ASSERT_TRUE(*lines.next(item));
    ASSERT_OK((*runtime)->take(item));
  }
  ASSERT_OK((*runtime)->flush());
  const std::string then = export_all(dir / "db");
  // The writer goes on between one slice of pages and the next.
  size_t slices = 0;
  ASSERT_OK(backup_database(
      {{dir / "db", dir / "copy"}},
      [&](double) {
        for (int i = 0; i < 40 && *lines.next(item); ++i) {
          const Status status = (*runtime)->take(item);
          EXPECT_TRUE(status) << status.error().to_string();
        }
        EXPECT_TRUE((*runtime)->flush());
        ++slices;
        return true;
      },
      16));
  EXPECT_GT(slices, 5U);
  EXPECT_EQ(problems_of(dir / "copy"), std::vector<std::string>());
  EXPECT_EQ(difference(export_all(dir / "copy"), then), "");
  EXPECT_NE(difference(export_all(dir / "db"), then), "");
  EXPECT_FALSE(std::filesystem::exists(dir / "copy.part"));

  // It goes on as the original does.
  while (*lines.next(item)) ASSERT_OK((*runtime)->take(item));
  ASSERT_OK((*runtime)->rest());
  runtime->reset();
  live(dir / "copy", feed, 0, 10'000);
  EXPECT_EQ(difference(export_all(dir / "copy"), export_all(dir / "db")), "");
}

TEST(Backup, GivenUpLeavesNothingAndNothingIsOverwritten) {
  TempDir dir;
  live(dir / "db", make_feed(100, 23), 0, 1000);
  EXPECT_FALSE(backup_database(
      {{dir / "db", dir / "copy"}}, [](double) { return false; }, 4));
  EXPECT_FALSE(std::filesystem::exists(dir / "copy"));
  EXPECT_FALSE(std::filesystem::exists(dir / "copy.part"));
  ASSERT_OK(backup_database({{dir / "db", dir / "copy"}}, {}));
  const Status again = backup_database({{dir / "db", dir / "copy"}}, {});
  ASSERT_FALSE(again);
  EXPECT_NE(again.error().to_string().find("already exists"), std::string::npos);
  EXPECT_FALSE(backup_database({{dir / "none", dir / "copy2"}}, {}));
  // SQLite would write what is left of another database into it.
  for (const char* beside : {"-wal", "-journal"}) {
    write_file(dir / "copy3" + beside, "left over");
    EXPECT_FALSE(backup_database({{dir / "db", dir / "copy3"}}, {})) << beside;
    EXPECT_FALSE(std::filesystem::exists(dir / "copy3"));
    std::filesystem::remove(dir / "copy3" + beside);
  }
  ASSERT_OK(backup_database({{dir / "db", dir / "copy3"}}, {}));
}

TEST(Backup, OfSeveralFilesAllGetTheirNamesOrNone) {
  TempDir dir;
  live(dir / "db", make_feed(100, 23), 0, 1000);
  const std::vector<BackupFile> files = {{dir / "db", dir / "one"}, {dir / "db", dir / "two"}};
  const auto there = [&](const char* name) { return std::filesystem::exists(dir / name); };
  bool second = false;
  EXPECT_FALSE(backup_database(
      files,
      [&](double share) {
        EXPECT_FALSE(there("one"));
        second = second || share > 0.5;
        return !second;
      },
      4));
  EXPECT_TRUE(second);
  for (const char* name : {"one", "two", "one.part", "two.part"}) EXPECT_FALSE(there(name)) << name;
  ASSERT_OK(backup_database(files, {}));
  EXPECT_TRUE(there("one") && there("two"));
  std::filesystem::remove(dir / "one");
  EXPECT_FALSE(backup_database(files, {}));  // before anything is copied
  EXPECT_FALSE(there("one") || there("one.part"));
}

// ---- compaction

// Bills of forty customers, one in four of whom does not pay: day after day, so that what is past
// is settled for most of them.
std::string settled_feed(int days) {
  std::string feed;
  for (const char* staff : {"S01", "S02"}) {
    feed += event(staff, "Staff", staff, "", R"("name":"N","supervisor":"S02")") + "\n";
  }
  int id = 0;
  const auto say = [&](const std::string& type, const std::string& subject, int day, int hour,
                       const std::string& data) {
    char time[32];
    std::snprintf(time, sizeof time, "T%02d:00:00", hour);
    feed += event("e" + std::to_string(++id), type, subject, date(day) + time, data) + "\n";
  };
  for (int day = 0; day < days; ++day) {
    if (day % 9 == 8) say("outage", "", day, 7, R"("area":"A1")");
    for (int i = 0; i < 40; ++i) {
      const std::string customer = "C" + std::to_string(i);
      if (day == 0) {
        say("registered", customer, 0, 6,
            R"("name":"N)" + customer + R"(","phone":"138","manager":"S01","area":"A)" +
                std::to_string(i % 3) + "\"");
      }
      const std::string bill = R"("bill_no":"B)" + std::to_string(day / 30) + "-" + customer + "\"";
      if (day % 30 == i % 10) {
        say("bill_issued", customer, day, 9,
            bill + R"(,"amount":100,"due_date":")" + date(day + 8) + "\"");
      }
      if (day % 30 == i % 10 + 4 + i % 12 && i % 4 != 0) {
        say("payment_received", customer, day, 15, bill + R"(,"amount":100)");
      }
      if (day % 30 == 25 && i % 5 == 1) {
        say("renamed", customer, day, 16, R"("name":"M)" + std::to_string(day) + "\"");
      }
    }
  }
  return feed;
}

std::string told(const std::string& db, const std::string& id) {
  const auto e = explain(db, id, Language::english);
  if (!e) return "error: " + e.error().to_string() + "\n";
  std::string out = e->kind + " " + e->title + "\n";
  for (const auto& link : e->chain) {
    out += "  " + link.time + " " + link.what + " " + link.place + "\n";
    for (const auto& [expression, value] : link.values) out += "    " + expression + "=" + value;
    for (const std::string& did : link.did) out += "    " + did + "\n";
  }
  return out;
}

// What is explained of some rows of a listing, by id.
std::string told_of(const std::string& db, const std::string& what, const std::string& status) {
  std::string out;
  ListingFilter filter;
  filter.what = what;
  filter.status = status;
  const std::vector<std::string> all = rows(db, filter);
  for (size_t i = 0; i < all.size(); i += 1 + all.size() / 12) {
    out += id_of_row(all[i]) + " " + told(db, id_of_row(all[i]));
  }
  return out;
}

std::string without_events(const std::string& db) {
  const std::string all = export_all(db);
  const size_t begin = all.find("== events"), end = all.find("== versions");
  return all.substr(0, begin) + all.substr(end);
}

class Compact : public testing::Test {
 protected:
  void SetUp() override {
    live(whole, feed, 0, kNow);
    std::filesystem::copy_file(whole, db);
    std::filesystem::copy_file(whole + ".sent", db + ".sent");
  }

  static constexpr size_t kNow = 700;
  const std::string feed = settled_feed(300);
  TempDir dir;
  const std::string whole = dir / "whole", db = dir / "db";
};

TEST_F(Compact, DropsWhatIsOldAndKeepsWhatIsNeeded) {
  const std::string open_tasks = told_of(db, "tasks", "open");
  const std::string open_cases = told_of(db, "cases", "open");
  ASSERT_EQ((open_tasks + open_cases).find("error"), std::string::npos);
  ASSERT_GT(open_cases.size(), 500U);
  const auto report = compact_database(db, 20, {});
  ASSERT_OK(report);
  EXPECT_GT(report->dropped, 100U);
  EXPECT_GT(report->kept, 10U);
  EXPECT_GT(report->busy, 0U);
  EXPECT_LT(report->bytes_after, report->bytes_before);
  EXPECT_EQ(problems_of(db), std::vector<std::string>());
  EXPECT_EQ(difference(without_events(db), without_events(whole)), "");
  EXPECT_LT(rows(db, "events").size(), rows(whole, "events").size());
  EXPECT_EQ(told_of(db, "tasks", "open"), open_tasks);
  EXPECT_EQ(told_of(db, "cases", "open"), open_cases);
}

TEST_F(Compact, TheFutureIsTheSame) {
  ASSERT_OK(compact_database(db, 20, {}));
  live(db, feed, 0, 10'000);  // the old lines again: none counts twice
  live(whole, feed, 0, 10'000);
  EXPECT_EQ(difference(without_events(db), without_events(whole)), "");
  EXPECT_EQ(read_file(db + ".sent"), read_file(whole + ".sent"));

  // What was made since is explained as if nothing had been dropped, or it is said that it was.
  size_t same = 0, dropped = 0;
  for (const char* what : {"tasks", "cases", "notices"}) {
    const std::vector<std::string> all = rows(db, what);
    for (size_t i = 0; i < all.size(); i += 1 + all.size() / 30) {
      const std::string id = id_of_row(all[i]);
      const std::string here = told(db, id), there = told(whole, id);
      const bool is_dropped = here.find("dropped from the log") != std::string::npos;
      ++(is_dropped ? dropped : same);
      EXPECT_EQ(is_dropped ? there : here, there);
    }
  }
  EXPECT_GT(same, 20U);
  EXPECT_GT(dropped, 5U);

  // And once more, from where the first stood.
  const auto second = compact_database(db, 5, {});
  ASSERT_OK(second);
  EXPECT_GT(second->dropped, 50U);
  EXPECT_EQ(problems_of(db), std::vector<std::string>());
  EXPECT_EQ(difference(without_events(db), without_events(whole)), "");
  EXPECT_EQ(told_of(db, "cases", "open"), told_of(whole, "cases", "open"));
  const auto third = compact_database(db, 5, {});
  ASSERT_OK(third);
  EXPECT_EQ(third->dropped, 0U);
}

// The state that stands for what was dropped is the state that was: where nothing came since, the
// one that is stored.
TEST_F(Compact, BasesAreTheStatesOfThen) {
  ASSERT_OK(compact_database(db, 0, {}));
  const std::string same_place =
      "SELECT count(*) FROM base JOIN subject s USING(entity, key) "
      "WHERE base.last_sequence = s.last_sequence";
  const int64_t bases = number(db, same_place);
  EXPECT_GT(bases, 10);
  EXPECT_EQ(number(db, same_place + " AND base.state = s.state"), bases);
}

TEST_F(Compact, DamageIsStillFound) {
  ASSERT_OK(compact_database(db, 20, {}));
  const auto check = [&](const std::string& change, const std::string& part) {
    SCOPED_TRACE(change);
    std::filesystem::copy_file(db, dir / "bad", std::filesystem::copy_options::overwrite_existing);
    sql(dir / "bad", change);
    const std::vector<std::string> found = problems_of(dir / "bad");
    ASSERT_FALSE(found.empty());
    EXPECT_NE(found[0].find(part), std::string::npos) << found[0];
  };
  check("UPDATE log SET ids = zeroblob(length(ids)) WHERE first = 1", "entries 1 to");
  check("UPDATE log SET body = zeroblob(16) WHERE first = 1", "entries 1 to");
  check("UPDATE log SET frame = x'' WHERE first = 1", "entries 1 to");
  check("DELETE FROM log WHERE first = (SELECT min(first) FROM log WHERE first > 1)", "missing");
}

TEST_F(Compact, LeavesWhatStoredStateDoesNotReflect) {
  const uint64_t entries = static_cast<uint64_t>(number(db, "SELECT sum(count) FROM log"));
  sql(db, "UPDATE meta SET value = 40 WHERE name = 'swept'");
  const auto report = compact_database(db, 0, {});
  ASSERT_OK(report);
  EXPECT_LE(report->until, 40U);
  EXPECT_LT(report->dropped, entries / 10);
}

TEST_F(Compact, GivenUpOrRefusedChangesNothing) {
  const std::string before = export_all(db);
  EXPECT_FALSE(compact_database(dir / "none", 1, {}));
  {
    auto writer = open_sqlite_store(db, OpenMode::write);
    ASSERT_TRUE(writer);
    const auto refused = compact_database(db, 1, {});
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().to_string().find("is being written by"), std::string::npos);
  }
  sql(db,
      "UPDATE log SET frame = zeroblob(40) WHERE first = (SELECT min(first) FROM log WHERE "
      "first > 100)");
  EXPECT_FALSE(compact_database(db, 1, {}));
  EXPECT_EQ(number(db, "SELECT count(*) FROM base"), 0);
  EXPECT_EQ(difference(export_all(db), before), "");
}

}  // namespace
}  // namespace duban::maintenance_test
