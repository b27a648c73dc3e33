#include "tests/simulation/receivers.h"

#include <utility>

namespace duban::simulation {
namespace {

Error refusal(const char* why) { return Error{why, {}, {}, {}, {}}; }

}  // namespace

Receivers::Manner Receivers::manner_of(const Digest& id, int& times) const {
  Random random(seed_ ^ id.low);
  times = patient_ ? random.between(1, 2) : random.between(1, 5);
  const size_t form = random.below(100);
  if (form < 60) return Manner::good;
  if (form < 72) return Manner::refuses_at_first;
  if (form < 84) return Manner::times_out_at_first;
  return form < 94 ? Manner::late : Manner::never;
}

void Receivers::accept(Item& known, const OutboxItem& item, bool answers) {
  ++(known.accepted ? counts_.repeated : counts_.accepted);
  const std::string id = item.channel() + " " + item.id().to_hex();
  if (known.confirmed) complaints_.push_back(id + " is sent again after it was noted as sent");
  if (known.answered) complaints_.push_back(id + " is sent again though its receiver took it");
  if (known.accepted && known.content != item.payload) {
    complaints_.push_back(id + " is sent again with other content:\n  " + known.content + "\n  " +
                          item.payload);
  }
  known.accepted = true;
  known.answered = answers;
  known.content = item.payload;
}

Status Receivers::send(const OutboxItem& item) {
  if (is_dead && is_dead()) return refusal("nobody is there to send it");
  if (durable_effect && item.number > durable_effect()) {
    complaints_.push_back(item.channel() + " " + item.id().to_hex() +
                          " is sent before what caused it is durable");
  }
  if (dies_now && dies_now()) return refusal("the sender died");
  Item& known = items_[item.id().to_hex()];
  int times = 0;
  const Manner manner = manner_of(item.id(), times);
  const int attempt = ++known.attempts;
  const bool at_first = attempt <= times && !recovered_;
  if (manner == Manner::never || (manner == Manner::refuses_at_first && at_first)) {
    ++counts_.refused;
    return refusal("refused");
  }
  if (manner == Manner::late && takes) takes(1 + static_cast<int64_t>(item.id().high % 20'000));
  const bool silent = manner == Manner::times_out_at_first && at_first;
  accept(known, item, !silent);
  if (silent) {
    ++counts_.timed_out;
    if (takes) takes(30'000);
    return refusal("no answer within 30 s");
  }
  if (dies_now && dies_now()) return refusal("the sender died");
  return {};
}

Status Receivers::flush() {
  if (is_dead && is_dead()) return refusal("nobody is there to ask");
  if (!std::exchange(fails_to_flush, false)) return {};
  ++counts_.flush_errors;
  restarted();  // what it was told is worth nothing
  return refusal("the connection broke");
}

void Receivers::confirm() {
  for (auto& [id, item] : items_) item.confirmed = item.confirmed || item.answered;
}

void Receivers::restarted() {
  for (auto& [id, item] : items_) {
    if (!item.confirmed) item.answered = false;
  }
}

std::string Receivers::describe() const {
  std::string out;
  for (const auto& [id, item] : items_) {
    out += id + (item.accepted ? " taken " : " never taken ") + item.content + "\n";
  }
  return out;
}

std::vector<std::string> Receivers::delivered() const {
  std::vector<std::string> out;
  for (const auto& [id, item] : items_) {
    if (item.accepted) out.push_back(id);
  }
  return out;
}

}  // namespace duban::simulation
