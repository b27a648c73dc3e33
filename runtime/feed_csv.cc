#include "runtime/feed_csv.h"

#include <csv.h>

#include <algorithm>
#include <optional>
#include <unordered_map>

#include "engine/digest.h"
#include "engine/source.h"
#include "runtime/json_text.h"

namespace duban {
namespace {

// A quoted cell may span lines, but a forgotten quote must not swallow the file.
constexpr size_t kRowLinesMax = 1000;

class CsvFeed : public Feed {
 public:
  CsvFeed(std::string name, std::unique_ptr<LineReader> lines, std::string type)
      : name_(std::move(name)), lines_(std::move(lines)), type_(std::move(type)) {
    csv_init(&parser_, CSV_STRICT | CSV_STRICT_FINI);
  }
  ~CsvFeed() override { csv_free(&parser_); }
  CsvFeed(const CsvFeed&) = delete;
  CsvFeed& operator=(const CsvFeed&) = delete;

  Status read_header(const std::string& key) {
    FeedItem item;
    Result<bool> more = read_row();
    if (!more) return more.error();
    if (!*more) {
      return Error{"the file is empty", name_, "the first row names the columns", "文件为空",
                   "第一行应为列名"};
    }
    if (wrong_) return *wrong_;
    columns_ = row_;
    const auto at = std::find(columns_.begin(), columns_.end(), key.empty() ? "subject" : key);
    if (at == columns_.end()) {
      const std::string wanted = key.empty() ? "subject" : key;
      return Error{"there is no column `" + wanted + "`", place_,
                   "name the column that holds the key", "没有“" + wanted + "”列",
                   "请指明哪一列是主键"};
    }
    key_ = static_cast<size_t>(at - columns_.begin());
    return {};
  }

  Result<bool> next(FeedItem& item) override {
    Result<bool> more = read_row();
    if (!more || !*more) return more;
    item.place = place_;
    item.id_from_content = false;
    item.taken.reset();
    if (!wrong_ && row_.size() != columns_.size()) {
      const std::string cells = std::to_string(row_.size());
      const std::string columns = std::to_string(columns_.size());
      wrong_ = Error{cells + " cells, but " + columns + " columns",
                     place_,
                     {},
                     "该行有 " + cells + " 个单元格，但有 " + columns + " 列",
                     {}};
    }
    if (wrong_) {
      item.raw = raw_;
      item.event = *wrong_;
    } else {
      RawEvent event = make_event(item.id_from_content);
      item.raw = as_ndjson(event);
      item.event = std::move(event);
    }
    return true;
  }
  double progress() const override { return lines_->progress(); }
  bool is_file() const override { return lines_->is_file(); }

 private:
  // Reads lines until they make a row: into row_, or why they do not into wrong_.
  Result<bool> read_row() {
    row_.clear();
    raw_.clear();
    wrong_.reset();
    row_done_ = cr_ended_row_ = false;
    LineCutter::Line line;
    for (size_t lines = 0;; ++lines) {
      Result<bool> more = lines_->next(line);
      if (!more) return more;
      if (!*more) {
        if (lines == 0) return false;
        csv_fini(&parser_, on_cell, on_row, this);
        return broken("a quoted cell is not closed", "加引号的单元格没有结束");
      }
      if (lines == 0) {
        if (line.is_blank()) {
          --lines;
          continue;
        }
        place_ = name_ + ":" + std::to_string(line.number);
      } else {
        raw_ += '\n';
      }
      raw_ += line.text;
      if (line.too_long || raw_.size() > kLineBytesMax)
        return broken("the row is longer than 1 MB", "该行超过 1 MB");
      if (!is_utf8(line.text)) {
        return broken("the row is not UTF-8 text; a file from an older program may be GB 18030",
                      "该行不是 UTF-8 编码；旧软件保存的文件可能是 GB 18030");
      }
      while (line.text.ends_with('\r')) line.text.remove_suffix(1);
      const std::string text = std::string(line.text) + "\n";
      if (csv_parse(&parser_, text.data(), text.size(), on_cell, on_row, this) != text.size()) {
        return broken("a quote stands inside a cell that is not quoted",
                      "未加引号的单元格中有引号");
      }
      if (cr_ended_row_) {
        return broken("lines that end with CR alone are not understood: save it with LF or CRLF",
                      "不支持仅以 CR 结尾的行：请以 LF 或 CRLF 换行保存");
      }
      if (row_done_) return true;
      if (lines + 1 >= kRowLinesMax)
        return broken("a quoted cell is not closed", "加引号的单元格没有结束");
    }
  }

  bool broken(std::string why, std::string why_chinese) {
    wrong_ = Error{std::move(why), place_, {}, std::move(why_chinese), {}};
    csv_free(&parser_);
    csv_init(&parser_, CSV_STRICT | CSV_STRICT_FINI);
    return true;
  }

  RawEvent make_event(bool& id_from_content) {
    RawEvent event;
    event.type = type_;
    for (size_t i = 0; i < columns_.size(); ++i) {
      const std::string& column = columns_[i];
      if (i == key_) {
        event.subject = row_[i];
      } else if (column == "id") {
        event.id = row_[i];
      } else if (column == "source") {
        event.source = row_[i];
      } else if (column == "time") {
        event.time = row_[i];
      } else if (!row_[i].empty()) {
        event.data.emplace_back(column, RawValue{RawValue::Kind::text, false, row_[i], {}});
      }
    }
    if (event.id.empty()) {
      id_from_content = true;
      DigestBuilder digest;
      digest.add(type_);
      for (const std::string& cell : row_) digest.add(cell);
      const Digest text = digest.finish();
      const uint32_t times = ++seen_[text.low ^ text.high];
      event.id = "row-" + text.to_hex().substr(0, 24) + "-" + std::to_string(times);
    }
    return event;
  }

  static std::string as_ndjson(const RawEvent& event) {
    JsonObject object, data;
    object.text("id", event.id).text("type", event.type).text("subject", event.subject);
    if (!event.source.empty()) object.text("source", event.source);
    if (!event.time.empty()) object.text("time", event.time);
    for (const auto& [name, value] : event.data) data.text(name, value.text);
    return object.raw("data", data.take()).take();
  }

  static void on_cell(void* text, size_t size, void* self) {
    static_cast<CsvFeed*>(self)->row_.emplace_back(static_cast<const char*>(text), size);
  }
  static void on_row(int end, void* self) {
    static_cast<CsvFeed*>(self)->row_done_ = true;
    static_cast<CsvFeed*>(self)->cr_ended_row_ |= end == '\r';
  }

  std::string name_;
  std::unique_ptr<LineReader> lines_;
  std::string type_;
  csv_parser parser_{};
  std::vector<std::string> columns_;
  size_t key_ = 0;
  std::unordered_map<uint64_t, uint32_t> seen_;

  std::vector<std::string> row_;
  std::string raw_, place_;
  std::optional<Error> wrong_;
  bool row_done_ = false, cr_ended_row_ = false;
};

}  // namespace

Result<std::unique_ptr<Feed>> open_csv_feed(const std::string& path,
                                            std::unique_ptr<LineReader> lines,
                                            const std::string& type, const std::string& key) {
  if (type.empty()) {
    return Error{"a CSV does not say what its rows are", path,
                 "name the event, reference or entity", "CSV 未说明各行是什么",
                 "请指明是何种事件、参照或对象"};
  }
  auto feed = std::make_unique<CsvFeed>(path == "-" ? "stdin" : path, std::move(lines), type);
  if (Status status = feed->read_header(key); !status) return status.error();
  return std::unique_ptr<Feed>(std::move(feed));
}

}  // namespace duban
