#include "engine/analysis/witness.h"

#include <algorithm>
#include <set>

#include "engine/expression.h"
#include "engine/format.h"

namespace duban::compiler {
namespace {

using Kind = Domain::Kind;
using Values = std::map<Term, Value>;

constexpr int64_t kSomeDay = 20'454;  // 2026-01-01

// ---------------------------------------------------------------- choosing values

// Lower is better: a boundary says more than a value beside it, and that more than none.
int rank(const Domain& domain, const Atom& atom) {
  if (atom.value.is_none()) return 3;
  if (atom.other) return 2;
  return domain.kind() == Kind::ordered && atom.low != atom.high ? 1 : 0;
}

uint32_t choose_atom(const Space& space, const Box& box, size_t dimension) {
  const Domain& domain = space.dimensions()[dimension].domain;
  uint32_t best = 0;
  int best_rank = 4;
  for (const Run& run : box.runs(dimension)) {
    const auto end = std::min<size_t>(run.to, domain.atoms().size());
    for (uint32_t i = run.from; i < end && best_rank > 0; ++i) {
      const int ranked = rank(domain, domain.atoms()[i]);
      if (ranked < best_rank) {
        best = i;
        best_rank = ranked;
      }
    }
  }
  return best;
}

Value some_value(const Program& program, const Type& type) {
  switch (type.kind) {
    case TypeKind::yes_no:
      return true;
    case TypeKind::text:
      return std::string("x");
    case TypeKind::choice: {
      const auto& present = program.present.values[type.id];
      const auto first = std::find(present.begin(), present.end(), true) - present.begin();
      return ChoiceValue{type.id, static_cast<uint16_t>(first)};
    }
    case TypeKind::reference:
      return Key{type.id, "x"};
    case TypeKind::date:
      return from_scale(type, {}, kSomeDay);
    case TypeKind::datetime:
      return from_scale(type, {}, kSomeDay * kMsPerDay);
    case TypeKind::time:
      return from_scale(type, {}, kMsPerDay / 2);
    case TypeKind::duration:
      return Duration{Duration::Kind::days, Duration::kDefaultCalendar, 10};
    default:
      return from_scale(type, {}, 100 * Decimal::kOne);
  }
}

// A value that is less (-1), equal (0) or greater (1); of values without order, equal or not.
Value beside(const Program& program, const Type& type, const Value& value, int64_t sign) {
  if (sign == 0 || value.is_none()) return value;
  if (const auto scaled = to_scale(value)) {
    int64_t unit = 1;
    if (value.get_if<Decimal>()) unit = Decimal::kOne;
    if (value.get_if<Instant>() || value.get_if<TimeOfDay>()) unit = kMsPerMinute;
    const Duration* duration = value.get_if<Duration>();
    return from_scale(type, duration ? *duration : Duration{}, *scaled + sign * unit);
  }
  if (const bool* yes = value.get_if<bool>()) return !*yes;
  if (const auto* text = value.get_if<std::string>()) return *text + "x";
  if (const auto* key = value.get_if<Key>()) return Key{key->entity, key->key + "x"};
  if (const auto* choice = value.get_if<ChoiceValue>()) {
    const auto& present = program.present.values[choice->choice];
    for (uint16_t i = 0; i < present.size(); ++i) {
      if (present[i] && i != choice->index) return ChoiceValue{choice->choice, i};
    }
  }
  return value;
}

bool in_relation(const Value& a, const Value& b, const Atom& wanted) {
  if (wanted.value.is_none()) return a.is_none() || b.is_none() || a.index() != b.index();
  if (a.is_none() || b.is_none() || a.index() != b.index()) return false;
  const auto order = a <=> b;
  if (wanted.low == 0) return order == 0;
  return to_scale(a) ? (wanted.low < 0 ? order < 0 : order > 0) : order != 0;
}

class Chooser {
 public:
  Chooser(const Space& space, const Box& box) : space_(space), program_(space.program()) {
    for (size_t d = 0; d < space.dimensions().size(); ++d) {
      atoms_.push_back(choose_atom(space, box, d));
    }
  }

  const Atom& atom(size_t dimension) const {
    return space_.dimensions()[dimension].domain.atoms()[atoms_[dimension]];
  }

  // False: these values do not go together.
  bool choose(Assumed& out) {
    Values& values = values_;
    for (size_t d = 0; d < atoms_.size(); ++d) {
      const Space::Dimension& dimension = space_.dimensions()[d];
      if (dimension.domain.kind() != Kind::relation) values[dimension.term] = atom(d).value;
    }
    for (size_t d = 0; d < atoms_.size(); ++d) {
      const Space::Dimension& dimension = space_.dimensions()[d];
      if (dimension.domain.kind() == Kind::relation && !relate(dimension, atom(d), values)) {
        return false;
      }
    }
    for (const auto& [term, value] : values) {
      for (const Index node : space_.nodes_of(term)) out[node] = value;
    }
    return true;
  }

  const Value& value(Term term) const { return values_.at(term); }

 private:
  bool relate(const Space::Dimension& dimension, const Atom& wanted, Values& values) const {
    const Type& first_type = program_.plan.nodes[dimension.node].type;
    const Type& second_type = program_.plan.nodes[dimension.second].type;
    const auto first = values.find(dimension.term);
    const auto second = values.find(dimension.second_term);
    if (wanted.value.is_none()) {
      if (first == values.end() && first_type.optional)
        values[dimension.term] = None{};
      else if (second == values.end() && second_type.optional)
        values[dimension.second_term] = None{};
    } else if (first == values.end()) {
      if (second == values.end()) {
        values[dimension.second_term] = some_value(program_, second_type);
      }
      values[dimension.term] =
          beside(program_, first_type, values[dimension.second_term], wanted.low);
    } else if (second == values.end()) {
      values[dimension.second_term] = beside(program_, second_type, first->second, -wanted.low);
    } else if (!in_relation(first->second, second->second, wanted)) {
      return move_together(dimension, wanted, values);
    }
    return in_relation(values[dimension.term], values[dimension.second_term], wanted);
  }

  // Both sides have values of their own: look for others as good.
  bool move_together(const Space::Dimension& dimension, const Atom& wanted, Values& values) const {
    const Term first = dimension.term, second = dimension.second_term;
    const auto take = [&](const Value& a, const Value& b) {
      if (!in_relation(a, b, wanted) || !may_be(first, a, values) || !may_be(second, b, values)) {
        return false;
      }
      values[first] = a;
      values[second] = b;
      return true;
    };
    const Type& first_type = program_.plan.nodes[dimension.node].type;
    const Type& second_type = program_.plan.nodes[dimension.second].type;
    for (const Value& a : choices_of(first, values)) {
      for (const Value& b : choices_of(second, values)) {
        if (take(a, b) || take(beside(program_, first_type, b, wanted.low), b) ||
            take(a, beside(program_, second_type, a, -wanted.low))) {
          return true;
        }
      }
    }
    return false;
  }

  // The dimension the term has of its own, if it has one.
  std::optional<size_t> own(Term term) const {
    for (size_t d = 0; d < atoms_.size(); ++d) {
      const Space::Dimension& dimension = space_.dimensions()[d];
      const Kind kind = dimension.domain.kind();
      if (kind != Kind::relation && kind != Kind::truth && dimension.term == term) return d;
    }
    return std::nullopt;
  }

  std::vector<Value> choices_of(Term term, const Values& values) const {
    const auto d = own(term);
    return d ? space_.dimensions()[*d].domain.candidates(atom(*d))
             : std::vector<Value>{values.at(term)};
  }

  bool may_be(Term term, const Value& value, const Values& values) const {
    const auto d = own(term);
    return d ? space_.dimensions()[*d].domain.contains(atom(*d), value) : values.at(term) == value;
  }

  const Space& space_;
  const Program& program_;
  std::vector<uint32_t> atoms_;  // chosen, by dimension
  Values values_;
};

// ---------------------------------------------------------------- words

std::string grouped(std::string digits) {
  size_t end = std::min(digits.find('.'), digits.size());
  const size_t first = digits.starts_with('-') ? 1 : 0;
  while (end > first + 3) {
    end -= 3;
    digits.insert(end, ",");
  }
  return digits;
}

// A term of an example, with its value there.
struct Said {
  Term term = 0;
  Index node = kNone;
  Reading reading;
  Type type;
  const Atom* atom = nullptr;  // null: of a relation
  bool truth = false;
};

// Whose a name is, for telling two apart.
std::string owner_of(const Program& program, const Said& said, bool chinese) {
  switch (program.plan.nodes[said.node].op) {
    case Op::event_field:
      // What opened the case is the case's by now.
      if (said.reading.opening && !said.reading.as_fields) return chinese ? "事项的" : "case.";
      return chinese ? "本次的" : "event.";
    case Op::case_variable:
      return chinese ? "事项的" : "case.";
    case Op::subject_attribute:
      if (said.reading.entity == kNoId) return "";
      return program.plan.layout.entities[said.reading.entity].names.in(chinese) +
             (chinese ? "的" : ".");
    default:
      return "";
  }
}

std::string said_words(const Program& program, const Said& said, const Value& value, bool shared,
                       bool chinese) {
  const std::string name = quoted((shared ? owner_of(program, said, chinese) : "") +
                                  words_of(program, said.node, said.reading, chinese));
  if (said.truth) {
    const bool holds = value == Value{true};
    if (chinese) return name + (holds ? "成立" : "不成立");
    return name + (holds ? " true" : " not true");
  }
  if (value.is_none()) return name + (chinese ? "未知" : " unknown");
  if (said.atom && said.atom->other) return name + (chinese ? "为其他值" : " anything else");
  return name + " = " + words_of(program, said.type, value, chinese);
}

// The terms that matter in the box, each once, in order of their dimensions.
std::vector<Said> terms_said(const Space& space, const Box& box, const Chooser& chooser) {
  std::vector<Said> out;
  const auto add = [&](Said said) {
    for (Said& other : out) {
      if (other.term != said.term || other.truth != said.truth) continue;
      if (!other.atom) other.atom = said.atom;
      return;
    }
    out.push_back(std::move(said));
  };
  for (const uint32_t d : box.dimensions()) {
    const Space::Dimension& dimension = space.dimensions()[d];
    const auto& nodes = space.program().plan.nodes;
    const bool relation = dimension.domain.kind() == Kind::relation;
    add({dimension.term, dimension.node, dimension.reading, nodes[dimension.node].type,
         relation ? nullptr : &chooser.atom(d), dimension.domain.kind() == Kind::truth});
    if (!relation) continue;
    add({dimension.second_term, dimension.second, dimension.reading, nodes[dimension.second].type,
         nullptr, false});
  }
  return out;
}

// Everything an expression reads, as numbers that only identify.
std::set<uint64_t> leaves_of(const Program& program, Index node) {
  std::set<uint64_t> out;
  const Dependencies deps = dependencies_of(program, node);
  for (const uint16_t slot : deps.attributes) out.insert(uint64_t{1} << 32 | slot);
  for (const uint16_t slot : deps.variables) out.insert(uint64_t{2} << 32 | slot);
  for (const uint16_t event : deps.history) out.insert(uint64_t{3} << 32 | event);
  if (deps.references) out.insert(uint64_t{4} << 32);
  if (deps.time) out.insert(uint64_t{5} << 32);
  if (deps.event) out.insert(uint64_t{6} << 32);
  return out;
}

bool is_plain(Op op) { return op < Op::negate && op != Op::attribute_of; }

}  // namespace

bool holds_with(const Program& program, const Assumed& assumed, Index condition) {
  Context context;
  context.plan = &program.plan;
  context.assumed = &assumed;
  try {
    return holds(context, condition);
  } catch (const EvalFailure&) {
    return false;
  }
}

std::optional<Example> find_example(const Space& space, const Box& box,
                                    const std::function<bool(const Assumed&)>& confirm) {
  Chooser chooser(space, box);
  Assumed assumed;
  if (!chooser.choose(assumed) || !confirm(assumed)) return std::nullopt;
  Example out;
  const Program& program = space.program();
  const std::vector<Said> said = terms_said(space, box, chooser);
  std::set<uint64_t> read;
  bool computed = false;
  for (const Said& one : said) {
    const std::string name = words_of(program, one.node, one.reading, false);
    const bool shared = std::any_of(said.begin(), said.end(), [&](const Said& other) {
      return &other != &one && words_of(program, other.node, other.reading, false) == name;
    });
    if (!out.english.empty()) {
      out.english += " and ";
      out.chinese += "、";
    }
    const Value& value = chooser.value(one.term);
    out.english += said_words(program, one, value, shared, false);
    out.chinese += said_words(program, one, value, shared, true);
    computed |= !is_plain(program.plan.nodes[one.node].op);
    for (const uint64_t leaf : leaves_of(program, one.node)) {
      if (!read.insert(leaf).second && computed) out.supposed = true;
    }
  }
  return out;
}

std::string words_of(const Program& program, const Type& type, const Value& value, bool chinese) {
  if (const Decimal* decimal = value.get_if<Decimal>()) {
    if (type.kind != TypeKind::money) return grouped(decimal->to_string());
    const std::string& unit = program.plan.currency.in(chinese);
    const std::string digits = grouped(decimal->to_string(2));
    return chinese ? digits + " " + unit : unit + " " + digits;
  }
  if (const SetValue* set = value.get_if<SetValue>(); set && set->items.empty()) {
    return chinese ? "空" : "nothing";
  }
  if (const auto* text = value.get_if<std::string>()) {
    return chinese ? "“" + *text + "”" : "\"" + *text + "\"";
  }
  return format(program.plan, type, value, chinese);
}

std::string words_of(const Program& program, Index index, const Reading& reading, bool chinese) {
  const Plan& plan = program.plan;
  const Node& node = plan.nodes[index];
  for (const DefineInfo& define : program.defines) {
    if (define.value.node == index) return define.names.in(chinese);
  }
  // A parameter's value has the span of its declaration.
  for (const Parameter& parameter : plan.parameters) {
    if (parameter.value == index) return parameter.names.in(chinese);
  }
  if (node.op == Op::case_variable && reading.owner_case != kNone) {
    return plan.cases[reading.owner_case].variables[node.a].names.in(chinese);
  }
  if (node.op == Op::event_field && reading.event != kNoId) {
    return plan.layout.events[reading.event].fields[node.a].names.in(chinese);
  }
  if (node.op == Op::subject_attribute && reading.entity != kNoId) {
    return plan.layout.entities[reading.entity].attributes[node.a].names.in(chinese);
  }
  if (node.op == Op::table_output) {
    const Table& table = plan.tables[node.a];
    return table.names.in(chinese) + (chinese ? "的" : ".") + table.outputs[node.b].in(chinese);
  }
  if (node.op == Op::constant) return words_of(program, node.type, plan.constants[node.a], chinese);
  if (node.span.file >= program.sources.size()) return "?";
  std::string text = program.sources[node.span.file].slice(node.span.begin, node.span.end);
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

ExampleWords for_example(const Example& example) {
  if (example.english.empty()) return {};
  ExampleWords out{"; for example with " + example.english, "；例如" + example.chinese};
  if (example.supposed) {
    out.english += ", if such values can occur";
    out.chinese += "（如此取值可能出现时）";
  }
  return out;
}

}  // namespace duban::compiler
