// The runtime's insides. runtime.cc opens and commits, runtime_take.cc takes items of feeds in,
// runtime_reach.cc finds whom broadcasts reach, runtime_dangling.cc warns of rows they name that
// are not there, runtime_step.cc steps subjects and fires timers, runtime_outbox.cc sends,
// runtime_deploy.cc changes versions, runtime_commands.cc and runtime_incidents.cc do what people
// ask for.
//
// Whatever the size of groups and wherever the process is killed, the log comes out the same. So
// nothing here may depend on when a group was committed; what waits for something outside (a
// receipt) is settled at points that follow from the log alone.
#pragma once

#include <chrono>
#include <deque>
#include <map>
#include <set>
#include <unordered_set>

#include "runtime/attribute_index.h"
#include "runtime/committer.h"
#include "runtime/id_set.h"
#include "runtime/runtime.h"
#include "runtime/subject_table.h"
#include "runtime/sweep.h"
#include "runtime/timers.h"

namespace duban {

// Where an input came from.
struct Origin {
  Digest id;  // what duplicates are recognised by; zero = none
  std::string_view type, source, event_id;
  const FeedItem* item = nullptr;  // null: not of a feed
  Sequence waiting = 0;            // it is stepped again: its entry while it waited
};

// What a reference row was before the log entry that changed it.
struct FormerReference {
  Sequence sequence = 0;
  Key key;
  std::optional<References::Row> row;
};

// What became of an input.
enum class Fate : uint8_t {
  stepped,
  waits,    // its subject is held, or is now because of it
  refused,  // it made no sense; nothing was logged
};
struct Outcome {
  struct Reason {
    std::string english, chinese;
  };
  Fate fate = Fate::stepped;
  std::optional<Reason> why;  // nothing: stepped, or an earlier incident tells
};

// What a channel was given, and whether it took it or it is given up.
struct Sent {
  OutboxItem item;
  bool delivered = false;
};

struct Runtime::Impl {
  Impl(std::unique_ptr<Store> the_store, Channels& the_channels, RuntimeSettings the_settings);
  ~Impl();
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  // ---- runtime.cc
  Status load();
  // Makes the batch durable, and stores the state of at least so many subjects that are not as
  // stored.
  Status commit(size_t subjects = 0);
  // … on its way: the next group may begin. `waits`: it does not.
  Status begin_commit(size_t subjects, bool waits);
  Status end_commit();  // what is on its way is durable
  // What failed is tried again, before anything else goes on: a commit, to restore() a subject.
  Status mend();
  void changed(SubjectRow& row);                             // no longer as stored
  void changed(Sequence sequence, const ReferenceRow& row);  // … is not what it is going to be
  StoredSubject to_store(SubjectRow& row) const;
  Status close_group();        // …and hands the outbox on
  Status maybe_close_group();  // where groups are to end
  Status flush();
  Status hand_on(bool beside);
  Status rest();
  Result<bool> rest_some(size_t subjects);
  Status recover_state();
  Instant now() const;
  bool is_virtual() const { return settings.clock == ClockKind::virtual_time; }
  bool sends() const { return settings.sends || is_virtual(); }
  bool clock_is_set() const { return !is_virtual() || virtual_clock.now().ms != INT64_MIN; }

  // ---- runtime_take.cc
  Status take(const FeedItem& item, const Hint& hint);
  const EventData* taken(const FeedItem& item) const;
  std::variant<Intake, IntakeError> take_in_now(const RawEvent& raw, const Stamp& stamp,
                                                const FeedItem& item, Instant received) const;
  Result<Outcome> take_event(const RawEvent& raw, const Digest& id, const FeedItem& item);
  Result<Outcome> duplicate(const FeedItem& item);
  // Time comes to an event that makes sense whatever becomes of it: where a virtual clock stands
  // follows from the items of the feed alone, not from what was known of them.
  Status pass_time(const FeedItem& item);
  Result<Outcome> take_input(const Input& input, const FeedItem& item, const RawEvent& raw);
  Result<Outcome> take_reference(ReferenceRow row, const FeedItem& item, const RawEvent& raw,
                                 Digest id);
  Result<Outcome> take_broadcast(const Broadcast& broadcast, const FeedItem& item,
                                 const RawEvent& raw);
  void refuse(const FeedItem& item, StoredIncident::Kind kind, const std::string& english,
              const std::string& chinese);
  // Whether this id was ever logged.
  Result<bool> was_logged(const Digest& id);
  // By content alone: a copy of a feed says nothing new.
  static Digest line_id(const FeedItem& item);

  // ---- runtime_reach.cc
  Result<std::vector<Key>> reached_by(const Broadcast& broadcast);
  Result<AttributeIndex*> attribute_index(uint16_t entity, uint16_t attribute);
  // In no particular order: those in memory, and those that are only stored.
  Status each_subject(uint16_t entity,
                      const std::function<void(const Key&, const Subject&)>& visit);
  // Wherever it lies; not at all when there is none.
  Status visit_subject(const Key& key,
                       const std::function<void(const Key&, const Subject&)>& visit);
  // apply(), and whatever else follows a subject's attributes.
  std::variant<StepEffects, StepFailure, IntakeError> apply_to(Subject& subject,
                                                               const Input& input);

  // ---- runtime_dangling.cc
  // Warns, once ever, of each reference row that is named and not there. REQUIRES: what names it
  // was logged last and is not committed.
  void warn_of_dangling(const Input& input, const FeedItem& item);
  void warn_of_dangling(const EventData& event, const FeedItem& item);
  void warn_of_dangling(const Layout::Field& field, const Value& value, Instant at,
                        const FeedItem& item);
  Status end_dangling(const ReferenceRow& row);  // it came after all

  // ---- runtime_step.cc
  // Its row, with its state: a new one when it is not stored.
  Result<SubjectRow*> find(const Key& key);
  Status load(SubjectRow& row);
  // One input in its place: what its subject awaits and its timers due before it come first.
  Result<Outcome> run(const Input& input, const Origin& origin);
  Input timer_of(const SubjectRow& row, Wake wake) const;
  Status fire(SubjectRow& row);                // its timer
  Status give_up(SubjectRow& row, Wake wake);  // one that failed and was dropped
  // Moves a virtual clock, stepping all timers due before.
  Status advance(Instant instant, bool inclusive);
  Result<bool> advance_some(Instant instant, bool inclusive, size_t timers_max);
  // Timers that were armed behind a virtual clock, by what came late: they go off at once, so that
  // a subject's order does not depend on when another's next item comes.
  Status step_overdue();
  Result<Outcome> step_now(SubjectRow& row, const Input& input, const Origin& origin);
  Status restore(SubjectRow& row);  // after a step that failed half-way; `spoilt` until it succeeds
  Sequence log(LogEntry::Kind kind, const Input& input, const Origin& origin, SubjectRow& row);
  Sequence append(LogEntry entry);
  LogEntry& next_entry(const Digest& id);  // numbered; the rest is to be written over in whole
  void accept(SubjectRow& row, StepEffects&& effects, const Input& input, const Origin& origin);
  // Its timer is what its state says, unless that one was given up.
  void arm(SubjectRow& row, std::optional<Wake> wake);
  void record(Sequence sequence, std::shared_ptr<const Record> record);
  void count(const Record& record);
  void wait(SubjectRow& row, const Input& input, const Origin& origin);
  void hold(SubjectRow& row, const Input& input, const Origin& origin, const StepFailure& failure);

  // ---- runtime_outbox.cc
  void enqueue(const Effect& effect);
  uint64_t sent_until() const;
  // Sends what is durable, in order; unless `with_receipts`, only up to the first whose receipt
  // matters.
  Status dispatch(bool with_receipts);
  void send(bool with_receipts);
  Status note_outcomes(bool with_receipts);
  // Wall clock: sends what is durable and steps its receipts.
  Status deliver();
  // Commits, sends everything and steps the receipts, until no more are awaited.
  Status settle();
  bool try_to_send(OutboxItem& item);
  Status take_receipt(const OutboxItem& item, bool delivered);

  // ---- runtime_deploy.cc
  void add_plan(Version version, std::shared_ptr<const Plan> plan);
  Status compile_stored();  // those in force at what is stored; the rest become `later`
  Status come_into_force(Sequence sequence);  // …one after the other
  Result<std::set<Version>> versions_needed();
  Result<DeployOutcome> deploy(const CompileInput& input, const Compilation& compilation,
                               std::optional<Instant> at, const std::string& note,
                               Version rollback_of);
  Result<DeployOutcome> rollback(Version to, std::optional<Instant> at);
  Status follow(const StoredDeployment& other);
  Status ask_subjects(Version version, Instant at);

  // ---- runtime_commands.cc
  // Where something is said to happen then: refused before a virtual clock, or ahead of a real one.
  // A virtual clock is moved there.
  Status come_to(Instant at, const Zone& zone);
  Status command(const TaskCommand& command);
  Result<std::optional<FoundTask>> find_task(const std::string& id);
  Result<Input> make_input(const TaskCommand& command, const FoundTask& found, const Task& task);
  Result<Key> find_person(const std::string& person, const Task& task) const;

  // ---- runtime_incidents.cc
  Result<std::optional<StoredIncident>> find_incident(const std::string& id);
  Result<StoredIncident> find_open(const std::string& id);
  Status retry(const std::string& id);
  Status drop(const std::string& id);
  Status retry_line(StoredIncident incident);
  Status release(StoredIncident incident, bool drop_first);
  void no_longer_waits(const Key& key, Sequence sequence);
  Status catch_up(SubjectRow& row, const LogEntry& failed);
  Status resume_release();  // the one that was broken off, before anything else; often none
  void open_incident(StoredIncident incident);
  void close_incident(StoredIncident incident, StoredIncident::Status status);

  Committer store;
  Channels& channels;
  RuntimeSettings settings;
  std::shared_ptr<const Clock> wall_clock;
  VirtualClock virtual_clock;
  RunCounts counts;

  Plans plans;  // changed by add_plan() alone
  References references;
  std::vector<StoredDeployment> deployments;
  std::map<Version, std::shared_ptr<const Plan>> later;
  SubjectTable subjects;
  Timers timers{subjects};
  AttributeIndexes attribute_indexes;
  std::vector<FormerReference> former_references;  // of all changes since store.swept(), in order
  IdSet batch_ids, writing_ids;                    // logged, in `batch` and in what is written
  IdSet refused;                                   // every line and event that became an incident
  IdSet warned;                                    // every concern, of missing rows and of policies
  // Inputs of held subjects, in order; and of the one let go that has not caught up yet.
  std::map<Key, std::vector<Sequence>> waiting;
  Sequence releasing = 0;  // what that one was held for; 0 = there is none
  // Timers that failed, were dropped, and cannot even be passed over: asking what is due fails.
  // They stay in the state of their subjects, and are not armed until something changes them.
  std::map<Key, Wake> given_up;

  Batch batch;
  Sweep sweep;
  // A batch on its way to the disk, and what it will have made durable.
  struct Writing {
    std::vector<uint32_t> slots;  // of its subjects
    std::optional<Instant> clock;
    std::optional<Sequence> swept;
    uint64_t last_effect = 0;
    bool has_inputs = false;
  };
  std::optional<Writing> writing;
  std::optional<uint32_t> spoilt;  // the slot of a subject that must not be used as it is
  std::vector<Key> forced;         // …whose state says what the log does not: held, or no longer
  Sequence last_sequence = 0;
  uint64_t last_effect = 0;
  std::optional<Instant> stored_clock;
  std::chrono::steady_clock::time_point group_began;

  std::deque<OutboxItem> unsent;              // by number
  std::deque<Sent> outcomes;                  // what channels said, and nobody has noted yet
  uint64_t durable_effect = 0;                // the last number that is committed
  uint64_t sent_all = 0;                      // as stored, or about to be
  std::unordered_set<Key, KeyHash> awaiting;  // subjects with a receipt to come
  bool settling = false;
  bool overdue = false;  // perhaps: a timer was armed behind the virtual clock
  std::multimap<Instant, OutboxItem> retries;  // wall clock: by when

  std::optional<Instant> feed_time;  // of the newest event of the feed, duplicates included

  // A timer that fires again and again at one instant is an error of the policies.
  Key fired_key;
  Instant fired_at;
  int fired_times = 0;
};

Error damaged_subject();  // its state cannot be decoded

// Receipts that may be outstanding before they are settled in any case: bounds memory, not order.
constexpr size_t kAwaitingMax = 1000;

}  // namespace duban
