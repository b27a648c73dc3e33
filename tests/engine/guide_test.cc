// Goal: what docs/guide shows is true: every example compiles without a finding and passes its
// scenarios, both languages have the same pages, and every construct is shown in each.
// Method: compile the blocks as guide.h reads them; look for constructs in the syntax trees.
#include "tests/engine/guide.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string_view>

#include "engine/parse.h"
#include "engine/scenario.h"
#include "tests/engine/syntax_dump.h"

namespace duban::guide_test {
namespace {

using test::guide::Block;
using test::guide::Page;

constexpr const char* kDays = "rules/cn-workdays.csv";

class Guide : public testing::TestWithParam<const char*> {
 protected:
  std::vector<Page> pages() const { return test::guide::read_pages(GetParam()); }
};

// What a page's examples may use before the page has shown anything.
std::map<std::string, std::string> files_of(const Page& page) {
  const std::string folder = "docs/guide/" + page.language + "/";
  std::map<std::string, std::string> out;
  out[kDays] = test::read_file(test::guide::root() / kDays);
  out[folder + "words.rules"] = test::read_file(test::guide::root() / folder / "words.rules");
  for (const Block& block : page.blocks) {
    // A page asks its reader to copy the calendar beside the vocabulary that names it.
    if (block.text.find("cn-workdays.csv") == std::string::npos || block.file.empty()) continue;
    const auto beside = std::filesystem::path(folder + block.file).parent_path();
    out[(beside / "cn-workdays.csv").generic_string()] = out[kDays];
  }
  return out;
}

std::string story(const ScenarioResult& result) {
  std::string out = result.name + "\n";
  for (const auto& failure : result.failures) out += failure.line + "\n" + failure.english + "\n";
  for (const auto& item : result.timeline) out += "  " + item.time + "  " + item.english + "\n";
  return out;
}

void expect_findings(const Block& block, const Compilation& compilation, const std::string& where) {
  size_t errors = 0, unexpected = 0;
  for (const Diagnostic& each : compilation.diagnostics) {
    if (each.severity == Severity::error) ++errors;
    if (!block.flags.contains("ignore=" + each.code)) ++unexpected;
  }
  if (block.flags.contains("wrong")) {
    EXPECT_GT(errors, 0U) << where << " is not wrong";
  } else {
    EXPECT_EQ(unexpected, 0U) << where << "\n" << test::messages(compilation);
  }
}

void expect_scenarios(const Block& block, const CompileInput& input, const std::string& path,
                      const std::string& where) {
  size_t failed = 0;
  const auto results = run_scenarios(input, path);
  EXPECT_FALSE(results.empty()) << where << " has no scenario";
  for (const ScenarioResult& result : results) {
    if (result.passed) continue;
    ++failed;
    EXPECT_TRUE(block.flags.contains("fails")) << where << ": " << story(result);
  }
  if (block.flags.contains("fails")) {
    EXPECT_GT(failed, 0U) << where << " does not fail";
  }
}

TEST_P(Guide, EveryExampleCompilesAndPassesItsScenarios) {
  for (const Page& page : pages()) {
    std::map<std::string, std::string> files = files_of(page);
    for (const Block& block : page.blocks) {
      const std::string name = block.file.empty() ? "example.rules" : block.file;
      const std::string path = "docs/guide/" + page.language + "/" + name;
      if (block.kind == "csv") files[path] = block.text;
      if (block.kind != "rules") continue;
      files[path] = test::guide::whole(page, block);
      CompileInput all;
      for (const auto& [each, text] : files) all.files.push_back({each, text});
      const CompileInput input = closure(all, {path});
      const std::string where = page.path() + ":" + std::to_string(block.line);
      expect_findings(block, compile(input), where);
      const bool vocabulary = test::guide::begins_with(block.text, {"vocabulary", "词汇"});
      if (!vocabulary && !block.flags.contains("wrong")) expect_scenarios(block, all, path, where);
    }
  }
}

// Whether `text` begins as `form` says: % stands for anything, ~ for one word.
bool begins_as(std::string_view text, std::string_view form) {
  for (; !form.empty(); text.remove_prefix(1), form.remove_prefix(1)) {
    if (form[0] == '%' || form[0] == '~') {
      for (size_t i = 0; i <= text.size(); ++i) {
        if (begins_as(text.substr(i), form.substr(1))) return true;
        if (form[0] == '~' && i < text.size() && text[i] == ' ') return false;
      }
      return false;
    }
    if (text.empty() || text[0] != form[0]) return false;
  }
  return true;
}

// A form that begins with ^ is one of the line's beginning.
bool shows(std::string_view line, std::string_view form) {
  if (form[0] == '^') return begins_as(line, form.substr(1));
  const std::string_view first = form.substr(0, form.find_first_of("%~"));
  for (size_t at = line.find(first); at != line.npos; at = line.find(first, at + 1)) {
    if (begins_as(line.substr(at), form)) return true;
  }
  return false;
}

// Each of these stands in the dump of a syntax tree (syntax_dump.cc); numbers are those of the
// enumerations of engine/syntax.h.
std::vector<std::string> constructs(bool zh) {
  std::vector<std::string> out = {"^policy",
                                  "^vocabulary",
                                  "^use",
                                  "^effective (lit % (lit",
                                  "^basis",
                                  "^calendar ~ yes %(hours",
                                  "^reference",
                                  "^entity",
                                  "^choice",
                                  "^channel",
                                  "(limit",
                                  "^parameter",
                                  "^define",
                                  "field ~ ~ yes",
                                  "{}",
                                  "?",
                                  "^forbid",
                                  "^table %.csv\"",
                                  "(test = % = ",
                                  "(test between",
                                  "(test !=",
                                  "^scorecard",
                                  "  item",
                                  "  grade",
                                  "^case % yes 0 \"",
                                  "boundary yes - (",
                                  "boundary no ~ - ",
                                  "boundary no - (",
                                  "  owner",
                                  "  keep",
                                  "  define",
                                  "(trigger 3 ~ 0 ",
                                  "(trigger 3 ~ 1 ",
                                  "(every ~ ~ ~ yes ",
                                  "(every ~ ~ ~ ~ 1 ",
                                  "(every ~ ~ ~ ~ 2 ",
                                  "(line 4 yes",
                                  "(lit 0.05)",
                                  "(lit 0.002)"};
  const std::vector<std::string> in_words =
      zh ? std::vector<std::string>{"^forbid % \"2026",
                                    "^rule % \"2026",
                                    "^case % \"服务承诺",
                                    "(nanny)",
                                    "boundary yes 电费发行 (",
                                    "(done 走访记录 (",
                                    "(call working_days_from_to % 法定日历)",
                                    "(aggregate latest %发生时间"}
         : std::vector<std::string>{"^forbid % \"Heating",
                                    "^rule % \"Heating",
                                    "^case % \"Service promise",
                                    "(保姆式)",
                                    "boundary yes bill_issued (",
                                    "(done visit_recorded (",
                                    "(call working_days_from_to % statutory)",
                                    "(aggregate time_of_latest "};
  out.insert(out.end(), in_words.begin(), in_words.end());
  const auto all = [&](const std::string& before, int from, int to, const std::string& after) {
    for (int i = from; i <= to; ++i) out.push_back(before + std::to_string(i) + after);
  };
  all("^event ", 0, 2, " ");
  all("^notice ~ ", 0, 2, " ");
  all(" #", 1, 8, "");
  all("(once ", 1, 7, " ");
  all("(trigger ", 0, 9, " ");
  all("(action ", 0, 6, " ");
  all("(clause ", 0, 3, " ");
  all("(every ", 0, 5, " ");
  all("(line ", 0, 11, " ");
  all("over#", 2, 10, "");
  all("(task %) ", 1, 3, " ");
  all("^table ~ ~ ", 0, 2, " ");
  all("^table ~ ~ 2 ", 1, 5, "");
  all("^case % no ", 1, 3, " \"");
  for (const char* kind : {".",
                           "neg",
                           "not",
                           "and",
                           "or",
                           "+",
                           "-",
                           "*",
                           "/",
                           "=",
                           "!=",
                           "<",
                           "<=",
                           ">",
                           ">=",
                           "between",
                           "in",
                           "known",
                           "unknown",
                           "empty",
                           "not_empty",
                           "contains",
                           "minus",
                           "union",
                           "set",
                           "call",
                           "aggregate count",
                           "aggregate sum",
                           "aggregate average",
                           "aggregate minimum",
                           "aggregate maximum",
                           "aggregate latest"}) {
    out.push_back("(" + std::string(kind) + " ");
  }
  for (const char* name :
       {"min", "max", "round", "year", "month", "day", "weekday", "date", "time", "start_of_month",
        "end_of_quarter", "days_from_to", "working_days_from_to", "next_working_day",
        "previous_working_day", "rolled_forward", "rolled_back"}) {
    out.push_back("(call " + std::string(name) + " ");
  }
  return out;
}

TEST_P(Guide, EveryConstructIsShown) {
  std::vector<std::string> lines;
  for (const Page& page : pages()) {
    for (const Block& block : page.blocks) {
      if (block.kind != "rules" || block.flags.contains("wrong")) continue;
      std::vector<Diagnostic> ignored;
      std::istringstream in(dump(parse(Source("a", test::guide::whole(page, block)), 0, ignored)));
      for (std::string line; std::getline(in, line);) lines.push_back(line);
    }
  }
  for (const std::string& each : constructs(GetParam() == std::string("zh"))) {
    const bool shown = std::any_of(lines.begin(), lines.end(),
                                   [&](const std::string& line) { return shows(line, each); });
    EXPECT_TRUE(shown) << "no example shows " << each;
  }
}

INSTANTIATE_TEST_SUITE_P(Languages, Guide, testing::Values("en", "zh"));

std::string shape(const Page& page) {
  std::string out;
  size_t next = 0;
  for (size_t i = 0; i < page.sections.size(); ++i) {
    out += std::string(page.sections[i].level, '#') + " ";
    for (; next < page.blocks.size() && page.blocks[next].section == i; ++next) {
      out += page.blocks[next].kind + " ";
    }
    out += "\n";
  }
  return out;
}

TEST(GuideTest, BothLanguagesHaveTheSameSectionsAndExamples) {
  const auto english = test::guide::read_pages("en"), chinese = test::guide::read_pages("zh");
  for (size_t i = 0; i < english.size(); ++i) {
    EXPECT_EQ(shape(english[i]), shape(chinese[i])) << english[i].name;
  }
}

TEST(GuideTest, EveryPageIsRead) {
  for (const char* language : {"en", "zh"}) {
    std::set<std::string> found;
    for (const auto& entry :
         std::filesystem::directory_iterator(test::guide::root() / "docs" / "guide" / language)) {
      if (entry.path().extension() == ".md") found.insert(entry.path().filename().string());
    }
    const auto& names = test::guide::page_names();
    EXPECT_EQ(found, std::set<std::string>(names.begin(), names.end())) << language;
  }
}

}  // namespace
}  // namespace duban::guide_test
