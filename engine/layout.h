// Where named things live in a subject's state.
//
// Subjects outlive versions of the policies, so attributes, fields, choice values and calendars
// keep their slot for ever: compiling a new version starts from the previous layout and only
// appends.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/value.h"

namespace duban {

// Both spellings of a name. `name` is the canonical one: the ASCII one of the two, so that an
// English and a Chinese file over one vocabulary agree. `alias` may be empty.
struct Names {
  std::string name;
  std::string alias;

  bool matches(std::string_view text) const {
    return text == name || (!alias.empty() && text == alias);
  }
  bool overlaps(const Names& other) const {
    return matches(other.name) || (!other.alias.empty() && matches(other.alias));
  }
  const std::string& in(
      bool chinese) const;  // the Chinese spelling if there is one and it is asked for
  auto operator<=>(const Names&) const = default;
};

struct Layout {
  struct Choice {
    Names names;  // anonymous ones are named by their place: `Customer.class`, `service_level.tier`
    std::vector<Names> values;
  };
  struct Field {
    Names names;
    Type type;
    bool is_private = false;
  };
  struct Entity {
    Names names;
    Names key;  // its value is the subject's key, a text
    bool reference = false;
    std::vector<Field> attributes;  // the key is not among them
  };
  struct Event {
    Names names;
    enum class Kind : uint8_t { plain, broadcast, outgoing } kind = Kind::plain;
    uint16_t entity = 0;
    std::vector<Field> fields;
  };

  std::vector<Choice> choices;
  std::vector<Entity> entities;
  std::vector<Event> events;
  std::vector<Names> calendars;    // durations that were stored name them by their place here
  std::vector<std::string> cases;  // canonical names, `Policy/Case`, for the memory of seen keys

  // What a feed calls by its name: an event and its entity, or an entity whose rows it gives.
  struct FeedType {
    std::optional<uint16_t> event;
    uint16_t entity = 0;
  };
  std::optional<FeedType> find_type(std::string_view name) const;
  std::optional<uint16_t> find_choice(std::string_view name) const;
  std::optional<uint16_t> find_entity(std::string_view name) const;
  std::optional<uint16_t> find_event(std::string_view name) const;
};
// `expected`: where it probably stands.
std::optional<uint16_t> find_field(const std::vector<Layout::Field>& fields, std::string_view name,
                                   size_t expected = 0);
std::optional<uint16_t> find_value(const Layout::Choice& choice, std::string_view name);

// For storing beside a deployment. `decode` rejects what `encode` did not write.
std::string encode_layout(const Layout& layout);
std::optional<Layout> decode_layout(std::string_view bytes);

}  // namespace duban
