// Puts lines together: declaration → trigger → action → clause.
//
// The kind of a line tells its level, so indentation is never needed; where it contradicts the
// words in one of the few places that could be misread, that is an error (E016). A broken line
// still takes its place, so that the lines below it are not reported too.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/findings.h"
#include "engine/keywords.h"
#include "engine/syntax.h"

namespace duban {

// What a line says. Lines that are whole nodes of the tree are those nodes.
struct EffectiveLine {
  syntax::ExprPtr from, to;
};
struct BasisLine {
  syntax::Text text;
};
struct TimezoneLine {
  syntax::Text text;
};
struct CurrencyLine {
  syntax::Name name;
};
struct DayStartsLine {
  TimeOfDay time;
};
struct CalendarPart {
  syntax::Text from;
  std::vector<syntax::CalendarDecl::Hours> hours;
};
struct SetLine {
  std::vector<syntax::Assignment> assignments;
};
struct QuietLine {
  TimeOfDay from, to;
};
struct LimitsLine {
  std::vector<syntax::ChannelDecl::Limit> limits;
  std::optional<bool> drop;
};
struct RowLine {
  struct Cell {
    syntax::TableCell cell;  // read as an input
    bool arrow = false;
    std::string source;  // its text, for messages
  };
  std::vector<Cell> cells;
};
struct UniqueByLine {
  syntax::Word field;
};
struct BaseLine {  // of a scorecard
  syntax::ExprPtr points;
};
struct MayReopenLine {};
struct InFlightLine {
  syntax::InFlight mode;
};
struct OwnerLine {
  syntax::ExprPtr who;
};
struct OtherwiseLine {
  std::vector<syntax::Action> actions;
};
struct DueLine {
  syntax::TaskSpec::DueKind kind;
  syntax::ExprPtr within, anchor;
};
struct EveryLine {
  syntax::ExprPtr every, since, not_before;
};
struct OpensLine {
  syntax::ExprPtr before;
};
struct StaysLine {};
struct PausedLine {
  syntax::ExprPtr condition;
};
struct ExpiresLine {
  syntax::ExprPtr after;
};
struct NeedsLine {
  std::vector<syntax::Field> fields;
};
struct WithFilesLine {
  std::vector<syntax::Text> files;
};

using LineBody = std::variant<
    syntax::Policy, syntax::Use, EffectiveLine, BasisLine, syntax::Vocabulary, TimezoneLine,
    CurrencyLine, DayStartsLine, syntax::CalendarDecl, CalendarPart, syntax::EntityDecl,
    syntax::Field, syntax::ChoiceDecl, syntax::EventDecl, SetLine, syntax::ChannelDecl, QuietLine,
    LimitsLine, syntax::NoticeDecl, syntax::ParameterDecl, syntax::DefineDecl, syntax::ForbidDecl,
    syntax::TableDecl, RowLine, UniqueByLine, syntax::ScorecardDecl, BaseLine,
    syntax::ScorecardDecl::Item, syntax::ScorecardDecl::Grade, syntax::RuleDecl, syntax::CaseDecl,
    MayReopenLine, InFlightLine, syntax::CaseDecl::Boundary, OwnerLine, syntax::CaseDecl::Keep,
    syntax::Trigger, OtherwiseLine, syntax::Action, syntax::TaskClause, DueLine, EveryLine,
    OpensLine, StaysLine, PausedLine, ExpiresLine, syntax::TaskSpec::DoneOn, NeedsLine,
    syntax::Once, syntax::ScenarioDecl, WithFilesLine, syntax::ScenarioLine>;

struct Line {
  Span span;
  uint32_t column = 1;
  LineBody body;
};

// A line that could not be read: what its words still tell.
struct BrokenLine {
  Span span;
  uint32_t column = 1;
  Terminal first = Terminal::END;   // its first keyword, also where it is only nearly spelled so
  Terminal second = Terminal::END;  // the word after it
  bool ends_in_colon = false;
};

// The action of `set TARGET = VALUE`.
syntax::Action set_action(syntax::Assignment assignment);

class Outline {
 public:
  Outline(syntax::File& file, Findings& findings);
  ~Outline();

  // How deep a line stands in its declaration, which is 0, if it is added now: a trigger 1, an
  // action 2, a clause of a task 3…
  uint32_t level(const LineBody& body) const;
  void add(Line line);
  void add(const BrokenLine& line);
  void finish();  // REQUIRES: called once, last

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace duban
