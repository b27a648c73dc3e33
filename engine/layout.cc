#include "engine/layout.h"

#include <utility>

#include "engine/digest.h"

namespace duban {

const std::string& Names::in(bool chinese) const {
  return chinese && !alias.empty() ? alias : name;
}

namespace {

template <typename T>
std::optional<uint16_t> find_named(const std::vector<T>& things, std::string_view name) {
  for (size_t i = 0; i < things.size(); ++i) {
    if (things[i].names.matches(name)) return static_cast<uint16_t>(i);
  }
  return std::nullopt;
}

constexpr std::string_view kMagic = "duban-layout-3\n";

class Writer {
 public:
  void number(uint64_t value) {
    for (; value >= 0x80; value >>= 7) out_ += static_cast<char>(value | 0x80);
    out_ += static_cast<char>(value);
  }
  void flag(bool value) { out_ += value ? '\1' : '\0'; }
  void text(std::string_view value) {
    number(value.size());
    out_ += value;
  }
  void names(const Names& value) {
    text(value.name);
    text(value.alias);
  }
  void type(const Type& value) {
    number(static_cast<uint64_t>(value.kind));
    number(value.id);
    flag(value.set);
    flag(value.optional);
  }
  void fields(const std::vector<Layout::Field>& value) {
    number(value.size());
    for (const Layout::Field& field : value) {
      names(field.names);
      type(field.type);
      flag(field.is_private);
    }
  }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

// Past the end everything reads as zero and `ok` is false.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  bool ok() const { return ok_; }
  bool at_end() const { return bytes_.empty(); }

  uint64_t number(uint64_t limit) {
    uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const uint8_t byte = next();
      value |= uint64_t{byte & 0x7fu} << shift;
      if (byte < 0x80) break;
    }
    if (value > limit) ok_ = false;
    return ok_ ? value : 0;
  }
  // Every item takes a byte at least, which bounds what damaged bytes can ask for.
  size_t count() { return static_cast<size_t>(number(bytes_.size())); }
  bool flag() { return number(1) == 1; }
  std::string text() {
    const size_t size = count();
    std::string value(bytes_.substr(0, size));
    bytes_.remove_prefix(value.size());
    return value;
  }
  Names names() {
    Names value;
    value.name = text();
    value.alias = text();
    return value;
  }
  Type type() {
    Type value;
    value.kind = static_cast<TypeKind>(number(static_cast<uint64_t>(TypeKind::reference)));
    value.id = static_cast<uint16_t>(number(0xffff));
    value.set = flag();
    value.optional = flag();
    return value;
  }
  std::vector<Layout::Field> fields() {
    std::vector<Layout::Field> value(count());
    for (Layout::Field& field : value) {
      field.names = names();
      field.type = type();
      field.is_private = flag();
    }
    return value;
  }

 private:
  uint8_t next() {
    if (bytes_.empty()) {
      ok_ = false;
      return 0;
    }
    const auto byte = static_cast<uint8_t>(bytes_.front());
    bytes_.remove_prefix(1);
    return byte;
  }

  std::string_view bytes_;
  bool ok_ = true;
};

bool type_in_range(const Layout& layout, const Type& type) {
  if (type.kind == TypeKind::choice) return type.id < layout.choices.size();
  if (type.kind == TypeKind::reference) return type.id < layout.entities.size();
  return true;
}

bool types_in_range(const Layout& layout, const std::vector<Layout::Field>& fields) {
  for (const Layout::Field& field : fields) {
    if (!type_in_range(layout, field.type)) return false;
  }
  return true;
}

}  // namespace

std::optional<Layout::FeedType> Layout::find_type(std::string_view name) const {
  if (const auto event = find_event(name)) return FeedType{event, events[*event].entity};
  if (const auto entity = find_entity(name)) return FeedType{std::nullopt, *entity};
  return std::nullopt;
}

std::optional<uint16_t> Layout::find_choice(std::string_view name) const {
  return find_named(choices, name);
}

std::optional<uint16_t> Layout::find_entity(std::string_view name) const {
  return find_named(entities, name);
}

std::optional<uint16_t> Layout::find_event(std::string_view name) const {
  return find_named(events, name);
}

std::optional<uint16_t> find_field(const std::vector<Layout::Field>& fields, std::string_view name,
                                   size_t expected) {
  if (expected < fields.size() && fields[expected].names.matches(name))
    return static_cast<uint16_t>(expected);
  return find_named(fields, name);
}

std::optional<uint16_t> find_value(const Layout::Choice& choice, std::string_view name) {
  for (size_t i = 0; i < choice.values.size(); ++i) {
    if (choice.values[i].matches(name)) return static_cast<uint16_t>(i);
  }
  return std::nullopt;
}

std::string encode_layout(const Layout& layout) {
  Writer out;
  out.number(layout.choices.size());
  for (const Layout::Choice& choice : layout.choices) {
    out.names(choice.names);
    out.number(choice.values.size());
    for (const Names& value : choice.values) out.names(value);
  }
  out.number(layout.entities.size());
  for (const Layout::Entity& entity : layout.entities) {
    out.names(entity.names);
    out.names(entity.key);
    out.flag(entity.reference);
    out.fields(entity.attributes);
  }
  out.number(layout.events.size());
  for (const Layout::Event& event : layout.events) {
    out.names(event.names);
    out.number(static_cast<uint64_t>(event.kind));
    out.number(event.entity);
    out.fields(event.fields);
  }
  out.number(layout.calendars.size());
  for (const Names& names : layout.calendars) out.names(names);
  out.number(layout.cases.size());
  for (const std::string& name : layout.cases) out.text(name);
  const std::string body = out.take();
  return std::string(kMagic) + DigestBuilder().add(body).finish().to_hex() + body;
}

std::optional<Layout> decode_layout(std::string_view bytes) {
  constexpr size_t kDigestSize = 32;
  if (bytes.substr(0, kMagic.size()) != kMagic) return std::nullopt;
  bytes.remove_prefix(kMagic.size());
  if (bytes.size() < kDigestSize) return std::nullopt;
  const std::string_view body = bytes.substr(kDigestSize);
  if (DigestBuilder().add(body).finish().to_hex() != bytes.substr(0, kDigestSize)) {
    return std::nullopt;
  }

  Reader in(body);
  Layout layout;
  layout.choices.resize(in.count());
  for (Layout::Choice& choice : layout.choices) {
    choice.names = in.names();
    choice.values.resize(in.count());
    for (Names& value : choice.values) value = in.names();
  }
  layout.entities.resize(in.count());
  for (Layout::Entity& entity : layout.entities) {
    entity.names = in.names();
    entity.key = in.names();
    entity.reference = in.flag();
    entity.attributes = in.fields();
  }
  layout.events.resize(in.count());
  for (Layout::Event& event : layout.events) {
    event.names = in.names();
    event.kind = static_cast<Layout::Event::Kind>(in.number(2));
    event.entity = static_cast<uint16_t>(in.number(0xffff));
    event.fields = in.fields();
  }
  layout.calendars.resize(in.count());
  for (Names& names : layout.calendars) names = in.names();
  layout.cases.resize(in.count());
  for (std::string& name : layout.cases) name = in.text();
  if (!in.ok() || !in.at_end()) return std::nullopt;

  for (const Layout::Entity& entity : layout.entities) {
    if (!types_in_range(layout, entity.attributes)) return std::nullopt;
  }
  for (const Layout::Event& event : layout.events) {
    if (event.entity >= layout.entities.size()) return std::nullopt;
    if (!types_in_range(layout, event.fields)) return std::nullopt;
  }
  return layout;
}

}  // namespace duban
