#include "engine/analysis/space.h"

#include <algorithm>

#include "engine/eval.h"
#include "engine/expression.h"

namespace duban::compiler {
namespace {

constexpr size_t kMaxBoxes = 1024;
constexpr uint32_t kMaxNodes = 10'000;  // of a condition that is evaluated for each value
// Turns of a shifted or scaled term are looked for among these.
constexpr int64_t kFarthestDecimal = 1'000'000'000 * Decimal::kOne;
constexpr int64_t kEarliestDay = -25'567;  // 1900
constexpr int64_t kLatestDay = 84'006;     // 2200

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

bool holds_for(Op op, int64_t sign) {  // sign of left minus right
  switch (op) {
    case Op::equal:
      return sign == 0;
    case Op::not_equal:
      return sign != 0;
    case Op::less:
      return sign < 0;
    case Op::less_equal:
      return sign <= 0;
    case Op::greater:
      return sign > 0;
    default:
      return sign >= 0;
  }
}

// Two boxes that differ in one dimension are one.
void merge(const Shape& shape, Box box, std::vector<Box>& into) {
  for (Box& other : into) {
    size_t differ = 0;
    for (size_t d = 0; d < shape.dimensions() && differ < 2; ++d) {
      const auto from = static_cast<std::ptrdiff_t>(shape.first_word(d));
      const auto words = static_cast<std::ptrdiff_t>(shape.words(d));
      const auto mine = box.bits.begin() + from;
      differ += std::equal(mine, mine + words, other.bits.begin() + from) ? 0 : 1;
    }
    if (differ > 1) continue;
    for (size_t i = 0; i < box.bits.size(); ++i) other.bits[i] |= box.bits[i];
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
  predicate.direct = core.direct && in_order;
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

// A direct comparison of values in order with a constant: no need to evaluate it.
std::optional<bool> Space::compares_in(const Predicate& predicate, const Atom& atom) const {
  const Node& node = plan_.nodes[predicate.node];
  if (!predicate.direct || !is_comparison(node.op)) return std::nullopt;
  const bool left = predicate.core == node.a;
  const Value* constant = program_.constant_of(left ? node.b : node.a);
  if (!constant || constant->index() != atom.value.index()) return std::nullopt;
  if (const Duration* duration = constant->get_if<Duration>()) {
    if (duration->kind != atom.value.as<Duration>().kind) return false;
  }
  const auto point = to_scale(*constant);
  if (!point) return std::nullopt;
  const int64_t sign = atom.high < *point ? -1 : atom.low > *point ? 1 : 0;
  return holds_for(node.op, left ? sign : -sign);
}

bool Space::holds_in(const Predicate& predicate, const Atom& atom) const {
  if (predicate.kind == Predicate::Kind::truth) return atom.value == Value{true};
  if (predicate.kind == Predicate::Kind::relation) {
    if (atom.value.is_none()) return false;
    return holds_for(plan_.nodes[predicate.node].op, predicate.swapped ? -atom.low : atom.low);
  }
  if (const auto known = compares_in(predicate, atom)) return *known;
  return value_with(predicate.node, predicate.core, atom.value) == Value{true};
}

void Space::close_predicate(Predicate& predicate) {
  predicate.closed = true;
  const std::vector<Atom>& atoms = dimensions_[predicate.dimension].domain.atoms();
  predicate.bits.assign((atoms.size() + 63) / 64, 0);
  for (size_t i = 0; i < atoms.size(); ++i) {
    if (holds_in(predicate, atoms[i])) predicate.bits[i / 64] |= uint64_t{1} << (i % 64);
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
      Box box = Box::everything(shape_);
      if (predicate.kind == Predicate::Kind::constant) {
        if (predicate.value == part.holds) out.push_back(std::move(box));
        return true;
      }
      if (!predicate.closed) close_predicate(predicate);
      const uint32_t from = shape_.first_word(predicate.dimension);
      for (uint32_t i = 0; i < shape_.words(predicate.dimension); ++i) {
        box.bits[from + i] &= part.holds ? predicate.bits[i] : ~predicate.bits[i];
      }
      if (!box.is_empty(shape_)) out.push_back(std::move(box));
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
      std::vector<Box> product{Box::everything(shape_)};
      for (const Formula inner : part.parts) {
        std::vector<Box> next, joined;
        if (!collect(inner, next) || next.size() * product.size() > kMaxBoxes * 4) return false;
        for (const Box& a : product) {
          for (const Box& b : next) {
            Box both = a & b;
            if (!both.is_empty(shape_)) joined.push_back(std::move(both));
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
