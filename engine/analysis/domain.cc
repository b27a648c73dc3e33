#include "engine/analysis/domain.h"

#include <algorithm>

#include "engine/expression.h"

namespace duban::compiler {
namespace {

constexpr size_t kMaxElements = 8;  // of sets: 2^8 combinations
constexpr int64_t kWhole = Decimal::kOne;
constexpr int64_t kCent = Decimal::kOne / 100;
// Beyond every value there is, and still far from where sums would overflow.
constexpr int64_t kFar = INT64_MAX / 4;

Type element_of(Type type) {
  type.set = false;
  type.optional = false;
  return type;
}

std::vector<Value> present_values(const Program& program, uint16_t choice) {
  std::vector<Value> out;
  const size_t count = program.plan.layout.choices[choice].values.size();
  for (size_t i = 0; i < count; ++i) {
    // Values of an older version are no longer given to anybody.
    if (program.present.values[choice][i]) {
      out.emplace_back(ChoiceValue{choice, static_cast<uint16_t>(i)});
    }
  }
  return out;
}

// One that differs from all those mentioned.
Value another(const Type& type, const std::vector<Value>& mentioned) {
  const auto is_new = [&](const Value& value) {
    return std::find(mentioned.begin(), mentioned.end(), value) == mentioned.end();
  };
  for (std::string text = "x";; text += 'x') {
    Value value = type.kind == TypeKind::reference ? Value{Key{type.id, text}} : Value{text};
    if (is_new(value)) return value;
  }
}

}  // namespace

bool holds_for(Op op, int64_t sign) {  // sign of left minus right
  switch (op) {
    case Op::equal:
      return sign == 0;
    case Op::not_equal:
      return sign != 0;
    case Op::less:
      return sign < 0;
    case Op::less_equal:
      return sign <= 0;
    case Op::greater:
      return sign > 0;
    default:
      return sign >= 0;
  }
}

Domain::Domain(const Program& program, Index node) : type_(program.plan.nodes[node].type) {
  all_ = values_of(program, node);
  if (type_.set) {
    kind_ = Kind::sets;
    all_.reset();
  } else if (!all_ && is_orderable(type_)) {
    kind_ = Kind::ordered;
    range_ = range_of(program, node);
    if (type_.kind == TypeKind::time) range_ = {0, kMsPerDay, 1};
    if (const auto known = duration_kind(program, node)) {
      unit_.kind = *known;
      unit_known_ = true;
    } else {
      other_units_ = type_.kind == TypeKind::duration;
    }
  }
}

Domain Domain::of_relation(bool in_order, bool may_be_unknown) {
  Domain out;
  out.kind_ = Kind::relation;
  for (int64_t sign : {-1, 0, 1}) {
    if (sign == 1 && !in_order) continue;  // unequal is one value
    out.atoms_.push_back({Decimal::from_micro(sign), sign, sign});
  }
  if (may_be_unknown) out.atoms_.push_back({None{}});
  return out;
}

Domain Domain::of_truth() {
  Domain out;
  out.kind_ = Kind::truth;
  out.atoms_ = {{Value{true}}, {Value{false}}};
  return out;
}

bool Domain::mention(const Value& value) {
  if (value.is_none() || kind_ == Kind::relation || kind_ == Kind::truth) return true;
  if (const SetValue* set = value.get_if<SetValue>()) {
    return std::all_of(set->items.begin(), set->items.end(),
                       [&](const Value& item) { return mention(item); });
  }
  if (all_) return true;
  if (kind_ == Kind::ordered) {
    const auto scaled = to_scale(value);
    if (!scaled) return true;  // compared with nothing it can be
    if (const Duration* duration = value.get_if<Duration>()) {
      if (!unit_known_) {
        unit_ = *duration;
        unit_known_ = true;
      } else if (unit_.kind != duration->kind) {
        return !other_units_;  // of a kind the term never has, or one kind too many
      }
    }
    points_.push_back(*scaled);
    return true;
  }
  const auto number = static_cast<uint32_t>(mentioned_.size());
  if (numbers_.emplace(value, number).second) mentioned_.push_back(value);
  return kind_ != Kind::sets || mentioned_.size() < kMaxElements;
}

void Domain::add_point(int64_t scaled) { points_.push_back(scaled); }

void Domain::close(const Program& program) {
  if (kind_ == Kind::relation || kind_ == Kind::truth) return;
  if (kind_ == Kind::ordered) close_ordered();
  if (kind_ == Kind::listed) close_listed(program);
  if (kind_ == Kind::sets) close_sets(program);
  numbers_.clear();
  for (uint32_t i = 0; kind_ == Kind::listed && i < atoms_.size(); ++i) {
    numbers_.emplace(atoms_[i].value, i);
  }
  if (type_.optional) atoms_.push_back({None{}});
}

// ---------------------------------------------------------------- values in order

// The step people would name a value just beside a boundary with: a cent, a day, a minute.
int64_t Domain::usual_unit() const {
  switch (type_.kind) {
    case TypeKind::money:
      return std::max(kCent, range_.step);
    case TypeKind::number: {
      if (range_.step > 1) return range_.step;
      const bool whole = std::all_of(points_.begin(), points_.end(),
                                     [](int64_t point) { return point % kWhole == 0; });
      return whole ? kWhole : kCent;
    }
    case TypeKind::time:
    case TypeKind::datetime:
      return kMsPerMinute;
    case TypeKind::duration:
      return unit_.kind == Duration::Kind::elapsed || unit_.kind == Duration::Kind::working_hours
                 ? kMsPerMinute
                 : 1;
    default:
      return 1;
  }
}

// All values between two points, or from one on. Its ends are not bounded where they are open.
void Domain::add_interval(int64_t low, int64_t high, bool open_low, bool open_high) {
  const int64_t step = range_.step;
  // Only multiples of the step are values.
  const auto remainder = [&](int64_t at) { return ((at % step) + step) % step; };
  if (!open_low && remainder(low) != 0) low += step - remainder(low);
  if (!open_high) high -= remainder(high);
  if (!open_low && !open_high && low > high) return;
  const int64_t unit = usual_unit();
  int64_t at = 0;
  if (open_low && open_high) {
    at = type_.kind == TypeKind::datetime ? 0 : unit;
  } else if (open_high) {
    at = low + std::max(unit, step) - step;
  } else {
    at = high - std::max(unit, step) + step;
    if (!open_low && at < low) at = high;
  }
  at -= remainder(at);
  if (!open_low && at < low) at = low;
  atoms_.push_back({from_scale(type_, unit_, at), low, high});
}

void Domain::close_ordered() {
  // A point between two values divides them just the same.
  const size_t count = points_.size();
  for (size_t i = 0; i < count; ++i) {
    const int64_t above = points_[i] % range_.step;
    if (above == 0) continue;
    points_[i] -= above;
    points_.push_back(points_[i] + (above > 0 ? range_.step : -range_.step));
  }
  std::erase_if(points_, [&](int64_t point) {
    return (range_.low && point < *range_.low) || (range_.high && point > *range_.high);
  });
  std::sort(points_.begin(), points_.end());
  points_.erase(std::unique(points_.begin(), points_.end()), points_.end());
  int64_t from = range_.low.value_or(-kFar);
  bool open_low = !range_.low;
  for (const int64_t point : points_) {
    if (open_low || from <= point - 1) add_interval(from, point - 1, open_low, false);
    atoms_.push_back({from_scale(type_, unit_, point), point, point});
    from = point + 1;
    open_low = false;
  }
  const int64_t to = range_.high.value_or(kFar);
  if (!range_.high || from <= to) add_interval(from, to, open_low, !range_.high);
  in_order_ = atoms_.size();
  if (!other_units_ || points_.empty()) return;
  const auto kind =
      unit_.kind == Duration::Kind::days ? Duration::Kind::elapsed : Duration::Kind::days;
  atoms_.push_back({Duration{kind, Duration::kDefaultCalendar, 1}, 0, 0, true});
}

Runs Domain::where(Op op, const std::function<int(const Atom&)>& sign) const {
  const auto first_from = [&](int least) {
    const auto end = atoms_.begin() + static_cast<std::ptrdiff_t>(in_order_);
    const auto at = std::partition_point(atoms_.begin(), end,
                                         [&](const Atom& atom) { return sign(atom) < least; });
    return static_cast<uint32_t>(at - atoms_.begin());
  };
  const auto count = static_cast<uint32_t>(in_order_);
  const uint32_t from = op == Op::less_equal || op == Op::greater ? 0 : first_from(0);
  const uint32_t to = op == Op::less || op == Op::greater_equal ? 0 : first_from(1);
  Runs out;
  const auto add = [&](uint32_t begin, uint32_t end) {
    if (begin < end) out.push_back({begin, end});
  };
  if (op == Op::equal) add(from, to);
  if (op == Op::less || op == Op::not_equal) add(0, from);
  if (op == Op::less_equal) add(0, to);
  if (op == Op::greater_equal) add(from, count);
  if (op == Op::greater || op == Op::not_equal) add(to, count);
  return out;
}

Runs Domain::where(Op op, const Value& value) const {
  if (value.is_none() || atoms_.empty()) return {};
  if (kind_ == Kind::ordered) {
    const auto point = to_scale(value);
    const bool same_kind = point && value.index() == atoms_.front().value.index();
    const Duration* duration = value.get_if<Duration>();
    if (!same_kind || (duration && duration->kind != unit_.kind)) return {};
    return where(op, [&](const Atom& atom) {
      return atom.high < *point ? -1 : atom.low > *point ? 1 : 0;
    });
  }
  Runs out;
  if (op == Op::equal) {
    const auto at = numbers_.find(value);
    if (at != numbers_.end()) out.push_back({at->second, at->second + 1});
    return out;
  }
  for (uint32_t i = 0; i < atoms_.size(); ++i) {
    const Value& own = atoms_[i].value;
    if (own.index() != value.index()) continue;
    const auto order = own <=> value;
    if (!holds_for(op, order < 0 ? -1 : order > 0 ? 1 : 0)) continue;
    if (!out.empty() && out.back().to == i) {
      ++out.back().to;
    } else {
      out.push_back({i, i + 1});
    }
  }
  return out;
}

std::vector<Value> Domain::candidates(const Atom& atom) const {
  std::vector<Value> out{atom.value};
  if (kind_ != Kind::ordered || atom.low == atom.high || atom.other || atom.value.is_none()) {
    return out;
  }
  std::vector<int64_t> near;
  if (atom.low > -kFar) near.insert(near.end(), {atom.low, atom.low + usual_unit()});
  if (atom.high < kFar) near.insert(near.end(), {atom.high, atom.high - usual_unit()});
  for (const int64_t at : near) {
    Value value = from_scale(type_, unit_, at);
    if (contains(atom, value)) out.push_back(std::move(value));
  }
  return out;
}

bool Domain::contains(const Atom& atom, const Value& value) const {
  if (kind_ != Kind::ordered || atom.other || atom.value.index() != value.index()) {
    return atom.value == value;
  }
  const auto scaled = to_scale(value);
  if (!scaled) return atom.value == value;
  return *scaled >= atom.low && *scaled <= atom.high && *scaled % range_.step == 0;
}

// ---------------------------------------------------------------- lists and sets

void Domain::close_listed(const Program& program) {
  if (all_) {
    for (const Value& value : *all_) atoms_.push_back({value});
    return;
  }
  switch (type_.kind) {
    case TypeKind::yes_no:
      atoms_ = {{Value{true}}, {Value{false}}};
      return;
    case TypeKind::choice:
      for (Value& value : present_values(program, type_.id)) atoms_.push_back({std::move(value)});
      return;
    case TypeKind::text:
      if (std::find(mentioned_.begin(), mentioned_.end(), Value{std::string()}) ==
          mentioned_.end()) {
        mentioned_.emplace_back(std::string());
      }
      break;
    default:
      break;
  }
  for (const Value& value : mentioned_) atoms_.push_back({value});
  atoms_.push_back({another(type_, mentioned_), 0, 0, true});
}

void Domain::close_sets(const Program& program) {
  std::vector<Value> elements = mentioned_;
  if (type_.kind == TypeKind::choice) {
    const std::vector<Value> all = present_values(program, type_.id);
    const auto is_other = [&](const Value& value) {
      return std::find(mentioned_.begin(), mentioned_.end(), value) == mentioned_.end();
    };
    const auto other = std::find_if(all.begin(), all.end(), is_other);
    if (other != all.end()) elements.push_back(*other);
  } else {
    elements.push_back(another(element_of(type_), mentioned_));
  }
  for (uint32_t chosen = 0; chosen < (1U << elements.size()); ++chosen) {
    std::vector<Value> items;
    for (size_t i = 0; i < elements.size(); ++i) {
      if ((chosen >> i & 1) != 0) items.push_back(elements[i]);
    }
    atoms_.push_back({make_set(std::move(items))});
  }
}

}  // namespace duban::compiler
