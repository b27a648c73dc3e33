#include "tests/engine/syntax_dump.h"

#include <string_view>
#include <vector>

#include "engine/keywords.h"

namespace duban {
namespace {

using namespace syntax;

class Dump {
 public:
  std::string take() { return std::move(out_); }

  void file(const File& file) {
    if (!file.policy.name.empty()) line("policy", file.policy.name);
    if (!file.vocabulary.name.empty()) vocabulary(file.vocabulary);
    for (const Use& use : file.uses) line("use", use.path);
    if (file.effective_from) line("effective", file.effective_from, file.effective_to);
    if (!file.basis.text.empty()) line("basis", file.basis);
    for (const CalendarDecl& it : file.calendars) calendar(it);
    for (const EntityDecl& it : file.entities) {
      line(it.is_reference ? "reference" : "entity", it.name, it.key, it.fields);
    }
    for (const ChoiceDecl& it : file.choices) line("choice", it.name, it.values);
    for (const EventDecl& it : file.events) {
      line("event", static_cast<int>(it.kind), it.name, it.entity, it.where, it.fields, it.sets,
           it.unique_by);
    }
    for (const ChannelDecl& it : file.channels) channel(it);
    for (const NoticeDecl& it : file.notices) {
      line("notice", it.name, static_cast<int>(it.notice_class), it.channels, it.body,
           it.expires_after);
    }
    for (const ParameterDecl& it : file.parameters) line("parameter", it.name, it.value);
    for (const DefineDecl& it : file.defines) line("define", it.name, it.of, it.value);
    for (const ForbidDecl& it : file.forbids)
      line("forbid", it.target, it.when, it.because, it.basis);
    for (const TableDecl& it : file.tables) table(it);
    for (const ScorecardDecl& it : file.scorecards) scorecard(it);
    for (const RuleDecl& it : file.rules) line("rule", it.name, it.basis, it.triggers);
    for (const CaseDecl& it : file.cases) case_decl(it);
    for (const ScenarioDecl& it : file.scenarios)
      line("scenario", it.name, it.with_files, it.lines);
  }

  void put(const Expr& expr) {
    out_ += '(';
    out_ += kind(expr.kind);
    if (expr.kind == ExprKind::literal) put(expr.value);
    if (!expr.text.empty()) {
      const bool name = expr.kind == ExprKind::name && !builtin_name(expr.text).empty();
      word(name                                ? builtin_name(expr.text)
           : expr.type.kind == TypeKind::money ? currency_code(expr.text)
                                               : expr.text);
    }
    for (const ExprPtr& arg : expr.args) put(arg);
    if (expr.over > Over::last) word("over#" + std::to_string(static_cast<int>(expr.over)));
    if (expr.window) field("over", expr.window);
    if (expr.condition) field("where", expr.condition);
    out_ += ')';
  }

 private:
  static std::string kind(ExprKind kind) {
    static const char* const names[] = {
        "lit",   "name",    ".",   "neg",   "not",      "and",   "or",        "+",
        "-",     "*",       "/",   "=",     "!=",       "<",     "<=",        ">",
        ">=",    "between", "in",  "known", "unknown",  "empty", "not_empty", "contains",
        "minus", "union",   "set", "call",  "aggregate"};
    return names[static_cast<size_t>(kind)];
  }

  template <typename... Parts>
  void line(std::string_view head, const Parts&... parts) {
    out_ += head;
    (put(parts), ...);
    out_ += '\n';
  }
  template <typename... Parts>
  void node(std::string_view head, const Parts&... parts) {
    out_ += " (";
    out_ += head;
    (put(parts), ...);
    out_ += ')';
  }
  template <typename T>
  void field(std::string_view head, const T& part) {
    out_ += ' ';
    out_ += head;
    put(part);
  }
  void word(std::string_view text) {
    out_ += ' ';
    out_ += text;
  }

  void put(const ExprPtr& expr) {
    if (expr == nullptr) return word("-");
    out_ += ' ';
    put(*expr);
  }
  void put(const Name& name) {
    word(name.text);
    if (!name.alias.empty()) out_ += "(" + name.alias + ")";
  }
  void put(const Word& used) { word(used.empty() ? "-" : std::string_view(used.text)); }
  void put(const Text& text) { word("\"" + text.text + "\""); }
  void put(const std::optional<Text>& text) { text ? put(*text) : word("-"); }
  void put(const std::optional<TimeOfDay>& time) { word(time ? to_string(*time) : "-"); }
  void put(int number) { word(std::to_string(number)); }
  void put(bool yes) { word(yes ? "yes" : "no"); }
  void put(const char* text) { word(text); }
  template <typename T>
  void put(const std::vector<T>& list) {
    out_ += " [";
    for (const T& item : list) put(item);
    out_ += " ]";
  }

  void put(const Value& value) {
    if (value.is_none()) return word("none");
    if (const auto* it = value.get_if<bool>()) return put(*it);
    if (const auto* it = value.get_if<Decimal>()) return word(it->to_string());
    if (const auto* it = value.get_if<std::string>()) return word("\"" + *it + "\"");
    if (const auto* it = value.get_if<Date>()) return word(to_string(*it));
    if (const auto* it = value.get_if<TimeOfDay>()) return word(to_string(*it));
    if (const auto* it = value.get_if<Instant>()) return word(std::to_string(it->ms));
    if (const auto* it = value.get_if<Duration>()) return word(to_string(*it, false));
    word("?");
  }

  void put(const TypeExpr& type) {
    if (!type.choices.empty()) {
      put(type.choices);
    } else if (type.builtin != TypeKind::none) {
      word("#" + std::to_string(static_cast<int>(type.builtin)));
    } else {
      put(type.word);
    }
    if (type.set) out_ += "{}";
    if (type.optional) out_ += '?';
  }
  void put(const Field& it) { node("field", it.name, it.type, it.is_private, it.initial); }
  void put(const Assignment& it) { node("set", it.target, it.value); }
  void put(const Once& it) {
    node("once", static_cast<int>(it.kind), it.field, static_cast<int>(it.count), it.window);
  }

  void vocabulary(const Vocabulary& it) {
    line("vocabulary", it.name, it.timezone, it.currency, it.day_starts_at);
  }
  void calendar(const CalendarDecl& it) {
    out_ += "calendar";
    put(it.name);
    put(it.is_default);
    put(it.from);
    for (const CalendarDecl::Hours& hours : it.hours) {
      node("hours", std::optional(hours.from), std::optional(hours.to));
    }
    out_ += '\n';
  }
  void channel(const ChannelDecl& it) {
    out_ += "channel";
    put(it.name);
    put(it.address);
    put(it.quiet_from);
    put(it.quiet_to);
    for (const ChannelDecl::Limit& limit : it.limits) {
      node("limit", static_cast<int>(limit.count), static_cast<int>(limit.per));
    }
    put(it.drop);
    out_ += '\n';
  }

  void table(const TableDecl& it) {
    line("table", it.name, it.of, static_cast<int>(it.hit), static_cast<int>(it.collect), it.from);
    for (const TableDecl::Column& column : it.inputs) line("  in", column.input);
    for (const TableDecl::Column& column : it.outputs) line("  out", column.name);
    for (const TableDecl::Row& row : it.rows) line("  row", row.cells);
  }
  void scorecard(const ScorecardDecl& it) {
    line("scorecard", it.name, it.of, it.base);
    for (const ScorecardDecl::Item& item : it.items) line("  item", item.points, item.condition);
    for (const ScorecardDecl::Grade& grade : it.grades) line("  grade", grade.name, grade.at_least);
  }
  void put(const TableCell& cell) {
    if (cell.value) return node("out", cell.value, cell.choice_name);
    if (cell.kind == TableCell::Kind::any) return word("any");
    out_ += " (test";
    for (const TableCell::Test& test : cell.tests) {
      word(kind(test.op));
      put(test.value);
      if (test.high) put(test.high);
    }
    out_ += ')';
  }

  void case_decl(const CaseDecl& it) {
    line("case", it.name, it.entity, it.key, it.may_reopen, static_cast<int>(it.in_flight),
         it.basis);
    for (const CaseDecl::Boundary& boundary : it.boundaries) {
      line("  boundary", boundary.opens, boundary.event, boundary.condition, boundary.outcome);
    }
    if (it.owner) line("  owner", it.owner);
    for (const CaseDecl::Keep& keep : it.keeps) line("  keep", keep.name, keep.type, keep.initial);
    for (const DefineDecl& define : it.defines)
      line("  define", define.name, define.of, define.value);
    for (const Trigger& step : it.steps) line("  step", step);
  }
  void put(const Trigger& it) {
    node("trigger", static_cast<int>(it.kind), it.event, static_cast<int>(it.receipt), it.outcome,
         it.duration, it.anchor, it.condition, it.actions, it.otherwise);
    if (!it.schedule) return;
    const Schedule& every = *it.schedule;
    node("every", static_cast<int>(every.unit), every.day, every.month, every.counts_working,
         static_cast<int>(every.roll), every.calendar, every.at, every.from, every.to);
  }
  void put(const Action& it) {
    node("action", static_cast<int>(it.kind), it.who, it.channels, it.notice, it.listing,
         it.even_if_late, it.once, it.assignment, it.event, it.with, it.outcome);
    if (it.task) put(*it.task);
  }
  void put(const TaskSpec& it) {
    node("task", it.title, it.assignee, static_cast<int>(it.due_kind), it.due_within, it.due_anchor,
         it.every, it.since, it.not_before, it.opens_before, it.stays, it.expires_after, it.done_on,
         it.needs, it.once, it.paused_while, it.clauses);
  }
  void put(const TaskSpec::DoneOn& it) { node("done", it.event, it.condition); }
  void put(const TaskClause& it) {
    node("clause", static_cast<int>(it.kind), it.duration, it.condition, it.actions);
  }
  void put(const ScenarioLine& it) {
    node("line", static_cast<int>(it.kind), it.negated, it.at, it.name, it.channel, it.key,
         it.person, it.title, it.saying, it.due, it.closed, it.outcome,
         static_cast<int>(it.receipt), it.with);
  }

  std::string out_;
};

}  // namespace

std::string dump(const File& file) {
  Dump dump;
  dump.file(file);
  return dump.take();
}

std::string dump(const Expr& expr) {
  Dump dump;
  dump.put(expr);
  return dump.take();
}

}  // namespace duban
