// One parsed line, as the grammar's rules saw it, without any type of the parser library.
//
// parse() fills it, line_builder reads it. A node's children stand in the order of the text.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/keywords.h"

namespace duban {

// The rules of grammar/RulesParser.g4, by the same names.
// clang-format off
#define DUBAN_RULES(X) \
  X(line) X(form) X(declared) X(alias) X(title) X(titleAlias) X(policy) X(use) X(effective) \
  X(basis) X(vocabulary) X(timezone) X(currency) X(dayStarts) X(calendar) X(calendarFrom) \
  X(calendarHours) X(hours) X(entity) X(field) X(type) X(typeBody) X(choice) X(event) \
  X(channel) X(quiet) X(limits) X(limit) X(localLimit) X(overLimit) X(notice) X(parameter) \
  X(define) X(forbid) X(table) X(hit) X(row) X(cell) X(test) X(uniqueBy) X(scorecard) \
  X(scoreBase) X(scoreItem) X(scoreGrade) X(rule_) X(case_) X(mayReopen) X(inFlight) \
  X(opens) X(closes) X(owner) X(keep) X(condition) X(body) X(onOpening) X(onClosing) X(onEvent) \
  X(onReceipt) X(whenChanges) X(whenTrigger) X(atTrigger) X(relativeTrigger) X(recurring) \
  X(period) X(dayWithin) X(ofMonth) X(weekday) X(localPeriod) X(localMonth) X(localDay) \
  X(inCalendar) X(roll) X(otherwise) \
  X(action) X(notify) X(notifyTail) X(task) X(taskClause) X(set) X(raise) X(close) X(escalate) \
  X(reassign) X(with_) X(assignments) X(assignment) X(due) X(every) X(opensBefore) X(stays) \
  X(expires) X(doneOn) X(needs) X(need) X(once) X(window) X(paused) X(beforeDue) X(whenLate) X(whenDone) \
  X(scenario) X(withFiles) X(moment) X(at) X(given) X(onLine) X(onReceiptLine) X(onTaskDone) \
  X(expectHead) X(expectNothing) X(expectBlocked) X(expectEscalation) X(expectCase) \
  X(expectTaskDone) X(expectTask) X(expectDue) X(expectNotice) X(saying) X(expectEvent) X(expr) \
  X(conjunction) X(negation) X(comparison) X(relation) X(alternatives) X(sum) X(rolled) \
  X(product) X(factor) X(primary) X(literal) X(unit) X(aggregate) X(over) X(localOver) X(path) X(aggregator) \
  X(function) X(name)

// NOLINTBEGIN(readability-identifier-naming)
enum class Rule : uint8_t {
#define DUBAN_RULE(name) name,
  DUBAN_RULES(DUBAN_RULE)
#undef DUBAN_RULE
  TOKEN  // a leaf
};
// NOLINTEND(readability-identifier-naming)
// clang-format on

struct CstNode {
  Rule rule = Rule::TOKEN;
  Terminal terminal = Terminal::END;  // of a leaf
  uint32_t begin = 0;                 // code points
  uint32_t end = 0;
  uint32_t first_child = 0;  // 0 = none: node 0 is the root and nobody's child
  uint32_t next_sibling = 0;
};

using Cst = std::vector<CstNode>;

// Walks the children of one node, from left to right. The Cst must outlive it.
class Cursor {
 public:
  Cursor(const Cst& cst, uint32_t parent)
      : cst_(&cst), parent_(parent), at_(cst[parent].first_child) {}

  bool done() const { return at_ == 0; }
  bool at(Rule rule) const { return !done() && here().rule == rule; }
  bool at(Terminal terminal) const { return !done() && here().terminal == terminal; }
  const CstNode& here() const { return (*cst_)[at_]; }
  const CstNode& parent() const { return (*cst_)[parent_]; }
  uint32_t id() const { return at_; }

  // The children of the child here; moves past it. REQUIRES: !done().
  Cursor enter() {
    const Cursor inside(*cst_, at_);
    next();
    return inside;
  }
  const CstNode& take() {
    const CstNode& taken = here();
    next();
    return taken;
  }
  bool skip(Terminal terminal) {
    if (!at(terminal)) return false;
    next();
    return true;
  }
  void next() { at_ = here().next_sibling; }

 private:
  const Cst* cst_;
  uint32_t parent_;
  uint32_t at_;
};

}  // namespace duban
