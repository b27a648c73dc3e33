#include "cli/timeline.h"

#include <algorithm>
#include <vector>

#include "cli/table.h"

namespace duban::cli {
namespace {

using Happening = ScenarioResult::Happening;
using Expectation = ScenarioResult::Expectation;

constexpr size_t kMarkWidth = 2;
constexpr size_t kColumnGap = 2;
constexpr size_t kNarrowestColumn = 20;  // of each of the two columns
constexpr size_t kWidest = 72;           // of what happened, where nothing else bounds it

struct Row {
  std::string time, happened, expected;
  bool fact = false;
  enum class Mark : uint8_t { none, met, unmet } mark = Mark::none;
};

std::string base_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

// `:41` within the scenario's own file, else `utility.rules:41`.
std::string short_place(const ScenarioResult& result, const std::string& place) {
  if (place.starts_with(result.file + ":")) return place.substr(result.file.size());
  return base_name(place);
}

class Rows {
 public:
  Rows(const Session& session, const ScenarioResult& result) : session_(session), result_(result) {
    sort_expectations();
    for (size_t i = 0; i < result_.timeline.size(); ++i) {
      add_unmatched(result_.timeline[i].at);
      add(result_.timeline[i], beside_[i]);
    }
    add_unmatched(std::nullopt);
  }

  std::vector<Row> take() { return std::move(rows_); }

 private:
  void sort_expectations() {
    beside_.resize(result_.timeline.size());
    for (const Expectation& each : result_.expectations) {
      for (const size_t position : each.happenings) beside_[position].push_back(&each);
      if (!each.met && each.happenings.empty()) alone_.push_back(&each);
    }
    // What names no time comes at the end.
    std::stable_sort(alone_.begin(), alone_.end(), [](const Expectation* a, const Expectation* b) {
      return a->at && (!b->at || *a->at < *b->at);
    });
  }

  // Expected and nothing like it happened: in its own place in time.
  void add_unmatched(std::optional<Instant> before) {
    for (; next_alone_ < alone_.size(); ++next_alone_) {
      const Expectation& each = *alone_[next_alone_];
      if (before && (!each.at || *before <= *each.at)) return;
      rows_.push_back({each.time, "—", expected(each), false, Row::Mark::unmet});
    }
  }

  void add(const Happening& item, const std::vector<const Expectation*>& beside) {
    Row row;
    row.time = item.time;
    row.fact = item.kind == Happening::Kind::fact;
    row.happened = one_line(printable(session_.chinese() ? item.chinese : item.english));
    if (!item.place.empty() && !row.fact)
      row.happened += " (" + short_place(result_, item.place) + ")";
    rows_.push_back(row);
    for (size_t i = 0; i < beside.size(); ++i) {
      if (i > 0) rows_.emplace_back();
      rows_.back().expected = expected(*beside[i]);
      rows_.back().mark = beside[i]->met ? Row::Mark::met : Row::Mark::unmet;
    }
  }

  std::string expected(const Expectation& each) const {
    return short_place(result_, each.place) + " " + one_line(printable(each.line));
  }

  const Session& session_;
  const ScenarioResult& result_;
  std::vector<std::vector<const Expectation*>> beside_;  // by happening
  std::vector<const Expectation*> alone_;
  size_t next_alone_ = 0;
  std::vector<Row> rows_;
};

std::string padded(const std::string& text, size_t width) {
  const size_t used = display_width(text);
  return text + std::string(used < width ? width - used : 0, ' ');
}

}  // namespace

std::string one_line(const std::string& text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\n' && text[i] != '\r') {
      out += text[i];
      continue;
    }
    while (i + 1 < text.size() && (text[i + 1] == ' ' || text[i + 1] == '\n')) ++i;
    out += ' ';
  }
  return out;
}

std::string timeline_text(const Session& session, const ScenarioResult& result, const Style& style,
                          const std::string& indent, size_t width) {
  const std::vector<Row> rows = Rows(session, result).take();
  if (rows.empty()) return {};
  const std::string happened = session.say("what happened", "实际经过");
  const std::string expected = session.say("what was expected", "预期");
  size_t time_width = 0;
  size_t left = display_width(happened), right = display_width(expected);
  for (const Row& row : rows) {
    time_width = std::max(time_width, display_width(row.time));
    left = std::max(left, display_width(row.happened));
    right = std::max(right, display_width(row.expected));
  }
  if (width == 0) left = std::min(left, kWidest);
  if (width > 0) {
    const size_t fixed = indent.size() + kMarkWidth + time_width + 2 * kColumnGap;
    const size_t room = std::max(width > fixed ? width - fixed : 0, 2 * kNarrowestColumn);
    // The narrower column has what it needs, the other the rest.
    if (left + right > room) {
      const size_t half = room / 2;
      if (left <= half) {
        right = room - left;
      } else if (right <= half) {
        left = room - right;
      } else {
        left = room - half;
        right = half;
      }
    }
  }
  std::string out;
  const auto line = [&](const std::string& mark, const std::string& time, const std::string& a,
                        const std::string& b) {
    std::string text = indent + mark + padded(time, time_width) + "  " + a + "  " + b;
    while (text.ends_with(' ')) text.pop_back();
    out += text + "\n";
  };
  line("  ", "", style.strong(padded(happened, left)), style.strong(expected));
  for (const Row& row : rows) {
    std::string mark = "  ", a = padded(shorten(row.happened, left), left);
    std::string b = shorten(row.expected, right);
    if (row.mark == Row::Mark::met) mark = style.good("✓") + " ";
    if (row.mark == Row::Mark::unmet) {
      mark = style.bad("✗") + " ";
      b = style.bad(b);
    }
    if (row.fact) a = style.faint(a);
    line(mark, row.time, a, b);
  }
  return out;
}

}  // namespace duban::cli
