// A power-supply company that does not exist: its customers, its staff, and what becomes of them
// month by month, as the events that its billing, metering, hotline and counter systems would send.
// The words are those of `rules/utility.rules`.
//
// Everything is drawn from the seed, the customer and the month, never from what was drawn before:
// the same settings give the same bytes everywhere, and a customer's story does not depend on how
// many others there are. Beside the payments and answers that are yet to come (16 bytes each)
// nothing is kept, so that ten million customers fit into memory.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/time.h"

namespace duban::cli {

struct CompanySettings {
  uint32_t customers = 1000;  // from 1 to 10 million
  Date from, to;              // both included
  uint64_t seed = 1;
};

class Company {
 public:
  explicit Company(const CompanySettings& settings);

  // Appends the next events as NDJSON, in the order of their times, at most a few megabytes at
  // once. False when the period is over.
  bool next(std::string& out);
  uint64_t events() const { return events_; }

  enum class Kind : uint8_t {
    read,
    issued,
    paid,
    cancelled,
    cut,
    restored,
    asked,
    transferred,
    answered,
    applied,
    reviewed,
    supplied,
    surveyed,
    completed,
    visited,
    broke,
    crew,
    repaired,
    theft,
    graded,
    critical,
    outage,
  };

  // What will happen on some day.
  struct Happening {
    uint32_t second = 0;    // of the day
    uint32_t customer = 0;  // or feeder
    Kind kind = Kind::read;
    uint8_t part = 0;     // tells several of one kind in a month apart
    uint16_t month = 0;   // since `from`: whose story it belongs to
    uint32_t amount = 0;  // kilowatt-hours, or hundredths of a yuan
  };

 private:
  enum class Payer : uint8_t { prompt, late, partial, defaulting };

  bool open_office(std::string& out);
  void begin_day();
  void live(uint32_t customer, uint16_t month);
  void pay(uint32_t customer, uint16_t month, int64_t due_day, uint32_t amount);
  void serve(uint32_t customer, uint16_t month);
  Payer payer(uint32_t customer) const;
  uint32_t kwh(uint32_t customer, uint16_t month) const;
  void happen(int64_t day, int64_t second, uint32_t customer, Kind kind, uint16_t month,
              uint32_t amount = 0, uint8_t part = 0);

  CompanySettings settings_;
  int64_t days_ = 0;                              // of the period
  uint16_t first_month_ = 0;                      // of the year, from 0
  std::vector<std::vector<Happening>> upcoming_;  // by day
  int64_t day_ = 0;
  uint16_t month_ = 0;
  uint32_t opened_ = 0;  // customers registered so far, after references
  size_t told_ = 0;      // of today
  std::string stamp_;    // today, as times begin
  bool office_open_ = false;
  uint64_t events_ = 0;
};

}  // namespace duban::cli
