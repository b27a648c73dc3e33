#include "runtime/json_text.h"

#include "engine/format.h"

namespace duban {

void JsonObject::name(std::string_view name) {
  if (out_.size() > 1) out_ += ',';
  append_json_quoted(out_, name);
  out_ += ':';
}

JsonObject& JsonObject::text(std::string_view field, std::string_view value) {
  name(field);
  append_json_quoted(out_, value);
  return *this;
}

JsonObject& JsonObject::raw(std::string_view field, std::string_view json) {
  name(field);
  out_ += json;
  return *this;
}

}  // namespace duban
