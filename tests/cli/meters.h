// Meters whose every reading is told to the customer: for tests that send floods of them.
#pragma once

#include <string>

namespace duban::test {

inline constexpr const char* kMeterRules = R"(policy "Meters"
  effective from 2020-01-01
vocabulary "Meters"
  timezone "Asia/Shanghai"
  currency CNY
entity Customer key id
  id : text
  phone : text = "138"
event metered for Customer
  n : number
event confirmed for Customer
channel sms to phone
notice reading mandatory sms "{id}: {event.n}"
rule "Tell"
  on metered:
    notify Customer by sms reading
)";

// The line of reading `n`, whose id is `e<n>`; without a `time` it is of when it comes.
inline std::string reading(int n, int customer, const std::string& time = {}) {
  const std::string number = std::to_string(n);
  return R"({"id":"e)" + number + R"(","type":"metered","subject":"C)" + std::to_string(customer) +
         "\"" + (time.empty() ? "" : R"(,"time":")" + time + "\"") + R"(,"data":{"n":)" + number +
         "}}\n";
}

}  // namespace duban::test
