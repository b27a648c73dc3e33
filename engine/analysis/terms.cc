#include "engine/analysis/terms.h"

#include <algorithm>

#include "engine/motion.h"

namespace duban::compiler {
namespace {

constexpr uint32_t kNothing = 0xffffffff;

// Read as a whole: what they are computed from is no part of them.
bool is_opaque(Op op) { return op == Op::table_output || op == Op::aggregate; }

}  // namespace

size_t Terms::Hash::operator()(const std::vector<uint32_t>& key) const {
  uint64_t hash = 0xcbf29ce484222325;
  for (const uint32_t word : key) hash = (hash ^ word) * 0x100000001b3;
  return static_cast<size_t>(hash ^ (hash >> 29));
}

Term Terms::intern(std::vector<uint32_t> key) {
  return ids_.emplace(std::move(key), static_cast<Term>(ids_.size())).first->second;
}

uint32_t Terms::constant_id(Index node) {
  return constants_
      .emplace(plan_.constants[plan_.nodes[node].a], static_cast<uint32_t>(constants_.size()))
      .first->second;
}

std::vector<Index> Terms::parts(const Plan& plan, Index index) {
  const Node& node = plan.nodes[index];
  return is_opaque(node.op) ? std::vector<Index>{} : operands_of(plan, node);
}

bool Terms::is_constant(Index index) const {
  if (index == kNone) return false;
  const Node& node = plan_.nodes[index];
  if (node.op == Op::constant || (node.op == Op::make_set && node.count == 0)) return true;
  if (node.op == Op::attribute_of) return false;  // rows come and change
  const auto known = constancy_.find(index);
  if (known != constancy_.end()) return known->second;
  const std::vector<Index> inside = parts(plan_, index);
  const bool constant =
      !inside.empty() &&
      std::all_of(inside.begin(), inside.end(), [&](Index part) { return is_constant(part); });
  constancy_[index] = constant;
  return constant;
}

bool Terms::reads_parameter(Index index) const {
  if (plan_.nodes[index].op == Op::constant) {
    return std::any_of(plan_.parameters.begin(), plan_.parameters.end(),
                       [&](const Parameter& parameter) { return parameter.value == index; });
  }
  const std::vector<Index> inside = parts(plan_, index);
  return std::any_of(inside.begin(), inside.end(),
                     [&](Index part) { return reads_parameter(part); });
}

uint32_t Terms::reading_id(const Reading& reading) {
  if (readings_.empty() || last_reading_ != reading) {
    const auto id = static_cast<uint32_t>(readings_.size());
    last_reading_id_ = readings_.emplace(reading, id).first->second;
    last_reading_ = reading;
  }
  return last_reading_id_;
}

std::vector<uint32_t> Terms::aggregate_key(const Aggregate& aggregate, const Reading& reading) {
  Reading inner = reading;  // each past event in turn is the event at hand
  inner.event = aggregate.event;
  inner.opening = nullptr;
  const auto amount = static_cast<uint64_t>(aggregate.window.amount);
  return {static_cast<uint32_t>(Op::aggregate),
          static_cast<uint32_t>(aggregate.function),
          aggregate.event,
          aggregate.field,
          static_cast<uint32_t>(aggregate.over),
          static_cast<uint32_t>(aggregate.window.kind),
          static_cast<uint32_t>(amount >> 32),
          static_cast<uint32_t>(amount),
          static_cast<uint32_t>(aggregate.years),
          aggregate.condition == kNone ? kNothing : of(aggregate.condition, inner)};
}

std::vector<uint32_t> Terms::leaf_key(const Node& node, const Reading& reading) {
  const auto op = static_cast<uint32_t>(node.op);
  switch (node.op) {
    case Op::case_variable:
      if (reading.opening && reading.as_fields) {
        for (const auto& [field, variable] : reading.opening->fields) {
          if (variable != node.a) continue;
          return {static_cast<uint32_t>(Op::event_field), field, reading.event};
        }
      }
      return {op, node.a, reading.owner_case};
    case Op::case_opened:
      return {op, reading.owner_case};
    case Op::event_field:
      if (reading.opening && !reading.as_fields) {
        for (const auto& [field, variable] : reading.opening->fields) {
          if (field != node.a) continue;
          return {static_cast<uint32_t>(Op::case_variable), variable, reading.owner_case};
        }
      }
      return {op, node.a, reading.event};
    case Op::event_time:
    case Op::event_received:
      return {op, reading.event};
    case Op::answer_field:
    case Op::task_due:
    case Op::listing:
      return {op, node.a, reading.task};
    case Op::table_output: {
      // A table of a case reads its variables, any other the subject alone.
      const bool of_case = program_.tables[node.a].owner_case != kNone;
      return {op, node.a, node.b, of_case ? reading.owner_case : kNothing};
    }
    default:
      return {op, node.a};
  }
}

Term Terms::of(Index index, const Reading& reading) {
  const uint64_t key = uint64_t{reading_id(reading)} << 32 | index;
  const auto known = known_.find(key);
  if (known != known_.end()) return known->second;
  const Term term = make(index, reading);
  known_.emplace(key, term);
  return term;
}

Term Terms::make(Index index, const Reading& reading) {
  const Node& node = plan_.nodes[index];
  if (node.op == Op::constant) {
    return intern({static_cast<uint32_t>(node.op), static_cast<uint32_t>(node.type.kind),
                   constant_id(index)});
  }
  if (node.op == Op::aggregate) return intern(aggregate_key(plan_.aggregates[node.a], reading));
  const std::vector<Index> inside = parts(plan_, index);
  if (inside.empty() && node.op != Op::make_set) return intern(leaf_key(node, reading));
  const bool plain_b = has_plain_b(node.op) || node.op == Op::attribute_of;
  std::vector<uint32_t> key{static_cast<uint32_t>(node.op), plain_b ? node.b : kNothing};
  for (const Index part : inside) key.push_back(of(part, reading));
  return intern(std::move(key));
}

}  // namespace duban::compiler
