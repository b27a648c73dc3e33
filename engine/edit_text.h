// Small changes to the text of an expression, in the words it is written in: for mutants and
// suggested scenarios. Every function gives nothing where it cannot tell how to write the change.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/plan.h"

namespace duban {

// `5,000 yuan` worth 4999.99: `4,999.99 yuan`. Unit, per cent and 万 stay as they are written.
std::optional<std::string> with_number(const std::string& literal, Decimal was, Decimal is);
// The worth of one in the last place that is written: 1 for `5,000`, 0.01 for `1.50` and `150%`.
std::optional<Decimal> last_place(const std::string& literal, Decimal value);

// In the quotes of the language, with escapes.
std::string quoted_text(const std::string& text, bool chinese);

// A value as rules and scenarios write it: `2026-03-20`, `3 working days`, `poor`, `"text"`,
// `{a, b}`. Nothing for what has no literal.
std::optional<std::string> literal_text(const Plan& plan, const Type& type, const Value& value,
                                        bool chinese);

// Where the outermost operator of an expression's text stands: begin and end in code points.
struct OperatorPlace {
  uint32_t begin = 0, end = 0;
};
std::optional<OperatorPlace> operator_place(const std::string& expression);

// `at least` ↔ `above`, `<` ↔ `<=`, `is` ↔ `is not`, `and` ↔ `or`, in the same language and style.
std::optional<std::string> flipped(const std::string& word);

// The operator that a text ends with, such as that before a cell's value; empty where there is
// none.
std::string_view ending_operator(std::string_view text);

// `not a` for `a`, and `a` for `not a`; `a not in (b)` and 不包含 lose what denies them.
std::string denied(const std::string& expression);
std::optional<std::string> undenied(const std::string& expression);

}  // namespace duban
