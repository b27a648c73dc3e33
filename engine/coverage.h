// What scenarios reached of the policies: every rule, step, clause, row and both sides of every
// condition; and which articles (`basis`) are kept by what and shown by which scenario.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/observe.h"
#include "engine/scenario.h"

namespace duban {

// One scenario as it ran, observed.
struct ScenarioRun {
  const syntax::ScenarioDecl* scenario = nullptr;
  bool passed = false;
  Observations observed;
};
// A file with the scenarios that ran. The runs point into the file.
struct TestedFile {
  ScenarioFile file;
  std::vector<ScenarioRun> runs;
};

struct CoverageItem {
  enum class Kind : uint8_t {
    step,       // a rule's or case's trigger went off, and its condition held
    otherwise,  // …its other half
    opening,    // a case opened by this line
    closing,    // …or closed
    clause,     // of a task
    finish,     // `done on` finished its task
    forbid,     // it stopped something
    row,        // of a table
    condition,  // two sides: it held, it did not
  };
  Kind kind = Kind::step;
  std::string place;  // file:line
  std::string text;   // as written, on one line
  bool yes = false;   // reached; a condition: was true
  bool no = false;    // a condition: was false
};

struct CoverageCount {
  size_t reached = 0, all = 0;
  void add(const CoverageCount& other) {
    reached += other.reached;
    all += other.all;
  }
};

struct PolicyCoverage {
  std::string path;
  Names names;
  std::vector<CoverageItem> items;  // by place

  // A condition counts twice, once for each side.
  CoverageCount count(std::initializer_list<CoverageItem::Kind> kinds) const;
  CoverageCount count() const;
};

// The keeping of one article.
struct Article {
  std::string basis;
  std::string place;
  struct Keeper {
    enum class Kind : uint8_t { rule, of_case, forbid } kind = Kind::rule;
    Names names;  // of a forbid: of what it forbids
    std::string place;
    std::vector<std::pair<std::string, std::string>> scenarios;  // that exercised it: file, name
  };
  std::vector<Keeper> keepers;
};

class Coverage {
 public:
  // Files may be used by several tested files: what any of them reached is reached.
  void add(const TestedFile& tested);

  std::vector<PolicyCoverage> policies() const;  // by path
  const std::vector<Article>& articles() const { return articles_; }

 private:
  struct ItemKey {
    std::string path;  // rows may stand in a file of their own
    uint32_t begin, end;
    CoverageItem::Kind kind;
    auto operator<=>(const ItemKey&) const = default;
  };
  struct FileItems {
    Names names;
    std::map<ItemKey, CoverageItem> items;
  };
  // `policy`: whose it is; kNone: that of the file it stands in.
  void put(const Plan& plan, Span span, CoverageItem::Kind kind, bool yes, bool no = false,
           Index policy = kNone);
  void add_steps(const Observations& seen);
  void add_conditions(const Observations& seen);
  void add_articles(const TestedFile& tested);

  std::map<std::string, FileItems> files_;
  std::vector<Article> articles_;
};

// The conditions of a plan: those that decide something, and what their `and` and `or` join. By
// node; table cells are not among them. Several nodes may share one text.
std::vector<Index> conditions_of(const Plan& plan);

}  // namespace duban
