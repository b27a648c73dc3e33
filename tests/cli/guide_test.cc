// Goal: the commands that docs/guide shows print what it shows.
// Method: a page's files are written into a directory as the reader would, in the page's order, and
// the commands of its ```console blocks are run there. With DUBAN_WRITE_GUIDE set (`make guide`)
// what they print is written into the page instead.
#include "tests/engine/guide.h"

#include <gtest/gtest.h>

#include <regex>

#include "tests/cli/harness.h"

namespace duban::test::guide_test {
namespace {

// As a shell would divide it, without variables.
std::vector<std::string> words_of(const std::string& command) {
  std::vector<std::string> out;
  std::string word;
  bool quoted = false, any = false;
  for (const char c : command) {
    if (c == '"') {
      quoted = !quoted;
      any = true;
    } else if (c == ' ' && !quoted) {
      if (any) out.push_back(word);
      word.clear();
      any = false;
    } else {
      word += c;
      any = true;
    }
  }
  if (any) out.push_back(word);
  return out;
}

// Times that a command took are another each time, and digests what the engine makes them.
std::string settled(const std::string& text) {
  std::string out =
      std::regex_replace(text, std::regex(" +[0-9]+(?:\\.[0-9])? (ms|毫秒)"), "    0.1 $1");
  out = std::regex_replace(out, std::regex("([(（])[0-9]+\\.[0-9]+ (s|秒)"), "$010.0 $2");
  out = std::regex_replace(out, std::regex("[0-9.]+ seconds, [0-9,]+ "), "0.1 seconds, 1,000 ");
  out = std::regex_replace(out, std::regex("[0-9.]+ 秒，每秒 [0-9,]+ "), "0.1 秒，每秒 1,000 ");
  return std::regex_replace(out, std::regex(" +\n"), "\n");
}
std::string without_ids(const std::string& text) {
  return std::regex_replace(text, std::regex("\\b[0-9a-f]{8,32}\\b"), "#");
}

// `ID` in a command is the first that was printed before it.
std::string answer(const TempDir& dir, const guide::Page& page, const std::string& command,
                   const std::string& before) {
  std::vector<std::string> words = words_of(command);
  std::smatch id;
  if (std::regex_search(before, id, std::regex("\n([0-9a-f]{8}) "))) {
    std::replace(words.begin(), words.end(), std::string("ID"), id[1].str());
  }
  EXPECT_EQ(words.at(0), "duban") << command;
  words.erase(words.begin());
  const Ran ran =
      duban(dir, words, {}, {{"LC_ALL", page.language == "zh" ? "zh_CN.UTF-8" : "en_US.UTF-8"}});
  EXPECT_TRUE(ran.code == 0 || ran.code == 1) << page.path() << ": " << command << "\n" << ran.err;
  return settled(ran.out + ran.err);
}

void lay_out(const TempDir& dir, const guide::Block& block) {
  if (block.file.empty()) return;
  dir.write(block.file, block.text);
  if (block.text.find("cn-workdays.csv") == std::string::npos) return;
  const auto beside = std::filesystem::path(block.file).parent_path() / "cn-workdays.csv";
  dir.write(beside.string(), read_file(guide::root() / "rules" / "cn-workdays.csv"));
}

std::string replayed(const TempDir& dir, const guide::Page& page, const guide::Block& block,
                     const std::string& before) {
  std::string out;
  std::istringstream in(block.text);
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("$ "))
      out += line + "\n" + answer(dir, page, line.substr(2), before + out);
  }
  return out;
}

class GuideCommands : public testing::TestWithParam<std::tuple<const char*, std::string>> {};

TEST_P(GuideCommands, PrintWhatIsShown) {
  const auto& [language, name] = GetParam();
  const guide::Page page = guide::read_page(language, name);
  const TempDir dir;
  std::string text = page.text, printed;
  for (const guide::Block& block : page.blocks) {
    lay_out(dir, block);
    if (block.kind != "console") continue;
    const std::string now = replayed(dir, page, block, printed);
    printed = now;
    if (guide::writing()) {
      text.replace(block.offset + text.size() - page.text.size(), block.text.size(), now);
    } else {
      EXPECT_EQ(without_ids(block.text), without_ids(now))
          << page.path() << ":" << block.line << " (or run `make guide`)";
    }
  }
  if (guide::writing() && text != page.text) guide::write_file(page.path(), text);
}

std::vector<std::string> pages_with_commands() {
  std::vector<std::string> out;
  for (const std::string& name : guide::page_names()) {
    if (guide::read_page("en", name).text.find("\n```console\n") != std::string::npos) {
      out.push_back(name);
    }
  }
  return out;
}

INSTANTIATE_TEST_SUITE_P(Pages, GuideCommands,
                         testing::Combine(testing::Values("en", "zh"),
                                          testing::ValuesIn(pages_with_commands())),
                         [](const auto& param) {
                           std::string name = std::get<1>(param.param);
                           std::erase_if(name, [](char c) { return std::isalnum(c) == 0; });
                           return std::get<0>(param.param) + ("_" + name);
                         });

}  // namespace
}  // namespace duban::test::guide_test
