// Sets of situations as boxes: for each dimension the values that are in, any combination of which
// is. What a row of a table takes is a box; what no row takes is found by cutting boxes up.
//
// A dimension is a list of values that no condition tells apart any further (see domain.h), so all
// answers are exact. Lists may be long (a table of 10,000 tariffs); what a box has of one are runs.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace duban::compiler {

// How much may still be looked at: dimensions of boxes. Analyses stop when it is used up, and say
// so.
struct Work {
  uint64_t left = 0;
  bool take(uint64_t amount) {
    if (left < amount) {
      left = 0;
      return false;
    }
    left -= amount;
    return true;
  }
  bool used_up() const { return left == 0; }
};

// How many values each dimension has.
class Shape {
 public:
  void add(uint32_t values) { counts_.push_back(values); }
  size_t dimensions() const { return counts_.size(); }
  uint32_t values(size_t dimension) const { return counts_[dimension]; }

 private:
  std::vector<uint32_t> counts_;
};

// Values from one on, up to but without another.
struct Run {
  uint32_t from = 0, to = 0;
  auto operator<=>(const Run&) const = default;
};
using Runs = std::vector<Run>;  // in order, with a gap between each two
using RunsView = std::span<const Run>;

Runs common_runs(RunsView a, RunsView b);
Runs joined_runs(RunsView a, RunsView b);
Runs other_runs(RunsView runs, uint32_t values);  // all values but these
bool is_within(RunsView a, RunsView b);           // all of a are in b

// Most boxes say something of few dimensions, of however many there are: only these are kept.
class Box {
 public:
  // All situations.
  Box() = default;

  // The values it has of the dimension; of one it says nothing of, a run past the last of them.
  RunsView runs(size_t dimension) const;
  void set_runs(const Shape& shape, size_t dimension, RunsView runs);
  // Those it does not have all values of, in order.
  std::span<const uint32_t> dimensions() const { return dimensions_; }

  bool has(size_t dimension, uint32_t value) const;
  bool is_full(size_t dimension) const;
  bool is_empty() const;  // some dimension has no value left
  bool meets(const Box& other) const;
  bool within(const Box& other) const;  // every dimension's values are among the other's
  Box operator&(const Box& other) const;

 private:
  RunsView kept_runs(size_t position) const;
  void append(uint32_t dimension, RunsView runs);

  std::vector<uint32_t> dimensions_;  // in order
  std::vector<uint32_t> ends_;        // where the runs of each end
  std::vector<Run> runs_;             // of these dimensions, one after the other
};

// A box within `region` that none of `cover` meets, as large as it easily gets; nothing: they
// cover it all, or the work was used up.
std::optional<Box> find_uncovered(const Shape& shape, const Box& region,
                                  const std::vector<Box>& cover, Work& work);

// Divides all situations into parts in which few of the boxes meet, as far as that makes less work,
// and calls back for each with the numbers of the boxes there. `prune` may drop those from the list
// that need no further look in that part. Each part is within the space; together they are all of
// it but what was pruned.
using BoxNumbers = std::vector<uint32_t>;
using Prune = std::function<void(const Box& part, BoxNumbers& boxes)>;
using Visit = std::function<void(const Box& part, const BoxNumbers& boxes)>;
void for_each_part(const Shape& shape, const std::vector<Box>& boxes, Work& work,
                   const Prune& prune, const Visit& visit);

}  // namespace duban::compiler
