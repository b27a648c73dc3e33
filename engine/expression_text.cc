#include "engine/expression_text.h"

#include <utility>

namespace duban::compiler {
namespace {

const char* op_name(Op op) {
  switch (op) {
    case Op::constant:
      return "constant";
    case Op::subject_attribute:
      return "attribute";
    case Op::subject_key:
      return "key";
    case Op::subject:
      return "subject";
    case Op::case_variable:
      return "variable";
    case Op::case_opened:
      return "opened";
    case Op::event_field:
      return "event";
    case Op::event_time:
      return "event_time";
    case Op::event_received:
      return "event_received";
    case Op::answer_field:
      return "answer";
    case Op::attribute_of:
      return "of";
    case Op::key_of:
      return "key_of";
    case Op::now:
      return "now";
    case Op::today:
      return "today";
    case Op::task_due:
      return "due";
    case Op::listing:
      return "list";
    case Op::negate:
      return "-";
    case Op::logical_not:
      return "not";
    case Op::logical_and:
      return "and";
    case Op::logical_or:
      return "or";
    case Op::add:
      return "+";
    case Op::subtract:
      return "-";
    case Op::multiply:
      return "*";
    case Op::divide:
      return "/";
    case Op::equal:
      return "=";
    case Op::not_equal:
      return "!=";
    case Op::less:
      return "<";
    case Op::less_equal:
      return "<=";
    case Op::greater:
      return ">";
    case Op::greater_equal:
      return ">=";
    case Op::between:
      return "between";
    case Op::in_list:
      return "in";
    case Op::is_known:
      return "is_known";
    case Op::is_unknown:
      return "is_unknown";
    case Op::is_empty:
      return "is_empty";
    case Op::is_not_empty:
      return "is_not_empty";
    case Op::contains:
      return "contains";
    case Op::minus:
      return "minus";
    case Op::union_of:
      return "union";
    case Op::make_set:
      return "set";
    case Op::minimum:
      return "min";
    case Op::maximum:
      return "max";
    case Op::round:
      return "round";
    case Op::days_from_to:
      return "days_from_to";
    case Op::working_days_from_to:
      return "working_days_from_to";
    case Op::year_of:
      return "year";
    case Op::month_of:
      return "month";
    case Op::day_of:
      return "day";
    case Op::weekday_of:
      return "weekday";
    case Op::date_of:
      return "date";
    case Op::start_of_month:
      return "start_of_month";
    case Op::start_of_quarter:
      return "start_of_quarter";
    case Op::start_of_year:
      return "start_of_year";
    case Op::end_of_month:
      return "end_of_month";
    case Op::end_of_quarter:
      return "end_of_quarter";
    case Op::end_of_year:
      return "end_of_year";
    case Op::time_of:
      return "time";
    case Op::rolled_forward:
      return "rolled_forward";
    case Op::rolled_back:
      return "rolled_back";
    case Op::next_working_day:
      return "next_working_day";
    case Op::previous_working_day:
      return "previous_working_day";
    case Op::to_datetime:
      return "to_datetime";
    case Op::table_output:
      return "table";
    case Op::aggregate:
      return "aggregate";
  }
  return "";
}

bool is_infix(Op op) {
  return (op >= Op::logical_and && op <= Op::greater_equal) || op == Op::contains ||
         op == Op::minus || op == Op::union_of;
}

std::string duration_text(const Plan& plan, const Duration& duration) {
  const auto with = [&](int64_t unit, const char* name) {
    return std::to_string(duration.amount / unit) + name;
  };
  std::string text;
  switch (duration.kind) {
    case Duration::Kind::elapsed:
      text = duration.amount % kMsPerHour == 0     ? with(kMsPerHour, "h")
             : duration.amount % kMsPerMinute == 0 ? with(kMsPerMinute, "min")
                                                   : with(1, "ms");
      break;
    case Duration::Kind::days:
      text = with(1, "d");
      break;
    case Duration::Kind::months:
      text = with(1, "mo");
      break;
    case Duration::Kind::working_days:
      text = with(1, "wd");
      break;
    case Duration::Kind::working_hours:
      text = duration.amount % kMsPerHour == 0 ? with(kMsPerHour, "wh") : with(1, "wms");
      break;
  }
  if (duration.calendar < plan.calendar_names.size()) {
    text += "@" + plan.calendar_names[duration.calendar].name;
  }
  return text;
}

}  // namespace

std::string value_text(const Plan& plan, const Value& value) {
  if (value.is_none()) return "none";
  if (const bool* yes = value.get_if<bool>()) return *yes ? "yes" : "no";
  if (const Decimal* decimal = value.get_if<Decimal>()) return decimal->to_string();
  if (const std::string* text = value.get_if<std::string>()) return "\"" + *text + "\"";
  if (const Date* date = value.get_if<Date>()) return to_string(*date);
  if (const TimeOfDay* time = value.get_if<TimeOfDay>()) return to_string(*time);
  if (const Instant* instant = value.get_if<Instant>()) return std::to_string(instant->ms) + "ms";
  if (const Duration* duration = value.get_if<Duration>()) return duration_text(plan, *duration);
  if (const ChoiceValue* choice = value.get_if<ChoiceValue>()) {
    return plan.layout.choices[choice->choice].values[choice->index].name;
  }
  if (const Key* key = value.get_if<Key>()) {
    return plan.layout.entities[key->entity].names.name + "(\"" + key->key + "\")";
  }
  std::string text = "{";
  if (const SetValue* set = value.get_if<SetValue>()) {
    for (const Value& item : set->items) text += value_text(plan, item) + ",";
  }
  return text + "}";
}

std::string type_text(const Plan& plan, const Type& type) {
  std::string text = std::to_string(static_cast<int>(type.kind));
  if (type.kind == TypeKind::choice) text += plan.layout.choices[type.id].names.name;
  if (type.kind == TypeKind::reference) text += plan.layout.entities[type.id].names.name;
  if (type.set) text += " set";
  if (type.optional) text += "?";
  return text;
}

namespace {

// What a leaf reads, or the name an inner node is known by.
std::string own_text(const Plan& plan, const Node& node, const Where& where) {
  switch (node.op) {
    case Op::constant:
      return value_text(plan, plan.constants[node.a]);
    case Op::subject_attribute:
      return where.entity == 0xffff
                 ? "?"
                 : plan.layout.entities[where.entity].attributes[node.a].names.name;
    case Op::case_variable:
      return where.owner_case == kNone ? "?"
                                       : plan.cases[where.owner_case].variables[node.a].names.name;
    case Op::event_field:
      return where.event == 0xffff ? "?"
                                   : plan.layout.events[where.event].fields[node.a].names.name;
    case Op::answer_field:
      return where.needs ? (*where.needs)[node.a].names.name : "?";
    case Op::attribute_of: {
      const Type& base = plan.nodes[node.a].type;
      return plan.layout.entities[base.id].attributes[node.b].names.name;
    }
    case Op::table_output:
      return plan.tables[node.a].names.name + "." + plan.tables[node.a].outputs[node.b].name;
    case Op::round:
      return std::to_string(node.b);
    default:
      // A calendar; the default one needs no name.
      return has_plain_b(node.op) && node.b < plan.calendar_names.size()
                 ? plan.calendar_names[node.b].name
                 : "";
  }
}

bool has_operands(Op op) { return op >= Op::negate && op < Op::table_output; }

class Printer {
 public:
  Printer(const Plan& plan, const Where& where) : plan_(plan), where_(where) {}

  // False: longer than an identity should be.
  bool print(Index index) {
    constexpr size_t kMaxText = 80;
    if (index == kNone) return true;
    const Node& node = plan_.nodes[index];
    if (node.op == Op::aggregate || text_.size() > kMaxText) return false;
    if (node.op == Op::attribute_of || node.op == Op::key_of) {
      if (!print(node.a)) return false;
      text_ += "." + (node.op == Op::key_of ? "key" : own_text(plan_, node, where_));
    } else if (!has_operands(node.op)) {
      const std::string own = own_text(plan_, node, where_);
      text_ += own.empty() ? op_name(node.op) : own;
    } else if (is_infix(node.op)) {
      text_ += "(";
      if (!print(node.a)) return false;
      text_ += std::string(" ") + op_name(node.op) + " ";
      if (!print(node.b)) return false;
      text_ += ")";
    } else if (!print_call(node)) {
      return false;
    }
    return text_.size() <= kMaxText;
  }

  std::string take() { return std::move(text_); }

 private:
  bool print_call(const Node& node) {
    text_ += std::string(op_name(node.op)) + "(";
    std::vector<Index> operands;
    if (node.a != kNone) operands.push_back(node.a);
    if (node.b != kNone && !has_plain_b(node.op)) operands.push_back(node.b);
    for (Index i = 0; i < node.count; ++i) operands.push_back(plan_.arguments[node.first + i]);
    for (size_t i = 0; i < operands.size(); ++i) {
      if (i > 0) text_ += ",";
      if (!print(operands[i])) return false;
    }
    const std::string own = own_text(plan_, node, where_);
    if (!own.empty()) text_ += "," + own;
    text_ += ")";
    return true;
  }

  const Plan& plan_;
  const Where& where_;
  std::string text_;
};

}  // namespace

std::string canonical_text(const Plan& plan, Index node, const Where& where) {
  Printer printer(plan, where);
  if (printer.print(node)) return printer.take();
  return NodeDigests(plan).of(node, where).substr(0, 16);
}

NodeDigests::NodeDigests(const Plan& plan) : plan_(plan), known_(plan.nodes.size()) {}

std::string NodeDigests::of(Index node, const Where& where) {
  return node == kNone ? "" : compute(node, where).to_hex();
}

Digest NodeDigests::compute(Index index, const Where& where) {
  if (known_[index]) return *known_[index];
  const Node& node = plan_.nodes[index];
  DigestBuilder out;
  out.add(op_name(node.op)).add(type_text(plan_, node.type)).add(own_text(plan_, node, where));
  if (node.op == Op::aggregate) {
    const Aggregate& aggregate = plan_.aggregates[node.a];
    const Layout::Event& event = plan_.layout.events[aggregate.event];
    out.add(static_cast<int64_t>(aggregate.function)).add(event.names.name);
    out.add(aggregate.field == 0xffff ? "" : event.fields[aggregate.field].names.name);
    out.add(static_cast<int64_t>(aggregate.over)).add(aggregate.years);
    out.add(value_text(plan_, aggregate.window));
    Where inner = where;
    inner.event = aggregate.event;
    out.add(of(aggregate.condition, inner));
  } else if (has_operands(node.op) || node.op == Op::attribute_of || node.op == Op::key_of) {
    out.add(of(node.a, where));
    if (has_operands(node.op) && !has_plain_b(node.op)) out.add(of(node.b, where));
    for (Index i = 0; i < node.count; ++i) out.add(of(plan_.arguments[node.first + i], where));
  }
  known_[index] = out.finish();
  return *known_[index];
}

}  // namespace duban::compiler
