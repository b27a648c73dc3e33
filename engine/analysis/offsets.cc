#include "engine/analysis/offsets.h"

#include "engine/analysis/lengths.h"

namespace duban::compiler {
namespace {

// False: of another kind than what has been counted so far.
bool count(CountedTime& time, Duration by, bool before) {
  if (before) by.amount = -by.amount;
  if (time.by.amount == 0) {
    time.by = by;
    return true;
  }
  if (time.by.kind != by.kind || time.by.calendar != by.calendar) return false;
  return !__builtin_add_overflow(time.by.amount, by.amount, &time.by.amount);
}

Duration without_sign(Duration duration) {
  if (duration.amount < 0) duration.amount = -duration.amount;
  return duration;
}

bool counts_from(TypeKind kind) { return kind == TypeKind::date || kind == TypeKind::datetime; }

}  // namespace

std::optional<CountedTime> counted_time(Analysis& analysis, Index node, const Reading& reading) {
  const Plan& plan = analysis.plan;
  CountedTime out;
  for (;;) {
    const Node& at = plan.nodes[node];
    const bool moved =
        (at.op == Op::add || at.op == Op::subtract) && counts_from(plan.nodes[at.a].type.kind);
    if (!moved) break;
    const Duration* by = constant_duration(analysis.program, at.b);
    if (by == nullptr || !count(out, *by, at.op == Op::subtract)) return std::nullopt;
    node = at.a;
  }
  out.from = analysis.terms.of(node, reading);
  return out;
}

std::optional<CountedTime> counted_time(Analysis& analysis, const Step& step) {
  using Kind = syntax::Trigger::Kind;
  const bool timed = step.kind == Kind::at || step.kind == Kind::before || step.kind == Kind::after;
  if (!timed || step.anchor == kNone) return std::nullopt;
  auto out = counted_time(analysis, step.anchor, reading_of(analysis.plan, step));
  if (!out || step.duration == kNone) return out;
  const Duration* by = constant_duration(analysis.program, step.duration);
  if (by == nullptr || !count(*out, *by, step.kind == Kind::before)) return std::nullopt;
  return out;
}

bool is_later(const Plan& plan, const CountedTime& a, const CountedTime& b) {
  if (a.sign() != b.sign()) return a.sign() > b.sign();
  if (a.sign() == 0) return false;
  return a.sign() > 0 ? always_shorter(plan, b.by, a.by)
                      : always_shorter(plan, without_sign(a.by), without_sign(b.by));
}

}  // namespace duban::compiler
