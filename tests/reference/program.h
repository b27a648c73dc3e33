// What a deployment declares, by name: the syntax trees of its files, looked up and nothing more.
//
// Part of the independent judge of the engine: it reads what parse() makes and shares values,
// decimals, dates, zones and calendars with the engine; nothing of the checker, the plan or the
// step.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/compile.h"  // CompileInput, read_workdays
#include "engine/syntax.h"
#include "engine/time.h"
#include "engine/value.h"

namespace duban::reference {

// Both spellings of a name. `name` is the canonical, ASCII one.
struct Spelling {
  std::string name, alias;
  bool is(std::string_view text) const { return text == name || (!alias.empty() && text == alias); }
  const std::string& in(bool chinese) const;
};
Spelling spelling_of(const syntax::Name& name);

struct Field {
  Spelling names;
  Type type;
  const syntax::Expr* initial = nullptr;
  bool is_private = false;
};

struct Entity {
  Spelling names, key;
  bool is_reference = false;
  std::vector<Field> fields;
};

struct EventType {
  Spelling names;
  int entity = 0;
  std::vector<Field> fields;
  const syntax::EventDecl* decl = nullptr;
};

struct Choice {
  Spelling names;      // one that a field or a column makes is named by its place
  bool named = false;  // by a `choice`
  std::vector<Spelling> values;
};

struct Policy {
  std::string name;
  std::optional<Date> from, to;  // in force, inclusive
};

struct CaseKind {
  Spelling names;
  int entity = 0;
  int policy = 0;
  const syntax::CaseDecl* decl = nullptr;
  std::vector<Field> variables;  // fields of what opens it, then its `keep`s
  std::vector<Spelling> outcomes;
  std::set<int> opening_events;
  bool opens_when = false;
  syntax::InFlight in_flight = syntax::InFlight::keep;
};

struct Define {
  Spelling names;
  int entity = -1;
  int owner_case = -1;
  const syntax::DefineDecl* decl = nullptr;
};

struct Table {
  Spelling names;
  int entity = -1;
  int owner_case = -1;
  const syntax::TableDecl* decl = nullptr;  // hit and collect
  const syntax::TableDecl* rows = nullptr;  // columns and rows; of a CSV file, or `decl` itself
  std::vector<Spelling> outputs;
  std::vector<Type> types;  // of the outputs, one row's
};

struct Scorecard {
  Spelling names;
  int entity = -1;
  int owner_case = -1;
  const syntax::ScorecardDecl* decl = nullptr;
  Type grade;
};

struct Rule {
  int policy = 0;
  int entity = -1;  // of this trigger
  const syntax::RuleDecl* decl = nullptr;
  const syntax::Trigger* trigger = nullptr;
  std::string id;  // stable within the policy, whatever else a new version changes
};

template <typename Declaration>
struct Declared {
  Spelling names;
  int policy = 0;
  const Declaration* decl = nullptr;
};

class Program {
 public:
  // `input` has compiled without an error. `previous`: of the deployment before; entities and
  // choice values keep their numbers. Number `version` of the deployments.
  Program(const CompileInput& input, uint32_t version, const Program* previous);

  int find_entity(std::string_view name) const;
  int find_event(std::string_view name) const;
  int find_case(std::string_view name) const;
  int find_choice(std::string_view name) const;  // a named one
  const Declared<syntax::ChannelDecl>& channel(std::string_view name) const;
  const Declared<syntax::NoticeDecl>& notice(std::string_view name) const;
  std::optional<uint16_t> find_value(uint16_t choice, std::string_view name) const;
  bool in_force(int policy, Date day) const;
  const Calendar* calendar(const Duration& duration) const;
  const Calendar* calendar_named(std::string_view name) const;  // empty: the default one
  // Calendars are never pinned: those of the newest version count, by name [4].
  void take_calendars(const Program& newest);
  // The entity that all these expressions are about.
  int infer_entity(const std::vector<const syntax::Expr*>& expressions) const;

  uint32_t version = 0;
  std::vector<syntax::File> files;
  Zone zone;
  Spelling currency;
  TimeOfDay day_starts_at{9 * 60 * 60 * 1000};
  std::vector<Spelling> calendar_names;
  std::vector<Calendar> calendars;
  int default_calendar = -1;

  std::vector<Policy> policies;  // one for each file
  std::vector<Choice> choices;
  std::vector<Entity> entities;
  std::vector<EventType> events;
  std::vector<CaseKind> cases;
  std::vector<Define> defines;
  std::vector<Table> tables;
  std::vector<Scorecard> scorecards;
  std::vector<Rule> rules;  // one for each trigger, in order
  std::vector<Declared<syntax::ChannelDecl>> channels;
  std::vector<Declared<syntax::NoticeDecl>> notices;
  std::vector<Declared<syntax::ForbidDecl>> forbids;
  std::vector<Declared<syntax::ParameterDecl>> parameters;
  std::map<std::string, std::string> overrides;  // of parameters
  std::map<const syntax::TaskSpec*, std::vector<Field>> needs;
  std::map<const syntax::Trigger*, std::string> step_ids;  // of cases; stable like Rule::id
  std::map<const syntax::TaskSpec*, std::string> task_ids;
  std::map<const syntax::TaskSpec*, const syntax::Trigger*> task_triggers;  // whose step makes it
  std::map<const syntax::TaskSpec*, Span> task_spans;
  // What reads() has answered.
  mutable std::map<const syntax::Expr*, std::shared_ptr<const struct Reads>> reads;

 private:
  void read_vocabulary(const CompileInput& input);
  void read_entities();
  void read_events();
  void read_cases();
  void read_values();
  void read_tables(const CompileInput& input);
  void read_scorecards();
  // The rows of a CSV file as if they stood in the rules.
  const syntax::TableDecl* table_from_file(const CompileInput& input, const std::string& path,
                                           const std::string& near);
  void read_rules();
  Type type_of(const syntax::TypeExpr& type, const std::string& place);
  void read_tasks(const std::vector<syntax::Action>& actions, const syntax::Trigger& trigger,
                  const std::string& step, int& count);
  uint16_t declare_choice(const Spelling& names, const std::vector<Spelling>& values, bool named);
  Type column_type(const Table& table, size_t output);
  Type type_of_words(const std::vector<Spelling>& words, int entity, const std::string& place);

  std::vector<std::unique_ptr<syntax::File>> made_;  // what CSV files became
};

const Field* find(const std::vector<Field>& fields, std::string_view name);

}  // namespace duban::reference
