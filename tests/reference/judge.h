// The reference evaluator: one step of one subject, as semantics.md says, recomputed from scratch
// at every turn. Slow and plain on purpose. Points of semantics are cited as [n].
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "tests/reference/evaluate.h"

namespace duban::reference {

struct Input {
  enum class Kind { event, upsert, timer, answer, reassign, note, receipt, deployed };
  Kind kind = Kind::event;
  Instant time, received;
  bool before_facts = false;  // timer
  bool given_up = false;      // timer: nothing is done
  EventPtr event;
  Fields attributes;  // upsert
  int target = 0;     // serial of a task or a notice
  Fields answers;
  std::optional<Key> person;
  std::string text;
  bool delivered = false;
};

// Something done, in words that the comparer also makes of the engine's records.
struct Effect {
  std::string kind;  // `case`, `task`, `notice`, `outgoing`, `raised`, `concern`
  std::string text;
  int object = 0;  // the same for the same case, task or notice; 0 = none
};

struct Outcome {
  Subject subject;
  std::vector<Effect> effects;
  std::optional<Tick> wake;
};

class Judge {
 public:
  // `current` is in force; cases may be pinned to others.
  Judge(const Program& current, const Rows& rows, Subject subject, const Input& input,
        int64_t tolerance_ms);

  std::variant<Outcome, Failure> run();
  // What time alone has turned by an instant, since the subject was last stepped; empty: nothing.
  // `with_the_day`: of what moves at midnights alone.
  static std::string turned_at(const Program& program, const Rows& rows, const Subject& subject,
                               Instant at, bool with_the_day);
  // Whether a broadcast reaches the subject.
  static bool reached(const Program& program, const Rows& rows, const Subject& subject,
                      const Event& event);
  // The attributes a new subject begins with; nothing when a required one would be missing.
  static std::optional<Fields> initial(const Program& program, const Rows& rows, const Key& key,
                                       const Fields& given);
  static Fields defaults(const Program& program, const Rows& rows, const Key& key);
  // What an event's own `set` writes.
  static Fields event_sets(const Program& program, const Rows& rows, const Subject& subject,
                           const Event& event, Instant now);

 private:
  struct Fire {
    Source source;
    Instant cause_time;   // `within D` counts from here
    bool missed = false;  // already past when its case opened [6]
    bool late = false;    // its tick came later than the tolerance [1]
  };
  struct Write {
    int case_number = 0;  // 0: an attribute
    std::string name;
    Value value;
  };
  struct Close {
    int case_number = 0;
    std::string outcome;
    const syntax::CaseDecl::Boundary* boundary = nullptr;  // whose condition is still to be asked
    EventPtr event;
    Span span;
  };
  struct Timer {
    enum class Kind { step, rule, opens, clause, expires, release, in_force };
    Kind kind = Kind::step;
    Tick tick;
    int object = 0;   // case number, task or notice serial
    size_t item = 0;  // step or clause
    std::string rule;
  };
  // What the step has changed so far.
  struct Changes {
    bool everything = false;
    std::set<std::string> attributes, history;
    std::set<std::pair<int, std::string>> variables;
  };
  // A notice on its way.
  struct Letter {
    const Fire* fire = nullptr;
    const syntax::Action* action = nullptr;
    Key recipient;
    size_t position = 0;
    int serial = 0;
    std::string once;
    Instant decided;
  };
  struct ChannelUse {
    const Declared<syntax::ChannelDecl>* channel = nullptr;
    bool by_key = false;
    const Field* address = nullptr;
  };

  // judge.cc: waves
  void begin();
  void settle();
  void run_wave();
  void hear(const EventPtr& event);
  bool is_duplicate(const Event& event);
  void run(const Fire& fire);
  void act(const Fire& fire, const syntax::Action& action);
  void write(Write write);
  void apply_writes();
  void apply_sets(const Event& event);
  void raise(const Fire& fire, const syntax::Action& action);
  void escalate(const Fire& fire, const syntax::Action& action);

  // judge_versions.cc
  void follow_version();
  void follow(Case& instance, int kind);
  void follow(Task& task, const Case& instance, bool restart);

  // judge_cases.cc
  bool reaches(const Case& instance, const EventPtr& event) const;
  void open(int kind, const syntax::CaseDecl::Boundary& boundary, const EventPtr& event,
            Instant cause_time);
  void look_at_conditions() { look(false, false, true); }
  void look(bool timed_only, bool late, bool openings);
  void look_at_openings(bool timed_only);
  bool goes_off(const syntax::Trigger& trigger, const Context& context, Memory& memory) const;
  bool is_asked(const Context& context, const syntax::ExprPtr& condition) const;
  bool close_cases();
  void close(int case_number, const Close& why);
  Source step_source(const Case& instance, const syntax::Trigger& trigger) const;
  Source rule_source(const Rule& rule) const;

  // judge_tasks.cc
  void create_task(const Fire& fire, const syntax::Action& action);
  void create_by_hand(const Fire& fire, const std::string& title);
  void open_occurrence(Task& task, Context context);
  bool finish_tasks();
  void complete(int serial, std::optional<Key> person, const Fields* answers,
                const EventPtr& event);
  void set_times(Task& task, bool quiet);
  std::optional<Deadline> due_of(Task& task, bool& unknown);
  void tell(const Task& task, const std::string& change, std::optional<Key> person = {},
            const std::string& note = {}, const Fields* answers = nullptr);
  Context task_context(const Task& task) const;
  bool pause_or_resume(Task& task);
  void ask_pause(Task& task);
  void withdraw_escalations(Task& task);
  Task* task(int serial);

  // judge_notices.cc
  void notify(const Fire& fire, const syntax::Action& action);
  void decide(Letter letter);
  void send(const Letter& letter);
  void hold_back(const Letter& letter, Instant until, bool late);
  void miss(const Letter& letter);
  void supersede(const Letter& letter);
  void release(int serial);
  void meet_task_again(Source& source);
  void receive();
  void withdraw(const Notice& notice, const std::string& status, const std::string& why);
  void tell(const Letter& letter, const std::string& status, std::optional<Instant> until = {},
            const std::string& why = {}, const std::string* text = nullptr);
  std::vector<ChannelUse> channels_of(const Letter& letter) const;
  std::string address(const ChannelUse& use, const Key& recipient) const;
  bool has_address(Letter& letter) const;
  Instant allowed_at(const syntax::ChannelDecl& channel, const Key& recipient,
                     bool* over_limit) const;
  bool use_once(const Fire& fire, const syntax::Once& once, const std::string& what,
                const std::string& who, std::string* used);
  std::optional<std::string> forbidden(const std::string& event, const std::string& notice,
                                       const EventPtr& at_hand) const;
  bool receipt_matters(const Program& program, const std::string& notice) const;

  // judge_times.cc
  void recompute_times();
  void refresh_from_rows();
  std::optional<Instant> step_due(const syntax::Trigger& trigger, const Context& context,
                                  Memory& memory, bool tell_unknown);
  std::optional<Instant> occurrence_due(const syntax::Trigger& trigger, const Context& context,
                                        Memory& memory, Instant since, int policy,
                                        bool tell_unknown);
  void pass(const syntax::Trigger& trigger, const Context& context, Memory& memory, Instant at,
            int policy);
  std::vector<Timer> timers();
  bool fire_timers(Tick until, bool is_tick);
  void fire_timer(const Timer& timer, bool is_tick);

  Case* find_case(int number);
  const Case* find_case(int number) const;
  Context context(const Program& program, int entity) const;
  Context context(const Source& source) const;
  Context case_context(const Case& instance) const;
  const Program& current() const { return current_; }
  Date today() const { return current_.zone.date_of(now_); }
  void effect(const std::string& kind, std::string text, int object);
  std::string from(const Source& source, Span span) const;
  std::string case_text(int number) const;

  const Program& current_;
  const Rows& rows_;
  Subject subject_;
  const Input& input_;
  Instant now_, asked_until_;
  bool late_tick_ = false;
  std::vector<EventPtr> events_, raised_, happened_;
  std::vector<Fire> fires_;
  std::vector<Write> writes_;
  std::vector<std::pair<int, EventPtr>> done_;  // task, the event that may finish it
  std::vector<Close> closes_;
  Changes changes_;
  std::vector<Effect> effects_;
  int rounds_ = 0;
  size_t events_raised_ = 0;
};

}  // namespace duban::reference
