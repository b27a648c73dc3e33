// Lines of a scorecard.
#include <utility>

#include "engine/line_methods.h"

namespace duban {

using enum Terminal;

namespace {

// A literal changes its sign at once, so that it stays a literal.
void negate_points(syntax::ExprPtr& points, Span span) {
  if (const Decimal* number = points->value.get_if<Decimal>();
      points->kind == syntax::ExprKind::literal && number != nullptr) {
    if (const auto negated = negate(*number)) points->value = *negated;
    points->span = span;
    return;
  }
  auto made = std::make_unique<syntax::Expr>();
  made->kind = syntax::ExprKind::negate;
  made->span = span;
  made->args.push_back(std::move(points));
  points = std::move(made);
}

}  // namespace

syntax::ScorecardDecl LineBuilder::scorecard(Cursor& in) {
  in.next();
  syntax::ScorecardDecl card;
  card.span = span_;
  card.name = declared(in);
  while (!in.done()) {
    if (in.at(Rule::name)) {
      card.of = build_.word(in);
    } else {
      in.next();
    }
  }
  return card;
}

BaseLine LineBuilder::score_base(Cursor& in) {
  in.next();
  return {build_.take(in)};
}

// English: `-20 if C`; Chinese: 若 C：减 20 分.
syntax::ScorecardDecl::Item LineBuilder::score_item(Cursor& in) {
  syntax::ScorecardDecl::Item item;
  item.span = span_;
  bool negative = false;
  uint32_t sign = 0;
  Terminal before = END;
  while (!in.done()) {
    const CstNode& here = in.here();
    if (here.rule == Rule::TOKEN) {
      before = here.terminal;
      if (before == DASH || before == K_DEDUCT) {
        negative = true;
        sign = here.begin;
      }
      in.next();
    } else if (before == K_IF) {
      item.condition = build_.take(in);
    } else {
      item.points = build_.take(in);
    }
  }
  if (negative) negate_points(item.points, build_.span(sign, item.points->span.end));
  return item;
}

syntax::ScorecardDecl::Grade LineBuilder::score_grade(Cursor& in) {
  in.next();
  syntax::ScorecardDecl::Grade grade;
  grade.span = span_;
  grade.name = declared(in);
  while (!in.done() && in.here().rule == Rule::TOKEN) in.next();
  if (!in.done()) grade.at_least = build_.take(in);
  return grade;
}

}  // namespace duban
