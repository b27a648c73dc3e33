// Small JSON texts, written piece by piece.
#pragma once

#include <string>
#include <string_view>

namespace duban {

// {"name":"text",…}: call text() and raw() in order, then take().
class JsonObject {
 public:
  JsonObject& text(std::string_view name, std::string_view value);
  JsonObject& raw(std::string_view name, std::string_view json);
  std::string take() { return std::move(out_) + "}"; }

 private:
  void name(std::string_view name);
  std::string out_ = "{";
};

}  // namespace duban
