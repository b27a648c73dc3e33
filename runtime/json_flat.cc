#include "runtime/json_flat.h"

#include <simdjson.h>

#include <string>

#include "engine/json_plain.h"
#include "engine/source.h"

namespace duban {
namespace {

// Lines within these are within the limits of parse_event(), whatever they hold.
constexpr size_t kLineMax = 16 * 1024, kNameMax = 500;

std::string* attribute(RawEvent& event, std::string_view name) {
  if (name == "id") return &event.id;
  if (name == "source") return &event.source;
  if (name == "type") return &event.type;
  if (name == "subject") return &event.subject;
  if (name == "time") return &event.time;
  return nullptr;
}

// Goes through a line once. Whatever is not as usual makes it give up: false.
class FlatReader {
 public:
  explicit FlatReader(std::string_view line)
      : line_(line), at_(line.data()), end_(line.data() + line.size()) {}

  bool read(RawEvent& event) {
    for (std::string* text : {&event.id, &event.source, &event.type, &event.subject, &event.time})
      text->clear();
    size_t fields = 0;
    bool has_data = false;
    const bool good = members([&](std::string_view name) {
      if (name == "data") return !std::exchange(has_data, true) && read_data(event, fields);
      std::string* target = attribute(event, name);
      if (target == nullptr || peek() != '"') return skip_scalar(target == nullptr);
      std::string_view text;
      if (!read_text(text)) return false;
      *target = text;
      return true;
    });
    event.data.resize(fields);
    skip_spaces();
    return good && at_ == end_ && !event.type.empty() && !event.id.empty() &&
           simdjson::validate_utf8(line_.data(), line_.size());
  }

 private:
  char peek() const { return at_ < end_ ? *at_ : '\0'; }
  bool take(char c) {
    if (peek() != c) return false;
    ++at_;
    return true;
  }
  bool take(std::string_view word) {
    const std::string_view rest(at_, static_cast<size_t>(end_ - at_));
    if (!rest.starts_with(word)) return false;
    at_ += word.size();
    return true;
  }
  void skip_spaces() {
    while (peek() == ' ' || peek() == '\t') ++at_;
  }

  // An object; `read_value` is called with each name and takes the value.
  template <typename ReadValue>
  bool members(const ReadValue& read_value) {
    skip_spaces();
    if (!take('{')) return false;
    skip_spaces();
    if (take('}')) return true;
    for (;;) {
      std::string_view name;
      if (!read_text(name) || name.size() > kNameMax) return false;
      skip_spaces();
      if (!take(':')) return false;
      skip_spaces();
      if (!read_value(name)) return false;
      skip_spaces();
      if (take('}')) return true;
      if (!take(',')) return false;
      skip_spaces();
    }
  }

  bool read_data(RawEvent& event, size_t& count) {
    return members([&](std::string_view name) {
      if (count == event.data.size()) event.data.emplace_back();
      auto& [known, value] = event.data[count++];
      known = name;
      return read_scalar(value);
    });
  }

  // A text, number, yes or no, or null.
  bool read_scalar(RawValue& value) {
    value.items.clear();
    value.boolean = false;
    std::string_view text;
    bool good = true;
    switch (peek()) {
      case '"':
        value.kind = RawValue::Kind::text;
        good = read_text(text);
        break;
      case 't':
      case 'f':
        value.kind = RawValue::Kind::boolean;
        value.boolean = *at_ == 't';
        good = take(value.boolean ? "true" : "false");
        break;
      case 'n':
        value.kind = RawValue::Kind::null;
        good = take("null");
        break;
      default:
        value.kind = RawValue::Kind::number;
        good = read_number(text);
    }
    value.text = text;
    return good;
  }

  // Of an attribute that is not kept, or is null.
  bool skip_scalar(bool is_unknown) {
    if (!is_unknown) return take("null");
    std::string_view text;
    if (peek() == '"') return read_text(text);
    return take("true") || take("false") || take("null") || read_number(text);
  }

  // Digits, a fraction perhaps. Exponents have limits of their own.
  bool read_number(std::string_view& number) {
    const char* begin = at_;
    take('-');
    const char first = peek();
    const size_t whole = digits();
    if (whole == 0 || (first == '0' && whole > 1)) return false;
    if (take('.') && digits() == 0) return false;
    number = {begin, static_cast<size_t>(at_ - begin)};
    return true;
  }
  size_t digits() {
    const char* begin = at_;
    while (at_ < end_ && *at_ >= '0' && *at_ <= '9') ++at_;
    return static_cast<size_t>(at_ - begin);
  }

  // `text` is valid until the next one is read.
  bool read_text(std::string_view& text) {
    if (!take('"')) return false;
    const char* begin = at_;
    skip_plain();
    text = {begin, static_cast<size_t>(at_ - begin)};
    return take('"') || read_escaped(text);
  }
  // …whose beginning is plain. Most are to their end, and should not pay for this.
  [[gnu::noinline]] bool read_escaped(std::string_view& text) {
    unescaped_ = text;
    while (take('\\')) {
      if (!unescape()) return false;
      const char* begin = at_;
      skip_plain();
      unescaped_.append(begin, at_);
    }
    text = unescaped_;
    return take('"');
  }

  void skip_plain() { at_ += plain_json_bytes({at_, static_cast<size_t>(end_ - at_)}); }

  // What follows a backslash.
  bool unescape() {
    constexpr std::string_view kLetters = "\"\\/bfnrt", kMeant = "\"\\/\b\f\n\r\t";
    if (take('u')) return unescape_code_point();
    const size_t known = at_ < end_ ? kLetters.find(*at_) : std::string_view::npos;
    if (known == std::string_view::npos) return false;
    ++at_;
    unescaped_ += kMeant[known];
    return true;
  }

  bool unescape_code_point() {
    char32_t code = 0, low = 0;
    if (!read_hex(code)) return false;
    const auto is_surrogate = [](char32_t unit) { return unit >= 0xd800 && unit < 0xe000; };
    if (is_surrogate(code)) {
      if (code >= 0xdc00 || !take("\\u") || !read_hex(low) || !is_surrogate(low) || low < 0xdc00)
        return false;
      code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    }
    unescaped_ += to_utf8({&code, 1});
    return true;
  }

  bool read_hex(char32_t& unit) {
    if (end_ - at_ < 4) return false;
    for (int i = 0; i < 4; ++i) {
      const char c = *at_++;
      const int letter = (c | 0x20) - 'a';
      if (c >= '0' && c <= '9') {
        unit = unit << 4 | static_cast<char32_t>(c - '0');
      } else if (letter >= 0 && letter < 6) {
        unit = unit << 4 | static_cast<char32_t>(letter + 10);
      } else {
        return false;
      }
    }
    return true;
  }

  std::string_view line_;
  const char* at_;
  const char* end_;
  std::string unescaped_;
};

}  // namespace

bool read_flat_event(std::string_view line, RawEvent& event) {
  return line.size() <= kLineMax && FlatReader(line).read(event);
}

}  // namespace duban
