#include "tests/simulation/policy.h"

namespace duban::simulation {
namespace {

// Reminders with a fallback and limits, a call with an answer and a deadline that pauses, a letter
// whose receipt starts a clock, a cut that a forbid may stop, a standing duty, schedules in the
// night when clocks change, conditions that time alone turns, history, raised events, an event that
// is unique by a field, a broadcast, a factor that makes a step fail, and a
// quotient that makes a timer fail.
constexpr const char* kWords = R"(
reference Staff key staff_no
  staff_no   : text
  name       : text
  supervisor : Staff?

entity Customer key account_no
  account_no : text
  name       : text
  phone      : text? private
  mail       : text?
  protected  : yes/no = no
  manager    : Staff?
  area       : text?
  paid_total : money = 0 yuan
  seen_on    : date?
  until_day  : date?

event registered for Customer
  set name, phone, mail, manager, area
event protection for Customer
  set protected
event contract for Customer
  starts_on : date
  set until_day
event met for Customer
  on_day : date
  set seen_on = on_day
event bill_issued for Customer unique by bill_no
  bill_no  : text
  amount   : money
  due_date : date
event payment_received for Customer
  bill_no : text
  amount  : money
event extended for Customer
  bill_no  : text
  new_date : date
event complaint for Customer
  words : text
event factor_set for Customer
  factor : number
event watched for Customer
  why : text
broadcast event outage to Customer where area = event.area
  area : text

outgoing event cut_supply for Customer
  bill_no : text

channel sms to phone
  quiet 21:00 to 08:00
  at most 2 per day
channel post to mail
channel app to staff_no

forbid cut_supply when Customer.protected
  because "protected customers are never cut"

notice reminder service sms "Dear {name}: bill {bill_no} of {case.amount} is due on {due_date}."
notice last_letter mandatory sms "Dear {name}: pay {bill_no} or be cut."
notice outage_news service sms "Dear {name}: no supply."
notice call_due service app "Call {name} by {due}."
notice thanks commercial post "Thank you, {name}."
notice night service post "night of {name}"
notice ends_soon service post "{name}: your contract ends"
notice watched_word service post "{why}: {complaints}"

define complaints of Customer = count of complaint over the last 10 days
)";

constexpr const char* kCases = R"(
case Collection of Customer per bill_no
  @flight@
  opens on bill_issued
  keep paid : money = 0 yuan
  keep cut_on : date?
  define outstanding = amount - paid
  closes when outstanding <= 0 yuan as settled
  owner manager

  on payment_received:
    set paid = paid + event.amount
  on extended:
    set due_date = new_date

  @before@ days before due_date:
    notify Customer by sms, post reminder

  5 days after due_date:
    task "Call {name} about {bill_no}" for owner
      due within @hours@ hours
      paused while protected
      needs result : promised | refused
      when done if result is refused: notify Customer by sms last_letter
      2 hours before due: notify owner by app call_due
      when late: escalate to owner.supervisor

  8 days after due_date:
    notify Customer by sms, post last_letter

  on last_letter delivered:
    set cut_on = today + 7 days
  on last_letter failed:
    task "Visit {name}" for owner
      due within 3 days

  at cut_on:
    raise cut_supply with bill_no = bill_no

case Care of Customer
  opens on contract
  closes on factor_set as ended
  every day at 02:30 from starts_on to starts_on + @nights@ days:
    notify Customer by post night
  3 days after starts_on:
    set paid_total = 100 yuan / (days from starts_on to Customer.until_day)
  on opening:
    task "Meet {name}" for manager
      every 10 days since seen_on
      opens 3 days before due
      done on met
      when late: escalate to manager.supervisor
      when done: notify Customer by post thanks once per month

rule "Outage"
  on outage:
    notify Customer by sms outage_news

rule "Complaints"
  on complaint:
    raise watched with why = words
rule "Watched"
  on watched:
    notify Customer by post watched_word
rule "Many complaints"
  when complaints at least 3:
    task "Apologise to {name}" for manager
      due within 2 days

rule "Contract ends"
  when today at least until_day - @before@ days:
    notify Customer by post ends_soon

rule "Factor"
  on factor_set:
    set paid_total = 900,000,000 yuan * event.factor
)";

void replace(std::string& text, const std::string& what, const std::string& by) {
  for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at))
    text.replace(at, what.size(), by);
}

}  // namespace

CompileInput shop(const Shop& which) {
  std::string text =
      "policy \"Bills\"\n  effective from 2020-01-01\n\nvocabulary \"Shop\"\n"
      "  timezone \"" +
      std::string(which.zone) + "\"\n  currency CNY\n  day starts at 09:00\n" + kWords + kCases;
  const int v = which.version;
  replace(text, "@before@", std::to_string(2 + v));
  replace(text, "@hours@", std::to_string(v % 2 == 0 ? 48 : 24));
  replace(text, "@nights@", std::to_string(4 + v));
  constexpr const char* kFlights[] = {"keep", "keep", "recompute", "restart"};
  replace(text, "@flight@", std::string("in flight: ") + kFlights[v % 4]);
  CompileInput input;
  input.files.push_back({"shop.rules", text});
  return input;
}

}  // namespace duban::simulation
