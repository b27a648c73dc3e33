// The pages of docs/guide as a test reads them.
//
// A block ```rules [FILE] [FLAG…] is a file of that name (example.rules where none is given) that
// lies in the folder of its page; a later one of the same name takes its place. One that does not
// begin with a policy or vocabulary goes on from the heading of a policy that uses words.rules.
// Flags: `wrong` (has errors), `fails` (a scenario fails), `ignore=W105` (this may be found).
// ```csv FILE and ```json FILE are files beside it. ```console holds commands after `$ ` with what
// they print. Between `<!-- generated … -->` and `<!-- end -->` stands what a test writes.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "tests/engine/files.h"

namespace duban::test::guide {

struct Block {
  size_t line = 0;   // of its fence, from 1
  std::string kind;  // rules, csv, json, console, sh
  std::string file;  // its name, if it has one
  std::set<std::string> flags;
  std::string text;
  size_t section = 0;
  size_t offset = 0;  // of `text` in the page
};

struct Section {
  std::string title;  // of its heading, without #
  size_t level = 0;
  std::string prose;  // with inline code, without blocks
};

struct Page {
  std::string language;  // en, zh
  std::string name;      // cases.md
  std::string text;
  std::vector<Section> sections;  // the first is the page's head
  std::vector<Block> blocks;

  std::string path() const { return "docs/guide/" + language + "/" + name; }
};

// In the order of reading.
inline const std::vector<std::string>& page_names() {
  static const std::vector<std::string> kNames = {
      "vocabulary.md", "events.md",  "rules.md",     "expressions.md",
      "history.md",    "tables.md",  "cases.md",     "tasks.md",
      "schedules.md",  "notices.md", "scenarios.md", "twenty-minutes.md",
      "deploying.md",  "editor.md",  "keywords.md",  "diagnostics.md"};
  return kNames;
}

inline std::filesystem::path root() { return DUBAN_SOURCE_DIR; }

// Set to have the tests write what they would otherwise compare: `make guide`.
inline bool writing() { return std::getenv("DUBAN_WRITE_GUIDE") != nullptr; }

inline void write_file(const std::string& path, const std::string& text) {
  std::ofstream(root() / path, std::ios::binary) << text;
}

inline Block opened(const std::string& fence, size_t line) {
  Block block;
  block.line = line;
  std::istringstream words(fence.substr(3));
  words >> block.kind;
  for (std::string word; words >> word;) {
    if (word.find('.') != std::string::npos) {
      block.file = word;
    } else {
      block.flags.insert(word);
    }
  }
  return block;
}

inline Page read_page(const std::string& language, const std::string& name) {
  Page page{language, name, read_file(root() / "docs" / "guide" / language / name), {}, {}};
  std::istringstream in(page.text);
  size_t number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    if (line.starts_with("```")) {
      Block block = opened(line, number);
      block.offset = static_cast<size_t>(in.tellg());
      block.section = page.sections.empty() ? 0 : page.sections.size() - 1;
      while (std::getline(in, line) && line != "```") {
        ++number;
        block.text += line + "\n";
      }
      ++number;
      page.blocks.push_back(std::move(block));
    } else if (const size_t level = line.find_first_not_of('#');
               line.starts_with("#") && level != std::string::npos && line[level] == ' ') {
      page.sections.push_back({line.substr(level + 1), level, {}});
    } else if (!page.sections.empty()) {
      page.sections.back().prose += line + "\n";
    }
  }
  return page;
}

inline std::vector<Page> read_pages(const std::string& language) {
  std::vector<Page> out;
  for (const std::string& name : page_names()) out.push_back(read_page(language, name));
  return out;
}

inline bool begins_with(const std::string& text, std::initializer_list<const char*> words) {
  for (std::istringstream in(text); in;) {
    std::string line;
    std::getline(in, line);
    if (line.empty() || line.starts_with("--") || line.starts_with("——")) continue;
    for (const char* word : words) {
      if (line.starts_with(word)) return true;
    }
    return false;
  }
  return false;
}

// The whole file that a ```rules block stands for.
inline std::string whole(const Page& page, const Block& block) {
  if (begins_with(block.text, {"policy", "vocabulary", "办法", "词汇"})) return block.text;
  return (page.language == "zh"
              ? "办法 “示例”\n  引用 “words.rules”\n  自 2026年1月1日 起施行\n\n"
              : "policy \"Example\"\n  use \"words.rules\"\n  effective from 2026-01-01\n\n") +
         block.text;
}

}  // namespace duban::test::guide
