// Events in the usual form, read with simdjson: four times as fast as by parse_event(), which
// decides about everything else and says what is wrong.
#pragma once

#include <memory>
#include <string_view>

#include "engine/intake.h"

namespace duban {

// Whether the line is one flat event: attributes and data that are texts, numbers, yes or no, or
// null. Then `event` is what parse_event() would have made of it; otherwise it means nothing.
bool read_flat_event(std::string_view line, RawEvent& event);

// The same; where `taker` takes the event in, `taken` is that, and `event` has no data. What
// `taken` was is used again: nobody else may have it.
bool read_flat_event(std::string_view line, EventTaker& taker, RawEvent& event,
                     std::shared_ptr<EventData>& taken);

}  // namespace duban
