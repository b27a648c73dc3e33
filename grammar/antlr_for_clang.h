// Included before everything when Clang compiles. Clang 14 finds no default
// constructor in ANTLR's Vocabulary (its vectors are const, and libstdc++ constrains theirs, which
// Clang 14 does not count), and ANTLR's InterpreterData, which nobody uses, asks for it: here it
// copies one.
#pragma once

#define DUBAN_SECOND(a, b, ...) b
// clang-format off
#define InterpreterData(...)       \
  InterpreterData(__VA_ARGS__) DUBAN_SECOND(__VA_OPT__(a, ), : vocabulary(dfa::Vocabulary::EMPTY_VOCABULARY), c)
// clang-format on
