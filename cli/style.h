// Colours: on a terminal only, and not where NO_COLOR is set.
#pragma once

#include <string>
#include <string_view>

namespace duban::cli {

class Style {
 public:
  explicit Style(bool on = false) : on_(on) {}

  std::string good(std::string_view text) const { return in("32", text); }
  std::string bad(std::string_view text) const { return in("31", text); }
  std::string strong(std::string_view text) const { return in("1", text); }
  std::string faint(std::string_view text) const { return in("2", text); }

 private:
  std::string in(std::string_view code, std::string_view text) const {
    if (!on_ || text.empty()) return std::string(text);
    return "\x1b[" + std::string(code) + "m" + std::string(text) + "\x1b[0m";
  }

  bool on_;
};

}  // namespace duban::cli
