// Goal: positions count code points as an editor does, bad bytes never lose their place, and the
// caret stands under the exact characters, wide ones too.
#include "engine/source.h"

#include <gtest/gtest.h>

namespace duban::source_test {
namespace {

TEST(Source, CountsLinesAndColumnsInCodePoints) {
  const Source source("a.rules", "办法 x\r\n  第二行\rthird\n");
  EXPECT_EQ(source.code_points().size(), 18U);
  const auto at = [&](uint32_t offset) {
    const Source::Position position = source.position(offset);
    return std::to_string(position.line) + ":" + std::to_string(position.column);
  };
  EXPECT_EQ(at(0), "1:1");
  EXPECT_EQ(at(3), "1:4");
  EXPECT_EQ(at(6), "2:1");
  EXPECT_EQ(at(8), "2:3");
  EXPECT_EQ(at(12), "3:1");
  EXPECT_EQ(at(18), "4:1");
  EXPECT_EQ(to_utf8(source.line(1)), "办法 x");
  EXPECT_EQ(to_utf8(source.line(2)), "  第二行");
  EXPECT_EQ(to_utf8(source.line(3)), "third");
  EXPECT_EQ(to_utf8(source.line(4)), "");
  EXPECT_EQ(to_utf8(source.line(5)), "");
  EXPECT_EQ(source.slice(0, 2), "办法");
  EXPECT_EQ(source.slice(100, 200), "");
}

TEST(Source, LeavesOutTheByteOrderMark) {
  const Source source("a.rules",
                      "\xEF\xBB\xBF"
                      "x");
  EXPECT_EQ(source.code_points().size(), 1U);
  EXPECT_EQ(source.invalid_utf8_at(), -1);
}

TEST(Source, KeepsItsPlaceOverBadUtf8) {
  const Source source("a.rules",
                      "a\xFF"
                      "b\xE4\xB8"
                      "c\xC0\x80");
  EXPECT_EQ(source.invalid_utf8_at(), 1);
  EXPECT_EQ(source.text(), "a\uFFFDb\uFFFD\uFFFDc\uFFFD\uFFFD");
  EXPECT_EQ(Source("b", "a\uFFFD").invalid_utf8_at(), -1);
}

TEST(Source, ConvertsBothWays) {
  const std::string text = "aé督𠮷\n";
  EXPECT_EQ(to_utf8(to_code_points(text)), text);
  EXPECT_EQ(to_code_points(text).size(), 5U);
}

TEST(Source, KnowsWideAndChineseCharacters) {
  EXPECT_TRUE(is_wide(U'督'));
  EXPECT_TRUE(is_wide(U'：'));
  EXPECT_FALSE(is_wide(U'a'));
  EXPECT_FALSE(is_wide(U'é'));
  EXPECT_TRUE(has_chinese("due 期限"));
  EXPECT_FALSE(has_chinese("due：é"));
}

Diagnostic finding(uint32_t begin, uint32_t end) {
  return {Severity::error, "E004", {0, begin, end}, "english", "中文", "do this", "这样做"};
}

TEST(Render, PutsTheCaretUnderTheExactCharacters) {
  const SourceSet sources = {Source("p/a.rules", "one\n\t向 客户 发送\n")};
  EXPECT_EQ(render(finding(7, 9), sources, Language::english),
            "p/a.rules:2:4: error E004: english\n"
            "\t向 客户 发送\n"
            "\t   ^^^^\n"
            "  hint: do this\n");
  EXPECT_EQ(render(finding(0, 3), sources, Language::chinese),
            "p/a.rules:1:1: 错误 E004: 中文\n"
            "one\n"
            "^^^\n"
            "  提示：这样做\n");
}

TEST(Render, ShowsTheFirstLineOfWhatSpansSeveral) {
  const SourceSet sources = {Source("a", "ab\ncd")};
  Diagnostic diagnostic = finding(1, 5);
  diagnostic.severity = Severity::warning;
  diagnostic.english_hint.clear();
  EXPECT_EQ(render(diagnostic, sources, Language::english),
            "a:1:2: warning E004: english\nab\n ^\n");
  // At the end of a line, and of the file.
  EXPECT_EQ(render(finding(5, 6), sources, Language::english),
            "a:2:3: error E004: english\ncd\n  ^\n  hint: do this\n");
}

TEST(Render, CutsLongLinesAndDisarmsControlCharacters) {
  const SourceSet sources = {
      Source("a", std::string(500, 'x') + "y" + std::string(500, 'z') + "\n\x1b[31m")};
  const std::string cut = render(finding(500, 501), sources, Language::english);
  EXPECT_LT(cut.size(), 500U);
  const size_t caret = cut.find("^") - cut.rfind('\n', cut.find('^'));
  const size_t line = cut.find("\n") + 1;
  EXPECT_EQ(cut.substr(line + caret - 1 + std::string("…").size() - 1, 1), "y");
  const std::string escape = render(finding(1002, 1003), sources, Language::english);
  EXPECT_EQ(escape.find('\x1b'), std::string::npos);
}

TEST(Render, DoesWithoutASource) {
  EXPECT_EQ(render(finding(0, 1), {}, Language::english), "error E004: english\n  hint: do this\n");
}

}  // namespace
}  // namespace duban::source_test
