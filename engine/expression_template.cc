// Texts with `{placeholders}`: names, and paths of names.
//
// The text is walked as it stands in the source, so that a wrong placeholder is shown where it is.
#include <algorithm>
#include <cctype>
#include <memory>
#include <utility>

#include "engine/expression.h"

namespace duban::compiler {
namespace {

struct Character {
  char32_t c;
  Span span;
  bool escaped = false;
};

// The characters between the quotes, escapes undone.
std::vector<Character> characters(const Program& program, const syntax::Text& text) {
  std::vector<Character> out;
  const Span span = text.span;
  if (span.file < program.sources.size()) {
    const std::u32string& source = program.sources[span.file].code_points();
    std::u32string plain;
    for (uint32_t i = span.begin + 1; i + 1 < span.end && i + 1 < source.size(); ++i) {
      const uint32_t begin = i;
      const bool escaped = source[i] == U'\\' && i + 2 < span.end;
      if (escaped) ++i;
      const char32_t c = escaped && source[i] == U'n' ? U'\n' : source[i];
      out.push_back({c, {span.file, begin, i + 1}, escaped});
      plain += c;
    }
    if (to_utf8(plain) == text.text) return out;
  }
  // An escape the source spells otherwise: the whole text is the place.
  out.clear();
  for (const char32_t c : to_code_points(text.text)) out.push_back({c, span, false});
  return out;
}

// Where the placeholder closes that opens at `open`; the text's size: nowhere.
size_t closing_brace(const std::vector<Character>& text, size_t open) {
  size_t end = open + 1;
  while (end < text.size() && text[end].c != U'}' && text[end].c != U'{') ++end;
  return end < text.size() && text[end].c == U'}' ? end : text.size();
}

bool is_blank(char32_t c) { return c == U' ' || c == U'\t' || c == U'\u3000'; }
bool is_point(char32_t c) { return c == U'.' || c == U'．' || c == U'的'; }

class Placeholder {
 public:
  Placeholder(const std::vector<Character>& text, size_t begin, size_t end)
      : text_(text), begin_(begin), end_(end) {}

  // Null: not a path of names.
  syntax::ExprPtr parse() {
    syntax::ExprPtr path;
    size_t i = begin_;
    while (true) {
      skip_blanks(i);
      std::u32string name;
      const size_t from = i;
      if (i < end_ && text_[i].c == U'`') {
        for (++i; i < end_ && text_[i].c != U'`'; ++i) name += text_[i].c;
        if (i == end_) return nullptr;
        ++i;
      } else {
        while (i < end_ && !is_blank(text_[i].c) && !is_point(text_[i].c)) name += text_[i++].c;
      }
      if (name.empty()) return nullptr;
      const Span span = join(from, i);
      path = extend(std::move(path), to_utf8(name), span, join(begin_, i));
      skip_blanks(i);
      if (i == end_) return path;
      if (!is_point(text_[i].c)) return nullptr;
      ++i;
    }
  }

  Span span() const { return join(begin_, end_); }

 private:
  void skip_blanks(size_t& i) const {
    while (i < end_ && is_blank(text_[i].c)) ++i;
  }

  Span join(size_t from, size_t to) const {
    while (from + 1 < to && is_blank(text_[from].c)) ++from;
    if (from >= to) return text_[begin_ - 1].span;
    return {text_[from].span.file, text_[from].span.begin, text_[to - 1].span.end};
  }

  static syntax::ExprPtr extend(syntax::ExprPtr path, std::string name, Span name_span,
                                Span whole) {
    auto expr = std::make_unique<syntax::Expr>();
    expr->text = std::move(name);
    expr->text_span = name_span;
    if (path) {
      expr->kind = syntax::ExprKind::member;
      expr->span = whole;
      expr->args.push_back(std::move(path));
    } else {
      expr->kind = syntax::ExprKind::name;
      expr->span = name_span;
    }
    return expr;
  }

  const std::vector<Character>& text_;
  size_t begin_;
  size_t end_;
};

// Values are written in the language of the words round them, whichever names the placeholders
// use; those decide only where there are no words.
bool is_chinese(const Template& made, const std::string& whole) {
  bool words = false;
  for (const Template::Part& part : made.parts) {
    if (has_chinese(part.text)) return true;
    words |= std::any_of(part.text.begin(), part.text.end(),
                         [](unsigned char c) { return std::isalpha(c) != 0; });
  }
  return !words && has_chinese(whole);
}

}  // namespace

Template compile_template(Program& program, const syntax::Text& text, const Scope& scope) {
  Template out;
  const std::vector<Character> chars = characters(program, text);
  std::u32string literal;
  for (size_t i = 0; i < chars.size(); ++i) {
    if (chars[i].c != U'{' || chars[i].escaped) {
      literal += chars[i].c;
      continue;
    }
    const size_t end = closing_brace(chars, i);
    if (end == chars.size()) {
      program.error(chars[i].span, "E115",
                    {"this placeholder has no closing `}`", "占位符缺少右括号`}`"});
      return out;
    }
    Placeholder placeholder(chars, i + 1, end);
    const syntax::ExprPtr path = placeholder.parse();
    if (!path) {
      program.error(
          placeholder.span(), "E115",
          {"a placeholder is a name or a path of names", "占位符须为名称，或以“的”相连的名称",
           "as in `{name}` or `{owner.name}`; use a `define` for anything else",
           "如`{名称}`、`{负责人的姓名}`；其他内容请用`定义`"});
    } else {
      Template::Part part;
      part.text = to_utf8(literal);
      part.value = compile_expression(program, path.get(), scope).node;
      literal.clear();
      out.parts.push_back(std::move(part));
    }
    i = end;
  }
  if (!literal.empty()) out.parts.push_back({to_utf8(literal), kNone});
  out.chinese = is_chinese(out, text.text);
  return out;
}

void warn_of_placeholders(Program& program, const syntax::Expr* value, const Scope& scope) {
  if (value == nullptr || value->kind != syntax::ExprKind::literal) return;
  const std::string* plain = value->value.get_if<std::string>();
  if (plain == nullptr || plain->find('{') == std::string::npos) return;
  const std::vector<Character> chars = characters(program, {*plain, value->span});
  for (size_t i = 0; i < chars.size(); ++i) {
    if (chars[i].c != U'{' || chars[i].escaped) continue;
    const size_t end = closing_brace(chars, i);
    if (end == chars.size()) continue;
    Placeholder placeholder(chars, i + 1, end);
    const syntax::ExprPtr path = placeholder.parse();
    const syntax::Expr* first = path.get();
    while (first != nullptr && first->kind == syntax::ExprKind::member)
      first = first->args[0].get();
    if (first == nullptr || meanings(program, first->text, scope).empty()) continue;
    const Span span = {value->span.file, chars[i].span.begin, chars[end].span.end};
    const std::string shown = program.sources[span.file].slice(span.begin, span.end);
    program.warning(span, "W111",
                    {quoted(shown) + " is not filled in here: this text is a value",
                     "此处的" + quoted(shown) + "不会替换为内容：这段文本是值",
                     "notices and titles of tasks are filled in; give this in a field of its own",
                     "只有通知模板和交办标题会替换；请另以字段给出该内容"});
  }
}

}  // namespace duban::compiler
