#include "engine/fmt.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "engine/compile.h"
#include "engine/files.h"
#include "engine/fmt_layout.h"
#include "engine/fmt_printer.h"
#include "engine/line_observer.h"

namespace duban {
namespace {

using namespace formatter;

// How much care a line needs, from none to keeping its own text.
enum class Caution : uint8_t { none, joined, quoted, verbatim };

Role role_of(const LineBody& body) {
  return std::visit(
      [](const auto& line) {
        using T = std::decay_t<decltype(line)>;
        using namespace syntax;
        constexpr bool block = std::is_same_v<T, Policy> || std::is_same_v<T, Vocabulary> ||
                               std::is_same_v<T, CalendarDecl> || std::is_same_v<T, EntityDecl> ||
                               std::is_same_v<T, TableDecl> || std::is_same_v<T, ScorecardDecl> ||
                               std::is_same_v<T, RuleDecl> || std::is_same_v<T, CaseDecl> ||
                               std::is_same_v<T, ScenarioDecl>;
        constexpr bool compact = std::is_same_v<T, ChoiceDecl> || std::is_same_v<T, EventDecl> ||
                                 std::is_same_v<T, ChannelDecl> || std::is_same_v<T, NoticeDecl> ||
                                 std::is_same_v<T, ParameterDecl> ||
                                 std::is_same_v<T, DefineDecl> || std::is_same_v<T, ForbidDecl>;
        return block ? Role::block : compact ? Role::compact : Role::part;
      },
      body);
}

// One reading of a file: its lines as they are to be.
class Document : public LineObserver {
 public:
  Document(const Source& source, const Words* words, const Respelling* respelling,
           std::vector<Caution> caution)
      : source_(source), respelling_(respelling), caution_(std::move(caution)) {
    complete_ = read_lines(source, words, diagnostics_, *this);
  }

  bool is_complete() const { return complete_; }  // nothing of the file is left out

  // The lines without layout, to be compared with those of another reading.
  const std::vector<std::string>& sentences() const { return sentences_; }

  std::string text() {
    place_comments();
    keep_contradictions();
    return lay_out(std::move(items_));
  }

 private:
  // Comments come before the lines.
  void comment(const Span& span) override { comments_.push_back(span); }

  void line(const Line& line, uint32_t level, std::optional<Language> language) override {
    if (printer_ == nullptr) start();
    const Role role = level == 0 ? role_of(line.body) : Role::part;
    if (role != Role::part) begin_declaration(language);
    Item item = item_at(line.span, line.column);
    item.role = role;
    item.declared = line.body.index();
    item.level = level;
    item.language = respelling_ != nullptr ? respelling_->language
                    : std::holds_alternative<RowLine>(line.body)
                        ? declaration_language_
                        : language.value_or(declaration_language_);
    const Caution caution = next_caution();
    item.printed = printer_->print(line, item.language,
                                   {caution >= Caution::joined, caution >= Caution::quoted});
    if (role != Role::part) {
      written_language_ = caution == Caution::verbatim ? declaration_language_ : item.language;
    }
    std::string sentence = sentence_of(item.printed);
    if (as_read_ != nullptr) {
      const bool is_row = std::holds_alternative<RowLine>(line.body);
      const Language own = is_row ? written_language_ : language.value_or(written_language_);
      const Printed printed = as_read_->print(line, own, {});
      if (caution == Caution::verbatim) sentence = sentence_of(printed);
    }
    sentences_.push_back(std::move(sentence));
    if (caution == Caution::verbatim) keep_text(item, line.span);
    add(std::move(item));
  }

  static std::string sentence_of(const Printed& printed) {
    std::string out;
    for (const std::string& cell : printed.cells) out += cell + '\n';
    return out + printed.text.flat();
  }

  void broken(const BrokenLine& line) override {
    if (printer_ == nullptr) start();
    Item item = item_at(line.span, line.column);
    item.level = level_at(line.column);
    next_caution();
    keep_text(item, line.span);
    std::string text;
    for (const std::string& kept : item.lines) text += kept + '\n';
    sentences_.push_back(std::move(text));
    add(std::move(item));
  }

  void start() {
    printer_ = std::make_unique<Printer>(source_, comments_, respelling_);
    if (std::find(caution_.begin(), caution_.end(), Caution::verbatim) == caution_.end()) return;
    as_read_ = std::make_unique<Printer>(source_, comments_, nullptr);
  }

  void begin_declaration(std::optional<Language> language) {
    ++group_;
    outline_.clear();
    declaration_language_ = language.value_or(Language::english);
  }

  Caution next_caution() {
    const size_t i = lines_++;
    return i < caution_.size() ? caution_[i] : Caution::none;
  }

  Item item_at(const Span& span, uint32_t column) const {
    Item item;
    item.group = group_;
    item.column = column;
    item.first = source_.position(span.begin).line;
    item.last = source_.position(std::max(span.end, span.begin + 1) - 1).line;
    return item;
  }

  void keep_text(Item& item, const Span& span) {
    item.kind = Item::Kind::verbatim;
    item.lines.clear();
    std::u32string rest = source_.code_points().substr(span.begin, span.end - span.begin);
    std::string text = to_utf8(rest);
    size_t begin = 0;
    while (begin <= text.size()) {
      const size_t end = std::min(text.find_first_of("\r\n", begin), text.size());
      const size_t from = std::min(text.find_first_not_of(" \t", begin), end);
      const std::string line = text.substr(from, end - from);
      if (!line.empty()) item.lines.push_back(line.substr(0, line.find_last_not_of(" \t") + 1));
      begin = end + 1;
    }
  }

  void add(Item item) {
    stand(item);
    items_.push_back(std::move(item));
  }

  // The line and those above it that it stands under are what the next may stand under.
  void stand(const Item& item) {
    const auto above = [&](const Place& it) {
      return it.column < item.column && it.level < item.level;
    };
    while (!outline_.empty() && !above(outline_.back())) outline_.pop_back();
    outline_.push_back({item.column, item.level});
  }

  // The level of the line that stands there, or one below the line it stands under: a single space
  // is taken for a slip.
  uint32_t level_at(uint32_t column) const {
    for (auto it = outline_.rbegin(); it != outline_.rend(); ++it) {
      if (it->column <= column) return it->level + (it->column + 1 < column ? 1 : 0);
    }
    return 0;
  }

  // ---- when all lines are known

  void place_comments() {
    std::vector<Item> lines = std::move(items_);
    items_.clear();
    size_t next = 0;
    for (size_t i = 0; i < comments_.size(); ++i) {
      const Span& span = comments_[i];
      if (printer_ != nullptr && printer_->printed_comments()[i]) continue;
      const Source::Position at = source_.position(span.begin);
      // Inside a line that goes on below it, or at its end.
      while (next < lines.size() && lines[next].last < at.line)
        items_.push_back(std::move(lines[next++]));
      const std::string text = trimmed(source_.slice(span.begin, span.end));
      if (next < lines.size() && lines[next].last == at.line && lines[next].column < at.column) {
        lines[next].comment = text;
        continue;
      }
      const bool inside = next < lines.size() && lines[next].first <= at.line;
      if (inside && lines[next].kind == Item::Kind::verbatim) continue;  // part of its text
      Item item;
      item.kind = Item::Kind::comment;
      item.comment = text;
      item.column = at.column;
      item.first = item.last = inside ? lines[next].first : at.line;
      items_.push_back(std::move(item));
    }
    while (next < lines.size()) items_.push_back(std::move(lines[next++]));
    note_blank_lines();
    indent_comments();
  }

  static std::string trimmed(std::string text) {
    text.erase(text.find_last_not_of(" \t\r") + 1);
    return text;
  }

  void note_blank_lines() {
    for (size_t i = 1; i < items_.size(); ++i) {
      items_[i].blank_before = items_[i].first > items_[i - 1].last + 1;
    }
  }

  // Like the line right below it; but like the lines above where nothing follows, or where it ends
  // a part that stands deeper than what follows.
  void indent_comments() {
    outline_.clear();
    const Item* above = nullptr;  // the line right above, comments aside
    for (size_t i = 0; i < items_.size(); ++i) {
      Item& item = items_[i];
      if (item.role != Role::part) outline_.clear();
      if (item.kind != Item::Kind::comment) {
        stand(item);
        group_ = item.group;
        above = &item;
        continue;
      }
      item.group = group_;
      if (item.blank_before) above = nullptr;
      size_t below = i + 1;
      while (below < items_.size() && items_[below].kind == Item::Kind::comment &&
             !items_[below].blank_before) {
        ++below;
      }
      const bool follows = below < items_.size() && !items_[below].blank_before &&
                           items_[below].kind != Item::Kind::comment;
      item.level = item.column == 1 ? 0 : level_at(item.column);
      if (!follows) continue;
      const Item& next = items_[below];
      const bool ends_part = above != nullptr && above->column > next.column &&
                             above->level > next.level && item.column > next.column &&
                             item.level > next.level;
      if (!ends_part) item.level = next.level;
    }
  }

  // A declaration with a line whose indentation contradicts its words: only its author can tell.
  void keep_contradictions() {
    std::vector<size_t> groups;
    for (const Diagnostic& found : diagnostics_) {
      if (found.code != "E016") continue;
      const uint32_t line = source_.position(found.span.begin).line;
      for (const Item& item : items_) {
        if (item.kind != Item::Kind::comment && item.first <= line && line <= item.last) {
          groups.push_back(item.group);
        }
      }
    }
    for (Item& item : items_) {
      if (std::find(groups.begin(), groups.end(), item.group) == groups.end()) continue;
      item.kind = Item::Kind::raw;
      item.lines.clear();
      for (uint32_t line = item.first; line <= item.last; ++line) {
        item.lines.push_back(trimmed(to_utf8(source_.line(line))));
      }
    }
  }

  struct Place {
    uint32_t column, level;
  };

  const Source& source_;
  const Respelling* const respelling_;
  const std::vector<Caution> caution_;
  bool complete_ = false;
  std::vector<Diagnostic> diagnostics_;
  std::vector<Span> comments_;
  std::unique_ptr<Printer> printer_;
  std::unique_ptr<Printer> as_read_;  // what will be read in lines that keep their text
  std::vector<Item> items_;
  std::vector<std::string> sentences_;
  size_t lines_ = 0;
  size_t group_ = 0;
  Language declaration_language_ = Language::english;
  Language written_language_ = Language::english;  // that declaration's, as it is to be
  std::vector<Place> outline_;                     // the lines that the next may stand under
};

// The sentences that are not read as they were meant; where there are fewer or more, only the first
// can be told.
std::vector<size_t> wrong_sentences(const std::vector<std::string>& meant,
                                    const std::vector<std::string>& read) {
  std::vector<size_t> out;
  for (size_t i = 0; i < meant.size() && i < read.size(); ++i) {
    if (meant[i] == read[i]) continue;
    out.push_back(i);
    if (meant.size() != read.size()) break;
  }
  if (out.empty() && meant.size() != read.size() && !meant.empty()) {
    out.push_back(std::min(read.size(), meant.size() - 1));
  }
  return out;
}

std::string format(const Source& source, const Words* words, const Respelling* respelling) {
  if (source.invalid_utf8_at() >= 0) return source.text();
  // What was written is read again. A line that is not read as it was meant, because a name in it
  // is also a word of the language, is written with more care.
  constexpr size_t kAttempts = 64;
  std::vector<Caution> caution;
  for (size_t attempt = 0; attempt < kAttempts; ++attempt) {
    Document written(source, words, respelling, caution);
    if (!written.is_complete()) break;
    std::string text = written.text();
    const Source again(source.path(), text);
    const Document check(again, words, nullptr, {});
    const std::vector<size_t> wrong = wrong_sentences(written.sentences(), check.sentences());
    if (wrong.empty()) return text;
    caution.resize(written.sentences().size(), Caution::none);
    bool any = false;
    for (size_t i : wrong) {
      while (i > 0 && caution[i] == Caution::verbatim) --i;
      if (caution[i] == Caution::verbatim) continue;
      caution[i] = static_cast<Caution>(static_cast<int>(caution[i]) + 1);
      any = true;
    }
    if (!any) break;
  }
  return respelling == nullptr ? source.text() : format(source, words, nullptr);
}

}  // namespace

Respelling respelling(const Compilation& compilation, uint16_t file, Language language) {
  Respelling out;
  out.language = language;
  for (const NameUse& use : compilation.uses) {
    if (use.span.file == file) out.uses.push_back(use);
  }
  for (const Span& span : compilation.moment_comparisons) {
    if (span.file == file) out.moment_comparisons.push_back(span);
  }
  return out;
}

SeenNames seen_names(const CompileInput& input, const std::string& path) {
  SourceSet sources, tables;
  uint16_t own = 0;
  for (const DeploymentFile& file : input.files) {
    if (file.path == path) own = static_cast<uint16_t>(sources.size());
    (file.path.ends_with(".rules") ? sources : tables).emplace_back(file.path, file.text);
  }
  return {names_in(sources, tables), own};
}

std::string format_rules(const Source& source, const Words* words) {
  return format(source, words, nullptr);
}

std::string format_rules(const Source& source, const Respelling& respelling, const Words* words) {
  return format(source, words, &respelling);
}

}  // namespace duban
