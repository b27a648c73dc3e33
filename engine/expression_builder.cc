#include "engine/expression_builder.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace duban {

using syntax::Expr;
using syntax::ExprKind;
using syntax::ExprPtr;

ExpressionBuilder::Sub ExpressionBuilder::leaf(const CstNode& node, Value value, TypeKind type) {
  Sub made{std::make_unique<Expr>(), 1};
  made.expr->span = span(node);
  made.expr->value = std::move(value);
  made.expr->type.kind = type;
  return made;
}

ExpressionBuilder::Sub ExpressionBuilder::too_deep(uint32_t begin, uint32_t end) {
  findings_.add("E011", begin, end, {"this expression is nested too deeply", "表达式嵌套过深"},
                {"give parts of it names with `define`", "用“定义”为其中的部分命名"});
  return leaf(CstNode{Rule::TOKEN, Terminal::END, begin, end, 0, 0}, None{}, TypeKind::none);
}

void ExpressionBuilder::add_arg(Sub& parent, Sub arg) {
  if (arg.expr == nullptr) return;
  parent.depth = std::max(parent.depth, arg.depth + 1);
  parent.expr->args.push_back(std::move(arg.expr));
}

ExpressionBuilder::Sub ExpressionBuilder::join(ExprKind kind, uint32_t begin, uint32_t end, Sub a,
                                               Sub b, Sub c) {
  Sub made{std::make_unique<Expr>(), 1};
  made.expr->kind = kind;
  made.expr->span = span(begin, end);
  add_arg(made, std::move(a));
  add_arg(made, std::move(b));
  add_arg(made, std::move(c));
  if (made.depth > max_depth_) return too_deep(begin, end);
  return made;
}

ExpressionBuilder::Sub ExpressionBuilder::call(const CstNode& node, std::string function, Sub a,
                                               Sub b) {
  Sub made = join(ExprKind::call, node.begin, node.end, std::move(a), std::move(b));
  made.expr->text = std::move(function);
  made.expr->text_span = made.expr->span;
  return made;
}

ExprPtr ExpressionBuilder::take(Cursor& at) { return node(at).expr; }

// Rules with a single child have been left out of the Cst, so any level may stand here.
ExpressionBuilder::Sub ExpressionBuilder::node(Cursor& at) {
  const CstNode& here = at.here();
  if (failed()) {
    at.next();
    return leaf(here, None{}, TypeKind::none);
  }
  switch (here.rule) {
    case Rule::expr:
      return chain(at.enter(), ExprKind::logical_or);
    case Rule::conjunction:
      return chain(at.enter(), ExprKind::logical_and);
    case Rule::negation: {
      Cursor inside = at.enter();
      inside.next();
      return join(ExprKind::logical_not, here.begin, here.end, node(inside));
    }
    case Rule::comparison:
      return comparison(at.enter());
    case Rule::sum:
      return sum(at.enter());
    case Rule::product:
      return product(at.enter());
    case Rule::factor:
      return factor(at.enter());
    case Rule::primary:
      return primary(at.enter());
    case Rule::literal:
    case Rule::window:
      return literal(at.enter());
    case Rule::aggregate:
      return aggregate(at.enter());
    case Rule::function:
      return function(at.enter());
    case Rule::name:
      return name(at);
    default:
      break;
  }
  assert(false && "not an expression");
  at.next();
  return leaf(here, None{}, TypeKind::none);
}

ExpressionBuilder::Sub ExpressionBuilder::name(Cursor& at) { return name(word(at)); }

ExpressionBuilder::Sub ExpressionBuilder::name(const syntax::Word& used) {
  Sub made = join(ExprKind::name, used.span.begin, used.span.end, {});
  made.expr->text = used.text;
  made.expr->text_span = used.span;
  return made;
}

ExpressionBuilder::Sub ExpressionBuilder::chain(Cursor at, ExprKind kind) {
  Sub left = node(at);
  while (!at.done() && !failed()) {
    at.next();  // the operator
    Sub right = node(at);
    const uint32_t begin = left.expr->span.begin, end = right.expr->span.end;
    left = join(kind, begin, end, std::move(left), std::move(right));
  }
  return left;
}

ExpressionBuilder::Sub ExpressionBuilder::comparison(Cursor at) {
  Sub left = node(at);
  return relation(at.enter(), std::move(left));
}

ExpressionBuilder::Sub ExpressionBuilder::relation(Cursor at, Sub left) {
  using enum Terminal;
  const uint32_t begin = left.expr->span.begin, end = at.parent().end;
  const Span operator_span = span(at.here());
  const auto make = [&](ExprKind kind, Sub right = {}, Sub high = {}) {
    Sub made = join(kind, begin, end, std::move(left), std::move(right), std::move(high));
    made.expr->text_span = operator_span;
    return made;
  };
  const Terminal first = at.here().terminal;
  at.next();
  switch (first) {
    case EQUALS:
      return make(ExprKind::equal, node(at));
    case NOT_EQUAL:
      return make(ExprKind::not_equal, node(at));
    case LESS:
    case K_BELOW:
      return make(ExprKind::less, node(at));
    case GREATER:
    case K_ABOVE:
      return make(ExprKind::greater, node(at));
    case LESS_EQUAL:
    case K_AT_MOST:
      return make(ExprKind::less_equal, node(at));
    case GREATER_EQUAL:
    case K_AT_LEAST:
    case K_NOT_EARLIER:
      return make(ExprKind::greater_equal, node(at));
    case K_AT: {
      const bool least = at.take().terminal == K_LEAST;
      return make(least ? ExprKind::greater_equal : ExprKind::less_equal, node(at));
    }
    case K_YIZHI:
      return make(ExprKind::is_known);
    case K_UNKNOWN:
      return make(ExprKind::is_unknown);
    case K_IS_EMPTY:
      return make(ExprKind::is_empty);
    case K_IS_NOT_EMPTY:
      return make(ExprKind::is_not_empty);
    case K_BETWEEN: {
      Sub low = node(at);
      at.next();
      return make(ExprKind::between, std::move(low), node(at));
    }
    case K_CONTAINS:
      return make(ExprKind::contains, node(at));
    case K_NOT_CONTAINS:
      return join(ExprKind::logical_not, begin, end, make(ExprKind::contains, node(at)));
    default:
      break;
  }

  // `is`, `is not`, `in`, `not in`.
  bool negated = first == K_IS_NOT || first == K_NOT || first == K_NOT_IN;
  if (first == K_IS) negated = at.skip(K_NOT);
  if (first == K_NOT) at.skip(K_IN);
  if (first == K_IS) at.skip(K_IN);
  if (at.at(K_KNOWN) || at.at(K_YIZHI))
    return make(negated ? ExprKind::is_unknown : ExprKind::is_known);
  if (at.at(K_NONE)) return make(negated ? ExprKind::is_known : ExprKind::is_unknown);
  if (at.at(K_EMPTY)) return make(negated ? ExprKind::is_not_empty : ExprKind::is_empty);
  if (!at.at(Rule::alternatives))
    return make(negated ? ExprKind::not_equal : ExprKind::equal, node(at));

  Sub list = make(ExprKind::in_list);
  for (Cursor item = at.enter(); !item.done();) {
    if (item.here().rule == Rule::TOKEN) {
      item.next();
    } else {
      add_arg(list, node(item));
    }
  }
  if (list.depth > max_depth_) return too_deep(begin, end);
  return negated ? join(ExprKind::logical_not, begin, end, std::move(list)) : std::move(list);
}

ExpressionBuilder::Sub ExpressionBuilder::sum(Cursor at) {
  Sub left = node(at);
  while (!at.done() && !failed()) {
    if (at.at(Rule::rolled)) {
      Cursor how = at.enter();
      how.skip(Terminal::K_ROLLED);
      const Terminal which = how.take().terminal;
      const bool back = which == Terminal::K_ROLLED_BACK || which == Terminal::K_BACK;
      Sub calendar_name = how.done() ? Sub{} : name(calendar(how));
      left = call(at.parent(), back ? "rolled_back" : "rolled_forward", std::move(left),
                  std::move(calendar_name));
      continue;
    }
    ExprKind kind = ExprKind::add;
    switch (at.take().terminal) {
      case Terminal::DASH:
        kind = ExprKind::subtract;
        break;
      case Terminal::K_MINUS:
        kind = ExprKind::minus;
        break;
      case Terminal::K_UNION:
        kind = ExprKind::union_of;
        break;
      default:
        break;
    }
    Sub right = node(at);
    const uint32_t begin = left.expr->span.begin, end = right.expr->span.end;
    left = join(kind, begin, end, std::move(left), std::move(right));
  }
  return left;
}

ExpressionBuilder::Sub ExpressionBuilder::product(Cursor at) {
  Sub left = node(at);
  while (!at.done() && !failed()) {
    const bool times = at.take().terminal == Terminal::STAR;
    Sub right = node(at);
    const uint32_t begin = left.expr->span.begin, end = right.expr->span.end;
    left = join(times ? ExprKind::multiply : ExprKind::divide, begin, end, std::move(left),
                std::move(right));
  }
  return left;
}

ExpressionBuilder::Sub ExpressionBuilder::factor(Cursor at) {
  const CstNode& whole = at.parent();
  if (at.skip(Terminal::DASH)) return join(ExprKind::negate, whole.begin, whole.end, node(at));
  Sub left = node(at);
  while (!at.done() && !failed()) {
    at.next();  // the point
    const syntax::Word member = word(at);
    left = join(ExprKind::member, whole.begin, member.span.end, std::move(left));
    left.expr->text = member.text;
    left.expr->text_span = member.span;
  }
  return left;
}

ExpressionBuilder::Sub ExpressionBuilder::primary(Cursor at) {
  const CstNode& whole = at.parent();
  if (at.skip(Terminal::LPAREN)) {
    Sub inner = node(at);
    inner.expr->parenthesized = true;
    inner.depth += 1;  // bounds what only parentheses nest
    if (inner.depth > max_depth_) return too_deep(whole.begin, whole.end);
    return inner;
  }
  Sub made;
  if (at.at(Terminal::LBRACE)) {
    made = join(ExprKind::set_literal, whole.begin, whole.end, {});
  } else {
    const syntax::Word function = word(at);
    made = call(whole, std::string(function_name(function.text)));
    made.expr->text_span = function.span;
  }
  while (!at.done()) {
    if (at.here().rule == Rule::TOKEN) {
      at.next();
    } else {
      add_arg(made, node(at));
    }
  }
  if (made.depth > max_depth_) return too_deep(whole.begin, whole.end);
  return made;
}

}  // namespace duban
