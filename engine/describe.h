// What a step did, in one line for people.
#pragma once

#include <string>
#include <string_view>

#include "engine/plan.h"
#include "engine/record.h"

namespace duban {

// `task "Phone Li Ming about bill B1" for S01, due 2026-03-31 17:30`, without its time.
std::string describe(const Plan& plan, const Record& record, bool chinese);

// How the title begins of the task that takes the place of a mandatory notice sent too late; the
// notice's text follows.
std::string_view hand_delivery_title(bool chinese);

// The instant of a record.
Instant time_of(const Record& record);

const Provenance& provenance_of(const Record& record);

// `collection.rules:41`, empty when the span names no file of the plan.
std::string place_of(const Plan& plan, Span span);

}  // namespace duban
