// The shipped policies: every one compiles, passes its scenarios, and says the same in both
// languages.
#include <gtest/gtest.h>

#include <map>

#include "engine/parse.h"
#include "engine/scenario.h"
#include "tests/engine/files.h"
#include "tests/thorough.h"

namespace duban::library_test {
namespace {

std::vector<std::string> files_below(const CompileInput& input, const std::string& folder) {
  std::vector<std::string> out;
  for (const DeploymentFile& file : input.files) {
    if (file.path.starts_with(folder) && file.path.ends_with(".rules")) out.push_back(file.path);
  }
  return out;
}

class Library : public testing::TestWithParam<const char*> {};

TEST_P(Library, CompilesTogetherWithoutFindings) {
  const CompileInput all = test::read_folder("rules");
  const Compilation compilation = compile(closure(all, files_below(all, GetParam())));
  EXPECT_NE(compilation.plan, nullptr);
  EXPECT_EQ(test::messages(compilation), "");
}

TEST_P(Library, PassesItsScenarios) {
  const CompileInput all = test::read_folder("rules");
  size_t count = 0;
  for (const std::string& path : files_below(all, GetParam())) {
    for (const ScenarioResult& result : run_scenarios(all, path)) {
      ++count;
      std::string story = result.file + ": " + result.name + "\n";
      for (const auto& failure : result.failures) {
        story += failure.place + ": " + failure.line + "\n" + failure.english + "\n";
      }
      EXPECT_TRUE(result.passed) << story;
    }
  }
  EXPECT_GE(count, 12U);
}

INSTANTIATE_TEST_SUITE_P(Languages, Library, testing::Values("en/", "zh/"),
                         [](const auto& folder) { return std::string(folder.param, 2); });

TEST(LibraryTest, BothLanguagesCompileToTheSamePlans) {
  const CompileInput all = test::read_folder("rules");
  std::map<std::string, std::map<std::string, Digest>> by_policy;  // policy → folder → digest
  for (const std::string folder : {"en/", "zh/"}) {
    for (const std::string& path : files_below(all, folder)) {
      const Compilation compilation = compile(closure(all, {path}));
      ASSERT_NE(compilation.plan, nullptr) << test::messages(compilation);
      ASSERT_EQ(compilation.plan->policies.size(), 1U) << path;
      by_policy[compilation.plan->policies[0].names.name][folder] = compilation.plan->digest;
    }
  }
  EXPECT_GE(by_policy.size(), 6U);
  for (const auto& [policy, digests] : by_policy) {
    ASSERT_EQ(digests.size(), 2U) << policy << " is missing in one language";
    EXPECT_EQ(digests.at("en/").to_hex(), digests.at("zh/").to_hex()) << policy;
  }
}

// Whatever a file's text is cut down to while it is typed, there is an answer and no crash.
TEST(LibraryTest, EveryTruncatedPrefixIsAnswered) {
  const CompileInput all = test::read_folder("rules");
  for (const DeploymentFile& file : all.files) {
    if (!file.path.ends_with(".rules")) continue;
    for (size_t size = 0; size < file.text.size(); size += 61 * test::kFewer) {
      std::vector<Diagnostic> diagnostics;
      const Source source(file.path, file.text.substr(0, size));
      parse(source, 0, diagnostics);
      for (const Diagnostic& diagnostic : diagnostics) {
        EXPECT_LE(diagnostic.span.end, source.code_points().size())
            << diagnostic.english << " in the first " << size << " bytes of " << file.path;
      }
    }
    for (size_t size = 0; size < file.text.size(); size += 997 * test::kFewer) {
      CompileInput cut = closure(all, {file.path});
      for (DeploymentFile& each : cut.files) {
        if (each.path == file.path) each.text.resize(size);
      }
      const Compilation compilation = compile(cut);
      for (const Diagnostic& diagnostic : compilation.diagnostics) {
        const Source& source = compilation.sources.at(diagnostic.span.file);
        EXPECT_LE(diagnostic.span.end, source.code_points().size())
            << diagnostic.english << " in the first " << size << " bytes of " << file.path;
      }
    }
  }
}

}  // namespace
}  // namespace duban::library_test
