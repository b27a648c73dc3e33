#include "tests/reference/story.h"

#include <algorithm>

#include "tests/reference/evaluate.h"

namespace duban::reference {
namespace {

using syntax::Expr;
using syntax::ExprKind;
using syntax::ScenarioLine;

RawValue text(std::string words) { return {RawValue::Kind::text, false, std::move(words), {}}; }

// A literal of a scenario as a feed would say it.
RawValue raw(const Program& p, const Expr& expr) {
  if (expr.kind == ExprKind::name) return text(expr.text);
  if (expr.kind == ExprKind::set_literal) {
    RawValue out{RawValue::Kind::array, false, {}, {}};
    for (const auto& item : expr.args) out.items.push_back(raw(p, *item));
    return out;
  }
  Context c;
  c.program = &p;
  const Value value = evaluate(c, expr);
  if (const bool* yes = value.get_if<bool>()) return {RawValue::Kind::boolean, *yes, {}, {}};
  if (const Decimal* number = value.get_if<Decimal>())
    return {RawValue::Kind::number, false, number->to_string(), {}};
  if (const std::string* words = value.get_if<std::string>()) return text(*words);
  if (const Date* date = value.get_if<Date>()) return text(to_string(*date));
  if (const TimeOfDay* time = value.get_if<TimeOfDay>()) return text(to_string(*time));
  if (const Instant* at = value.get_if<Instant>()) return text(p.zone.to_iso8601(*at));
  if (const Duration* d = value.get_if<Duration>()) return text(to_string(*d, false));
  return {};
}

std::optional<Instant> instant(const Program& p, const syntax::ExprPtr& at) {
  if (!at) return std::nullopt;
  Context c;
  c.program = &p;
  const Value value = evaluate(c, *at);
  if (const Date* date = value.get_if<Date>()) return p.zone.at(*date, p.day_starts_at);
  return value.as<Instant>();
}

}  // namespace

std::vector<Happening> story_of(const Program& p, const syntax::ScenarioDecl& scenario) {
  std::vector<Happening> out;
  std::optional<Instant> start, end;
  for (const ScenarioLine& line : scenario.lines) {
    const auto at = instant(p, line.at);
    if (at && (!end || *at > *end)) end = at;
    const bool fact = line.kind <= ScenarioLine::Kind::on_task_done;
    if (fact && at && (!start || *at < *start)) start = at;
  }
  std::string only;
  for (const ScenarioLine& line : scenario.lines) {
    Happening h;
    h.time = instant(p, line.at).value_or(start.value_or(Instant{0}));
    for (const syntax::Assignment& item : line.with) {
      if (item.value) h.data.emplace_back(item.target.text, raw(p, *item.value));
    }
    switch (line.kind) {
      case ScenarioLine::Kind::given: {
        h.kind = Happening::Kind::row;
        h.type = line.name.text;
        h.subject = line.key->text;
        const int entity = p.find_entity(h.type);
        if (entity >= 0 && !p.entities[static_cast<size_t>(entity)].is_reference) only = h.subject;
        break;
      }
      case ScenarioLine::Kind::on_event:
        h.kind = Happening::Kind::event;
        h.type = line.name.text;
        h.subject = line.person ? line.person->text : line.key ? line.key->text : only;
        break;
      case ScenarioLine::Kind::on_receipt:
        h.kind = Happening::Kind::receipt;
        h.delivered = line.receipt == syntax::Trigger::Receipt::delivered;
        break;
      case ScenarioLine::Kind::on_task_done:
        h.kind = Happening::Kind::answer;
        h.text = line.title.text;
        break;
      default:
        continue;
    }
    out.push_back(std::move(h));
  }
  std::stable_sort(out.begin(), out.end(),
                   [](const Happening& a, const Happening& b) { return a.time < b.time; });
  Happening rest;
  rest.time = Instant{end.value_or(Instant{0}).ms + 400 * kMsPerDay};
  out.push_back(rest);
  return out;
}

}  // namespace duban::reference
