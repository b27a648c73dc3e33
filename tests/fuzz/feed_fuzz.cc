// Any bytes as a feed: lines, gzip, CSV, JSON, events; what is an event is taken in and stepped
// under one fixed policy that has fields of every type.
#include <sys/mman.h>
#include <unistd.h>

#include <map>

#include "engine/codec.h"
#include "engine/compile.h"
#include "engine/step.h"
#include "runtime/feed.h"
#include "runtime/json_flat.h"
#include "runtime/json_text.h"
#include "runtime/line_reader.h"
#include "tests/fuzz/fuzz.h"

namespace duban {
namespace {

constexpr const char* kRules = R"(
vocabulary "Words"
  timezone "Asia/Shanghai"
  currency CNY (元)
choice mark (等级): good (优) | poor (差)
reference Staff (员工) key staff_no (工号)
  name  : text
  phone : text?
  boss  : Staff?
  level : number = 1
entity Customer (客户) key account (户号)
  name    : text?
  staff   : Staff?
  phone   : text = "138"
  balance : money = 0 yuan
  count   : number = 0
  grade   : mark = good
  flag    : yes/no?
  day     : date?
  moment  : datetime?
  clock   : time?
  length  : duration?
  tags    : set of text
event paid (缴费) for Customer
  unique by receipt
  receipt : text
  amount  : money
  set balance = balance + amount
event changed (变更) for Customer
  name   : text?
  staff  : Staff?
  count  : number?
  grade  : mark?
  flag   : yes/no?
  day    : date?
  moment : datetime?
  clock  : time?
  length : duration?
  tags   : set of text?
  set name
  set staff
  set count
  set grade
  set flag
  set day
  set moment
  set clock
  set length
  set tags
broadcast event storm (大风) to Customer where grade is event.place
  place : mark
channel sms (短信) to phone
  at most 2 per day
notice thanks service sms "{name} {amount} {balance} {count}"
notice word commercial sms "{name} {tags} {moment} {length}"
policy "Fuzzed"
rule "Thanks"
  on paid: notify Customer thanks
  when count of paid over the last 30 days above 2: notify Customer word
case Care of Customer per receipt
  opens on paid if amount above 10 yuan
  closes on changed if flag as over
  on opening:
    task "Call" for staff
      due within 3 days
      when late: escalate to staff.boss
  at moment: set count = count + 1
)";

const Plan& plan() {
  static const Compilation compilation = compile({{{"fixed.rules", kRules}}, {}, nullptr});
  if (compilation.plan == nullptr) {
    std::string messages;
    for (const Diagnostic& diagnostic : compilation.diagnostics)
      messages += render(diagnostic, compilation.sources, Language::english);
    fuzz::require(false, "the fixed policy does not compile", messages);
  }
  return *compilation.plan;
}

// What is taken in changes subjects, as in a runtime; what is refused, or fails, changes nothing.
class World {
 public:
  World() { plans_.add(1, std::make_shared<const Plan>(plan())); }

  void take(const RawEvent& raw) {
    auto taken = take_in(plan(), raw, Instant{1'770'000'000'000});
    if (auto* error = std::get_if<IntakeError>(&taken)) {
      fuzz::require(!error->english.empty() && !error->chinese.empty(), "an error without words");
      return;
    }
    auto& intake = std::get<Intake>(taken);
    if (auto* row = std::get_if<ReferenceRow>(&intake)) {
      references_.put(row->entity, row->key, row->row);
    } else if (auto* broadcast = std::get_if<Broadcast>(&intake)) {
      for (auto& [key, subject] : subjects_) {
        if (key.entity != broadcast->entity) continue;
        if (!broadcast_reaches(plan(), references_, subject, broadcast->event)) continue;
        Input input;
        input.subject = key;
        input.time = broadcast->event->time;
        input.received = broadcast->event->received;
        input.event = broadcast->event;
        step(subject, input);
      }
    } else {
      const Input& input = std::get<Input>(intake);
      const auto known = subjects_.find(input.subject);
      if (known != subjects_.end()) return step(known->second, input);
      auto created = new_subject(plan(), references_, input);
      if (std::holds_alternative<IntakeError>(created)) return;
      step(subjects_.emplace(input.subject, std::get<Subject>(std::move(created))).first->second,
           input);
    }
  }

 private:
  void step(Subject& subject, const Input& input) {
    auto did = duban::step(plans_, references_, subject, input);
    auto* outcome = std::get_if<StepOutcome>(&did);
    if (outcome == nullptr) return;
    subject = std::move(outcome->subject);
    const std::string bytes = encode(subject);
    const auto decoded = decode_subject(bytes);
    fuzz::require(decoded && encode(*decoded) == bytes, "the state is not decoded as it was");
  }

  Plans plans_;
  References references_;
  std::map<Key, Subject> subjects_;
};

void take_all(Feed& feed) {
  World world;
  FeedItem item;
  for (;;) {
    const Result<bool> more = feed.next(item);
    if (!more || !*more) return;
    if (const RawEvent* event = std::get_if<RawEvent>(&item.event)) world.take(*event);
  }
}

// A file that is only in memory.
class MemoryFile {
 public:
  explicit MemoryFile(std::string_view bytes) : file_(memfd_create("feed", 0)) {
    fuzz::require(file_ >= 0, "no file in memory");
    const auto written = write(file_, bytes.data(), bytes.size());
    fuzz::require(written == static_cast<ssize_t>(bytes.size()), "the file cannot be written");
  }
  ~MemoryFile() { close(file_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  std::string path() const { return "/proc/self/fd/" + std::to_string(file_); }

 private:
  int file_;
};

// What the fast reader takes, the careful one takes just so.
void read_twice(std::string_view line) {
  RawEvent flat;
  if (!read_flat_event(line, flat)) return;
  const auto careful = parse_event(line);
  const auto* event = std::get_if<RawEvent>(&careful);
  fuzz::require(event != nullptr && *event == flat, "the readers of events disagree");

  static EventTaker taker(plan());
  RawEvent attributes;
  static std::shared_ptr<EventData> data;  // the room of one event is the next one's
  fuzz::require(read_flat_event(line, taker, attributes, data), "the taker lost an event");
  if (data == nullptr) return fuzz::require(attributes == flat, "the taker changed an event");
  const auto taken = take_in(plan(), flat, data->received);
  const auto* intake = std::get_if<Intake>(&taken);
  const auto* input = intake != nullptr ? std::get_if<Input>(intake) : nullptr;
  fuzz::require(input != nullptr && *input->event == *data, "the taker took another event");
}

// Lines in pieces are the lines of the whole.
void cut_in_pieces(std::string_view bytes) {
  LineCutter whole, pieces;
  whole.add(bytes);
  whole.finish();
  for (size_t at = 0; at < bytes.size(); at += 7) pieces.add(bytes.substr(at, 7));
  pieces.finish();
  LineCutter::Line one, other;
  while (whole.next(one)) {
    const bool same = pieces.next(other) && one.text == other.text && one.number == other.number;
    fuzz::require(same, "a line in pieces is another line");
    read_twice(one.text);
  }
  fuzz::require(!pieces.next(other), "a line too many");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes = fuzz::text_of(data, size);
  cut_in_pieces(bytes);
  // A text that is written as JSON reads as it was, where it is UTF-8 at all.
  const std::string json =
      JsonObject().text("id", bytes).text("type", "paid").text("subject", "C1").take();
  const auto read_back = parse_event(json);
  if (const RawEvent* event = std::get_if<RawEvent>(&read_back))
    fuzz::require(event->id == bytes, "a text was changed by JSON", json);
  const MemoryFile file(bytes);
  for (const char* type : {"", "changed", "Staff"}) {
    auto feed = open_feed(file.path(), type, *type == 0 ? "" : "subject");
    if (feed) take_all(**feed);
  }
  return 0;
}

}  // namespace duban
