// From what a feed says (names and untyped values) to typed inputs, checked against the plan.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "engine/digest.h"
#include "engine/plan.h"
#include "engine/result.h"
#include "engine/state.h"
#include "engine/step.h"

namespace duban {

// A JSON value as it stood in the feed; numbers keep their digits.
struct RawValue {
  enum class Kind : uint8_t { null, boolean, number, text, array, object } kind = Kind::null;
  bool boolean = false;
  std::string text;             // number: its digits
  std::vector<RawValue> items;  // array
  bool operator==(const RawValue&) const = default;
};

// One that is neither array nor object, where it was read.
struct RawScalar {
  RawValue::Kind kind = RawValue::Kind::null;
  bool boolean = false;
  std::string_view text;
};

struct RawEvent {
  std::string id;
  std::string source;  // empty: `feed`
  std::string type;
  std::string subject;
  std::string time;  // empty: none
  std::vector<std::pair<std::string, RawValue>> data;
  bool operator==(const RawEvent&) const = default;
};

// A row of a reference table; not an Input of one subject.
struct ReferenceRow {
  uint16_t entity = 0;
  std::string key;
  References::Row row;
  Instant time;
};

// An event of a broadcast type, to be expanded to the subjects it reaches.
struct Broadcast {
  EventPtr event;
  uint16_t entity = 0;
};

using Intake = std::variant<Input, ReferenceRow, Broadcast>;

// What tells an event from a repetition: its source and id.
Digest digest_of(const RawEvent& raw);
std::optional<Instant> time_of(const Plan& plan, const RawEvent& raw);  // none, or not readable

// What callers need to know of an event before it is taken in.
struct Stamp {
  Digest id;                    // digest_of()
  std::optional<Instant> time;  // time_of()
};

// `received`: the clock when it was taken in; used as the time of an event without one.
// Errors say in both languages what is wrong with which field, and name the nearest known word.
struct IntakeError {
  std::string english, chinese;
};
std::variant<Intake, IntakeError> take_in(const Plan& plan, const RawEvent& raw, Instant received);
std::variant<Intake, IntakeError> take_in(const Plan& plan, const RawEvent& raw, const Stamp& stamp,
                                          Instant received);

// Takes an event of one subject in while it is read: each field finds its slot and its type as it
// comes, and nothing is kept of how it was written. What is not as it should be is left to
// take_in(), which says what is wrong.
class EventTaker {
 public:
  explicit EventTaker(const Plan& plan) : plan_(plan) {}

  // Has the room of an event that nobody needs any more for the next one. May be null.
  // REQUIRES: nobody else has it
  void use_again(std::shared_ptr<EventData> event) {
    if (event != nullptr) data_ = std::move(event);
  }
  // Each gives false where this event is one for take_in().
  bool begin(std::string_view type);
  bool field(std::string_view name, const RawScalar& value);
  // The event, but for when it was received; null: one for take_in(). Of `attributes` all but the
  // type and the data are used. REQUIRES: begin() and field() gave true
  std::shared_ptr<EventData> end(const RawEvent& attributes);

 private:
  const Plan& plan_;
  const Layout::Event* event_ = nullptr;
  std::shared_ptr<EventData> data_;  // the event, or room for the next one
  size_t expected_ = 0;              // the slot of the next field, most likely
};

// What EventTaker made becomes `input`, which is new. REQUIRES: nobody else has `event` yet
void become_input(const Plan& plan, const RawEvent& attributes, std::shared_ptr<EventData> event,
                  Instant received, Input& input);

// One untyped value as a typed one. Accepts either name of a choice value, `yes`/`no`/`是`/`否`,
// dates as 2026-03-20, datetimes as RFC 3339 or local, numbers from their digits, keys of
// references.
std::variant<Value, IntakeError> take_value(const Plan& plan, const Type& type,
                                            const RawValue& raw);

// Attribute values a new subject starts with; an error names the required attribute that would be
// missing. `given` are those the event or row supplies.
std::variant<std::vector<Value>, IntakeError> initial_attributes(
    const Plan& plan, const References& references, const Key& subject,
    const std::vector<std::pair<uint16_t, Value>>& given, Observations* observed = nullptr);

// The defaults alone; none where there is none, or it cannot be computed.
std::vector<Value> default_attributes(const Plan& plan, const References& references,
                                      uint16_t entity);

// The subject that an event or a row for an unknown key creates, before it is stepped. An error
// when a required attribute would lack a value after that.
std::variant<Subject, IntakeError> new_subject(const Plan& plan, const References& references,
                                               const Input& input,
                                               Observations* observed = nullptr);

}  // namespace duban
