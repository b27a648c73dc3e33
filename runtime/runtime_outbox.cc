// From records to channels, and back as receipts.
#include <spdlog/spdlog.h>

#include <algorithm>

#include "runtime/runtime_impl.h"

namespace duban {
namespace {

constexpr int64_t kFirstBackOffMs = 1000;
constexpr int64_t kBackOffMsMax = 10 * kMsPerMinute;

}  // namespace

void Runtime::Impl::enqueue(const Effect& effect) {
  std::optional<OutboxItem> item = message_of(effect.number, effect.record);
  if (!item) return;
  if (item->receipt_matters) awaiting.insert(item->subject);
  unsent.push_back(std::move(*item));
}

// Everything that is to be sent up to here was delivered, or stands in the store by itself.
uint64_t Runtime::Impl::sent_until() const {
  uint64_t until = unsent.empty() ? durable_effect : unsent.front().number - 1;
  for (const auto& [when, item] : retries) until = std::min(until, item.number - 1);
  return until;
}

bool Runtime::Impl::try_to_send(OutboxItem& item) {
  const uint32_t tries = is_virtual() ? std::max(settings.attempts_max, 1U) : 1;
  Receiver& receiver = channels.of(item.channel);
  if (item.payload.empty() && receiver.reads_payload())
    item.payload = payload_of(item, plans.current());
  for (uint32_t i = 0; i < tries; ++i) {
    ++item.attempts;
    const Status status = receiver.send(item);
    if (status) return true;
    spdlog::warn("{} {} could not be sent: {}", item.channel, item.id.to_hex(),
                 status.error().to_string());
  }
  return false;
}

Status Runtime::Impl::dispatch(bool with_receipts) {
  std::vector<std::pair<OutboxItem, bool>> tried;
  tried.reserve(unsent.size());
  const auto send = [&](OutboxItem item) {
    const bool delivered = try_to_send(item);
    tried.emplace_back(std::move(item), delivered);
  };
  if (!is_virtual()) {
    const Instant clock = now();
    while (!retries.empty() && retries.begin()->first <= clock) {
      OutboxItem item = std::move(retries.begin()->second);
      retries.erase(retries.begin());
      send(std::move(item));
    }
  }
  while (!unsent.empty() && unsent.front().number <= durable_effect) {
    if (unsent.front().receipt_matters && !with_receipts) break;
    OutboxItem item = std::move(unsent.front());
    unsent.pop_front();
    send(std::move(item));
  }
  if (tried.empty()) return {};
  if (Status status = channels.flush(); !status) {
    // Not known to have arrived: they are sent again.
    for (auto item = tried.rbegin(); item != tried.rend(); ++item) {
      unsent.push_front(std::move(item->first));
    }
    return status;
  }
  if (with_receipts) awaiting.clear();
  // First those that are tried again: beside them, what was delivered has to be noted by itself.
  std::vector<std::pair<OutboxItem, bool>> over;
  for (auto& [item, delivered] : tried) {
    if (delivered || is_virtual() || item.attempts >= settings.wall_attempts_max) {
      over.emplace_back(std::move(item), delivered);
      continue;
    }
    const int64_t wait_ms =
        std::min(kFirstBackOffMs << std::min(item.attempts - 1, 20U), kBackOffMsMax);
    const Instant when{now().ms + wait_ms};
    retries.emplace(when, std::move(item));
  }
  for (auto at = over.begin(); at != over.end(); ++at) {
    const auto& [item, delivered] = *at;
    // Of others no policy waits to hear: the outbox says what became of them.
    if (item.receipt_matters) {
      if (Status status = take_receipt(item, delivered); !status) {
        // Nobody knows of these yet: they are sent again.
        for (auto rest = over.end(); rest != at;) {
          if ((--rest)->first.receipt_matters) awaiting.insert(rest->first.subject);
          unsent.push_front(std::move(rest->first));
        }
        return status;
      }
    }
    // In order, the number that all are sent up to says it.
    if (!delivered || !retries.empty()) batch.sent.push_back({item.number, delivered});
    if (delivered) ++counts.sent;
  }
  if (const uint64_t until = sent_until(); until != sent_all) batch.sent_all = sent_all = until;
  return {};
}

Status Runtime::Impl::settle() {
  if (settling) return {};
  settling = true;
  Status status;
  do {
    status = commit();
    if (status) status = dispatch(true);
  } while (status && !awaiting.empty());
  settling = false;
  return status;
}

Status Runtime::Impl::take_receipt(const OutboxItem& item, bool delivered) {
  Input input;
  input.kind = Input::Kind::receipt;
  input.subject = item.subject;
  input.time = item.at;
  input.received = is_virtual() ? item.at : std::max(now(), item.at);
  input.cause = DigestBuilder()
                    .add("receipt")
                    .add(item.id.to_hex())
                    .add(delivered ? "delivered" : "failed")
                    .finish();
  input.target = item.id;
  input.delivered = delivered;
  const Result<bool> known = was_logged(input.cause);
  if (!known) return known.error();
  if (*known) return {};
  Result<Outcome> outcome = run(input, Origin{input.cause, "receipt", {}, {}, nullptr, 0});
  if (!outcome) return outcome.error();
  return {};
}

}  // namespace duban
