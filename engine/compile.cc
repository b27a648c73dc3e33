#include "engine/compile.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include "engine/check.h"

namespace duban {
namespace {

bool any_error(const std::vector<Diagnostic>& diagnostics) {
  return std::any_of(diagnostics.begin(), diagnostics.end(), [](const Diagnostic& diagnostic) {
    return diagnostic.severity == Severity::error;
  });
}

void sort_by_place(std::vector<Diagnostic>& diagnostics) {
  std::stable_sort(diagnostics.begin(), diagnostics.end(),
                   [&](const Diagnostic& a, const Diagnostic& b) {
                     return std::tie(a.span.file, a.span.begin, a.span.end, a.code) <
                            std::tie(b.span.file, b.span.begin, b.span.end, b.code);
                   });
}

// What is warned of in a file that was not understood to its end may come of that.
void leave_out_consequences(compiler::Program& program) {
  constexpr std::string_view kReading = "E0";
  std::set<uint16_t> wrong;
  for (const Diagnostic& found : program.diagnostics) {
    if (found.code.starts_with(kReading)) wrong.insert(program.rules_file(found.span.file));
  }
  std::erase_if(program.diagnostics, [&](const Diagnostic& found) {
    return found.severity == Severity::warning &&
           wrong.contains(program.rules_file(found.span.file));
  });
}

bool same_place(const Span& a, const Span& b) {
  return a.file == b.file && a.begin == b.begin && a.end == b.end;
}

// By place, and without the places that name several things.
std::vector<NameUse> unambiguous(std::vector<NameUse> uses) {
  std::sort(uses.begin(), uses.end());
  uses.erase(std::unique(uses.begin(), uses.end()), uses.end());
  std::vector<NameUse> out;
  for (size_t i = 0; i < uses.size();) {
    size_t next = i + 1;
    while (next < uses.size() && same_place(uses[next].span, uses[i].span)) ++next;
    if (next == i + 1) out.push_back(std::move(uses[i]));
    i = next;
  }
  return out;
}

std::vector<Span> by_place(std::vector<Span> spans) {
  std::sort(spans.begin(), spans.end(), [](const Span& a, const Span& b) {
    return std::tie(a.file, a.begin, a.end) < std::tie(b.file, b.begin, b.end);
  });
  spans.erase(std::unique(spans.begin(), spans.end(), same_place), spans.end());
  return spans;
}

}  // namespace

bool Compilation::has_errors() const { return any_error(diagnostics); }

Compilation compile(const CompileInput& input) {
  using namespace compiler;  // NOLINT: the phases, in order
  Program program(input);
  read_files(program);
  read_table_files(program);
  collect_declarations(program);
  build_vocabulary(program);
  build_layout(program);
  build_case_variables(program);
  build_channels(program);
  build_parameters(program);
  build_values(program);
  build_cases(program);
  build_rules(program);
  build_forbids(program);
  check_scenarios(program);
  // The rest looks at finished steps: after an error there may be none.
  if (!any_error(program.diagnostics)) {
    build_index(program);
    check_program(program);
    note_scenario_names(program);
  }

  Compilation out;
  leave_out_consequences(program);
  sort_by_place(program.diagnostics);
  if (!any_error(program.diagnostics)) {
    program.plan.digest = digest_plan(program);
    program.plan.sources = program.sources;
    out.plan = std::make_shared<const Plan>(std::move(program.plan));
  }
  out.sources = std::move(program.sources);
  out.diagnostics = std::move(program.diagnostics);
  out.files = std::move(program.files);
  out.uses = unambiguous(std::move(program.uses));
  out.moment_comparisons = by_place(std::move(program.moment_comparisons));
  return out;
}

}  // namespace duban
