// From one parsed line's nodes to what the line says.
#pragma once

#include <optional>

#include "engine/cst.h"
#include "engine/findings.h"
#include "engine/outline.h"
#include "engine/source.h"

namespace duban {

// nullopt: the line means nothing, and a finding says why.
std::optional<LineBody> build_line(const Cst& cst, const Source& source, Findings& findings,
                                   uint32_t max_depth);

}  // namespace duban
