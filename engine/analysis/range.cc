#include "engine/analysis/range.h"

#include <algorithm>
#include <cstdlib>
#include <numeric>

namespace duban::compiler {
namespace {

constexpr size_t kMaxListed = 256;
constexpr int64_t kOne = Decimal::kOne;

using Bound = std::optional<int64_t>;

Bound plus(Bound a, Bound b) {
  int64_t sum = 0;
  if (!a || !b || __builtin_add_overflow(*a, *b, &sum)) return std::nullopt;
  return sum;
}

Bound minus(Bound a) { return a && *a != INT64_MIN ? Bound(-*a) : std::nullopt; }

Range whole(Bound low, Bound high) {
  const auto scale = [](Bound bound) { return bound ? Bound(*bound * kOne) : bound; };
  return {scale(low), scale(high), kOne};
}

Range negated(const Range& range) { return {minus(range.high), minus(range.low), range.step}; }

Range sum(const Range& a, const Range& b) {
  return {plus(a.low, b.low), plus(a.high, b.high), std::gcd(a.step, b.step)};
}

Range exactly(const Value& value) {
  const Bound at = to_scale(value);
  if (!at) return {};
  return {at, at, *at == INT64_MIN ? 1 : std::abs(*at)};
}

// Of several values, one of which it is.
Range either(const Range& a, const Range& b) {
  Range out;
  if (a.low && b.low) out.low = std::min(*a.low, *b.low);
  if (a.high && b.high) out.high = std::max(*a.high, *b.high);
  out.step = std::gcd(a.step, b.step);
  return out;
}

class Ranges {
 public:
  explicit Ranges(const Program& program) : program_(program), plan_(program.plan) {}

  Range of(Index index) const {
    const Node& node = plan_.nodes[index];
    switch (node.op) {
      case Op::constant:
        return exactly(plan_.constants[node.a]);
      case Op::negate:
        return negated(of(node.a));
      case Op::add:
      case Op::subtract:
        return of_sum(node);
      case Op::multiply:
        return of_product(node);
      case Op::minimum:
      case Op::maximum:
        return of_extreme(node);
      case Op::round:
        return of_rounded(node);
      case Op::days_from_to:
      case Op::working_days_from_to:
        return whole({}, {});
      case Op::year_of:
        return whole(1, 9999);
      case Op::month_of:
        return whole(1, 12);
      case Op::day_of:
        return whole(1, 31);
      case Op::weekday_of:
        return whole(1, 7);
      case Op::aggregate:
        if (plan_.aggregates[node.a].function == Aggregate::Function::count) return whole(0, {});
        return {};
      case Op::table_output:
        return of_table(node);
      default:
        return {};
    }
  }

 private:
  bool in_numbers(Index index) const {
    const TypeKind kind = plan_.nodes[index].type.kind;
    return kind == TypeKind::number || kind == TypeKind::money;
  }

  Range of_sum(const Node& node) const {
    // A date and a duration are on different scales.
    if (!in_numbers(node.a) || !in_numbers(node.b)) return {};
    const Range right = of(node.b);
    return sum(of(node.a), node.op == Op::add ? right : negated(right));
  }

  Range of_product(const Node& node) const {
    const Value* left = program_.constant_of(node.a);
    const Value* right = program_.constant_of(node.b);
    const Decimal* factor = right ? right->get_if<Decimal>() : nullptr;
    if (!factor && left) factor = left->get_if<Decimal>();
    const Index other = right ? node.a : node.b;
    if (!factor || !in_numbers(other)) return {};
    const auto times = [&](Bound bound) -> Bound {
      if (!bound) return bound;
      const auto product = multiply(Decimal::from_micro(*bound), *factor);
      return product ? Bound(product->micro()) : std::nullopt;
    };
    const Range range = of(other);
    Range out{times(range.low), times(range.high), 1};
    if (*factor < Decimal()) std::swap(out.low, out.high);
    if (factor->is_integer() && *factor != Decimal()) out.step = range.step;
    return out;
  }

  Range of_extreme(const Node& node) const {
    Range out;
    for (Index i = 0; i < node.count; ++i) {
      const Range next = of(plan_.arguments[node.first + i]);
      if (i == 0) {
        out = next;
        continue;
      }
      // Of a maximum, any one low bound holds and all high bounds are needed.
      const bool maximum = node.op == Op::maximum;
      Range joined = either(out, next);
      Bound& sure = maximum ? joined.low : joined.high;
      const Bound a = maximum ? out.low : out.high;
      const Bound b = maximum ? next.low : next.high;
      sure = a && b ? Bound(maximum ? std::max(*a, *b) : std::min(*a, *b)) : a ? a : b;
      out = joined;
    }
    return out;
  }

  Range of_rounded(const Node& node) const {
    Range out = of(node.a);
    const auto rounded = [&](Bound bound) -> Bound {
      if (!bound) return bound;
      const auto value = round_to(Decimal::from_micro(*bound), static_cast<int>(node.b));
      return value ? Bound(value->micro()) : std::nullopt;
    };
    out.low = rounded(out.low);
    out.high = rounded(out.high);
    int64_t step = kOne;
    for (Index i = 0; i < node.b; ++i) step /= 10;
    out.step = step;
    return out;
  }

  Range of_table(const Node& node) const {
    const Table& table = plan_.tables[node.a];
    const bool sums = table.hit == syntax::TableDecl::Hit::all &&
                      table.collect == syntax::TableDecl::Collect::sum;
    if (table.hit == syntax::TableDecl::Hit::all && !sums) return {};
    std::optional<Range> out;
    if (sums) out = exactly(Value{Decimal()});
    for (const Table::Row& row : table.rows) {
      if (node.b >= row.outputs.size() || row.outputs[node.b] == kNone) return {};
      const Node& output = plan_.nodes[row.outputs[node.b]];
      if (output.type.kind == TypeKind::none) continue;  // a row that gives none
      const Range next = of(row.outputs[node.b]);
      if (!sums) {
        out = out ? either(*out, next) : next;
        continue;
      }
      // Each row may add its points or not.
      Range added = either(next, exactly(Value{Decimal()}));
      if (row.conditions.empty()) added = next;
      out = sum(*out, added);
    }
    return out.value_or(Range{});
  }

  const Program& program_;
  const Plan& plan_;
};

}  // namespace

std::optional<int64_t> to_scale(const Value& value) {
  if (const auto* decimal = value.get_if<Decimal>()) return decimal->micro();
  if (const auto* date = value.get_if<Date>()) return date->days;
  if (const auto* time = value.get_if<TimeOfDay>()) return time->ms;
  if (const auto* instant = value.get_if<Instant>()) return instant->ms;
  if (const auto* duration = value.get_if<Duration>()) return duration->amount;
  return std::nullopt;
}

Value from_scale(const Type& type, Duration unit, int64_t scaled) {
  switch (type.kind) {
    case TypeKind::date:
      return Date{static_cast<int32_t>(scaled)};
    case TypeKind::time:
      return TimeOfDay{static_cast<int32_t>(scaled)};
    case TypeKind::datetime:
      return Instant{scaled};
    case TypeKind::duration:
      return Duration{unit.kind, unit.calendar, scaled};
    default:
      return Decimal::from_micro(scaled);
  }
}

Range range_of(const Program& program, Index node) {
  Range out = Ranges(program).of(node);
  if (out.step <= 0) out.step = 1;  // zero alone
  return out;
}

std::optional<std::vector<Value>> values_of(const Program& program, Index index) {
  const Node& node = program.plan.nodes[index];
  if (const Value* constant = program.constant_of(index)) return std::vector<Value>{*constant};
  if (node.op != Op::table_output) return std::nullopt;
  const Table& table = program.plan.tables[node.a];
  if (table.hit == syntax::TableDecl::Hit::all || table.rows.size() > kMaxListed) {
    return std::nullopt;
  }
  std::vector<Value> out;
  for (const Table::Row& row : table.rows) {
    if (node.b >= row.outputs.size() || row.outputs[node.b] == kNone) return std::nullopt;
    const auto values = values_of(program, row.outputs[node.b]);
    if (!values || out.size() + values->size() > kMaxListed) return std::nullopt;
    for (const Value& value : *values) {
      if (!value.is_none() && std::find(out.begin(), out.end(), value) == out.end()) {
        out.push_back(value);
      }
    }
  }
  return out;
}

}  // namespace duban::compiler
