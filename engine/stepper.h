// One step at work. Internal to the engine: step.cc drives it, step_*.cc hold its parts.
//
// A step runs in waves. Everything of one wave reads the same state; what it writes is collected in
// `writes_` and applied when the wave ends. Then tasks are finished, cases closed, deadlines moved,
// and each of these may start further waves until nothing is left to do.
#pragma once

#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/condition_index.h"
#include "engine/eval.h"
#include "engine/step.h"

namespace duban {

// Thrown inside a step, caught by step().
struct StepAbort {
  StepFailure failure;
};

class Stepper {
 public:
  // `effects`: empty; what the step does is collected there.
  Stepper(const Plans& plans, const References& references, Subject& subject, const Input& input,
          const StepSettings& settings, StepEffects& effects, Trace* trace,
          Observations* observed = nullptr);

  void run();

 private:
  using Answers = std::vector<std::pair<uint16_t, Value>>;

  // Where in the policies something stands; as a Provenance only when somebody is told.
  struct Place {
    Version version = 0;
    uint16_t policy = 0;
    const std::string* basis = nullptr;  // of its own; null: of no policy
    Span span;
  };
  // One trigger that went off, with all that its actions may read.
  struct Fire {
    Version version = 0;
    const Step* step = nullptr;          // a case's step or a rule, or
    const TaskClause* clause = nullptr;  // a clause
    std::shared_ptr<const Task> task;    // …of this task, as it was
    uint32_t case_number = 0;
    EventPtr event;
    std::shared_ptr<const Answers> answers;
    Instant cause_time;  // `within D` counts from here
    Digest cause;
    std::optional<Date> day = {};  // of a recurring step: the occurrence, before rolling
    bool missed = false;           // its time was already past when its case opened
    bool late = false;             // its tick came later than the tolerance
    bool again = false;            // judged a second time: history as it was before its event
    // What is still to be asked of the step's condition; nothing: all of it.
    std::optional<std::span<const Index>> rest = {};
    // Instead of a step: so many rules that follow each other, of the buffers' from here on.
    uint32_t first_rule = 0, rules = 0;
  };
  struct Write {
    bool variable = false;
    uint32_t case_number = 0;
    uint16_t slot = 0;
    Value value;
    Place from;
  };
  // What changed since some point: decides which conditions and deadlines are looked at again.
  struct Changes {
    bool any = false;  // of all that follows
    bool everything = false;
    std::vector<uint16_t> attributes;
    std::vector<std::pair<uint32_t, uint16_t>> variables;  // case number, slot
    std::vector<uint32_t> opened;                          // case numbers
    std::vector<uint16_t> history;                         // event types that entered it
    std::vector<uint32_t> turned;  // cases whose closing conditions time may have turned
    bool references = false;       // rows may have changed since the subject was last stepped

    bool empty() const { return !any; }
    void add_everything() { any = everything = true; }
    void add_references() { any = references = true; }
    void add_attribute(uint16_t slot) { any = true, attributes.push_back(slot); }
    void add_variable(uint32_t case_number, uint16_t slot) {
      any = true, variables.emplace_back(case_number, slot);
    }
    void add_opened(uint32_t case_number) { any = true, opened.push_back(case_number); }
    void add_history(uint16_t event) { any = true, history.push_back(event); }
    void add_turned(uint32_t case_number) { any = true, turned.push_back(case_number); }
    bool touches(const Dependencies& deps, uint32_t case_number) const;
    bool touches(const Triggers& triggers, uint32_t case_number) const;  // some of them
    void merge(const Changes& other);
    void clear();
  };
  struct PendingDone {
    Digest task;
    EventPtr event;
  };
  struct PendingClose {
    uint32_t case_number = 0;
    uint16_t outcome = 0;
    Index condition = kNone;
    EventPtr event;
    Place from;
  };
  struct Timer {
    enum class Kind : uint8_t {
      step,
      rule,
      task_opens,
      task_clause,
      task_expires,
      release,
      in_force,       // a policy whose conditions are to be asked from now on
      step_turns,     // time alone may have turned a condition: of a step,
      rule_turns,     // of a rule or an opening,
      closing_turns,  // of a closing,
      pause_turns,    // of a task's pause
    };
    Kind kind = Kind::step;
    Wake wake;
    size_t index = 0;  // instance, rule, task or waiting notice
    size_t item = 0;   // step of the instance, clause of the task
  };

  // A step of a case or a clause of a task that this deployment brought.
  struct Newborn {
    Timer::Kind kind = Timer::Kind::step;
    uint32_t case_number = 0;
    size_t item = 0;
    Digest task;
  };

  // What is collected while a step is at work. The next step on this thread has the same room.
  struct Buffers {
    std::vector<EventPtr> events;  // of the wave to come
    std::vector<Fire> fires;       // of the wave to come
    std::vector<EventPtr> wave_events;
    std::vector<Fire> wave_fires;
    std::vector<EventPtr> raised;  // by the wave at hand
    std::vector<Write> writes;
    std::vector<PendingDone> done;
    std::vector<PendingClose> closes;
    std::vector<PendingClose> deciding, decided;  // of cases that are to be closed now
    Changes changes[4];
    std::vector<EventPtr> happened;
    std::vector<uint32_t> opened;  // cases, by this step
    std::vector<Digest> turned;    // what conditions caused, by this step
    std::vector<Newborn> newborn;
    std::vector<Timer> due;
    std::vector<const PlanIndexes::Rule*> rules;  // of an index, that may go off
    // …of the wave at hand, which are known to set attributes and to do nothing else.
    std::vector<const PlanIndexes::Rule*> setting_rules;
    bool finished = false;  // the step came to its end: most of this is empty

    void clear();
  };
  class Lent {
   public:
    Lent();
    ~Lent();
    Lent(const Lent&) = delete;
    Lent& operator=(const Lent&) = delete;
    Buffers* operator->() const { return buffers_.get(); }

   private:
    static std::unique_ptr<Buffers>& spare();
    std::unique_ptr<Buffers> buffers_;
  };

  // step.cc
  void grow_attributes();
  void begin();
  void begin_event();
  void begin_answer();
  void begin_task_command();
  void begin_receipt();
  void settle();
  void run_wave();
  void take_raised();
  void look_at_conditions();
  void apply_sets(const EventData& event);
  void collect_event(const EventPtr& event);
  void apply_writes() {
    if (!writes_.empty()) apply_all_writes();
  }
  void apply_all_writes();
  void note_replaced(uint16_t slot, Value before);
  void add_write(Write write);
  void clean_up();

  // step_actions.cc
  void run_fires(const std::vector<Fire>& fires);  // of one wave
  // `context` has room for `no_data`.
  void run_fire(const Fire& fire, const Context& context);
  void run_action(const Fire& fire, const Context& context, const Action& action);
  void set(const Fire& fire, const Context& context, const Action& action);
  void raise(const Fire& fire, const Action& action);
  void escalate(const Fire& fire, const Action& action);

  // step_rules.cc
  void collect_rules(const EventPtr& event);
  void run_rules(const Fire& fire, const Context& context);
  bool set_known(const Fire& fire, const Context& context, const PlanIndexes::Rule& rule,
                 const PlanIndexes::Set& known);

  // step_history.cc
  using SomePlans = boost::container::small_vector<const Plan*, 4>;
  SomePlans plans_at_work() const;
  bool remember_history();  // true: some condition or deadline may read what has entered
  void forget_history(const SomePlans& plans);

  // step_unique.cc
  bool is_duplicate(const EventData& event);

  // step_cases.cc
  void open_by_event(const EventPtr& event);
  void open_case(const Plan& plan, Index index, const Case::Opening& opening, const EventPtr& event,
                 Instant cause_time, const Digest& cause);
  bool correlates(const CaseInstance& instance, const EventPtr& event) const;
  static bool hears(const CaseInstance& instance, const EventTouch& touch);
  CaseRecord& add_case(CaseRecord::Change change, const CaseInstance& instance, const Place& from);
  void watch(const Changes& changes);
  void watch_step(const Step& step, StepMemory& memory, uint32_t case_number, Version version,
                  bool late);
  void watch_opening(const EntityInfo::OpensWhen& item);
  void finish_tasks();
  bool close_cases();
  void close_case(CaseInstance& instance, const PendingClose& why);
  Digest condition_cause(const std::string& id, uint32_t case_number);

  // step_turns.cc
  template <typename Visit>
  void each_turn_timer(const Visit& visit, bool of_cases) const;
  void fire_turn(const Timer& timer, bool late);
  void refresh_closing_turns(CaseInstance& instance, const Changes& changes);
  const Step* find_rule(uint64_t memory) const;
  const EntityInfo::OpensWhen* find_opening(uint64_t memory) const;

  // step_pauses.cc
  static bool is_paused(const Task& task) { return !task.pauses.empty() && !task.pauses.back().to; }
  bool pause_or_resume(Task& task);
  void ask_pause(Task& task);
  void tell_pause(const Task& task);

  // step_versions.cc
  void follow_version();
  void follow(CaseInstance& instance, Index index);
  void follow(Task& task, bool restart);
  bool is_newborn(const Timer& timer) const;
  const CaseInstance* as_known_to(Version version, const CaseInstance& instance) const;
  std::optional<uint16_t> slot_of(const CaseInstance& instance, Version version,
                                  uint16_t slot) const;
  bool touches(const Changes& changes, const Dependencies& deps, const Task& task) const;
  const Names& outcome_of(const CaseInstance& instance, const PendingClose& why) const;

  // step_tasks.cc
  void create_task(const Fire& fire, const Action& action);
  void create_manual_task(const Fire& fire, const Action& action, const std::string& title);
  void open_occurrence(Task& task, Context context);
  void begin_occurrence(Task& task) const;
  void explain_occurrence(const Task& task);
  void complete_task(const Digest& id, std::optional<Key> person,
                     std::shared_ptr<const Answers> answers, const EventPtr& event,
                     const Digest& cause);
  void cancel_task(Task& task, TaskRecord::Change change, TaskRecord::Status status);
  void refresh_task(Task& task, bool force);
  void withdraw_escalations(Task& task);
  std::optional<Deadline> compute_due(Task& task, bool& unknown);
  void record_task(const Task& task, TaskRecord::Change change, TaskRecord::Status status,
                   std::optional<Key> person = {}, std::string note = {},
                   const Answers* answers = nullptr);
  // …and whoever has to do it, or has become accountable, is told. `cause`: what tells this change
  // of the task apart from others of its kind; it opens once.
  void tell_task(const Task& task, TaskRecord::Change change, const std::optional<Key>& to,
                 const Digest& cause = {}, std::string note = {});
  Task* find_task(const Digest& id);

  // step_notices.cc
  // A notice on its way: decided, for whom, by which of its channels.
  struct Letter {
    const Fire& fire;
    const Action& action;
    Key recipient;
    uint16_t position = 0;  // in the action's channels
    Digest id;
    Digest once;  // used up for it; zero = none
    Instant decided;
  };
  void notify(const Fire& fire, const Context& context, const Action& action);
  bool find_channel(Letter& letter) const;
  void decide(Letter& letter);
  void hold_back(const Letter& letter, Instant until, bool late);
  void send(const Letter& letter);
  void miss(const Letter& letter);
  void release(const Digest& id);
  void supersede_late(const Letter& newer);
  void withdraw(const WaitingNotice& waiting, NoticeRecord::Status status, const std::string& note);
  void give_back(const Digest& once);
  Instant allowed_at(const Channel& channel, const Key& recipient, Instant from,
                     bool* over_limit) const;
  NoticeRecord& add_notice(const Letter& letter, NoticeRecord::Status status);
  const Channel& channel_of(Version version, const Action::ChannelUse& use) const;
  std::string_view address_of(Version version, const Action::ChannelUse& use,
                              const Key& recipient) const;
  std::optional<std::string> forbidden(const EventPtr& event, const Notice* notice) const;
  std::optional<Instant> oldest_use() const;
  bool use_once(const Fire& fire, const OnceSpec& once, const std::string& what,
                const std::string& who, Digest* used);
  template <typename Kept>  // WaitingNotice, AwaitedReceipt
  Fire fire_of(const Kept& kept) const;
  template <typename Kept>
  void remember_task(const Letter& letter, Kept& kept) const;

  // step_timers.cc
  void refresh(const Changes& changes);
  void refresh_step(const Context& context, const Step& step, StepMemory& memory, Instant opened);
  template <typename Visit>
  void each_timer(const Visit& visit) const;
  std::optional<Wake> earliest() const;  // of all timers
  std::optional<Instant> next_in_force() const;
  bool fire_timers(Wake until, bool tick);  // false: there were none
  void pass(const Plan& plan, const Step& step, StepMemory& memory, uint32_t case_number);
  void fire_timer(const Timer& timer, bool tick);

  // step_schedules.cc
  void refresh_schedule(const Plan& plan, const Step& step, StepMemory& memory,
                        uint32_t case_number, Instant since);
  void explain_schedule(const Fire& fire, std::vector<Trace::Read>& reads) const;

  // shared
  const Plan& plan(Version version) const {
    return version == plans_.current_version() ? current_ : older_plan(version);
  }
  const Plan& older_plan(Version version) const;
  const Plan& current() const { return current_; }
  Date today() const {
    if (!today_) today_ = current_.zone.date_of(now_);
    return *today_;
  }
  bool in_force(const Plan& plan, uint16_t policy) const {
    const PolicyInfo& info = plan.policies[policy];
    return (!info.effective_from && !info.effective_to) || plan.in_force(policy, today());
  }
  CaseInstance* find_case(uint32_t number) {
    if (number == 0) return nullptr;
    for (CaseInstance& instance : subject_.cases) {
      if (instance.number == number) return &instance;
    }
    return nullptr;
  }
  const CaseInstance* find_case(uint32_t number) const {
    return const_cast<Stepper*>(this)->find_case(number);
  }
  StepMemory& rule_memory(uint64_t key);
  Context context(const Fire& fire) const;
  Context context(Version version, uint32_t case_number, const EventPtr& event) const;
  bool holds_for(Version version, uint32_t case_number, const EventPtr& event,
                 Index condition) const {
    return condition == kNone || holds(context(version, case_number, event), condition);
  }
  static bool share_context(const Fire& one, const Fire& other);
  template <typename Kind>
  Kind& add_record() {
    records_.push_back(std::make_shared<Record>(std::in_place_type<Kind>));
    return *std::get_if<Kind>(records_.back().get());
  }
  // `kind` and `name` together are what it does.
  Digest effect_id(const Fire& fire, std::string_view kind, std::string_view name,
                   std::string_view recipient, int64_t ordinal) const;
  const std::string& fire_id(const Fire& fire) const;
  uint16_t fire_policy(const Fire& fire) const;
  Place place(const Fire& fire, Span span) const;
  void set_provenance(Provenance& from, const Place& place) const;
  Provenance from(const Place& place) const;
  Provenance from(const Fire& fire, Span span) const;
  Provenance from(Version version, uint16_t policy, const std::string& basis, Span span) const;
  const std::string& fire_basis(const Fire& fire) const;
  Digest case_id(uint32_t number) const;
  void explain(const Fire& fire, const Action* action, const Digest& effect,
               std::initializer_list<Index> also = {});
  void concern(const std::string& english, const std::string& chinese, const Provenance& from,
               const Digest& about);
  [[noreturn]] void fail(const std::string& english, const std::string& chinese,
                         const Provenance& from) const;
  [[noreturn]] void reject(const std::string& english, const std::string& chinese) const;

  friend std::optional<Wake> next_wake(const Subject& subject, const Plans& plans,
                                       const References& references);

  const Plans& plans_;
  const Plan& current_;  // the version in force
  const References& references_;
  const Input& input_;
  const StepSettings& settings_;
  StepEffects& effects_;
  Trace* trace_;
  Observations* observed_;
  Subject& subject_;
  Instant asked_until_;  // policies in force up to here have had their conditions asked
  Instant now_;
  mutable std::optional<Date> today_;  // when somebody asked
  bool late_tick_ = false;
  bool tells_unknown_ = true;  // that a step's time cannot be computed

  Lent buffers_;
  std::vector<EventPtr>& events_ = buffers_->events;
  std::vector<Fire>& fires_ = buffers_->fires;
  std::vector<EventPtr>& raised_ = buffers_->raised;
  std::vector<Write>& writes_ = buffers_->writes;
  std::vector<PendingDone>& done_ = buffers_->done;
  std::vector<PendingClose>& closes_ = buffers_->closes;
  Changes* wave_changes_ = &buffers_->changes[0];  // since the last look at conditions
  Changes* step_changes_ = &buffers_->changes[1];  // since the last look at deadlines
  Changes* watched_ = &buffers_->changes[2];       // what conditions and
  Changes* refreshed_ = &buffers_->changes[3];     // deadlines are looked at for
  std::vector<EventPtr>& happened_ = buffers_->happened;
  std::vector<uint32_t>& opened_ = buffers_->opened;
  std::vector<Digest>& turned_ = buffers_->turned;
  std::vector<Newborn>& newborn_ = buffers_->newborn;
  mutable std::list<CaseInstance> views_;  // of cases, as other versions know them
  bool new_version_ = false;               // which may need less history
  Records& records_ = effects_.records;
  uint64_t raised_count_ = 0;
  size_t events_raised_ = 0;
  int rounds_ = 0;
  std::optional<Wake> earliest_;  // of all timers, when fire_timers() last found none
};

}  // namespace duban
