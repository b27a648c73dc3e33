#include "runtime/words.h"

#include "engine/format.h"
#include "runtime/json_text.h"

namespace duban {
namespace {

const Zone& zone_of(const Plans* plans) {
  static const Zone utc;
  return plans == nullptr || plans->empty() ? utc : plans->current().zone;
}

}  // namespace

std::string time_text(const Plans* plans, Instant instant) {
  if (instant.ms == INT64_MIN) return {};
  return zone_of(plans).to_string(instant);
}

std::string due_text(const Plans* plans, const Deadline& due) {
  if (!due.whole_day) return time_text(plans, due.at);
  return to_string(zone_of(plans).date_of(Instant{due.at.ms - 1}));
}

std::string place_text(const Plans* plans, const Provenance& from) {
  const Plan* plan = plans == nullptr ? nullptr : plans->find(from.version);
  return plan == nullptr || from.policy.empty() ? std::string() : place_text(*plan, from.span);
}

std::string place_text(const Plan& plan, const Span& span) {
  if (span.file >= plan.sources.size()) return {};
  const Source& source = plan.sources[span.file];
  const Source::Position at = source.position(span.begin);
  return source.path() + ":" + std::to_string(at.line) + ":" + std::to_string(at.column);
}

std::string masked(std::string_view text) {
  constexpr size_t kShown = 4;
  size_t characters = 0;
  for (const char c : text) characters += (c & 0xc0) != 0x80 ? 1 : 0;
  if (text.empty()) return {};
  if (characters <= kShown) return "***";
  size_t at = text.size();
  for (size_t left = kShown; left > 0;) {
    --at;
    if ((text[at] & 0xc0) != 0x80) --left;
  }
  return "***" + std::string(text.substr(at));
}

std::string attributes_json(const Plan& plan, uint16_t entity,
                            const std::vector<Value>& attributes) {
  JsonObject object;
  if (entity >= plan.layout.entities.size()) return object.take();
  const auto& fields = plan.layout.entities[entity].attributes;
  for (size_t i = 0; i < fields.size() && i < attributes.size(); ++i) {
    if (attributes[i].is_none()) continue;
    const Layout::Field& field = fields[i];
    if (field.is_private) {
      object.text(field.names.name, masked(format(plan, field.type, attributes[i], false)));
    } else {
      object.raw(field.names.name, to_json(plan, field.type, attributes[i]));
    }
  }
  return object.take();
}

std::string fields_json(const Plan& plan, const std::vector<std::pair<std::string, Value>>& fields,
                        const std::vector<Type>& types) {
  JsonObject object;
  for (size_t i = 0; i < fields.size(); ++i) {
    if (fields[i].second.is_none()) continue;
    object.raw(fields[i].first,
               to_json(plan, i < types.size() ? types[i] : Type(), fields[i].second));
  }
  return object.take();
}

}  // namespace duban
