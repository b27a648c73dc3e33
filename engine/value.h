// What an expression can be worth, and the static type that says so before anything runs.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "engine/decimal.h"
#include "engine/time.h"

namespace duban {

enum class TypeKind : uint8_t {
  none,  // the type of `none` alone, and of an expression that could not be checked
  yes_no,
  number,
  money,
  text,
  date,
  time,
  datetime,
  duration,
  choice,     // Type::id is the choice's index in the plan's layout
  reference,  // Type::id is the entity's index in the plan's layout (a reference or an entity)
};

struct Type {
  TypeKind kind = TypeKind::none;
  uint16_t id = 0;
  bool set = false;       // set of `kind`
  bool optional = false;  // may be none

  bool operator==(const Type&) const = default;
};

// A missing value is `None`; arithmetic on it is none; a comparison with it is no.
struct None {
  auto operator<=>(const None&) const = default;
};

struct ChoiceValue {
  uint16_t choice = 0;  // index in the layout's choices
  uint16_t index = 0;   // index in that choice's values
  auto operator<=>(const ChoiceValue&) const = default;
};

// A subject's identity, and also a value: who is meant. The row it names may not exist.
struct Key {
  uint16_t entity = 0;  // index in the layout's entities
  std::string key;
  auto operator<=>(const Key&) const = default;
};

class Value;
struct SetValue {
  std::vector<Value> items;  // sorted, no duplicates; see make_set
  bool operator==(const SetValue&) const;
  std::strong_ordering operator<=>(const SetValue&) const;
};

// Money and number are both a Decimal: the checker tells them apart, the evaluator need not.
class Value : public std::variant<None, bool, Decimal, std::string, Date, TimeOfDay, Instant,
                                  Duration, ChoiceValue, Key, SetValue> {
 public:
  using variant::variant;
  using Base = std::variant<None, bool, Decimal, std::string, Date, TimeOfDay, Instant, Duration,
                            ChoiceValue, Key, SetValue>;

  bool is_none() const { return std::holds_alternative<None>(*this); }
  template <typename T>
  const T* get_if() const {
    return std::get_if<T>(static_cast<const Base*>(this));
  }
  template <typename T>
  const T& as() const {
    return std::get<T>(static_cast<const Base&>(*this));
  }

  bool operator==(const Value& other) const {
    return static_cast<const Base&>(*this) == static_cast<const Base&>(other);
  }
  std::strong_ordering operator<=>(const Value& other) const {
    return static_cast<const Base&>(*this) <=> static_cast<const Base&>(other);
  }
};

Value make_set(std::vector<Value> items);

}  // namespace duban
