// The nearest known name to one that is not known.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace duban::cli {

struct Session;

// The closest of `known` by edits (a swap of neighbours is one), or empty when none is close.
std::string nearest(std::string_view name, const std::vector<std::string>& known);

// What is said of it behind a complaint: `; did you mean …?`, or nothing.
std::string did_you_mean(const Session& session, const std::string& near);

}  // namespace duban::cli
