// What a deployment changes, declaration by declaration.
#pragma once

#include <boost/json/array.hpp>
#include <string>
#include <vector>

#include "cli/cli.h"
#include "engine/compile.h"

namespace duban::cli {

struct Change {
  enum class Kind : uint8_t { added, removed, changed } kind = Kind::added;
  std::string what;    // `rule`, `case`, `table`, … ; `setting`, `file`
  std::string policy;  // or vocabulary; may be empty
  std::string name;
};

// In the order policies and names sort. Comments, layout and scenarios do not count; a declaration
// is recognised by its ASCII name, so that a Chinese and an English text can be compared.
std::vector<Change> changes_between(const CompileInput& before, const CompileInput& after);

std::string to_text(const Session& session, const std::vector<Change>& changes);
boost::json::array to_json(const std::vector<Change>& changes);

}  // namespace duban::cli
