// What is stored: attributes, variables, fields, answers and history, noted where somebody asks
// what was read.
#include "engine/eval_parts.h"

namespace duban {
namespace {

const Value* field_at(const std::vector<Value>& fields, Index slot) {
  return slot < fields.size() ? &fields[slot] : nullptr;
}

// Apart, so that what lies at hand is found without its room.
[[gnu::noinline]] const Value* find_attribute_of(const Context& c, const Node& node) {
  Value room;
  const Key* key = evaluate(c, node.a, room).get_if<Key>();
  if (key == nullptr) return nullptr;
  if (c.subject != nullptr && *key == c.subject->key)
    return field_at(c.subject->attributes, node.b);
  const References::Row* row =
      c.references != nullptr ? c.references->find(key->entity, key->key) : nullptr;
  return row != nullptr ? field_at(*row, node.b) : nullptr;
}

Value read_leaf(const Context& c, const Node& node) {
  if (node.op == Op::table_output) return evaluate_table(c, node);
  if (node.op == Op::aggregate) return evaluate_aggregate(c, node);
  const Value* there = find_stored(c, node);
  return there != nullptr ? *there : Value{None{}};
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

const Value* find_stored(const Context& c, const Node& node) {
  switch (node.op) {
    case Op::constant:
      return &c.plan->constants[node.a];
    case Op::subject_attribute:
      return c.subject != nullptr ? field_at(c.subject->attributes, node.a) : nullptr;
    case Op::case_variable:
      return c.instance != nullptr ? field_at(c.instance->variables, node.a) : nullptr;
    case Op::event_field:
      if (c.past != nullptr) return field_at(c.past->fields, node.a);
      return c.event != nullptr ? field_at(c.event->fields, node.a) : nullptr;
    case Op::answer_field:
      if (c.answers == nullptr) return nullptr;
      for (const auto& [slot, value] : *c.answers) {
        if (slot == node.a) return &value;
      }
      return nullptr;
    case Op::attribute_of:
      return find_attribute_of(c, node);
    default:
      return nullptr;
  }
}

Value evaluate_read(const Context& c, const Node& node) {
  Value value = read_leaf(c, node);
  if (c.reads != nullptr && node.span.end > node.span.begin) {
    c.reads->push_back(Trace::Read{node.span, value, node.type, reads_private(c, node)});
  }
  return value;
}

}  // namespace duban
