#include "engine/csv_rows.h"

#include <utility>

namespace duban {
namespace {

constexpr char32_t kFiller = 0x200B;  // read as a blank

bool is_blank(char32_t c) { return c == U' ' || c == U'\t' || c == U'\u3000' || c == kFiller; }
bool is_line_end(char32_t c) { return c == U'\n' || c == U'\r'; }

class Scanner {
 public:
  Scanner(const Source& file, Findings& findings)
      : text_(file.code_points()), findings_(findings) {}

  CsvRows run() {
    while (at_ < text_.size() && !findings_.full()) row();
    return {std::move(text_), std::move(rows_)};
  }

 private:
  bool at_end_of_row() const { return at_ >= text_.size() || is_line_end(text_[at_]); }

  void fail(uint32_t begin, uint32_t end, Wording text, Wording hint = {}) {
    if (good_) findings_.add("E175", begin, end, std::move(text), std::move(hint));
    good_ = false;
  }

  void row() {
    const uint32_t begin = at_;
    good_ = true;
    std::vector<uint32_t> blank;  // where cells are that have nothing in them
    size_t cells = 0;
    for (;;) {
      const uint32_t cell_begin = at_;
      if (!cell()) blank.push_back(cell_begin);
      ++cells;
      if (at_end_of_row()) break;
      text_[at_++] = U'|';
    }
    const uint32_t end = at_;
    while (at_ < text_.size() && is_line_end(text_[at_])) ++at_;
    if (blank.size() == cells) return;
    if (rows_.empty() && cells == 1) {
      fail(begin, end, {"there is only one column", "只有一列"},
           {"cells are separated by commas", "单元格之间以逗号分隔"});
    }
    if (!blank.empty()) {
      fail(blank[0], blank[0] + 1, {"this cell is empty", "此单元格为空"},
           {"write `any` where every value is meant, `none` for a result without a value",
            "不限取值的写“任意”，没有结果的写“无”"});
    }
    rows_.push_back({begin, end, good_});
  }

  // One cell, up to its separator; whether there is anything in it.
  bool cell() {
    while (!at_end_of_row() && is_blank(text_[at_])) ++at_;
    if (at_ < text_.size() && text_[at_] == U'"') return quoted_cell();
    bool something = false;
    char32_t closing = 0;
    for (; !at_end_of_row() && text_[at_] != U','; ++at_) {
      something = something || !is_blank(text_[at_]);
      if (text_[at_] == U'"') stray_quote();
      check(closing);
    }
    if (closing != 0) {
      fail(at_, at_ + 1, {"the cell ends inside a text", "单元格在文本中间结束"},
           {"put a cell with a comma in it in double quotes", "含逗号的单元格须整个加双引号"});
    }
    return something;
  }

  bool quoted_cell() {
    const uint32_t begin = at_;
    text_[at_++] = U' ';
    bool something = false, in_text = false;
    char32_t closing = 0;
    for (; at_ < text_.size(); ++at_) {
      const char32_t c = text_[at_];
      if (is_line_end(c)) {
        text_[at_] = U' ';
      } else if (c != U'"') {
        something = something || !is_blank(c);
        if (!in_text) check(closing);
      } else if (at_ + 1 < text_.size() && text_[at_ + 1] == U'"') {
        // A quote of the cell's own; the filler stays outside the text that it opens or closes.
        if (text_[at_ - 1] == U'\\') {
          fail(at_ - 1, at_ + 2,
               {"a text in a CSV file has no quotes inside", "CSV 文件中的文本内不能再有引号"},
               {"use other quotes, as in “他说「好」”", "请改用其他引号，如“他说「好」”"});
        }
        text_[in_text ? at_ + 1 : at_] = kFiller;
        in_text = !in_text;
        something = true;
        ++at_;
      } else {
        text_[at_++] = U' ';
        while (!at_end_of_row() && is_blank(text_[at_])) ++at_;
        if (!at_end_of_row() && text_[at_] != U',') stray_quote();
        while (!at_end_of_row() && text_[at_] != U',') ++at_;
        return something;
      }
    }
    fail(begin, begin + 1, {"this quoted cell does not end", "加引号的单元格没有结束"});
    return true;
  }

  void stray_quote() {
    fail(at_, at_ + 1, {"a quote stands where none may be", "引号位置不当"},
         {"put the whole cell in quotes and double the quotes inside it",
          "请将整个单元格加引号，其中的引号写两次"});
  }

  // What means something else in a row of a table. `closing`: of the text that is open.
  void check(char32_t& closing) {
    const char32_t c = text_[at_];
    if (closing != 0) {
      if (c == closing) closing = 0;
      return;
    }
    if (c == U'“') closing = U'”';
    if (c == U'「') closing = U'」';
    if (c == U'|' || c == U'｜') {
      fail(at_, at_ + 1, {"a cell of a CSV file has no `|`", "CSV 单元格中不能有“｜”"},
           {"alternatives stand with commas between them, the cell in quotes",
            "多个取值以逗号分隔，整个单元格加引号"});
    }
    const bool dash = c == U'-' || c == U'—';
    if (dash && at_ + 1 < text_.size() && text_[at_ + 1] == c) {
      fail(at_, at_ + 2, {"a CSV file has no comments", "CSV 文件中不能写注释"});
    }
  }

  std::u32string text_;
  Findings& findings_;
  std::vector<CsvRows::Row> rows_;
  uint32_t at_ = 0;
  bool good_ = true;
};

}  // namespace

CsvRows csv_rows(const Source& file, Findings& findings) { return Scanner(file, findings).run(); }

}  // namespace duban
