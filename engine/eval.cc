#include "engine/eval.h"

#include <algorithm>
#include <utility>

#include "engine/condition_index.h"
#include "engine/eval_parts.h"
#include "engine/format.h"

namespace duban {
namespace {

[[noreturn]] void overflow(const Node& node) {
  throw EvalFailure{"the result is too large, or a division by zero",
                    "计算结果超出范围，或除数为零", node.span};
}

Value checked(const std::optional<Decimal>& result, const Node& node) {
  if (!result) overflow(node);
  return *result;
}

[[gnu::noinline]] Value arithmetic(const Context& c, const Node& node) {
  Value rooms[2];
  const Value& left = evaluate(c, node.a, rooms[0]);
  const Value& right = evaluate(c, node.b, rooms[1]);
  if (left.is_none() || right.is_none()) return None{};
  const Decimal* a = left.get_if<Decimal>();
  const Decimal* b = right.get_if<Decimal>();
  if (a != nullptr && b != nullptr) {
    switch (node.op) {
      case Op::add:
        return checked(add(*a, *b), node);
      case Op::subtract:
        return checked(subtract(*a, *b), node);
      case Op::multiply:
        return checked(multiply(*a, *b), node);
      default:
        return checked(divide(*a, *b), node);
    }
  }
  const Duration* d = right.get_if<Duration>();
  if (const Duration* first = left.get_if<Duration>()) {
    Duration result = *first;
    bool bad = false;
    if (d != nullptr && (node.op == Op::add || node.op == Op::subtract)) {
      if (d->kind != first->kind) return None{};
      bad = node.op == Op::add ? __builtin_add_overflow(first->amount, d->amount, &result.amount)
                               : __builtin_sub_overflow(first->amount, d->amount, &result.amount);
    } else if (b != nullptr && node.op == Op::multiply && b->is_integer()) {
      bad = __builtin_mul_overflow(first->amount, b->whole(), &result.amount);
    } else {
      return None{};
    }
    if (bad) overflow(node);
    return result;
  }
  if (d != nullptr && (node.op == Op::add || node.op == Op::subtract)) {
    return shifted(*c.plan, left, *d, node.op == Op::add ? 1 : -1, c.no_data);
  }
  return None{};
}

bool compare(Op op, const Value& a, const Value& b) {
  const auto result = order(a, b);
  if (!result) return false;
  switch (op) {
    case Op::equal:
      return *result == 0;
    case Op::not_equal:
      return *result != 0;
    case Op::less:
      return *result < 0;
    case Op::less_equal:
      return *result <= 0;
    case Op::greater:
      return *result > 0;
    default:
      return *result >= 0;
  }
}

std::vector<Value> items_of(const Value& value) {
  if (const SetValue* set = value.get_if<SetValue>()) return set->items;
  return {};
}

[[gnu::noinline]] Value set_operation(const Context& c, const Node& node) {
  const Value left = evaluate(c, node.a);
  const Value right = evaluate(c, node.b);
  if (left.is_none()) return node.op == Op::union_of ? right : Value{None{}};
  if (right.is_none()) return left;
  const std::vector<Value> a = items_of(left);
  const std::vector<Value> b = items_of(right);
  std::vector<Value> result;
  if (node.op == Op::minus) {
    std::set_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(result));
  } else {
    std::set_union(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(result));
  }
  return make_set(std::move(result));
}

// Both sides of a comparing node, noted where somebody observes.
[[gnu::noinline]] bool compare_sides(const Context& c, const Node& node) {
  Value rooms[2];
  const Value& left = evaluate(c, node.a, rooms[0]);
  const Value& right = evaluate(c, node.b, rooms[1]);
  if (c.observed != nullptr) {
    const auto index = static_cast<Index>(&node - c.plan->nodes.data());
    c.observed->compared(*c.plan, index, false, left, right);
  }
  return compare(node.op, left, right);
}

bool is_empty(const Value& value) {
  if (const SetValue* set = value.get_if<SetValue>()) return set->items.empty();
  if (const std::string* text = value.get_if<std::string>()) return text->empty();
  return value.is_none();
}

[[gnu::noinline]] Value extreme(const Context& c, const Node& node) {
  Value best{None{}};
  for (Index i = 0; i < node.count; ++i) {
    Value value = evaluate(c, c.plan->arguments[node.first + i]);
    if (value.is_none()) return None{};
    if (best.is_none() || compare(node.op == Op::minimum ? Op::less : Op::greater, value, best)) {
      best = std::move(value);
    }
  }
  return best;
}

Value task_due(const Context& c) {
  if (c.due == nullptr) return None{};
  if (c.due->whole_day) return c.plan->zone.date_of(Instant{c.due->at.ms - 1});
  return c.due->at;
}

[[gnu::noinline]] Value in_list(const Context& c, const Node& node) {
  Value rooms[2];
  const Value& wanted = evaluate(c, c.plan->arguments[node.first], rooms[0]);
  for (Index i = 1; i < node.count; ++i) {
    if (compare(Op::equal, wanted, evaluate(c, c.plan->arguments[node.first + i], rooms[1])))
      return true;
  }
  return false;
}

[[gnu::noinline]] Value between(const Context& c, const Node& node) {
  Value rooms[2];
  const Value& value = evaluate(c, c.plan->arguments[node.first], rooms[0]);
  const auto bounded = [&](Op op, Index bound, bool upper) {
    const Value& limit = evaluate(c, c.plan->arguments[bound], rooms[1]);
    if (c.observed != nullptr) {
      const auto index = static_cast<Index>(&node - c.plan->nodes.data());
      c.observed->compared(*c.plan, index, upper, value, limit);
    }
    return compare(op, value, limit);
  };
  return bounded(Op::greater_equal, node.first + 1, false) &&
         bounded(Op::less_equal, node.first + 2, true);
}

// Operations with a value in between.
[[gnu::noinline]] Value worth_of_others(const Context& c, const Node& node) {
  Value room;
  const Value& value = evaluate(c, node.a, room);
  switch (node.op) {
    case Op::key_of: {
      const Key* key = value.get_if<Key>();
      return key != nullptr ? Value{key->key} : Value{None{}};
    }
    case Op::negate:
      if (const Decimal* d = value.get_if<Decimal>()) return checked(negate(*d), node);
      if (const Duration* d = value.get_if<Duration>())
        return Duration{d->kind, d->calendar, -d->amount};
      return None{};
    case Op::logical_not:
      if (const bool* b = value.get_if<bool>()) return !*b;
      return None{};
    case Op::is_known:
      return !value.is_none();
    case Op::is_unknown:
      return value.is_none();
    case Op::is_empty:
      return is_empty(value);
    case Op::is_not_empty:
      return !is_empty(value);
    case Op::contains: {
      const Value item = evaluate(c, node.b);
      const auto* known = value.get_if<SetValue>();
      return known != nullptr && std::binary_search(known->items.begin(), known->items.end(), item);
    }
    default: {  // round
      const Decimal* d = value.get_if<Decimal>();
      return d != nullptr ? checked(round_to(*d, static_cast<int>(node.b)), node) : Value{None{}};
    }
  }
}

[[gnu::noinline]] Value set_of(const Context& c, const Node& node) {
  std::vector<Value> items;
  for (Index i = 0; i < node.count; ++i) {
    Value value = evaluate(c, c.plan->arguments[node.first + i]);
    if (!value.is_none()) items.push_back(std::move(value));
  }
  return make_set(std::move(items));
}

// Only divides the work up: what is evaluated most often must not pay for the room of the rest.
Value worth(const Context& c, const Node& node) {
  switch (node.op) {
    case Op::constant:
      return c.plan->constants[node.a];
    case Op::subject_attribute:
    case Op::case_variable:
    case Op::event_field:
    case Op::answer_field:
    case Op::attribute_of:
    case Op::table_output:
    case Op::aggregate:
      return evaluate_read(c, node);
    case Op::subject_key:
      return c.subject != nullptr ? Value{c.subject->key.key} : Value{None{}};
    case Op::subject:
      return c.subject != nullptr ? Value{c.subject->key} : Value{None{}};
    case Op::case_opened:
      if (c.counts_from) return *c.counts_from;
      return c.instance != nullptr ? Value{c.instance->opened} : Value{None{}};
    case Op::event_time:
      if (c.past != nullptr) return c.past->time;
      return c.event != nullptr ? Value{c.event->time} : Value{None{}};
    case Op::event_received:
      return c.event != nullptr ? Value{c.event->received} : Value{None{}};
    case Op::now:
      return c.now;
    case Op::today:
      return c.plan->zone.date_of(c.now);
    case Op::task_due:
      return task_due(c);
    case Op::listing:
      return c.listing != nullptr ? *c.listing : Value{None{}};
    case Op::logical_and:
      return holds(c, node.a) && holds(c, node.b);
    case Op::logical_or:
      return holds(c, node.a) || holds(c, node.b);
    case Op::add:
    case Op::subtract:
    case Op::multiply:
    case Op::divide:
      return arithmetic(c, node);
    case Op::equal:
    case Op::not_equal:
    case Op::less:
    case Op::less_equal:
    case Op::greater:
    case Op::greater_equal:
      return compare_sides(c, node);
    case Op::between:
      return between(c, node);
    case Op::in_list:
      return in_list(c, node);
    case Op::key_of:
    case Op::negate:
    case Op::logical_not:
    case Op::is_known:
    case Op::is_unknown:
    case Op::is_empty:
    case Op::is_not_empty:
    case Op::contains:
    case Op::round:
      return worth_of_others(c, node);
    case Op::minus:
    case Op::union_of:
      return set_operation(c, node);
    case Op::make_set:
      return set_of(c, node);
    case Op::minimum:
    case Op::maximum:
      return extreme(c, node);
    default:
      return evaluate_date(c, node);
  }
}

}  // namespace

std::optional<std::strong_ordering> order(const Value& a, const Value& b) {
  if (a.is_none() || b.is_none() || a.index() != b.index()) return std::nullopt;
  if (const Duration* d = a.get_if<Duration>()) {
    if (d->kind != b.as<Duration>().kind) return std::nullopt;
    return d->amount <=> b.as<Duration>().amount;
  }
  return a <=> b;
}

Value evaluate_table(const Context& c, const Node& node) {
  using Hit = syntax::TableDecl::Hit;
  using Collect = syntax::TableDecl::Collect;
  const Table& table = c.plan->tables[node.a];
  std::vector<Value> collected;
  Value first{None{}};
  const auto ask = [&](const Table::Row& row, std::span<const Index> conditions) {
    const bool hit = std::all_of(conditions.begin(), conditions.end(),
                                 [&](Index condition) { return holds(c, condition); });
    if (!hit) return true;
    if (c.observed != nullptr) {
      c.observed->row_hit(*c.plan, node.a, static_cast<size_t>(&row - table.rows.data()));
    }
    Value value = evaluate(c, row.outputs[node.b]);
    if (table.hit == Hit::all) {
      if (!value.is_none()) collected.push_back(std::move(value));
      return true;
    }
    first = std::move(value);
    return false;
  };
  const ConditionIndex* index =
      c.plan->derived.indexes != nullptr ? c.plan->derived.indexes->tables[node.a].get() : nullptr;
  // Who asks what was read, or assumes other values, has every row asked.
  if (index != nullptr && c.observed == nullptr && c.reads == nullptr && c.assumed == nullptr &&
      c.past == nullptr) {
    index->visit(c, [&](Index row) { return ask(table.rows[row], index->rest(row)); });
  } else {
    for (const Table::Row& row : table.rows) {
      if (!ask(row, row.conditions)) break;
    }
  }
  if (table.hit != Hit::all) return first;
  switch (table.collect) {
    case Collect::sum: {
      Decimal sum;
      for (const Value& value : collected) {
        const Decimal* d = value.get_if<Decimal>();
        const auto next = d != nullptr ? add(sum, *d) : std::nullopt;
        if (!next) overflow(node);
        sum = *next;
      }
      return sum;
    }
    case Collect::min:
    case Collect::max: {
      if (collected.empty()) return None{};
      const auto [low, high] = std::minmax_element(collected.begin(), collected.end());
      return table.collect == Collect::min ? *low : *high;
    }
    default: {
      std::vector<Value> items;
      for (Value& value : collected) {
        if (const SetValue* set = value.get_if<SetValue>()) {
          items.insert(items.end(), set->items.begin(), set->items.end());
        } else {
          items.push_back(std::move(value));
        }
      }
      return make_set(std::move(items));
    }
  }
}

Value evaluate(const Context& c, Index index) {
  if (index == kNone) return None{};
  const Node& node = c.plan->nodes[index];
  if (c.is_plain()) {
    const Value* there = find_stored(c, node);
    return there != nullptr ? *there : worth(c, node);
  }
  if (c.assumed != nullptr) {
    const auto assumed = c.assumed->find(index);
    if (assumed != c.assumed->end()) return assumed->second;
  }
  if (c.observed == nullptr) return worth(c, node);
  Value value = worth(c, node);
  c.observed->evaluated(*c.plan, index, value);
  return value;
}

const Value& evaluate(const Context& c, Index index, Value& room) {
  if (index == kNone || !c.is_plain()) return room = evaluate(c, index);
  const Node& node = c.plan->nodes[index];
  const Value* there = find_stored(c, node);
  return there != nullptr ? *there : room = worth(c, node);
}

bool holds(const Context& c, Index node) {
  if (node == kNone) return true;
  Value room;
  const Value& value = evaluate(c, node, room);
  const bool* b = value.get_if<bool>();
  return b != nullptr && *b;
}

std::string render_template(const Context& c, const Template& text) {
  std::string out;
  for (const Template::Part& part : text.parts) {
    out += part.text;
    if (part.value == kNone) continue;
    if (c.paused && c.plan->nodes[part.value].op == Op::task_due) {
      out += text.chinese ? "暂停计时" : "paused";
      continue;
    }
    const Type& type = c.plan->nodes[part.value].type;
    std::string words = format(*c.plan, type, evaluate(c, part.value), text.chinese);
    // A choice's name is a word of the policy; people read `property proof`.
    if (type.kind == TypeKind::choice) std::replace(words.begin(), words.end(), '_', ' ');
    out += words;
  }
  return out;
}

}  // namespace duban
