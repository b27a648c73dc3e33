#include <spdlog/spdlog.h>

#include "runtime/runtime.h"

namespace duban {

Status run_virtual(Runtime& runtime, Feed& feed, std::optional<Instant> until,
                   const std::function<bool(double)>& progress) {
  constexpr uint64_t kItemsBetweenReports = 1024;
  FeedItem item;
  for (uint64_t items = 1;; ++items) {
    Result<bool> more = feed.next(item);
    if (!more) {
      // What was read before stands; time does not run on past a gap.
      if (Status status = runtime.rest(); !status) return status;
      return more.error();
    }
    if (!*more) break;
    if (Status status = runtime.take(item); !status) return status;
    if (progress && items % kItemsBetweenReports == 0 && !progress(feed.progress())) {
      return runtime.rest();
    }
  }
  if (Status status = runtime.end_feed(until); !status) return status;
  if (Status status = runtime.rest(); !status) return status;
  if (progress) progress(1);
  return {};
}

}  // namespace duban
