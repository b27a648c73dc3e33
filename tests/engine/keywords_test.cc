// Goal: the table of spellings is sound: no spelling means two things, and every word that is not
// reserved is a name wherever a name may stand.
#include "engine/keywords.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "engine/parse.h"

namespace duban::keywords_test {
namespace {

TEST(Keywords, EverySpellingMeansOneThing) {
  std::set<std::string_view> seen;
  for (const Keyword& word : keywords()) {
    EXPECT_FALSE(word.english.empty() && word.chinese.empty());
    for (const auto* spellings : {&word.english, &word.chinese}) {
      for (const std::string_view spelling : *spellings) {
        EXPECT_TRUE(seen.insert(spelling).second) << spelling;
        EXPECT_EQ(find_keyword(spelling), &word) << spelling;
      }
    }
  }
  EXPECT_EQ(find_keyword("Customer"), nullptr);
}

TEST(Keywords, AreNamesUnlessReserved) {
  for (const Keyword& word : keywords()) {
    for (const auto* spellings : {&word.english, &word.chinese}) {
      for (const std::string_view spelling : *spellings) {
        const std::string name(spelling);
        const Source source("a", "entity E key k\n  " + name + " (" + name + ") : text\n" +
                                     "define x of E = " + name + " + e." + name + "\n");
        std::vector<Diagnostic> found;
        const syntax::File file = parse(source, 0, found);
        EXPECT_EQ(found.empty(), !word.reserved) << name;
        if (word.reserved) continue;
        EXPECT_EQ(file.entities[0].fields[0].name.text, name);
        EXPECT_EQ(file.defines[0].value->args[1]->text, name);
      }
    }
  }
}

TEST(Keywords, BackquotesMakeAnyWordAName) {
  std::vector<Diagnostic> found;
  const Source source("a", "entity `not` key `in`\n  `any name` (`且`) : text\n");
  const syntax::File file = parse(source, 0, found);
  EXPECT_TRUE(found.empty());
  EXPECT_EQ(file.entities[0].name.text, "not");
  EXPECT_EQ(file.entities[0].fields[0].name.text, "any name");
  EXPECT_EQ(file.entities[0].fields[0].name.alias, "且");
}

TEST(Keywords, TranslateBuiltInNames) {
  EXPECT_EQ(builtin_name("本次"), "event");
  EXPECT_EQ(builtin_name("办理期限"), "due");
  EXPECT_EQ(builtin_name("owner"), "owner");
  EXPECT_EQ(builtin_name("客户"), "");
  EXPECT_EQ(builtin_member("收到时间"), "received");
  EXPECT_EQ(function_name("月末"), "end_of_month");
  EXPECT_EQ(function_name("foo"), "foo");
  EXPECT_TRUE(is_function("min"));
  EXPECT_FALSE(is_function("foo"));
  EXPECT_EQ(currency_code("元"), "CNY");
  EXPECT_EQ(currency_code("kWh"), "");
}

}  // namespace
}  // namespace duban::keywords_test
