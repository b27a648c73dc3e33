#include "tests/simulation/story.h"

namespace duban::simulation {
namespace {

constexpr int kOps = 60;

class Teller {
 public:
  explicit Teller(uint64_t seed) : random_(seed) { story_.seed = seed; }

  Story tell() {
    choose_world();
    begin();
    for (int i = 0; i < kOps; ++i) next();
    add(Op::Kind::drop_all);
    add(Op::Kind::flush);
    story_.overlaps = random_.chance(50);
    return std::move(story_);
  }

 private:
  void choose_world() {
    Story& s = story_;
    s.wall = random_.chance(40);
    const bool rome = random_.chance(50);
    s.zone = rome ? "Europe/Rome" : "Asia/Shanghai";
    zone_ = *Zone::find(s.zone);
    // In Rome some stories begin just before the clocks change.
    static const std::vector<std::pair<int, int>> kDays{
        {3, 20}, {3, 27}, {10, 15}, {10, 24}, {1, 5}};
    const auto [month, day] = random_.pick(kDays);
    s.start = zone_.at(*date_from_civil(2026, month, day), TimeOfDay{9 * 3'600'000});
    s.group_inputs = random_.pick<size_t>({1, 2, 5, 4000});
    s.sweep_inputs = random_.pick<size_t>({1, 3, 10, 40, 200'000});
    s.cache_subjects = random_.pick<size_t>({1, 2, 1000});
    s.group_ms = random_.chance(50) ? 0 : kMsPerHour;
    if (random_.chance(85)) {
      s.crash_within = random_.pick<size_t>({20, 60, 150, 400, 1000});
      s.crashes_max = random_.pick<size_t>({1, 3, 8});
    }
    if (random_.chance(40)) s.dies_in_send = random_.pick<size_t>({5, 30});
    if (random_.chance(30)) s.breaks_in_flush = 10;
    if (random_.chance(40)) {
      s.faults.read_error = random_.pick<size_t>({0, 2, 10});
      s.faults.write_error = random_.pick<size_t>({0, 5, 30});
      s.faults.sync_error = random_.pick<size_t>({0, 20, 200});
      s.faults.open_error = random_.pick<size_t>({0, 200});
    }
    if (s.wall && random_.chance(40)) s.faults.slow = random_.pick<size_t>({20, 200});
  }

  Op& add(Op::Kind kind, int64_t wait_ms = 0) {
    Op& op = story_.ops.emplace_back();
    op.kind = kind;
    op.wait_ms = wait_ms;
    time_ms_ += wait_ms;
    op.at = Instant{story_.start.ms + time_ms_};
    op.pick = static_cast<size_t>(random_.next() >> 1);
    return op;
  }

  std::string text(const std::string& name, const std::string& value) {
    return "\"" + name + "\":\"" + value + "\"";
  }
  std::string staff() { return "S" + std::to_string(random_.between(1, 4)); }
  std::string area() { return "A" + std::to_string(random_.between(1, 2)); }
  std::string day(int from, int to) {
    const Instant now{story_.start.ms + time_ms_};
    return to_string(add_days(zone_.date_of(now), random_.between(from, to)));
  }
  std::string bill() { return "B" + std::to_string(random_.between(1, 6)); }

  void line(const std::string& type, const std::string& subject, const std::string& data,
            int64_t wait_ms, int64_t late_ms = 0) {
    Op& op = add(Op::Kind::line, wait_ms);
    op.late_ms = late_ms;
    op.subject = subject;
    op.before = "{\"id\":\"e" + std::to_string(story_.ops.size()) + "\",\"type\":\"" + type + "\"";
    if (!subject.empty()) op.before += "," + text("subject", subject);
    op.before += ",\"time\":\"";
    op.after = "\",\"data\":{" + data + "}}";
  }
  void row(const std::string& key) {
    line("Staff", key,
         text("name", "N" + std::to_string(random_.below(100))) + "," + text("supervisor", staff()),
         0);
  }
  void registration(const std::string& key) {
    std::string data = text("name", "Name" + key);
    if (random_.chance(80))
      data += "," + text("phone", "13800" + std::to_string(random_.below(100)));
    if (random_.chance(80)) data += "," + text("mail", key + "@x");
    if (random_.chance(90)) data += "," + text("manager", staff());
    data += "," + text("area", area());
    line("registered", key, data, random_.between(0, 60) * kMsPerMinute);
  }

  void begin() {
    add(Op::Kind::deploy).version = 1;
    row("S1");
    row("S2");
    if (random_.chance(60)) row("S3");
    for (int i = 1; i <= customers_; ++i) registration("C" + std::to_string(i));
    add(Op::Kind::flush);
  }

  int64_t some_time() {
    switch (random_.below(8)) {
      case 0:
      case 1:
        return 0;
      case 2:
        return static_cast<int64_t>(random_.below(60'000));
      case 3:
      case 4:
        return random_.between(1, 300) * kMsPerMinute;
      case 5:
      case 6:
        return random_.between(1, 40) * kMsPerHour;
      default:
        return random_.between(1, 9) * kMsPerDay;
    }
  }
  int64_t some_lateness() {
    if (random_.chance(80)) return 0;
    return random_.chance(70) ? random_.between(1, 300) * kMsPerMinute
                              : random_.between(1, 20) * kMsPerDay;
  }

  void event() {
    const std::string key =
        "C" + std::to_string(random_.between(1, customers_ + (random_.chance(3) ? 1 : 0)));
    const int64_t wait = some_time(), late = some_lateness();
    const auto amount = [&] { return std::to_string(random_.between(1, 9) * 50); };
    switch (random_.below(24)) {
      case 0:
      case 1:
      case 2:
      case 3:
      case 4:
      case 5:
        return line("bill_issued", key,
                    text("bill_no", bill()) + ",\"amount\":" + amount() + "," +
                        text("due_date", day(1, 12)),
                    wait, late);
      case 6:
      case 7:
      case 8:
        return line("payment_received", key, text("bill_no", bill()) + ",\"amount\":" + amount(),
                    wait, late);
      case 9:
        return line("extended", key, text("bill_no", bill()) + "," + text("new_date", day(-3, 20)),
                    wait, late);
      case 10:
      case 11:
        return line("protection", key,
                    std::string("\"protected\":") + (random_.chance(50) ? "true" : "false"), wait,
                    late);
      case 12:
      case 13:
        return line("contract", key,
                    text("starts_on", day(-1, 2)) + "," + text("until_day", day(-3, 15)), wait,
                    late);
      case 14:
        return line("met", key, text("on_day", day(-5, 0)), wait, late);
      case 15:
      case 16:
      case 17:
        return line("complaint", key, text("words", "w" + std::to_string(random_.below(9))), wait,
                    late);
      case 18:
        return line("factor_set", key,
                    std::string("\"factor\":") + (random_.chance(60) ? "900000000000" : "2"), wait,
                    late);
      case 19:
      case 20:
        return line("outage", "", text("area", area()), wait, late);
      case 21:
        return registration(key);
      case 22:
        return row(staff());
      default:
        break;
    }
    switch (random_.below(3)) {
      case 0:
        return line("no_such_event", key, "", wait);
      case 1: {
        line("complaint", key, "\"words\":7, oops", wait);
        return;
      }
      default:
        return line("complaint", key, text("words", "soon"), wait,
                    -random_.between(1, 20) * kMsPerMinute);
    }
  }

  void command(Op::Kind kind) {
    Op& op = add(kind, some_time());
    if (random_.chance(60)) op.person = staff();
    if (kind == Op::Kind::reassign) op.person = staff();
    op.answer = random_.chance(50) ? "refused" : "promised";
  }

  void next() {
    const size_t form = random_.below(100);
    if (form < 58) return event();
    if (form < 63) {
      add(Op::Kind::again, random_.chance(70) ? 0 : some_time());
    } else if (form < 68) {
      add(story_.wall && random_.chance(40) ? Op::Kind::jump : Op::Kind::wait, some_time());
    } else if (form < 76) {
      command(random_.pick({Op::Kind::done, Op::Kind::done, Op::Kind::reassign, Op::Kind::note}));
    } else if (form < 80) {
      add(random_.chance(50) ? Op::Kind::retry : Op::Kind::drop);
    } else if (form < 82) {
      Op& op = add(Op::Kind::deploy, some_time());
      op.version = ++version_;
    } else if (form < 83) {
      add(Op::Kind::rollback).version = 1;
    } else if (form < 92) {
      add(Op::Kind::flush);
    } else if (form < 94) {
      add(Op::Kind::rest);
    } else if (form < 96) {
      add(Op::Kind::restart);
    } else if (form < 98) {
      add(Op::Kind::kill);
    } else {
      add(Op::Kind::fill_disk);
    }
  }

  Random random_;
  Story story_;
  Zone zone_;
  int64_t time_ms_ = 0;
  int customers_ = 3;
  int version_ = 1;
};

}  // namespace

Story tell(uint64_t seed) { return Teller(seed).tell(); }

std::string_view to_string(Op::Kind kind) {
  constexpr std::string_view kNames[] = {
      "line",     "again",  "wait",     "jump",  "done", "reassign", "note", "retry",    "drop",
      "drop all", "deploy", "rollback", "flush", "rest", "restart",  "kill", "fill disk"};
  return kNames[static_cast<size_t>(kind)];
}

}  // namespace duban::simulation
