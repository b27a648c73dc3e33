#include "engine/analysis/boxes.h"

#include <algorithm>

namespace duban::compiler {

// ---------------------------------------------------------------- runs

Runs common_runs(RunsView a, RunsView b) {
  Runs out;
  for (size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    const uint32_t from = std::max(a[i].from, b[j].from);
    const uint32_t to = std::min(a[i].to, b[j].to);
    if (from < to) out.push_back({from, to});
    a[i].to < b[j].to ? ++i : ++j;
  }
  return out;
}

Runs joined_runs(RunsView a, RunsView b) {
  Runs all(a.begin(), a.end());
  all.insert(all.end(), b.begin(), b.end());
  std::sort(all.begin(), all.end());
  Runs out;
  for (const Run& run : all) {
    if (!out.empty() && run.from <= out.back().to) {
      out.back().to = std::max(out.back().to, run.to);
    } else {
      out.push_back(run);
    }
  }
  return out;
}

Runs other_runs(RunsView runs, uint32_t values) {
  Runs out;
  uint32_t from = 0;
  for (const Run& run : runs) {
    if (from < run.from) out.push_back({from, run.from});
    from = run.to;
  }
  if (from < values) out.push_back({from, values});
  return out;
}

namespace {

bool meet(RunsView a, RunsView b) {
  for (size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    if (std::max(a[i].from, b[j].from) < std::min(a[i].to, b[j].to)) return true;
    a[i].to < b[j].to ? ++i : ++j;
  }
  return false;
}

bool is_within(RunsView a, RunsView b) {
  size_t j = 0;
  for (const Run& run : a) {
    while (j < b.size() && b[j].to < run.to) ++j;
    if (j == b.size() || run.from < b[j].from) return false;
  }
  return true;
}

}  // namespace

// ---------------------------------------------------------------- boxes

Box Box::everything(const Shape& shape) {
  Box box;
  box.runs_.reserve(shape.dimensions());
  box.ends_.reserve(shape.dimensions());
  for (size_t d = 0; d < shape.dimensions(); ++d) {
    if (shape.values(d) > 0) box.runs_.push_back({0, shape.values(d)});
    box.ends_.push_back(static_cast<uint32_t>(box.runs_.size()));
  }
  return box;
}

RunsView Box::runs(size_t dimension) const {
  const uint32_t begin = dimension == 0 ? 0 : ends_[dimension - 1];
  return {runs_.data() + begin, ends_[dimension] - begin};
}

void Box::set_runs(size_t dimension, RunsView runs) {
  const uint32_t begin = dimension == 0 ? 0 : ends_[dimension - 1];
  const uint32_t old = ends_[dimension] - begin;
  const auto at = runs_.begin() + begin;
  const size_t same = std::min<size_t>(old, runs.size());
  std::copy_n(runs.begin(), same, at);
  if (runs.size() < old) {
    runs_.erase(at + static_cast<std::ptrdiff_t>(same), at + old);
  } else {
    runs_.insert(at + static_cast<std::ptrdiff_t>(same), runs.begin() + same, runs.end());
  }
  for (size_t d = dimension; d < ends_.size(); ++d) {
    ends_[d] = static_cast<uint32_t>(ends_[d] + runs.size() - old);
  }
}

bool Box::has(size_t dimension, uint32_t value) const {
  const RunsView own = runs(dimension);
  return std::any_of(own.begin(), own.end(),
                     [&](const Run& run) { return value >= run.from && value < run.to; });
}

bool Box::is_full(const Shape& shape, size_t dimension) const {
  const RunsView own = runs(dimension);
  if (own.empty()) return shape.values(dimension) == 0;
  return own.front() == Run{0, shape.values(dimension)};
}

bool Box::is_empty() const {
  for (size_t d = 0; d < dimensions(); ++d) {
    if (runs(d).empty()) return true;
  }
  return false;
}

bool Box::meets(const Box& other) const {
  for (size_t d = 0; d < dimensions(); ++d) {
    if (!meet(runs(d), other.runs(d))) return false;
  }
  return true;
}

bool Box::within(const Box& other) const {
  for (size_t d = 0; d < dimensions(); ++d) {
    if (!is_within(runs(d), other.runs(d))) return false;
  }
  return true;
}

Box Box::operator&(const Box& other) const {
  Box out;
  out.ends_.reserve(dimensions());
  for (size_t d = 0; d < dimensions(); ++d) {
    const Runs common = common_runs(runs(d), other.runs(d));
    out.runs_.insert(out.runs_.end(), common.begin(), common.end());
    out.ends_.push_back(static_cast<uint32_t>(out.runs_.size()));
  }
  return out;
}

}  // namespace duban::compiler
