// Faults of a programmer rather than of the world: each stands between the runtime and its store,
// and the simulation has to find it. They prove that the checks check.
#pragma once

#include <memory>
#include <string_view>

#include "runtime/store.h"

namespace duban::simulation {

enum class Bug : uint8_t {
  none,
  no_sync,              // a commit returns before it is on the disk
  sends_before_commit,  // a group is said to be durable while it still waits for the next
  forgets_ids,          // nothing is known to have come before the group at hand
  repeats_effects,      // what was sent is never noted
  sweeps_too_early,     // all state is said to be stored while some of it is not
  keeps_dead_timers,    // a timer that is no more comes back after a restart
  loses_the_tail,       // recovery leaves out the newest entry of the log
  loses_receivers,      // what a receiver could not take is noted as sent
};
constexpr Bug kBugs[] = {Bug::no_sync,         Bug::sends_before_commit, Bug::forgets_ids,
                         Bug::repeats_effects, Bug::sweeps_too_early,    Bug::keeps_dead_timers,
                         Bug::loses_the_tail,  Bug::loses_receivers};
std::string_view to_string(Bug bug);

// The store with the bug; `no_sync` is the disk's.
std::unique_ptr<Store> spoiled(std::unique_ptr<Store> store, Bug bug);

}  // namespace duban::simulation
