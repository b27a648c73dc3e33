// What happens in one simulation, drawn from its seed before anything runs: events, rows, commands,
// deployments, restarts; and how bad the world is.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/time.h"
#include "tests/simulation/disk.h"

namespace duban::simulation {

struct Op {
  enum class Kind : uint8_t {
    line,   // an event or a row, or what is neither
    again,  // a line that was given before
    wait,   // only time passes
    jump,   // wall clock: it is set, forward or back
    done,   // commands on an open task
    reassign,
    note,
    retry,  // …on an open incident
    drop,
    drop_all,
    deploy,
    rollback,
    flush,
    rest,
    restart,  // stops cleanly and begins again
    kill,     // …or not cleanly
    fill_disk,
  };
  Kind kind = Kind::line;
  int64_t wait_ms = 0;        // before it
  Instant at;                 // when it is, under the virtual clock
  int64_t late_ms = 0;        // line: how long before it happened; negative: ahead
  std::string before, after;  // of the line, around its time
  std::string subject;        // of the line; empty = a broadcast, or none
  size_t pick = 0;            // of what there is
  std::string person, answer;
  int version = 0;
};

struct Story {
  uint64_t seed = 0;
  bool wall = false;
  const char* zone = "";
  Instant start;
  std::vector<Op> ops;

  // Of the runtime that lives through it.
  size_t group_inputs = 1, sweep_inputs = 1, cache_subjects = 1;
  int64_t group_ms = 0;
  bool overlaps = false;  // a group is committed when the next is filled

  DiskFaults faults;
  size_t crash_within = 0;  // requests to the disk, about; 0 = it does not crash
  size_t crashes_max = 0;
  size_t dies_in_send = 0;     // in a thousand
  size_t breaks_in_flush = 0;  // in a hundred
};

Story tell(uint64_t seed);
std::string_view to_string(Op::Kind kind);

}  // namespace duban::simulation
