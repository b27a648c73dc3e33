#include "runtime/json_flat.h"

#include <simdjson.h>

#include <string>

namespace duban {
namespace {

namespace json = simdjson::ondemand;

// Lines within these are within the limits of parse_event(), whatever they hold.
constexpr size_t kLineMax = 16 * 1024, kNameMax = 500;

// This file is compiled for instructions that old processors have not.
bool can_run() {
#ifdef __SSE4_2__
  return __builtin_cpu_supports("sse4.2") > 0 && __builtin_cpu_supports("pclmul") > 0;
#else
  return true;
#endif
}

// Digits, a fraction perhaps. Exponents have limits of their own.
bool is_plain_number(std::string_view text) {
  size_t at = text.starts_with('-') ? 1 : 0;
  const auto digits = [&] {
    const size_t first = at;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
    return at - first;
  };
  const bool zero = at < text.size() && text[at] == '0';
  const size_t whole = digits();
  if (whole == 0 || (zero && whole > 1)) return false;
  if (at < text.size() && text[at] == '.') {
    ++at;
    if (digits() == 0) return false;
  }
  return at == text.size();
}

// A text, number, yes or no, or null; its text is good until the parser's next line.
bool read_scalar(json::value from, RawScalar& value) {
  value = {};
  json::json_type type{};
  if (from.type().get(type) != simdjson::SUCCESS) return false;
  switch (type) {
    case json::json_type::string:
      value.kind = RawValue::Kind::text;
      return from.get_string().get(value.text) == simdjson::SUCCESS;
    case json::json_type::number: {
      std::string_view text = from.raw_json_token();
      while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
      value.kind = RawValue::Kind::number;
      value.text = text;
      return is_plain_number(text);
    }
    case json::json_type::boolean:
      value.kind = RawValue::Kind::boolean;
      return from.get_bool().get(value.boolean) == simdjson::SUCCESS;
    case json::json_type::null: {
      bool null = false;
      return from.is_null().get(null) == simdjson::SUCCESS && null;
    }
    default:
      return false;
  }
}

std::string* attribute(RawEvent& event, std::string_view name) {
  if (name == "id") return &event.id;
  if (name == "source") return &event.source;
  if (name == "type") return &event.type;
  if (name == "subject") return &event.subject;
  if (name == "time") return &event.time;
  return nullptr;
}

// `take(name, value)` for each of the data; false when one is not flat, or not taken.
template <typename Take>
bool read_data(json::value from, const Take& take) {
  json::object data;
  if (from.get_object().get(data) != simdjson::SUCCESS) return false;
  for (auto field : data) {
    std::string_view name;
    json::value value;
    RawScalar scalar;
    if (field.unescaped_key().get(name) != simdjson::SUCCESS || name.size() > kNameMax ||
        field.value().get(value) != simdjson::SUCCESS || !read_scalar(value, scalar) ||
        !take(name, scalar)) {
      return false;
    }
  }
  return true;
}

enum class Fit { kept, taken, not_for_taker, not_flat };

// `taker`: null, or it gets the data of what it takes.
Fit read(std::string_view line, EventTaker* taker, RawEvent& event) {
  static const bool kCan = can_run();
  if (!kCan || line.size() > kLineMax) return Fit::not_flat;
  thread_local json::parser parser;
  thread_local std::string padded;
  padded.assign(line);
  padded.append(simdjson::SIMDJSON_PADDING, ' ');
  json::document document;
  json::object object;
  if (parser.iterate(padded.data(), line.size(), padded.size()).get(document) !=
          simdjson::SUCCESS ||
      document.get_object().get(object) != simdjson::SUCCESS) {
    return Fit::not_flat;
  }
  for (std::string* text : {&event.id, &event.source, &event.type, &event.subject, &event.time})
    text->clear();
  size_t fields = 0;
  bool has_data = false;
  const auto keep = [&](std::string_view name, const RawScalar& scalar) {
    if (fields == event.data.size()) event.data.emplace_back();
    auto& [known, raw] = event.data[fields++];
    known = name;
    raw.kind = scalar.kind;
    raw.boolean = scalar.boolean;
    raw.text = scalar.text;
    raw.items.clear();
    return true;
  };
  const auto take = [&](std::string_view name, const RawScalar& scalar) {
    return taker->field(name, scalar);
  };
  for (auto member : object) {
    std::string_view name;
    json::value value;
    if (member.unescaped_key().get(name) != simdjson::SUCCESS || name.size() > kNameMax ||
        member.value().get(value) != simdjson::SUCCESS) {
      return Fit::not_flat;
    }
    if (name == "data") {
      if (std::exchange(has_data, true)) return Fit::not_flat;
      if (taker != nullptr && !taker->begin(event.type)) taker = nullptr;
      if (taker != nullptr && !read_data(value, take)) return Fit::not_for_taker;
      if (taker == nullptr && !read_data(value, keep)) return Fit::not_flat;
      continue;
    }
    std::string* text = attribute(event, name);
    if (text == &event.type && has_data && taker != nullptr) return Fit::not_for_taker;
    RawScalar scalar;
    if (!read_scalar(value, scalar)) return Fit::not_flat;
    if (text == nullptr || scalar.kind == RawValue::Kind::null) continue;
    if (scalar.kind != RawValue::Kind::text) return Fit::not_flat;
    text->assign(scalar.text);
  }
  event.data.resize(fields);
  const char* rest = nullptr;  // what follows the object
  const bool ended = document.current_location().get(rest) == simdjson::OUT_OF_BOUNDS;
  if (!ended || event.type.empty() || event.id.empty()) return Fit::not_flat;
  if (taker != nullptr && !has_data && !taker->begin(event.type)) taker = nullptr;
  return taker != nullptr ? Fit::taken : Fit::kept;
}

}  // namespace

bool read_flat_event(std::string_view line, RawEvent& event) {
  return read(line, nullptr, event) == Fit::kept;
}

bool read_flat_event(std::string_view line, EventTaker& taker, RawEvent& event,
                     std::shared_ptr<EventData>& taken) {
  taker.use_again(std::move(taken));
  taken.reset();
  const Fit fit = read(line, &taker, event);
  if (fit == Fit::taken) taken = taker.end(event);
  if (taken != nullptr || fit == Fit::kept) return true;
  return fit != Fit::not_flat && read_flat_event(line, event);
}

}  // namespace duban
