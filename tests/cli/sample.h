// A small project for the tests of the command line: bills that are collected.
#pragma once

#include <string>

#include "tests/cli/harness.h"

namespace duban::test {

// words.rules, bills.rules (with two scenarios that pass) and days.csv below `folder`.
void write_sample(const TempDir& dir, const std::string& folder);

std::string bills_rules();
// One event line; `data` is the inside of its JSON object.
std::string event(const std::string& id, const std::string& type, const std::string& subject,
                  const std::string& time, const std::string& data);
// A supervisor, a manager, two customers and three bills, one of which is paid.
std::string sample_feed();

// A directory with the sample below `rules/`.
struct SampleProject {
  TempDir dir;
  SampleProject() { write_sample(dir, "rules"); }
  // The bills with another text in the place of one that must be there.
  void bills(const std::string& from, const std::string& to) const;
};

std::string replaced(std::string text, const std::string& from, const std::string& to);

// The first cell of the first row of a CSV listing, below its heading.
std::string first_id(const std::string& csv);

}  // namespace duban::test
