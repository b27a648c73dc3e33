// Goal: gaps, overlaps and dead rows of decision tables are found exactly, each with a case that
// the evaluator confirms, and nothing else is said.
// Method: a table of mistakes, each with its nearest neighbour that is none; then random tables
// held against a search of all their situations.
#include <chrono>
#include <random>

#include "tests/engine/analysis_told.h"
#include "tests/thorough.h"

namespace duban::analysis_tables_test {
namespace {

using test::Mistake;

#define CARD "scorecard rating of Customer\n"
#define GRADED "rule \"r\"\n  on meter_read if rating.grade is high: set critical = yes\n"
#define USE "rule \"r\"\n  on meter_read if kwh > t: set critical = yes\n"

const Mistake kMistakes[] = {
    {"a gap at a boundary",
     "table t first match\n  | annual_kwh | => x |\n  | > 10,000,000 | 1 |\n  | < 10,000,000 | 2 "
     "|\n" USE,
     "W103 4 the table may match no row, and is then none; for example with `annual_kwh` = "
     "10,000,000\n",
     "table t first match\n  | annual_kwh | => x |\n  | >= 10,000,000 | 1 |\n"
     "  | < 10,000,000 | 2 |\n" USE},
    {"a gap between two amounts, by a fen",
     "table t first match\n  | arrears | => x |\n  | >= 10,000,000 yuan | 1 |\n"
     "  | <= 9,999,999.98 yuan | 2 |\n" USE,
     "W103 4 the table may match no row, and is then none; for example with `arrears` = CNY "
     "9,999,999.99\n",
     "table t first match\n  | arrears | => x |\n  | >= 10,000,000 yuan | 1 |\n"
     "  | < 10,000,000 yuan | 2 |\n" USE},
    {"a gap in two columns together",
     "table t first match\n  | critical | credit | => x |\n  | yes | any | 1 |\n"
     "  | any | good, fair | 2 |\n" USE,
     "W103 4 the table may match no row, and is then none; for example with `critical` = no and "
     "`credit` = poor\n",
     "table t first match\n  | critical | credit | => x |\n  | yes | any | 1 |\n"
     "  | any | good, fair | 2 |\n  | no | poor | 3 |\n" USE},
    {"a missing value fits no test",
     "table t first match\n  | last_visit | => x |\n  | < 2026-03-01 | 1 |\n"
     "  | >= 2026-03-01 | 2 |\n" USE,
     "W103 4 the table may match no row, and is then none; for example with `last_visit` unknown\n",
     "table t first match\n  | last_visit | => x |\n  | < 2026-03-01 | 1 |\n"
     "  | >= 2026-03-01 | 2 |\n  | any | 3 |\n" USE},
    {"any other text",
     "table t first match\n  | name | => x |\n  | \"a\", \"b\" | 1 |\n  | \"\" | 2 |\n" USE,
     "W103 4 the table may match no row, and is then none; for example with `name` anything else\n",
     "table t first match\n  | name | => x |\n  | \"a\", \"b\" | 1 |\n  | not \"a\" | 2 |\n" USE},
    {"a count is whole and not negative",
     "define n of Customer = count of meter_read over the last 3 months\n"
     "table t first match\n  | n | => x |\n  | 0 | 1 |\n  | 2 to 4 | 2 |\n  | > 4.5 | 3 |\n" USE,
     "W103 5 the table may match no row, and is then none; for example with `n` = 1\n",
     "define n of Customer = count of meter_read over the last 3 months\n"
     "table t first match\n  | n | => x |\n  | 0 | 1 |\n  | 1 to 4 | 2 |\n  | > 4.5 | 3 |\n" USE},
    {"months are twelve",
     "define m of Customer = month of last_visit\n"
     "table t first match\n  | m | last_visit | => x |\n  | 1 to 11 | any | 1 |\n"
     "  | any | < 2020-01-01 | 2 |\n  | any | >= 2020-01-01 | 3 |\n" USE,
     "W103 5 the table may match no row, and is then none; for example with `m` = 12 and "
     "`last_visit` unknown, if such values can occur",
     "define m of Customer = month of last_visit\n"
     "table t first match\n  | m | => x |\n  | 1 to 12 | 1 |\n  | any | 2 |\n" USE},
    {"a column that is shifted and scaled is still that column",
     "define twice of Customer = 2 * annual_kwh + 10\n"
     "table t first match\n  | annual_kwh | twice | => x |\n  | < 100 | any | 1 |\n"
     "  | any | > 210 | 2 |\n" USE,
     "W103 5 the table may match no row, and is then none; for example with `annual_kwh` = 100\n",
     "define twice of Customer = 2 * annual_kwh + 10\n"
     "table t first match\n  | annual_kwh | twice | => x |\n  | < 100 | any | 1 |\n"
     "  | any | >= 210 | 2 |\n" USE},
    {"sets by what they hold",
     "table t first match\n  | papers | => x |\n  | identity | 1 |\n  | property | 2 |\n" USE,
     "W103 4 the table may match no row, and is then none; for example with `papers` = nothing\n",
     "table t first match\n  | papers | => x |\n  | identity | 1 |\n  | not identity | 2 |\n" USE},
    {"a column compared with another",
     "table t first match\n  | arrears | annual_kwh | => x |\n"
     "  | > 5 yuan | any | 1 |\n  | any | > 3 | 2 |\n  | <= 4 yuan | <= 3 | 2 |\n" USE,
     "W103 4 the table may match no row, and is then none; for example with `arrears` = CNY 5.00 "
     "and `annual_kwh` = 3\n",
     "table t first match\n  | arrears | annual_kwh | => x |\n"
     "  | > 5 yuan | any | 1 |\n  | any | > 3 | 2 |\n  | <= 5 yuan | <= 3 | 2 |\n" USE},

    {"a row below one that takes its cases",
     "table t first match\n  | annual_kwh | credit | => x |\n  | > 5 | any | 1 |\n"
     "  | > 7 | poor | 2 |\n  | any | any | 3 |\n" USE,
     "W107 7 this row never applies: the row at p.rules:6 takes all its cases\n",
     "table t first match\n  | annual_kwh | credit | => x |\n  | > 5 | any | 1 |\n"
     "  | >= 5 | poor | 2 |\n  | any | any | 3 |\n" USE},
    {"a row below several that take its cases",
     "table t first match\n  | annual_kwh | credit | => x |\n  | > 5 | any | 1 |\n"
     "  | <= 5 | good, fair | 2 |\n  | any | good | 3 |\n  | any | any | 4 |\n" USE,
     "W107 8 this row never applies: the rows above together take all its cases\n",
     "table t first match\n  | annual_kwh | credit | => x |\n  | > 5 | any | 1 |\n"
     "  | < 5 | good, fair | 2 |\n  | any | good | 3 |\n  | any | any | 4 |\n" USE},
    {"only the first row below one for everything",
     "table t first match\n  | credit | => x |\n  | any | 1 |\n  | good | 2 |\n  | fair | 3 "
     "|\n" USE,
     "W107 7 this row never applies: the row at p.rules:6 takes all its cases\n",
     "table t first match\n  | credit | => x |\n  | good | 2 |\n  | any | 1 |\n" USE},
    {"cells that contradict one another",
     "table t first match\n  | annual_kwh | annual_kwh | => x |\n  | > 10 | < 5 | 1 |\n"
     "  | any | any | 2 |\n" USE,
     "W200 6 this row never applies: no case fits all its cells\n",
     "table t first match\n  | annual_kwh | annual_kwh | => x |\n  | > 5 | < 10 | 1 |\n"
     "  | any | any | 2 |\n" USE},
    {"a value the column never has",
     "table points of Customer all matches, sum\n  | credit | critical | => p |\n"
     "  | good | any | 10 |\n  | any | yes | -3 |\n  | any | any | 2 |\n"
     "table t first match\n  | points.p | => x |\n  | >= 13 | 1 |\n  | any | 2 |\n" USE,
     "W200 11 this row never applies: no case fits all its cells\n",
     "table points of Customer all matches, sum\n  | credit | critical | => p |\n"
     "  | good | any | 10 |\n  | any | yes | -3 |\n  | any | any | 2 |\n"
     "table t first match\n  | points.p | => x |\n  | >= 12 | 1 |\n  | any | 2 |\n" USE},
    {"a dead row where all rows count",
     "table t of Customer all matches, sum\n  | annual_kwh | annual_kwh | => x |\n"
     "  | > 10 | <= 10 | 1 |\n  | any | any | 2 |\n" USE,
     "W200 6 this row never applies",
     "table t of Customer all matches, sum\n  | annual_kwh | annual_kwh | => x |\n"
     "  | >= 10 | <= 10 | 1 |\n  | any | any | 2 |\n" USE},

    {"a grade that only conditions excluding each other would give",
     CARD "  base 60\n  +20 if credit is good\n  +10 if credit is fair\n  grade high at least 85\n"
          "  grade low otherwise\n" GRADED,
     "W125 8 nobody has the grade `high`: the points add up to 80 at most\n",
     CARD "  base 60\n  +20 if credit is good\n  +10 if credit is fair\n  grade high at least 80\n"
          "  grade low otherwise\n" GRADED},
    {"a grade between two sums",
     CARD "  +10 if credit is good\n  +30 if critical\n  grade high at least 40\n"
          "  grade middle at least 31\n  grade low otherwise\n" GRADED,
     "W125 8 nobody has the grade `middle`: no sum of points lies between this grade and the one "
     "above\n",
     CARD "  +10 if credit is good\n  +30 if critical\n  grade high at least 40\n"
          "  grade middle at least 30\n  grade low otherwise\n" GRADED},
    {"points that are never given",
     CARD "  base 60\n  +20 if critical\n  -5 if arrears above 9 yuan and arrears below 8 yuan\n"
          "  grade high at least 80\n  grade low otherwise\n" GRADED,
     "W200 7 these points are never given: their condition never holds\n",
     CARD "  base 60\n  +20 if critical\n  -5 if arrears above 8 yuan and arrears below 9 yuan\n"
          "  grade high at least 80\n  grade low otherwise\n" GRADED},

    {"two rows of which only one may apply",
     "table t unique match\n  | annual_kwh | credit | => x |\n  | <= 5 | any | 1 |\n"
     "  | >= 5 | not good | 2 |\n  | > 5 | good | 3 |\n" USE,
     "E200 7 this row and the one at p.rules:6 apply together, and only one may; for example with "
     "`annual_kwh` = 5 and `credit` = fair\n",
     "table t unique match\n  | annual_kwh | credit | => x |\n  | <= 5 | any | 1 |\n"
     "  | > 5 | not good | 2 |\n  | > 5 | good | 3 |\n" USE},
    {"a row for everything beside others",
     "table t unique match\n  | critical | => x |\n  | yes | 1 |\n  | any | 2 |\n" USE,
     "E200 7 this row and the one at p.rules:6 apply together, and only one may; for example with "
     "`critical` = yes\n",
     "table t unique match\n  | critical | => x |\n  | yes | 1 |\n  | no | 2 |\n" USE},
};

class TableMistakes : public testing::TestWithParam<Mistake> {};
TEST_P(TableMistakes, AreToldWithACase) { test::expect_told(GetParam()); }
INSTANTIATE_TEST_SUITE_P(Analysis, TableMistakes, testing::ValuesIn(kMistakes));

TEST(AnalysisOfTables, SaysSoInChinese) {
  const std::string table =
      "table t first match\n  | annual_kwh | credit | => x |\n  | > 5 | any | 1 |\n"
      "  | any | good | 2 |\n" USE;
  EXPECT_EQ(test::told(test::compile_policy(table), true),
            "W103 4 此表可能没有任何一行命中，其值将为无；例如“年电量” = 5、“信誉” = 中等\n");
}

// ---------------------------------------------------------------- against all situations

// Of the values of a column that its cells tell apart, those from one to another. An optional one
// has a last value besides, none, which only `any` takes.
struct Cell {
  int from = 0, to = 0;
  bool any = false;
};
struct Column {
  const char* name;
  int values;
  bool optional;
};
constexpr Column kColumns[] = {{"annual_kwh", 4, false},
                               {"arrears", 4, false},
                               {"credit", 3, false},
                               {"critical", 2, false},
                               {"last_visit", 4, true}};
constexpr size_t kColumnCount = std::size(kColumns);

// 0: below the first point, 1: that point, 2: on to the second, 3: above it.
std::string in_words(size_t column, const Cell& cell) {
  if (cell.any) return "any";
  if (column == 2 || column == 3) {
    static constexpr const char* kNames[][3] = {{"good", "fair", "poor"}, {"yes", "no", ""}};
    std::string out;
    for (int v = cell.from; v <= cell.to; ++v) {
      out += (out.empty() ? "" : ", ") + std::string(kNames[column - 2][v]);
    }
    return out;
  }
  static constexpr const char* kPoints[][3] = {{"10", "10.000001", "20"},
                                               {"10 yuan", "10.000001 yuan", "20 yuan"},
                                               {"2026-03-01", "2026-03-02", "2026-03-09"}};
  const auto& [first, beyond, last] = kPoints[column == 4 ? 2 : column];
  if (cell.from == 0 && cell.to == 3) return "< " + std::string(last) + ", >= " + last;
  if (cell.from == 0) {
    const std::string high[] = {"< ", "<= ", "<= "};
    return high[cell.to] + (cell.to == 2 ? last : first);
  }
  if (cell.to == 3)
    return (cell.from == 1 ? ">= " : "> ") + std::string(cell.from == 3 ? last : first);
  if (cell.from == 1 && cell.to == 1) return first;
  return std::string(cell.from == 1 ? first : beyond) + " to " + last;
}

struct RandomTable {
  std::vector<std::vector<Cell>> rows;

  bool applies(size_t row, const std::vector<int>& values) const {
    for (size_t c = 0; c < kColumnCount; ++c) {
      const Cell& cell = rows[row][c];
      if (!cell.any && (values[c] < cell.from || values[c] > cell.to)) return false;
    }
    return true;
  }

  std::string text(const char* hit) const {
    std::string out = "table t of Customer " + std::string(hit) + "\n  |";
    for (const Column& column : kColumns) out += " " + std::string(column.name) + " |";
    out += " => x |\n";
    for (size_t r = 0; r < rows.size(); ++r) {
      out += "  |";
      for (size_t c = 0; c < kColumnCount; ++c) out += " " + in_words(c, rows[r][c]) + " |";
      out += " " + std::to_string(r) + " |\n";
    }
    return out + USE;
  }
};

RandomTable random_table(std::mt19937& random, int most_rows) {
  const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  RandomTable out;
  const int rows = 1 + below(most_rows);
  // Few rows with many tests leave gaps alone.
  const int sparse = 2 + below(4);
  for (int r = 0; r < rows; ++r) {
    std::vector<Cell> row;
    for (const Column& column : kColumns) {
      const int a = below(column.values), b = below(column.values);
      row.push_back({std::min(a, b), std::max(a, b), below(sparse) != 0});
    }
    out.rows.push_back(std::move(row));
  }
  return out;
}

bool takes_all(const std::vector<Cell>& row) {
  for (size_t c = 0; c < kColumnCount; ++c) {
    const bool all = row[c].to - row[c].from + 1 == kColumns[c].values && !kColumns[c].optional;
    if (!row[c].any && !all) return false;
  }
  return true;
}

// By trying everything: the codes and lines that must be told.
std::string expected(const RandomTable& table, bool unique) {
  const size_t count = table.rows.size();
  std::vector<bool> reached(count, false), overlaps(count, false);
  bool gap = false;
  std::vector<int> values(kColumnCount, 0);
  for (size_t c = 0; c < kColumnCount;) {
    size_t hits = 0;
    for (size_t r = 0; r < count; ++r) {
      if (!table.applies(r, values)) continue;
      if (hits == 0) reached[r] = true;
      if (hits > 0) overlaps[r] = true;
      ++hits;
    }
    gap |= hits == 0;
    for (c = 0; c < kColumnCount; ++c) {  // the next combination
      if (++values[c] < kColumns[c].values + (kColumns[c].optional ? 1 : 0)) break;
      values[c] = 0;
    }
  }
  std::string out = gap ? "W103 4\n" : "";
  bool closed = false;  // a row for everything is named once, by the first row below it
  for (size_t r = 0; r < count; ++r) {
    const std::string line = std::to_string(6 + r) + "\n";
    if (unique && overlaps[r]) out += "E200 " + line;
    if (!unique && !reached[r] && !closed) {
      out += "W107 " + line;
      for (size_t above = 0; above < r; ++above) closed |= takes_all(table.rows[above]);
    }
  }
  return out;
}

std::string codes(const Compilation& compilation) {
  std::string out;
  for (const Diagnostic& it : compilation.diagnostics) {
    if (it.code == "W240") continue;  // of the rule that only uses the table
    const auto at = compilation.sources[it.span.file].position(it.span.begin);
    out += it.code + " " + std::to_string(at.line) + "\n";
  }
  return out;
}

TEST(AnalysisOfTables, AgreesWithTryingEverything) {
  const unsigned seed = 20260301;
  std::mt19937 random(seed);
  for (int i = 0; i < 300 / test::kFewer; ++i) {
    const RandomTable table = random_table(random, i % 10 == 0 ? 90 : 6);
    for (const bool unique : {false, true}) {
      const std::string text = table.text(unique ? "unique match" : "first match");
      ASSERT_EQ(codes(test::compile_policy(text)), expected(table, unique))
          << "seed " << seed << ", table " << i << "\n"
          << text;
    }
  }
}

// ---------------------------------------------------------------- size

TEST(AnalysisOfTables, LargeTablesAreExaminedInTime) {
  const unsigned seed = 7;
  std::mt19937 random(seed);
  const auto below = [&](unsigned n) { return random() % n; };
  const auto pick = [&](std::initializer_list<const char*> cells) {
    return std::string(*(cells.begin() + below(static_cast<unsigned>(cells.size()))));
  };
  const auto number = [&](const char* unit) {
    const std::string low = std::to_string(below(10'000)), u = unit;
    const std::string cells[] = {">= " + low + u, "< " + low + u, "any"};
    return cells[below(3)];
  };
  std::string text =
      "define n of Customer = count of meter_read over the last 24 months\n"
      "table t first match\n  | annual_kwh | arrears | n | class | credit | critical | last_visit "
      "| "
      "papers | => x |\n";
  for (int r = 0; r < 200; ++r) {
    text += "  | " + number("") + " | " + number(" yuan") + " | " + number("") + " | " +
            pick({"any", "industrial", "residential, commercial"}) + " | " +
            pick({"any", "good", "not poor"}) + " | " + pick({"any", "yes", "no"}) + " | " +
            pick({"any", "< 2026-03-01", ">= 2026-02-01"}) + " | " +
            pick({"any", "identity", "not licence"}) + " | " + std::to_string(r) + " |\n";
  }
  const auto begun = std::chrono::steady_clock::now();
  const Compilation compilation = test::compile_policy(text + USE);
  const auto taken = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - begun);
  RecordProperty("milliseconds", static_cast<int>(taken.count()));
  EXPECT_EQ(test::told(compilation).find("W201"), std::string::npos) << "seed " << seed;
  EXPECT_NE(compilation.plan, nullptr);
}

// Thousands of tariffs by code and amount, each taking a hundred yuan of one area: all is found in
// them that is wrong, and no more.
std::string tariffs(int areas, int steps, const std::string& extra, const char* hit) {
  std::string text = "table t " + std::string(hit) + "\n  | name | arrears | => x |\n";
  for (int area = 0; area < areas; ++area) {
    for (int step = 0; step < steps; ++step) {
      const std::string from = std::to_string(step * 100), to = std::to_string(step * 100 + 99);
      if (area == 70 && step == 30) continue;  // a gap
      std::string amount = from + " yuan to " + to + ".999999 yuan";
      if (step == 0) amount = "< 100 yuan";
      if (step + 1 == steps) amount = ">= " + from + " yuan";
      text += "  | \"A" + std::to_string(area) + "\" | " + amount + " | 1 |\n";
    }
  }
  return text + extra + USE;
}

TEST(AnalysisOfTables, ThousandsOfRowsAreExaminedExactly) {
  const auto told = [](const std::string& extra, const char* hit) {
    return test::told(test::compile_policy(tariffs(100, 60, extra, hit)));
  };
  const std::string rest = "  | any | any | 2 |\n";
  const std::string hole = "  | \"A70\" | 3,000 yuan to 3,099.999999 yuan | 1 |\n";
  const std::string twice = "  | \"A99\" | 512 yuan | 1 |\n";
  const std::string gap =
      "W103 4 the table may match no row, and is then none; for example with `name` = \"\"";
  EXPECT_EQ(told(rest, "first match"), "");
  EXPECT_EQ(told(hole, "unique match"), gap + "\n");
  EXPECT_EQ(told("", "unique match"),
            gap + "; or with `name` = \"A70\" and `arrears` = CNY 3,000.00\n");
  EXPECT_EQ(told(hole + twice + rest, "first match"),
            "W107 6006 this row never applies: the row at p.rules:5950 takes all its cases\n");
  EXPECT_EQ(
      told(hole + twice, "unique match"),
      gap +
          "\nE200 6006 this row and the one at p.rules:5950 apply together, and only one may; "
          "for example with `name` = \"A99\" and `arrears` = CNY 512.00\n");
}

TEST(AnalysisOfTables, WhatIsTooInvolvedIsSaid) {
  // Many columns, each of which few rows look at: the number of pieces doubles with each column.
  std::string text, head = "  |", rows;
  constexpr int kMany = 26;
  for (int c = 0; c < kMany; ++c) {
    text += "define n" + std::to_string(c) + " of Customer = count of meter_read over the last " +
            std::to_string(c + 1) + " months\n";
    head += " n" + std::to_string(c) + " |";
  }
  std::mt19937 random(3);
  for (int r = 0; r < 400; ++r) {
    std::string row = "  |";
    for (int c = 0; c < kMany; ++c) {
      const unsigned kind = random() % 9;
      row += kind == 0 ? " 0 |" : kind == 1 ? " > 0 |" : " any |";
    }
    rows += row + " " + std::to_string(r) + " |\n";
  }
  const std::string found = test::told(
      test::compile_policy(text + "table t first match\n" + head + " => x |\n" + rows + USE));
  EXPECT_NE(found.find("W201"), std::string::npos) << found;
}

}  // namespace
}  // namespace duban::analysis_tables_test
