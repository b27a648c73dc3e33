// Feeds: NDJSON (plain or gzip) and CSV, one item a line, bad lines included.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "engine/intake.h"
#include "engine/result.h"
#include "runtime/line_reader.h"

namespace duban {

struct FeedItem {
  std::string place;  // `file:line`, for messages
  std::string raw;  // the line, for incidents; a good row of a CSV as the NDJSON line it stands for
  std::variant<RawEvent, Error> event;  // Error: not JSON, or not an event
  // The same, when it was taken in as it was read (Feed::take_in_for); then `event` has no data.
  // An item that is to be read into again has none that somebody else has, too.
  std::shared_ptr<EventData> taken;
  Version taken_for = 0;  // …by the plan of this version
  bool id_from_content =
      false;             // the row had no id: it was made of its text and how often that came
  bool is_echo = false;  // it goes to all shards, and another one counts it
};

class Feed {
 public:
  virtual ~Feed() = default;
  // Fills `item`; false at the end. A read error (a damaged gzip) is an Error: what was read before
  // it stands.
  virtual Result<bool> next(FeedItem& item) = 0;
  // The same; may put another item in its place, which spares moving what it holds.
  virtual Result<bool> exchange(std::unique_ptr<FeedItem>& item) { return next(*item); }
  // From here on events may be taken in while they are read, by this plan. It must outlive the
  // reading. A feed need not do so.
  virtual void take_in_for(const Plan&, Version) {}
  virtual double progress() const = 0;  // 0..1 of the bytes
  // Whether all of it is there, so that reading ahead never waits for somebody.
  virtual bool is_file() const { return false; }
};

// Whether the feed of this name is a CSV: by `.csv`; where it is said what its rows are, all are
// but those named as JSON.
bool is_csv(std::string_view path, const std::string& csv_type);

// Gzip is recognised by its magic. For CSV, `type` is the event or reference the rows are; the key
// column becomes the subject. `-` is standard input.
Result<std::unique_ptr<Feed>> open_feed(const std::string& path, const std::string& csv_type = {},
                                        const std::string& csv_key = {});

// Of a feed whose bytes are read as they come: gzip would only be lines that are no events.
Status refuse_packed(const std::string& feed, const LineCutter::Line& line);

// One line of the feed named `feed`, into an item that may have held another. `too_long`: it is
// what LineCutter gives of such a line. `taker`: of the plan of version `taken_for`.
void read_ndjson(const std::string& feed, uint64_t number, std::string_view line, bool too_long,
                 FeedItem& item, EventTaker* taker = nullptr, Version taken_for = 0);
FeedItem ndjson_item(const std::string& feed, uint64_t number, std::string_view line);

// One NDJSON line as an event. CloudEvents 1.0 attributes; unknown ones are ignored.
std::variant<RawEvent, Error> parse_event(std::string_view line);

}  // namespace duban
