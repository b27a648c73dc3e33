#include "engine/broadcast_reach.h"

#include <algorithm>

#include "engine/eval.h"
#include "engine/plan_walk.h"

namespace duban {
namespace {

// An attribute of the subject, and on from there: each of the reference row that the one before
// names.
struct Path {
  struct Hop {
    uint16_t table = 0, attribute = 0;
    bool operator==(const Hop&) const = default;
  };
  uint16_t attribute = 0;
  std::vector<Hop> hops;
  bool operator==(const Path&) const = default;
};

// Where that leads, and the nodes of which it equals one wherever the condition holds.
struct Tie {
  Path path;
  std::vector<Index> nodes;
  bool among = false;  // the only node is a set, and it equals one of its items
};

struct Reader {
  const Plan& plan;
  uint16_t entity;

  // Whether what a node is worth is the same whichever subject is asked, and whenever.
  bool is_given(Index index) const {
    if (index == kNone) return false;
    const Node& node = plan.nodes[index];
    switch (node.op) {
      case Op::constant:
      case Op::event_field:
      case Op::event_time:
      case Op::event_received:
        return true;
      case Op::attribute_of: {  // a subject's own attributes are not in the tables
        const Type& who = plan.nodes[node.a].type;
        return who.kind == TypeKind::reference && who.id != entity && is_given(node.a);
      }
      case Op::subject_attribute:
      case Op::subject_key:
      case Op::subject:
      case Op::case_variable:
      case Op::case_opened:
      case Op::answer_field:
      case Op::now:  // never before the subject's own
      case Op::today:
      case Op::task_due:
      case Op::listing:
      case Op::table_output:
      case Op::aggregate:
        return false;
      default: {
        bool all = true;
        each_child(plan, index, [&](Index child) { all = all && is_given(child); });
        return all;
      }
    }
  }

  std::optional<Path> path_of(Index index) const {
    const Node& node = plan.nodes[index];
    if (node.type.set) return std::nullopt;
    if (node.op == Op::subject_attribute) return Path{static_cast<uint16_t>(node.a), {}};
    if (node.op != Op::attribute_of) return std::nullopt;
    const Type& who = plan.nodes[node.a].type;
    if (who.id == entity) return std::nullopt;  // …its own
    std::optional<Path> path = path_of(node.a);
    if (path) path->hops.push_back({who.id, static_cast<uint16_t>(node.b)});
    return path;
  }

  std::optional<Tie> tie_of(Index index) const {
    if (index == kNone) return std::nullopt;
    const Node& node = plan.nodes[index];
    const auto tie = [&](Index what, std::vector<Index> nodes, bool among) -> std::optional<Tie> {
      std::optional<Path> path = path_of(what);
      const bool given =
          std::all_of(nodes.begin(), nodes.end(), [&](Index one) { return is_given(one); });
      if (!path || !given) return std::nullopt;
      return Tie{std::move(*path), std::move(nodes), among};
    };
    switch (node.op) {
      case Op::equal: {
        std::optional<Tie> one = tie(node.a, {node.b}, false);
        return one ? one : tie(node.b, {node.a}, false);
      }
      case Op::contains:
        return tie(node.b, {node.a}, true);
      case Op::in_list: {
        const auto begin = plan.arguments.begin() + node.first;
        return tie(*begin, {begin + 1, begin + node.count}, false);
      }
      case Op::logical_or: {
        std::optional<Tie> one = tie_of(node.a);
        const std::optional<Tie> other = tie_of(node.b);
        if (!one || !other || !(one->path == other->path) || one->among || other->among)
          return std::nullopt;
        one->nodes.insert(one->nodes.end(), other->nodes.begin(), other->nodes.end());
        return one;
      }
      case Op::logical_and: {
        std::optional<Tie> one = tie_of(node.a);
        std::optional<Tie> other = tie_of(node.b);
        if (!one || (other && parts(*other) > parts(*one))) return other;
        return one;
      }
      default:
        return std::nullopt;
    }
  }

  // Into how many parts it divides the subjects: two, some, many, very many.
  int parts(const Tie& tie) const {
    if (!tie.path.hops.empty()) return 2;
    const TypeKind kind = plan.layout.entities[entity].attributes[tie.path.attribute].type.kind;
    return kind == TypeKind::yes_no ? 0 : kind == TypeKind::choice ? 1 : 3;
  }
};

}  // namespace

std::optional<BroadcastReach> broadcast_reach(const Plan& plan, const References& references,
                                              const EventData& event) {
  if (event.event >= plan.touches.size()) return std::nullopt;
  const Reader reader{plan, plan.layout.events[event.event].entity};
  const std::optional<Tie> tie = reader.tie_of(plan.touches[event.event].broadcast_where);
  if (!tie) return std::nullopt;
  Context c;
  c.plan = &plan;
  c.references = &references;
  c.event = &event;
  BroadcastReach reach{tie->path.attribute, {}};
  try {
    for (const Index node : tie->nodes) {
      Value value = evaluate(c, node);
      const SetValue* set = tie->among ? value.get_if<SetValue>() : nullptr;
      if (set != nullptr) {
        reach.values = set->items;
      } else if (!tie->among) {
        reach.values.push_back(std::move(value));
      }
    }
  } catch (const EvalFailure&) {  // with whomever it gets that far, the condition does not hold
    if (tie->nodes.size() > 1) return std::nullopt;  // …but one of the others may before that
    reach.values.clear();
  }
  std::vector<Value>& values = reach.values;
  if (tie->among &&
      std::any_of(values.begin(), values.end(), [](const Value& value) { return value.is_none(); }))
    return std::nullopt;
  std::erase_if(values, [](const Value& value) { return value.is_none(); });
  std::sort(values.begin(), values.end());
  for (auto hop = tie->path.hops.rbegin(); hop != tie->path.hops.rend(); ++hop) {
    values = references.keys_of(hop->table, hop->attribute, values);
    std::sort(values.begin(), values.end());
  }
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return reach;
}

}  // namespace duban
