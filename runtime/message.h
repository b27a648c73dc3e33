// What is said to the world outside: notices, outgoing events, and to people that they have a task.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "engine/plan.h"
#include "engine/record.h"

namespace duban {

// Very many wait for their group at times: what its record says is not said twice.
struct OutboxItem {
  uint64_t number = 0;  // of the effect that it is part of; rising
  uint32_t attempts = 0;
  std::shared_ptr<const Record> record;  // one that is_message()
  std::string data;     // an outgoing event read back from the store: its fields as JSON
  std::string payload;  // JSON, once payload_of() was asked for it

  const Digest& id() const;            // idempotency key for the receiver
  const std::string& channel() const;  // a notice's channel, `events` or `tasks`
  const Key& subject() const;
  Instant at() const;
  bool receipt_matters() const;
};

// Whether something of this effect is to be sent.
bool is_message(const Record& record);

// The JSON text for the receiver. It begins with the id, by which a repetition is known.
std::string payload_of(const OutboxItem& item, const Plan& plan);

}  // namespace duban
