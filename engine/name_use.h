// Where a file names something declared: what tools respell, find and rename by.
#pragma once

#include <compare>
#include <tuple>

#include "engine/layout.h"
#include "engine/source.h"

namespace duban {

struct NameUse {
  Span span;
  Names names;  // as declared

  std::strong_ordering operator<=>(const NameUse& other) const {
    return std::tie(span.file, span.begin, span.end, names) <=>
           std::tie(other.span.file, other.span.begin, other.span.end, other.names);
  }
  bool operator==(const NameUse& other) const { return (*this <=> other) == 0; }
};

}  // namespace duban
