#include "engine/fmt_layout.h"

#include <algorithm>
#include <map>
#include <utility>

namespace duban::formatter {
namespace {

constexpr size_t kIndent = 2;

size_t width(std::string_view utf8) {
  size_t columns = 0;
  for (const char32_t c : to_code_points(utf8)) columns += is_wide(c) ? 2 : 1;
  return columns;
}

std::string padded(std::string text, size_t columns) {
  const size_t has = width(text);
  if (has < columns) text.append(columns - has, ' ');
  return text;
}

void widen(std::vector<size_t>& widths, size_t column, size_t to) {
  if (widths.size() <= column) widths.resize(column + 1);
  widths[column] = std::max(widths[column], to);
}

// ---------------------------------------------------------------- columns

// The columns of one declaration's fields, or of its table.
struct Columns {
  size_t names = 0, aliases = 0;  // of fields that have both
  size_t fields = 0;              // all that stands before the colon
  std::vector<size_t> cells;
  std::vector<bool> numbers;  // below the header there is nothing else in the column
  size_t arrow = SIZE_MAX;
};

bool is_number(std::string_view cell) {
  return cell.find_first_of("0123456789") != std::string_view::npos &&
         cell.find_first_not_of("-0123456789,.%") == std::string_view::npos;
}

// What stands before a result in English, where the header has `=> `.
std::string_view before_result(bool header, Language language) {
  if (header) return "=> ";
  return language == Language::chinese ? "" : "   ";
}

std::map<size_t, Columns> columns_of(const std::vector<Item>& items) {
  std::map<size_t, Columns> all;
  for (const Item& item : items) {
    if (item.kind != Item::Kind::printed || item.printed.arrow == SIZE_MAX) continue;
    all[item.group].arrow = item.printed.arrow;
  }
  for (const Item& item : items) {
    if (item.kind != Item::Kind::printed) continue;
    const Printed& printed = item.printed;
    if (!printed.is_field && !printed.is_row) continue;
    Columns& columns = all[item.group];
    const bool header = printed.arrow != SIZE_MAX;
    if (printed.is_field) {
      const bool has_alias = printed.cells.size() > 1;
      size_t& column = has_alias ? columns.names : columns.fields;
      column = std::max(column, width(printed.cells[0]));
      if (has_alias) columns.aliases = std::max(columns.aliases, width(printed.cells[1]) + 2);
      continue;
    }
    for (size_t i = 0; i < printed.cells.size(); ++i) {
      size_t needs = width(printed.cells[i]);
      if (i == columns.arrow) needs += before_result(header, item.language).size();
      widen(columns.cells, i, needs);
      if (columns.numbers.size() <= i) columns.numbers.resize(i + 1, true);
      if (!header && !is_number(printed.cells[i])) columns.numbers[i] = false;
    }
  }
  for (auto& [group, columns] : all) {
    if (columns.names > 0) {
      columns.fields = std::max(columns.fields, columns.names + 1 + columns.aliases);
    }
  }
  return all;
}

// `staff_no   (工号) : text`. One without an alias takes the room of both.
std::string field_head(const Printed& printed, const Columns& columns) {
  std::string out = printed.cells[0];
  if (printed.cells.size() > 1) out = padded(out, columns.names) + " (" + printed.cells[1] + ")";
  return padded(out, columns.fields) + " : ";
}

std::string row_text(const Item& item, const Columns& columns) {
  const std::string bar = item.language == Language::chinese ? "｜" : "|";
  const bool header = item.printed.arrow != SIZE_MAX;
  std::string out = bar;
  for (size_t i = 0; i < item.printed.cells.size(); ++i) {
    std::string cell;
    if (i == columns.arrow) cell += before_result(header, item.language);
    cell += item.printed.cells[i];
    if (columns.numbers[i] && !header) {
      const size_t has = width(cell);
      cell.insert(0, columns.cells[i] - std::min(has, columns.cells[i]), ' ');
    }
    out += " " + padded(std::move(cell), columns.cells[i]) + " " + bar;
  }
  return out;
}

// ---------------------------------------------------------------- lines

struct Physical {
  std::string text;
  std::string comment;
};

class Layout {
 public:
  explicit Layout(std::vector<Item> items)
      : items_(std::move(items)), columns_(columns_of(items_)) {}

  std::string run() {
    for (size_t i = 0; i < items_.size(); ++i) {
      if (wants_blank(i)) end_paragraph(true);
      add(items_[i]);
    }
    end_paragraph(false);
    return std::move(out_);
  }

 private:
  // Comments right above a declaration belong to it.
  bool is_attached(size_t i) const {
    size_t next = i;
    while (next < items_.size() && items_[next].kind == Item::Kind::comment) {
      if (items_[next].level != 0 || (next > i && items_[next].blank_before)) return false;
      ++next;
    }
    return next < items_.size() && items_[next].role != Role::part && !items_[next].blank_before;
  }

  const Item* declaration_after(size_t i) const {
    while (i < items_.size() && items_[i].kind == Item::Kind::comment) ++i;
    return i < items_.size() && items_[i].role != Role::part ? &items_[i] : nullptr;
  }

  bool wants_blank(size_t i) {
    if (i == 0) return false;
    const Item& item = items_[i];
    const Item* opens = nullptr;  // the declaration that begins here, with its comments
    if (item.role != Role::part) {
      const bool has_comments = items_[i - 1].kind == Item::Kind::comment && !item.blank_before;
      if (!has_comments || items_[i - 1].level != 0) opens = &item;
    } else if (item.kind == Item::Kind::comment && is_attached(i)) {
      const bool goes_on = items_[i - 1].kind == Item::Kind::comment && !item.blank_before &&
                           items_[i - 1].level == 0;
      if (!goes_on) opens = declaration_after(i);
    }
    if (opens != nullptr && has_declaration_before(i)) {
      const bool close = opens->role == Role::compact && opens->declared == last_declared_;
      if (!close) return true;
    }
    return item.blank_before && !(below_head_ && item.level > 0);
  }

  bool has_declaration_before(size_t) const { return last_declared_ != SIZE_MAX || has_parts_; }

  void add(const Item& item) {
    const std::string indent(item.level * kIndent, ' ');
    switch (item.kind) {
      case Item::Kind::comment:
        paragraph_.push_back({indent + item.comment, {}});
        break;
      case Item::Kind::raw:
        for (const std::string& line : item.lines) paragraph_.push_back({line, {}});
        break;
      case Item::Kind::verbatim:
        for (size_t i = 0; i < item.lines.size(); ++i) {
          paragraph_.push_back({indent + (i > 0 ? "    " : "") + item.lines[i], {}});
        }
        paragraph_.back().comment = item.comment;
        break;
      case Item::Kind::printed:
        add_printed(item, indent);
        break;
    }
    below_head_ = item.role != Role::part;
    if (item.role != Role::part) last_declared_ = item.declared;
    if (item.kind != Item::Kind::comment) has_parts_ = true;
  }

  void add_printed(const Item& item, const std::string& indent) {
    const Columns* columns = nullptr;
    if (const auto found = columns_.find(item.group); found != columns_.end()) {
      columns = &found->second;
    }
    if (item.printed.is_row) {
      paragraph_.push_back({indent + row_text(item, *columns), item.comment});
      return;
    }
    std::string head = indent;
    if (item.printed.is_field) head += field_head(item.printed, *columns);
    // Deeper than what may stand below the line.
    const std::string further = indent + std::string(item.role == Role::compact ? 2 : 4, ' ');
    const auto& pieces = item.printed.text.pieces();
    for (size_t i = 0; i < pieces.size(); ++i) {
      std::string_view text = pieces[i].text;
      if (i > 0) text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
      paragraph_.push_back({(i == 0 ? head : further) + std::string(text), pieces[i].comment});
      for (const std::string& below : pieces[i].below) paragraph_.push_back({further + below, {}});
    }
    paragraph_.back().comment = item.comment;
  }

  // Comments at the ends of lines without a blank line between them stand below each other.
  void end_paragraph(bool blank) {
    size_t column = 0;
    for (const Physical& line : paragraph_) {
      if (!line.comment.empty()) column = std::max(column, width(line.text) + 2);
    }
    for (Physical& line : paragraph_) {
      out_ += line.comment.empty() ? line.text : padded(line.text, column) + line.comment;
      while (out_.ends_with(' ')) out_.pop_back();
      out_ += '\n';
    }
    if (blank && !paragraph_.empty()) out_ += '\n';
    paragraph_.clear();
  }

  std::vector<Item> items_;
  std::map<size_t, Columns> columns_;
  std::vector<Physical> paragraph_;
  std::string out_;
  size_t last_declared_ = SIZE_MAX;
  bool below_head_ = false;
  bool has_parts_ = false;
};

}  // namespace

std::string lay_out(std::vector<Item> items) { return Layout(std::move(items)).run(); }

}  // namespace duban::formatter
