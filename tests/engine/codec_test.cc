// Goal: what is stored comes back as it was, equal things give equal bytes, and no bytes whatever
// make reading unsafe. Method: subjects and inputs from a seeded generator; every truncation and
// every flipped bit; damage with the checksum made right again, to reach the reader behind it.
#include "engine/codec.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <tuple>

#include "engine/bytes.h"

namespace duban::codec_test {
namespace {

constexpr int64_t kLowest = std::numeric_limits<int64_t>::min();
constexpr int64_t kHighest = std::numeric_limits<int64_t>::max();

class Generator {
 public:
  explicit Generator(uint64_t seed) : random_(seed) {}

  uint64_t below(uint64_t n) { return random_() % n; }
  bool coin() { return below(2) == 1; }

  // Small numbers mostly, and the extremes often enough to be met.
  int64_t integer() {
    switch (below(8)) {
      case 0:
        return 0;
      case 1:
        return kLowest;
      case 2:
        return kHighest;
      case 3:
        return static_cast<int64_t>(random_());
      default:
        return static_cast<int64_t>(below(4000)) - 2000;
    }
  }
  template <typename T>
  T number() {
    return static_cast<T>(integer());
  }
  Instant instant() { return {coin() ? integer() : 1'770'000'000'000 + number<int32_t>()}; }
  Digest digest() { return below(4) == 0 ? Digest{} : Digest{random_(), random_()}; }
  std::string text() {
    std::string out(below(12), ' ');
    for (char& c : out) c = static_cast<char>(random_());
    return out;
  }
  Key key() { return {number<uint16_t>(), text()}; }

  template <typename Make>
  auto list(Make make, size_t limit = 4) {
    std::vector<decltype(make())> out;
    for (size_t n = below(limit); n > 0; --n) out.push_back(make());
    return out;
  }
  template <typename Make>
  auto maybe(Make make) {
    return coin() ? std::optional(make()) : std::nullopt;
  }

  Value value(bool may_be_set = true) {
    switch (below(may_be_set ? 12 : 11)) {
      case 0:
        return None{};
      case 1:
        return coin();
      case 2:
        return Decimal::from_micro(integer());
      case 3:
        return Decimal::from_micro(number<int32_t>() * Decimal::kOne);
      case 4:
        return text();
      case 5:
        return Date{number<int32_t>()};
      case 6:
        return TimeOfDay{number<int32_t>()};
      case 7:
        return instant();
      case 8:
        return Duration{static_cast<Duration::Kind>(below(5)), number<uint16_t>(), integer()};
      case 9:
        return ChoiceValue{number<uint16_t>(), number<uint16_t>()};
      case 10:
        return key();
      default:
        return make_set(list([&] { return value(false); }));
    }
  }

  std::vector<Value> values() {
    return list([&] { return value(); });
  }

  EventData event() {
    const std::vector<bool> given = list([&] { return coin(); }, 20);
    return {number<uint16_t>(),     instant(), instant(),
            {random_(), random_()}, values(),  Flags(given.begin(), given.end())};
  }
  // Often one that was given out before.
  EventPtr shared_event() {
    if (below(4) == 0) return nullptr;
    if (!events_.empty() && coin()) return events_[below(events_.size())];
    return events_.emplace_back(std::make_shared<const EventData>(event()));
  }
  Digest cause(const EventPtr& event) { return event && coin() ? event->cause : digest(); }

  StepMemory memory() {
    if (coin()) return {};
    const auto time = [&] { return instant(); };
    const auto day = [&] { return Date{number<int32_t>()}; };
    return {maybe(time), maybe(time), maybe(day), maybe(day), coin(), coin(), coin(), value()};
  }
  CaseInstance instance() {
    return {number<uint32_t>(),
            digest(),
            number<uint32_t>(),
            number<Index>(),
            value(),
            instant(),
            maybe([&] { return instant(); }),
            coin(),
            values(),
            list([&] { return memory(); }),
            shared_event(),
            maybe([&] { return instant(); })};
  }
  Task task() {
    Task t;
    t.id = digest();
    t.version = number<Version>();
    t.spec = number<Index>();
    t.case_number = number<uint32_t>();
    t.survives = coin(), t.open = coin(), t.due_unknown = coin();
    t.title = text();
    t.assignee = maybe([&] { return key(); });
    t.accountable = list([&] { return key(); });
    t.opened = instant(), t.cause_time = instant();
    t.event = shared_event();
    t.cause = cause(t.event);
    t.due = maybe([&] { return Deadline{instant(), coin()}; });
    t.opens = maybe([&] { return instant(); });
    t.expires = maybe([&] { return Deadline{instant(), coin()}; });
    t.since = maybe([&] { return value(); });
    t.occurrence = number<uint32_t>();
    t.fired = list([&] { return maybe([&] { return instant(); }); });
    t.pauses = list([&] { return Pause{instant(), maybe([&] { return instant(); })}; });
    t.turns = maybe([&] { return instant(); });
    return t;
  }
  std::vector<std::pair<uint16_t, Value>> answers() {
    return list([&] { return std::pair(number<uint16_t>(), value()); });
  }
  WaitingNotice waiting() {
    WaitingNotice w;
    w.id = digest(), w.version = number<Version>(), w.action = number<Index>();
    w.case_number = number<uint32_t>();
    w.task = digest();
    w.due = maybe([&] { return Deadline{instant(), coin()}; });
    w.answers = answers();
    w.recipient = key(), w.channel = number<uint16_t>();
    w.decided = instant(), w.release = instant();
    w.late = coin();
    w.once = digest();
    w.event = shared_event();
    w.cause = cause(w.event);
    return w;
  }
  AwaitedReceipt awaited() {
    AwaitedReceipt a;
    a.id = digest(), a.version = number<Version>(), a.action = number<Index>();
    a.case_number = number<uint32_t>();
    a.task = digest();
    a.due = maybe([&] { return Deadline{instant(), coin()}; });
    a.answers = answers();
    a.recipient = key(), a.channel = number<uint16_t>();
    a.once = digest();
    a.event = shared_event();
    a.cause = cause(a.event);
    a.text = text();
    return a;
  }
  Subject subject() {
    events_.clear();
    Subject s;
    s.key = key();
    s.exists = coin(), s.held = coin();
    s.now = instant();
    s.seen_version = number<Version>();
    s.attributes = values();
    s.cases = list([&] { return instance(); });
    s.tasks = list([&] { return task(); });
    s.waiting = list([&] { return waiting(); });
    s.awaited = list([&] { return awaited(); });
    s.next_case_number = number<uint32_t>();
    s.seen = list([&] { return Subject::Seen{number<uint16_t>(), value(), number<uint32_t>()}; });
    s.once = list([&] { return digest(); });
    s.rolling = list([&] { return Subject::Timed{digest(), instant()}; });
    s.sent = list([&] { return Subject::Sent{digest(), text(), key(), instant()}; });
    s.rules = list([&] { return std::pair(random_(), memory()); });
    for (uint64_t i = below(6); i > 0; --i) {
      s.history.add(static_cast<uint16_t>(below(3)), PastEvent{instant(), values()});
    }
    return s;
  }
  Input input() {
    Input i;
    i.kind = static_cast<Input::Kind>(below(8));
    i.subject = key();
    i.time = instant(), i.received = instant();
    i.event = shared_event();
    i.cause = cause(i.event);
    i.before_facts = coin(), i.delivered = coin(), i.given_up = coin();
    const auto slot = [&] { return std::pair(number<uint16_t>(), value()); };
    i.attributes = list(slot);
    i.target = digest();
    i.answers = list(slot);
    i.person = maybe([&] { return key(); });
    i.text = text();
    return i;
  }
  ReferenceRow row() { return {number<uint16_t>(), text(), values(), instant()}; }

 private:
  std::mt19937_64 random_;
  std::vector<EventPtr> events_;
};

// Events are compared by what they say; operator== of the structures compares their addresses.
bool same(const EventPtr& a, const EventPtr& b) { return a && b ? *a == *b : a == b; }

std::vector<EventPtr> take_events(Subject& s) {
  std::vector<EventPtr> out;
  for (auto& item : s.cases) out.push_back(std::exchange(item.opening, nullptr));
  for (auto& item : s.tasks) out.push_back(std::exchange(item.event, nullptr));
  for (auto& item : s.waiting) out.push_back(std::exchange(item.event, nullptr));
  for (auto& item : s.awaited) out.push_back(std::exchange(item.event, nullptr));
  return out;
}
bool same(Subject a, Subject b) {
  const auto left = take_events(a), right = take_events(b);
  if (a != b || left.size() != right.size()) return false;
  for (size_t i = 0; i < left.size(); ++i) {
    if (!same(left[i], right[i])) return false;
  }
  return true;
}
bool same(const Input& a, const Input& b) {
  const auto rest = [](const Input& i) {
    return std::tie(i.kind, i.subject, i.time, i.received, i.cause, i.before_facts, i.attributes,
                    i.target, i.answers, i.person, i.text, i.delivered, i.given_up);
  };
  return rest(a) == rest(b) && same(a.event, b.event);
}

// The frame as codec.cc writes it: four bytes of checksum over what it is and all before them.
std::string sealed(std::string_view what, std::string content) {
  const uint64_t sum = DigestBuilder().add(what).add(content).finish().low;
  for (int shift = 0; shift < 32; shift += 8) content += static_cast<char>(sum >> shift & 0xff);
  return content;
}
// As in an entry of the log with the input's cause, or another, as its id.
std::string encode(const Input& input, const Digest& id) {
  std::string bytes = "what was there before";
  encode(input, id, bytes);
  return bytes;
}

std::string content_of(const std::string& bytes) { return bytes.substr(0, bytes.size() - 4); }

TEST(CodecTest, SubjectsComeBackAsTheyWere) {
  Generator generate(1);
  for (int round = 0; round < 2000; ++round) {
    const Subject subject = generate.subject();
    const std::string bytes = encode(subject);
    const std::optional<Subject> back = decode_subject(bytes);
    ASSERT_TRUE(back) << round;
    ASSERT_TRUE(same(subject, *back)) << round;
    ASSERT_EQ(encode(*back), bytes) << round;
  }
}

TEST(CodecTest, InputsRowsAndEventsComeBackAsTheyWere) {
  Generator generate(2);
  for (int round = 0; round < 2000; ++round) {
    const Input input = generate.input();
    for (const Digest& id : {input.cause, Digest(), Digest{3, 4}}) {
      const std::optional<Input> input_back =
          decode_input(encode(input, id), input.subject, input.time, id);
      ASSERT_TRUE(input_back && same(input, *input_back)) << round;
    }

    const ReferenceRow row = generate.row();
    const std::optional<ReferenceRow> row_back = decode_reference_row(encode(row));
    ASSERT_TRUE(row_back) << round;
    ASSERT_EQ(std::tie(row.entity, row.key, row.row, row.time),
              std::tie(row_back->entity, row_back->key, row_back->row, row_back->time));

    const EventData event = generate.event();
    const std::optional<EventPtr> event_back = decode_event(encode(event));
    ASSERT_TRUE(event_back && **event_back == event) << round;
  }
}

TEST(CodecTest, EqualSubjectsGiveEqualBytesHoweverTheyShareEvents) {
  Generator generate(3);
  const EventData event = generate.event();
  Subject shared, apart;
  shared.tasks.resize(3);
  const auto one = std::make_shared<const EventData>(event);
  for (Task& task : shared.tasks) task.event = one;
  apart.tasks.resize(3);
  for (Task& task : apart.tasks) task.event = std::make_shared<const EventData>(event);
  EXPECT_EQ(encode(shared), encode(apart));

  const std::optional<Subject> back = decode_subject(encode(apart));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->tasks[0].event, back->tasks[2].event);
  EXPECT_EQ(*back->tasks[0].event, event);
}

TEST(CodecTest, IsCompact) {
  EXPECT_LE(encode(Subject{}).size(), 32u);
  EventData bill;
  bill.time = bill.received = Instant{1'772'000'000'000};
  bill.cause = Digest{1, 2};
  bill.fields = {std::string("B1"), *Decimal::parse("300"), Date{20'532}};
  bill.given = {true, true, true};
  EXPECT_LE(encode(bill).size(), 48u);
  Input input;
  input.event = std::make_shared<const EventData>(bill);
  input.cause = bill.cause;
  input.subject = {1, "C001"};
  input.time = bill.time;
  EXPECT_LE(encode(input, {}).size(), 48u);           // the cause is written once
  EXPECT_LE(encode(input, input.cause).size(), 32u);  // …or not at all; nor are subject and time
}

TEST(CodecTest, EveryTruncationAndEveryFlippedBitIsNoticed) {
  Generator generate(4);
  for (int round = 0; round < 20; ++round) {
    const std::string bytes = encode(generate.subject());
    for (size_t size = 0; size < bytes.size(); ++size) {
      ASSERT_FALSE(decode_subject(std::string_view(bytes).substr(0, size)));
    }
    for (size_t bit = 0; bit < bytes.size() * 8; ++bit) {
      std::string damaged = bytes;
      damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
      ASSERT_FALSE(decode_subject(damaged)) << bit;
    }
    ASSERT_FALSE(decode_subject(bytes + '\0'));
  }
}

// Behind the checksum: whatever is accepted is spelled as it would be written.
TEST(CodecTest, AnyBytesAreSafeToRead) {
  Generator generate(5);
  size_t accepted = 0;
  const auto check = [&](const std::string& content) {
    const std::string as_subject = sealed("subject", content);
    if (const auto subject = decode_subject(as_subject)) {
      ASSERT_EQ(encode(*subject), as_subject);
      ++accepted;
    }
    const Digest id{5, 6};
    if (const auto input = decode_input(content, {1, "C001"}, Instant{7}, id)) {
      ASSERT_EQ(encode(*input, id), content);
      ++accepted;
    }
    (void)decode_event(sealed("event", content));
    (void)decode_reference_row(sealed("reference row", content));
  };
  for (int round = 0; round < 3000; ++round) {
    std::string content =
        round % 2 == 0 ? content_of(encode(generate.subject())) : encode(generate.input(), {5, 6});
    for (uint64_t edits = 1 + generate.below(3); edits > 0; --edits) {
      const size_t place = generate.below(content.size());
      switch (generate.below(4)) {
        case 0:
          content.erase(place, 1 + generate.below(4));
          break;
        case 1:
          content.insert(place, 1, static_cast<char>(generate.below(256)));
          break;
        case 2:
          content[place] = static_cast<char>(generate.below(256));
          break;
        default:
          content[place] = static_cast<char>(content[place] ^ (1 << generate.below(8)));
      }
      if (content.empty()) break;
    }
    check(content);
    std::string noise(1, '\1');
    for (uint64_t n = generate.below(60); n > 0; --n) {
      noise += static_cast<char>(generate.below(generate.coin() ? 256 : 4));
    }
    check(noise);
  }
  EXPECT_GT(accepted, 100u);  // else the edits reached nothing
}

// A row of one value, spelled by hand.
bool reads_as_row(const std::string& values) {
  ByteWriter bytes;
  bytes.byte(2);      // version
  bytes.number(0);    // entity
  bytes.text("S01");  // key
  bytes.raw(values);
  bytes.signed_number(0);  // time
  return decode_reference_row(sealed("reference row", bytes.take())).has_value();
}

TEST(CodecTest, ClaimedCountsReserveNothing) {
  ByteWriter values;
  values.number(kHighest);
  EXPECT_FALSE(reads_as_row(values.take()));
}

TEST(CodecTest, SetsNestNoDeeperThanTwo) {
  const auto nested = [](int depth) {
    std::string values = "\1";                         // one value
    for (int i = 0; i < depth; ++i) values += "\n\1";  // place 10: a set, of one item
    return values + '\0';                              // none
  };
  EXPECT_TRUE(reads_as_row(nested(1)));
  EXPECT_TRUE(reads_as_row(nested(2)));
  EXPECT_FALSE(reads_as_row(nested(3)));
  EXPECT_FALSE(reads_as_row(nested(100'000)));
}

TEST(CodecTest, OtherKindsAndVersionsAreRefused) {
  Generator generate(6);
  const std::string bytes = encode(generate.subject());
  EXPECT_FALSE(decode_event(bytes));
  EXPECT_FALSE(decode_reference_row(encode(generate.event())));
  std::string newer = content_of(bytes);
  newer[0] = 3;
  EXPECT_FALSE(decode_subject(sealed("subject", newer)));
}

}  // namespace
}  // namespace duban::codec_test
