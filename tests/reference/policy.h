// Random deployments: vocabulary, policies, calendars; and new versions of them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/reference/writer.h"

namespace duban::reference {

// One version, as blocks that can be printed and taken away.
struct Draft {
  std::vector<std::pair<std::string, std::vector<Block>>> rules;  // path and text
  std::vector<DeploymentFile> data;
  std::map<std::string, std::string> parameters;
};
CompileInput input_of(const Draft& draft);
std::string print(const Draft& draft);

class PolicyMaker {
 public:
  PolicyMaker(Random& random, Model& model);

  Draft make();
  // The next version of what was made last.
  Draft evolve();

 private:
  // Where actions stand: what they may read, and above which level they may write.
  struct Place {
    Sight sight;
    int level = 0;  // of what sets it off
    int owner_case = -1;
    int entity = 0;
    size_t file = 1;
    bool in_clause = false;
    int depth = 2;       // of tasks within tasks
    bool last = false;   // nothing follows what stands here
    bool plain = false;  // nothing tells it from others that run with it
  };

  // policy.cc: declarations
  model::Name name(const char* english, const char* chinese);
  model::Name field_name(const Type& type);
  Type random_type(bool for_event);
  std::string type_words(const model::Field& field, bool inline_choice);
  model::Field field(bool for_event);
  void make_vocabulary();
  void make_calendars();
  void make_choices();
  void make_entities();
  void make_events();
  Block event_block(model::Event& event, int family);
  void make_channels();
  std::vector<Block> channel_limits();
  void make_parameters();
  void make_defines();
  void make_tables();
  void make_scorecards();
  void put_in_file(Block& table, const std::string& name);
  Block table(int entity, int owner_case);
  void make_forbids();

  // policy_cases.cc
  void make_case();
  void make_rule();
  std::vector<Block> make_step(Place place, bool in_case);
  std::vector<Block> trigger(const std::string& head, Place place, bool can_condition);
  Block case_define(int owner_case);
  std::string schedule(const Sight& sight);

  // policy_actions.cc
  std::vector<Block> actions(const Place& place, int count);
  std::optional<Block> action(const Place& place);
  std::optional<Block> notify(const Place& place);
  std::optional<Block> task(const Place& place);
  std::optional<Block> set(const Place& place);
  std::string assignment(const Place& place, std::string& chosen);
  std::optional<Block> raise(const Place& place);
  std::optional<Block> close(const Place& place);
  std::optional<Block> escalate(const Place& place);
  std::vector<Block> clauses(const Place& place, bool has_due, int due_level, int done_level,
                             const std::vector<model::Field>& needs);
  Block clause(std::string head, const Place& place);
  std::string once(const Place& place);
  std::string person(const Place& place, bool with_address);
  size_t notice(const Place& place, int recipient, bool lists);
  std::string text(const Sight& sight, bool any_text);

  size_t some_file() { return 1 + random_.below(policies_); }
  std::vector<Block>& in_file(size_t file) { return draft_.rules[file].second; }
  std::vector<Block>& words() { return draft_.rules[0].second; }

  Random& random_;
  Model& model_;
  Writer write_;
  Draft draft_;
  size_t policies_ = 1;
  int names_ = 0;
  std::vector<model::Name> families_;     // key fields that events share
  std::vector<std::string> no_constant_;  // set by a plain step already
};

}  // namespace duban::reference
