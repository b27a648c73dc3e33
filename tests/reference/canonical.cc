#include "tests/reference/canonical.h"

#include "engine/parse.h"

namespace duban::reference {
namespace {

using syntax::Expr;
using syntax::ExprKind;

template <typename Things>
const std::string* among(const Things& things, std::string_view text) {
  for (const auto& thing : things) {
    if (thing.names.is(text)) return &thing.names.name;
  }
  return nullptr;
}

// The canonical name of whatever may be called so.
std::string word(const Program& p, const std::string& text) {
  for (const Entity& entity : p.entities) {
    if (entity.names.is(text)) return entity.names.name;
    if (entity.key.is(text)) return entity.key.name;
    if (const std::string* found = among(entity.fields, text)) return *found;
  }
  for (const EventType& event : p.events) {
    if (event.names.is(text)) return event.names.name;
    if (const std::string* found = among(event.fields, text)) return *found;
  }
  for (const CaseKind& kind : p.cases) {
    if (const std::string* found = among(kind.variables, text)) return *found;
    for (const Spelling& outcome : kind.outcomes) {
      if (outcome.is(text)) return outcome.name;
    }
  }
  for (const Choice& choice : p.choices) {
    for (const Spelling& value : choice.values) {
      if (value.is(text)) return value.name;
    }
  }
  if (const std::string* found = among(p.defines, text)) return *found;
  if (const std::string* found = among(p.parameters, text)) return *found;
  if (const std::string* found = among(p.notices, text)) return *found;
  if (const std::string* found = among(p.tables, text)) return *found;
  for (const Table& table : p.tables) {
    for (const Spelling& output : table.outputs) {
      if (output.is(text)) return output.name;
    }
  }
  if (text == "本次") return "event";
  if (text == "事项" || text == "本事项") return "case";
  if (text == "负责人") return "owner";
  if (text == "现在") return "now";
  if (text == "今日" || text == "今天") return "today";
  return text;
}

std::string literal(const Program& p, const Expr& expr) {
  const Value& value = expr.value;
  if (const auto* number = value.get_if<Decimal>()) return number->to_string();
  if (const auto* text = value.get_if<std::string>()) return '"' + *text + '"';
  if (const auto* date = value.get_if<Date>()) return to_string(*date);
  if (const auto* time = value.get_if<TimeOfDay>()) return to_string(*time);
  if (const auto* at = value.get_if<Instant>()) return std::to_string(at->ms);
  if (const auto* yes = value.get_if<bool>()) return *yes ? "yes" : "no";
  if (const auto* duration = value.get_if<Duration>()) {
    return std::to_string(static_cast<int>(duration->kind)) + ":" +
           std::to_string(duration->amount) + ":" + word(p, expr.text);
  }
  return "none";
}

}  // namespace

namespace {

// What a parameter or a define stands for counts, not what it is called: a step with another time
// is another step.
std::optional<std::string> behind(const Program& p, const Expr& expr) {
  if (expr.kind != ExprKind::name && expr.kind != ExprKind::member) return std::nullopt;
  for (const auto& parameter : p.parameters) {
    if (!parameter.names.is(expr.text)) continue;
    for (const auto& [name, text] : p.overrides) {
      if (!parameter.names.is(name)) continue;
      std::vector<Diagnostic> findings;
      const syntax::File file =
          parse(duban::Source("override", "parameter x = " + text + "\n"), 0, findings);
      return canonical(p, file.parameters.at(0).value.get());
    }
    return canonical(p, parameter.decl->value.get());
  }
  for (const Define& define : p.defines) {
    if (define.names.is(expr.text)) return canonical(p, define.decl->value.get());
  }
  return std::nullopt;
}

}  // namespace

std::string canonical(const Program& p, const Expr* expr) {
  if (expr == nullptr) return "-";
  if (const auto meaning = behind(p, *expr)) return *meaning;
  std::string out = "(" + std::to_string(static_cast<int>(expr->kind));
  if (expr->kind == ExprKind::literal) {
    out += " " + literal(p, *expr);
  } else if (!expr->text.empty()) {
    out += " " + word(p, expr->text);
  }
  for (const auto& arg : expr->args) out += " " + canonical(p, arg.get());
  if (expr->kind == ExprKind::aggregate) {
    out += " " + std::to_string(static_cast<int>(expr->over)) + " " +
           canonical(p, expr->window.get()) + " " + canonical(p, expr->condition.get());
  }
  return out + ")";
}

std::string canonical(const Program& p, const syntax::Trigger& trigger) {
  std::string out = std::to_string(static_cast<int>(trigger.kind));
  if (!trigger.event.empty()) out += " " + word(p, trigger.event.text);
  if (trigger.kind == syntax::Trigger::Kind::on_notice)
    out += " " + std::to_string(static_cast<int>(trigger.receipt));
  if (!trigger.outcome.empty()) out += " " + word(p, trigger.outcome.text);
  out += " " + canonical(p, trigger.duration.get()) + " " + canonical(p, trigger.anchor.get());
  if (trigger.schedule) {
    const syntax::Schedule& s = *trigger.schedule;
    for (const int part : {static_cast<int>(s.unit), s.day, s.month, int{s.counts_working},
                           static_cast<int>(s.roll)}) {
      out += " " + std::to_string(part);
    }
    out += " " + word(p, s.calendar.text) + " " + canonical(p, s.at.get()) + " " +
           canonical(p, s.from.get()) + " " + canonical(p, s.to.get());
  }
  return out;
}

}  // namespace duban::reference
