// What all lines are put together from.
#include "engine/fmt_printer.h"

#include <algorithm>

namespace duban::formatter {

Printer::Printer(const Source& source, const std::vector<Span>& comments,
                 const Respelling* respelling)
    : source_(source),
      comments_(comments),
      respelling_(respelling),
      comment_printed_(comments.size(), false) {}

Fragment Printer::put(const Form& form, std::initializer_list<Fragment> parts) const {
  Fragment out;
  const std::string_view text = form.in(language_);
  size_t plain = 0;
  for (size_t i = 0; i + 2 < text.size(); ++i) {
    const bool is_part = text[i] == '{' && text[i + 1] >= '1' && text[i + 1] <= '9';
    if (!is_part) continue;
    out += text.substr(plain, i - plain);
    out += parts.begin()[text[i + 1] - '1'];
    i += 2;
    plain = i + 1;
  }
  return out += text.substr(plain);
}

void Printer::gap(Fragment& out, const Span& before, const Span& after, std::string_view unbroken,
                  std::string_view broken) {
  // The other language may have them the other way round.
  const uint32_t from = before.end <= after.begin ? before.end : after.end;
  const uint32_t to = before.end <= after.begin ? after.begin : before.begin;
  const std::u32string& all = source_.code_points();
  const auto breaks_between = [&](uint32_t begin, uint32_t end) {
    return begin < end && std::find_if(all.begin() + begin, all.begin() + end, [](char32_t c) {
                            return c == U'\n' || c == U'\r';
                          }) != all.begin() + end;
  };
  if (care_.joined || !breaks_between(from, to)) {
    out += unbroken;
    return;
  }
  std::string comment;
  std::vector<std::string> below;
  for (size_t i = 0; i < comments_.size(); ++i) {
    const Span& span = comments_[i];
    if (span.begin < from || span.begin >= to || comment_printed_[i]) continue;
    comment_printed_[i] = true;
    std::string text = source_.slice(span.begin, span.end);
    if (breaks_between(from, span.begin)) {
      below.push_back(std::move(text));
    } else {
      comment = std::move(text);
    }
  }
  out += broken;
  out.end_line(std::move(comment), std::move(below));
}

void Printer::tail(Fragment& out, const Span& before, const Span& after, const Fragment& part) {
  gap(out, before, after, word(forms::kTail), word(forms::kComma));
  out += part;
}

namespace {

bool begins(const LineBody& body) { return std::holds_alternative<syntax::TableDecl>(body); }

}  // namespace

Printed Printer::print(const Line& line, Language language, Care care) {
  language_ = language;
  care_ = care;
  line_ = line.span;
  if (begins(line.body)) {
    arrow_ = SIZE_MAX;
    in_table_ = false;
  }
  if (const auto* field = std::get_if<syntax::Field>(&line.body)) return this->field(*field);
  if (const auto* row = std::get_if<RowLine>(&line.body)) return this->row(*row);
  Printed out;
  out.text = std::visit(
      [this](const auto& body) -> Fragment {
        using T = std::decay_t<decltype(body)>;
        if constexpr (std::is_same_v<T, syntax::Field> || std::is_same_v<T, RowLine>) {
          return {};  // printed above
        } else {
          return this->line(body);
        }
      },
      line.body);
  return out;
}

}  // namespace duban::formatter
