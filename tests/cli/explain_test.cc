// Goal: a code is explained in the reader's language, with its example; an unknown one is answered
// with the nearest.
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "cli/reference.h"
#include "tests/cli/harness.h"

namespace duban::test::explain_test {
namespace {

TEST(Explain, ACodeInBothLanguages) {
  const TempDir dir;
  const Ran english = duban(dir, {"explain", "e101"});
  EXPECT_EQ(english.code, 0) << english.err;
  EXPECT_TRUE(english.out.starts_with("E101: unknown name\n\n")) << english.out;
  EXPECT_NE(english.out.find("Example:\n\n  rule "), std::string::npos) << english.out;
  EXPECT_NE(english.out.find("Corrected:\n\n  rule "), std::string::npos) << english.out;
  EXPECT_EQ(english.out.find("含义"), std::string::npos);
  const Ran chinese = duban(dir, {"explain", "E101", "--lang", "zh"});
  EXPECT_TRUE(chinese.out.starts_with("E101：没有这个名称\n\n")) << chinese.out;
  EXPECT_NE(chinese.out.find("改正：\n\n"), std::string::npos) << chinese.out;
}

TEST(Explain, WithoutACodeListsThem) {
  const TempDir dir;
  const Ran ran = duban(dir, {"explain"});
  EXPECT_EQ(ran.code, 0);
  EXPECT_NE(ran.out.find("\nW103  a table that may match no row\n"), std::string::npos) << ran.out;
}

TEST(Explain, AnUnknownCode) {
  const TempDir dir;
  const Ran ran = duban(dir, {"explain", "E1O1"});
  EXPECT_EQ(ran.code, 2);
  EXPECT_NE(ran.err.find("E101"), std::string::npos) << ran.err;
}

TEST(Explain, ForMachines) {
  const TempDir dir;
  const Ran ran = duban(dir, {"explain", "--format", "json", "W103"});
  const boost::json::value parsed = boost::json::parse(ran.out);
  const boost::json::object& page = parsed.as_array().at(0).as_object();
  EXPECT_EQ(page.at("code"), "W103");
  EXPECT_NE(page.at("example").as_string().find("first match"), boost::json::string::npos);
  EXPECT_TRUE(page.contains("corrected"));
}

TEST(Explain, LinesAreWrappedByColumns) {
  EXPECT_EQ(cli::wrapped("one two three", 7), "one two\nthree");
  EXPECT_EQ(cli::wrapped("unbreakable", 4), "unbreakable");
  // Two columns each; no line begins with a comma.
  EXPECT_EQ(cli::wrapped("一二三，四五", 6), "一二\n三，四\n五");
  EXPECT_EQ(cli::wrapped("a\n\nb", 9), "a\n\nb");
}

TEST(Explain, CheckNamesTheCommand) {
  const TempDir dir;
  dir.write("a.rules", "policy \"P\"\n  use \"gone.rules\"\n");
  const Ran ran = duban(dir, {"check", "a.rules"});
  EXPECT_NE(ran.out.find("duban explain E106"), std::string::npos) << ran.out;
}

}  // namespace
}  // namespace duban::test::explain_test
