// The event loop under the wall clock. The one place that knows Boost.Asio.
//
// One thread steps. Bytes are read as they come and taken line by line. When nothing more is there
// and nothing is due, the group is committed by this thread at once, so a lone event is durable as
// soon as can be. Otherwise it is committed beside, and what comes while the disk is busy is the
// next group. A timer sleeps until the next wake, but never longer than a second: should the
// machine's clock jump, or the machine have slept, the next look at the clock sees it. A shard of a
// database is given items instead of bytes: what it reads only wakes it.
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/system_error.hpp>
#include <cerrno>
#include <chrono>
#include <utility>

#include "runtime/given_items.h"
#include "runtime/line_reader.h"
#include "runtime/runtime.h"
#include "runtime/system_error.h"
#include "runtime/upcoming.h"
#include "runtime/wake_pipe.h"

namespace duban {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr int64_t kSleepMsMax = 1000;
// When very many timers are due at once, events are taken in between. An event waits for the group
// on its way and is in the next. So where events follow each other closely, timers that are due
// gather until the next one takes them along, and the disk is free when it comes; those that no
// event has come for are committed by themselves. They leave its group small, and the processor to
// a group on its way with events.
constexpr size_t kTimersPerTurn = 8, kTimersAtOnce = 2;
constexpr std::chrono::microseconds kTurn{50};
constexpr size_t kTimersPerLine = 4;
constexpr size_t kGatheredMax = 32;
constexpr std::chrono::milliseconds kGathering{10};
constexpr size_t kSubjectsPerTurn = 32;
constexpr std::chrono::milliseconds kBetweenRests{900};

class Loop {
 public:
  // `stop`, `given`: may be null.
  Loop(Runtime& runtime, int descriptor, std::string name, std::optional<Instant> until, bool stay,
       const WakePipe* stop, GivenItems* given)
      : runtime_(runtime),
        given_(given),
        name_(std::move(name)),
        until_(until),
        stay_(stay),
        input_(context_),
        timer_(context_),
        stop_(context_) {
    struct stat info {};
    is_file_ = ::fstat(descriptor, &info) == 0 && S_ISREG(info.st_mode);  // epoll knows no files
    const int own = ::dup(descriptor);
    if (is_file_) {
      file_ = own;
    } else {
      input_.assign(own);
    }
    if (stop != nullptr) stop_.assign(::dup(stop->descriptor()));
  }
  ~Loop() {
    runtime_.when_committed({});
    if (file_ >= 0) ::close(file_);
  }
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  Status run() {
    if (stop_.is_open()) {
      stop_.async_wait(asio::posix::stream_descriptor::wait_read, [this](const error_code& ec) {
        if (!ec) enough();
      });
    }
    runtime_.when_committed([this] { asio::post(context_, [this] { on_committed(); }); });
    tick();
    if (!stopping_) read();
    context_.run();
    // Another shard may have come to `until` first, and have had the items ended.
    if (status_ && until_ && runtime_.now() >= *until_) status_ = runtime_.advance(*until_, true);
    if (status_) status_ = runtime_.rest();
    return status_;
  }

 private:
  using Steady = std::chrono::steady_clock;

  void read() {
    if (is_file_) {
      asio::post(context_, [this] {
        if (stopping_) return;
        const ssize_t got = ::read(file_, chunk_.data(), chunk_.size());
        if (got < 0) return fail(system_error("cannot be read", "无法读取", errno, name_));
        on_bytes(static_cast<size_t>(got), got == 0);
      });
      return;
    }
    input_.async_read_some(asio::buffer(chunk_), [this](const error_code& ec, size_t got) {
      if (ec == asio::error::operation_aborted || !status_) return;
      if (ec && ec != asio::error::eof)
        return fail(system_error("cannot be read", "无法读取", ec.value(), name_));
      on_bytes(got, ec == asio::error::eof);
    });
  }

  void on_bytes(size_t got, bool at_end) {
    if (given_ != nullptr) {
      GivenItems::Given given = given_->take();
      take_items(given.items);
      at_end = given.ended;
    } else {
      take_lines(got, at_end);
    }
    while (status_ && !upcoming_.empty()) take();
    if (stopping_) return;  // they were read before: a pipe gives them only once
    if (took_lines_) last_line_ = Steady::now();
    hand_on(is_due_ || got == chunk_.size() || is_readable());
    if (!status_) return stop();
    if (at_end && !stay_) return stop();
    if (!at_end || given_ != nullptr) read();
    tick();
  }

  void take_lines(size_t got, bool at_end) {
    lines_.add({chunk_.data(), got});
    if (at_end) lines_.finish();
    LineCutter::Line line;
    while (status_ && lines_.next(line)) {
      if (line.is_blank()) continue;
      if (status_ = refuse_packed(name_, line); !status_) return;
      if (upcoming_.full()) take();
      read_ndjson(name_, line.number, line.text, line.too_long, *upcoming_.next());
      upcoming_.push();
    }
  }

  void take_items(std::vector<FeedItem>& items) {
    for (FeedItem& item : items) {
      if (!status_) return;
      if (upcoming_.full()) take();
      std::swap(*upcoming_.next(), item);
      upcoming_.push();
    }
  }

  bool is_readable() {
    if (is_file_) return false;
    pollfd asked{input_.native_handle(), POLLIN, 0};
    return ::poll(&asked, 1, 0) > 0;
  }

  // Timers that came due meanwhile go on between the lines of a group.
  void take() {
    if (std::exchange(took_lines_, true)) advance(runtime_.now(), kTimersPerLine);
    if (status_) status_ = upcoming_.take();
  }

  // What came meanwhile is the next group; timers alone go on gathering.
  void on_committed() {
    if (stopping_) return;
    if (is_due_ && !took_lines_) {
      status_ = runtime_.deliver();
    } else {
      hand_on(is_due_ || is_readable());
    }
    if (!status_) return stop();
    tick();
  }

  void hand_on(bool beside) {
    if (!status_) return;
    if (!runtime_.is_committing()) has_lines_ = std::exchange(took_lines_, false);
    status_ = runtime_.hand_on(beside);
  }

  // Does what is due and sleeps until the next.
  void tick() {
    if (stopping_) return;
    if (runtime_.is_committing() && has_lines_) return;
    const Instant now = runtime_.now();
    if (runtime_.collected() < kGatheredMax)
      advance_for_a_turn(until_ ? std::min(now, *until_) : now);
    if (status_ && is_due_) return gather();
    if (!status_) return stop();
    store_some();
    if (status_ && storing_ && !runtime_.is_committing()) go_on();
    if (!status_) return stop();
    if (until_ && now >= *until_) return enough();

    int64_t sleep_ms = kSleepMsMax;
    const auto earlier = [&](Instant at) {
      sleep_ms = std::clamp<int64_t>(at.ms - now.ms, 0, sleep_ms);
    };
    if (const std::optional<Wake> wake = runtime_.next_wake()) earlier(wake->at);
    if (const std::optional<Instant> retry = runtime_.next_retry()) earlier(*retry);
    if (until_) earlier(*until_);
    sleep_until(Steady::now() + std::chrono::milliseconds(sleep_ms));
  }

  // Timers that are due go on; what they did goes to the disk by itself when no event comes.
  void gather() {
    const bool full = runtime_.collected() >= kGatheredMax;
    if (full && runtime_.is_committing()) return;  // on_committed() goes on
    if (full && last_line_ + kGathering > Steady::now())
      return sleep_until(last_line_ + kGathering);
    if (full) hand_on(true);
    status_ ? go_on() : stop();
  }

  void sleep_until(Steady::time_point then) {
    timer_.expires_at(then);
    timer_.async_wait([this](const error_code& ec) {
      if (!ec) tick();
    });
  }

  void advance(Instant instant, size_t timers_max) {
    const Result<bool> more = runtime_.advance_some(instant, timers_max);
    if (!more) status_ = more.error();
    is_due_ = more && *more;
  }

  void advance_for_a_turn(Instant instant) {
    const auto end = Steady::now() + kTurn;
    size_t timers = 0;
    do {
      advance(instant, kTimersAtOnce);
      timers += kTimersAtOnce;
    } while (is_due_ && timers < kTimersPerTurn && Steady::now() < end);
  }

  // The next turn; what has come meanwhile is read first.
  void go_on() {
    if (std::exchange(turn_posted_, true)) return;
    asio::post(context_, [this] {
      turn_posted_ = false;
      tick();
    });
  }

  // About once a second all state is stored, some with each turn: a lone event then costs one small
  // commit, and reports are a second or two behind at most.
  void store_some() {
    if (runtime_.is_committing()) return;
    const auto now = Steady::now();
    if (!storing_ && now - rest_ < kBetweenRests) {
      hand_on(false);
      return;
    }
    if (!storing_) rest_ = now;
    const Result<bool> more = runtime_.rest_some(kSubjectsPerTurn);
    if (!more) status_ = more.error();
    storing_ = more && *more;
  }

  // When asked to stop, and at `until`.
  void enough() { given_ != nullptr ? given_->ask_for_end() : stop(); }

  void fail(Error error) {
    status_ = std::move(error);
    stop();
  }

  void stop() {
    stopping_ = true;
    error_code ignored;
    input_.cancel(ignored);
    timer_.cancel(ignored);
    stop_.cancel(ignored);
  }

  Runtime& runtime_;
  GivenItems* given_;  // null: lines are read
  std::string name_;
  std::optional<Instant> until_;
  bool stay_;

  asio::io_context context_{1};
  asio::posix::stream_descriptor input_;
  asio::steady_timer timer_;
  asio::posix::stream_descriptor stop_;
  int file_ = -1;
  bool is_file_ = false;

  std::array<char, 256 * 1024> chunk_{};
  LineCutter lines_;
  Upcoming upcoming_{runtime_};
  bool stopping_ = false;
  bool turn_posted_ = false;
  bool is_due_ = false;      // more timers are
  bool took_lines_ = false;  // since a group was handed on
  bool has_lines_ = false;   // the group on its way: somebody waits for it
  bool storing_ = false;
  Steady::time_point last_line_, rest_;
  Status status_;
};

Status follow(Runtime& runtime, int descriptor, const std::string& name,
              std::optional<Instant> until, bool stay, const WakePipe* stop,
              GivenItems* given) try {
  return std::make_unique<Loop>(runtime, descriptor, name, until, stay, stop, given)->run();
} catch (const boost::system::system_error& error) {
  return system_error("cannot be followed", "无法跟随", error.code().value(), name);
}

}  // namespace

Status run_wall(Runtime& runtime, int descriptor, const std::string& name,
                std::optional<Instant> until, bool stay, const WakePipe* stop) {
  return follow(runtime, descriptor, name, until, stay, stop, nullptr);
}

Status run_wall(Runtime& runtime, GivenItems& items, const std::string& name,
                std::optional<Instant> until) {
  return follow(runtime, items.descriptor(), name, until, false, nullptr, &items);
}

}  // namespace duban
