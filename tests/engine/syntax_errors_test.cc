// Goal: wrong text is answered at the exact place, in words of the language, in both languages, and
// one mistake gives one message.
// Method: a table of single mistakes with what is said; then every line of a whole policy broken in
// turn.
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

#include "engine/parse.h"
#include "tests/engine/policy_texts.h"

namespace duban::syntax_errors_test {
namespace {

// `line:column code message [hint]`, one finding a line.
std::string told(const std::string& text, bool chinese = false) {
  const Source source("t", text);
  std::vector<Diagnostic> found;
  parse(source, 0, found);
  std::string out;
  for (const Diagnostic& it : found) {
    const Source::Position at = source.position(it.span.begin);
    out += std::to_string(at.line) + ":" + std::to_string(at.column) + " " + it.code + " " +
           (chinese ? it.chinese : it.english);
    const std::string& hint = chinese ? it.chinese_hint : it.english_hint;
    if (!hint.empty()) out += " [" + hint + "]";
    out += "\n";
  }
  return out;
}

struct Mistake {
  const char* text;
  const char* told;
};

const char* const kRule = "rule \"r\"\n  on e:\n    task \"T\" for a\n";

TEST(SyntaxErrors, SayWhatWasExpectedAndWhere) {
  const std::vector<Mistake> mistakes = {
      {"polcy \"X\"", "1:1 E003 a line cannot start with `polcy` [did you mean `policy`?]\n"},
      {"frobnicate it",
       "1:1 E003 a line cannot start with `frobnicate` [a line begins with a word "
       "such as `on`, `when`, `notify` or `task`; what is only meant for readers stands behind "
       "`--`]\n"},
      {") x",
       "1:1 E003 a line cannot start with `)` [a line begins with a word "
       "such as `on`, `when`, `notify` or `task`; what is only meant for readers stands behind "
       "`--`]\n"},
      {"not : text",
       "1:1 E003 a line cannot start with `not` [`not` is a word of the language; as a name, write "
       "it in backquotes]\n"},
      {"entity C key", "1:13 E004 a name is missing at the end of this line\n"},
      {"entity C key in",
       "1:14 E004 expected a name, not `in` [`in` is a word of the language; as a name, write it "
       "in backquotes]\n"},
      {"entity C key k\n  x money", "2:5 E004 `:` is missing before `money`\n"},
      {"entity C key k\n  x :", "2:6 E004 a type is missing at the end of this line\n"},
      {"event e", "1:8 E004 expected `for` here\n"},
      {"notice n sms \"x\"",
       "1:10 E004 `mandatory`, `service` or `commercial` is missing before `sms`\n"},
      {"notice n service sms",
       "1:8 E015 notice `n` has no text [write its text in quotes after the channel]\n"},
      {"forbid x when y", "1:16 E004 expected `because` here\n"},
      {"parameter p =", "1:14 E004 a value is missing at the end of this line\n"},
      {"parameter p = (a + b", "1:21 E004 `)` is missing at the end of this line\n"},
      {"parameter p = x y",
       "1:17 E004 `.` or an operator such as `is` or `above` is missing before `y`\n"},
      {"parameter p = 3 +", "1:18 E004 a value is missing at the end of this line\n"},
      {"parameter p = a @ b",
       "1:17 E005 the character @ (U+0040) is not part of the language [leave it out, or write it "
       "inside a text in quotes]\n"},
      {"parameter p = 'x'",
       "1:15 E005 the character ' (U+0027) is not part of the language [texts stand in double "
       "quotes: `“…”` or `\"…\"`]\n"},
      {"parameter p = \"x",
       "1:15 E006 this text has no closing quote [close it with `\"` on the same line; `\\n` in a "
       "text is a line break]\n"},
      {"parameter p = `x",
       "1:15 E007 this name has no closing backquote [write a backquote where the name ends]\n"},
      {"parameter p = 2026-02-30",
       "1:15 E008 there is no such day as `2026-02-30` [that month has 28 days]\n"},
      {"parameter p = 25:00",
       "1:15 E008 there is no such time of day as `25:00` [hours go from 00 to 23, minutes from 00 "
       "to 59; a day ends at 24:00]\n"},
      {"parameter p = 99999999999999", "1:15 E009 this number is too large\n"},
      {"parameter p = 0.1234567", "1:15 E009 a number has at most six digits after its point\n"},
      {"parameter p = 1.5 days", "1:15 E009 this unit counts in whole numbers\n"},
      {"parameter p = \"a\\q\"",
       "1:17 E017 `\\q` means nothing in a text [write `\\\\` for a backslash]\n"},
      {"due within 3 days",
       "1:1 E010 this is a clause of a task, and there is no task above it [write it below a `task "
       "\"…\" for …`]\n"},
      {"on e: close as x",
       "1:1 E010 this stands below `rule` or `case` [move this line there, or leave it out]\n"},
      {"rule \"r\"\nset a = 1",
       "2:1 E010 an action needs a trigger above it [for example `on opening:` or `when …:`]\n"},
      {"define d = 3",
       "1:1 E010 outside a case, `define` says whose value it is: `define NAME of ENTITY = …`\n"},
      {"parameter p = 3\nuse \"x\"",
       "2:1 E010 `use` stands at the top of a file [move this line there, or leave it out]\n"},
      {"rule \"r\"\n on e: set a = 1\n otherwise: set b = 1",
       "3:2 E010 `otherwise:` follows a trigger with `if` [give the trigger above an `if …`, or "
       "leave `otherwise:` out]\n"},
      {"rule \"r\"\n on e:",
       "2:2 E015 nothing is done here [write an action below or after the colon]\n"},
      {"policy \"a\"\npolicy \"b\"",
       "2:1 E013 `policy` is given twice here [one file holds one policy: put the second one into "
       "a file of its own]\n"},
      {"table t first match\n | a | => b |\n | 1 |",
       "3:2 E014 this row has 1 cell; the table has 2 columns [the columns are `a`, `b`]\n"},
      {"table t first match\n | a | b |\n | 1 | 2 |",
       "2:2 E014 no column is a result [put `=>` before the first result column]\n"},
      {"table t first match\n | a | => b |\n | 1 | > 2 |",
       "3:8 E014 a result is one value [comparisons stand in the columns before `=>`]\n"},
      {"table t first match\n | a | => b |", "1:7 E015 table `t` has no rows\n"},
      {"scenario \"s\"\n expect sms n to C1", "2:18 E004 expected a text in quotes, not `C1`\n"},
      {"scenario \"s\"\n given C \"1\" wth a = 1",
       "2:14 E004 `wth` is not understood here [did you mean `with`?]\n"},
  };
  for (const Mistake& mistake : mistakes)
    EXPECT_EQ(told(mistake.text), mistake.told) << mistake.text;
}

TEST(SyntaxErrors, AnswerHabitsWithTheWordsOfTheLanguage) {
  const std::vector<Mistake> mistakes = {
      {"x does not contain y", "`not … contains …`"},
      {"x do not include y", "`not … contains …`"},
      {"x includes y", "`contains`"},
      {"x is between 2 and 3", "`between`"},
      {"x is not between 2 and 3", "`not … between … and …`"},
      {"x is at least 3", "`at least`"},
      {"x is at most 3", "`at most`"},
      {"x is above 3", "`above`"},
      {"x is below 3", "`below`"},
      {"x is less than 3", "`below`"},
  };
  const std::string rule = "rule \"r\"\n  on e if ";
  for (const Mistake& mistake : mistakes) {
    const std::string said = told(rule + mistake.text + ": set a = 1\n");
    EXPECT_EQ(std::count(said.begin(), said.end(), '\n'), 1) << said;
    EXPECT_NE(said.find("is not a word of the language [write " + std::string(mistake.told) + "]"),
              std::string::npos)
        << said;
  }
  const std::vector<Mistake> chinese = {
      {"材料 不含 红", "“不包含”"},
      {"材料 包括 红", "“包含”"},
      {"材料 不包括 红", "“不包含”"},
      {"数量 不介于 2 至 3", "“非 … 介于 … 至 …”"},
      {"数量 在 2 至 3 之间", "“介于 … 至 …”"},
  };
  for (const Mistake& mistake : chinese) {
    const std::string said = told(
        "规则 “甲”\n  发生 询问 时 若 " + std::string(mistake.text) + "： 更新 乙 = 1\n", true);
    EXPECT_EQ(std::count(said.begin(), said.end(), '\n'), 1) << said;
    EXPECT_NE(said.find("请写作" + std::string(mistake.told) + "]"), std::string::npos) << said;
  }
}

TEST(SyntaxErrors, SeveralHabitsInOneLineAreAnsweredOneByOne) {
  EXPECT_EQ(told("rule \"r\"\n  on e if x is less than 3 or x is between 7 and 9: set a = 1\n"),
            "2:13 E004 `is less than` is not a word of the language [write `below`]\n");
  EXPECT_EQ(told("rule \"r\"\n  on e if x below 3 or x is between 7 and 9 and y is at least 2:\n"
                 "    set a = 1\n"),
            "2:26 E004 `is between` is not a word of the language [write `between`]\n");
}

TEST(SyntaxErrors, ANoticeMayExpireOnALineBeforeItsText) {
  for (const char* text :
       {"notice n service sms\n  expires after 2 days\n  \"x\"",
        "notice n service sms\n  expires after 2 days \"x\"",
        "notice n service sms\n  -- soon over\n  expires after 2 days\n\n  \"x\"",
        "notice n service sms expires after 2 days\n  \"x\"",
        "notice n service sms \"x\"\n  expires after 2 days",
        "通知模板 甲 服务 短信\n  有效期 2 日\n  “乙”"}) {
    EXPECT_EQ(told(text), "") << text;
  }
}

TEST(SyntaxErrors, SayItInsideTasks) {
  const std::vector<Mistake> mistakes = {
      {"notfy C by sms n", "4:1 E003 a line cannot start with `notfy` [did you mean `notify`?]\n"},
      {"deu within 2 days", "4:1 E003 a line cannot start with `deu` [did you mean `due`?]\n"},
      {"notify C by sms", "4:16 E004 a name is missing at the end of this line\n"},
      {"when late: escalate owner", "4:21 E004 `to` is missing before `owner`\n"},
      {"when late:", "4:1 E015 nothing is done here [write an action after the colon]\n"},
      {"due within 1 day\ndue within 2 days",
       "5:1 E013 the deadline is given twice here [keep one of the two]\n"},
      {"paused while a\npaused while b",
       "5:1 E013 `paused while` is given twice here [keep one of the two]\n"},
      {"paused a", "4:8 E004 `:` or `while` is missing before `a`\n"},
      {"in flight: keep",
       "4:1 E010 `in flight` stands below `case` [move this line there, or leave it out]\n"},
      {"in flight: kept", "4:12 E004 expected `keep`, `recompute` or `restart`, not `kept`\n"},
      {"needs x", "4:8 E004 expected `:` here\n"},
      {"needs x : a (b)", "4:14 E004 a choice has two values or more: `a | b`\n"},
  };
  for (const Mistake& mistake : mistakes)
    EXPECT_EQ(told(kRule + std::string(mistake.text)), mistake.told);
}

TEST(SyntaxErrors, SpeakChinese) {
  const std::vector<Mistake> mistakes = {
      {"办发 “X”", "1:1 E003 行首不能是“办发” [是否应为“办法”？]\n"},
      {"参数 甲 =", "1:7 E004 此行末尾缺少一个值\n"},
      {"禁止 停电 当 客户的重要用户 时", "1:18 E004 此行未完，还应有“理由”\n"},
      {"通知模板 甲 短信 “x”", "1:8 E004 “短信”之前缺少“必达”、“服务”或“商业”\n"},
      {"参数 甲 = “乙", "1:8 E006 文本缺少后引号 [请在同一行内以 ” 结束；正文中的换行写作“\\n”]\n"},
      {"参数 甲 = 2026年2月30日", "1:8 E008 没有“2026年2月30日”这一天 [该月只有 28 天]\n"},
      {"规则 “r”\n 发生 e 时：\n 交办 a “T”\n 超时末办： 提级至 b",
       "4:2 E004 此处的“超时末办”无法理解 [是否应为“超时未办”？]\n"},
      {"时限 3 日", "1:1 E010 这是交办的条款，而上面没有交办 [请写在“交办 …”之下]\n"},
      {"甲 期间暂停计时", "1:1 E010 这是交办的条款，而上面没有交办 [请写在“交办 …”之下]\n"},
      {"在途：沿用旧版", "1:1 E010 “在途”须写在“事项”之下 [请移至该处，或删去此行]\n"},
      {"事项 甲 对象 乙\n 在途：沿用旧板",
       "2:5 E004 此处应为“沿用旧版”、“按新版重算” 或 “重新计时”\n"},
  };
  for (const Mistake& mistake : mistakes) {
    EXPECT_EQ(told(mistake.text, true), mistake.told);
  }
}

TEST(SyntaxErrors, IndentationMayNotContradictTheWords) {
  EXPECT_EQ(told(std::string(kRule) + "      when late:\n      escalate to x\n      notify y n\n"),
            "6:7 E016 it is not clear whether this belongs to the clause above or to the step "
            "[write each action of a clause on the clause's own line]\n");
  EXPECT_EQ(told(std::string(kRule) + "      when late: escalate to x\n        notify y n\n"),
            "5:9 E016 it is not clear whether this belongs to the clause above or to the step "
            "[write each action of a clause on the clause's own line]\n");
  EXPECT_EQ(told(std::string(kRule) + "      when late: escalate to x\n    notify y n\n"), "");
  EXPECT_EQ(told(std::string(kRule) + "      when late: task \"U\" for b\n      stays\n"),
            "5:7 E016 this belongs to the task in the clause above, but is not indented below it "
            "[put the clauses of the outer task before that line]\n");
  EXPECT_EQ(
      told("rule \"r\"\n  on e if a:\n    task \"T\" for b\n      when done if c: set d = 1\n"
           "      otherwise: set d = 2\n"),
      "5:7 E016 `otherwise:` answers the `if` of the trigger, but stands below a clause of a task "
      "[align it with the trigger, or write `when done if not …:`]\n");
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

// Whatever line is broken, the lines below it are not reported too.
TEST(SyntaxErrors, OneMistakeGivesOneMessage) {
  for (const char* policy : {kEnglishPolicy, kChinesePolicy}) {
    const std::vector<std::string> lines = lines_of(policy);
    for (size_t i = 0; i < lines.size(); ++i) {
      if (lines[i].empty()) continue;
      std::vector<std::string> broken = lines;
      broken[i] += " @";
      const std::string said = told(joined(broken));
      EXPECT_EQ(std::count(said.begin(), said.end(), '\n'), 1) << broken[i] << "\n" << said;

      // The first word misspelled: at most that is told (it may be a name in some lines).
      broken = lines;
      const size_t word = lines[i].find_first_not_of(' ');
      broken[i].insert(word + (static_cast<unsigned char>(lines[i][word]) < 0x80 ? 1 : 3), "q");
      const std::string misspelled = told(joined(broken));
      EXPECT_LE(std::count(misspelled.begin(), misspelled.end(), '\n'), 1) << broken[i] << "\n"
                                                                           << misspelled;
    }
  }
}

TEST(SyntaxErrors, TheRestOfTheFileIsStillRead) {
  const Source source(
      "t",
      "entity A key k\n  x @ text\n  y : text\nevnt e for A\n  z : text\nparameter p "
      "= 3\nparameter = 4\n");
  std::vector<Diagnostic> found;
  const syntax::File file = parse(source, 0, found);
  EXPECT_EQ(found.size(), 3U);
  ASSERT_EQ(file.entities.size(), 1U);
  EXPECT_EQ(file.entities[0].fields.size(), 1U);
  EXPECT_EQ(file.parameters.size(), 1U);
}

}  // namespace
}  // namespace duban::syntax_errors_test
