// Goal: what events have needed is there for those to come; in the long run they ask for no memory.
// Sanitizers have allocators of their own.
#ifndef DUBAN_SANITIZED

#include <cstdlib>
#include <new>

#include "runtime/feed.h"
#include "runtime/upcoming.h"
#include "tests/runtime/fixture.h"

namespace {
thread_local size_t asked_for_memory = 0;
}  // namespace

void* operator new(size_t bytes) {
  ++asked_for_memory;
  if (void* room = std::malloc(bytes)) return room;
  throw std::bad_alloc();
}
void operator delete(void* room) noexcept { std::free(room); }
void operator delete(void* room, size_t) noexcept { std::free(room); }

namespace duban::allocations_test {
namespace {

constexpr int kCustomers = 50, kPayments = 4'000;

// Customers with a bill each, and instalments that settle none.
std::string feed_text() {
  std::string lines;
  const auto add = [&](const std::string& id, const char* type, int i, const std::string& data) {
    lines += event(id, type, "C" + std::to_string(100 + i), "2026-03-01T09:00:00", data) + "\n";
  };
  const auto bill = [](int i) {
    return "\"bill_no\":\"B-2026-03-000" + std::to_string(100 + i) + "\"";
  };
  for (int i = 0; i < kCustomers; ++i) {
    add("r" + std::to_string(i), "registered", i, R"("name":"Ali","phone":"138","area":"A1")");
    add("b" + std::to_string(i), "bill_issued", i,
        bill(i) + R"(,"amount":100000,"due_date":"2026-09-01")");
  }
  for (int i = 0; i < kPayments; ++i) {
    add("payment-" + std::to_string(10'000 + i), "payment_received", i % kCustomers,
        bill(i % kCustomers) + ",\"amount\":1.5");
  }
  return lines;
}

TEST(Allocations, APaymentAsksForNoMemory) {
  TempDir dir;
  write_file(dir / "feed.ndjson", feed_text());
  Channels channels;
  RuntimeSettings settings;
  settings.group_inputs_max = SIZE_MAX;
  settings.threads = false;
  auto runtime = open_runtime(dir / "db", channels, settings);
  ASSERT_OK(runtime);
  deploy_text(**runtime, shop_rules());
  auto feed = open_feed(dir / "feed.ndjson");
  ASSERT_OK(feed);
  (*feed)->take_in_for((*runtime)->plans().current(), (*runtime)->plans().current_version());

  // Groups grow to their size while the first ones are filled.
  constexpr int kGroup = 1'000, kItems = 2 * kCustomers + kPayments, kUsual = kItems - kGroup;
  Upcoming upcoming(**runtime);
  size_t reading = 0, stepping = 0;
  for (int read = 0, taken = 0; taken < kItems; ++taken) {
    size_t before = asked_for_memory;
    for (; read < kItems && !upcoming.full(); ++read) {
      ASSERT_TRUE(*(*feed)->next(*upcoming.next()));
      upcoming.push();
    }
    if (taken >= kUsual) reading += asked_for_memory - before;
    if (taken % kGroup == kUsual % kGroup) ASSERT_OK((*runtime)->flush());
    before = asked_for_memory;
    ASSERT_OK(upcoming.take());
    if (taken >= kUsual) stepping += asked_for_memory - before;
  }
  ASSERT_OK((*runtime)->rest());
  EXPECT_EQ((*runtime)->counts().events, static_cast<uint64_t>(kItems));
  EXPECT_EQ(reading, 0U) << "of " << kGroup << " payments";
  EXPECT_EQ(stepping, 0U);
}

}  // namespace
}  // namespace duban::allocations_test

#endif
