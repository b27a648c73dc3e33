// What a step did, for people and for the outbox: snapshots in the words of the policy. The store
// appends them as they come; the newest record of an id is what is true now.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "engine/digest.h"
#include "engine/state.h"
#include "engine/syntax.h"
#include "engine/value.h"

namespace duban {

// Which line of which policy it came from.
struct Provenance {
  Version version = 0;
  std::string policy;      // canonical name
  Span span;               // in that version's sources
  std::string basis = {};  // the article it rests on; may be empty
};

struct CaseRecord {
  enum class Change : uint8_t {
    opened,
    recomputed,  // it follows a new version,
    restarted,   // … its clocks counting from then on
    closed,
  };
  Change change = Change::opened;
  Digest id;
  Key subject;
  std::string name;  // canonical
  std::string key;   // written out; empty = none
  Instant at;
  Instant opened;
  std::string outcome;  // closed: canonical
  Provenance from;
};

struct TaskRecord {
  enum class Change : uint8_t {
    opened,
    moved,       // its deadline
    paused,      // its clock stands still
    resumed,     // and runs again
    escalated,   // `person` is now accountable too
    withdrawn,   // an escalation: its deadline was moved later
    reassigned,  // to `person`
    noted,       // `note`
    done,        // by `person` or by an event
    cancelled,   // its case closed
    expired,
  };
  enum class Status : uint8_t { open, done, cancelled, expired };
  Change change = Change::opened;
  Status status = Status::open;
  Digest id;
  Key subject;
  Digest case_id;  // zero = none
  std::string title;
  std::optional<Key> assignee;  // nobody: `unassigned`
  std::vector<Key> accountable;
  Instant at;
  Instant opened;
  std::optional<Deadline> due;
  std::optional<Instant> paused;  // its clock stands still since then; there is no `due`
  std::optional<Key> person;
  std::string note;
  std::vector<std::pair<std::string, std::string>> answers;  // field, written out
  std::vector<std::string> needs;                            // `decision: approved | refused`
  Digest message;  // id of what somebody is told of it; zero: nobody is
  Provenance from;
};

struct NoticeRecord {
  enum class Status : uint8_t {
    queued,   // in the outbox
    waiting,  // for quiet hours or a limit, until `until`
    delivered,
    failed,         // the channel's receipt
    missed,         // its time was past before it could be sent
    withdrawn,      // its case closed, or its condition no longer held, before it was sent
    dropped,        // over a limit, or expired
    undeliverable,  // no address
    blocked,        // by a forbid: `note` is its reason
  };
  Status status = Status::queued;
  Digest id;
  Key subject;
  Digest case_id;
  Key recipient;
  std::string channel;  // canonical
  std::string address;
  std::string notice;  // canonical
  syntax::NoticeClass notice_class = syntax::NoticeClass::service;
  std::string text;
  Instant at;
  std::optional<Instant> until;
  std::string note;
  bool receipt_matters = false;  // the receipt must come back as an input
  Provenance from;
};

// An outgoing event for the outbox; or what a forbid stopped.
struct OutgoingRecord {
  enum class Status : uint8_t { queued, blocked };
  Status status = Status::queued;
  Digest id;
  Key subject;
  Digest case_id;
  std::string event;                                  // canonical
  std::vector<std::pair<std::string, Value>> fields;  // canonical names
  std::vector<Type> types;
  Instant at;
  std::string note;  // blocked: why
  Provenance from;
};

// An event raised inside, for explanations and scenarios.
struct RaisedRecord {
  Digest id;
  Key subject;
  std::string event;
  std::vector<std::pair<std::string, Value>> fields;
  Instant at;
  Provenance from;
};

// A second event that is not to count, by the field that makes its type unique: nothing came of it.
struct DuplicateRecord {
  Digest id;  // the event's cause
  Key subject;
  std::string event;     // canonical
  std::string key;       // the field's value, written out; `***` when private
  bool differs = false;  // it says other things than the one that counted
  bool raised = false;   // by a rule; otherwise it is the step's own input
  Instant at;
  Provenance from;
};

// Something a person must look at although the step stands.
struct ConcernRecord {
  Digest id;
  Key subject;
  std::string english, chinese;
  Instant at;
  Provenance from;
};

using Record = std::variant<CaseRecord, TaskRecord, NoticeRecord, OutgoingRecord, RaisedRecord,
                            DuplicateRecord, ConcernRecord>;

const Digest& id_of(const Record& record);
std::string_view to_string(CaseRecord::Change change);  // `opened`
std::string_view to_string(TaskRecord::Change change);
std::string_view to_string(TaskRecord::Status status);
std::string_view to_string(NoticeRecord::Status status);
std::string_view to_string(OutgoingRecord::Status status);
std::string_view to_string(syntax::NoticeClass notice_class);

}  // namespace duban
