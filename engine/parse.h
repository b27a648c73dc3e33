// Text to syntax tree. What is generated from the grammar is used in parse.cc alone.
#pragma once

#include <vector>

#include "engine/source.h"
#include "engine/syntax.h"
#include "engine/tokens.h"
#include "engine/vocabulary.h"

namespace duban {

// Limits of one file; past them a diagnostic, never a crash.
struct ParseLimits {
  uint32_t max_code_points = 4'000'000;
  uint32_t max_line_tokens = 20'000;  // tokens in one logical line
  uint32_t max_depth = 128;           // nested expressions
  uint32_t max_diagnostics = 100;     // per file
};

// What the lexer finds in a file, words undivided. Empty for a file that is too long. `comments`,
// if any, takes these: with their marks, without the line end.
std::vector<Token> lex(const Source& source, const ParseLimits& limits = {},
                       std::vector<Token>* comments = nullptr);

// Never fails: what could not be understood is left out of the tree and named in `diagnostics`, one
// message for one mistake; the rest of the file is still read. `tokens` is what lex() gave; `words`
// are the names that the file sees, its own among them. Pure; safe to call from any thread.
syntax::File parse(const Source& source, const std::vector<Token>& tokens, const Words& words,
                   uint16_t file_index, std::vector<Diagnostic>& diagnostics,
                   const ParseLimits& limits = {});

// The same for a file that is read alone: of names only its own are known, so what it takes from
// others must stand apart. See engine/files.h for files that use each other.
syntax::File parse(const Source& source, uint16_t file_index, std::vector<Diagnostic>& diagnostics,
                   const ParseLimits& limits = {});

// Columns and rows of a table whose content is a CSV file, at `file_index` of the sources; `words`
// are the names that the table's file sees. Findings point into the CSV file; rows that could not
// be read are left out.
void parse_table(const Source& csv, const Words& words, uint16_t file_index,
                 syntax::TableDecl& table, std::vector<Diagnostic>& diagnostics,
                 const ParseLimits& limits = {});

}  // namespace duban
