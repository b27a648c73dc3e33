// A small world to run scenarios in: subjects in memory, a virtual clock, channels that deliver at
// once. Uses the same step as production.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/observe.h"
#include "engine/step.h"

namespace duban {

class World {
 public:
  // `observed` may be null; it outlives the world.
  explicit World(std::shared_ptr<const Plan> plan, Observations* observed = nullptr);

  // Past so many steps the world stands still and says so: a policy that never comes to rest.
  static constexpr size_t kMaxSteps = 200'000;
  void limit_steps(size_t most) { steps_left_ = most; }

  struct Happening {
    Instant at;
    Record record;
  };
  struct Problem {
    std::string english, chinese;
  };
  using Outcome = std::optional<Problem>;  // none: it went well

  struct OpenTask {
    Key subject;
    const Task* task = nullptr;
  };

  void start(Instant at) { clock_ = at; }
  void stop_observing() { observed_ = nullptr; }
  // Receipts of this notice come only when the scenario says so.
  void receipts_by_hand(const std::string& notice);

  // Each first steps the timers due before `at`.
  Outcome put_reference(Instant at, uint16_t entity, const std::string& key,
                        const std::vector<std::pair<uint16_t, Value>>& attributes);
  Outcome put_subject(Instant at, const Key& key,
                      const std::vector<std::pair<uint16_t, Value>>& attributes);
  Outcome event(Instant at, const std::string& key,
                const EventPtr& event);  // empty key: the only subject
  Outcome broadcast(Instant at, const EventPtr& event);
  Outcome receipt(Instant at, const std::string& notice, const std::string& recipient,
                  bool delivered);
  Outcome answer(Instant at, const OpenTask& task, std::vector<std::pair<uint16_t, Value>> answers,
                 const std::string& person);

  // Steps every timer up to `until`, of all subjects, in order.
  void advance(Wake until);
  size_t steps_left() const { return steps_left_; }
  OpenTask find_open_task(const std::string& title) const;

  const std::vector<Happening>& happenings() const { return happenings_; }
  // Timers that moved, each with the number of happenings before it. Only where observed.
  using Move = std::pair<size_t, Observations::Move>;
  const std::vector<Move>& moves() const { return moves_; }

 private:
  struct Entry {
    Subject subject;
    std::optional<Wake> wake;
  };
  Outcome apply(Entry& entry, const Input& input);
  Outcome take_event(Instant at, const Key& key, const EventPtr& event);

  std::shared_ptr<const Plan> plan_;
  Observations* observed_;
  Plans plans_;
  References references_;
  std::map<Key, Entry> subjects_;
  std::set<std::string> by_hand_;
  std::vector<Happening> happenings_;
  std::vector<Move> moves_;
  Instant clock_;
  size_t steps_left_ = kMaxSteps;
};

}  // namespace duban
