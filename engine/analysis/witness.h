// One concrete case of a situation, in words, confirmed by the evaluator.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "engine/analysis/space.h"
#include "engine/eval.h"

namespace duban::compiler {

struct Example {
  // "`annual_kwh` = 10,000,000 and `credit` = poor", without what does not matter; empty when
  // nothing does.
  std::string english, chinese;
  // Two of its values are computed from one and the same thing: such a case need not exist.
  bool supposed = false;
};

// Values for every dimension, from the box, with which `confirm` says yes. Nothing: none was found.
std::optional<Example> find_example(const Space& space, const Box& box,
                                    const std::function<bool(const Assumed&)>& confirm);

// Whether a condition holds with these values in place of what it reads.
bool holds_with(const Program& program, const Assumed& assumed, Index condition);

// The author's word for an expression: a name where it has one, else its text.
std::string words_of(const Program& program, Index node, const Reading& reading, bool chinese);
// A value as it stands in a message: `10,000,000`, `CNY 9,999.99`, `poor`.
std::string words_of(const Program& program, const Type& type, const Value& value, bool chinese);

// ": for example …, if such values can occur", for the end of a message; empty without an example.
struct ExampleWords {
  std::string english, chinese;
};
ExampleWords for_example(const Example& example);

}  // namespace duban::compiler
