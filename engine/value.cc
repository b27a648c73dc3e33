#include "engine/value.h"

#include <algorithm>
#include <utility>

namespace duban {

bool SetValue::operator==(const SetValue& other) const { return items == other.items; }

std::strong_ordering SetValue::operator<=>(const SetValue& other) const {
  return std::lexicographical_compare_three_way(items.begin(), items.end(), other.items.begin(),
                                                other.items.end());
}

bool Value::operator==(const Value& other) const {
  if (place_ != other.place_) return false;
  if (holds_box() && box_ == other.box_) return true;
  return visit([&]<typename T>(const T& mine) {
    if constexpr (std::is_same_v<T, None>) {
      return true;
    } else {
      return mine == other.content<T>();
    }
  });
}

std::strong_ordering Value::operator<=>(const Value& other) const {
  if (place_ != other.place_) return place_ <=> other.place_;
  return visit([&]<typename T>(const T& mine) -> std::strong_ordering {
    if constexpr (std::is_same_v<T, None>) {
      return std::strong_ordering::equal;
    } else {
      return mine <=> other.content<T>();
    }
  });
}

void Value::destroy() {
  visit([this]<typename T>(const T&) {
    if constexpr (is_boxed<T>) delete static_cast<Box<T>*>(box_);
  });
}

Value make_set(std::vector<Value> items) {
  std::sort(items.begin(), items.end());
  items.erase(std::unique(items.begin(), items.end()), items.end());
  return SetValue{std::move(items)};
}

}  // namespace duban
