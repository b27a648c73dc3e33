// The engine and the reference evaluator side by side: every happening is given to both, and what
// they did and remember must be the same.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/compile.h"
#include "engine/intake.h"
#include "engine/step.h"
#include "tests/reference/engine_words.h"
#include "tests/reference/judge.h"

namespace duban::reference {

// One thing that happens, as a feed, a person or a channel says it.
struct Happening {
  enum class Kind {
    row,       // of a reference or an entity
    event,     // of one subject, or a broadcast
    answer,    // a task is done
    reassign,  // …given to another
    note,      // …remarked upon
    receipt,   // of a notice
    deploy,    // the next version comes into force
    wait,      // only time passes
  };
  Kind kind = Kind::wait;
  Instant time;
  bool outage = false;  // what was due meanwhile is stepped only now
  std::string type, subject;
  std::vector<std::pair<std::string, RawValue>> data;  // fields, or answers
  size_t pick = 0;                                     // of the open tasks, or awaited notices
  std::string person, text;
  bool delivered = true;
};

std::string to_string(const Happening& happening, const Zone& zone);

struct Difference {
  std::string what;
};

// How often things happened: a construct that never does is a gap of the generator.
using Tally = std::map<std::string, uint64_t>;

class Match {
 public:
  // The versions, first to last; each has compiled without errors.
  Match(const std::vector<CompileInput>& inputs, std::vector<std::shared_ptr<const Plan>> plans,
        Tally* tally);

  // Steps what is due before it, then itself. Nothing: they agree.
  std::optional<Difference> take(const Happening& happening);

  // The same for what a log says was stepped, in its order, and for what it says besides. The first
  // version is in force from the beginning.
  std::optional<Difference> follow(const duban::Input& logged);
  void follow(const ReferenceRow& row);
  void follow_deployment();

  // For a generator that wants to hit something that is there.
  std::optional<Tick> next_wake() const;
  Instant now() const { return now_; }
  std::vector<std::string> subjects() const;
  struct OpenTask {
    std::string subject;
    Digest id;
    const Program* program = nullptr;
    const syntax::TaskSpec* spec = nullptr;
  };
  std::vector<OpenTask> open_tasks() const;
  size_t awaited() const;
  const Program& program() const { return *programs_.at(version_ - 1); }
  const Plan& plan() const { return plans_.current(); }
  bool can_deploy() const { return version_ < programs_.size(); }
  uint64_t steps() const { return steps_; }
  bool is_over() const;  // enough

 private:
  struct Pair {
    duban::Subject engine;
    Subject judge;
    std::optional<Wake> engine_wake;
    std::optional<Tick> judge_wake;
    bool held = false;
    std::map<std::pair<bool, int>, Digest> ids;  // of the judge's cases, and of all else
    std::map<Digest, std::pair<bool, int>> objects;
    // When it was last stepped: what rows have turned since is seen by the next step.
    std::shared_ptr<const Rows> rows;
    int firings = 0;  // of timers at one instant
    Instant fired_at;
  };
  std::optional<Difference> advance(Tick until, std::optional<Instant> received);
  void find_timed(const Program& program);
  bool has_timed_conditions() const;
  std::optional<Difference> check_quiet(const Key& key, const Pair& pair, Tick until);
  // `was_quiet`: asks whether it was right that nothing was stepped until now.
  std::optional<Difference> step(const Key& key, duban::Input& input, Input& judged,
                                 bool was_quiet = true);
  std::optional<Difference> compare(Pair& pair, const StepOutcome& engine, const Outcome& judge);
  std::optional<Difference> same_effects(Pair& pair, std::vector<Done> engine,
                                         std::vector<Effect> judge);
  std::optional<Difference> take_event(const Happening& happening);
  std::optional<Difference> take_task(const Happening& happening);
  std::optional<Difference> take_receipt(const Happening& happening);
  void forget_unread(Pair& pair);
  std::optional<Difference> deploy();
  Value translate(const Type& type, const Value& value) const;
  Fields translate(const std::vector<Field>& fields, const std::vector<Layout::Field>& layout,
                   const std::vector<std::pair<uint16_t, Value>>& given) const;
  EventPtr translate(const EventData& event) const;
  Value read(const Type& type, const RawValue& raw) const;
  Fields read(const std::vector<Field>& fields, const Happening& happening) const;

  std::vector<std::unique_ptr<Program>> programs_;
  std::vector<std::shared_ptr<const Plan>> compiled_;
  Plans plans_;
  size_t version_ = 0;
  References references_;
  std::shared_ptr<const Rows> rows_ = std::make_shared<Rows>();
  std::map<Key, Pair> subjects_;
  EngineWords words_{plans_};
  Instant now_;
  uint64_t serial_ = 0, steps_ = 0;
  bool timed_ = false;             // some condition reads the clock
  std::vector<Duration> windows_;  // over history
  Tally* tally_;
};

}  // namespace duban::reference
