// The stored form: a version byte, the body, and four bytes of checksum over both.
//
// Each structure is described once and the description serves both directions, so that writing and
// reading cannot disagree. A body has no names and no layout of its own: a change to a description
// below is a change of the format and needs a new version.

#include "engine/codec.h"

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "engine/bytes.h"
#include "engine/digest.h"

namespace duban {

template <typename T>
bool is_present(const Maybe<T>& item) {
  return item.has_value();
}
template <typename T>
void make_present(Maybe<T>& item) {
  item = T{};  // anything but none, until it is read
}

namespace {

constexpr uint8_t kVersion = 2;
constexpr size_t kChecksumBytes = 4;
constexpr int kSetDepthMax = 2;  // bounds the recursion, whatever the bytes say

// Events are written where they first appear and referred to by number after that. They are told
// apart by content, not by address: equal subjects must give equal bytes.
struct ByContent {
  bool operator()(const EventData* a, const EventData* b) const {
    const auto key = [](const EventData& e) {
      return std::tie(e.cause, e.event, e.time, e.received, e.fields, e.given);
    };
    return a != b && key(*a) < key(*b);
  }
};

// What the log says of an input beside its bytes; of a subject, nothing.
struct Beside {
  Instant time{0};
  Digest id;
};

struct Saver : ByteWriter {
  using ByteWriter::ByteWriter;

  // The event's number, from 1, and whether it is new.
  std::pair<uint64_t, bool> number_of(const EventData* event) {
    const auto end = first.begin() + std::min(events, first.size());
    const auto at = std::find_if(first.begin(), end, [&](const EventData* known) {
      return known == event || *known == *event;
    });
    if (at != end) return {at - first.begin() + 1, false};
    if (events < first.size()) {
      first[events++] = event;
      return {events, true};
    }
    const auto [place, is_new] = others.try_emplace(event, events + 1);
    events += is_new ? 1 : 0;
    return {place->second, is_new};
  }

  std::array<const EventData*, 4> first{};  // mostly all
  std::map<const EventData*, uint64_t, ByContent> others;
  size_t events = 0;
  Beside beside;
};

struct Loader : ByteReader {
  using ByteReader::ByteReader;
  Beside beside;
  std::vector<EventPtr> events;
  int set_depth = 0;
};

// ---- digests and indices

// One byte for `kNone`, which is common and would take five.
void code_index(Saver& c, const Index& value) { c.number(static_cast<Index>(value + 1)); }
void code_index(Loader& c, Index& value) { value = c.number_as<Index>() - 1; }

void code(Saver& c, const Digest& value) {
  c.fixed(value.high);
  c.fixed(value.low);
}
void code(Loader& c, Digest& value) {
  value.high = c.fixed();
  value.low = c.fixed();
}

// A digest that is often zero, or the cause of the event written just before it, or known anyway.
enum class Cause : uint8_t { zero, of_event, other, beside };

Cause cause_of(const Digest& value, const EventData* event, const Beside& beside) {
  if (value == Digest{}) return Cause::zero;
  if (event != nullptr && value == event->cause) return Cause::of_event;
  return value == beside.id ? Cause::beside : Cause::other;
}
void code_cause(Saver& c, const Digest& value, const EventData* event) {
  const Cause cause = cause_of(value, event, c.beside);
  code_enum(c, cause, Cause::beside);
  if (cause == Cause::other) code(c, value);
}
void code_cause(Loader& c, Digest& value, const EventData* event) {
  Cause cause = Cause::zero;
  code_enum(c, cause, Cause::beside);
  if (cause == Cause::other) code(c, value);
  if (cause == Cause::of_event && event != nullptr) value = event->cause;
  if (cause == Cause::beside) value = c.beside.id;
  if (cause_of(value, event, c.beside) != cause) c.fail();  // another spelling of the same
}

// ---- values

template <typename C>
void code(C&, Ref<C, None>) {}

template <typename C>
void code(C& c, Ref<C, Date> date) {
  code(c, date.days);
}
template <typename C>
void code(C& c, Ref<C, TimeOfDay> time) {
  code(c, time.ms);
}
template <typename C>
void code(C& c, Ref<C, Instant> instant) {
  code(c, instant.ms);
}

void code(Saver& c, const Decimal& decimal) { code(c, decimal.micro()); }
void code(Loader& c, Decimal& decimal) { decimal = Decimal::from_micro(c.signed_number()); }

// An instant by its distance from another, which is mostly short. Unsigned: it may wrap.
void code_after(Saver& c, const Instant& instant, Instant base) {
  code(c, static_cast<int64_t>(static_cast<uint64_t>(instant.ms) - static_cast<uint64_t>(base.ms)));
}
void code_after(Loader& c, Instant& instant, Instant base) {
  int64_t distance = 0;
  code(c, distance);
  instant.ms =
      static_cast<int64_t>(static_cast<uint64_t>(base.ms) + static_cast<uint64_t>(distance));
}

template <typename C>
void code(C& c, Ref<C, Duration> duration) {
  code_enum(c, duration.kind, Duration::Kind::working_hours);
  code_all(c, duration.calendar, duration.amount);
}
template <typename C>
void code(C& c, Ref<C, ChoiceValue> choice) {
  code_all(c, choice.choice, choice.index);
}
template <typename C>
void code(C& c, Ref<C, Key> key) {
  code_all(c, key.entity, key.key);
}

// A value starts with its place in this list, or with kWholeNumber: most amounts have no fraction.
static_assert(
    std::is_same_v<Alternatives, std::tuple<None, bool, Decimal, std::string, Date, TimeOfDay,
                                            Instant, Duration, ChoiceValue, Key, SetValue>>);
constexpr uint8_t kWholeNumber = 11;

void code(Saver& c, const SetValue& set) { code(c, set.items); }
void code(Loader& c, SetValue& set) {
  if (++c.set_depth > kSetDepthMax) c.fail();
  code(c, set.items);
  --c.set_depth;
  for (size_t i = 1; i < set.items.size(); ++i) {
    if (!(set.items[i - 1] < set.items[i])) c.fail();
  }
}

void code(Saver& c, const Value& value) {
  const Decimal* decimal = value.get_if<Decimal>();
  if (decimal != nullptr && decimal->is_integer()) {
    c.byte(kWholeNumber);
    c.signed_number(decimal->whole());
    return;
  }
  c.byte(static_cast<uint8_t>(value.index()));
  value.visit([&](const auto& content) { code(c, content); });
}

template <size_t kPlace = 0>
void load_alternative(Loader& c, size_t place, Value& value) {
  if constexpr (kPlace == std::tuple_size_v<Alternatives>) {
    c.fail();
  } else if (place != kPlace) {
    load_alternative<kPlace + 1>(c, place, value);
  } else {
    std::tuple_element_t<kPlace, Alternatives> content{};
    code(c, content);
    value = std::move(content);
  }
}

void code(Loader& c, Value& value) {
  const uint8_t place = c.byte();
  if (place == kWholeNumber) {
    const std::optional<Decimal> whole = Decimal::from_integer(c.signed_number());
    if (!whole) c.fail();
    value = whole.value_or(Decimal());
    return;
  }
  load_alternative(c, place, value);
  const Decimal* decimal = value.get_if<Decimal>();
  if (decimal != nullptr && decimal->is_integer()) c.fail();
}

// ---- events

template <typename C>
void code(C& c, Ref<C, EventData> event) {
  code(c, event.event);
  code_after(c, event.time, c.beside.time);
  code_after(c, event.received, event.time);
  code_cause(c, event.cause, nullptr);
  code_all(c, event.fields, event.given);
}

// 0: none. n ≤ events so far: the n-th. Otherwise a new one, which follows.
void code(Saver& c, const EventPtr& event) {
  if (event == nullptr) return c.number(0);
  const auto [number, is_new] = c.number_of(event.get());
  c.number(number);
  if (is_new) code(c, *event);
}
void code(Loader& c, EventPtr& event) {
  const uint64_t number = c.number();
  if (number == 0) return;
  if (number <= c.events.size()) {
    event = c.events[number - 1];
    return;
  }
  if (number != c.events.size() + 1) return c.fail();
  EventData data;
  code(c, data);
  event = c.events.emplace_back(std::make_shared<const EventData>(std::move(data)));
}

// ---- a subject

template <typename C>
void code(C& c, Ref<C, Deadline> deadline) {
  code_all(c, deadline.at, deadline.whole_day);
}

template <typename C>
void code(C& c, Ref<C, StepMemory> memory) {
  code_flags(c, memory.unknown, memory.truth, memory.watched_known, memory.due, memory.fired,
             memory.watched, memory.due_day, memory.fired_day);
  code_present(c, memory.due);
  code_present(c, memory.fired);
  code_present(c, memory.due_day);
  code_present(c, memory.fired_day);
  code_present(c, memory.watched);
}

template <typename C>
void code(C& c, Ref<C, CaseInstance> instance) {
  code_all(c, instance.number, instance.id, instance.version);
  code_index(c, instance.index);
  code_flags(c, instance.closed, instance.key, instance.turns, instance.counts_from);
  code_present(c, instance.key);
  code_present(c, instance.turns);
  code_present(c, instance.counts_from);
  code_all(c, instance.opened, instance.variables, instance.steps, instance.opening);
}

template <typename C>
void code(C& c, Ref<C, Pause> pause) {
  code(c, pause.from);
  code_flags(c, pause.to);
  code_present(c, pause.to);
}

template <typename C>
void code(C& c, Ref<C, Task> task) {
  code_all(c, task.id, task.version);
  code_index(c, task.spec);
  code(c, task.case_number);
  code_flags(c, task.survives, task.open, task.due_unknown, task.assignee, task.due, task.opens,
             task.expires, task.since);
  code_flags(c, task.turns);
  code(c, task.title);
  code_present(c, task.assignee);
  code_all(c, task.accountable, task.opened);
  code_after(c, task.cause_time, task.opened);
  code(c, task.event);
  code_cause(c, task.cause, task.event.get());
  code_present(c, task.due);
  code_present(c, task.opens);
  code_present(c, task.expires);
  code_present(c, task.since);
  code_present(c, task.turns);
  code_all(c, task.occurrence, task.fired, task.pauses);
}

template <typename C>
void code(C& c, Ref<C, WaitingNotice> notice) {
  code_all(c, notice.id, notice.version);
  code_index(c, notice.action);
  code(c, notice.case_number);
  code_cause(c, notice.task, nullptr);
  code_flags(c, notice.due);
  code_present(c, notice.due);
  code(c, notice.answers);
  code_all(c, notice.recipient, notice.channel, notice.decided);
  code_after(c, notice.release, notice.decided);
  code(c, notice.late);
  code_cause(c, notice.once, nullptr);
  code(c, notice.event);
  code_cause(c, notice.cause, notice.event.get());
}

template <typename C>
void code(C& c, Ref<C, AwaitedReceipt> receipt) {
  code_all(c, receipt.id, receipt.version);
  code_index(c, receipt.action);
  code(c, receipt.case_number);
  code_cause(c, receipt.task, nullptr);
  code_flags(c, receipt.due);
  code_present(c, receipt.due);
  code(c, receipt.answers);
  code_all(c, receipt.recipient, receipt.channel, receipt.text);
  code_cause(c, receipt.once, nullptr);
  code(c, receipt.event);
  code_cause(c, receipt.cause, receipt.event.get());
}

template <typename C>
void code(C& c, Ref<C, Subject::Seen> seen) {
  code_all(c, seen.case_id, seen.key, seen.times);
}
template <typename C>
void code(C& c, Ref<C, Subject::Timed> timed) {
  code_all(c, timed.key, timed.time);
}
template <typename C>
void code(C& c, Ref<C, Subject::Sent> sent) {
  code_all(c, sent.id, sent.channel, sent.recipient, sent.time);
}

// Each type's events in order, their times by the distance from the one before.
void code(Saver& c, const History& history) {
  const std::vector<uint16_t> types = history.types();
  c.number(types.size());
  for (const uint16_t type : types) {
    code(c, type);
    c.number(history.size(type));
    Instant before;
    history.each(type, [&](const PastEvent& past) {
      code_after(c, past.time, before);
      code(c, past.fields);
      before = past.time;
    });
  }
}
void code(Loader& c, History& history) {
  const uint64_t types = c.number();
  uint16_t type = 0;
  for (uint64_t i = 0; i < types && c.ok(); ++i) {
    const uint16_t previous = type;
    code(c, type);
    const uint64_t count = c.number();
    if (count == 0 || (i > 0 && type <= previous)) c.fail();
    Instant before;
    for (uint64_t k = 0; k < count && c.ok(); ++k) {
      PastEvent past;
      code_after(c, past.time, before);
      code(c, past.fields);
      if (k > 0 && past.time < before) c.fail();
      before = past.time;
      if (c.ok()) history.add(type, std::move(past));
    }
  }
}

template <typename C>
void code(C& c, Ref<C, Subject> subject) {
  code(c, subject.key);
  code_flags(c, subject.exists, subject.held);
  code_all(c, subject.now, subject.seen_version, subject.attributes, subject.cases, subject.tasks,
           subject.waiting, subject.awaited, subject.next_case_number, subject.seen, subject.once,
           subject.rolling, subject.sent, subject.rules, subject.history);
}

// ---- inputs

// Without its subject and its time.
template <typename C>
void code(C& c, Ref<C, Input> input) {
  code_enum(c, input.kind, Input::Kind::deployed);
  code_flags(c, input.before_facts, input.delivered, input.person, input.given_up);
  code_after(c, input.received, input.time);
  code(c, input.event);
  code_cause(c, input.cause, input.event.get());
  code(c, input.attributes);
  code_cause(c, input.target, nullptr);
  code(c, input.answers);
  code_present(c, input.person);
  code(c, input.text);
}

template <typename C>
void code(C& c, Ref<C, ReferenceRow> row) {
  code_all(c, row.entity, row.key, row.row, row.time);
}

// ---- the frame

// Names what was stored, so that bytes of one kind are never read as another.
uint32_t checksum(std::string_view what, std::string_view bytes) {
  return static_cast<uint32_t>(DigestBuilder().add(what).add(bytes).finish().low);
}

template <typename T>
std::string save(std::string_view what, const T& thing) {
  thread_local std::string room;  // so that what is kept is as large as it must be
  Saver c(std::move(room));
  c.byte(kVersion);
  code(c, thing);
  const uint32_t sum = checksum(what, c.bytes());
  for (size_t i = 0; i < kChecksumBytes; ++i) c.byte(static_cast<uint8_t>(sum >> 8 * i));
  std::string saved(c.bytes());
  room = c.take_room();
  return saved;
}

template <typename T>
std::optional<T> load(std::string_view what, std::string_view bytes) {
  if (bytes.size() < 1 + kChecksumBytes) return std::nullopt;
  const std::string_view content = bytes.substr(0, bytes.size() - kChecksumBytes);
  const uint32_t sum = checksum(what, content);
  for (size_t i = 0; i < kChecksumBytes; ++i) {
    if (static_cast<uint8_t>(bytes[content.size() + i]) != (sum >> 8 * i & 0xff)) {
      return std::nullopt;
    }
  }
  Loader c(content);
  if (c.byte() != kVersion) return std::nullopt;
  T thing;
  code(c, thing);
  if (!c.ok() || !c.at_end()) return std::nullopt;
  return thing;
}

}  // namespace

std::string encode(const Subject& subject) { return save("subject", subject); }
std::optional<Subject> decode_subject(std::string_view bytes) {
  return load<Subject>("subject", bytes);
}

void encode(const Input& input, const Digest& id, std::string& into) {
  Saver c(std::move(into));
  c.beside = {input.time, id};
  code(c, input);
  into = c.take();
}
std::optional<Input> decode_input(std::string_view bytes, const Key& subject, Instant time,
                                  const Digest& id) {
  Loader c(bytes);
  c.beside = {time, id};
  Input input;
  input.subject = subject;
  input.time = time;
  code(c, input);
  if (!c.ok() || !c.at_end()) return std::nullopt;
  return input;
}

std::string encode(const ReferenceRow& row) { return save("reference row", row); }
std::optional<ReferenceRow> decode_reference_row(std::string_view bytes) {
  return load<ReferenceRow>("reference row", bytes);
}

std::string encode(const EventData& event) { return save("event", event); }
std::optional<EventPtr> decode_event(std::string_view bytes) {
  std::optional<EventData> event = load<EventData>("event", bytes);
  if (!event) return std::nullopt;
  return std::make_shared<const EventData>(std::move(*event));
}

}  // namespace duban
