// Whom a broadcast can reach at most, told without asking anybody: `where feeder = event.feeder`
// says that only those do whose feeder is the event's, `where feeder.substation = event.substation`
// those on any feeder of that substation.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/plan.h"
#include "engine/state.h"

namespace duban {

struct BroadcastReach {
  uint16_t attribute = 0;     // whom it reaches has in this attribute
  std::vector<Value> values;  // …one of these: sorted, none never among them; empty: nobody
};

// Nothing: the event's condition does not tie an attribute to what the event, constants and
// reference rows give by themselves. Whoever is told of is still to be asked.
std::optional<BroadcastReach> broadcast_reach(const Plan& plan, const References& references,
                                              const EventData& event);

}  // namespace duban
