// Findings as SARIF 2.1.0, the format that editors and build services read.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "cli/cli.h"
#include "engine/source.h"

namespace duban::cli {

// One finding. Its message is in the reader's language; `properties` has both.
boost::json::object sarif_result(const Session& session, const Diagnostic& diagnostic,
                                 const SourceSet& sources);

// The log of one run: the tool with its rules, and the results.
boost::json::object sarif_log(const Session& session, boost::json::array results);

}  // namespace duban::cli
