// Reading: the listings behind `duban list`, read from the public views, and explanations.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/result.h"
#include "engine/source.h"
#include "engine/time.h"

namespace duban {

struct Listing {
  std::vector<std::string> columns;
  std::vector<std::vector<std::optional<std::string>>> rows;
};

struct ListingFilter {
  std::string what;     // tasks, notices, cases, subjects, incidents, events, outgoing, versions
  std::string subject;  // key; empty = all
  std::string status, person;
  std::vector<std::string> policy, type;  // any of these; empty = all
  std::optional<Instant> due_before;
  size_t limit = 0;  // 0 = all
};

// Whether there is such a listing, and whether it has what these filters are about.
Status check_filter(const ListingFilter& filter);

// What stands in a listing as `policy` or as `type`, each once.
Result<std::vector<std::string>> listed_names(const std::string& db_path, const std::string& what,
                                              std::string_view column);

// Opens the database read-only; may run beside a writer.
Result<Listing> list(const std::string& db_path, const ListingFilter& filter);

// Why the task, notice, case or outgoing event with this id (prefix) exists: the chain of inputs,
// the policy, its line of source text, and the values that line read. Made by replaying the
// subject.
struct Explanation {
  std::string kind;  // task, notice, case, outgoing event
  std::string title;
  std::string subject;
  struct Link {
    std::string time;
    std::string what;                  // `event bill_issued b1-issued`, `timer`, `answer by S01`
    std::string policy, place, basis;  // place: file:line
    std::string source_line;           // the trigger's line as written
    std::string action_line;
    std::vector<std::pair<std::string, std::string>> values;  // as written → its value
    std::vector<std::string> did;                             // what followed, in words
  };
  std::vector<Link> chain;  // oldest first: what made it, then each pause of its clock
};
Result<Explanation> explain(const std::string& db_path, const std::string& id, Language language);

}  // namespace duban
