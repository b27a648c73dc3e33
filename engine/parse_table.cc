// A table's CSV file: its rows, read like those that stand below a table.
#include <algorithm>
#include <utility>
#include <variant>

#include "engine/csv_rows.h"
#include "engine/parse.h"
#include "engine/sentence_reader.h"
#include "engine/skim.h"
#include "engine/table_rows.h"

namespace duban {
namespace {

// The tokens of the rows, each begun by the sign that begins a row.
std::vector<Token> row_tokens(const Source& text, const std::vector<CsvRows::Row>& rows,
                              const ParseLimits& limits) {
  const std::vector<Token> found = lex(text, limits);
  std::vector<Token> out;
  out.reserve(found.size() + 2 * rows.size());
  size_t at = 0;
  for (const CsvRows::Row& row : rows) {
    while (at < found.size() && found[at].begin < row.begin) ++at;
    if (!row.good) continue;
    out.push_back({Terminal::BAR, row.begin, row.begin});
    for (; at < found.size() && found[at].begin < row.end; ++at) {
      if (found[at].kind != Terminal::NEWLINE) out.push_back(found[at]);
    }
    out.push_back({Terminal::NEWLINE, row.end, row.end});
  }
  return out;
}

class TableReader : public SentenceReader {
 public:
  // `text` is the file as rows of a table, `raw` their tokens.
  TableReader(const Source& text, const std::vector<Token>& raw, const Words& words,
              const ParseLimits& limits, Findings& findings, syntax::TableDecl& table)
      : SentenceReader(text, raw, words, limits, findings), findings_(findings), table_(table) {}

 private:
  void add(Line line, LineView tokens, Repair repair) override {
    if (repair == Repair::guessed) return add(broken_line(source(), tokens, findings_));
    auto* row = std::get_if<RowLine>(&line.body);
    if (lost_ || row == nullptr) return;
    const RowFate fate = add_row(table_, std::move(*row), line.span, findings_);
    lost_ = fate == RowFate::bad_header;
    table_.incomplete |= fate == RowFate::bad_row;
  }

  // Nothing can be said about the rows below a header that was not understood.
  void add(const BrokenLine&) override {
    lost_ |= table_.inputs.empty() && table_.outputs.empty();
    table_.incomplete = true;
  }

  Findings& findings_;
  syntax::TableDecl& table_;
  bool lost_ = false;
};

}  // namespace

Skim skim_table(const Source& csv) {
  // Without `=>` it names nothing: calendars are CSV files too, and long.
  if (csv.code_points().find_first_of(U">＞⇒") == std::u32string::npos) return {};
  std::vector<Diagnostic> ignored;
  Findings findings(ignored, 0, 2);
  const CsvRows rows = csv_rows(csv, findings);
  const Source text(csv.path(), to_utf8(rows.text));
  return skim_rows(text, row_tokens(text, rows.rows, {}));
}

void parse_table(const Source& csv, const Words& words, uint16_t file_index,
                 syntax::TableDecl& table, std::vector<Diagnostic>& diagnostics,
                 const ParseLimits& limits) {
  Findings findings(diagnostics, file_index, limits.max_diagnostics);
  if (csv.code_points().size() > limits.max_code_points) {
    findings.add("E002", limits.max_code_points, limits.max_code_points + 1,
                 {"this file is too long", "文件过长"});
    return;
  }
  if (csv.invalid_utf8_at() >= 0) {
    const auto at = static_cast<uint32_t>(csv.invalid_utf8_at());
    findings.add("E001", at, at + 1, {"this file is not UTF-8 text", "文件不是 UTF-8 文本"},
                 {"save it as UTF-8 (`CSV UTF-8` in a spreadsheet); it may be GB 18030",
                  "请另存为 UTF-8（电子表格中选“CSV UTF-8”）；原文件可能是 GB 18030 编码"});
    return;
  }
  const CsvRows rows = csv_rows(csv, findings);
  table.incomplete = std::any_of(rows.rows.begin(), rows.rows.end(),
                                 [](const CsvRows::Row& row) { return !row.good; });
  // Without its header, its rows are no use.
  if (!rows.rows.empty() && !rows.rows.front().good) return;
  const Source text(csv.path(), to_utf8(rows.text));
  try {
    const std::vector<Token> raw = row_tokens(text, rows.rows, limits);
    TableReader(text, raw, words, limits, findings, table).read_all();
  } catch (...) {  // the parser library's boundary: it has thrown what is no std::exception
    findings.add("E002", 0, 1, {"this file could not be read", "无法读取此文件"});
  }
}

}  // namespace duban
