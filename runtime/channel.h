// Where notices and outgoing events go. Sending is at least once, the id is the receiver's key
// against doing it twice.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/result.h"
#include "runtime/store.h"

namespace duban {

// The shards of a database send from threads of their own: one that is given to several is safe
// for that.
class Receiver {
 public:
  virtual ~Receiver() = default;
  virtual Status send(const OutboxItem& item) = 0;
  // Whether send() looks at the payload; otherwise it is not even made.
  virtual bool reads_payload() const { return true; }
  virtual Status flush() = 0;  // what was sent has reached its receiver
};

// Picks the channel of an item. Default: everything to the log.
class Channels {
 public:
  Channels();
  ~Channels();
  // `log`, or `file:PATH` (NDJSON, appended; items already in the file by id are not written
  // again).
  Status configure(const std::string& channel, const std::string& target);  // channel `*` = all
  void attach(const std::string& channel,
              std::shared_ptr<Receiver> receiver);  // one made elsewhere
  Receiver& of(const std::string& channel);
  Status flush();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace duban
