// What an expression can be worth, and the static type that says so before anything runs.
#pragma once

#include <atomic>
#include <cassert>
#include <compare>
#include <cstdint>
#include <cstring>
#include <new>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
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

// What a value can be; index() is the place in this list. Money and number are both a Decimal: the
// checker tells them apart, the evaluator need not.
using Alternatives = std::tuple<None, bool, Decimal, std::string, Date, TimeOfDay, Instant,
                                Duration, ChoiceValue, Key, SetValue>;

template <typename T>
concept Alternative = []<typename... Each>(std::tuple<Each...>*) {
  return (std::is_same_v<T, Each> || ...);
}(static_cast<Alternatives*>(nullptr));

template <Alternative T, uint8_t kPlace = 0>
constexpr uint8_t place_of() {
  if constexpr (std::is_same_v<T, std::tuple_element_t<kPlace, Alternatives>>) {
    return kPlace;
  } else {
    return place_of<T, kPlace + 1>();
  }
}

// One value in sixteen bytes: subjects hold very many. What is larger than eight bytes lies in a
// box that copies of the value share and nobody changes; any thread may.
class Value {
  template <typename T>
  static constexpr bool is_boxed = sizeof(T) > 8;

 public:
  Value() = default;
  template <Alternative T>
  Value(T content) : place_(place_of<T>()) {  // NOLINT(google-explicit-constructor)
    if constexpr (is_boxed<T>) {
      box_ = new Box<T>(std::move(content));
    } else {
      ::new (static_cast<void*>(small_)) T(content);
    }
  }
  Value(const char* text) : Value(std::string(text)) {}  // NOLINT(google-explicit-constructor)
  Value(const Value& other) : place_(other.place_) {
    std::memcpy(small_, other.small_, sizeof small_);
    if (holds_box()) box_->uses.fetch_add(1, std::memory_order_relaxed);
  }
  Value(Value&& other) noexcept : place_(std::exchange(other.place_, uint8_t{0})) {
    std::memcpy(small_, other.small_, sizeof small_);
  }
  Value& operator=(const Value& other) {
    if (this != &other) *this = Value(other);
    return *this;
  }
  Value& operator=(Value&& other) noexcept {
    unsigned char mine[sizeof small_];
    std::memcpy(mine, small_, sizeof small_);
    std::memcpy(small_, other.small_, sizeof small_);
    std::memcpy(other.small_, mine, sizeof small_);
    std::swap(place_, other.place_);
    return *this;
  }
  ~Value() {
    if (holds_box() && box_->uses.fetch_sub(1, std::memory_order_acq_rel) == 1) destroy();
  }

  bool is_none() const { return place_ == 0; }
  size_t index() const { return place_; }
  template <Alternative T>
  const T* get_if() const {
    return place_ == place_of<T>() ? &content<T>() : nullptr;
  }
  template <Alternative T>
  const T& as() const {  // REQUIRES: it is one
    assert(place_ == place_of<T>());
    return content<T>();
  }
  // What can be written over, as nobody shares it: its text or key. Null: it is another or shared.
  template <Alternative T>
  requires(is_boxed<T>) T* if_unshared() {
    if (place_ != place_of<T>() || box_->uses.load(std::memory_order_acquire) != 1) return nullptr;
    return &static_cast<Box<T>*>(box_)->content;
  }
  // `work` called with the content, whatever it is.
  template <typename Work>
  decltype(auto) visit(Work&& work) const {
    switch (place_) {
      case 1:
        return work(content<bool>());
      case 2:
        return work(content<Decimal>());
      case 3:
        return work(content<std::string>());
      case 4:
        return work(content<Date>());
      case 5:
        return work(content<TimeOfDay>());
      case 6:
        return work(content<Instant>());
      case 7:
        return work(content<Duration>());
      case 8:
        return work(content<ChoiceValue>());
      case 9:
        return work(content<Key>());
      case 10:
        return work(content<SetValue>());
      default:
        return work(None{});
    }
  }

  bool operator==(const Value& other) const;
  std::strong_ordering operator<=>(const Value& other) const;  // by index(), then by content

 private:
  struct Uses {
    std::atomic<uint32_t> uses = 1;
  };
  template <typename T>
  struct Box : Uses {
    explicit Box(T&& what) : content(std::move(what)) {}
    T content;
  };
  bool holds_box() const {
    constexpr uint32_t kBoxed = 1U << place_of<std::string>() | 1U << place_of<Duration>() |
                                1U << place_of<Key>() | 1U << place_of<SetValue>();
    return (kBoxed >> place_ & 1U) != 0;
  }
  template <typename T>
  const T& content() const {
    if constexpr (is_boxed<T>) {
      return static_cast<const Box<T>*>(box_)->content;
    } else {
      return *std::launder(reinterpret_cast<const T*>(small_));
    }
  }
  void destroy();

  uint8_t place_ = 0;
  union {
    alignas(8) unsigned char small_[8] = {};
    Uses* box_;
  };
};
static_assert(sizeof(Value) == 16);

Value make_set(std::vector<Value> items);

}  // namespace duban
