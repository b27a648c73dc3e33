// An operation's outcome at a module border: a value, or an error with its context.
//
// `message` says what is wrong, `place` where (file:line, a row, a path; may be empty) and `hint`
// what to do (may be empty). `chinese` and `chinese_hint` say the same in Chinese; where they are
// empty there is only the English. Used by value; nothing here throws.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace duban {

struct Error {
  std::string message;
  std::string place;
  std::string hint;
  std::string chinese{};
  std::string chinese_hint{};
  bool is_misuse = false;  // what was asked for makes no sense, whatever there is

  const std::string& message_in(bool in_chinese) const {
    return in_chinese && !chinese.empty() ? chinese : message;
  }
  const std::string& hint_in(bool in_chinese) const {
    return in_chinese && !chinese.empty() ? chinese_hint : hint;
  }
  // With its place, without the hint.
  std::string placed(bool in_chinese = false) const {
    const std::string& said = message_in(in_chinese);
    return place.empty() ? said : place + (in_chinese ? "：" : ": ") + said;
  }
  std::string to_string(bool in_chinese = false) const {
    const std::string out = placed(in_chinese);
    const std::string& what_to_do = hint_in(in_chinese);
    if (what_to_do.empty()) return out;
    return in_chinese ? out + "（" + what_to_do + "）" : out + " (" + what_to_do + ")";
  }
};

inline Error misuse(Error error) {
  error.is_misuse = true;
  return error;
}

template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT: implicit
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: implicit

  explicit operator bool() const { return state_.index() == 0; }
  bool ok() const { return state_.index() == 0; }
  T& operator*() { return std::get<0>(state_); }
  const T& operator*() const { return std::get<0>(state_); }
  T* operator->() { return &std::get<0>(state_); }
  const T* operator->() const { return &std::get<0>(state_); }
  const Error& error() const { return std::get<1>(state_); }

 private:
  std::variant<T, Error> state_;
};

// The outcome of something that yields nothing but may fail.
class [[nodiscard]] Status {
 public:
  Status() {}  // not `= default`: `return {}` would first zero the room for an error
  Status(Error error) : error_(std::move(error)) {}  // NOLINT: implicit

  explicit operator bool() const { return !error_; }
  bool ok() const { return !error_; }
  const Error& error() const { return *error_; }

 private:
  std::optional<Error> error_;
};

}  // namespace duban
