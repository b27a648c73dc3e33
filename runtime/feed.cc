#include "runtime/feed.h"

#include <algorithm>
#include <charconv>
#include <initializer_list>

#include "runtime/feed_csv.h"
#include "runtime/json_flat.h"

namespace duban {
namespace {

class NdjsonFeed : public Feed {
 public:
  NdjsonFeed(std::string name, std::unique_ptr<LineReader> lines)
      : name_(std::move(name)), lines_(std::move(lines)) {}

  Result<bool> next(FeedItem& item) override {
    LineCutter::Line line;
    for (;;) {
      Result<bool> more = lines_->next(line);
      if (!more || !*more) return more;
      if (line.is_blank()) continue;
      read_ndjson(name_, line.number, line.text, line.too_long, item, taker_ ? &*taker_ : nullptr,
                  taken_for_);
      return true;
    }
  }
  void take_in_for(const Plan& plan, Version version) override {
    taker_.emplace(plan);
    taken_for_ = version;
  }
  double progress() const override { return lines_->progress(); }
  bool is_file() const override { return lines_->is_file(); }

 private:
  std::string name_;
  std::unique_ptr<LineReader> lines_;
  std::optional<EventTaker> taker_;
  Version taken_for_ = 0;
};

}  // namespace

bool is_csv(std::string_view path, const std::string& csv_type) {
  if (path.ends_with(".gz")) path.remove_suffix(3);
  const auto ends_with = [&](std::initializer_list<std::string_view> endings) {
    return std::any_of(endings.begin(), endings.end(),
                       [&](std::string_view ending) { return path.ends_with(ending); });
  };
  return ends_with({".csv", ".CSV"}) ||
         (!csv_type.empty() && !ends_with({".ndjson", ".jsonl", ".json"}));
}

Status refuse_packed(const std::string& feed, const LineCutter::Line& line) {
  if (line.number != 1 || !line.text.starts_with("\x1f\x8b")) return {};
  return Error{"is gzip, which is not unpacked under the wall clock", feed,
               "unpack it before: `gzip -dc FILE | duban run … --events -`",
               "是 gzip 压缩数据，按实际时间运行时不能解压",
               "请先解压：`gzip -dc 文件 | duban run … --events -`"};
}

void read_ndjson(const std::string& feed, uint64_t number, std::string_view line, bool too_long,
                 FeedItem& item, EventTaker* taker, Version taken_for) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  item.place.assign(feed).append(1, ':').append(digits, end);
  item.id_from_content = false;
  item.taken_for = taken_for;
  item.raw = line;
  if (too_long) {
    item.taken.reset();
    item.event = Error{"the line is longer than 1 MB", item.place, {}, "该行超过 1 MB", {}};
    return;
  }
  auto* event = std::get_if<RawEvent>(&item.event);
  if (event == nullptr) event = &item.event.emplace<RawEvent>();
  if (taker == nullptr) item.taken.reset();
  const bool is_flat = taker != nullptr ? read_flat_event(line, *taker, *event, item.taken)
                                        : read_flat_event(line, *event);
  if (is_flat) return;
  item.event = parse_event(line);
  if (Error* error = std::get_if<Error>(&item.event)) error->place = item.place;
}

FeedItem ndjson_item(const std::string& feed, uint64_t number, std::string_view line) {
  FeedItem item;
  read_ndjson(feed, number, line, false, item);
  return item;
}

Result<std::unique_ptr<Feed>> open_feed(const std::string& path, const std::string& csv_type,
                                        const std::string& csv_key) {
  Result<std::unique_ptr<LineReader>> lines = LineReader::open(path);
  if (!lines) return lines.error();
  if (is_csv(path, csv_type)) {
    return open_csv_feed(path, std::move(*lines), csv_type, csv_key);
  }
  return std::unique_ptr<Feed>(
      std::make_unique<NdjsonFeed>(path == "-" ? "stdin" : path, std::move(*lines)));
}

}  // namespace duban
