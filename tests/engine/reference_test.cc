// Goal: every code has a page, every page a code; its wrong example says exactly that code and its
// corrected one says nothing.
// Method: read the pages as they are, compile their blocks over docs/reference/words.rules.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <regex>
#include <set>

#include "tests/engine/files.h"

namespace duban::reference_test {
namespace {

namespace fs = std::filesystem;

const fs::path kFolder = fs::path(DUBAN_SOURCE_DIR) / "docs" / "reference";

struct Block {
  std::string kind;  // of a ```rules block: wrong, right, before; or csv
  std::vector<std::string> options;
  std::string text;
};

struct Page {
  std::string code, title;  // `code · english · chinese` without the code
  std::string text;
  std::vector<Block> blocks;
};

std::vector<std::string> words_of(const std::string& line) {
  std::istringstream in(line);
  std::vector<std::string> out;
  for (std::string word; in >> word;) out.push_back(word);
  return out;
}

Page read_page(const fs::path& path) {
  Page page;
  page.code = path.stem().string();
  page.text = test::read_file(path);
  std::istringstream in(page.text);
  std::string line;
  while (std::getline(in, line)) {
    if (line.starts_with("# ") && page.title.empty()) page.title = line.substr(2);
    if (!line.starts_with("```")) continue;
    const std::vector<std::string> words = words_of(line.substr(3));
    Block block;
    if (!words.empty()) block.kind = words[0] == "rules" && words.size() > 1 ? words[1] : words[0];
    const size_t skip = block.kind == "csv" ? 1 : 2;
    if (words.size() > skip) {
      block.options.assign(words.begin() + static_cast<std::ptrdiff_t>(skip), words.end());
    }
    while (std::getline(in, line) && line != "```") block.text += line + "\n";
    page.blocks.push_back(std::move(block));
  }
  return page;
}

std::vector<Page> read_pages() {
  std::vector<Page> out;
  for (const auto& entry : fs::directory_iterator(kFolder)) {
    if (entry.path().extension() != ".md" || entry.path().stem() == "README") continue;
    out.push_back(read_page(entry.path()));
  }
  std::sort(out.begin(), out.end(), [](const Page& a, const Page& b) { return a.code < b.code; });
  return out;
}

// `«…»×N` stands for N times what is between.
std::string expanded(std::string text) {
  const std::string open = "«", close = "»×";
  for (size_t from = text.find(open); from != std::string::npos; from = text.find(open)) {
    const size_t to = text.find(close, from);
    if (to == std::string::npos) break;
    size_t digits = to + close.size();
    size_t count = 0;
    while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') {
      count = count * 10 + static_cast<size_t>(text[digits++] - '0');
    }
    const std::string part = text.substr(from + open.size(), to - from - open.size());
    std::string repeated;
    for (size_t i = 0; i < count; ++i) repeated += part;
    text.replace(from, digits - from, repeated);
  }
  return text;
}

std::string in_latin1(const std::string& text) {
  std::string out;
  for (const char32_t c : to_code_points(text)) out += static_cast<char>(c < 256 ? c : '?');
  return out;
}

std::string option(const Block& block, const std::string& name) {
  for (const std::string& each : block.options) {
    if (each.starts_with(name + "=")) return each.substr(name.size() + 1);
  }
  return {};
}

// As a reader takes it: a fragment goes on from the heading of a policy that uses the words.
CompileInput input_of(const Page& page, const Block& block) {
  CompileInput input = test::read_folder("docs/reference");
  std::string text = expanded(block.text);
  const auto begins = [&](const char* word) { return text.starts_with(word); };
  if (begins("vocabulary") || begins("词汇")) {
    std::erase_if(input.files, [](const auto& file) { return file.path.ends_with(".rules"); });
  } else if (!begins("policy") && !begins("办法")) {
    text = "policy \"Example\"\n  use \"words.rules\"\n  effective from 2026-01-01\n\n" + text;
  }
  if (option(block, "encoding") == "latin1") text = in_latin1(text);
  input.files.push_back({"example.rules", text});
  for (const Block& other : page.blocks) {
    if (other.kind == "csv") input.files.push_back({other.options.at(0), other.text});
  }
  const std::string parameter = option(block, "with");
  if (const size_t colon = parameter.find(':'); colon != std::string::npos) {
    std::string value = parameter.substr(colon + 1);
    std::replace(value.begin(), value.end(), '_', ' ');
    input.parameters[parameter.substr(0, colon)] = value;
  }
  return input;
}

std::string codes_of(const Compilation& compilation) {
  std::set<std::string> codes;
  for (const Diagnostic& diagnostic : compilation.diagnostics) codes.insert(diagnostic.code);
  std::string out;
  for (const std::string& code : codes) out += (out.empty() ? "" : " ") + code;
  return out;
}

TEST(Reference, EveryExampleSaysWhatItsPageSays) {
  for (const Page& page : read_pages()) {
    Compilation before;
    int wrong = 0, right = 0;
    for (const Block& block : page.blocks) {
      if (block.kind == "csv") continue;
      CompileInput input = input_of(page, block);
      if (before.plan) input.previous = &before.plan->layout;
      Compilation compilation = compile(input);
      if (block.kind == "before") {
        EXPECT_EQ(codes_of(compilation), "") << page.code << test::messages(compilation);
        before = std::move(compilation);
      } else if (block.kind == "wrong") {
        ++wrong;
        const std::string ignored = option(block, "ignore");
        std::erase_if(compilation.diagnostics,
                      [&](const Diagnostic& each) { return each.code == ignored; });
        if (option(block, "only") == "last" && !compilation.diagnostics.empty()) {
          std::erase_if(compilation.diagnostics, [](const Diagnostic& each) {
            return each.code == "E004";  // the many findings of which there are too many
          });
        }
        EXPECT_EQ(codes_of(compilation), page.code) << test::messages(compilation);
      } else if (block.kind == "right") {
        ++right;
        EXPECT_EQ(codes_of(compilation), "") << page.code << "\n" << test::messages(compilation);
      } else {
        ADD_FAILURE() << page.code << ": a block of no known kind: " << block.kind;
      }
    }
    EXPECT_GE(wrong, 1) << page.code;
    EXPECT_GE(right, 1) << page.code;
  }
}

TEST(Reference, EveryPageSaysItInBothLanguages) {
  for (const Page& page : read_pages()) {
    EXPECT_TRUE(page.title.starts_with(page.code + " · ")) << page.title;
    EXPECT_TRUE(has_chinese(page.title)) << page.title;
    for (const char* heading : {"## What it means\n\n", "## 含义\n\n", "## Example · 示例\n\n",
                                "## Corrected · 改正\n\n"}) {
      EXPECT_NE(page.text.find(heading), std::string::npos) << page.code << " lacks " << heading;
    }
  }
}

// Codes stand in the sources as plain texts.
std::set<std::string> codes_in_sources() {
  std::set<std::string> out;
  const std::regex code("\"([EW][0-9]{3})\"");
  for (const char* folder : {"engine", "runtime", "cli"}) {
    for (const auto& entry :
         fs::recursive_directory_iterator(fs::path(DUBAN_SOURCE_DIR) / folder)) {
      const std::string extension = entry.path().extension().string();
      if (extension != ".cc" && extension != ".h") continue;
      const std::string text = test::read_file(entry.path());
      for (std::sregex_iterator it(text.begin(), text.end(), code), end; it != end; ++it) {
        out.insert((*it)[1]);
      }
    }
  }
  return out;
}

TEST(Reference, EveryCodeHasAPageAndEveryPageACode) {
  std::set<std::string> pages;
  for (const Page& page : read_pages()) pages.insert(page.code);
  const std::set<std::string> codes = codes_in_sources();
  EXPECT_GE(codes.size(), 80U);
  for (const std::string& code : codes) EXPECT_TRUE(pages.contains(code)) << code << " has no page";
  for (const std::string& page : pages) EXPECT_TRUE(codes.contains(page)) << page << " is no code";
}

TEST(Reference, TheIndexListsThemAll) {
  const std::string index = test::read_file(kFolder / "README.md");
  std::string rows;
  for (const Page& page : read_pages()) {
    const size_t first = page.title.find(" · "), second = page.title.rfind(" · ");
    const size_t width = std::string(" · ").size();
    const std::string row = "| [" + page.code + "](" + page.code + ".md) | " +
                            page.title.substr(first + width, second - first - width) + " | " +
                            page.title.substr(second + width) + " |\n";
    EXPECT_NE(index.find(row), std::string::npos) << "docs/reference/README.md lacks\n" << row;
  }
}

}  // namespace
}  // namespace duban::reference_test
