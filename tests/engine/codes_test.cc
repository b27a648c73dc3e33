// Goal: every code that is given is known, by one meaning, to tools and to the documents.
// Method: the sources are searched for codes.
#include "engine/codes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <regex>
#include <set>
#include <string>

#include "engine/source.h"
#include "tests/engine/files.h"

namespace duban {
namespace {

namespace fs = std::filesystem;

std::set<std::string> codes_in_sources() {
  std::set<std::string> out;
  const std::regex code("\"([EW][0-9]{3})\"");
  const fs::path engine = fs::path(DUBAN_SOURCE_DIR) / "engine";
  for (const auto& entry : fs::recursive_directory_iterator(engine)) {
    if (entry.path().extension() != ".cc" || entry.path().filename() == "codes.cc") continue;
    const std::string text = test::read_file(entry.path());
    for (auto it = std::sregex_iterator(text.begin(), text.end(), code);
         it != std::sregex_iterator(); ++it) {
      out.insert((*it)[1]);
    }
  }
  return out;
}

TEST(Codes, EveryCodeThatIsGivenIsListed) {
  std::set<std::string> listed;
  for (const Code& code : codes()) listed.emplace(code.code);
  for (const std::string& code : codes_in_sources()) {
    EXPECT_TRUE(listed.contains(code)) << code << " is not in engine/codes.cc";
  }
}

TEST(Codes, AreSortedAndSaidInBothLanguages) {
  for (size_t i = 0; i < codes().size(); ++i) {
    const Code& code = codes()[i];
    EXPECT_FALSE(has_chinese(code.english)) << code.code;
    EXPECT_TRUE(has_chinese(code.chinese)) << code.code;
    if (i > 0) {
      EXPECT_LT(codes()[i - 1].code, code.code);
    }
  }
}

TEST(Codes, AreDocumented) {
  std::string documents = test::read_file(fs::path(DUBAN_SOURCE_DIR) / "docs/diagnostics.md");
  for (const Code& code : codes()) {
    const std::string name(code.code);
    const bool page = fs::exists(fs::path(DUBAN_SOURCE_DIR) / "docs/reference" / (name + ".md"));
    EXPECT_TRUE(page || documents.find(name) != std::string::npos) << name;
  }
}

}  // namespace
}  // namespace duban
