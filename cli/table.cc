#include "cli/table.h"

#include <utf8proc.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cctype>
#include <numeric>

#include "engine/source.h"

namespace duban::cli {
namespace {

constexpr size_t kGap = 2;        // blanks between columns
constexpr size_t kNarrowest = 8;  // a column is never shortened below this

struct Glyph {
  std::string_view bytes;
  size_t width = 0;
};

// The next character of `rest`, taken off it. Bytes that are not UTF-8 count one column each.
Glyph next_glyph(std::string_view& rest) {
  utf8proc_int32_t code_point = -1;
  const auto length = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(rest.data()),
                                       static_cast<utf8proc_ssize_t>(rest.size()), &code_point);
  Glyph glyph{rest.substr(0, length > 0 ? static_cast<size_t>(length) : 1), 1};
  if (length > 0) {
    const int width = utf8proc_charwidth(code_point);
    glyph.width = width > 0 ? static_cast<size_t>(width) : 0;
  }
  rest.remove_prefix(glyph.bytes.size());
  return glyph;
}

bool is_number(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  if (text.empty() || text.find_first_of("0123456789") == std::string_view::npos) return false;
  // Long digit strings are account and telephone numbers.
  if (text.size() > 12) return false;
  return text.find_first_not_of("0123456789.,") == std::string_view::npos;
}

// Widths that fit: the widest columns give first.
void fit(std::vector<size_t>& widths, size_t available) {
  const size_t gaps = widths.empty() ? 0 : kGap * (widths.size() - 1);
  size_t total = std::accumulate(widths.begin(), widths.end(), gaps);
  while (total > available) {
    auto widest = std::max_element(widths.begin(), widths.end());
    if (*widest <= kNarrowest) return;
    const size_t widest_width = *widest;
    size_t second = kNarrowest;
    for (const size_t width : widths) {
      if (width < widest_width) second = std::max(second, width);
    }
    const size_t give = std::min(total - available, std::max<size_t>(1, widest_width - second));
    *widest -= std::min(give, widest_width - kNarrowest);
    total -= widest_width - *widest;
  }
}

void append_padded(std::string& out, const std::string& text, size_t width, bool right) {
  const size_t used = display_width(text);
  const std::string blanks(width > used ? width - used : 0, ' ');
  out += right ? blanks + text : text + blanks;
}

void end_line(std::string& out) {
  while (!out.empty() && out.back() == ' ') out.pop_back();
  out += '\n';
}

std::string csv_field(std::string_view text) {
  const bool plain = text.find_first_of("\",\r\n") == std::string_view::npos &&
                     !text.starts_with(' ') && !text.ends_with(' ');
  if (plain) return std::string(text);
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

// A JSON number from its digits when it is one that survives; otherwise a string.
boost::json::value number_or_text(const std::string& text) {
  boost::system::error_code error;
  boost::json::value parsed = boost::json::parse(text, error);
  if (error || !parsed.is_number()) return boost::json::value(text);
  return parsed;
}

}  // namespace

size_t display_width(std::string_view utf8) {
  size_t width = 0;
  while (!utf8.empty()) width += next_glyph(utf8).width;
  return width;
}

std::string shorten(std::string_view utf8, size_t width) {
  if (display_width(utf8) <= width) return std::string(utf8);
  if (width == 0) return {};
  std::string out;
  size_t used = 1;  // the ellipsis
  while (!utf8.empty()) {
    const Glyph glyph = next_glyph(utf8);
    if (used + glyph.width > width) break;
    used += glyph.width;
    out += glyph.bytes;
  }
  while (out.ends_with(' ')) out.pop_back();
  return out + "…";
}

std::string printable(std::string_view utf8) {
  std::string out;
  out.reserve(utf8.size());
  while (!utf8.empty()) {
    const Glyph glyph = next_glyph(utf8);
    const auto first = static_cast<unsigned char>(glyph.bytes[0]);
    // C0, DEL, and C1 (U+0080 to U+009F).
    const bool control = first < 0x20 || first == 0x7f ||
                         (first == 0xc2 && glyph.bytes.size() == 2 &&
                          static_cast<unsigned char>(glyph.bytes[1]) < 0xa0);
    if (control) {
      if (!out.empty() && out.back() != ' ') out += ' ';
    } else {
      out += glyph.bytes;
    }
  }
  return out;
}

std::string to_text(const Table& table, const TableStyle& style) {
  const std::vector<std::string>& headings = table.headings.empty() ? table.names : table.headings;
  const size_t columns = headings.size();
  std::vector<std::vector<std::string>> rows;
  rows.reserve(table.rows.size());
  std::vector<size_t> widths(columns);
  std::vector<bool> right(columns, !table.rows.empty());
  std::vector<bool> filled(columns, false);
  for (size_t c = 0; c < columns; ++c) widths[c] = display_width(headings[c]);
  for (const auto& row : table.rows) {
    std::vector<std::string>& texts = rows.emplace_back(columns);
    for (size_t c = 0; c < columns && c < row.size(); ++c) {
      if (!row[c] || row[c]->empty()) continue;
      texts[c] = printable(*row[c]);
      widths[c] = std::max(widths[c], display_width(texts[c]));
      right[c] = right[c] && is_number(texts[c]);
      filled[c] = true;
    }
  }
  if (style.width > 0) fit(widths, style.width);

  std::string out;
  auto line = [&](const std::vector<std::string>& texts) {
    for (size_t c = 0; c < columns; ++c) {
      if (c > 0) out.append(kGap, ' ');
      append_padded(out, shorten(texts[c], widths[c]), widths[c], right[c] && filled[c]);
    }
    end_line(out);
  };
  line(headings);
  if (style.terminal) {
    for (size_t c = 0; c < columns; ++c) {
      if (c > 0) out.append(kGap, ' ');
      for (size_t i = 0; i < widths[c]; ++i) out += "─";
    }
    end_line(out);
  }
  for (const auto& texts : rows) line(texts);
  return out;
}

std::string to_csv(const Table& table) {
  std::string out;
  for (size_t c = 0; c < table.names.size(); ++c) {
    out += (c > 0 ? "," : "") + csv_field(table.names[c]);
  }
  out += "\r\n";
  for (const auto& row : table.rows) {
    for (size_t c = 0; c < row.size(); ++c) {
      if (c > 0) out += ',';
      if (row[c]) out += csv_field(*row[c]);
    }
    out += "\r\n";
  }
  return out;
}

std::string to_json(const Table& table, const std::vector<std::string>& numbers) {
  boost::json::array rows;
  rows.reserve(table.rows.size());
  for (const auto& row : table.rows) {
    boost::json::object object;
    for (size_t c = 0; c < table.names.size() && c < row.size(); ++c) {
      const bool number =
          std::find(numbers.begin(), numbers.end(), table.names[c]) != numbers.end();
      boost::json::value& value = object[table.names[c]];
      // An incident keeps a line as it came, whatever its bytes.
      if (row[c])
        value =
            number ? number_or_text(*row[c]) : boost::json::value(to_utf8(to_code_points(*row[c])));
    }
    rows.emplace_back(std::move(object));
  }
  return boost::json::serialize(rows) + "\n";
}

}  // namespace duban::cli
