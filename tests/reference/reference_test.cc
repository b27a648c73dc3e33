// The engine against the reference evaluator.
#include <gtest/gtest.h>

#include "engine/scenario.h"
#include "tests/engine/files.h"
#include "tests/reference/story.h"

namespace duban::reference {
namespace {

// Every scenario of the repository: both evaluators take the same story and must agree.
void agree_on_scenarios(const std::string& folder) {
  const CompileInput all = test::read_folder(folder);
  size_t stories = 0;
  for (const DeploymentFile& file : all.files) {
    if (!file.path.ends_with(".rules")) continue;
    const CompileInput input = closure(all, {file.path});
    const Compilation compilation = compile(input);
    ASSERT_NE(compilation.plan, nullptr) << file.path << "\n" << test::messages(compilation);
    const Program program(input, 1, nullptr);
    for (const syntax::File& tree : program.files) {
      for (const syntax::ScenarioDecl& scenario : tree.scenarios) {
        Tally tally;
        Match match({input}, {compilation.plan}, &tally);
        ++stories;
        for (const Happening& happening : story_of(program, scenario)) {
          const auto difference = match.take(happening);
          ASSERT_FALSE(difference) << file.path << ": " << scenario.name.text << "\n"
                                   << to_string(happening, program.zone) << "\n"
                                   << difference->what;
        }
      }
    }
  }
  EXPECT_GT(stories, 10U);
}

TEST(ReferenceTest, AgreesOnTheScenariosOfTheTests) { agree_on_scenarios("tests/scenarios"); }
TEST(ReferenceTest, AgreesOnTheScenariosOfThePolicies) { agree_on_scenarios("rules"); }

}  // namespace
}  // namespace duban::reference
