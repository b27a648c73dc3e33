// Goal: the guide's tables of keywords and of diagnostics are complete, its links lead somewhere,
// and its examples show every keyword.
// Method: make the tables from engine/keywords.h and docs/reference, hold the pages against them.
// With DUBAN_WRITE_GUIDE set (`make guide`) the tables are written instead.
#include <gtest/gtest.h>

#include <optional>
#include <regex>

#include "engine/keywords.h"
#include "engine/source.h"
#include "tests/engine/guide.h"

namespace duban::guide_words_test {
namespace {

using test::guide::Block;
using test::guide::Page;
using test::guide::Section;

// As code hosts make it: lower case, without punctuation, spaces as hyphens.
std::string anchor(const std::string& title) {
  std::u32string out;
  for (const char32_t c : to_code_points(title)) {
    const bool digit = c >= '0' && c <= '9';
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (letter || digit || c == '_' || c == '-') {
      out += letter ? (c | 0x20) : c;
    } else if (c == ' ') {
      out += '-';
    } else if (c >= 0x3400 && c <= 0x9FFF) {
      out += c;
    }
  }
  return to_utf8(out);
}

bool joins(char32_t c) {  // written next to a word, it makes another one
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         (c >= 0x3400 && c <= 0x9FFF);
}

// Whether one of the spellings stands in `text` as a word of its own.
bool stands_in(const std::u32string& text, const std::vector<std::u32string>& spellings) {
  for (const std::u32string& word : spellings) {
    for (size_t at = text.find(word); at != std::u32string::npos; at = text.find(word, at + 1)) {
      const size_t end = at + word.size();
      const bool digit_before = at > 0 && text[at - 1] < 0x80 && word[0] < 0x80 &&
                                std::isdigit(static_cast<unsigned char>(text[at - 1])) != 0;
      const bool begins = at == 0 || (!joins(text[at - 1]) && !digit_before);
      if (begins && (end == text.size() || !joins(text[end]))) return true;
    }
  }
  return false;
}

std::vector<std::u32string> code_points(const std::vector<std::string_view>& spellings) {
  std::vector<std::u32string> out;
  for (const std::string_view each : spellings) out.push_back(to_code_points(each));
  return out;
}

// Without comments and what stands in quotes.
std::u32string code_of(const std::string& rules) {
  static const std::regex kTexts("\"[^\"\n]*\"|“[^\n]*?”|(--|——)[^\n]*");
  return to_code_points(std::regex_replace(rules, kTexts, " "));
}

std::vector<std::u32string> inline_code(const std::string& text) {
  std::vector<std::u32string> out;
  static const std::regex kCode("``? ?([^\n]*?[^`\n]) ?``?");
  for (std::sregex_iterator it(text.begin(), text.end(), kCode), end; it != end; ++it) {
    out.push_back(to_code_points((*it)[1].str()));
  }
  return out;
}

// ---------------------------------------------------------------- keywords

struct Place {
  const Page* page;
  const Section* section;
};

// What a section says of words: in code in its heading and its text, and in its examples.
struct Said {
  Place place;
  std::vector<std::u32string> heading, prose;
  std::u32string examples;
};

std::vector<Said> said_by(const std::vector<Page>& pages) {
  std::vector<Said> out;
  for (const Page& page : pages) {
    if (page.name == "keywords.md" || page.name == "diagnostics.md") continue;
    for (size_t i = 0; i < page.sections.size(); ++i) {
      const Section& section = page.sections[i];
      out.push_back(
          {{&page, &section}, inline_code(section.title), inline_code(section.prose), {}});
      for (const Block& block : page.blocks) {
        if (block.kind == "rules" && block.section == i) out.back().examples += code_of(block.text);
      }
    }
  }
  return out;
}

// Where a keyword is explained: named by a heading or by the text, alone rather than in a phrase;
// else where an example shows it.
std::optional<Place> place_of(const std::vector<Said>& sections,
                              const std::vector<std::u32string>& spellings) {
  const auto alone = [&](const std::u32string& code) {
    return std::find(spellings.begin(), spellings.end(), code) != spellings.end();
  };
  const auto within = [&](const std::u32string& code) { return stands_in(code, spellings); };
  const auto rank = [&](const Said& said) {
    if (std::any_of(said.heading.begin(), said.heading.end(), alone)) return 0;
    if (std::any_of(said.prose.begin(), said.prose.end(), alone)) return 1;
    if (std::any_of(said.heading.begin(), said.heading.end(), within)) return 2;
    if (std::any_of(said.prose.begin(), said.prose.end(), within)) return 3;
    return within(said.examples) ? 4 : 5;
  };
  std::optional<Place> best;
  int best_rank = 5;
  for (const Said& said : sections) {
    const int here = rank(said);
    if (here < best_rank) best = said.place;
    best_rank = std::min(best_rank, here);
  }
  return best;
}

std::string plain(const std::string& title) {
  std::string out = title;
  std::erase(out, '`');
  for (size_t at = 0; (at = out.find('|', at)) != std::string::npos; at += 2) out.insert(at, "\\");
  return out;
}

std::string spelled(const std::vector<std::string_view>& spellings) {
  std::string out;
  for (const std::string_view each : spellings) {
    out += (out.empty() ? "`" : " `") + std::string(each) + "`";
  }
  return out.empty() ? "–" : out;
}

// `Vocabulary: Types`: the page and its section, each without what a colon leads on to.
std::string short_title(const std::string& title) {
  const std::string text = plain(title);
  return text.substr(0, std::min(text.find(": "), text.find("：")));
}

std::string link(const Page& page, const Section& section, const std::string& from) {
  const std::string folder = page.language == from ? "" : "../" + page.language + "/";
  return "[" + short_title(page.sections.at(0).title) + (from == "zh" ? "：" : ": ") +
         short_title(section.title) + "](" + folder + page.name + "#" + anchor(section.title) + ")";
}

std::string keyword_table(const std::string& language) {
  const bool zh = language == "zh";
  const auto english = test::guide::read_pages("en"), chinese = test::guide::read_pages("zh");
  const std::vector<Said> in_english = said_by(english), in_chinese = said_by(chinese);
  std::string out = zh ? "| 中文 | 英文 | | 说明 |\n" : "| English | Chinese | | explained |\n";
  out += "| --- | --- | --- | --- |\n";
  for (const Keyword& word : keywords()) {
    const bool by_chinese = word.english.empty() || (zh && !word.chinese.empty());
    const auto& spellings = by_chinese ? word.chinese : word.english;
    const auto place = place_of(by_chinese ? in_chinese : in_english, code_points(spellings));
    EXPECT_TRUE(place) << "the guide does not explain " << spelled(spellings);
    if (!place) continue;
    const auto& first = zh ? word.chinese : word.english;
    const auto& second = zh ? word.english : word.chinese;
    out += "| " + spelled(first) + " | " + spelled(second) + " | " +
           (word.reserved ? (zh ? "保留" : "reserved") : "") + " | " +
           link(*place->page, *place->section, language) + " |\n";
  }
  return out;
}

// Words with a meaning that are no keywords, from the tables of keywords.cc: built-in names, their
// members, functions, currencies.
std::string name_table(const std::string& language) {
  const std::string source = test::read_file(test::guide::root() / "engine" / "keywords.cc");
  const std::regex table("static const Pairs (k\\w+) = \\{([^;]*)\\};");
  const std::regex pair("\\{\"([^\"]+)\",\\s*\"([^\"]+)\"\\}");
  std::string out = language == "zh" ? "| 书写 | 含义 |\n" : "| written | is |\n";
  out += "| --- | --- |\n";
  size_t tables = 0;
  for (std::sregex_iterator it(source.begin(), source.end(), table), end; it != end; ++it) {
    ++tables;
    const std::string body = (*it)[2];
    std::vector<std::pair<std::string, std::string>> rows;  // meaning, spellings
    for (std::sregex_iterator one(body.begin(), body.end(), pair); one != end; ++one) {
      const std::string spelling = (*one)[1], meaning = (*one)[2];
      const auto row = std::find_if(rows.begin(), rows.end(),
                                    [&](const auto& each) { return each.first == meaning; });
      if (row == rows.end()) {
        rows.emplace_back(meaning, "`" + spelling + "`");
      } else {
        row->second += " `" + spelling + "`";
      }
    }
    for (const auto& [meaning, spellings] : rows)
      out += "| " + spellings + " | " + meaning + " |\n";
  }
  EXPECT_EQ(tables, 4U) << "engine/keywords.cc has other tables than this test knows";
  return out;
}

// ---------------------------------------------------------------- diagnostics

std::string diagnostic_table(const std::string& language) {
  std::set<std::string> rows;
  for (const auto& entry :
       std::filesystem::directory_iterator(test::guide::root() / "docs" / "reference")) {
    const std::string code = entry.path().stem().string();
    if (entry.path().extension() != ".md" || code == "README") continue;
    std::istringstream in(test::read_file(entry.path()));
    std::string title;
    std::getline(in, title);  // # CODE · english · chinese
    const std::string dot = " · ";
    const size_t first = title.find(dot), second = title.rfind(dot);
    EXPECT_NE(first, second) << code;
    rows.insert("| [" + code + "](../../reference/" + code + ".md) | " +
                (language == "zh" ? title.substr(second + dot.size())
                                  : title.substr(first + dot.size(), second - first - dot.size())) +
                " |\n");
  }
  EXPECT_GE(rows.size(), 80U);
  std::string out = language == "zh" ? "| 代码 | 提示 |\n" : "| code | says |\n";
  out += "| --- | --- |\n";
  for (const std::string& row : rows) out += row;
  return out;
}

void expect_generated(const Page& page, const std::string& what, const std::string& table) {
  const std::string begin = "<!-- generated: " + what + " -->\n\n", end = "\n<!-- end -->";
  const size_t from = page.text.find(begin);
  const size_t to = from == std::string::npos ? from : page.text.find(end, from);
  ASSERT_NE(to, std::string::npos) << page.path() << " lacks its table of " << what;
  const size_t start = from + begin.size();
  if (test::guide::writing()) {
    const std::string now = test::read_file(test::guide::root() / page.path());
    const size_t at = now.find(begin) + begin.size();
    test::guide::write_file(page.path(),
                            now.substr(0, at) + table + now.substr(now.find(end, at - 1)));
  } else {
    // Not EXPECT_EQ: the tables are long.
    EXPECT_TRUE(start <= to && page.text.substr(start, to - start) == table)
        << page.path() << " is out of date: run `make guide`";
  }
}

class GuideWords : public testing::TestWithParam<const char*> {};

TEST_P(GuideWords, TheTablesAreComplete) {
  const Page words = test::guide::read_page(GetParam(), "keywords.md");
  expect_generated(words, "keywords", keyword_table(GetParam()));
  expect_generated(words, "names", name_table(GetParam()));
  expect_generated(test::guide::read_page(GetParam(), "diagnostics.md"), "diagnostics",
                   diagnostic_table(GetParam()));
}

TEST_P(GuideWords, EveryKeywordStandsInAnExample) {
  std::u32string examples;
  for (const Page& page : test::guide::read_pages(GetParam())) {
    for (const Block& block : page.blocks) {
      if (block.kind == "rules") examples += code_of(block.text);
    }
  }
  examples +=
      code_of(test::read_file(test::guide::root() / "docs" / "guide" / GetParam() / "words.rules"));
  for (const Keyword& word : keywords()) {
    const auto& spellings = GetParam() == std::string("zh") ? word.chinese : word.english;
    if (spellings.empty()) continue;
    EXPECT_TRUE(stands_in(examples, code_points(spellings)))
        << "no example shows " << spelled(spellings);
  }
}

TEST_P(GuideWords, EveryLinkLeadsSomewhere) {
  const std::regex target("\\]\\(([^)#:]*)(#([^)]*))?\\)");
  std::vector<Page> pages = test::guide::read_pages(GetParam());
  pages.push_back(test::guide::read_page("", "README.md"));
  for (const Page& page : pages) {
    const std::filesystem::path here = (test::guide::root() / page.path()).parent_path();
    for (const Section& section : page.sections) {
      const std::string& text = section.prose;
      for (std::sregex_iterator it(text.begin(), text.end(), target), end; it != end; ++it) {
        const std::filesystem::path path = here / ((*it)[1].length() ? (*it)[1].str() : page.name);
        ASSERT_TRUE(std::filesystem::exists(path)) << page.path() << ": " << it->str();
        if ((*it)[3].length() == 0) continue;
        std::istringstream in(test::read_file(path));
        bool found = false;
        for (std::string line; std::getline(in, line);) {
          const size_t level = line.find_first_not_of('#');
          if (!line.starts_with("#") || level == std::string::npos) continue;
          found = found || anchor(line.substr(level + 1)) == (*it)[3].str();
        }
        EXPECT_TRUE(found) << page.path() << ": " << it->str();
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Languages, GuideWords, testing::Values("en", "zh"));

}  // namespace
}  // namespace duban::guide_words_test
