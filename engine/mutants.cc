#include "engine/mutants.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "engine/coverage.h"
#include "engine/edit_text.h"
#include "engine/mutant_list.h"
#include "engine/plan_walk.h"

namespace duban {
namespace {

using Kind = Mutant::Kind;
using Apply = MutantList::Apply;

// What a cell begins behind, in a table and in a file of rows.
constexpr std::u32string_view kCellEnds = U"|｜,，、\"\n";

bool is_ordering(Op op) { return op >= Op::less && op <= Op::greater_equal; }
bool is_comparing(Op op) { return op >= Op::equal && op <= Op::greater_equal; }

Op turned(Op op) {
  switch (op) {
    case Op::equal:
      return Op::not_equal;
    case Op::not_equal:
      return Op::equal;
    case Op::less:
      return Op::less_equal;
    case Op::less_equal:
      return Op::less;
    case Op::greater:
      return Op::greater_equal;
    case Op::greater_equal:
      return Op::greater;
    case Op::logical_and:
      return Op::logical_or;
    default:
      return Op::logical_and;
  }
}

Apply with_op(Index node, Op op) {
  return [=](Plan& plan) { plan.nodes[node].op = op; };
}

Apply with_constant(Index node, Value value) {
  return [node, value = std::move(value)](Plan& plan) {
    plan.constants.push_back(value);
    plan.nodes[node].a = static_cast<Index>(plan.constants.size() - 1);
  };
}

// Takes the node's place: whatever refers to it, refers to its opposite. That turns when it does.
void deny(Plan& plan, Index node) {
  plan.nodes.push_back(Node(plan.nodes[node]));
  plan.motions.push_back(NodeMotion(plan.motions[node]));
  Node& at = plan.nodes[node];
  at = Node{};
  at.op = Op::logical_not;
  at.type = {TypeKind::yes_no, 0, false, false};
  at.a = static_cast<Index>(plan.nodes.size() - 1);
}

// The smallest step of a duration: of its own kind, in the largest clock unit that divides it.
int64_t step_of(const Duration& duration) {
  if (duration.kind != Duration::Kind::elapsed && duration.kind != Duration::Kind::working_hours) {
    return 1;
  }
  for (const int64_t unit : {kMsPerHour, kMsPerMinute, int64_t{1000}}) {
    if (duration.amount % unit == 0) return unit;
  }
  return 1;
}

// 0.01 for 12.34, 1 for 12 and 0.
Decimal place_of_last_digit(Decimal value) {
  int64_t unit = Decimal::kOne;
  while (unit > 1 && value.micro() % unit != 0) unit /= 10;
  return Decimal::from_micro(unit);
}

bool is_stored(Op op) {
  return op == Op::subject_attribute || op == Op::event_field || op == Op::case_variable ||
         op == Op::answer_field || op == Op::attribute_of;
}

class Maker {
 public:
  Maker(const Plan& plan, const Observations& seen, MutantList& list)
      : plan_(plan), seen_(seen), list_(list) {}

  void run() {
    collect();
    // Comparisons first: which of them are turned decides which way a threshold moves.
    for (const Index node : logic_) {
      if (plan_.nodes[node].op != Op::constant) make_node(node);
    }
    for (const Index node : logic_) {
      if (plan_.nodes[node].op == Op::constant) make_constant(node);
    }
    for (const Index node : conditions_of(plan_)) make_negation(node);
  }

 private:
  struct Use {
    Index parent = kNone;  // kNone: it stands alone
    bool right = false;    // the second operand
  };

  void collect() {
    each_root(plan_, [&](Index root, Part part) {
      if (part == Part::text || part == Part::key) return;
      uses_[root].push_back({});
      each_node(plan_, root, [&](Index index) {
        const bool first = logic_.insert(index).second;
        if (part == Part::cell) cells_.insert(index);
        if (!first) return;
        const Node& node = plan_.nodes[index];
        if (is_comparing(node.op)) {
          uses_[node.a].push_back({index, false});
          uses_[node.b].push_back({index, true});
        } else {
          each_child(plan_, index, [&](Index child) { uses_[child].push_back({}); });
        }
      });
    });
    // What joins the tests of one cell are commas.
    for (const Index index : cells_) {
      if (plan_.nodes[index].op == Op::logical_or || plan_.nodes[index].op == Op::logical_not)
        logic_.erase(index);
    }
  }

  Span whole(Span span) const {
    return span.file < plan_.sources.size() ? balanced(plan_.sources[span.file], span) : span;
  }
  std::string slice(Span span) const {
    return span.file < plan_.sources.size() ? plan_.sources[span.file].slice(span.begin, span.end)
                                            : std::string();
  }

  void make_node(Index index) {
    const Node& node = plan_.nodes[index];
    if (node.op == Op::aggregate) return make_window(index);
    const bool joins = node.op == Op::logical_and || node.op == Op::logical_or;
    if (node.op == Op::logical_not) {
      const Span span = whole(node.span);
      const std::string text = text_of(plan_, span);
      if (const auto changed = undenied(text)) {
        list_.put_node(Kind::negation, index, span, text, *changed, [index](Plan& plan) {
          plan.nodes[index] = Node(plan.nodes[plan.nodes[index].a]);
        });
      }
      return;
    }
    if (!joins && !is_comparing(node.op)) return;
    const Span span = whole(node.span);
    const auto place = operator_place(slice(span));
    if (!place && cells_.contains(index)) return make_cell_test(index);
    if (!place) return;
    const Span word{span.file, span.begin + place->begin, span.begin + place->end};
    const auto other = flipped(slice(word));
    if (!other) return;
    turned_.insert(index);
    list_.put_node(joins ? Kind::logic : Kind::comparison, index, span, text_of(plan_, span),
                   joined(span, word, *other), with_op(index, turned(node.op)));
  }

  // The text of `span` with `word` replaced, on one line.
  std::string joined(Span span, Span word, const std::string& by) const {
    const Source& source = plan_.sources[span.file];
    std::string text = source.slice(span.begin, word.begin) + by + source.slice(word.end, span.end);
    std::string out;
    for (const char c : text) {
      if (c == '\n' || c == '\r') {
        if (!out.ends_with(' ')) out += ' ';
      } else if (c != ' ' || !out.ends_with(' ')) {
        out += c;
      }
    }
    return out;
  }

  // A test that is no comparison, or a yes/no: `not` before it.
  void make_negation(Index index) {
    const Node& node = plan_.nodes[index];
    if (is_comparing(node.op) || node.op == Op::logical_and || node.op == Op::logical_or ||
        node.op == Op::logical_not) {
      return;
    }
    const std::string text = text_of(plan_, node.span);
    list_.put_node(Kind::negation, index, node.span, text, denied(text),
                   [index](Plan& plan) { deny(plan, index); });
  }

  // ---- constants

  void make_constant(Index index) {
    const Node& node = plan_.nodes[index];
    const Value& value = plan_.constants[node.a];
    const std::string text = text_of(plan_, node.span);
    const bool chinese = has_chinese(text);
    const auto put_value = [&](Kind kind, const Value& changed, int direction = 0) {
      if (const auto written = literal_text(plan_, node.type, changed, chinese)) {
        list_.put_node(kind, index, node.span, text, *written, with_constant(index, changed),
                       direction);
      }
    };
    if (const Decimal* number = value.get_if<Decimal>()) {
      const Decimal unit = threshold_unit(plan_, index, seen_);
      for (const int sign : {-1, 1}) {
        if (is_same_as_turning(index, sign)) continue;
        const auto changed = sign < 0 ? subtract(*number, unit) : add(*number, unit);
        const auto written = changed ? with_number(text, *number, *changed) : std::nullopt;
        if (!written) continue;
        list_.put_node(Kind::threshold, index, node.span, text, *written,
                       with_constant(index, *changed), sign);
      }
    } else if (const Duration* duration = value.get_if<Duration>()) {
      for (const int sign : {-1, 1}) {
        Duration changed = *duration;
        changed.amount += sign * step_of(changed);
        if (changed.amount > 0) put_value(Kind::duration, changed, sign);
      }
    } else if (const Date* date = value.get_if<Date>()) {
      for (const int sign : {-1, 1}) {
        if (!is_same_as_turning(index, sign))
          put_value(Kind::threshold, add_days(*date, sign), sign);
      }
    } else if (const TimeOfDay* time = value.get_if<TimeOfDay>()) {
      for (const int sign : {-1, 1}) {
        const int64_t ms = time->ms + sign * kMsPerMinute;
        if (ms >= 0 && ms < kMsPerDay && !is_same_as_turning(index, sign))
          put_value(Kind::threshold, TimeOfDay{static_cast<int32_t>(ms)}, sign);
      }
    } else if (const Instant* at = value.get_if<Instant>()) {
      for (const int sign : {-1, 1}) {
        if (!is_same_as_turning(index, sign))
          put_value(Kind::threshold, Instant{at->ms + sign * 1000}, sign);
      }
    } else if (const ChoiceValue* choice = value.get_if<ChoiceValue>()) {
      const size_t count = plan_.layout.choices[choice->choice].values.size();
      if (count < 2) return;
      put_value(Kind::choice,
                ChoiceValue{choice->choice, static_cast<uint16_t>((choice->index + 1) % count)});
    } else if (const bool* yes = value.get_if<bool>(); yes != nullptr && !only_equated(index)) {
      put_value(Kind::choice, !*yes);
    }
  }

  // `x >= 5` with 6 is `x > 5`: where a comparison is turned, the threshold moves the other way
  // only.
  bool is_same_as_turning(Index constant, int sign) const {
    const auto uses = uses_.find(constant);
    if (uses == uses_.end()) return false;
    return std::all_of(uses->second.begin(), uses->second.end(), [&](const Use& use) {
      if (!turned_.contains(use.parent) || !is_ordering(plan_.nodes[use.parent].op)) return false;
      const Op op = plan_.nodes[use.parent].op;
      // Which way it moves where the constant is on the right.
      const bool up = op == Op::greater_equal || op == Op::less;
      return (use.right ? up : !up) == (sign > 0);
    });
  }

  // `x is yes` with `no` is `x is not yes`.
  bool only_equated(Index constant) const {
    const auto uses = uses_.find(constant);
    return uses != uses_.end() &&
           std::all_of(uses->second.begin(), uses->second.end(), [&](const Use& use) {
             return use.parent != kNone && is_comparing(plan_.nodes[use.parent].op);
           });
  }

  void make_window(Index index) {
    using syntax::Over;
    const Aggregate& aggregate = plan_.aggregates[plan_.nodes[index].a];
    const Span span = aggregate.window_span;
    if (span.end <= span.begin) return;
    const std::string text = text_of(plan_, span);
    constexpr int64_t kMonths = 12;
    Duration window = aggregate.window;
    if (aggregate.over == Over::same_month)
      window = {Duration::Kind::months, Duration::kDefaultCalendar, aggregate.years * kMonths};
    for (const int sign : {-1, 1}) {
      Duration changed = window;
      changed.amount += sign * (aggregate.over == Over::same_month ? kMonths : step_of(changed));
      if (changed.amount <= 0) continue;
      auto written = literal_text(plan_, Type{TypeKind::duration}, changed, has_chinese(text));
      if (aggregate.over == Over::same_month) {
        const auto years = [](const Duration& of) {
          return Decimal::from_micro(of.amount / kMonths * Decimal::kOne);
        };
        if (auto in_years = with_number(text, years(window), years(changed))) written = in_years;
      }
      if (!written) continue;
      const auto apply = [index, changed](Plan& plan) {
        Aggregate& at = plan.aggregates[plan.nodes[index].a];
        if (at.over == Over::same_month) {
          at.years = changed.amount / kMonths;
        } else {
          at.window = changed;
        }
        plan.history[at.event].days += 400;  // one more of any unit
      };
      list_.put_node(Kind::duration, index, span, text, *written, apply, sign);
    }
  }

  bool begins_cell(Span test) const {
    const std::u32string& all = plan_.sources[test.file].code_points();
    uint32_t at = test.begin;
    while (at > 0 && all[at - 1] == U' ') --at;
    return at == 0 || kCellEnds.find(all[at - 1]) != std::u32string_view::npos;
  }

  // `>= 10` in a cell, `at least 80` of a grade: what stands before the value says how it is
  // compared.
  void make_cell_test(Index index) {
    const Node& node = plan_.nodes[index];
    const Span span = cell_test(plan_, node.span);
    const Source& source = plan_.sources[span.file];
    const std::string word(ending_operator(source.slice(span.begin, node.span.begin)));
    if (!begins_cell(span)) return;  // the floor of a grade: there is only `at least`
    turned_.insert(index);
    const std::string value = source.slice(node.span.begin, node.span.end);
    std::string changed;
    if (word.empty()) {
      changed = denied(value);
    } else if (const auto other = flipped(word);
               other && word != "不为" && word != "is not" && word != "!=") {
      changed = *other + " " + value;
    } else {
      changed = value;
    }
    list_.put_node(Kind::comparison, index, span, text_of(plan_, span), changed,
                   with_op(index, turned(node.op)));
  }

  const Plan& plan_;
  const Observations& seen_;
  MutantList& list_;
  std::set<Index> logic_, cells_;
  std::set<Index> turned_;  // comparisons that some mutant turns
  std::map<Index, std::vector<Use>> uses_;  // of nodes that stand alone or are compared
};

}  // namespace

std::string_view to_string(Mutant::Kind kind) {
  static constexpr std::string_view kNames[] = {"comparison", "logic",  "negation", "threshold",
                                                "duration",   "choice", "row",      "action",
                                                "guard",      "ending", "once",     "schedule"};
  return kNames[static_cast<size_t>(kind)];
}

Span cell_test(const Plan& plan, Span value) {
  const Source& source = plan.sources[value.file];
  const std::u32string& all = source.code_points();
  uint32_t begin = value.begin;
  while (begin > 0 && kCellEnds.find(all[begin - 1]) == std::u32string_view::npos) --begin;
  const std::string before = source.slice(begin, value.begin);
  const std::string_view word = ending_operator(before);
  if (word.empty()) return value;
  const std::string_view head(before.data(), static_cast<size_t>(word.data() - before.data()));
  return {value.file, begin + static_cast<uint32_t>(to_code_points(head).size()), value.end};
}

Decimal finest_compared(const Plan& plan, Index side, Decimal unit, const Observations& seen) {
  for (const auto& compared : seen.comparisons) {
    const auto& where = compared.first;
    const auto& sides = compared.second;
    const Node& comparison = plan.nodes[where.first];
    const auto finer = [&](Index other, bool left) {
      if (!is_stored(plan.nodes[other].op)) return;
      for (const auto& [a, b] : sides) {
        const Decimal* each = (left ? a : b).get_if<Decimal>();
        if (each != nullptr) unit = std::min(unit, place_of_last_digit(*each));
      }
    };
    if (comparison.op == Op::between) {
      const Index bound = plan.arguments[comparison.first + (where.second ? 2 : 1)];
      if (bound == side) finer(plan.arguments[comparison.first], true);
    } else if (comparison.b == side) {
      finer(comparison.a, true);
    } else if (comparison.a == side) {
      finer(comparison.b, false);
    }
  }
  return unit;
}

Decimal threshold_unit(const Plan& plan, Index constant, const Observations& seen) {
  const Node& node = plan.nodes[constant];
  const Value& value = plan.constants[node.a];
  const Decimal* number = value.get_if<Decimal>();
  if (number == nullptr) return *Decimal::from_integer(1);
  Decimal unit =
      last_place(text_of(plan, node.span), *number).value_or(place_of_last_digit(*number));
  constexpr int64_t kCent = Decimal::kOne / 100;
  if (node.type.kind == TypeKind::money) unit = std::min(unit, Decimal::from_micro(kCent));
  return finest_compared(plan, constant, unit, seen);
}

std::vector<Mutant> mutants_of(const Plan& plan, const std::vector<uint16_t>& files,
                               const Observations& seen) {
  MutantList list(plan, files);
  Maker(plan, seen, list).run();
  add_removals(list);
  add_schedules(list);
  return list.take();
}

}  // namespace duban
