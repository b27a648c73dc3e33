// The formatter: rules in their canonical layout, and in the other language.
//
// Pure text to text. What is written reads as the same syntax tree; formatting it again changes
// nothing. The layout is described in docs/formatting.md, the words are in engine/fmt_forms.h.
#pragma once

#include <string>
#include <vector>

#include "engine/name_use.h"
#include "engine/source.h"
#include "engine/vocabulary.h"

namespace duban {

struct Compilation;
struct CompileInput;

// What it takes to write a file in one language: which declaration each of its names stands for.
struct Respelling {
  Language language = Language::english;
  std::vector<NameUse> uses;             // of this file alone, by place
  std::vector<Span> moment_comparisons;  // of this file alone, by place
};

// Of one file of a compilation without errors.
Respelling respelling(const Compilation& compilation, uint16_t file, Language language);

// The names that one file sees: what Chinese without spaces is divided by.
struct SeenNames {
  KnownNames names;
  uint16_t file = 0;
  Words words() const { return {&names, file}; }
};
// REQUIRES: the file at `path` is among those of the input.
SeenNames seen_names(const CompileInput& input, const std::string& path);

// Every line in the language of its own first word. Lines that cannot be read keep their text; a
// declaration whose indentation contradicts its words stays as it is; text that is not UTF-8 or too
// long is given back unchanged.
// `words` are the names that the file sees; null: its own alone, and Chinese without spaces keeps
// its text where it has others.
std::string format_rules(const Source& source, const Words* words = nullptr);

// The same, with every word, name, literal and sentence in the language asked for. Texts in quotes
// stay, but for the names in their placeholders. A name without a second spelling stays.
std::string format_rules(const Source& source, const Respelling& respelling,
                         const Words* words = nullptr);

}  // namespace duban
