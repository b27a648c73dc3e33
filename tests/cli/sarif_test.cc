// Goal: `check --format sarif` writes logs that readers of SARIF 2.1.0 accept, with places counted
// in characters and every message in both languages.
// Method: a project with mistakes in a file with a Chinese name; the log is walked as the standard
// describes it.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <set>
#include <string>

#include "cli/reference.h"
#include "tests/cli/harness.h"
#include "tests/cli/sample.h"

namespace duban::test::sarif_test {
namespace {

namespace json = boost::json;

// What the standard requires, and nothing beside what it knows.
void expect_members(const json::object& object, const std::set<std::string>& required,
                    const std::set<std::string>& optional, const char* what) {
  for (const std::string& name : required) {
    EXPECT_TRUE(object.contains(name)) << what << " lacks " << name;
  }
  for (const auto& member : object) {
    const std::string name(member.key());
    EXPECT_TRUE(required.contains(name) || optional.contains(name)) << what << " has " << name;
  }
}

const json::object& at(const json::object& object, std::string_view name) {
  return object.at(name).as_object();
}

int64_t number(const json::object& object, std::string_view name) {
  return object.at(name).to_number<int64_t>();
}

void expect_message(const json::object& message) {
  expect_members(message, {"text"}, {}, "message");
  EXPECT_FALSE(message.at("text").as_string().empty());
}

// %E5%82%AC → 催.
std::string decoded(const std::string& uri) {
  std::string out;
  for (size_t i = 0; i < uri.size(); ++i) {
    EXPECT_LT(static_cast<unsigned char>(uri[i]), 0x80) << uri;
    if (uri[i] != '%') {
      out += uri[i];
      continue;
    }
    out += static_cast<char>(std::stoi(uri.substr(i + 1, 2), nullptr, 16));
    i += 2;
  }
  return out;
}

void expect_region(const json::object& region) {
  expect_members(region, {"startLine", "startColumn", "endLine", "endColumn"}, {"snippet"},
                 "region");
  EXPECT_GE(number(region, "startLine"), 1);
  EXPECT_GE(number(region, "startColumn"), 1);
  EXPECT_GE(number(region, "endLine"), number(region, "startLine"));
  EXPECT_GT(number(region, "endColumn"), number(region, "startColumn"));
  expect_members(at(region, "snippet"), {"text"}, {}, "snippet");
}

void expect_result(const json::object& result, const json::array& rules) {
  expect_members(result, {"message"}, {"ruleId", "ruleIndex", "level", "locations", "properties"},
                 "result");
  expect_message(at(result, "message"));
  const std::set<std::string> levels = {"none", "note", "warning", "error"};
  EXPECT_TRUE(levels.contains(std::string(result.at("level").as_string())));
  const json::object& rule = rules.at(result.at("ruleIndex").to_number<size_t>()).as_object();
  EXPECT_EQ(rule.at("id"), result.at("ruleId"));
  ASSERT_EQ(result.at("locations").as_array().size(), 1U);
  const json::object& location = result.at("locations").as_array()[0].as_object();
  expect_members(location, {"physicalLocation"}, {}, "location");
  const json::object& place = at(location, "physicalLocation");
  expect_members(place, {"artifactLocation", "region"}, {}, "physicalLocation");
  expect_members(at(place, "artifactLocation"), {"uri"}, {}, "artifactLocation");
  expect_region(at(place, "region"));
  for (const char* name : {"english", "chinese"}) {
    EXPECT_FALSE(at(result, "properties").at(name).as_string().empty());
  }
}

void expect_rule(const json::object& rule, std::set<std::string>& seen) {
  expect_members(rule, {"id"},
                 {"shortDescription", "fullDescription", "defaultConfiguration", "properties"},
                 "rule");
  EXPECT_TRUE(seen.insert(std::string(rule.at("id").as_string())).second);
  expect_message(at(rule, "shortDescription"));
  expect_message(at(rule, "fullDescription"));
  const bool warning = rule.at("id").as_string()[0] == 'W';
  EXPECT_EQ(at(rule, "defaultConfiguration").at("level").as_string(),
            warning ? "warning" : "error");
}

const json::object& only_run(const json::value& log) {
  const json::object& top = log.as_object();
  expect_members(top, {"version", "runs"}, {"$schema"}, "log");
  EXPECT_EQ(top.at("version").as_string(), "2.1.0");
  EXPECT_EQ(top.at("runs").as_array().size(), 1U);
  const json::object& run = top.at("runs").as_array()[0].as_object();
  expect_members(run, {"tool", "results"}, {"columnKind", "language"}, "run");
  EXPECT_EQ(run.at("columnKind").as_string(), "unicodeCodePoints");
  expect_members(at(run, "tool"), {"driver"}, {}, "tool");
  expect_members(at(at(run, "tool"), "driver"), {"name"}, {"version", "rules"}, "driver");
  std::set<std::string> seen;
  for (const json::value& rule : at(at(run, "tool"), "driver").at("rules").as_array()) {
    expect_rule(rule.as_object(), seen);
  }
  EXPECT_EQ(seen.size(), cli::reference_pages().size());
  return run;
}

TEST(Sarif, ACleanProjectHasNoResults) {
  const TempDir dir;
  write_sample(dir, "rules");
  const Ran ran = duban(dir, {"check", "--format", "sarif", "rules"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  const json::value log = json::parse(ran.out);
  EXPECT_TRUE(only_run(log).at("results").as_array().empty());
}

TEST(Sarif, MistakesInAFileWithAChineseName) {
  const TempDir dir;
  write_sample(dir, "rules");
  dir.write("rules/催费 办法.rules",
            "办法 “催费办法”\n  引用 “words.rules”\n参数 限额 = 2026年2月30日\n"
            "参数 时限 = 3 日\n通知模板 提醒 服务 sms “您好{姓名甲}”\n");
  for (const char* language : {"en", "zh"}) {
    const Ran ran = duban(dir, {"check", "--format", "sarif", "--lang", language, "rules"});
    EXPECT_EQ(ran.code, 1) << ran.err;
    const json::value log = json::parse(ran.out);
    const json::object& run = only_run(log);
    const json::array& rules = at(at(run, "tool"), "driver").at("rules").as_array();
    const json::array& results = run.at("results").as_array();
    ASSERT_EQ(results.size(), 1U) << ran.out;
    for (const json::value& result : results) expect_result(result.as_object(), rules);

    const json::object& result = results[0].as_object();
    EXPECT_EQ(result.at("ruleId").as_string(), "E008");
    const json::object& place =
        at(result.at("locations").as_array()[0].as_object(), "physicalLocation");
    EXPECT_EQ(decoded(std::string(at(place, "artifactLocation").at("uri").as_string())),
              "rules/催费 办法.rules");
    // In characters: 参数, 限额, blanks and `=` are 8 of them.
    EXPECT_EQ(number(at(place, "region"), "startLine"), 3);
    EXPECT_EQ(number(at(place, "region"), "startColumn"), 9);
    EXPECT_EQ(number(at(place, "region"), "endColumn"), 19);
    const std::string text(at(result, "message").at("text").as_string());
    EXPECT_EQ(text.find("there is no such day") != std::string::npos,
              std::string(language) == "en");
  }
}

TEST(Sarif, BracesOfAMessageAreNoPlaceholders) {
  const TempDir dir;
  write_sample(dir, "rules");
  dir.write("rules/more.rules",
            "policy \"More\"\n  use \"words.rules\"\n"
            "notice n service sms \"Dear {\"\n");
  const Ran ran = duban(dir, {"check", "--format", "sarif", "rules/more.rules"});
  const json::value log = json::parse(ran.out);
  const json::array& results = only_run(log).at("results").as_array();
  for (const json::value& result : results) {
    const std::string text(result.at("message").at("text").as_string());
    for (size_t i = 0; i < text.size(); ++i) {
      if (text[i] != '{' && text[i] != '}') continue;
      ASSERT_LT(i + 1, text.size());
      EXPECT_EQ(text[i], text[i + 1]) << text;
      ++i;
    }
  }
}

}  // namespace
}  // namespace duban::test::sarif_test
