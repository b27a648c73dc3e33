// Goal: whatever policy there is, formatting it changes nothing but its layout, and respelling it
// nothing but its words. Method: the random deployments of the reference campaign, which mix both
// languages; each file is laid out and respelled, and the plans are compared by their digests.
#include "engine/fmt.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <sstream>

#include "tests/engine/files.h"
#include "tests/reference/policy.h"
#include "tests/thorough.h"

namespace duban::reference {
namespace {

// Of the plan, or what is wrong.
std::string meaning(const CompileInput& input) {
  const Compilation compilation = compile(input);
  return compilation.plan == nullptr ? test::messages(compilation)
                                     : compilation.plan->digest.to_hex();
}

CompileInput laid_out(const CompileInput& input) {
  CompileInput out = input;
  for (DeploymentFile& file : out.files) {
    if (!file.path.ends_with(".rules")) continue;
    const SeenNames seen = seen_names(input, file.path);
    const Words words = seen.words();
    file.text = format_rules(Source(file.path, file.text), &words);
  }
  return out;
}

CompileInput respelled(CompileInput input, Language language) {
  const Compilation compilation = compile(input);
  for (uint16_t i = 0; i < compilation.sources.size(); ++i) {
    const Source& source = compilation.sources[i];
    for (DeploymentFile& file : input.files) {
      if (file.path != source.path() || !file.path.ends_with(".rules")) continue;
      const SeenNames seen = seen_names(input, file.path);
      const Words words = seen.words();
      file.text = format_rules(source, respelling(compilation, i, language), &words);
    }
  }
  return input;
}

// The first lines that differ; nothing when none do.
std::string difference(const CompileInput& a, const CompileInput& b) {
  for (size_t i = 0; i < a.files.size(); ++i) {
    std::istringstream left(a.files[i].text), right(b.files[i].text);
    for (size_t line = 1; left || right; ++line) {
      std::string one, other;
      std::getline(left, one);
      std::getline(right, other);
      if (one == other) continue;
      return a.files[i].path + ":" + std::to_string(line) + "\n" + one + "\n" + other;
    }
  }
  return "";
}

void expect_formatted(const CompileInput& input) {
  const std::string meant = meaning(input);
  const CompileInput canonical = laid_out(input);
  ASSERT_EQ(meaning(canonical), meant);
  ASSERT_EQ(difference(laid_out(canonical), canonical), "");
  for (const auto& [here, there] : {std::pair(Language::english, Language::chinese),
                                    std::pair(Language::chinese, Language::english)}) {
    const CompileInput own = respelled(input, here);
    ASSERT_EQ(meaning(own), meant);
    ASSERT_EQ(difference(laid_out(own), own), "");
    const CompileInput other = respelled(own, there);
    ASSERT_EQ(meaning(other), meant);
    ASSERT_EQ(difference(respelled(other, here), own), "");
  }
}

// From DUBAN_REFERENCE_SEED on.
TEST(FmtTest, RandomPoliciesKeepTheirMeaning) {
  const char* const given = std::getenv("DUBAN_REFERENCE_SEED");
  const uint64_t first = given == nullptr ? 1 : std::strtoull(given, nullptr, 10);
  constexpr uint64_t kSeeds = 40 / test::kFewer;
  uint64_t compiled = 0;
  for (uint64_t seed = first; seed < first + kSeeds; ++seed) {
    Random random(seed);
    Model model;
    PolicyMaker maker(random, model);
    const CompileInput input = input_of(maker.make());
    if (compile(input).plan == nullptr) continue;
    ++compiled;
    ASSERT_NO_FATAL_FAILURE(expect_formatted(input)) << "seed " << seed;
  }
  EXPECT_GT(compiled, kSeeds / 3);
}

}  // namespace
}  // namespace duban::reference
