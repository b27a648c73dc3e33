#include "cli/names.h"

#include <algorithm>

#include "cli/cli.h"

namespace duban::cli {
namespace {

// Optimal string alignment: insertions, deletions, replacements and swaps of neighbours.
size_t edits(std::string_view a, std::string_view b) {
  std::vector<size_t> two_back, before(b.size() + 1), row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) before[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = before[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({replaced, before[j] + 1, row[j - 1] + 1});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], two_back[j - 2] + 1);
      }
    }
    two_back = before;
    before = row;
  }
  return before[b.size()];
}

}  // namespace

std::string nearest(std::string_view name, const std::vector<std::string>& known) {
  std::string best;
  size_t least = std::max<size_t>(1, name.size() / 3) + 1;
  for (const std::string& candidate : known) {
    const size_t distance = edits(name, candidate);
    if (distance < least) {
      least = distance;
      best = candidate;
    }
  }
  if (!best.empty() || name.size() < 3) return best;
  for (const std::string& candidate : known) {
    if (candidate.starts_with(name)) return candidate;
  }
  return {};
}

std::string did_you_mean(const Session& session, const std::string& near) {
  return near.empty() ? std::string() : session.say("; did you mean `{}`?", "；是否指“{}”？", near);
}

}  // namespace duban::cli
