// From sources to a plan: parse, resolve, check, compile.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/name_use.h"
#include "engine/plan.h"
#include "engine/result.h"
#include "engine/source.h"
#include "engine/syntax.h"

namespace duban {

// A file of a deployment: a `.rules` text, or a CSV that a rules file names.
struct DeploymentFile {
  std::string path;  // relative to the deployment's root, with `/`
  std::string text;
  auto operator<=>(const DeploymentFile&) const = default;
};

// Everything a compilation reads. The engine does no I/O: `use "x.rules"` and `from "x.csv"` are
// looked up here, relative to the file that names them, then by base name where that is unique.
struct CompileInput {
  std::vector<DeploymentFile> files;
  std::map<std::string, std::string> parameters;  // overrides, in the language's literals: `3 days`
  const Layout* previous = nullptr;               // of the deployment before, to be extended
};

struct Compilation {
  std::shared_ptr<const Plan> plan;  // null when there are errors
  SourceSet sources;  // the `.rules` files, in path order; then the CSV files of tables
  std::vector<Diagnostic> diagnostics;  // sorted by place
  std::vector<syntax::File> files;      // for scenarios and tools
  // For tools. By place; one that names several things, such as a placeholder of a notice sent to
  // subjects of two kinds, is left out. Declarations are none.
  std::vector<NameUse> uses;
  std::vector<Span> moment_comparisons;  // `due_date < today`: of dates or times, by place

  bool has_errors() const;
};

// Deterministic: the same input gives the same plan. Never throws.
Compilation compile(const CompileInput& input);

// A calendar's CSV: a header with `date` and `is_workday` (1/0) columns; other columns are ignored.
Result<std::map<Date, bool>> read_workdays(std::string_view csv);

}  // namespace duban
