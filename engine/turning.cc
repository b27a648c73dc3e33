#include "engine/turning.h"

#include "engine/clockwork.h"

namespace duban {
namespace {

using turning::Clockwork;
using turning::MaybeInstant;

template <typename Read>
MaybeInstant first_difference(const Clockwork& clockwork, Index node, Instant now,
                              const Read& read) {
  const auto before = read(now);
  Instant t = now;
  for (int i = 0; i < kTurnsFollowed; ++i) {
    const MaybeInstant next = clockwork.next(node, t);
    if (!next || *next <= t) return std::nullopt;
    t = *next;
    if (!(read(t) == before) || clockwork.fails(node, t)) return t;
  }
  return t;
}

}  // namespace

std::optional<Instant> next_turn(const Context& context, Index condition) {
  const Clockwork clockwork(context);
  return first_difference(clockwork, condition, context.now, [&](Instant t) {
    const Value value = clockwork.at(condition, t);
    const bool* yes = value.get_if<bool>();
    return yes != nullptr && *yes;
  });
}

std::optional<Instant> next_change(const Context& context, Index node) {
  const Clockwork clockwork(context);
  return first_difference(clockwork, node, context.now,
                          [&](Instant t) { return clockwork.at(node, t); });
}

}  // namespace duban
