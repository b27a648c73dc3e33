#include "runtime/upcoming.h"

#include "runtime/subject_table.h"

namespace duban {

void Upcoming::push() {
  Waiting& waiting = items_[end_++ % kItems];
  waiting.hint = runtime_.expect(*waiting.item);
}

Status Upcoming::take() {
  const size_t waiting = end_ - first_;
  const auto ahead = [&](size_t distance) -> Runtime::Hint* {
    return waiting > distance ? &items_[(first_ + distance) % kItems].hint : nullptr;
  };
  if (Runtime::Hint* hint = ahead(SubjectTable::kRowAhead)) runtime_.expect_row(*hint);
  for (size_t depth = 0; depth < SubjectTable::kStateAhead.size(); ++depth) {
    if (const Runtime::Hint* hint = ahead(SubjectTable::kStateAhead[depth]))
      runtime_.expect_state(*hint, depth);
  }
  const Waiting& first = items_[first_++ % kItems];
  Status status = runtime_.take(*first.item, first.hint);
  // A case or a task that the event began keeps it.
  if (first.item->taken.use_count() > 1) first.item->taken.reset();
  return status;
}

}  // namespace duban
