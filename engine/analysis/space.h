// The situations that some conditions tell apart, and which of them each condition holds in.
//
// First everything of interest is put in, then the space is closed, then asked. Each term that a
// condition compares with constants is a dimension; so is each pair of terms compared with one
// another, and each condition that is not looked into. Dimensions count as independent of one
// another: what is found impossible is impossible, and what is found possible is confirmed by the
// evaluator before anybody is told (see witness.h).
#pragma once

#include <map>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/analysis/boxes.h"
#include "engine/analysis/domain.h"
#include "engine/analysis/terms.h"

namespace duban::compiler {

class Space {
 public:
  struct Dimension {
    Domain domain;
    Index node = kNone;    // that is the term; of a truth, the condition itself
    Index second = kNone;  // of a relation: `node` compared with this
    Term term = 0, second_term = 0;
    Reading reading;
  };
  using Formula = uint32_t;
  static constexpr Formula kAlways = 0;
  static constexpr Formula kNever = 1;

  Space(const Program& program, Terms& terms);

  // That the condition holds, or that it does not. kNone always holds.
  Formula add(Index condition, const Reading& reading, bool holds = true);
  Formula all_of(std::vector<Formula> parts);
  void close();

  // The situations in which the formula holds. Nothing: too many to list; then
  // nothing is known.
  std::optional<std::vector<Box>> boxes(Formula formula);

  const Shape& shape() const { return shape_; }
  const std::vector<Dimension>& dimensions() const { return dimensions_; }
  const std::vector<Index>& nodes_of(Term term) const;  // all nodes here that are the term
  // The term's dimension, if conditions compare it with constants.
  const Dimension* dimension_of(Term term) const;
  const Program& program() const { return program_; }

 private:
  struct Predicate {
    enum class Kind : uint8_t { constant, unary, relation, truth } kind = Kind::truth;
    Index node = kNone;
    uint32_t dimension = 0;
    bool value = false;    // constant
    Index core = kNone;    // unary: the node that is the term, in it
    bool direct = false;   // unary: compares the term itself with constants
    bool swapped = false;  // relation: its sides are the other way round in the dimension
    bool closed = false;   // `runs` are known
    Runs runs;             // the atoms in which it holds
  };
  struct Part {
    enum class Kind : uint8_t { all, any, leaf } kind = Kind::all;
    std::vector<Formula> parts;
    uint32_t predicate = 0;
    bool holds = true;
  };
  // What an expression is apart from constants that shift or scale it.
  struct Core {
    Index node = kNone;
    bool direct = true;
    bool falls = false;          // gets smaller as its core grows
    std::vector<Index> by = {};  // the constants met on the way
  };

  size_t reading_id(const Reading& reading);
  Formula join(Part::Kind kind, std::vector<Formula> parts);
  uint32_t predicate_of(Index node, const Reading& reading);
  Predicate make_predicate(Index node, const Reading& reading);
  bool make_unary(Predicate& predicate, Index operand, const std::vector<Index>& constants,
                  const Reading& reading);
  bool make_relation(Predicate& predicate, const Reading& reading);
  Core core_of(Index node) const;
  bool add_turns(Domain& domain, const Core& core, Index side, const Value& constant) const;
  Value value_with(Index node, Index core, const Value& value) const;
  uint32_t own_dimension(Term term, Index node, const Reading& reading);
  void note_node(Term term, Index node);

  void close_predicate(Predicate& predicate);
  bool holds_in(const Predicate& predicate, const Atom& atom) const;
  std::optional<Runs> compared_runs(const Predicate& predicate) const;
  std::optional<Runs> runs_where(const Predicate& predicate, Op op, Index side,
                                 const Value& constant) const;
  bool collect(Formula formula, std::vector<Box>& out);

  const Program& program_;
  const Plan& plan_;
  Terms& terms_;
  std::vector<Reading> readings_;
  std::vector<Dimension> dimensions_;
  std::vector<Predicate> predicates_;
  std::vector<Part> parts_;
  std::map<std::pair<Index, size_t>, uint32_t> predicate_ids_;  // node and reading
  std::map<Term, uint32_t> by_term_;
  std::map<std::pair<Term, Term>, uint32_t> by_pair_;
  std::map<Term, uint32_t> by_truth_;
  std::map<Term, std::vector<Index>> nodes_;
  Shape shape_;
};

}  // namespace duban::compiler
