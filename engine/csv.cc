#include "engine/csv.h"

#include <csv.h>

#include <memory>
#include <utility>

namespace duban {
namespace {

struct Reader {
  std::vector<CsvRow> rows;
  CsvRow row;
  bool ended = false;  // a row ended in the line just fed
};

void on_cell(void* cell, size_t size, void* context) {
  static_cast<Reader*>(context)->row.cells.emplace_back(static_cast<const char*>(cell), size);
}

void on_row(int /*terminator*/, void* context) {
  Reader& reader = *static_cast<Reader*>(context);
  reader.rows.push_back(std::move(reader.row));
  reader.row = {};
  reader.ended = true;
}

std::string line_place(uint32_t line) { return "line " + std::to_string(line); }

struct ParserDeleter {
  void operator()(csv_parser* parser) const {
    csv_free(parser);
    delete parser;
  }
};

}  // namespace

std::optional<size_t> CsvTable::column(std::string_view name) const {
  for (size_t i = 0; i < header.cells.size(); ++i) {
    if (header.cells[i] == name) return i;
  }
  return std::nullopt;
}

Result<CsvTable> read_csv(std::string_view text) {
  if (text.substr(0, 3) == "\xef\xbb\xbf") text.remove_prefix(3);
  std::unique_ptr<csv_parser, ParserDeleter> parser(new csv_parser);
  if (csv_init(parser.get(), CSV_STRICT | CSV_STRICT_FINI) != 0) {
    return Error{"the CSV reader could not start", "", "", "无法启动 CSV 读取", ""};
  }

  // Fed line by line, because the library does not count lines. It trims blanks around cells.
  Reader reader;
  uint32_t line = 0;
  bool inside_quotes = false;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    const std::string_view fed = text.substr(0, end == text.npos ? text.size() : end + 1);
    text.remove_prefix(fed.size());
    ++line;
    if (!inside_quotes) reader.row.line = line;
    reader.ended = false;
    if (csv_parse(parser.get(), fed.data(), fed.size(), on_cell, on_row, &reader) != fed.size()) {
      return Error{"a quote stands where none may be", line_place(line),
                   "put the whole cell in quotes and double the quotes inside it", "引号位置不当",
                   "请将整个单元格加引号，其中的引号写两次"};
    }
    const bool blank = fed.find_first_not_of(" \t\r\n") == fed.npos;
    inside_quotes = !reader.ended && (inside_quotes || !blank);
  }
  if (csv_fini(parser.get(), on_cell, on_row, &reader) != 0) {
    return Error{"a quoted cell does not end", line_place(reader.row.line), "",
                 "加引号的单元格没有结束", ""};
  }

  if (reader.rows.empty()) {
    return Error{"there is no header row", line_place(1), "", "缺少表头", ""};
  }
  CsvTable table;
  table.header = std::move(reader.rows.front());
  const std::vector<std::string>& names = table.header.cells;
  for (size_t i = 0; i < names.size(); ++i) {
    for (size_t k = 0; k < i; ++k) {
      if (names[i] == names[k]) {
        return Error{"the column `" + names[i] + "` stands twice in the header",
                     line_place(table.header.line), "", "表头中“" + names[i] + "”列重复", ""};
      }
    }
  }
  for (size_t i = 1; i < reader.rows.size(); ++i) {
    CsvRow& row = reader.rows[i];
    if (row.cells.size() != names.size()) {
      return Error{"the row has " + std::to_string(row.cells.size()) + " cells, the header has " +
                       std::to_string(names.size()),
                   line_place(row.line), "",
                   "该行有 " + std::to_string(row.cells.size()) + " 个单元格，表头有 " +
                       std::to_string(names.size()) + " 个",
                   ""};
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

}  // namespace duban
