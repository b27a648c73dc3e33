// The log of inputs: the truth that all state is a cache of.
//
// Entries are numbered from 1 without gaps and never change. They are written by Store::commit, in
// groups; each group carries the digest of all before it, so that a damaged or missing one is
// noticed and named. An interface of its own: a log can also live elsewhere than in the store.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "engine/digest.h"
#include "engine/result.h"
#include "engine/time.h"
#include "engine/value.h"

namespace duban {

using Sequence = uint64_t;  // position in the log, from 1

struct LogEntry {
  // waiting: an input of a held subject, or the one that it is held for. Nothing came of it yet;
  // when it is stepped after all it is logged again, as `input`, in its new place. So the entries
  // that are `input` are exactly what was stepped, in order.
  enum class Kind : uint8_t { input, reference, deployment, broadcast, waiting };
  Kind kind = Kind::input;
  Sequence sequence = 0;
  Sequence previous = 0;  // the subject's entry before this one; 0 = none
  Digest id;              // of (source, id): what duplicates are recognised by; zero = has none
  Key subject;            // empty key for reference rows, deployments and broadcasts
  Instant time;
  std::string payload;           // encode(Input), encode(ReferenceRow), a deployment's version…
  std::string type;              // for people: the event's type, `timer`, `answer`…
  std::string source, event_id;  // as they came, for people
};

// How much of the ids is kept in memory. Nothing else depends on it.
struct IdSettings {
  int64_t window_ms = 35 * kMsPerDay;  // those of entries so long before the newest time in the log
  size_t leave_at_once = 1 << 17;      // and about so many more
};

// Of the entries that compaction looked at.
struct CompactionCounts {
  uint64_t dropped = 0, kept = 0;
};

class Log {
 public:
  virtual ~Log() = default;

  virtual Sequence last() const = 0;
  // Where it ended when it was last written. Behind last(): its end is missing.
  virtual Sequence written_end() const = 0;
  virtual Result<LogEntry> read(Sequence sequence) = 0;
  // The subject's entries after `after` up to `newest`, oldest first, by following `previous`.
  virtual Result<std::vector<LogEntry>> read_subject(const Key& key, Sequence newest,
                                                     Sequence after = 0) = 0;
  // Every entry after `after` that is still there, in order, until `visit` returns an error.
  // A group that is missing is an error.
  virtual Status for_each(Sequence after, const std::function<Status(LogEntry&)>& visit) = 0;
  // Only reference, deployment and broadcast entries.
  virtual Status for_each_shared(const std::function<void(const LogEntry&)>& visit) = 0;
  // Gets ready for has_id(): to be called once, before anything is written.
  virtual Status remember_ids(const IdSettings& settings) = 0;
  // Whether an entry with this id was ever committed, dropped or not. Exact, however long ago.
  virtual Result<bool> has_id(const Digest& id) = 0;
  // False: it was not. Asks nothing but memory, and may be asked while another thread commits.
  virtual bool may_have_id(const Digest&) const { return true; }
  // The id will be asked for soon: what that looks at is fetched from memory. As above.
  virtual void expect_id(const Digest&) const {}
  // Every id ever logged, those of dropped entries too.
  virtual Status for_each_id(const std::function<void(const Digest&)>& visit) = 0;
  // Reads everything and compares it with its digests: one error for each group that is damaged,
  // missing or out of its order, by the range of its entries.
  virtual Result<std::vector<Error>> verify() = 0;
};

}  // namespace duban
