// Which expressions are one and the same.
//
// A term is an expression known by its structure: wherever it stands, it has the same value in the
// same state. Two columns over one attribute are one term, and so are two mentions of a define.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <unordered_map>
#include <vector>

#include "engine/resolve.h"

namespace duban::compiler {

using Term = uint32_t;

// Where an expression is read: whose variables and fields its names mean.
struct Reading {
  uint16_t entity = kNoId;  // of the subject
  Index owner_case = kNone;
  uint16_t event = kNoId;  // at hand
  Index task = kNone;      // whose deadline and answers
  // The case is just being opened by the event at hand: what it took over from the event's fields
  // is read as the case's variables, or with `as_fields` the variables as the event's fields.
  const Case::Opening* opening = nullptr;
  bool as_fields = false;

  auto operator<=>(const Reading&) const = default;
};

class Terms {
 public:
  explicit Terms(const Program& program) : program_(program), plan_(program.plan) {}

  Term of(Index node, const Reading& reading);
  // The nodes an expression is made of; aggregates and tables are leaves.
  static std::vector<Index> parts(const Plan& plan, Index node);
  // It reads nothing at all: the same in every state.
  bool is_constant(Index node) const;
  bool reads_parameter(Index node) const;

 private:
  Term make(Index node, const Reading& reading);
  Term intern(std::vector<uint32_t> key);
  uint32_t reading_id(const Reading& reading);
  uint32_t constant_id(Index node);
  std::vector<uint32_t> leaf_key(const Node& node, const Reading& reading);
  std::vector<uint32_t> aggregate_key(const Aggregate& aggregate, const Reading& reading);

  struct Hash {
    size_t operator()(const std::vector<uint32_t>& key) const;
  };
  const Program& program_;
  const Plan& plan_;
  std::unordered_map<std::vector<uint32_t>, Term, Hash> ids_;
  std::map<Value, uint32_t> constants_;
  std::unordered_map<uint64_t, Term> known_;  // by node and reading
  std::map<Reading, uint32_t> readings_;
  Reading last_reading_;
  uint32_t last_reading_id_ = 0;
  mutable std::unordered_map<Index, bool> constancy_;  // by node, once asked
};

}  // namespace duban::compiler
