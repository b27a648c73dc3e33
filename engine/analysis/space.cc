#include "engine/analysis/space.h"

#include <algorithm>
#include <set>

#include "engine/eval.h"
#include "engine/expression.h"

namespace duban::compiler {
namespace {

constexpr size_t kMaxBoxes = 1024;
constexpr size_t kManyAtoms = 64;       // too many to evaluate each
constexpr uint32_t kMaxNodes = 10'000;  // of a condition that is evaluated for each value
// Turns of a shifted or scaled term are looked for among these.
constexpr int64_t kFarthestDecimal = 1'000'000'000 * Decimal::kOne;
constexpr int64_t kEarliestDay = -25'567;  // 1900
constexpr int64_t kLatestDay = 84'006;     // 2200

// Of `a op b`, the same said of `b op a`.
Op turned_round(Op op) {
  switch (op) {
    case Op::less:
      return Op::greater;
    case Op::less_equal:
      return Op::greater_equal;
    case Op::greater:
      return Op::less;
    case Op::greater_equal:
      return Op::less_equal;
    default:
      return op;
  }
}

bool is_comparison(Op op) { return op >= Op::equal && op <= Op::greater_equal; }

bool is_single(const Type& type, TypeKind kind) { return type.kind == kind && !type.set; }

bool in_numbers(const Type& type) {
  return is_single(type, TypeKind::number) || is_single(type, TypeKind::money);
}

bool is_moment(const Type& type) {
  return is_single(type, TypeKind::date) || is_single(type, TypeKind::datetime);
}

// Whether a yes/no expression may be neither.
bool may_be_neither(const Plan& plan, Index index) {
  while (plan.nodes[index].op == Op::logical_not) index = plan.nodes[index].a;
  const Op op = plan.nodes[index].op;
  const bool reads = op < Op::negate || op == Op::table_output || op == Op::aggregate;
  return reads && plan.nodes[index].type.optional;
}

// Of `a is yes`, a and yes; of `a is not yes`, a and no.
std::optional<std::pair<Index, bool>> compared_with_yes_or_no(const Plan& plan, const Node& node) {
  if (node.op != Op::equal && node.op != Op::not_equal) return std::nullopt;
  const Node& right = plan.nodes[node.b];
  if (right.op != Op::constant) return std::nullopt;
  const bool* value = plan.constants[right.a].get_if<bool>();
  if (value == nullptr) return std::nullopt;
  return std::pair{node.a, *value == (node.op == Op::equal)};
}

// Two boxes that differ in one dimension are one.
void merge(const Shape& shape, Box box, std::vector<Box>& into) {
  const auto same = [](RunsView a, RunsView b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
  };
  for (Box& other : into) {
    std::set<uint32_t> said(box.dimensions().begin(), box.dimensions().end());
    said.insert(other.dimensions().begin(), other.dimensions().end());
    std::erase_if(said, [&](uint32_t d) { return same(box.runs(d), other.runs(d)); });
    if (said.size() > 1) continue;
    for (const uint32_t d : said) {
      other.set_runs(shape, d, joined_runs(other.runs(d), box.runs(d)));
    }
    return;
  }
  into.push_back(std::move(box));
}

}  // namespace

Space::Space(const Program& program, Terms& terms)
    : program_(program), plan_(program.plan), terms_(terms) {
  parts_.push_back({Part::Kind::all, {}, 0, true});
  parts_.push_back({Part::Kind::any, {}, 0, true});
}

// ---------------------------------------------------------------- putting in

size_t Space::reading_id(const Reading& reading) {
  const auto at = std::find(readings_.begin(), readings_.end(), reading);
  if (at != readings_.end()) return static_cast<size_t>(at - readings_.begin());
  readings_.push_back(reading);
  return readings_.size() - 1;
}

Space::Formula Space::join(Part::Kind kind, std::vector<Formula> parts) {
  parts_.push_back({kind, std::move(parts), 0, true});
  return static_cast<Formula>(parts_.size() - 1);
}

Space::Formula Space::all_of(std::vector<Formula> parts) {
  return join(Part::Kind::all, std::move(parts));
}

Space::Formula Space::add(Index condition, const Reading& reading, bool holds) {
  if (condition == kNone) return holds ? kAlways : kNever;
  const Node& node = plan_.nodes[condition];
  if (node.op == Op::logical_and || node.op == Op::logical_or) {
    const Formula left = add(node.a, reading, holds);
    const Formula right = add(node.b, reading, holds);
    const bool all = (node.op == Op::logical_and) == holds;
    return join(all ? Part::Kind::all : Part::Kind::any, {left, right});
  }
  if (node.op == Op::logical_not && !may_be_neither(plan_, node.a)) {
    return add(node.a, reading, !holds);
  }
  // `a = yes`, as the cells of scorecards and of yes/no columns are, is `a`.
  if (const auto compared = compared_with_yes_or_no(plan_, node)) {
    const bool plain = compared->second || !may_be_neither(plan_, compared->first);
    if (plain) return add(compared->first, reading, compared->second == holds);
  }
  parts_.push_back({Part::Kind::leaf, {}, predicate_of(condition, reading), holds});
  return static_cast<Formula>(parts_.size() - 1);
}

uint32_t Space::predicate_of(Index node, const Reading& reading) {
  const std::pair<Index, size_t> key{node, reading_id(reading)};
  const auto known = predicate_ids_.find(key);
  if (known != predicate_ids_.end()) return known->second;
  predicates_.push_back(make_predicate(node, reading));
  const auto id = static_cast<uint32_t>(predicates_.size() - 1);
  predicate_ids_.emplace(key, id);
  return id;
}

Space::Predicate Space::make_predicate(Index index, const Reading& reading) {
  const Node& node = plan_.nodes[index];
  Predicate out;
  out.node = index;
  // What parameters alone decide is left open: switching things is what they are for.
  const bool constant = terms_.is_constant(index);
  const bool switched = constant && terms_.reads_parameter(index);
  if (constant && !switched) {
    out.kind = Predicate::Kind::constant;
    out.value = value_with(index, kNone, {}) == Value{true};
    return out;
  }
  const bool looks_inside = is_comparison(node.op) || node.op == Op::between ||
                            node.op == Op::in_list || node.op == Op::contains ||
                            node.op == Op::logical_not ||
                            (node.op >= Op::is_known && node.op <= Op::is_not_empty);
  std::vector<Index> operands, constants;
  if (looks_inside && !switched) {
    for (const Index part : Terms::parts(plan_, index)) {
      (terms_.is_constant(part) ? constants : operands).push_back(part);
    }
  } else {
    operands.push_back(index);
  }
  const bool readable = program_.sizes[index].nodes <= kMaxNodes;
  if (readable && !switched && operands.size() == 1 &&
      make_unary(out, operands.front(), constants, reading))
    return out;
  if (is_comparison(node.op) && operands.size() == 2 && make_relation(out, reading)) return out;
  out.kind = Predicate::Kind::truth;
  const Term term = terms_.of(index, reading);
  const auto [at, added] = by_truth_.emplace(term, static_cast<uint32_t>(dimensions_.size()));
  if (added) dimensions_.push_back({Domain::of_truth(), index, kNone, term, 0, reading});
  out.dimension = at->second;
  note_node(term, index);
  return out;
}

void Space::note_node(Term term, Index node) {
  std::vector<Index>& nodes = nodes_[term];
  if (std::find(nodes.begin(), nodes.end(), node) == nodes.end()) nodes.push_back(node);
}

uint32_t Space::own_dimension(Term term, Index node, const Reading& reading) {
  const auto [at, added] = by_term_.emplace(term, static_cast<uint32_t>(dimensions_.size()));
  if (added) dimensions_.push_back({Domain(program_, node), node, kNone, term, 0, reading});
  note_node(term, node);
  return at->second;
}

bool Space::make_unary(Predicate& predicate, Index operand, const std::vector<Index>& constants,
                       const Reading& reading) {
  const Core core = core_of(operand);
  const uint32_t dimension = own_dimension(terms_.of(core.node, reading), core.node, reading);
  Domain& domain = dimensions_[dimension].domain;
  const bool in_order = domain.kind() == Domain::Kind::ordered;
  for (const Index constant : core.by) {
    if (!in_order && !domain.mention(value_with(constant, kNone, {}))) return false;
  }
  for (const Index constant : constants) {
    const Value value = value_with(constant, kNone, {});
    const bool fits =
        in_order && !core.direct ? add_turns(domain, core, operand, value) : domain.mention(value);
    if (!fits) return false;
  }
  predicate.kind = Predicate::Kind::unary;
  predicate.dimension = dimension;
  predicate.core = core.node;
  predicate.direct = core.direct;
  return true;
}

bool Space::make_relation(Predicate& predicate, const Reading& reading) {
  const Node& node = plan_.nodes[predicate.node];
  const Type& left = plan_.nodes[node.a].type;
  const Type& right = plan_.nodes[node.b].type;
  const Term first = terms_.of(node.a, reading);
  const Term second = terms_.of(node.b, reading);
  if (left.set || right.set || first == second) return false;
  predicate.kind = Predicate::Kind::relation;
  predicate.swapped = second < first;
  const auto [at, added] =
      by_pair_.emplace(std::minmax(first, second), static_cast<uint32_t>(dimensions_.size()));
  predicate.dimension = at->second;
  note_node(first, node.a);
  note_node(second, node.b);
  if (!added) return true;
  // Durations of different kinds are as good as unknown to one another.
  const bool unknown = left.optional || right.optional || left.kind == TypeKind::duration;
  Dimension made{Domain::of_relation(is_orderable(left), unknown),
                 predicate.swapped ? node.b : node.a,
                 predicate.swapped ? node.a : node.b,
                 std::min(first, second),
                 std::max(first, second),
                 reading};
  dimensions_.push_back(std::move(made));
  return true;
}

// ---------------------------------------------------------------- shifted and scaled terms

Space::Core Space::core_of(Index index) const {
  Core core;
  core.node = index;
  for (;;) {
    const Node& node = plan_.nodes[core.node];
    const bool binary = (node.op >= Op::add && node.op <= Op::divide) || node.op == Op::minus ||
                        node.op == Op::union_of;
    const bool a = binary && terms_.is_constant(node.a);
    const bool b = binary && terms_.is_constant(node.b);
    const bool number = in_numbers(node.type);
    Index next = kNone, by = kNone;
    switch (node.op) {
      case Op::negate:
        if (!number) return core;
        next = node.a;
        core.falls = !core.falls;
        break;
      case Op::add:
      case Op::subtract:
        if ((!number && !is_moment(node.type)) || a == b) return core;
        if (a && node.op == Op::subtract) core.falls = !core.falls;
        next = a ? node.b : node.a;
        by = a ? node.a : node.b;
        if (is_moment(node.type) && !is_moment(plan_.nodes[next].type)) return core;
        break;
      case Op::multiply:
      case Op::divide: {
        if (!number || a == b || (a && node.op == Op::divide)) return core;
        next = a ? node.b : node.a;
        by = a ? node.a : node.b;
        const Value value = value_with(by, kNone, {});
        const Decimal* factor = value.get_if<Decimal>();
        if (!factor || *factor == Decimal() || !in_numbers(plan_.nodes[next].type)) return core;
        if (*factor < Decimal()) core.falls = !core.falls;
        break;
      }
      case Op::minus:
      case Op::union_of:
        if (a || !b) return core;
        next = node.a;
        by = node.b;
        break;
      default:
        return core;
    }
    core.direct = false;
    core.node = next;
    if (by != kNone) core.by.push_back(by);
  }
}

// What the expression is worth when its core is; of a constant expression, without any.
Value Space::value_with(Index node, Index core, const Value& value) const {
  Assumed assumed;
  if (core != kNone) assumed.emplace(core, value);
  Context context;
  context.plan = &plan_;
  context.assumed = &assumed;
  try {
    return evaluate(context, node);
  } catch (const EvalFailure&) {
    return None{};
  }
}

// The points of the core at which the side turns from below the constant to it, and beyond it.
bool Space::add_turns(Domain& domain, const Core& core, Index side, const Value& constant) const {
  if (constant.is_none()) return true;
  const Type& type = plan_.nodes[core.node].type;
  int64_t low = -kFarthestDecimal, high = kFarthestDecimal;
  if (is_moment(type)) {
    const int64_t scale = type.kind == TypeKind::datetime ? kMsPerDay : 1;
    low = kEarliestDay * scale;
    high = kLatestDay * scale;
  }
  bool computed = true;
  for (const bool beyond : {false, true}) {
    const auto passed = [&](int64_t at) {
      const Value value = value_with(side, core.node, from_scale(type, {}, at));
      if (value.index() != constant.index()) {
        computed = false;
        return false;
      }
      const auto order = core.falls ? constant <=> value : value <=> constant;
      return beyond ? order > 0 : order >= 0;
    };
    if (passed(low) || !passed(high)) {
      if (!computed) return false;
      continue;
    }
    int64_t from = low, to = high;  // not passed; passed
    while (from + 1 < to) {
      const int64_t middle = from + (to - from) / 2;
      (passed(middle) ? to : from) = middle;
    }
    if (!computed) return false;
    domain.add_point(to);
  }
  return computed;
}

// ---------------------------------------------------------------- closing

void Space::close() {
  for (Dimension& dimension : dimensions_) {
    dimension.domain.close(program_);
    shape_.add(static_cast<uint32_t>(dimension.domain.atoms().size()));
  }
}

bool Space::holds_in(const Predicate& predicate, const Atom& atom) const {
  if (predicate.kind == Predicate::Kind::truth) return atom.value == Value{true};
  if (predicate.kind == Predicate::Kind::relation) {
    if (atom.value.is_none()) return false;
    return holds_for(plan_.nodes[predicate.node].op, predicate.swapped ? -atom.low : atom.low);
  }
  return value_with(predicate.node, predicate.core, atom.value) == Value{true};
}

// Of a comparison of values in order or listed with constants. Nothing: it has to be evaluated.
std::optional<Runs> Space::compared_runs(const Predicate& predicate) const {
  if (predicate.kind != Predicate::Kind::unary) return std::nullopt;
  const Domain& domain = dimensions_[predicate.dimension].domain;
  const Node& node = plan_.nodes[predicate.node];
  if (domain.kind() != Domain::Kind::ordered && domain.kind() != Domain::Kind::listed) {
    return std::nullopt;
  }
  const auto runs = [&](Op op, Index side, Index constant) {
    return runs_where(predicate, op, side, value_with(constant, kNone, {}));
  };
  if (is_comparison(node.op)) {
    return terms_.is_constant(node.a) ? runs(turned_round(node.op), node.b, node.a)
                                      : runs(node.op, node.a, node.b);
  }
  if (node.op != Op::between && node.op != Op::in_list) return std::nullopt;
  const Index* arguments = plan_.arguments.data() + node.first;
  if (terms_.is_constant(arguments[0])) return std::nullopt;
  if (node.op == Op::between) {
    const auto from = runs(Op::greater_equal, arguments[0], arguments[1]);
    const auto to = runs(Op::less_equal, arguments[0], arguments[2]);
    if (!from || !to) return std::nullopt;
    return common_runs(*from, *to);
  }
  Runs all;
  for (uint32_t i = 1; i < node.count; ++i) {
    const auto one = runs(Op::equal, arguments[0], arguments[i]);
    if (!one) return std::nullopt;
    all.insert(all.end(), one->begin(), one->end());
  }
  return joined_runs(all, {});
}

std::optional<Runs> Space::runs_where(const Predicate& predicate, Op op, Index side,
                                      const Value& constant) const {
  const Domain& domain = dimensions_[predicate.dimension].domain;
  if (predicate.direct) return domain.where(op, constant);
  if (domain.kind() != Domain::Kind::ordered || domain.atoms().size() < kManyAtoms) {
    return std::nullopt;
  }
  // What is shifted or scaled turns where its core does.
  const bool falls = core_of(side).falls;
  return domain.where(falls ? turned_round(op) : op, [&](const Atom& atom) {
    const Value value = value_with(side, predicate.core, atom.value);
    const auto order = falls ? constant <=> value : value <=> constant;
    return order < 0 ? -1 : order > 0 ? 1 : 0;
  });
}

void Space::close_predicate(Predicate& predicate) {
  predicate.closed = true;
  if (auto compared = compared_runs(predicate)) {
    predicate.runs = std::move(*compared);
    return;
  }
  const std::vector<Atom>& atoms = dimensions_[predicate.dimension].domain.atoms();
  for (uint32_t i = 0; i < atoms.size(); ++i) {
    if (!holds_in(predicate, atoms[i])) continue;
    if (!predicate.runs.empty() && predicate.runs.back().to == i) {
      ++predicate.runs.back().to;
    } else {
      predicate.runs.push_back({i, i + 1});
    }
  }
}

// ---------------------------------------------------------------- asking

std::optional<std::vector<Box>> Space::boxes(Formula formula) {
  std::vector<Box> out;
  if (!collect(formula, out)) return std::nullopt;
  return out;
}

bool Space::collect(Formula formula, std::vector<Box>& out) {
  const Part& part = parts_[formula];
  switch (part.kind) {
    case Part::Kind::leaf: {
      Predicate& predicate = predicates_[part.predicate];
      Box box;
      if (predicate.kind == Predicate::Kind::constant) {
        if (predicate.value == part.holds) out.push_back(std::move(box));
        return true;
      }
      if (!predicate.closed) close_predicate(predicate);
      const uint32_t values = shape_.values(predicate.dimension);
      box.set_runs(shape_, predicate.dimension,
                   part.holds ? predicate.runs : other_runs(predicate.runs, values));
      if (!box.is_empty()) out.push_back(std::move(box));
      return true;
    }
    case Part::Kind::any:
      for (const Formula inner : part.parts) {
        std::vector<Box> next;
        if (!collect(inner, next)) return false;
        for (Box& box : next) merge(shape_, std::move(box), out);
        if (out.size() > kMaxBoxes) return false;
      }
      return true;
    case Part::Kind::all: {
      std::vector<Box> product{Box()};
      for (const Formula inner : part.parts) {
        std::vector<Box> next, joined;
        if (!collect(inner, next) || next.size() * product.size() > kMaxBoxes * 4) return false;
        for (const Box& a : product) {
          for (const Box& b : next) {
            Box both = a & b;
            if (!both.is_empty()) joined.push_back(std::move(both));
          }
        }
        product = std::move(joined);
      }
      out.insert(out.end(), product.begin(), product.end());
      return out.size() <= kMaxBoxes;
    }
  }
  return false;
}

const std::vector<Index>& Space::nodes_of(Term term) const {
  static const std::vector<Index> kNoNodes;
  const auto at = nodes_.find(term);
  return at == nodes_.end() ? kNoNodes : at->second;
}

const Space::Dimension* Space::dimension_of(Term term) const {
  const auto at = by_term_.find(term);
  return at == by_term_.end() ? nullptr : &dimensions_[at->second];
}

}  // namespace duban::compiler
