// The values of one term that conditions tell apart.
//
// A condition that compares with 5,000 yuan treats all amounts below alike, and all above: three
// values stand for all there are. Numbers, money, dates, times and durations are divided at the
// points where some condition turns; choices, texts and references are listed, with one value for
// all that is not mentioned; sets are the combinations of what is mentioned. Optional ones may also
// be none. Every answer found with these values is true of all.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "engine/analysis/boxes.h"
#include "engine/analysis/range.h"

namespace duban::compiler {

struct Atom {
  Value value;                // stands for all of them
  int64_t low = 0, high = 0;  // of values in order: all from low to high, on their scale
  bool other = false;         // anything that no condition mentions
};

// Of a comparison: whether it holds of a left side that is less (-1), equal (0) or greater (1).
bool holds_for(Op op, int64_t sign);

class Domain {
 public:
  enum class Kind : uint8_t {
    ordered,
    listed,
    sets,
    relation,  // of two terms: -1, 0 and 1 as the first is less, equal or greater; none: unknown
    truth,     // a condition that is not looked into: yes or no
  };

  // Of the term that `node` is.
  Domain(const Program& program, Index node);
  static Domain of_relation(bool in_order, bool may_be_unknown);
  static Domain of_truth();

  Kind kind() const { return kind_; }
  const Type& type() const { return type_; }
  Duration unit() const { return unit_; }
  // A constant that conditions compare the term with, or the elements of a set constant.
  // False: this is past what a domain can tell apart.
  bool mention(const Value& value);
  void add_point(int64_t scaled);

  // Once everything is mentioned.
  void close(const Program& program);
  const std::vector<Atom>& atoms() const { return atoms_; }
  // The atoms that compare so with the value; those for which `sign` is -1, 0 or 1 as they are
  // below, at or above where something turns, and are in order.
  Runs where(Op op, const Value& value) const;
  Runs where(Op op, const std::function<int(const Atom&)>& sign) const;

  // Values of the atom to try besides its own, nearest to its ends.
  std::vector<Value> candidates(const Atom& atom) const;
  bool contains(const Atom& atom, const Value& value) const;

 private:
  Domain() = default;
  void close_ordered();
  void close_listed(const Program& program);
  void close_sets(const Program& program);
  void add_interval(int64_t low, int64_t high, bool open_low, bool open_high);
  int64_t usual_unit() const;

  Kind kind_ = Kind::listed;
  Type type_;
  Range range_;
  Duration unit_;  // of durations: the kind compared with
  bool unit_known_ = false;
  bool other_units_ = false;  // durations of another kind may occur
  std::optional<std::vector<Value>> all_;
  std::vector<int64_t> points_;
  std::vector<Value> mentioned_;
  std::map<Value, uint32_t> numbers_;  // of what is mentioned; once closed, of the atoms listed
  size_t in_order_ = 0;                // atoms, from the first on
  std::vector<Atom> atoms_;
};

}  // namespace duban::compiler
