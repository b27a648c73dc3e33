// How a company that does not exist names its people and papers, and writes its events.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "cli/company.h"

namespace duban::cli {

enum class Trade : uint8_t { residential, commercial, industrial, municipal };

Trade trade_of(uint64_t seed, uint32_t customer);
uint32_t base_kwh(uint64_t seed, uint32_t customer);  // of an ordinary month

// Who works there: one head, some supervisors, a manager for every 800 customers.
struct Staffing {
  uint32_t managers = 0, supervisors = 0, feeders = 0;

  explicit Staffing(uint32_t customers);
  uint32_t people() const { return 1 + supervisors + managers; }  // numbered from 1, head first
  uint32_t manager_of(uint32_t customer) const { return 2 + supervisors + customer % managers; }
  uint32_t supervisor_of(uint32_t person) const;  // 0: of the head
};

// One line of NDJSON each.
void write_person(std::string& out, uint64_t seed, const Staffing& staff, uint32_t person,
                  std::string_view day);
void write_feeder(std::string& out, uint32_t feeder, std::string_view day);
void write_customer(std::string& out, const CompanySettings& settings, uint32_t customer,
                    uint32_t second, std::string_view day);
// `day` is what times begin with: `2026-03-01T`. `today` is the same day.
void write_happening(std::string& out, const CompanySettings& settings,
                     const Company::Happening& happening, std::string_view day, Date today);

}  // namespace duban::cli
