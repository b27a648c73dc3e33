// One CloudEvents line to a RawEvent, by Boost.JSON's streaming parser: nothing is built that is
// not kept, and numbers stay the digits they were written with.
#include <boost/json/basic_parser_impl.hpp>
#include <limits>
#include <optional>

#include "runtime/feed.h"
#include "runtime/line_reader.h"

namespace duban {
namespace {

namespace json = boost::json;

constexpr size_t kDepthMax = 32;

struct Wording {
  std::string english, chinese;
};

// Where the next value goes.
enum class Place : uint8_t { top, attribute, data_field, list, ignored };

class Handler {
 public:
  static constexpr size_t max_object_size = 10'000;
  static constexpr size_t max_array_size = 100'000;
  static constexpr size_t max_key_size = 1'000;
  static constexpr size_t max_string_size = std::numeric_limits<size_t>::max();

  RawEvent event;
  std::optional<Wording> wrong;  // why it is JSON but not an event

  bool on_document_begin(json::error_code&) { return true; }
  bool on_document_end(json::error_code&) { return true; }

  bool on_object_begin(json::error_code& ec) {
    switch (place()) {
      case Place::top:
        if (started_) return refuse(ec, {"one event a line is expected", "每行应只有一个事件"});
        started_ = true;
        return true;
      case Place::attribute:
        if (attribute_ == "data") {
          in_data_ = true;
          return true;
        }
        return ignore_or_refuse(ec, {"an object", "对象"});
      case Place::data_field:
      case Place::list:
        new_value().kind = RawValue::Kind::object;
        break;
      case Place::ignored:
        break;
    }
    ++ignored_;
    return true;
  }
  bool on_object_end(size_t, json::error_code&) {
    if (ignored_ > 0) {
      --ignored_;
    } else if (in_data_) {
      in_data_ = false;
    }
    return true;
  }
  bool on_array_begin(json::error_code& ec) {
    switch (place()) {
      case Place::top:
        return refuse(ec, {"an event is expected, not a list", "应为一个事件，而不是列表"});
      case Place::attribute:
        return attribute_ == "data" ? refuse(ec, {"`data` must be an object", "`data` 应为对象"})
                                    : ignore_or_refuse(ec, {"a list", "列表"});
      case Place::data_field: {
        RawValue& value = new_value();
        value.kind = RawValue::Kind::array;
        list_ = &value;
        return true;
      }
      case Place::list:
        new_value().kind = RawValue::Kind::array;
        break;  // types have no lists of lists
      case Place::ignored:
        break;
    }
    ++ignored_;
    return true;
  }
  bool on_array_end(size_t, json::error_code&) {
    if (ignored_ > 0) {
      --ignored_;
    } else {
      list_ = nullptr;
    }
    return true;
  }

  bool on_key_part(json::string_view part, size_t, json::error_code&) {
    text_.append(part.data(), part.size());
    return true;
  }
  bool on_key(json::string_view part, size_t, json::error_code&) {
    text_.append(part.data(), part.size());
    if (ignored_ == 0) (in_data_ ? field_ : attribute_) = text_;
    text_.clear();
    return true;
  }
  bool on_string_part(json::string_view part, size_t, json::error_code&) {
    text_.append(part.data(), part.size());
    return true;
  }
  bool on_string(json::string_view part, size_t, json::error_code& ec) {
    text_.append(part.data(), part.size());
    return scalar(ec, RawValue::Kind::text);
  }
  bool on_number_part(json::string_view part, json::error_code&) {
    text_.append(part.data(), part.size());
    return true;
  }
  bool on_int64(int64_t, json::string_view part, json::error_code& ec) { return number(part, ec); }
  bool on_uint64(uint64_t, json::string_view part, json::error_code& ec) {
    return number(part, ec);
  }
  bool on_double(double, json::string_view part, json::error_code& ec) { return number(part, ec); }
  bool on_bool(bool value, json::error_code& ec) {
    return scalar(ec, RawValue::Kind::boolean, value);
  }
  bool on_null(json::error_code& ec) { return scalar(ec, RawValue::Kind::null); }
  bool on_comment_part(json::string_view, json::error_code&) { return true; }
  bool on_comment(json::string_view, json::error_code&) { return true; }

 private:
  Place place() const {
    if (ignored_ > 0) return Place::ignored;
    if (list_ != nullptr) return Place::list;
    if (in_data_) return Place::data_field;
    return started_ ? Place::attribute : Place::top;
  }

  RawValue& new_value() {
    if (list_ != nullptr) return list_->items.emplace_back();
    return event.data.emplace_back(std::move(field_), RawValue()).second;
  }

  bool number(json::string_view part, json::error_code& ec) {
    text_.append(part.data(), part.size());
    return scalar(ec, RawValue::Kind::number);
  }

  bool scalar(json::error_code& ec, RawValue::Kind kind, bool boolean = false) {
    const Place where = place();
    bool good = true;
    if (where == Place::top) {
      good = refuse(
          ec, {"an event is expected: an object with `id`, `type`, `subject`, `time` and `data`",
               "应为一个事件，即含 `id`、`type`、`subject`、`time` 和 `data` 的对象"});
    } else if (where == Place::attribute) {
      good = attribute(ec, kind);
    } else if (where != Place::ignored) {
      RawValue& value = new_value();
      value.kind = kind;
      value.boolean = boolean;
      value.text = std::move(text_);
    }
    text_.clear();
    return good;
  }

  std::string* known_attribute() {
    if (attribute_ == "id") return &event.id;
    if (attribute_ == "source") return &event.source;
    if (attribute_ == "type") return &event.type;
    if (attribute_ == "subject") return &event.subject;
    if (attribute_ == "time") return &event.time;
    return nullptr;
  }

  bool attribute(json::error_code& ec, RawValue::Kind kind) {
    if (attribute_ == "data") {
      return kind == RawValue::Kind::null ||
             refuse(ec, {"`data` must be an object", "`data` 应为对象"});
    }
    std::string* target = known_attribute();
    if (target == nullptr || kind == RawValue::Kind::null) return true;
    if (kind != RawValue::Kind::text) {
      return refuse(ec, {"`" + attribute_ + "` must be a text", "`" + attribute_ + "` 应为文本"});
    }
    *target = std::move(text_);
    return true;
  }

  bool ignore_or_refuse(json::error_code& ec, const Wording& what) {
    if (known_attribute() != nullptr) {
      return refuse(ec, {"`" + attribute_ + "` must be a text, not " + what.english,
                         "`" + attribute_ + "` 应为文本，而不是" + what.chinese});
    }
    ++ignored_;
    return true;
  }

  bool refuse(json::error_code& ec, Wording why) {
    wrong = std::move(why);
    ec = json::error::syntax;
    return false;
  }

  bool started_ = false, in_data_ = false;
  int ignored_ = 0;           // depth inside something that is not kept
  RawValue* list_ = nullptr;  // stays put: nothing is added to `data` while its list is open
  std::string attribute_, field_, text_;
};

Wording words(const json::error_code& ec) {
  if (ec == json::error::incomplete) return {"the line ends in the middle", "行在中间断开"};
  if (ec == json::error::too_deep) return {"more than 32 levels of nesting", "嵌套超过 32 层"};
  if (ec == json::error::extra_data) {
    return {"something follows the event; one event a line is expected",
            "事件之后还有内容，每行应只有一个事件"};
  }
  if (ec == json::error::object_too_large || ec == json::error::array_too_large) {
    return {"too many values", "值过多"};
  }
  if (ec == json::error::key_too_large) return {"a name is too long", "名称过长"};
  if (ec == json::error::exponent_overflow) return {"a number is too large", "数值过大"};
  // The parser knows many more, all of them a character where it may not stand.
  return {ec.message(), "语法错误"};
}

Error not_an_event(const std::string& english, const std::string& chinese) {
  return Error{"not an event: " + english, {}, {}, "不是事件：" + chinese, {}};
}

}  // namespace

std::variant<RawEvent, Error> parse_event(std::string_view line) {
  if (line.size() > kLineBytesMax) {
    return Error{"the line is longer than 1 MB", {}, {}, "该行超过 1 MB", {}};
  }
  json::parse_options options;
  options.max_depth = kDepthMax;
  json::basic_parser<Handler> parser(options);
  json::error_code ec;
  const size_t used = parser.write_some(false, line.data(), line.size(), ec);
  if (!ec && used < line.size()) ec = json::error::extra_data;
  if (ec) {
    Handler& handler = parser.handler();
    if (handler.wrong) return not_an_event(handler.wrong->english, handler.wrong->chinese);
    const Wording why = words(ec);
    const std::string at = std::to_string(used + 1);
    return Error{"not JSON: " + why.english + ", at byte " + at,
                 {},
                 {},
                 "不是有效的 JSON：" + why.chinese + "（第 " + at + " 字节）",
                 {}};
  }
  RawEvent& event = parser.handler().event;
  if (event.type.empty()) return not_an_event("it has no `type`", "缺少 `type`");
  if (event.id.empty()) return not_an_event("it has no `id`", "缺少 `id`");
  return std::move(event);
}

}  // namespace duban
