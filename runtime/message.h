// What is said to the world outside: notices, outgoing events, and to people that they have a task.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "engine/plan.h"
#include "engine/record.h"

namespace duban {

struct OutboxItem {
  uint64_t number = 0;  // of the effect that it is part of; rising
  Digest id;            // idempotency key for the receiver
  Key subject;
  std::string channel;  // a notice's channel, `events` or `tasks`
  Instant at;
  bool receipt_matters = false;
  uint32_t attempts = 0;
  std::shared_ptr<const Record> record;
  std::string data;     // an outgoing event read back from the store: its fields as JSON
  std::string payload;  // JSON, once payload_of() was asked for it
};

// None: nothing of this effect is to be sent.
std::optional<OutboxItem> message_of(uint64_t number, std::shared_ptr<const Record> record);

// The JSON text for the receiver. It begins with the id, by which a repetition is known.
std::string payload_of(const OutboxItem& item, const Plan& plan);

}  // namespace duban
