// How values and notices read.
#pragma once

#include "tests/reference/evaluate.h"

namespace duban::reference {

std::string words(const Program& program, const Type& type, const Value& value, bool chinese);
// The language that the words of a template are in, whatever the names in its placeholders; where
// there are no words, that of the names.
bool reads_chinese(const std::string& text);
// A title or a notice: `Dear {name}: …`, in the language its own words are in.
std::string render(const Context& context, const std::string& text);
// For comparing: exact, whatever the language; choices and entities by name.
std::string exact(const Program& program, const Value& value);

}  // namespace duban::reference
