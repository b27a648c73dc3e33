#include "cli/listing.h"

#include <algorithm>
#include <map>

#include "cli/listing_names.h"
#include "cli/listing_words.h"
#include "cli/local_time.h"
#include "cli/table.h"

namespace duban::cli {
namespace {

constexpr size_t kIdDigits = 8;  // enough to name one of them in another command

// Columns whose cells are numbers in JSON.
const std::vector<std::string> kNumbers = {"version", "sequence", "rollback_of", "due_ms",
                                           "last_sequence"};

// Columns whose cells are times, or dates.
const std::vector<std::string> kTimes = {"time",  "due",   "paused", "opened",
                                         "ended", "until", "closed", "changed"};

// What a table shows; the other formats have every column.
const std::map<std::string, std::vector<std::string>>& table_columns() {
  static const std::map<std::string, std::vector<std::string>> kColumns = {
      {"tasks", {"id", "title", "assignee", "due", "status", "subject", "basis"}},
      {"notices", {"id", "notice", "recipient", "channel", "status", "time", "text"}},
      {"cases", {"id", "name", "key", "subject", "status", "outcome", "opened", "closed", "basis"}},
      {"subjects", {"entity", "subject", "status", "attributes"}},
      {"incidents", {"id", "kind", "status", "subject", "time", "place", "message", "message_zh"}},
      {"events", {"time", "type", "subject", "id", "source", "status"}},
      {"outgoing", {"id", "event", "subject", "status", "time", "data"}},
      {"versions", {"version", "time", "digest", "rollback_of", "note"}}};
  return kColumns;
}

// The columns of a table that are there, without the message in the other language.
std::vector<size_t> chosen_columns(const Session& session, const std::string& what,
                                   const std::vector<std::string>& names) {
  std::vector<size_t> out;
  const auto it = table_columns().find(what);
  const std::vector<std::string>& wanted = it == table_columns().end() ? names : it->second;
  for (const std::string& name : wanted) {
    if (name == (session.chinese() ? "message" : "message_zh")) continue;
    const auto found = std::find(names.begin(), names.end(), name);
    if (found != names.end()) out.push_back(static_cast<size_t>(found - names.begin()));
  }
  return out;
}

// A task whose clock stands still has no deadline; people are told why.
Cell due_or_paused(const Session& session, const Listing& listing, const std::vector<Cell>& row,
                   size_t due) {
  const auto paused = std::find(listing.columns.begin(), listing.columns.end(), "paused");
  if (row[due] || paused == listing.columns.end()) return row[due];
  if (!row[static_cast<size_t>(paused - listing.columns.begin())]) return row[due];
  return session.say("paused", "暂停计时");
}

Table for_people(const Session& session, const std::string& what, const Listing& listing) {
  Table table;
  const std::vector<size_t> columns = chosen_columns(session, what, listing.columns);
  for (const size_t c : columns) {
    table.names.push_back(listing.columns[c]);
    table.headings.push_back(heading_of(session, listing.columns[c]));
  }
  for (const auto& row : listing.rows) {
    std::vector<Cell>& cells = table.rows.emplace_back();
    for (const size_t c : columns) {
      Cell cell = listing.columns[c] == "due" ? due_or_paused(session, listing, row, c) : row[c];
      if (cell && listing.columns[c] == "id" && what != "events")
        *cell = cell->substr(0, kIdDigits);
      if (cell) *cell = shown_as(session, what, listing.columns[c], *cell);
      cells.push_back(std::move(cell));
    }
  }
  return table;
}

// Local times as ISO 8601 with offset.
void make_times_absolute(const std::string& db, Listing& listing) {
  const std::optional<Zone> zone = zone_of(db);
  for (size_t c = 0; c < listing.columns.size(); ++c) {
    if (std::find(kTimes.begin(), kTimes.end(), listing.columns[c]) == kTimes.end()) continue;
    for (auto& row : listing.rows) {
      if (row[c]) *row[c] = to_absolute(zone, *row[c]);
    }
  }
}

}  // namespace

Exit write_listing(Session& session, const std::string& db, const ListingFilter& filter) {
  ListingFilter meant = filter;
  if (Status status = find_names(session, db, meant); !status) return session.fail(status.error());
  Result<Listing> listing = duban::list(db, meant);
  if (!listing) return session.fail(listing.error());
  if (session.format == Format::json) make_times_absolute(db, *listing);
  if (session.format != Format::table) {
    const Table table{std::move(listing->columns), {}, std::move(listing->rows)};
    session.out.write(session.format == Format::csv ? to_csv(table) : to_json(table, kNumbers));
  } else if (listing->rows.empty()) {
    session.out.write(session.say("nothing\n", "没有记录\n"));
  } else {
    const bool terminal = session.out.is_terminal();
    session.out.write(to_text(for_people(session, filter.what, *listing),
                              {terminal, terminal ? terminal_width(stdout) : 0}));
  }
  return Exit::ok;
}

}  // namespace duban::cli
