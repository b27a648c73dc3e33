#include <spdlog/spdlog.h>

#include "runtime/feed_ahead.h"
#include "runtime/runtime.h"
#include "runtime/upcoming.h"

namespace duban {

Status run_virtual(Runtime& runtime, Feed& of, std::optional<Instant> until,
                   const std::function<bool(double)>& progress) {
  constexpr uint64_t kItemsBetweenReports = 1024;
  if (runtime.deployed())
    of.take_in_for(runtime.plans().current(), runtime.plans().current_version());
  std::optional<FeedAhead> ahead;
  if (runtime.reads_ahead() && of.is_file()) ahead.emplace(of);
  Feed& feed = ahead ? *ahead : of;
  Upcoming upcoming(runtime);
  bool ended = false;
  std::optional<Error> broken;
  for (uint64_t items = 1;; ++items) {
    while (!ended && !upcoming.full()) {
      Result<bool> more = feed.exchange(upcoming.next());
      if (!more) broken = more.error();
      ended = !more || !*more;
      if (!ended) upcoming.push();
    }
    if (upcoming.empty()) break;
    if (Status status = upcoming.take(); !status) return status;
    if (progress && items % kItemsBetweenReports == 0 && !progress(feed.progress())) {
      return runtime.rest();
    }
  }
  if (broken) {  // what was read before stands; time does not run on past a gap
    if (Status status = runtime.rest(); !status) return status;
    return *broken;
  }
  if (Status status = runtime.end_feed(until); !status) return status;
  if (Status status = runtime.rest(); !status) return status;
  if (progress) progress(1);
  return {};
}

}  // namespace duban
