// Goal: `incident retry` says what it did: nothing where there is nothing to try again, and nothing
// that a feed would not be allowed to.

#include <gtest/gtest.h>

#include "tests/cli/harness.h"
#include "tests/cli/meters.h"
#include "tests/cli/sample.h"

namespace duban::test::retry_test {
namespace {

std::string the_incident(const TempDir& dir) {
  const Ran ran = duban(dir, {"list", "incidents", "--db", "a.db", "--format", "csv"});
  EXPECT_EQ(count(ran.out, "\r\n"), 2U) << ran.out;
  return first_id(ran.out);
}

TEST(Retry, AWarningIsOnlyDropped) {
  const SampleProject project;
  const TempDir& dir = project.dir;
  dir.write("feed.ndjson", event("c1", "Customer", "C001", "2026-03-01T08:00:00+08:00",
                                 R"("name":"Li Ming","manager":"S01")"));
  duban(dir, {"run", "--rules", "rules", "--db", "a.db", "--events", "feed.ndjson"});
  const std::string id = the_incident(dir);
  const Ran retried = duban(dir, {"incident", "retry", id, "--db", "a.db"});
  EXPECT_EQ(retried.code, 1) << retried.out;
  EXPECT_EQ(retried.out, "");
  EXPECT_NE(retried.err.find("it only warns"), std::string::npos) << retried.err;
  EXPECT_NE(retried.err.find("incident drop"), std::string::npos) << retried.err;
  EXPECT_EQ(duban(dir, {"incident", "drop", id, "--db", "a.db"}).code, 0);
}

TEST(Retry, TheFutureIsStillToCome) {
  const TempDir dir;
  dir.write("rules/meters.rules", kMeterRules);
  dir.write("feed.ndjson", reading(1, 1, "2999-01-01T00:00:00Z"));
  const Ran ran = duban(dir, {"run", "--rules", "rules", "--db", "a.db", "--clock", "wall",
                              "--events", "feed.ndjson"});
  EXPECT_EQ(ran.code, 1) << ran.err;
  const Ran retried = duban(dir, {"incident", "retry", the_incident(dir), "--db", "a.db"});
  EXPECT_EQ(retried.code, 1) << retried.out;
  EXPECT_NE(retried.err.find("lies in the future"), std::string::npos) << retried.err;
  EXPECT_EQ(count(duban(dir, {"list", "events", "--db", "a.db", "--format", "csv"}).out, "\r\n"),
            1U);
}

}  // namespace
}  // namespace duban::test::retry_test
