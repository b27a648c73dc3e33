// From a parsed line's nodes to expressions of the syntax tree.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "engine/cst.h"
#include "engine/findings.h"
#include "engine/source.h"
#include "engine/syntax.h"

namespace duban {

// An expression and how deep it is.
struct BuiltExpr {
  syntax::ExprPtr expr;
  uint32_t depth = 1;
};

class ExpressionBuilder {
 public:
  ExpressionBuilder(const Source& source, Findings& findings, uint32_t max_depth)
      : source_(source),
        findings_(findings),
        max_depth_(max_depth),
        findings_before_(findings.seen()) {}

  // The expression at the cursor; moves past it. Never null: after a finding, some literal.
  syntax::ExprPtr take(Cursor& at);

  // `name` nodes.
  syntax::Word word(Cursor& at);
  // STRING leaves, escapes undone.
  syntax::Text text(Cursor& at);
  // TIME leaves.
  TimeOfDay time(Cursor& at);
  // `moment` nodes: a date or datetime literal.
  syntax::ExprPtr moment(Cursor& at);
  // `inCalendar` nodes: the calendar's name.
  syntax::Word calendar(Cursor& at);
  // NUMBER leaves that count something.
  int64_t count(Cursor& at);

  Span span(uint32_t begin, uint32_t end) const { return {findings_.file(), begin, end}; }
  Span span(const CstNode& node) const { return span(node.begin, node.end); }

 private:
  using Sub = BuiltExpr;

  // One mistake, one message: after it, the rest of the line is only walked over.
  bool failed() const { return findings_.seen() != findings_before_; }

  Sub node(Cursor& at);
  Sub chain(Cursor at, syntax::ExprKind kind);
  Sub comparison(Cursor at);
  Sub relation(Cursor at, Sub left);
  Sub sum(Cursor at);
  Sub product(Cursor at);
  Sub factor(Cursor at);
  Sub primary(Cursor at);
  Sub literal(Cursor at);
  Sub number(Cursor at);
  Sub duration(const CstNode& whole, Decimal amount, const CstNode& number, Cursor unit);
  Sub date_literal(const CstNode& whole, Cursor at);
  void over(Cursor at, Sub& aggregate);
  Sub aggregate(Cursor at);
  Sub path(Cursor at);
  Sub function(Cursor at);
  Sub name(Cursor& at);
  Sub name(const syntax::Word& used);

  Sub leaf(const CstNode& node, Value value, TypeKind type);
  Sub join(syntax::ExprKind kind, uint32_t begin, uint32_t end, Sub a, Sub b = {}, Sub c = {});
  void add_arg(Sub& parent, Sub arg);
  Sub call(const CstNode& node, std::string function, Sub a = {}, Sub b = {});
  Sub too_deep(uint32_t begin, uint32_t end);

  std::string digits(const CstNode& node) const;
  std::optional<Decimal> decimal(const CstNode& node);
  std::optional<Date> date(const CstNode& node);
  std::optional<TimeOfDay> time_of_day(const CstNode& node);

  const Source& source_;
  Findings& findings_;
  const uint32_t max_depth_;
  const uint32_t findings_before_;
};

}  // namespace duban
