// Scorecards, tables that stand in CSV files, unique events, the basis of rules, parameters given
// by a deployment: what they compile to, and what is said of mistakes.
#include <gtest/gtest.h>

#include <chrono>

#include "engine/compile.h"
#include "engine/scenario.h"
#include "engine/step.h"
#include "tests/engine/files.h"

namespace duban::decisions_test {
namespace {

constexpr const char* kWords = R"(vocabulary "Shop" (商店)
  timezone "Asia/Shanghai"
  currency CNY (元)
calendar office (工作日历)
  from "days.csv"
  hours 09:00 to 17:00
entity Customer (客户) key account (户号)
  name (名称) : text
  credit (信誉) : good (优质) | fair (中等) | poor (较差) = fair
  critical (重要用户) : yes/no = no
  debt (欠款) : money = 0 yuan
  since (建档日) : date?
event paid (缴费) for Customer
  bill_no (账单号) : text
  amount (金额) : money
event asked (询问) for Customer
outgoing event cut (停电) for Customer
  bill_no (账单号) : text
channel sms (短信) to name
policy "P" (办法)
)";

struct File {
  std::string path, text;
};

Compilation compile_with(const std::string& policy, std::vector<File> files = {},
                         std::map<std::string, std::string> parameters = {}) {
  CompileInput input;
  input.files.push_back({"p.rules", kWords + policy});
  input.files.push_back({"days.csv", "date,is_workday\n2026-01-05,1\n2026-01-06,1\n"});
  for (File& file : files) input.files.push_back({file.path, file.text});
  input.parameters = std::move(parameters);
  return compile(input);
}

// `E101 p.rules:7:12 english (hint)` of each finding. Lines count from the policy's first.
std::string findings(const Compilation& compilation) {
  static const auto before = static_cast<uint32_t>(
      std::count(kWords, kWords + std::char_traits<char>::length(kWords), '\n'));
  std::string out;
  for (const Diagnostic& diagnostic : compilation.diagnostics) {
    const Source& source = compilation.sources[diagnostic.span.file];
    const auto at = source.position(diagnostic.span.begin);
    const uint32_t line = source.path() == "p.rules" ? at.line - before : at.line;
    out += diagnostic.code + " " + source.path() + ":" + std::to_string(line) + ":" +
           std::to_string(at.column) + " " + diagnostic.english +
           (diagnostic.english_hint.empty() ? "" : " (" + diagnostic.english_hint + ")") + "\n";
    EXPECT_TRUE(has_chinese(diagnostic.chinese)) << diagnostic.chinese;
  }
  return out;
}

std::string found(const std::string& policy, std::vector<File> files = {}) {
  return findings(compile_with(policy, std::move(files)));
}

std::shared_ptr<const Plan> plan_of(const std::string& policy, std::vector<File> files = {}) {
  const Compilation compilation = compile_with(policy, std::move(files));
  EXPECT_EQ(findings(compilation), "");
  return compilation.plan;
}

// ---------------------------------------------------------------- scorecards

constexpr const char* kGrades =
    "  grade good at least 80\n  grade fair at least 60\n  grade poor otherwise\n";

TEST(Scorecards, AreTwoTables) {
  const auto plan = plan_of(std::string("scorecard score (评分) of Customer\n  base 65\n"
                                        "  +15 if critical\n  -10 if debt above 0 yuan\n") +
                            kGrades +
                            "rule \"r\"\n  on asked if score.points above 60:\n"
                            "    set credit = score.grade\n");
  ASSERT_TRUE(plan);
  ASSERT_EQ(plan->tables.size(), 2U);
  const Table& points = plan->tables[0];
  EXPECT_EQ(points.names, (Names{"score.points", "评分.分数"}));
  EXPECT_EQ(points.hit, syntax::TableDecl::Hit::all);
  EXPECT_EQ(points.collect, syntax::TableDecl::Collect::sum);
  ASSERT_EQ(points.rows.size(), 3U);
  EXPECT_TRUE(points.rows[0].conditions.empty());
  EXPECT_EQ(points.rows[1].conditions.size(), 1U);
  const Table& grades = plan->tables[1];
  EXPECT_EQ(grades.names, (Names{"score", "评分"}));
  EXPECT_EQ(grades.hit, syntax::TableDecl::Hit::first);
  ASSERT_EQ(grades.rows.size(), 3U);
  // The grades are those of the attribute that has all of them.
  EXPECT_EQ(grades.output_types[0], plan->layout.entities[0].attributes[1].type);
  // What it stands on is what its conditions read.
  EXPECT_EQ(plan->steps[0].deps.attributes, (std::vector<uint16_t>{}));
}

TEST(Scorecards, HaveGradesOfTheirOwnWhereNobodyElseHas) {
  const auto plan = plan_of(
      "scorecard stars (星级) of Customer\n  +2 if critical\n"
      "  grade two (二星) at least 2\n  grade one (一星) otherwise\n"
      "rule \"r\"\n  when stars.grade is two:\n    set name = \"x\"\n");
  ASSERT_TRUE(plan);
  const Type& type = plan->tables[1].output_types[0];
  EXPECT_EQ(plan->layout.choices[type.id].names.name, "stars.grade");
  EXPECT_EQ(plan->layout.choices[type.id].values[1], (Names{"one", "一星"}));
  EXPECT_EQ(plan->steps[0].deps.attributes.size(), 1U);
}

struct Mistake {
  const char* text;
  const char* told;
};

TEST(Scorecards, WhatIsWrongWithThem) {
  const Mistake mistakes[] = {
      {"scorecard s of Customer\n  +5 if critical\n  grade good at least 5\n",
       "E170 p.rules:1:11 scorecard `s` leaves low scores without a grade (end it with `grade NAME "
       "otherwise`)\n"},
      {"scorecard s of Customer\n  +5 if critical\n",
       "E170 p.rules:1:11 scorecard `s` leaves low scores without a grade (end it with `grade NAME "
       "otherwise`)\n"},
      {"scorecard s of Customer\n  grade poor otherwise\n  grade good at least 5\n",
       "E170 p.rules:3:3 nobody is left for this grade: the one above takes everybody (`otherwise` "
       "stands last)\n"},
      {"scorecard s of Customer\n  +90 if critical\n  grade fair at least 60\n"
       "  grade good at least 80\n  grade poor otherwise\n",
       "E174 p.rules:4:23 nobody is left for this grade: the one above begins at 60 already (write "
       "the grades from the highest to the lowest)\n"},
      {"scorecard s of Customer\n  +90 if critical\n  grade good at least debt / 2 yuan\n"
       "  grade poor otherwise\n",
       "E174 p.rules:3:23 the floor of a grade is a number or a parameter\n"},
      {"scorecard s of Customer\n  +5 yuan if critical\n  grade good at least 5 yuan\n"
       "  grade poor otherwise\n",
       "E173 p.rules:2:4 points are numbers; this is money\n"},
      {"scorecard s of Customer\n  base 1\n  +bonus if critical\n  grade good at least 1\n"
       "  grade poor otherwise\n",
       "E101 p.rules:3:4 nothing here is called `bonus` (check how it is written, or declare it "
       "first)\n"},
      {"scorecard s of Customer\n  +5 if debt\n  grade good at least 1\n  grade poor otherwise\n",
       "E108 p.rules:2:9 a condition is yes or no; this is money\n"},
      {"scorecard s of Customer\n  +50 if critical\n  -5 if debt above 3 yuan\n"
       "  grade good at least 51\n  grade poor otherwise\n",
       "W125 p.rules:4:3 nobody has the grade `good`: the points add up to 50 at most\n"},
      {"scorecard s of Customer\n  base 20\n  +50 if critical\n  -5 if debt above 3 yuan\n"
       "  grade good at least 15\n  grade poor otherwise\n",
       "W125 p.rules:6:3 nobody has the grade `poor`: the points add up to 15 at least\n"},
      {"scorecard s of Customer\n  +9 if critical\n  grade good at least 5\n"
       "  grade fair otherwise\n  grade poor otherwise\n",
       "E170 p.rules:5:3 nobody is left for this grade: the one above takes everybody (`otherwise` "
       "stands last)\n"},
      {"scorecard s of Customer\n  +9 if critical\n  grade good at least 5\n"
       "  grade good at least 4\n  grade poor otherwise\n",
       "E103 p.rules:4:9 `good` is declared twice here\n"},
      {"scorecard s of Customer\n  base 1\n  base 2\n  grade poor otherwise\n",
       "E013 p.rules:3:3 `base` is given twice here (keep one of the two)\n"},
      {"rule \"r\"\n  base 1\n",
       "E010 p.rules:2:3 this line belongs below `scorecard` (move this line there, or leave it "
       "out)\n"},
      {"scorecard s of Customer\n  +9 if critical\n  grade good at least 5\n  grade poor "
       "otherwise\n"
       "rule \"r\"\n  on asked if s.pionts above 3:\n    set name = \"x\"\n",
       "E101 p.rules:6:15 the scorecard `s` has no column `pionts` (did you mean `points`?)\n"},
  };
  for (const Mistake& mistake : mistakes) EXPECT_EQ(found(mistake.text), mistake.told);
}

TEST(Scorecards, ABrokenLineIsOneMistake) {
  EXPECT_EQ(found("scorecard s of Customer\n  +9 points fi critical\n  grade good at least 5\n"
                  "  grade poor otherwise\n"),
            "E004 p.rules:2:13 `fi` is not understood here (did you mean `if`?)\n");
  EXPECT_EQ(found("scorecard s of Customer\n  +9 if critical\n  grade good at least 5\n"
                  "  grade poor othrwise\n")
                .substr(0, 24),
            "E004 p.rules:4:14 `othrw");
}

// ---------------------------------------------------------------- tables in files

constexpr const char* kTable =
    "table level first match from \"levels.csv\"\n"
    "rule \"r\"\n  on asked:\n    set name = level.label\n";

std::string csv(const std::string& text) { return found(kTable, {{"levels.csv", text}}); }

TEST(TableFiles, AreReadAsRowsAreWritten) {
  const std::string inline_table =
      "table level first match\n"
      "  | debt                | credit     | critical | => label | days   |\n"
      "  | >= 10,000 yuan      | not poor   | any      | \"a, b\" | 2 days |\n"
      "  | 1 yuan to 5,000 yuan | good, fair | -        | \"c\"    | 3 days |\n"
      "  | any                 | any        | yes      | \"d\"    | 4 days |\n"
      "  | any                 | any        | any      | \"e\"    | 5 days |\n"
      "rule \"r\"\n  on asked:\n    set name = level.label\n";
  const std::string files[] = {
      // plain
      "debt,credit,critical,=> label,days\n\">= 10,000 yuan\",not poor,any,\"\"\"a, b\"\"\",2 "
      "days\n"
      "\"1 yuan to 5,000 yuan\",\"good, fair\",-,\"\"\"c\"\"\",3 days\nany,any,yes,“d”,4 days\n"
      "any,any,any,“e”,5 days\n",
      // a mark, CRLF, blank and empty rows, quoted line ends, no last line end, every result marked
      "\xef\xbb\xbf debt , credit,critical,=> label,=> days\r\n\r\n,,,,\r\n"
      "\"at least 10,000 yuan\" , not poor, any ,\"“a, b”\",2 days\r\n"
      "\"1 yuan to\r\n 5,000 yuan\",\"good,\nfair\",-,“c”,3 days\r\nany,any,yes,“d”,4 days\r\n"
      "any,any,any,“e”,5 days",
      // Chinese
      "欠款，信誉，,=> 名称\n"};
  const auto wanted = plan_of(inline_table);
  ASSERT_TRUE(wanted);
  for (size_t i = 0; i < 2; ++i) {
    // The rich second header marks every result, which the inline form does not; both mean the
    // same.
    std::string text = files[i];
    const size_t twice = text.find(",=> days");
    if (twice != std::string::npos) text.replace(twice, 8, ",days");
    const auto plan = plan_of(kTable, {{"levels.csv", text}});
    ASSERT_TRUE(plan) << i;
    EXPECT_EQ(plan->digest, wanted->digest) << i;
  }
}

TEST(TableFiles, MistakesAreShownInTheFile) {
  const Mistake mistakes[] = {
      {"credit,=> label\ngood,“a”\nfair\nany,“b”\n",
       "E014 levels.csv:3:1 this row has 1 cell; the table has 2 columns (the columns are "
       "`credit`, `label`)\n"},
      {"credit,=> label\n“好”,“a”\nany,“b”\n",
       "E104 levels.csv:2:1 this is compared with a choice, whose values are names without quotes "
       "(write `好`)\n"},
      {"credit,=> label\n\"good, godo\",“a”\nany,“b”\n",
       "E101 levels.csv:2:8 `godo` is neither a name known here nor one of the values "
       "`good`, `fair`, `poor` (did you mean `good`?)\n"},
      {"信誉,=> label\n优质,“a”\n,“c”\nany,“b”\n",
       "E175 levels.csv:3:1 this cell is empty (write `any` where every value is meant, `none` for "
       "a "
       "result without a value)\n"},
      {"信誉,=> label\n优质,\nany,“b”\n",
       "E175 levels.csv:2:4 this cell is empty (write `any` where every value is meant, `none` for "
       "a "
       "result without a value)\n"},
      {"credit,=> label\ngo\"od,“a”\nany,“b”\n",
       "E175 levels.csv:2:3 a quote stands where none may be (put the whole cell in quotes and "
       "double "
       "the quotes inside it)\n"},
      {"credit,=> label\n\"good\" x,“a”\nany,“b”\n",
       "E175 levels.csv:2:8 a quote stands where none may be (put the whole cell in quotes and "
       "double "
       "the quotes inside it)\n"},
      {"credit,=> label\n\"good,“a”\nany,“b”\n",
       "E175 levels.csv:2:1 this quoted cell does not end\n"},
      {"credit,=> label\ngood|fair,“a”\nany,“b”\n",
       "E175 levels.csv:2:5 a cell of a CSV file has no `|` (alternatives stand with commas "
       "between "
       "them, the cell in quotes)\n"},
      {"credit,=> label\ngood,“a” -- so\nany,“b”\n",
       "E175 levels.csv:2:10 a CSV file has no comments\n"},
      {"credit,=> label\ngood,“a -- |”\nany,“b”\n", ""},
      {"credit,=> label\ngood,\"\"\"a \\\"\"b\"\"\"\nany,“b”\n",
       "E175 levels.csv:2:11 a text in a CSV file has no quotes inside (use other quotes, as in "
       "“他说「好」”)\n"},
      {"credit,=> label\ngood,“a, b”\nany,“b”\n",
       "E175 levels.csv:2:8 the cell ends inside a text (put a cell with a comma in it in double "
       "quotes)\n"},
      {"credit;=> label\ngood;“a”\n",
       "E175 levels.csv:1:1 there is only one column (cells are separated by commas)\n"},
      {"credit,label\ngood,“a”\n",
       "E014 levels.csv:1:1 no column is a result (put `=>` before the first result column)\n"},
      {"credit,=> label\n",
       "E176 p.rules:1:30 the file `levels.csv` has no rows (its first row names the columns, the "
       "others are the table's)\n"},
      {"",
       "E176 p.rules:1:30 the file `levels.csv` has no rows (its first row names the columns, the "
       "others are the table's)\n"},
      {"\xd0\xc5\xd3\xfe,=> label\nany,“b”\n",
       "E001 levels.csv:1:1 this file is not UTF-8 text (save it as UTF-8 (`CSV UTF-8` in a "
       "spreadsheet); it may be GB 18030)\n"},
      {"credit,=> label\n> = 3,“a”\nany,“b”\n",
       "E004 levels.csv:2:1 `> =` is not a word of the language (write `>=`)\n"
       "E104 levels.csv:2:5 cannot compare a choice of `Customer.credit` and a number\n"},
  };
  for (const Mistake& mistake : mistakes) EXPECT_EQ(csv(mistake.text), mistake.told);
}

TEST(TableFiles, StandAmongTheDeploymentsFilesAndNowhereElse) {
  EXPECT_EQ(found(kTable),
            "E106 p.rules:1:30 the file `levels.csv` is not among the deployment's "
            "(a path is relative to the file that names it; a bare name must be unique)\n");
  EXPECT_EQ(found("table level first match\n  from \"levels.csv\"\n  | credit | => label |\n",
                  {{"levels.csv", "credit,=> label\nany,“a”\n"}}),
            "E014 p.rules:3:3 this table's rows stand in a file; they cannot stand here too (leave "
            "out either these rows or the file's name)\n");
  // Two tables may share a file, and its source is there once.
  const Compilation compilation = compile_with(
      "table level first match from \"data/levels.csv\"\n"
      "table again first match\n  from \"levels.csv\"\n",
      {{"data/levels.csv", "credit,=> label\nany,“a”\n"}});
  EXPECT_EQ(findings(compilation), "");
  EXPECT_EQ(compilation.sources.size(), 2U);
}

TEST(TableFiles, TheirContentIsPartOfTheDigest) {
  const auto digest = [](const char* label) {
    return plan_of(kTable, {{"levels.csv", std::string("credit,=> label\nany,“") + label + "”\n"}})
        ->digest;
  };
  EXPECT_EQ(digest("a"), digest("a"));
  EXPECT_NE(digest("a"), digest("b"));
}

TEST(TableFiles, TenThousandRowsCompileInWellUnderASecond) {
  std::string text = "debt,credit,=> label,days\n";
  const char* const credits[] = {"good", "not poor", "\"good, fair\"", "any"};
  for (int i = 0; i < 10'000; ++i) {
    const std::string from = std::to_string(i * 100), to = std::to_string(i * 100 + 99);
    text += from + " yuan to " + to + " yuan," + credits[i % 4] + ",“" + from + "”," +
            std::to_string(i % 30 + 1) + "\n";
  }
  text += "any,any,“rest”,1\n";
  const auto start = std::chrono::steady_clock::now();
  const auto plan = plan_of(kTable, {{"levels.csv", text}});
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->tables[0].rows.size(), 10'001U);
  EXPECT_LT(elapsed.count(), 10.0);  // 0.3 s where nothing else runs
}

// ---------------------------------------------------------------- unique events

TEST(UniqueEvents, WhatIsWrongWithThem) {
  EXPECT_EQ(found("event billed for Customer unique by bill\n  bill_no : text\n"),
            "E101 p.rules:1:37 the event `billed` has no field `bill` (check how it is written, or "
            "declare it first)\n");
  EXPECT_EQ(
      found("event billed for Customer unique by bill_np\n  bill_no : text\n"),
      "E101 p.rules:1:37 the event `billed` has no field `bill_np` (did you mean `bill_no`?)\n");
  EXPECT_EQ(
      found("outgoing event stop for Customer\n  unique by bill_no\n  bill_no : text\n"),
      "E172 p.rules:2:13 an outgoing event is made by rules, which count for themselves (raise "
      "it once where it is raised)\n");
  EXPECT_EQ(found("event billed for Customer unique by bill_no\n  bill_no : text\n"
                  "  unique by bill_no\n"),
            "E013 p.rules:3:3 `unique by` is given twice here (keep one of the two)\n");
  EXPECT_EQ(found("rule \"r\"\n  unique by bill_no\n"),
            "E010 p.rules:2:3 `unique by` stands below an event (move this line there, or leave it "
            "out)\n");
}

TEST(UniqueEvents, MakeAnotherPlan) {
  const auto without = plan_of("event billed for Customer\n  bill_no : text\n");
  const auto with = plan_of("event billed for Customer unique by bill_no\n  bill_no : text\n");
  EXPECT_NE(without->digest, with->digest);
  EXPECT_EQ(with->touches[*with->layout.find_event("billed")].unique_by, 0);
}

// The record says whether the second event was a repetition or a correction; nothing else comes.
TEST(UniqueEvents, ASecondOneIsRecordedAndNothingElse) {
  const auto plan = plan_of(
      "event billed for Customer unique by bill_no\n  bill_no : text\n  amount : money\n"
      "  set debt = amount\n"
      "define bills of Customer = count of billed over this year\n"
      "rule \"r\"\n  on asked if bills above 3:\n    set name = \"x\"\n");
  ASSERT_TRUE(plan);
  Plans plans;
  plans.add(1, plan);
  const References references;
  Subject subject;
  subject.key = Key{0, "C1"};
  subject.exists = true;
  subject.seen_version = 1;
  subject.attributes = {std::string("Li"), ChoiceValue{}, false, Decimal(), None{}};
  const uint16_t billed = *plan->layout.find_event("billed");
  const auto bill = [&](int64_t amount, int64_t at) {
    auto event = std::make_shared<EventData>();
    event->event = billed;
    event->time = event->received = Instant{at};
    event->cause = DigestBuilder().add(at).finish();
    event->fields = {std::string("B1"), *Decimal::from_integer(amount)};
    event->given = {true, true};
    Input input;
    input.subject = subject.key;
    input.time = input.received = event->time;
    input.cause = event->cause;
    input.event = event;
    Trace trace;
    auto outcome = step(plans, references, subject, input, {}, &trace);
    StepOutcome& made = std::get<StepOutcome>(outcome);
    subject = std::move(made.subject);
    EXPECT_EQ(trace.entries.size(), made.records.size());
    return std::move(made.records);
  };
  EXPECT_TRUE(bill(100, 1'000'000).empty());
  const Subject first = subject;
  EXPECT_EQ(first.attributes[3], Value{*Decimal::from_integer(100)});
  EXPECT_EQ(first.history.size(billed), 1U);
  for (const auto& [amount, differs] : {std::pair<int64_t, bool>{100, false}, {120, true}}) {
    const std::vector<Record> records = bill(amount, 2'000'000 + amount);
    ASSERT_EQ(records.size(), 1U);
    const auto* duplicate = std::get_if<DuplicateRecord>(&records[0]);
    ASSERT_TRUE(duplicate);
    EXPECT_EQ(duplicate->event, "billed");
    EXPECT_EQ(duplicate->key, "B1");
    EXPECT_EQ(duplicate->differs, differs);
    EXPECT_FALSE(duplicate->raised);
    EXPECT_EQ(subject.attributes, first.attributes);
    EXPECT_EQ(subject.history, first.history);
    EXPECT_EQ(subject.once, first.once);
  }
}

// ---------------------------------------------------------------- basis

TEST(Basis, OfARuleACaseAndAForbidGoesBeforeThePolicys) {
  const auto plan = plan_of(
      "  basis \"Act 1\"\n"
      "forbid cut when critical\n  because \"never\"\n  basis \"Act 2\"\n"
      "rule \"r\"\n  basis \"Act 3\"\n  on asked:\n    task \"T\" for Customer\n      stays\n"
      "      due within 3 days\n"
      "rule \"s\"\n  on asked:\n    raise cut with bill_no = \"B\"\n"
      "case C of Customer\n  basis \"Act 4\"\n  opens on asked\n  closes on paid as done\n"
      "  on opening:\n    set name = \"x\"\n");
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->policies[0].basis, "Act 1");
  EXPECT_EQ(plan->forbids[0].basis, "Act 2");
  EXPECT_EQ(plan->tasks[0].basis, "Act 3");
  EXPECT_EQ(plan->cases[0].basis, "Act 4");
  for (const Step& step : plan->steps) {
    const std::string wanted = step.owner_case != kNone                  ? "Act 4"
                               : step.id.find("r/") != std::string::npos ? "Act 3"
                                                                         : "Act 1";
    EXPECT_EQ(plan->basis_of(step.basis, step.policy), wanted) << step.id;
  }
}

TEST(Basis, IsNoPartOfTheDigestAndStandsRightBelow) {
  const std::string rule = "rule \"r\"\n  on asked:\n    set name = \"x\"\n";
  std::string with = rule;
  with.insert(with.find("  on"), "  basis \"Act 3\"\n");
  EXPECT_EQ(plan_of(rule)->digest, plan_of(with)->digest);
  const char* const misplaced =
      " `basis` stands right below `policy`, `rule`, `case` or `forbid` (move this line there, or "
      "leave it out)\n";
  EXPECT_EQ(found(rule + "  basis \"Act 3\"\n"), std::string("E010 p.rules:4:3") + misplaced);
  EXPECT_EQ(found("parameter p = 3\n  basis \"Act 3\"\n" + rule).substr(0, 82),
            (std::string("E010 p.rules:2:3") + misplaced).substr(0, 82));
  EXPECT_EQ(found("rule \"r\"\n  basis \"a\"\n  basis \"b\"\n  on asked:\n    set name = \"x\"\n"),
            "E013 p.rules:3:3 `basis` is given twice here (keep one of the two)\n");
}

// ---------------------------------------------------------------- parameters of a deployment

struct Given {
  const char* declared;  // and used as this type
  const char* given;
  const char* value;  // in the plan
};

TEST(Parameters, AreGivenByADeploymentInEveryType) {
  const Given cases[] = {
      {"5", "7", "7"},
      {"5", "-7.25", "-7.25"},
      {"150%", "2‰", "0.002"},
      {"5", "3 万", "30000"},
      {"5 yuan", "6,000 元", "6000"},
      {"yes", "否", "0"},
      {"\"abc\"", "\"x y\"", "x y"},
      {"\"abc\"", "“甲”", "甲"},
      {"2026-03-01", "2027-04-05", "2027-04-05"},
      {"2026-03-01", "2027年4月5日", "2027-04-05"},
      {"2026-03-01 09:00", "2027-04-05 10:30", "2027-04-05 10:30"},
      {"09:00", "17:30", "17:30"},
      {"3 days", "10 日", "10 days"},
      {"3 days", "1 week", "7 days"},
      {"3 days", "2 months", "2 months"},
      {"45 minutes", "2 小时", "2 hours"},
      {"2 working days", "5 个工作日", "5 working days"},
      {"2 working hours", "8 working hours", "8 working hours"},
      {"2 working days", "1 working day of office", "1 working day"},
      {"half a year", "1 年", "12 months"},
  };
  for (const Given& item : cases) {
    const std::string text = std::string("parameter p (参) = ") + item.declared + "\n";
    for (const char* name : {"p", "参"}) {
      const Compilation compilation = compile_with(text, {}, {{name, item.given}});
      ASSERT_TRUE(compilation.plan) << item.given << "\n" << findings(compilation);
      const Plan& plan = *compilation.plan;
      const Parameter& parameter = plan.parameters[0];
      const Value& value = plan.constants[plan.nodes[parameter.value].a];
      std::string shown;
      if (const auto* number = value.get_if<Decimal>()) shown = number->to_string();
      if (const auto* yes = value.get_if<bool>()) shown = *yes ? "1" : "0";
      if (const auto* words = value.get_if<std::string>()) shown = *words;
      if (const auto* date = value.get_if<Date>()) shown = to_string(*date);
      if (const auto* time = value.get_if<TimeOfDay>()) shown = to_string(*time);
      if (const auto* at = value.get_if<Instant>()) shown = plan.zone.to_string(*at);
      if (const auto* duration = value.get_if<Duration>()) shown = to_string(*duration, false);
      EXPECT_EQ(shown, item.value) << item.given;
    }
  }
}

TEST(Parameters, OfAnotherTypeOrUnreadableAreRefused) {
  const Given cases[] = {
      {"5", "7 yuan", "7 yuan"},
      {"5 yuan", "7", "7"},
      {"5 yuan", "7 EUR", "7 EUR"},
      {"3 days", "3", "3"},
      {"2026-03-01", "2026-02-30", ""},
      {"2026-03-01", "2026-03-01 09:00", ""},
      {"09:00", "25:00", ""},
      {"3 days", "3 working days of nowhere", ""},
      {"yes", "maybe", ""},
      {"\"abc\"", "abc", ""},
      {"3 days", "3 days\nrule \"x\"", ""},
  };
  for (const Given& item : cases) {
    const std::string text = std::string("parameter p = ") + item.declared + "\n";
    const Compilation compilation = compile_with(text, {}, {{"p", item.given}});
    EXPECT_FALSE(compilation.plan) << item.given;
    const std::string told = findings(compilation);
    EXPECT_TRUE(told.starts_with("E127") || told.starts_with("E105") || told.starts_with("E101"))
        << told;
    EXPECT_NE(told.find(" p.rules:1:11 "), std::string::npos) << told;
  }
}

// Where it is used, a value of another kind is judged as if it had been written there.
TEST(Parameters, ADurationOfAnotherKindIsJudgedWhereItIsUsed) {
  const std::string text =
      "parameter window = 3 months\n"
      "define n of Customer = count of paid over the last window\n"
      "rule \"r\"\n  on asked if n above 3 and since is known and since + window above "
      "2026-03-01:\n"
      "    set name = \"x\"\n";
  EXPECT_EQ(findings(compile_with(text)), "");
  EXPECT_EQ(findings(compile_with(text, {}, {{"window", "2 weeks"}})), "");
  EXPECT_EQ(findings(compile_with(text, {}, {{"window", "5 hours"}})).substr(0, 16),
            "E109 p.rules:4:4");
  EXPECT_EQ(findings(compile_with(text, {}, {{"window", "5 working days"}})).substr(0, 16),
            "E129 p.rules:2:5");
}

// ---------------------------------------------------------------- aggregates

TEST(CalendarWindows, WhatIsWrongWithThem) {
  const auto define = [](const std::string& value) {
    return found("define d of Customer = " + value +
                 "\nnotice n service sms \"{d}\"\n"
                 "rule \"r\"\n  on asked: notify Customer by sms n\n");
  };
  EXPECT_EQ(define("sum of paid.amount over the same month of the last 3 years"), "");
  EXPECT_EQ(define("sum of paid.amount over the same month of the last 18 months"),
            "E129 p.rules:1:75 the same month of whole years, from 1 to 100, written as such or a "
            "parameter (as in `the last 3 years`)\n");
  EXPECT_EQ(define("sum of paid.amount over the same month of the last 3"),
            "E104 p.rules:1:75 expected a duration such as `3 days`, found a number (write its "
            "unit: `3 days`, `3 working days`…)\n");
  EXPECT_EQ(define("sum of paid.amount").substr(0, 17), "E129 p.rules:1:24");
  EXPECT_EQ(define("time of latest paid"), "");
  EXPECT_EQ(define("latest of paid.time"), "");
  EXPECT_EQ(define("max of paid.time").substr(0, 17), "E101 p.rules:1:36");
  EXPECT_EQ(define("latest of paid").substr(0, 17), "E129 p.rules:1:34");
  EXPECT_EQ(define("count of paid over this month where event.received above now"),
            "E171 p.rules:1:66 of past events only their fields and their time are kept (write "
            "`event.time`)\n");
}

TEST(CalendarWindows, AreKeptAsLongAsTheyReachBack) {
  const auto days = [](const std::string& over) {
    const auto plan =
        plan_of("define d of Customer = sum of paid.amount " + over +
                "\nrule \"r\"\n  on asked if d above 3 yuan:\n    set name = \"x\"\n");
    return plan->history[*plan->layout.find_event("paid")].days;
  };
  EXPECT_EQ(days("over this week"), 7);
  EXPECT_EQ(days("over the previous month"), 62);
  EXPECT_EQ(days("over this quarter"), 92);
  EXPECT_EQ(days("over previous year"), 732);
  EXPECT_EQ(days("over the same month of the last 3 years"), 3 * 366 + 31);
}

// ---------------------------------------------------------------- two languages

TEST(Decisions, SayTheSameInBothLanguages) {
  const CompileInput all = test::read_folder("tests/scenarios");
  for (const char* name : {"aggregates", "scorecard", "table-file"}) {
    const Compilation english = compile(closure(all, {std::string(name) + ".rules"}));
    const Compilation chinese = compile(closure(all, {std::string(name) + "-zh.rules"}));
    ASSERT_TRUE(english.plan) << test::messages(english);
    ASSERT_TRUE(chinese.plan) << test::messages(chinese);
    EXPECT_EQ(english.plan->digest.to_hex(), chinese.plan->digest.to_hex()) << name;
  }
}

}  // namespace
}  // namespace duban::decisions_test
