// Goal: formatting changes no policy's meaning, and respelling there and back gives the same text.
// Method: every policy of the repository, laid out, respelled, and read, compiled and run again;
// and those texts cut, scrambled and mangled, for which less is known but nothing may be lost.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <random>
#include <set>

#include "engine/fmt.h"
#include "engine/line_observer.h"
#include "engine/parse.h"
#include "engine/scenario.h"
#include "tests/engine/files.h"
#include "tests/engine/spaces.h"
#include "tests/engine/syntax_dump.h"
#include "tests/thorough.h"

namespace duban::fmt_policies_test {
namespace {

std::string formatted(const std::string& text) { return format_rules(Source("t.rules", text)); }

// What is wrong with the text does not matter here.
std::string tree(const std::string& text) {
  std::vector<Diagnostic> ignored;
  return dump(parse(Source("t.rules", text), 0, ignored));
}

class Collector : public LineObserver {
 public:
  explicit Collector(const std::string& text) : source_("t.rules", text) {
    std::vector<Diagnostic> ignored;
    read_lines(source_, nullptr, ignored, *this);
    std::sort(comments.begin(), comments.end());
  }
  std::vector<std::string> comments;
  std::vector<std::string> unread;  // lines, without their blanks and comments
  std::set<Language> languages;

 private:
  void comment(const Span& span) override {
    std::string text = source_.slice(span.begin, span.end);
    text.erase(text.find_last_not_of(" \t\r") + 1);
    comments.push_back(std::move(text));
    comment_spans_.push_back(span);
  }
  void line(const Line&, uint32_t, std::optional<Language> language) override {
    if (language) languages.insert(*language);
  }
  void broken(const BrokenLine& line) override {
    std::u32string text;
    for (uint32_t i = line.span.begin; i < line.span.end; ++i) {
      const auto here = [i](const Span& it) { return it.begin <= i && i < it.end; };
      const char32_t c = source_.code_points()[i];
      const bool blank = c == U' ' || c == U'\t' || c == U'\n' || c == U'\r';
      if (!blank && std::none_of(comment_spans_.begin(), comment_spans_.end(), here)) text += c;
    }
    unread.push_back(to_utf8(text));
  }

  Source source_;
  std::vector<Span> comment_spans_;
};

// Those that its lines are written in.
std::set<Language> languages(const std::string& text) { return Collector(text).languages; }

void expect_kept(const std::string& text) {
  const std::string once = formatted(text);
  ASSERT_EQ(tree(once), tree(text)) << text << "\n----\n" << once;
  ASSERT_EQ(formatted(once), once);
  const Collector before(text), after(once);
  ASSERT_EQ(after.comments, before.comments) << text;
  ASSERT_EQ(after.unread, before.unread) << text << "\n----\n" << once;
}

struct Folder {
  const char* path;
  size_t files;  // at least
};

class Policies : public testing::TestWithParam<const char*> {
 protected:
  Policies() : input_(test::read_folder(GetParam())) {
    for (const DeploymentFile& file : input_.files) {
      if (file.path.ends_with(".rules")) paths_.push_back(file.path);
    }
  }

  const std::string& text(const std::string& path) const {
    for (const DeploymentFile& file : input_.files) {
      if (file.path == path) return file.text;
    }
    throw std::out_of_range(path);
  }

  // With this text in the file's place.
  CompileInput with(const std::string& path, const std::string& text) const {
    CompileInput out = closure(input_, {path});
    for (DeploymentFile& file : out.files) {
      if (file.path == path) file.text = text;
    }
    return out;
  }

  std::string respelled(const std::string& path, const std::string& text, Language language) const {
    const Compilation compilation = compile(with(path, text));
    EXPECT_NE(compilation.plan, nullptr) << test::messages(compilation);
    uint16_t index = 0;
    while (compilation.sources[index].path() != path) ++index;
    const SeenNames seen = seen_names(with(path, text), path);
    const Words words = seen.words();
    return format_rules(Source(path, text), respelling(compilation, index, language), &words);
  }

  std::string digest(const std::string& path, const std::string& text) const {
    const Compilation compilation = compile(with(path, text));
    EXPECT_NE(compilation.plan, nullptr) << path << ": " << test::messages(compilation);
    return compilation.plan == nullptr ? "" : compilation.plan->digest.to_hex();
  }

  // As `duban fmt` does: by the names that the file sees.
  std::string formatted_here(const std::string& path, const std::string& text) const {
    const SeenNames seen = seen_names(with(path, text), path);
    const Words words = seen.words();
    return format_rules(Source(path, text), &words);
  }

  CompileInput input_;
  std::vector<std::string> paths_;
};

TEST_P(Policies, AreLaidOut) {
  ASSERT_FALSE(paths_.empty());
  for (const std::string& path : paths_) EXPECT_EQ(formatted(text(path)), text(path)) << path;
}

TEST_P(Policies, MeanTheSameInBothLanguages) {
  for (size_t at = 0; at < paths_.size(); at += test::kFewer) {
    const std::string& path = paths_[at];
    const std::string digest_before = digest(path, text(path));
    for (const Language language : {Language::english, Language::chinese}) {
      const std::string other = respelled(path, text(path), language);
      EXPECT_EQ(digest(path, other), digest_before) << path;
      EXPECT_EQ(formatted_here(path, other), other) << path;
      for (const ScenarioResult& result : run_scenarios(with(path, other), path)) {
        EXPECT_TRUE(result.passed) << path << ": " << result.name;
      }
    }
  }
}

TEST_P(Policies, ComeBackFromTheOtherLanguage) {
  for (size_t at = 0; at < paths_.size(); at += test::kFewer) {
    const std::string& path = paths_[at];
    for (const auto& [there, back] : {std::pair(Language::english, Language::chinese),
                                      std::pair(Language::chinese, Language::english)}) {
      const std::string begin = respelled(path, text(path), back);
      const std::string other = respelled(path, begin, there);
      EXPECT_EQ(respelled(path, other, back), begin) << path;
    }
    // One of the two is what the author wrote, who may also have mixed them.
    const std::set<Language> written = languages(text(path));
    if (written.size() == 1) {
      EXPECT_EQ(respelled(path, text(path), *written.begin()), text(path)) << path;
    }
  }
}

TEST_P(Policies, SpacesBetweenChineseWordsComeBack) {
  for (const std::string& path : paths_) {
    EXPECT_EQ(formatted_here(path, text(path)), text(path)) << path;
    EXPECT_EQ(formatted_here(path, test::without_spaces(text(path))), text(path)) << path;
  }
}

TEST_P(Policies, NothingIsLostWhenTheyAreCut) {
  for (const std::string& path : paths_) {
    const std::string& whole = text(path);
    for (size_t size = 0; size < whole.size(); size += 1511 * test::kFewer) {
      size_t end = size;
      while (end < whole.size() && (static_cast<unsigned char>(whole[end]) & 0xC0) == 0x80) ++end;
      ASSERT_NO_FATAL_FAILURE(expect_kept(whole.substr(0, end))) << path << " " << end;
    }
  }
}

// Lines dropped, doubled, indented at random; words lost, doubled and joined; comments everywhere.
std::string mangled(const std::string& text, std::mt19937& random) {
  const auto one_in = [&](unsigned n) { return random() % n == 0; };
  std::string out;
  std::string line;
  for (const char c : text + "\n") {
    if (c != '\n') {
      line += c;
      continue;
    }
    const size_t words = line.find_first_not_of(' ');
    if (words != std::string::npos && one_in(4)) {
      line = std::string(random() % 9, ' ') + line.substr(words);
    }
    if (one_in(20)) line += "  -- end " + std::to_string(random() % 100);
    if (one_in(30))
      out += std::string(random() % 7, ' ') + "-- own " + std::to_string(random() % 100) + "\n";
    if (one_in(25)) out += "\n";
    if (one_in(25)) {
      const size_t space = line.find(' ', line.size() / 2);
      if (space != std::string::npos) line.replace(space, 1, one_in(2) ? "\n   " : "");
    }
    if (!one_in(30)) out += line + "\n";
    if (one_in(30)) out += line + "\n";
    line.clear();
  }
  return out;
}

TEST_P(Policies, NothingIsLostWhenTheyAreMangled) {
  constexpr unsigned kSeed = 20261122;
  std::mt19937 random(kSeed);
  for (size_t at = 0; at < paths_.size(); at += test::kFewer) {
    const std::string& path = paths_[at];
    for (int i = 0; i < 2; ++i) {
      ASSERT_NO_FATAL_FAILURE(expect_kept(mangled(text(path), random)))
          << path << ", seed " << kSeed << ", text " << i;
    }
  }
}

// Single characters lost, doubled and put in: marks of the language, its odd relatives, controls.
std::string scrambled(const std::string& text, std::mt19937& random) {
  static const std::u32string kMarks =
      U"\"\"“”「」＂`\\{}()（）:：;；,，、.。|｜?？=<>!-—+*/%‰_0９a的时前后若 "
      U"\t\n\r\u3000\u00a0\u2028\ufeff\u0301"
      U"\u0001\u007f\U0001F600";
  const std::u32string in = to_code_points(text);
  // A part of the file, so that much of it is near a change.
  const size_t begin = random() % in.size();
  std::u32string out = in.substr(begin, 1500);
  for (int i = 0; i < 8 && !out.empty(); ++i) {
    const size_t at = random() % out.size();
    switch (random() % 4) {
      case 0:
        out.erase(at, 1 + random() % 3);
        break;
      case 1:
        out.insert(at, out.substr(random() % out.size(), random() % 12));
        break;
      case 2:
        out[at] = kMarks[random() % kMarks.size()];
        break;
      default:
        out.insert(at, 1, kMarks[random() % kMarks.size()]);
        break;
    }
  }
  return to_utf8(out);
}

TEST_P(Policies, NothingIsLostWhenTheyAreScrambled) {
  constexpr unsigned kSeed = 20261122;
  std::mt19937 random(kSeed);
  for (size_t at = 0; at < paths_.size(); at += test::kFewer) {
    const std::string& path = paths_[at];
    for (int i = 0; i < 2; ++i) {
      ASSERT_NO_FATAL_FAILURE(expect_kept(scrambled(text(path), random)))
          << path << ", seed " << kSeed << ", text " << i;
    }
  }
}

// Any bytes at all: those that are no UTF-8 come back as they are.
TEST_P(Policies, AnyBytesComeBack) {
  constexpr unsigned kSeed = 20261122;
  std::mt19937 random(kSeed);
  for (const std::string& path : paths_) {
    std::string bytes = text(path);
    for (int i = 0; i < 8; ++i) {
      bytes[random() % bytes.size()] = static_cast<char>(random() % 256);
      const Source source("t.rules", bytes);
      if (source.invalid_utf8_at() < 0) {
        ASSERT_NO_FATAL_FAILURE(expect_kept(bytes)) << path << ", seed " << kSeed;
      } else {
        ASSERT_EQ(format_rules(source), source.text()) << path << ", seed " << kSeed;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Repository, Policies,
                         testing::Values("rules", "examples", "tests/scenarios"),
                         [](const auto& folder) {
                           std::string name(folder.param);
                           std::replace(name.begin(), name.end(), '/', '_');
                           return name;
                         });

TEST(FmtPolicies, TheWordsOfTheGuideAreLaidOut) {
  size_t files = 0;
  for (const DeploymentFile& file : test::read_folder("docs/guide").files) {
    if (!file.path.ends_with(".rules")) continue;
    EXPECT_EQ(formatted(file.text), file.text) << file.path;
    ++files;
  }
  EXPECT_EQ(files, 2U);
}

// Generous: the machine may be busy.
TEST(FmtSpeed, TheLibraryIsLaidOutAtOnce) {
  const CompileInput input = test::read_folder("rules");
  const auto begin = std::chrono::steady_clock::now();
  for (const DeploymentFile& file : input.files) {
    if (file.path.ends_with(".rules")) formatted(file.text);
  }
  const auto took = std::chrono::steady_clock::now() - begin;
  // A hundredth of this on a quiet machine, without sanitizers.
  EXPECT_LT(std::chrono::duration_cast<std::chrono::seconds>(took).count(), 20);
}

}  // namespace
}  // namespace duban::fmt_policies_test
