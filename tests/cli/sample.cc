#include "tests/cli/sample.h"

#include <gtest/gtest.h>

#include "engine/time.h"

namespace duban::test {
namespace {

const char* const kWords = R"rules(vocabulary "Test utility" (测试供电)
  timezone "Asia/Shanghai"
  currency CNY (元)
  day starts at 09:00

calendar office (工作日历)
  from "days.csv"
  hours 09:00 to 17:00

reference Staff (员工) key staff_no (工号)
  staff_no   (工号) : text
  name       (姓名) : text
  supervisor (上级) : Staff?

entity Customer (客户) key customer_no (户号)
  customer_no (户号)     : text
  name        (名称)     : text
  phone       (手机)     : text?
  manager     (客户经理) : Staff?

event bill_issued (电费发行) for Customer
  bill_no  (账单号) : text
  amount   (金额)   : money
  due_date (到期日) : date
event payment_received (缴费) for Customer
  bill_no (账单号) : text
  amount  (金额)   : money
event customer_visited (走访) for Customer
  bill_no (账单号) : text

channel sms (短信) to phone
  quiet 21:00 to 08:00
)rules";

const char* const kBills = R"rules(policy "Bills" (催费)
  use "words.rules"
  effective from 2026-01-01

notice bill_reminder (账单提醒) service sms
  "Dear {name}: bill {bill_no} of {case.amount} is due on {due_date}."

outgoing event cut_supply (停电指令) for Customer
  bill_no (账单号) : text

case Collection (催费事项) of Customer per bill_no
  opens on bill_issued
  keep paid (已缴) : money = 0 yuan
  closes when amount - paid <= 0 yuan as settled (已结清)
  owner manager

  on payment_received:
    set paid = paid + event.amount

  3 days before due_date:
    notify Customer by sms bill_reminder

  7 days after due_date:
    task "Phone {name} about bill {bill_no}" for owner
      due within 2 working days
      done on customer_visited
      needs result : promised (承诺交费) | refused (拒绝)
      when late: escalate to owner.supervisor

  20 days after due_date:
    raise cut_supply with bill_no = bill_no

scenario "paid in time"
  given Staff "S01" with name = "Zhao Qiang", supervisor = "S02"
  given Customer "C001" with name = "Li Ming", phone = "13800000001", manager = "S01"
  on 2026-03-01 09:00 bill_issued with bill_no = "B1", amount = 300 yuan, due_date = 2026-03-20
  expect sms bill_reminder to "C001" at 2026-03-17 09:00
  on 2026-03-18 10:00 payment_received with bill_no = "B1", amount = 300 yuan
  expect case Collection "B1" closed as settled at 2026-03-18 10:00
  expect nothing more until 2026-06-01

scenario "an unpaid bill is phoned about"
  given Staff "S01" with name = "Zhao Qiang", supervisor = "S02"
  given Customer "C001" with name = "Li Ming", phone = "13800000001", manager = "S01"
  on 2026-03-01 09:00 bill_issued with bill_no = "B1", amount = 300 yuan, due_date = 2026-03-20
  expect task "Phone Li Ming about bill B1" for "S01" at 2026-03-27 09:00 due 2026-03-31 17:00
  expect escalation of "Phone Li Ming about bill B1" to "S02" at 2026-03-31 17:00
)rules";

std::string days() {
  std::string out = "date,is_workday\n";
  for (Date day = *date_from_civil(2026, 1, 1); civil(day).year < 2028; day = add_days(day, 1)) {
    out += to_string(day) + (weekday(day) <= 5 ? ",1\n" : ",0\n");
  }
  return out;
}

}  // namespace

std::string bills_rules() { return kBills; }

void write_sample(const TempDir& dir, const std::string& folder) {
  dir.write(folder + "/words.rules", kWords);
  dir.write(folder + "/bills.rules", kBills);
  dir.write(folder + "/days.csv", days());
}

std::string event(const std::string& id, const std::string& type, const std::string& subject,
                  const std::string& time, const std::string& data) {
  return R"({"id":")" + id + R"(","type":")" + type + R"(","subject":")" + subject +
         R"(","time":")" + time + R"(","data":{)" + data + "}}\n";
}

std::string sample_feed() {
  const std::string start = "2026-03-01T08:00:00+08:00";
  return event("s2", "Staff", "S02", start, R"("name":"Sun Li")") +
         event("s1", "Staff", "S01", start, R"("name":"Zhao Qiang","supervisor":"S02")") +
         event("c1", "Customer", "C001", start,
               R"("name":"Li Ming","phone":"13800000001","manager":"S01")") +
         event("c2", "客户", "C002", start, R"("名称":"东方机械厂","manager":"S01")") +
         event("b1", "bill_issued", "C001", "2026-03-01T09:00:00+08:00",
               R"("bill_no":"B1","amount":300,"due_date":"2026-03-20")") +
         event("b2", "bill_issued", "C002", "2026-03-02T09:00:00+08:00",
               R"("bill_no":"B2","amount":5000.50,"due_date":"2026-03-22")") +
         event("b3", "电费发行", "C001", "2026-03-03T09:00:00+08:00",
               R"("账单号":"B3","金额":120,"到期日":"2026-04-01")") +
         event("p1", "payment_received", "C001", "2026-03-18T10:00:00+08:00",
               R"("bill_no":"B1","amount":300)");
}

void SampleProject::bills(const std::string& from, const std::string& to) const {
  dir.write("rules/bills.rules", replaced(bills_rules(), from, to));
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  if (at != std::string::npos) text.replace(at, from.size(), to);
  return text;
}

std::string first_id(const std::string& csv) {
  const size_t line = csv.find('\n');
  if (line == std::string::npos) return {};
  return csv.substr(line + 1, csv.find_first_of(",\r\n", line + 1) - line - 1);
}

}  // namespace duban::test
