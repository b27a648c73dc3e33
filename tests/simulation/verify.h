// What must be true of a database after its story; `store` has it open.
#pragma once

#include <string>
#include <vector>

#include "tests/simulation/machine.h"

namespace duban::simulation {

// The rows that queries give, one a line. A query may bring a heading, which stands above them.
struct Query {
  std::string heading, sql;
};
std::string dump(const std::string& path, const std::vector<Query>& queries);
// Everything that people see.
std::string views(const std::string& path);
// The log, an entry a line.
std::string log_of(Store& store);
std::string log_of(const std::string& path);
// The first line where two texts differ; empty: they agree.
std::string difference(const std::string& a, const std::string& b);

// The database is whole.
void check_pages(const std::string& path, std::vector<std::string>& complaints);
// …and once it is damaged, the check says so.
void check_damage(const std::string& path, uint64_t seed, std::vector<std::string>& complaints);
// What was acknowledged is there, and nothing is there twice.
void check_lines(const Machine& machine, Store& store, std::vector<std::string>& complaints);
// The log, stepped from nothing into a fresh database in `folder`, gives the same state, timers and
// effects; timers go off when they are due; all that receivers got was done.
void check_log(const Machine& machine, Store& store, const std::string& folder,
               std::vector<std::string>& complaints);
// The reference evaluator, given the log, does and remembers the same at every step.
void check_reference(Store& store, std::vector<std::string>& complaints);

}  // namespace duban::simulation
