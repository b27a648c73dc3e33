// What the generator has declared so far, and the text it is written in.
//
// A policy that is generated is right by construction: everything has a level, and what an event or
// a condition sets off only writes and raises what stands on a higher one, so that nothing starts
// itself again.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/compile.h"
#include "engine/intake.h"
#include "engine/time.h"
#include "engine/value.h"

namespace duban::reference {

// A line and the lines that belong to it. What is optional, and every block that another does not
// need, the shrinker may take away.
struct Block {
  struct Piece {
    std::string text;
    bool optional = false;
  };
  std::vector<Piece> line;
  std::vector<Block> inside;

  Block() = default;
  explicit Block(std::string text) { line.push_back({std::move(text), false}); }
  Block& add(std::string text) {
    line.push_back({std::move(text), false});
    return *this;
  }
  Block& maybe(std::string text) {
    line.push_back({std::move(text), true});
    return *this;
  }
};
std::string print(const std::vector<Block>& blocks);

namespace model {

constexpr int kLevels = 10;       // 0 … 9
constexpr int kClosingLevel = 8;  // of what follows a case's closing

// A declared name in one or both spellings.
struct Name {
  std::string english, chinese;
};

struct Field {
  Name name;
  Type type;
  int level = 0;
  bool has_default = false;
  bool key = false;    // of a family of cases; a case's variable: it is found by it, never set
  bool equal = false;  // a case's variable: the events that reach the case have the same value
};

struct Choice {
  Name name;  // none: written where it is used
  std::vector<Name> values;
};

struct Entity {
  Name name, key;
  bool reference = false;
  std::vector<Field> fields;
};

struct Event {
  enum class Kind { plain, broadcast, outgoing } kind = Kind::plain;
  Name name;
  int entity = 0;
  int level = 0;
  std::vector<Field> fields;      // declared, and made by `set`
  std::vector<std::string> sets;  // english-or-only names of attributes it sets from its field
};

struct Notice {
  Name name;
  int entity = 0;
  int recipient = 0;    // entity
  int owner_case = -1;  // whose variables its text names
  bool lists = false;
  bool names_due = false;
  size_t file = 0;
};

struct Channel {
  Name name;
  bool by_key = false;
};

struct Table {
  Name name;
  int entity = 0;
  int owner_case = -1;
  struct Output {
    Name name;
    Type type;  // as read
  };
  std::vector<Output> outputs;
  int level = 0;
  bool timed = false, history = false;
  bool watchable = true;  // timers can follow it
};

struct Define {
  Name name;
  int entity = 0;
  int owner_case = -1;
  Type type;
  int level = 0;
  bool timed = false, history = false;
  bool watchable = true;  // timers can follow it
};

struct Parameter {
  Name name;
  Type type;
};

struct Case {
  Name name;
  int entity = 0;
  size_t file = 0;
  int family = -1;
  std::vector<Field> variables;
  std::vector<Name> outcomes;
  std::vector<int> opening_events;
  bool opens_when = false;
  bool has_owner = false;
  int owner_entity = -1;
  int opening_level = 0;
  std::vector<size_t> notices;  // sent by its steps
};

}  // namespace model

// What the policies speak about, so that events can hit it: the literals they compare with.
struct Pool {
  std::vector<Decimal> numbers;
  std::vector<Date> dates;
  std::vector<TimeOfDay> times;
};

struct Model {
  std::vector<model::Choice> choices;
  std::vector<model::Entity> entities;
  std::vector<model::Event> events;
  std::vector<model::Channel> channels;
  std::vector<model::Notice> notices;
  std::vector<model::Table> tables;
  std::vector<model::Define> defines;
  std::vector<model::Parameter> parameters;
  std::vector<model::Case> cases;
  std::vector<model::Name> calendars;
  std::vector<bool> calendar_has_hours;
  int default_calendar = -1;
  std::string zone;
  std::string currency_english, currency_chinese;
  Pool pool;
};

}  // namespace duban::reference
