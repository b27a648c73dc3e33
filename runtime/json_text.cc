#include "runtime/json_text.h"

namespace duban {

void append_json_text(std::string& out, std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          out += "\\u00";
          out += kHex[static_cast<unsigned char>(c) >> 4];
          out += kHex[c & 0xf];
        } else {
          out += c;
        }
    }
  }
  out += '"';
}

void JsonObject::name(std::string_view name) {
  if (out_.size() > 1) out_ += ',';
  append_json_text(out_, name);
  out_ += ':';
}

JsonObject& JsonObject::text(std::string_view field, std::string_view value) {
  name(field);
  append_json_text(out_, value);
  return *this;
}

JsonObject& JsonObject::raw(std::string_view field, std::string_view json) {
  name(field);
  out_ += json;
  return *this;
}

}  // namespace duban
