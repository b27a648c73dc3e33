// Names, titles and texts.
#include <algorithm>
#include <array>

#include "engine/fmt_printer.h"
#include "engine/keywords.h"
#include "engine/line_observer.h"
#include "engine/tokens.h"

namespace duban::formatter {
namespace {

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// Only such a pair has the same canonical name whichever stands first.
bool is_pair(std::string_view a, std::string_view b) {
  if (a.empty() || b.empty()) return false;
  return (is_ascii(a) && has_chinese(b)) || (is_ascii(b) && has_chinese(a));
}

// Whether a text can be the free text behind a title: words and marks that are read as such.
bool fits_in_parentheses(std::string_view text) {
  const std::string classes = character_classes(to_code_points(text));
  if (classes.empty() || classes.front() == ' ' || classes.back() == ' ') return false;
  if (classes.find("--") != std::string::npos) return false;
  constexpr std::string_view kKnown = "_ ,:;|.?=+-*/%<>\x05\x06\x07\x08\x0b\x0e\x0f\x10\x11\x12";
  return std::all_of(classes.begin(), classes.end(), [&](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || kKnown.find(c) != kKnown.npos;
  });
}

bool is_blank(char32_t c) { return c == U' ' || c == U'\t' || c == U'\u3000'; }
bool is_point(char32_t c) { return c == U'.' || c == U'．' || c == U'的'; }

template <size_t N>
std::optional<std::string> builtin(const Form (&forms)[N], std::string_view english,
                                   Language language) {
  for (const Form& form : forms) {
    if (form.english == english) return std::string(form.in(language));
  }
  return std::nullopt;
}

}  // namespace

// ---------------------------------------------------------------- names

const Names* Printer::use_at(const Span& span) const {
  if (respelling_ == nullptr) return nullptr;
  const std::vector<NameUse>& uses = respelling_->uses;
  const auto found =
      std::lower_bound(uses.begin(), uses.end(), span, [](const NameUse& use, const Span& place) {
        return std::tie(use.span.begin, use.span.end) < std::tie(place.begin, place.end);
      });
  const bool here = found != uses.end() && found->span.begin == span.begin &&
                    found->span.end == span.end && is_pair(found->names.name, found->names.alias);
  return here ? &found->names : nullptr;
}

// A name that does not stand so in the source.
std::string Printer::quoted(const std::string& name) const {
  const bool plain = is_plain_name(name) && !(care_.quoted && find_keyword(name) != nullptr);
  return plain ? name : "`" + name + "`";
}

std::string Printer::verbatim(const std::string& name, const Span& span) const {
  const std::u32string& all = source_.code_points();
  const bool was_quoted = span.begin < all.size() && all[span.begin] == U'`';
  const bool quotes = was_quoted || (care_.quoted && find_keyword(name) != nullptr);
  return quotes ? "`" + name + "`" : name;
}

std::string Printer::name(const std::string& text, const Span& span) const {
  if (const Names* names = use_at(span)) {
    const std::string& wanted = names->in(language_ == Language::chinese);
    if (wanted != text) return quoted(wanted);
  }
  return verbatim(text, span);
}

// A name that is read: it may be one of the language's own.
std::string Printer::read_name(const std::string& text, const Span& span) const {
  if (respelling_ != nullptr && use_at(span) == nullptr) {
    const auto own = builtin(forms::kBuiltins, builtin_name(text), language_);
    if (own) return *own;
  }
  return name(text, span);
}

std::string Printer::member_name(const std::string& text, const Span& span) const {
  if (respelling_ != nullptr && use_at(span) == nullptr) {
    const auto own = builtin(forms::kBuiltinMembers, builtin_member(text), language_);
    if (own) return *own;
  }
  return name(text, span);
}

// ---------------------------------------------------------------- declarations

// Whether the name and its alias change places.
bool Printer::swaps(const syntax::Name& name) const {
  if (respelling_ == nullptr || !is_pair(name.text, name.alias)) return false;
  return has_chinese(name.text) != (language_ == Language::chinese);
}

std::vector<std::string> Printer::declared_parts(const syntax::Name& name) const {
  std::vector<std::string> parts = {verbatim(name.text, name.span)};
  if (!name.alias.empty()) parts.push_back(verbatim(name.alias, name.alias_span));
  if (swaps(name)) std::swap(parts[0], parts[1]);
  return parts;
}

Fragment Printer::declared(const syntax::Name& name) const {
  const std::vector<std::string> parts = declared_parts(name);
  return parts.size() == 1 ? Fragment(parts[0]) : put(forms::kAlias, {parts[0], parts[1]});
}

Fragment Printer::declared_or_used(const syntax::Name& name) {
  return name.alias.empty() ? Fragment(this->name(name.text, name.span)) : declared(name);
}

// Of a policy, a rule or a scenario: a text, with free text in parentheses behind it.
Fragment Printer::title(const syntax::Name& name) const {
  constexpr char32_t kOpening = U'"';
  const std::u32string& all = source_.code_points();
  const bool is_text =
      character_classes({&all[name.span.begin], 1}).find_first_of("\"\x01\x02\x03") !=
      std::string::npos;
  if (swaps(name) && fits_in_parentheses(name.text)) {
    std::u32string inside;
    for (const char32_t c : to_code_points(name.alias)) {
      if (c == U'\\') inside += c;
      inside += c;
    }
    return put(forms::kAlias, {in_quotes(inside, kOpening), name.text});
  }
  const std::string main =
      is_text ? text(name.span) : in_quotes(to_code_points(name.text), kOpening);
  return name.alias.empty() ? Fragment(main) : put(forms::kAlias, {main, name.alias});
}

// ---------------------------------------------------------------- texts

std::string Printer::text(const Span& span, bool has_placeholders) const {
  const std::u32string& all = source_.code_points();
  if (span.end < span.begin + 2 || span.end > all.size()) return {};
  const std::u32string_view inside =
      std::u32string_view(all).substr(span.begin + 1, span.end - span.begin - 2);
  const bool respells = has_placeholders && respelling_ != nullptr;
  return in_quotes(respells ? respelled(inside, span.begin + 1) : std::u32string(inside),
                   all[span.begin]);
}

// `inside` as it stands in a source, between the quotes that `opened_by` opens.
std::string Printer::in_quotes(const std::u32string& inside, char32_t opened_by) const {
  // `＂` closes `"` and has no escape.
  if (inside.find(U'＂') != std::u32string::npos && opened_by != U'"' && opened_by != U'＂') {
    const char32_t closed_by = opened_by == U'「' ? U'」' : U'”';
    return to_utf8(opened_by + inside + closed_by);
  }
  char32_t open = U'"', close = U'"';
  if (language_ == Language::chinese) {
    const bool nested =
        inside.find(U'”') != std::u32string::npos && inside.find(U'」') == std::u32string::npos;
    open = nested ? U'「' : U'“';
    close = nested ? U'」' : U'”';
  }
  std::u32string out(1, open);
  for (size_t i = 0; i < inside.size(); ++i) {
    if (inside[i] != U'\\' || i + 1 == inside.size()) {
      if (inside[i] == close) out += U'\\';
      out += inside[i];
      continue;
    }
    const char32_t escaped = inside[++i];
    const bool is_quote =
        std::u32string_view(U"\"“”「」").find(escaped) != std::u32string_view::npos;
    if (!is_quote || escaped == close) out += U'\\';
    out += escaped;
  }
  return to_utf8(out + close);
}

// A text's own characters, which begin at `begin`, with the names of its placeholders respelled.
std::u32string Printer::respelled(std::u32string_view inside, uint32_t begin) const {
  std::u32string out;
  for (size_t i = 0; i < inside.size(); ++i) {
    if (inside[i] == U'\\' && i + 1 < inside.size()) {
      out += inside[i];
      out += inside[++i];
      continue;
    }
    const size_t end = inside[i] == U'{' ? inside.find(U'}', i) : std::u32string_view::npos;
    if (end == std::u32string_view::npos) {
      out += inside[i];
      continue;
    }
    out += U'{';
    out += placeholder(inside.substr(i + 1, end - i - 1), begin + static_cast<uint32_t>(i) + 1);
    out += U'}';
    i = end;
  }
  return out;
}

// A path of names; anything else stays.
std::u32string Printer::placeholder(std::u32string_view inside, uint32_t begin) const {
  const auto span = [&](size_t from, size_t to) {
    return Span{0, begin + static_cast<uint32_t>(from), begin + static_cast<uint32_t>(to)};
  };
  std::string out;
  bool first = true;
  for (size_t i = 0; i < inside.size(); first = false) {
    while (i < inside.size() && is_blank(inside[i])) ++i;
    const size_t from = i;
    const bool in_backquotes = i < inside.size() && inside[i] == U'`';
    size_t to = from;
    if (in_backquotes) {
      to = inside.find(U'`', from + 1);
      if (to == std::u32string_view::npos) return std::u32string(inside);
      ++to;
    } else {
      while (to < inside.size() && !is_blank(inside[to]) && !is_point(inside[to])) ++to;
    }
    if (to == from) return std::u32string(inside);
    const size_t marks = in_backquotes ? 1 : 0;
    const std::string text = to_utf8(inside.substr(from + marks, to - from - 2 * marks));
    std::string word = first ? read_name(text, span(from, to)) : member_name(text, span(from, to));
    if (word.front() != '`' && word.find("的") != std::string::npos) word = "`" + word + "`";
    if (!first) out += language_ == Language::chinese ? "的" : ".";
    out += word;
    for (i = to; i < inside.size() && is_blank(inside[i]);) ++i;
    if (i == inside.size()) break;
    if (!is_point(inside[i++]) || i == inside.size()) return std::u32string(inside);
  }
  return to_code_points(out);
}

}  // namespace duban::formatter
