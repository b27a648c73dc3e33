#include "engine/intake.h"

#include <memory>
#include <optional>

#include "engine/condition_index.h"
#include "engine/digest.h"
#include "engine/eval.h"
#include "engine/intake_value.h"

namespace duban {
namespace {

using Slots = std::vector<std::pair<uint16_t, Value>>;

// One event of a feed on its way to an input. Every step gives its result or the error.
class Taking {
 public:
  Taking(const Plan& plan, const RawEvent& raw, const Stamp& stamp, Instant received)
      : plan_(plan),
        raw_(raw),
        stamp_(stamp),
        received_(received),
        time_(stamp.time.value_or(received)) {}

  std::variant<Intake, IntakeError> take() {
    if (raw_.id.empty()) {
      return IntakeError{"an id is needed: it tells this event from a repetition",
                         "缺少 id：须以 id 识别重复的事件"};
    }
    if (!raw_.time.empty() && !stamp_.time) {
      return IntakeError{
          in_backticks(raw_.time) + " is not a time such as 2026-03-20T09:00:00+08:00",
          in_backticks(raw_.time) + " 不是时间（如 2026-03-20T09:00:00+08:00）"};
    }
    const auto type = find_type(plan_, raw_.type);
    if (!type) return unknown_type();
    return type->event ? take_event(*type->event) : take_row(type->entity);
  }

 private:
  std::variant<Intake, IntakeError> take_event(uint16_t index) {
    const Layout::Event& event = plan_.layout.events[index];
    std::variant<Intake, IntakeError> taken;  // filled where it lies: inputs are large
    auto data = take_data(index, event);
    if (auto* error = std::get_if<IntakeError>(&data)) {
      taken = std::move(*error);
    } else if (event.kind == Layout::Event::Kind::broadcast) {
      taken = Intake(Broadcast{std::get<EventPtr>(std::move(data)), event.entity});
    } else {
      Input& input = std::get<Input>(std::get<Intake>(taken));
      input.kind = Input::Kind::event;
      input.subject = Key{event.entity, raw_.subject};
      stamp(input);
      input.event = std::get<EventPtr>(std::move(data));
    }
    return taken;
  }

  std::variant<EventPtr, IntakeError> take_data(uint16_t index, const Layout::Event& event) const {
    using Kind = Layout::Event::Kind;
    if (event.kind == Kind::outgoing) {
      return IntakeError{
          in_backticks(event.names, false) +
              " is an outgoing event: policies raise it, feeds cannot send it",
          in_backticks(event.names, true) + " 是对外事件，由办法发起，不能从外部送入"};
    }
    // A broadcast finds its subjects itself.
    if (event.kind == Kind::plain) {
      if (auto error = check_subject()) return *error;
    }
    auto data = std::make_shared<EventData>();
    data->event = index;
    data->time = time_;
    data->received = received_;
    data->cause = stamp_.id;
    auto error = take_fields(event.names, event.fields, nullptr, data->fields, data->given);
    if (error) return *std::move(error);
    for (size_t i = 0; i < event.fields.size(); ++i) {
      const Layout::Field& field = event.fields[i];
      if (!data->given[i] && !field.type.optional) return missing(event.names, field.names);
    }
    return EventPtr(std::move(data));
  }

  std::variant<Intake, IntakeError> take_row(uint16_t index) {
    const Layout::Entity& entity = plan_.layout.entities[index];
    if (auto error = check_subject()) return *error;
    std::vector<Value> values;
    Flags is_given;
    if (auto error = take_fields(entity.names, entity.attributes, &entity.key, values, is_given))
      return *std::move(error);
    Slots given;
    for (uint16_t slot = 0; slot < values.size(); ++slot) {
      if (is_given[slot]) given.emplace_back(slot, std::move(values[slot]));
    }

    if (entity.reference) {
      // A row replaces the whole row before it. Its defaults read no other row.
      auto row = initial_attributes(plan_, References(), Key{index, raw_.subject}, given);
      if (auto* error = std::get_if<IntakeError>(&row)) return *error;
      return Intake(
          ReferenceRow{index, raw_.subject, std::get<References::Row>(std::move(row)), time_});
    }
    Input input;
    input.kind = Input::Kind::upsert;
    input.subject = Key{index, raw_.subject};
    stamp(input);
    input.attributes = std::move(given);
    return Intake(std::move(input));
  }

  // By slots; the order in the feed means nothing. `key`: of a row, where the key may stand among
  // the data.
  std::optional<IntakeError> take_fields(const Names& owner,
                                         const std::vector<Layout::Field>& fields, const Names* key,
                                         std::vector<Value>& values, Flags& given) const {
    values.resize(fields.size());
    given.resize(fields.size());
    size_t expected = 0;  // mostly they come as they are declared
    for (const auto& [name, raw] : raw_.data) {
      if (key != nullptr && key->matches(name)) {
        if (auto error = check_key(*key, raw)) return *error;
        continue;
      }
      const std::optional<uint16_t> slot = find_field(fields, name, expected);
      if (!slot) return unknown_field(owner, fields, key, name);
      expected = *slot + 1U;
      const Layout::Field& field = fields[*slot];
      if (given[*slot]) {
        return IntakeError{in_field(owner, field.names, false) + "given twice",
                           in_field(owner, field.names, true) + "重复给出"};
      }
      given[*slot] = true;
      // Tables of a CSV leave a cell empty for what they do not know.
      const bool is_empty_cell = key != nullptr && field.type.optional &&
                                 raw.kind == RawValue::Kind::text && raw.text.empty();
      auto value = is_empty_cell      ? std::variant<Value, IntakeError>(Value(None{}))
                   : field.is_private ? take_hidden_value(plan_, field.type, raw)
                                      : take_value(plan_, field.type, raw);
      if (const auto* error = std::get_if<IntakeError>(&value)) {
        return IntakeError{in_field(owner, field.names, false) + error->english,
                           in_field(owner, field.names, true) + error->chinese};
      }
      values[*slot] = std::get<Value>(std::move(value));
    }
    return std::nullopt;
  }

  void stamp(Input& input) const {
    input.time = time_;
    input.received = received_;
    input.cause = stamp_.id;
  }

  std::optional<IntakeError> check_subject() const {
    if (raw_.subject.empty()) {
      return IntakeError{"a subject is needed: whom " + in_backticks(raw_.type) + " is about",
                         "缺少 subject：" + in_backticks(raw_.type) + " 所属的对象"};
    }
    if (raw_.subject.size() > kKeyBytesMax) {
      return IntakeError{"the subject " + in_backticks(raw_.subject) + " is longer than 256 bytes",
                         "subject " + in_backticks(raw_.subject) + " 超过 256 字节"};
    }
    return std::nullopt;
  }

  std::optional<IntakeError> check_key(const Names& key, const RawValue& raw) const {
    const bool is_written = raw.kind == RawValue::Kind::text || raw.kind == RawValue::Kind::number;
    if (is_written && raw.text == raw_.subject) return std::nullopt;
    const std::string subject = in_backticks(raw_.subject);
    return IntakeError{"the key " + in_backticks(key, false) + " is not the subject " + subject,
                       "主键 " + in_backticks(key, true) + " 与 subject " + subject + " 不一致"};
  }

  static std::string in_field(const Names& owner, const Names& field, bool chinese) {
    if (chinese) return in_backticks(owner, true) + " 的 " + in_backticks(field, true) + "：";
    return in_backticks(field, false) + " of " + in_backticks(owner, false) + ": ";
  }

  static IntakeError missing(const Names& owner, const Names& field) {
    return {in_field(owner, field, false) + "missing", in_field(owner, field, true) + "缺少"};
  }

  static IntakeError unknown_field(const Names& owner, const std::vector<Layout::Field>& fields,
                                   const Names* key, const std::string& name) {
    std::vector<Names> known;
    if (key != nullptr) known.push_back(*key);
    for (const Layout::Field& field : fields) known.push_back(field.names);
    return with_nearest({in_backticks(owner, false) + " has no field " + in_backticks(name),
                         in_backticks(owner, true) + " 没有字段 " + in_backticks(name)},
                        name, known);
  }

  IntakeError unknown_type() const {
    if (raw_.type.empty()) {
      return {"a type is needed: the name of an event or an entity", "缺少 type：事件或对象的名称"};
    }
    std::vector<Names> known;
    for (const Layout::Event& event : plan_.layout.events) {
      if (event.kind != Layout::Event::Kind::outgoing) known.push_back(event.names);
    }
    for (const Layout::Entity& entity : plan_.layout.entities) known.push_back(entity.names);
    return with_nearest({"there is no event or entity " + in_backticks(raw_.type),
                         "没有名为 " + in_backticks(raw_.type) + " 的事件或对象"},
                        raw_.type, known);
  }

  const Plan& plan_;
  const RawEvent& raw_;
  const Stamp& stamp_;
  Instant received_;
  Instant time_;
};

}  // namespace

Digest digest_of(const RawEvent& raw) {
  constexpr std::string_view kNoSource = "feed";
  const std::string_view source = raw.source.empty() ? kNoSource : std::string_view(raw.source);
  return DigestBuilder().add(source).add(raw.id).finish();
}

std::optional<Instant> time_of(const Plan& plan, const RawEvent& raw) {
  return raw.time.empty() ? std::nullopt : plan.zone.parse(raw.time);
}

std::variant<Intake, IntakeError> take_in(const Plan& plan, const RawEvent& raw, const Stamp& stamp,
                                          Instant received) {
  return Taking(plan, raw, stamp, received).take();
}

bool EventTaker::begin(std::string_view type) {
  event_ = nullptr;
  const auto found = find_type(plan_, type);
  if (!found || !found->event) return false;
  const Layout::Event& event = plan_.layout.events[*found->event];
  if (event.kind != Layout::Event::Kind::plain) return false;
  event_ = &event;
  if (data_ == nullptr) data_ = std::make_shared<EventData>();
  data_->event = *found->event;
  data_->fields.resize(event.fields.size());
  data_->given.assign(event.fields.size(), false);
  expected_ = 0;
  return true;
}

bool EventTaker::field(std::string_view name, const RawScalar& value) {
  const auto slot = find_field(event_->fields, name, expected_);
  if (!slot || data_->given[*slot]) return false;
  if (!take_scalar(plan_, event_->fields[*slot].type, value, data_->fields[*slot])) return false;
  data_->given[*slot] = true;
  expected_ = *slot + 1U;
  return true;
}

std::shared_ptr<EventData> EventTaker::end(const RawEvent& attributes) {
  for (size_t slot = 0; slot < event_->fields.size(); ++slot) {
    if (data_->given[slot]) continue;
    if (!event_->fields[slot].type.optional) return nullptr;
    data_->fields[slot] = None{};
  }
  const std::optional<Instant> time = time_of(plan_, attributes);
  if (!time || attributes.id.empty() || attributes.subject.empty() ||
      attributes.subject.size() > kKeyBytesMax) {
    return nullptr;
  }
  data_->time = *time;
  data_->cause = digest_of(attributes);
  return std::move(data_);
}

void become_input(const Plan& plan, const RawEvent& attributes, std::shared_ptr<EventData> event,
                  Instant received, Input& input) {
  input.kind = Input::Kind::event;
  input.subject.entity = plan.layout.events[event->event].entity;
  input.subject.key = attributes.subject;
  input.time = event->time;
  input.received = event->received = received;
  input.cause = event->cause;
  input.event = std::move(event);
}

std::variant<Intake, IntakeError> take_in(const Plan& plan, const RawEvent& raw, Instant received) {
  return take_in(plan, raw, {digest_of(raw), time_of(plan, raw)}, received);
}

std::variant<std::vector<Value>, IntakeError> initial_attributes(
    const Plan& plan, const References& references, const Key& subject,
    const std::vector<std::pair<uint16_t, Value>>& given, Observations* observed) {
  const Layout::Entity& entity = plan.layout.entities[subject.entity];
  std::vector<const Value*> supplied(entity.attributes.size());
  for (const auto& [slot, value] : given) {
    if (slot < supplied.size()) supplied[slot] = &value;
  }
  Context context;
  context.plan = &plan;
  context.references = &references;
  context.observed = observed;

  std::vector<Value> values;
  values.reserve(supplied.size());
  for (size_t i = 0; i < supplied.size(); ++i) {
    const Layout::Field& attribute = entity.attributes[i];
    Value value;
    if (supplied[i] != nullptr) {
      value = *supplied[i];
    } else if (subject.entity < plan.entities.size() &&
               i < plan.entities[subject.entity].initial.size()) {
      try {
        value = evaluate(context, plan.entities[subject.entity].initial[i]);  // kNone gives none
      } catch (const EvalFailure& failure) {
        const Names& names = attribute.names;
        return IntakeError{"the default of " + in_backticks(names, false) +
                               " cannot be computed: " + failure.english,
                           in_backticks(names, true) + " 的默认值无法计算：" + failure.chinese};
      }
    }
    if (value.is_none() && !attribute.type.optional) {
      return IntakeError{"a new " + in_backticks(entity.names, false) + " needs " +
                             in_backticks(attribute.names, false) + ", which is missing",
                         "新的 " + in_backticks(entity.names, true) + " 缺少 " +
                             in_backticks(attribute.names, true)};
    }
    values.push_back(std::move(value));
  }
  return values;
}

std::vector<Value> default_attributes(const Plan& plan, const References& references,
                                      uint16_t entity) {
  std::vector<Value> values(plan.layout.entities[entity].attributes.size());
  if (entity >= plan.entities.size()) return values;
  const std::vector<Index>& initial = plan.entities[entity].initial;
  Context context;
  context.plan = &plan;
  context.references = &references;
  for (size_t i = 0; i < values.size() && i < initial.size(); ++i) {
    try {
      values[i] = evaluate(context, initial[i]);
    } catch (const EvalFailure&) {  // initial_attributes() says so
    }
  }
  return values;
}

}  // namespace duban
