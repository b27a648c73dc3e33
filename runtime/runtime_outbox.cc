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
  if (!sends() || !is_message(*effect.record)) return;
  OutboxItem& item = unsent.emplace_back();
  item.number = effect.number;
  item.record = effect.record;
  if (item.receipt_matters()) awaiting.insert(item.subject());
}

// Everything that is to be sent up to here was delivered, or stands in the store by itself.
uint64_t Runtime::Impl::sent_until() const {
  uint64_t until = unsent.empty() ? durable_effect : unsent.front().number - 1;
  for (const auto& [when, item] : retries) until = std::min(until, item.number - 1);
  for (const auto& [item, delivered] : outcomes) until = std::min(until, item.number - 1);
  return until;
}

bool Runtime::Impl::try_to_send(OutboxItem& item) {
  const uint32_t tries = is_virtual() ? std::max(settings.attempts_max, 1U) : 1;
  Receiver& receiver = channels.of(item.channel());
  if (item.payload.empty() && receiver.reads_payload())
    item.payload = payload_of(item, plans.current());
  for (uint32_t i = 0; i < tries; ++i) {
    ++item.attempts;
    const Status status = receiver.send(item);
    if (status) return true;
    spdlog::warn("{} {} could not be sent: {}", item.channel(), item.id().to_hex(),
                 status.error().to_string());
  }
  return false;
}

// Those that are tried again and are due, and what is durable, in order, to the end of `outcomes`.
void Runtime::Impl::send(bool with_receipts) {
  const auto send = [&](OutboxItem&& item) {
    Sent& sent = outcomes.emplace_back(Sent{std::move(item), false});
    sent.delivered = try_to_send(sent.item);
  };
  if (!is_virtual()) {
    const Instant clock = now();
    while (!retries.empty() && retries.begin()->first <= clock) {
      send(std::move(retries.begin()->second));
      retries.erase(retries.begin());
    }
  }
  while (!unsent.empty() && unsent.front().number <= durable_effect) {
    if (!with_receipts && unsent.front().receipt_matters()) break;
    send(std::move(unsent.front()));
    unsent.pop_front();
  }
}

Status Runtime::Impl::dispatch(bool with_receipts) {
  const auto known = static_cast<ptrdiff_t>(outcomes.size());
  send(with_receipts);
  if (outcomes.empty()) return {};
  const auto tried = outcomes.begin() + known;
  if (Status status = tried == outcomes.end() ? Status() : channels.flush(); !status) {
    // Not known to have arrived: they are sent again.
    for (auto each = tried; each != outcomes.end(); ++each) unsent.push_back(std::move(each->item));
    outcomes.erase(tried, outcomes.end());
    std::sort(unsent.begin(), unsent.end(),
              [](const OutboxItem& a, const OutboxItem& b) { return a.number < b.number; });
    return status;
  }
  auto kept = tried;
  for (auto each = tried; each != outcomes.end(); ++each) {
    OutboxItem& item = each->item;
    if (each->delivered || is_virtual() || item.attempts >= settings.wall_attempts_max) {
      if (kept != each) *kept = std::move(*each);
      ++kept;
      continue;
    }
    const int64_t wait_ms =
        std::min(kFirstBackOffMs << std::min(item.attempts - 1, 20U), kBackOffMsMax);
    retries.emplace(Instant{now().ms + wait_ms}, std::move(item));
  }
  outcomes.erase(kept, outcomes.end());
  return note_outcomes(with_receipts);
}

// What an error leaves stays known: its receiver took it, and is not given it again.
Status Runtime::Impl::note_outcomes(bool with_receipts) {
  if (with_receipts) {
    awaiting.clear();  // but for those of what is not durable yet
    for (const OutboxItem& item : unsent) {
      if (item.receipt_matters()) awaiting.insert(item.subject());
    }
  }
  for (; !outcomes.empty(); outcomes.pop_front()) {
    const auto& [item, delivered] = outcomes.front();
    // Of others no policy waits to hear: the outbox says what became of them.
    if (item.receipt_matters()) {
      if (!with_receipts) break;
      if (Status status = take_receipt(item, delivered); !status) {
        for (const Sent& left : outcomes) {
          if (left.item.receipt_matters()) awaiting.insert(left.item.subject());
        }
        return status;
      }
    }
    // In order, the number that all are sent up to says it; not beside those that are tried again.
    if (!delivered || !retries.empty()) batch.sent.push_back({item.number, delivered});
    if (delivered) ++counts.sent;
  }
  if (const uint64_t until = sent_until(); until != sent_all) batch.sent_all = sent_all = until;
  return {};
}

Status Runtime::Impl::deliver() {
  if (settling) return {};
  settling = true;
  const Status status = dispatch(true);
  settling = false;
  return status;
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
  input.subject = item.subject();
  input.time = item.at();
  input.received = is_virtual() ? item.at() : std::max(now(), item.at());
  input.cause = DigestBuilder()
                    .add("receipt")
                    .add(item.id().to_hex())
                    .add(delivered ? "delivered" : "failed")
                    .finish();
  input.target = item.id();
  input.delivered = delivered;
  const Result<bool> known = was_logged(input.cause);
  if (!known) return known.error();
  if (*known) return {};
  Result<Outcome> outcome = run(input, Origin{input.cause, "receipt", {}, {}, nullptr, 0});
  if (!outcome) return outcome.error();
  return {};
}

}  // namespace duban
