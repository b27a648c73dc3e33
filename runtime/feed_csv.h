// A CSV as a feed: every row is an event, or a row of a reference or an entity.
//
// The first row names the columns. `id`, `source` and `time` are the event's own, the key column is
// its subject, all others are its fields; an empty cell is a field that is not given. A row without
// an id gets one from its text and how often that text came before in this feed.
#pragma once

#include <memory>
#include <string>

#include "runtime/feed.h"
#include "runtime/line_reader.h"

namespace duban {

Result<std::unique_ptr<Feed>> open_csv_feed(const std::string& path,
                                            std::unique_ptr<LineReader> lines,
                                            const std::string& type, const std::string& key);

}  // namespace duban
