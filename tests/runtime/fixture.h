// What the runtime's tests share: a temporary folder, small policies, and a database to drive.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "engine/compile.h"
#include "runtime/query.h"
#include "runtime/runtime.h"
#include "runtime/sqlite_store.h"

namespace duban {

class TempDir {
 public:
  TempDir() {
    // In memory where there is such a folder: these tests commit often, and none pulls the plug.
    const std::filesystem::path memory = "/dev/shm";
    std::error_code ignored;
    const auto base = std::filesystem::is_directory(memory, ignored)
                          ? memory
                          : std::filesystem::temp_directory_path();
    std::string name = (base / "duban-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) std::abort();
    path_ = name;
  }
  ~TempDir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

inline void write_file(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}
inline std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

// Bills, reminders, a call with an answer, a letter whose receipt matters, a cut. A factor on
// payments that can overflow fails a step.
inline std::string shop_rules(const std::string& reminder = "3 days") {
  return R"(policy "Bills"
  effective from 2020-01-01

vocabulary "Shop"
  timezone "Asia/Shanghai"
  currency CNY
  day starts at 09:00

reference Staff key staff_no
  staff_no   : text
  name       : text
  supervisor : Staff?

entity Customer key account_no
  account_no : text
  name       : text
  phone      : text? private
  credit     : good | poor = good
  manager    : Staff?
  area       : text?
  paid_total : money = 0 yuan

event registered for Customer
  set name, phone, manager, area
event renamed for Customer
  set name
event bill_issued for Customer
  bill_no  : text
  amount   : money
  due_date : date
event payment_received for Customer
  bill_no : text
  amount  : money
event factor_set for Customer
  factor : number
broadcast event outage to Customer where area = event.area
  area : text

outgoing event cut_supply for Customer
  bill_no : text

channel sms to phone
  quiet 21:00 to 08:00
channel app to staff_no

notice reminder service sms "Dear {name}: bill {bill_no} of {case.amount} is due on {due_date}."
notice last_letter mandatory sms "Dear {name}: pay {bill_no} or be cut."
notice outage_news service sms "Dear {name}: no supply."
notice call_due service app "Call {name} by {due}."

case Collection of Customer per bill_no
  opens on bill_issued
  keep paid : money = 0 yuan
  keep cut_on : date?
  define outstanding = amount - paid
  closes when outstanding <= 0 yuan as settled
  owner manager

  on payment_received:
    set paid = paid + event.amount

  )" + reminder +
         R"( before due_date:
    notify Customer by sms reminder

  5 days after due_date:
    task "Call {name} about {bill_no}" for owner
      due within 24 hours
      needs result : promised | refused
      when done if result is refused: notify Customer by sms last_letter
      when late: escalate to owner.supervisor

  8 days after due_date:
    notify Customer by sms last_letter

  on last_letter delivered:
    set cut_on = today + 7 days

  at cut_on:
    raise cut_supply with bill_no = bill_no

rule "Outage"
  on outage:
    notify Customer by sms outage_news

rule "Factor"
  on factor_set:
    set paid_total = 900,000,000 yuan * event.factor
)";
}

inline CompileInput sources(const std::string& text) {
  CompileInput input;
  input.files.push_back({"shop.rules", text});
  return input;
}

inline std::string errors_of(const Compilation& compilation) {
  std::string out;
  for (const Diagnostic& d : compilation.diagnostics) {
    if (d.severity == Severity::error) out += render(d, compilation.sources, Language::english);
  }
  return out;
}

inline Result<std::unique_ptr<Runtime>> open_runtime(const std::string& path, Channels& channels,
                                                     RuntimeSettings settings = {}) {
  Result<std::unique_ptr<Store>> store = open_sqlite_store(path, OpenMode::create);
  if (!store) return store.error();
  return Runtime::open(std::move(*store), channels, settings);
}

inline DeployOutcome deploy_text(Runtime& runtime, const std::string& text,
                                 std::optional<Instant> at = std::nullopt) {
  CompileInput input = sources(text);
  if (runtime.deployed()) input.previous = &runtime.plans().current().layout;
  const Compilation compilation = compile(input);
  EXPECT_FALSE(compilation.has_errors()) << errors_of(compilation);
  Result<DeployOutcome> outcome = runtime.deploy(input, compilation, at, "test");
  EXPECT_TRUE(outcome) << outcome.error().to_string();
  return outcome ? *outcome : DeployOutcome{};
}

inline std::string event(const std::string& id, const std::string& type, const std::string& subject,
                         const std::string& time, const std::string& data) {
  std::string out = "{\"id\":\"" + id + "\",\"type\":\"" + type + "\"";
  if (!subject.empty()) out += ",\"subject\":\"" + subject + "\"";
  if (!time.empty()) out += ",\"time\":\"" + time + "\"";
  return out + ",\"data\":{" + data + "}}";
}

inline void take(Runtime& runtime, const std::string& line, uint64_t number = 1) {
  const Status status = runtime.take(ndjson_item("test", number, line));
  ASSERT_TRUE(status) << status.error().to_string();
}

// The lines of a text as a feed named `test`.
class TextFeed : public Feed {
 public:
  explicit TextFeed(std::string text) : in_(std::move(text)) {}
  Result<bool> next(FeedItem& item) override {
    std::string line;
    if (!std::getline(in_, line)) return false;
    item = ndjson_item("test", ++number_, line);
    return true;
  }
  double progress() const override { return 0; }

 private:
  std::istringstream in_;
  uint64_t number_ = 0;
};

#define ASSERT_OK(expression)                                       \
  do {                                                              \
    const auto& outcome_of = (expression);                          \
    ASSERT_TRUE(outcome_of.ok()) << outcome_of.error().to_string(); \
  } while (false)

// All rows of a listing, `column=value` only where there is a value.
inline std::vector<std::string> rows(const std::string& db, const ListingFilter& filter) {
  Result<Listing> listing = list(db, filter);
  if (!listing) return {"error: " + listing.error().to_string()};
  std::vector<std::string> out;
  for (const auto& row : listing->rows) {
    std::string text;
    for (size_t i = 0; i < row.size(); ++i) {
      if (row[i]) text += (text.empty() ? "" : " ") + listing->columns[i] + "=" + *row[i];
    }
    out.push_back(text);
  }
  return out;
}
inline std::vector<std::string> rows(const std::string& db, const std::string& what) {
  ListingFilter filter;
  filter.what = what;
  return rows(db, filter);
}

inline std::string id_of_row(const std::string& row) { return row.substr(3, 12); }

// Everything the public views show.
inline std::string export_all(const std::string& db) {
  std::string out;
  for (const char* what :
       {"subjects", "cases", "tasks", "notices", "outgoing", "incidents", "events", "versions"}) {
    out += std::string("== ") + what + "\n";
    for (const std::string& row : rows(db, what)) out += row + "\n";
  }
  return out;
}

// The first line where two exports differ, for messages a person can read; empty when they agree.
inline std::string difference(const std::string& a, const std::string& b) {
  std::istringstream in_a(a), in_b(b);
  std::string line_a, line_b;
  for (int number = 1;; ++number) {
    const bool more_a = static_cast<bool>(std::getline(in_a, line_a));
    const bool more_b = static_cast<bool>(std::getline(in_b, line_b));
    if (!more_a && !more_b) return {};
    if (more_a != more_b || line_a != line_b) {
      return "line " + std::to_string(number) + ":\n  " + (more_a ? line_a : "(end)") + "\n  " +
             (more_b ? line_b : "(end)");
    }
  }
}

}  // namespace duban
