// Any bytes as a policy: the whole compiler, with the vocabulary and tables of the scenarios beside
// it. What compiles is laid out and respelled without changing what it means, and its scenarios
// are run.
#include <fstream>
#include <sstream>

#include "engine/compile.h"
#include "engine/fmt.h"
#include "engine/scenario.h"
#include "tests/fuzz/fuzz.h"

namespace duban {
namespace {

constexpr size_t kScenarioSteps = 200;
constexpr const char* kPath = "fuzzed.rules";

std::string read(const std::string& name) {
  std::ifstream file(std::string(DUBAN_SOURCE_DIR "/tests/scenarios/") + name, std::ios::binary);
  std::ostringstream out;
  out << file.rdbuf();
  fuzz::require(file.good(), "this file of the scenarios is missing", name);
  return out.str();
}

// The fuzzed policy, and what of the scenarios' files it names.
CompileInput input_of(std::string_view text) {
  static const std::vector<DeploymentFile> known = [] {
    std::vector<DeploymentFile> out;
    for (const char* name : {"shop.rules", "days.csv", "cn-2026.csv", "service-levels.csv"})
      out.push_back({name, read(name)});
    return out;
  }();
  CompileInput input;
  input.files.push_back({kPath, std::string(text)});
  for (const DeploymentFile& file : known) {
    if (text.find(file.path) != std::string_view::npos || file.path.ends_with(".csv"))
      input.files.push_back(file);
  }
  return input;
}

std::string laid_out(const CompileInput& input) {
  const SeenNames seen = seen_names(input, kPath);
  const Words words = seen.words();
  return format_rules(Source(kPath, input.files[0].text), &words);
}

void expect_same_meaning(const Compilation& meant, CompileInput input, std::string text,
                         const char* what) {
  input.files[0].text = std::move(text);
  const Compilation compilation = compile(input);
  fuzz::require(compilation.plan != nullptr && compilation.plan->digest == meant.plan->digest, what,
                input.files[0].text);
}

void respell(const CompileInput& input, const Compilation& compilation) {
  for (uint16_t i = 0; i < compilation.sources.size(); ++i) {
    if (compilation.sources[i].path() != kPath) continue;
    const SeenNames seen = seen_names(input, kPath);
    const Words words = seen.words();
    for (const Language language : {Language::english, Language::chinese}) {
      const Respelling how = respelling(compilation, i, language);
      expect_same_meaning(compilation, input, format_rules(compilation.sources[i], how, &words),
                          "respelled, it means something else");
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const CompileInput input = input_of(fuzz::text_of(data, size));
  const Compilation compilation = compile(input);
  for (const Diagnostic& diagnostic : compilation.diagnostics) {
    for (const Language language : {Language::english, Language::chinese})
      render(diagnostic, compilation.sources, language);
  }
  CompileInput formatted = input;
  formatted.files[0].text = laid_out(input);
  if (compilation.plan == nullptr) return 0;
  expect_same_meaning(compilation, input, formatted.files[0].text,
                      "laid out, it means something else");
  fuzz::require(laid_out(formatted) == formatted.files[0].text, "laying it out again changes it",
                formatted.files[0].text);
  respell(input, compilation);
  const ScenarioFile scenarios = prepare_scenarios(input, kPath);
  for (const syntax::ScenarioDecl* scenario : scenarios.scenarios())
    run_scenario(scenarios, *scenario, {.most_steps = kScenarioSteps});
  return 0;
}

}  // namespace duban
