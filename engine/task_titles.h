// The titles that tasks may have: what a scenario writes is one of them with its placeholders
// filled in.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/syntax.h"

namespace duban::compiler {

// A title as a scenario writes it is the text of a task with something for each placeholder.
struct Title {
  const syntax::Text* text;
  const std::vector<syntax::Field>* needs;
  std::vector<std::u32string> parts;  // between the placeholders; empty at an end where one stands
};

// Those of the tasks that these triggers give, clauses included.
void collect_titles(const std::vector<syntax::Trigger>& triggers, std::vector<Title>& out);

// Whether a task with this title may be called `text`.
bool matches(const Title& title, std::u32string_view text);

// How many characters of the task's own text are wrong in `text`; a placeholder is anything.
size_t distance(const Title& title, std::u32string_view text);

}  // namespace duban::compiler
