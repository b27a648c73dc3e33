// What no box takes, and where boxes meet: cutting the situations up until it can be seen.
#include <algorithm>

#include "engine/analysis/boxes.h"

namespace duban::compiler {
namespace {

constexpr uint64_t kUsualDimensions = 4;  // that a box says something of
constexpr size_t kFew = 32;               // boxes that are simply held against one another

Box with_runs(const Shape& shape, const Box& box, size_t dimension, RunsView runs) {
  Box out = box;
  out.set_runs(shape, dimension, runs);
  return out;
}

// Of each dimension that some of the boxes say something of, which of them do, in order.
class Constraints {
 public:
  Constraints(const std::vector<Box>& boxes, const BoxNumbers& active) {
    for (const uint32_t box : active) {
      for (const uint32_t dimension : boxes[box].dimensions()) pairs_.emplace_back(dimension, box);
    }
    std::sort(pairs_.begin(), pairs_.end());
  }

  // Calls back with a dimension and its (dimension, box) pairs.
  template <typename Each>
  void for_each(const Each& each) const {
    for (size_t begin = 0; begin < pairs_.size();) {
      size_t end = begin;
      while (end < pairs_.size() && pairs_[end].first == pairs_[begin].first) ++end;
      each(pairs_[begin].first, std::span(pairs_).subspan(begin, end - begin));
      begin = end;
    }
  }

 private:
  std::vector<std::pair<uint32_t, uint32_t>> pairs_;
};

// Where to cut a region in two, so that few boxes are on both sides.
struct Halving {
  size_t dimension = 0;
  uint32_t at = 0;
  size_t wide = 0;  // boxes on both sides
};

class Halver {
 public:
  Halver(const Shape& shape, const std::vector<Box>& boxes) : shape_(shape), boxes_(boxes) {}

  // Nothing: no box begins or ends inside the region.
  std::optional<Halving> choose(const Box& region, const BoxNumbers& active) {
    std::optional<Halving> best;
    Constraints(boxes_, active).for_each([&](uint32_t d, const auto& pairs) {
      const Run inside{region.runs(d).front().from, region.runs(d).back().to};
      turns_.clear();
      for (const auto& [dimension, box] : pairs) {
        const Run hull = hull_of(box, d);
        if (hull.from > inside.from && hull.from < inside.to) turns_.push_back(hull.from);
        if (hull.to > inside.from && hull.to < inside.to) turns_.push_back(hull.to);
      }
      std::erase(turns_, shape_.values(d));
      if (turns_.empty()) return;
      const auto middle = turns_.begin() + static_cast<std::ptrdiff_t>(turns_.size() / 2);
      std::nth_element(turns_.begin(), middle, turns_.end());
      const uint32_t at = *middle;
      size_t wide = active.size() - pairs.size();
      for (const auto& [dimension, box] : pairs) {
        const Run hull = hull_of(box, d);
        wide += hull.from < at && hull.to > at ? 1 : 0;
      }
      if (!best || wide < best->wide) best = Halving{d, at, wide};
    });
    return best;
  }

  // The side of the cut, as a region.
  Box side(const Box& region, const Halving& cut, bool after) const {
    const Run kept = after ? Run{cut.at, shape_.values(cut.dimension)} : Run{0, cut.at};
    return with_runs(shape_, region, cut.dimension,
                     common_runs(region.runs(cut.dimension), RunsView(&kept, 1)));
  }

  // Cutting pays when not much is left to be looked at twice.
  static bool pays(size_t before, size_t left, size_t right) {
    return left + right <= before + before / 4;
  }

 private:
  Run hull_of(uint32_t box, size_t dimension) const {
    const RunsView runs = boxes_[box].runs(dimension);
    return {runs.front().from, runs.back().to};
  }

  const Shape& shape_;
  const std::vector<Box>& boxes_;
  std::vector<uint32_t> turns_;
};

// The search: cut the region along a dimension that a box constrains, until a piece is taken whole
// or met by none. While there are many boxes, in halves.
class Search {
 public:
  Search(const Shape& shape, const std::vector<Box>& cover, Work& work)
      : shape_(shape), cover_(cover), work_(work), halver_(shape, cover) {}

  std::optional<Box> run(const Box& region, const BoxNumbers& candidates) {
    BoxNumbers active;
    if (!narrow(region, candidates, active)) return std::nullopt;
    return run_narrowed(region, active);
  }

 private:
  // The candidates that meet the region; false: one of them takes it whole, or no work is left.
  bool narrow(const Box& region, const BoxNumbers& candidates, BoxNumbers& active) {
    if (!work_.take((candidates.size() + 1) * kUsualDimensions)) return false;
    for (const uint32_t box : candidates) {
      if (!cover_[box].meets(region)) continue;
      if (region.within(cover_[box])) return false;
      active.push_back(box);
    }
    return true;
  }

  std::optional<Box> run_narrowed(const Box& region, const BoxNumbers& active) {
    if (active.empty()) return region;
    if (auto missing = in_no_box(region, active)) return missing;
    if (active.size() > kFew) {
      if (const auto cut = halver_.choose(region, active)) {
        const Box left = halver_.side(region, *cut, false);
        const Box right = halver_.side(region, *cut, true);
        BoxNumbers on_left, on_right;
        const bool left_open = narrow(left, active, on_left);
        const bool right_open = narrow(right, active, on_right);
        const size_t left_size = left_open ? on_left.size() : 0;
        const size_t right_size = right_open ? on_right.size() : 0;
        if (work_.used_up()) return std::nullopt;
        if (Halver::pays(active.size(), left_size, right_size)) {
          if (left_open) {
            if (auto found = run_narrowed(left, on_left)) return found;
          }
          return right_open ? run_narrowed(right, on_right) : std::nullopt;
        }
      }
    }
    const auto [dimension, cut] = choose_cut(region, active);
    const RunsView taken = cover_[cut].runs(dimension);
    const RunsView here = region.runs(dimension);
    const Runs inside = common_runs(here, taken);
    const Runs outside = common_runs(here, other_runs(taken, shape_.values(dimension)));
    if (auto found = run(with_runs(shape_, region, dimension, outside), active)) return found;
    return run(with_runs(shape_, region, dimension, inside), active);
  }

  // Values of one dimension that no box has; then all boxes say something of it.
  std::optional<Box> in_no_box(const Box& region, const BoxNumbers& active) {
    for (const uint32_t d : cover_[active.front()].dimensions()) {
      taken_.clear();
      for (const uint32_t box : active) {
        const RunsView runs = cover_[box].runs(d);
        taken_.insert(taken_.end(), runs.begin(), runs.end());
      }
      const Runs all = joined_runs(taken_, {});
      const Runs rest = common_runs(region.runs(d), other_runs(all, shape_.values(d)));
      if (!rest.empty()) return with_runs(shape_, region, d, rest);
    }
    return std::nullopt;
  }

  // The dimension most boxes constrain, and the first of these boxes.
  std::pair<size_t, uint32_t> choose_cut(const Box& region, const BoxNumbers& active) const {
    size_t best = 0, best_count = 0;
    uint32_t cut = active.front();
    Constraints(cover_, active).for_each([&](uint32_t d, const auto& pairs) {
      size_t count = 0;
      std::optional<uint32_t> first;
      for (const auto& [dimension, box] : pairs) {
        if (is_within(clipped(region.runs(d), d), cover_[box].runs(d))) continue;
        ++count;
        if (!first) first = box;
      }
      if (count <= best_count) return;
      best = d;
      best_count = count;
      cut = *first;
    });
    return {best, cut};
  }

  // A region that says nothing of a dimension has all its values.
  Runs clipped(RunsView runs, size_t dimension) const {
    const Run all{0, shape_.values(dimension)};
    return common_runs(runs, RunsView(&all, 1));
  }

  const Shape& shape_;
  const std::vector<Box>& cover_;
  Work& work_;
  Halver halver_;
  Runs taken_;
};

class Parts {
 public:
  Parts(const Shape& shape, const std::vector<Box>& boxes, Work& work, const Prune& prune,
        const Visit& visit)
      : boxes_(boxes), work_(work), prune_(prune), visit_(visit), halver_(shape, boxes) {}

  void divide(const Box& part, const BoxNumbers& candidates) {
    BoxNumbers active;
    if (narrow(part, candidates, active)) divide_narrowed(part, active);
  }

 private:
  bool narrow(const Box& part, const BoxNumbers& candidates, BoxNumbers& active) {
    if (!work_.take((candidates.size() + 1) * kUsualDimensions)) return false;
    for (const uint32_t box : candidates) {
      if (boxes_[box].meets(part)) active.push_back(box);
    }
    prune_(part, active);
    return !active.empty();
  }

  void divide_narrowed(const Box& part, const BoxNumbers& active) {
    const auto cut = active.size() > kFew ? halver_.choose(part, active) : std::nullopt;
    if (cut) {
      const Box left = halver_.side(part, *cut, false);
      const Box right = halver_.side(part, *cut, true);
      BoxNumbers on_left, on_right;
      const bool in_left = narrow(left, active, on_left);
      const bool in_right = narrow(right, active, on_right);
      if (work_.used_up()) return;
      if (Halver::pays(active.size(), on_left.size(), on_right.size())) {
        if (in_left) divide_narrowed(left, on_left);
        if (in_right) divide_narrowed(right, on_right);
        return;
      }
    }
    visit_(part, active);
  }

  const std::vector<Box>& boxes_;
  Work& work_;
  const Prune& prune_;
  const Visit& visit_;
  Halver halver_;
};

BoxNumbers all_not_empty(const std::vector<Box>& boxes) {
  BoxNumbers out;
  for (uint32_t i = 0; i < boxes.size(); ++i) {
    if (!boxes[i].is_empty()) out.push_back(i);
  }
  return out;
}

}  // namespace

std::optional<Box> find_uncovered(const Shape& shape, const Box& region,
                                  const std::vector<Box>& cover, Work& work) {
  if (region.is_empty()) return std::nullopt;
  auto found = Search(shape, cover, work).run(region, all_not_empty(cover));
  if (!found) return std::nullopt;
  // Widen it: what does not matter is not worth saying.
  const Box narrow = *found;
  for (const uint32_t d : narrow.dimensions()) {
    Box wider = with_runs(shape, *found, d, region.runs(d));
    const bool met =
        std::any_of(cover.begin(), cover.end(), [&](const Box& box) { return box.meets(wider); });
    if (!met) *found = std::move(wider);
  }
  return found;
}

void for_each_part(const Shape& shape, const std::vector<Box>& boxes, Work& work,
                   const Prune& prune, const Visit& visit) {
  Parts(shape, boxes, work, prune, visit).divide(Box(), all_not_empty(boxes));
}

}  // namespace duban::compiler
