// Finds a declaration of one kind by its name, or says why it is not found.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/resolve.h"

namespace duban::compiler {

struct Noun {
  const char* english;
  const char* chinese;
};

// The place in `declared` of what has this name in a file of `sees`, noted for tools; kNone:
// reported, or no name.
template <typename Info>
Index find_declared(Program& program, const std::vector<Info>& declared, const syntax::Word& word,
                    const std::vector<bool>& sees, Noun noun, bool in_scenario = false) {
  if (word.empty()) return kNone;
  const Info* hidden = nullptr;
  std::vector<std::string> candidates;
  for (size_t i = 0; i < declared.size(); ++i) {
    const Info& info = declared[i];
    const bool is_seen = sees[info.file];
    if (is_seen) add_names(candidates, info.names);
    if (!info.names.matches(word.text)) continue;
    if (is_seen) {
      program.note(word.span, info.names);
      return static_cast<Index>(i);
    }
    hidden = &info;
  }
  if (hidden != nullptr) {
    report_unused_file(program, word.span, word.text, hidden->file, in_scenario);
    return kNone;
  }
  Message message{"there is no " + std::string(noun.english) + " " + quoted(word.text),
                  "没有名为" + quoted(word.text) + "的" + noun.chinese};
  suggest(message, word.text, candidates);
  list_known(message, candidates);
  program.error(word.span, "E101", std::move(message));
  return kNone;
}

}  // namespace duban::compiler
