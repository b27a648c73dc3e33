// What is stored: attributes, variables, fields, answers and history, noted where somebody asks
// what was read.
#include "engine/eval_parts.h"

namespace duban {
namespace {

Value field_at(const std::vector<Value>& fields, Index slot) {
  return slot < fields.size() ? fields[slot] : Value{None{}};
}

Value attribute_of(const Context& c, const Node& node) {
  const Value who = evaluate(c, node.a);
  const Key* key = who.get_if<Key>();
  if (key == nullptr) return None{};
  if (c.subject != nullptr && *key == c.subject->key)
    return field_at(c.subject->attributes, node.b);
  const References::Row* row =
      c.references != nullptr ? c.references->find(key->entity, key->key) : nullptr;
  return row != nullptr ? field_at(*row, node.b) : Value{None{}};
}

Value read_leaf(const Context& c, const Node& node) {
  switch (node.op) {
    case Op::subject_attribute:
      return c.subject != nullptr ? field_at(c.subject->attributes, node.a) : Value{None{}};
    case Op::case_variable:
      return c.instance != nullptr ? field_at(c.instance->variables, node.a) : Value{None{}};
    case Op::event_field:
      if (c.past != nullptr) return field_at(c.past->fields, node.a);
      return c.event != nullptr ? field_at(c.event->fields, node.a) : Value{None{}};
    case Op::answer_field:
      if (c.answers != nullptr) {
        for (const auto& [slot, value] : *c.answers) {
          if (slot == node.a) return value;
        }
      }
      return None{};
    case Op::attribute_of:
      return attribute_of(c, node);
    case Op::table_output:
      return evaluate_table(c, node);
    default:
      return evaluate_aggregate(c, node);
  }
}

bool is_private(const std::vector<Layout::Field>& fields, Index slot) {
  return slot < fields.size() && fields[slot].is_private;
}

// Whether the leaf reads something that policies declare private.
bool reads_private(const Context& c, const Node& node) {
  const Layout& layout = c.plan->layout;
  const auto attribute = [&](uint16_t entity, Index slot) {
    return entity < layout.entities.size() && is_private(layout.entities[entity].attributes, slot);
  };
  const auto field = [&](uint16_t event, Index slot) {
    return event < layout.events.size() && is_private(layout.events[event].fields, slot);
  };
  switch (node.op) {
    case Op::subject_attribute:
      return c.subject != nullptr && attribute(c.subject->key.entity, node.a);
    case Op::attribute_of:
      return attribute(c.plan->nodes[node.a].type.id, node.b);
    case Op::event_field:
      return c.event != nullptr && field(c.event->event, node.a);
    case Op::aggregate: {
      const Aggregate& spec = c.plan->aggregates[node.a];
      return spec.function != Aggregate::Function::count && field(spec.event, spec.field);
    }
    case Op::case_variable: {
      if (c.instance == nullptr || c.instance->index >= c.plan->cases.size()) return false;
      const auto& variables = c.plan->cases[c.instance->index].variables;
      return node.a < variables.size() && variables[node.a].is_private;
    }
    default:
      return false;
  }
}

}  // namespace

Value evaluate_read(const Context& c, const Node& node) {
  Value value = read_leaf(c, node);
  if (c.reads != nullptr && node.span.end > node.span.begin) {
    c.reads->push_back(Trace::Read{node.span, value, node.type, reads_private(c, node)});
  }
  return value;
}

}  // namespace duban
