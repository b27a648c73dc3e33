#include "engine/task_titles.h"

#include <algorithm>
#include <utility>

#include "engine/spelling.h"

namespace duban::compiler {
namespace {

Title read_title(const syntax::TaskSpec& task) {
  Title title{&task.title, &task.needs, {U""}};
  bool inside = false;
  for (const char32_t c : to_code_points(task.title.text)) {
    if (c == U'{') title.parts.emplace_back();
    inside = c == U'{' || (inside && c != U'}');
    if (!inside && c != U'}') title.parts.back() += c;
  }
  return title;
}

void collect(const std::vector<syntax::Action>& actions, std::vector<Title>& out) {
  for (const syntax::Action& action : actions) {
    if (!action.task) continue;
    out.push_back(read_title(*action.task));
    for (const syntax::TaskClause& clause : action.task->clauses) collect(clause.actions, out);
  }
}

}  // namespace

void collect_titles(const std::vector<syntax::Trigger>& triggers, std::vector<Title>& out) {
  for (const syntax::Trigger& trigger : triggers) {
    collect(trigger.actions, out);
    collect(trigger.otherwise, out);
  }
}

bool matches(const Title& title, std::u32string_view text) {
  const std::u32string& first = title.parts.front();
  const std::u32string& last = title.parts.back();
  if (title.parts.size() == 1) return text == first;
  if (!text.starts_with(first) || !text.ends_with(last)) return false;
  if (text.size() < first.size() + last.size()) return false;
  text = text.substr(first.size(), text.size() - first.size() - last.size());
  for (size_t i = 1; i + 1 < title.parts.size(); ++i) {
    const size_t found = text.find(title.parts[i]);
    if (found == text.npos) return false;
    text.remove_prefix(found + title.parts[i].size());
  }
  return true;
}

size_t distance(const Title& title, std::u32string_view text) {
  std::u32string pattern;
  constexpr char32_t kAny = 0;
  for (size_t i = 0; i < title.parts.size(); ++i) {
    if (i > 0) pattern += kAny;
    pattern += title.parts[i];
  }
  std::vector<size_t> row(text.size() + 1);
  for (size_t k = 0; k <= text.size(); ++k) row[k] = k;
  for (const char32_t c : pattern) {
    std::vector<size_t> next(row.size());
    next[0] = row[0] + (c == kAny ? 0 : 1);
    for (size_t k = 1; k <= text.size(); ++k) {
      next[k] =
          c == kAny
              ? std::min(row[k], next[k - 1])
              : std::min({row[k] + 1, next[k - 1] + 1, row[k - 1] + (c == text[k - 1] ? 0 : 1)});
    }
    row = std::move(next);
  }
  return row.back();
}

}  // namespace duban::compiler
