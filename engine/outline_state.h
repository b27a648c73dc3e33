// Where Outline stands while it puts lines together. Its methods are in outline.cc (declarations),
// outline_steps.cc (rules and cases) and outline_level.cc.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "engine/outline.h"

namespace duban {

// The declaration that lines are put into.
using Declaration =
    std::variant<std::monostate, syntax::Policy, syntax::Vocabulary, syntax::CalendarDecl,
                 syntax::EntityDecl, syntax::ChoiceDecl, syntax::EventDecl, syntax::ChannelDecl,
                 syntax::NoticeDecl, syntax::ParameterDecl, syntax::DefineDecl, syntax::ForbidDecl,
                 syntax::TableDecl, syntax::ScorecardDecl, syntax::RuleDecl, syntax::CaseDecl,
                 syntax::ScenarioDecl>;

class Outline::State {
 public:
  State(syntax::File& file, Findings& findings) : file_(file), findings_(findings) {}

  void add(Line line) {
    span_ = line.span;
    column_ = line.column;
    level_ = level(line.body);
    std::visit([this](auto& body) { place(std::move(body)); }, line.body);
    previous_clause_ = is_conditional_clause_;
    is_conditional_clause_ = false;
  }

  void add(const BrokenLine& line);
  void finish() {
    span_ = {file_.index, UINT32_MAX, UINT32_MAX};
    end_declaration();
  }
  uint32_t level(const LineBody& body) const;

 private:
  template <typename T>
  T* current() {
    return std::get_if<T>(&declaration_);
  }
  template <typename T>
  bool is_in() const {
    return std::holds_alternative<T>(declaration_);
  }
  template <typename T>
  void open(T declaration) {
    end_declaration();
    declaration_ = std::move(declaration);
    declaration_begin_ = span_.begin;
  }

  void misplaced(Wording text, Wording hint = {"move this line there, or leave it out",
                                               "请移至该处，或删去此行"}) {
    file_.unread.push_back(span_);
    if (!lost_) findings_.add("E010", span_, std::move(text), std::move(hint));
  }
  void twice(const char* english, const char* chinese,
             Wording hint = {"keep one of the two", "请只保留一处"}) {
    findings_.add(
        "E013", span_,
        {std::string(english) + " is given twice here", std::string("此处重复写了") + chinese},
        std::move(hint));
  }
  void missing(const Span& span, Wording text, Wording hint = {}) {
    if (!lost_) findings_.add("E015", span, std::move(text), std::move(hint));
  }

  void end_declaration();

  // ---- headers
  void place(syntax::Policy line);
  void place(syntax::Use line);
  void place(EffectiveLine line);
  void place(BasisLine line);
  void place(syntax::Vocabulary line);
  void place(TimezoneLine line);
  void place(CurrencyLine line);
  void place(DayStartsLine line);
  bool in_header();

  // ---- declarations of one line or with plain parts
  void place(syntax::CalendarDecl line) { open(std::move(line)); }
  void place(CalendarPart line);
  void place(syntax::EntityDecl line) { open(std::move(line)); }
  void place(syntax::Field line);
  void place(syntax::ChoiceDecl line) { open(std::move(line)); }
  void place(syntax::EventDecl line) { open(std::move(line)); }
  void place(syntax::ChannelDecl line) { open(std::move(line)); }
  void place(QuietLine line);
  void place(LimitsLine line);
  void place(syntax::NoticeDecl line) { open(std::move(line)); }
  void place(syntax::ParameterDecl line) { open(std::move(line)); }
  void place(syntax::DefineDecl line);
  void place(syntax::ForbidDecl line) { open(std::move(line)); }
  void place(syntax::TableDecl line) { open(std::move(line)); }
  void place(RowLine line);
  void lose_row() {
    file_.unread.push_back(span_);
    quiet_ = true;
  }
  void place(UniqueByLine line);
  void place(syntax::ScorecardDecl line) { open(std::move(line)); }
  void place(BaseLine line);
  void place(syntax::ScorecardDecl::Item line);
  void place(syntax::ScorecardDecl::Grade line);
  syntax::ScorecardDecl* scorecard_here();
  void check_scorecard(const syntax::ScorecardDecl& card);

  // ---- rules and cases
  void place(syntax::RuleDecl line) { open(std::move(line)); }
  void place(syntax::CaseDecl line) { open(std::move(line)); }
  void place(MayReopenLine line);
  void place(InFlightLine line);
  void place(syntax::CaseDecl::Boundary line);
  void place(OwnerLine line);
  void place(syntax::CaseDecl::Keep line);
  void place(syntax::Trigger line);
  void place(OtherwiseLine line);
  void place(syntax::Action line);
  void place(SetLine line);
  void place(syntax::TaskClause line);
  void place(DueLine line);
  void place(EveryLine line);
  void place(OpensLine line);
  void place(StaysLine line);
  void place(PausedLine line);
  void place(ExpiresLine line);
  void place(syntax::TaskSpec::DoneOn line);
  void place(NeedsLine line);
  void place(syntax::Once line);

  // ---- scenarios
  void place(syntax::ScenarioDecl line) { open(std::move(line)); }
  void place(WithFilesLine line);
  void place(syntax::ScenarioLine line);

  std::vector<syntax::Trigger>* triggers();
  void open_trigger(syntax::Trigger* trigger);
  void end_trigger();
  void end_clause();
  std::vector<syntax::Action>* action_list();
  syntax::Action* notice_above() const;
  uint32_t action_level() const;
  void note_task(std::vector<syntax::Action>& list, bool in_clause);
  syntax::TaskSpec* task_here();

  syntax::File& file_;
  Findings& findings_;

  // The line being placed.
  Span span_;
  uint32_t column_ = 1;
  uint32_t level_ = 0;

  // The open declaration; `broken_` when it stands for one that could not be read, and is dropped.
  Declaration declaration_;
  uint32_t declaration_begin_ = 0;
  bool broken_ = false;
  bool quiet_ = false;  // something in it was broken: nothing is missing
  // After a line that could be anything, until the next declaration: nothing is misplaced.
  bool lost_ = false;

  // The open trigger, in its declaration or, when its line was broken, in `spare_trigger_`.
  syntax::Trigger* trigger_ = nullptr;
  syntax::Trigger spare_trigger_;
  uint32_t trigger_column_ = 1;
  bool in_otherwise_ = false;
  Span otherwise_span_;
  bool quiet_trigger_ = false;  // something in it was broken: nothing is missing

  // The task that clauses belong to, and the clause whose actions may still follow.
  syntax::TaskSpec* task_ = nullptr;
  std::unique_ptr<syntax::TaskSpec> spare_task_;
  bool task_in_clause_ = false;
  uint32_t outer_clause_column_ = 1;  // of that clause
  uint32_t task_level_ = 0;
  uint32_t last_action_level_ = 0;
  uint32_t clause_level_ = 0;
  std::vector<syntax::Action>* clause_ = nullptr;  // null = none is open
  std::vector<syntax::Action> spare_clause_;
  Span clause_span_;
  uint32_t clause_column_ = 1;
  // Of the task's last clause with an action on its own line: no further action may seem to be its.
  std::optional<uint32_t> done_clause_column_;
  bool quiet_clause_ = false;
  bool is_conditional_clause_ = false;
  bool previous_clause_ = false;
};

}  // namespace duban
