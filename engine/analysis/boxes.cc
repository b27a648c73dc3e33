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

bool is_within(RunsView a, RunsView b) {
  size_t j = 0;
  for (const Run& run : a) {
    while (j < b.size() && b[j].to < run.to) ++j;
    if (j == b.size() || run.from < b[j].from) return false;
  }
  return true;
}

namespace {

bool meet(RunsView a, RunsView b) {
  for (size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    if (std::max(a[i].from, b[j].from) < std::min(a[i].to, b[j].to)) return true;
    a[i].to < b[j].to ? ++i : ++j;
  }
  return false;
}

}  // namespace

// ---------------------------------------------------------------- boxes

RunsView Box::kept_runs(size_t position) const {
  const uint32_t begin = position == 0 ? 0 : ends_[position - 1];
  return {runs_.data() + begin, ends_[position] - begin};
}

RunsView Box::runs(size_t dimension) const {
  static constexpr Run kAll{0, UINT32_MAX};
  const auto at = std::lower_bound(dimensions_.begin(), dimensions_.end(), dimension);
  if (at == dimensions_.end() || *at != dimension) return {&kAll, 1};
  return kept_runs(static_cast<size_t>(at - dimensions_.begin()));
}

void Box::append(uint32_t dimension, RunsView runs) {
  dimensions_.push_back(dimension);
  runs_.insert(runs_.end(), runs.begin(), runs.end());
  ends_.push_back(static_cast<uint32_t>(runs_.size()));
}

void Box::set_runs(const Shape& shape, size_t dimension, RunsView runs) {
  const Run all{0, shape.values(dimension)};
  const bool full = runs.size() == 1 && runs.front() == all;
  const bool unlimited = runs.size() == 1 && runs.front().to > all.to;
  Box made;
  bool placed = full || unlimited;
  for (size_t i = 0; i < dimensions_.size(); ++i) {
    if (!placed && dimensions_[i] >= dimension) {
      made.append(static_cast<uint32_t>(dimension), runs);
      placed = true;
    }
    if (dimensions_[i] != dimension) made.append(dimensions_[i], kept_runs(i));
  }
  if (!placed) made.append(static_cast<uint32_t>(dimension), runs);
  *this = std::move(made);
}

bool Box::has(size_t dimension, uint32_t value) const {
  const RunsView own = runs(dimension);
  return std::any_of(own.begin(), own.end(),
                     [&](const Run& run) { return value >= run.from && value < run.to; });
}

bool Box::is_full(size_t dimension) const {
  return !std::binary_search(dimensions_.begin(), dimensions_.end(), dimension);
}

bool Box::is_empty() const {
  for (size_t i = 0; i < dimensions_.size(); ++i) {
    if (kept_runs(i).empty()) return true;
  }
  return false;
}

bool Box::meets(const Box& other) const {
  if (is_empty() || other.is_empty()) return false;
  for (size_t i = 0, j = 0; i < dimensions_.size() && j < other.dimensions_.size();) {
    if (dimensions_[i] != other.dimensions_[j]) {
      dimensions_[i] < other.dimensions_[j] ? ++i : ++j;
    } else if (!meet(kept_runs(i++), other.kept_runs(j++))) {
      return false;
    }
  }
  return true;
}

bool Box::within(const Box& other) const {
  size_t i = 0;
  for (size_t j = 0; j < other.dimensions_.size(); ++j) {
    while (i < dimensions_.size() && dimensions_[i] < other.dimensions_[j]) ++i;
    if (i == dimensions_.size() || dimensions_[i] != other.dimensions_[j]) return false;
    if (!is_within(kept_runs(i), other.kept_runs(j))) return false;
  }
  return true;
}

Box Box::operator&(const Box& other) const {
  Box out;
  size_t i = 0, j = 0;
  while (i < dimensions_.size() || j < other.dimensions_.size()) {
    const bool mine = j == other.dimensions_.size() ||
                      (i < dimensions_.size() && dimensions_[i] < other.dimensions_[j]);
    if (mine) {
      out.append(dimensions_[i], kept_runs(i));
      ++i;
    } else if (i == dimensions_.size() || other.dimensions_[j] < dimensions_[i]) {
      out.append(other.dimensions_[j], other.kept_runs(j));
      ++j;
    } else {
      out.append(dimensions_[i], common_runs(kept_runs(i), other.kept_runs(j)));
      ++i;
      ++j;
    }
  }
  return out;
}

}  // namespace duban::compiler
