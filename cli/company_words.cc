#include "cli/company_words.h"

#include <algorithm>
#include <charconv>
#include <initializer_list>

#include "cli/company_draw.h"

namespace duban::cli {
namespace {

using What = Draw::What;
using Kind = Company::Kind;

constexpr uint16_t kNoMonth = UINT16_MAX;

constexpr std::string_view kTrades[] = {"residential", "commercial", "industrial", "municipal"};
constexpr std::string_view kGrades[] = {"good", "fair", "poor"};
constexpr std::string_view kTopics[] = {"电价", "电费账单", "停电", "电压", "业务办理", "计量表计"};
constexpr std::string_view kPlaces[] = {"表前开关", "进户线", "配变", "低压线路"};
constexpr std::string_view kServices[] = {"new_supply", "increase", "rename"};
constexpr std::string_view kSurnames[] = {"王", "李", "张", "刘", "陈", "杨", "赵",
                                          "黄", "周", "吴", "徐", "孙", "马", "朱",
                                          "胡", "郭", "何", "高", "林", "罗"};
constexpr std::string_view kGivenNames[] = {
    "伟", "芳", "娜", "敏", "静", "丽", "强", "磊",   "军",   "洋",   "勇",   "艳",   "杰",
    "娟", "涛", "明", "超", "霞", "平", "刚", "桂英", "建国", "秀兰", "志强", "海燕", "文博"};
constexpr std::string_view kFirms[] = {"东风", "宏达", "永兴", "金河",
                                       "华北", "新源", "广厦", "辽滨"};
constexpr std::string_view kBusinesses[] = {"商贸行", "酒店", "超市", "餐饮店"};
constexpr std::string_view kWorks[] = {"机械厂", "化工厂", "水泥厂", "食品厂", "钢管厂"};
constexpr std::string_view kOffices[] = {"供水公司", "路灯管理所", "医院", "中学"};

template <size_t N>
std::string_view any_of(const Draw& draw, What what, const std::string_view (&words)[N],
                        uint32_t nth = 0) {
  return words[static_cast<size_t>(draw.between(what, 0, static_cast<int64_t>(N) - 1, nth))];
}

void add_number(std::string& out, uint64_t number) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out.append(digits, end);
}

// With leading zeros.
void add_padded(std::string& out, uint64_t number, int width) {
  char digits[20];
  for (int i = width - 1; i >= 0; --i, number /= 10) {
    digits[i] = static_cast<char>('0' + number % 10);
  }
  out.append(digits, static_cast<size_t>(width));
}

void add_money(std::string& out, uint32_t fen) {
  add_number(out, fen / 100);
  if (fen % 100 == 0) return;
  out += '.';
  add_padded(out, fen % 100, 2);
}

void add_account(std::string& out, uint32_t customer) { add_padded(out, 60'000'000 + customer, 8); }

void add_staff(std::string& out, uint32_t person) {
  out += 'S';
  add_padded(out, person, 5);
}

void add_phone(std::string& out, const Draw& draw) {
  out += "\"1";
  add_padded(out, 3'000'000'000 + draw.bits(What::phone) % 1'000'000'000, 10);
  out += '"';
}

void add_feeder(std::string& out, uint32_t feeder) {
  out += 'F';
  add_padded(out, feeder, 4);
}

void add_person_name(std::string& out, const Draw& draw) {
  out += any_of(draw, What::name, kSurnames);
  out += any_of(draw, What::name, kGivenNames, 1);
}

void add_name(std::string& out, const Draw& draw, Trade trade) {
  if (trade == Trade::residential) return add_person_name(out, draw);
  out += any_of(draw, What::name, kFirms);
  if (trade == Trade::commercial) {
    out += any_of(draw, What::name, kBusinesses, 1);
  } else if (trade == Trade::industrial) {
    out += any_of(draw, What::name, kWorks, 1);
  } else {
    out += any_of(draw, What::name, kOffices, 1);
  }
}

void add_time(std::string& out, std::string_view day, uint32_t second) {
  out += "\"time\":\"";
  out += day;
  add_padded(out, second / 3600, 2);
  out += ':';
  add_padded(out, second / 60 % 60, 2);
  out += ':';
  add_padded(out, second % 60, 2);
  out += "+08:00\"";
}

void add_date(std::string& out, Date date) {
  out += '"';
  out += to_string(date);
  out += '"';
}

// Of a bill, an inquiry…: what it is of, whose, and of which month.
void add_paper(std::string& out, char letter, const Company::Happening& h) {
  out += letter;
  add_account(out, h.customer);
  out += '-';
  add_padded(out, h.month, 3);
}

void add_documents(std::string& out, std::string_view field,
                   std::initializer_list<std::string_view> documents) {
  out += ",\"";
  out += field;
  out += "\":[";
  for (const std::string_view document : documents) {
    if (out.back() != '[') out += ',';
    out += '"';
    out += document;
    out += '"';
  }
  out += ']';
}

struct Form {
  std::string_view source, type, id, paper;  // paper: the field with the number of the matter
  char letter;                               // of that number
};

// By Kind. Ids are the form's, the account, the month and the part: no two events share one.
constexpr Form kForms[] = {
    {"/ami", "meter_read", "read", "", 0},
    {"/billing", "bill_issued", "bill", "bill_no", 'B'},
    {"/bank", "payment_received", "pay", "bill_no", 'B'},
    {"/billing", "bill_cancelled", "void", "bill_no", 'B'},
    {"/dispatch", "supply_cut", "cut", "bill_no", 'B'},
    {"/dispatch", "supply_restored", "on", "bill_no", 'B'},
    {"/95598", "inquiry_received", "ask", "inquiry_no", 'Q'},
    {"/95598", "inquiry_transferred", "pass", "inquiry_no", 'Q'},
    {"/95598", "inquiry_answered", "answer", "inquiry_no", 'Q'},
    {"/counter", "application_accepted", "apply", "application_no", 'A'},
    {"/counter", "application_reviewed", "review", "application_no", 'A'},
    {"/counter", "documents_supplied", "supply", "application_no", 'A'},
    {"/counter", "survey_scheduled", "survey", "application_no", 'A'},
    {"/counter", "application_completed", "done", "application_no", 'A'},
    {"/crm", "visit_recorded", "visit", "", 0},
    {"/95598", "fault_reported", "fault", "fault_no", 'G'},
    {"/dispatch", "crew_arrived", "crew", "fault_no", 'G'},
    {"/dispatch", "fault_repaired", "fixed", "fault_no", 'G'},
    {"/inspection", "default_use_confirmed", "theft", "inspection_no", 'J'},
    {"/crm", "credit_changed", "credit", "", 0},
    {"/crm", "importance_decided", "vital", "", 0},
    {"/dispatch", "outage_planned", "outage", "", 0},
};

// The fields beside the number of the matter, each after a comma.
void add_fields(std::string& out, const CompanySettings& settings, const Company::Happening& h,
                Date today) {
  const Draw draw(settings.seed, h.customer, h.month);
  const Staffing staff(settings.customers);
  const auto person = [&](std::string_view field, uint32_t nth) {
    out += ",\"";
    out += field;
    out += "\":\"";
    const auto lot = static_cast<uint32_t>(draw.between(What::person, 0, staff.managers - 1, nth));
    add_staff(out, 2 + staff.supervisors + lot);
    out += '"';
  };
  const auto text = [&](std::string_view field, std::string_view value) {
    out += ",\"";
    out += field;
    out += "\":\"";
    out += value;
    out += '"';
  };
  switch (h.kind) {
    case Kind::read:
      out += ",\"kwh\":";
      return add_number(out, h.amount);
    case Kind::issued:
      out += ",\"amount\":";
      add_money(out, h.amount);
      out += ",\"due_date\":";
      return add_date(out, add_days(today, 20));
    case Kind::paid:
      out += ",\"amount\":";
      return add_money(out, h.amount);
    case Kind::asked:
      person("received_by", 0);
      return text("topic", any_of(draw, What::topic, kTopics));
    case Kind::transferred:
      return person("to_staff", 1);
    case Kind::applied:
      text("service", any_of(draw, What::topic, kServices));
      add_documents(out, "documents", {"identity_proof", "property_proof"});
      return person("handler", 2);
    case Kind::reviewed:
      add_documents(out, "missing", {"equipment_list"});
      return person("reviewer", 3);
    case Kind::supplied:
      return add_documents(out, "supplied", {"equipment_list"});
    case Kind::visited:
      out += ",\"visited_on\":";
      return add_date(out, today);
    case Kind::broke:
      return text("place", any_of(draw, What::topic, kPlaces));
    case Kind::graded:
      return text("credit", any_of(draw, What::grade, kGrades, 1));
    case Kind::critical:
      out += ",\"critical\":true";
      return;
    case Kind::outage:
      out += ",\"feeder\":\"";
      add_feeder(out, h.customer);
      out += "\",\"starts\":\"" + to_string(add_days(today, 3)) + "T08:00:00+08:00\"";
      out += ",\"ends\":\"" + to_string(add_days(today, 3)) + "T17:00:00+08:00\"";
      return;
    default:
      return;
  }
}

}  // namespace

Trade trade_of(uint64_t seed, uint32_t customer) {
  const int64_t lot = Draw(seed, customer, kNoMonth).between(What::trade, 0, 999);
  if (lot < 880) return Trade::residential;
  if (lot < 970) return Trade::commercial;
  return lot < 995 ? Trade::industrial : Trade::municipal;
}

uint32_t base_kwh(uint64_t seed, uint32_t customer) {
  const Draw draw(seed, customer, kNoMonth);
  const auto about = [&](int64_t low, int64_t high, uint32_t nth) {
    return static_cast<uint32_t>(draw.between(What::size, low, high, nth));
  };
  switch (trade_of(seed, customer)) {
    case Trade::residential:
      return 60 + about(0, 120, 0) + about(0, 120, 1) + about(0, 120, 2);
    case Trade::commercial:
      return about(600, 4'000, 0) * about(1, 3, 1);
    case Trade::industrial:  // most are small; a few pass ten million kilowatt-hours a year
      return about(20'000, 90'000, 0) * about(1, 4, 1) * about(1, 4, 2);
    case Trade::municipal:
      break;
  }
  return about(2'000, 30'000, 0);
}

Staffing::Staffing(uint32_t customers)
    : managers(std::max<uint32_t>(3, customers / 800)),
      supervisors(std::max<uint32_t>(1, managers / 12)),
      feeders(customers / 2000 + 1) {}

uint32_t Staffing::supervisor_of(uint32_t person) const {
  if (person == 1) return 0;
  return person <= 1 + supervisors ? 1 : 2 + person % supervisors;
}

void write_person(std::string& out, uint64_t seed, const Staffing& staff, uint32_t person,
                  std::string_view day) {
  const Draw draw(seed, person, UINT32_MAX);
  out += R"({"id":"staff-)";
  add_staff(out, person);
  out += R"(","source":"/hr","type":"Staff","subject":")";
  add_staff(out, person);
  out += "\",";
  add_time(out, day, 0);
  out += R"(,"data":{"name":")";
  add_person_name(out, draw);
  out += R"(","phone":)";
  add_phone(out, draw);
  if (const uint32_t supervisor = staff.supervisor_of(person); supervisor != 0) {
    out += R"(,"supervisor":")";
    add_staff(out, supervisor);
    out += '"';
  }
  out += "}}\n";
}

void write_feeder(std::string& out, uint32_t feeder, std::string_view day) {
  out += R"({"id":"feeder-)";
  add_feeder(out, feeder);
  out += R"(","source":"/grid","type":"Feeder","subject":")";
  add_feeder(out, feeder);
  out += "\",";
  add_time(out, day, 0);
  out += R"(,"data":{"name":"10kV)";
  add_number(out, feeder);
  out += "线\"}}\n";
}

void write_customer(std::string& out, const CompanySettings& settings, uint32_t customer,
                    uint32_t second, std::string_view day) {
  const Draw draw(settings.seed, customer, kNoMonth);
  const Staffing staff(settings.customers);
  const Trade trade = trade_of(settings.seed, customer);
  out += R"({"id":"new-)";
  add_account(out, customer);
  out += R"(","source":"/crm","type":"customer_registered","subject":")";
  add_account(out, customer);
  out += "\",";
  add_time(out, day, second);
  out += R"(,"data":{"name":")";
  add_name(out, draw, trade);
  out += R"(","phone":)";
  add_phone(out, draw);
  out += R"(,"class":")";
  out += kTrades[static_cast<size_t>(trade)];
  out += R"(","credit":")";
  out += any_of(draw, What::grade, kGrades);
  out += R"(","annual_kwh":)";
  add_number(out, uint64_t{base_kwh(settings.seed, customer)} * 12);
  out += R"(,"manager":")";
  add_staff(out, staff.manager_of(customer));
  out += R"(","feeder":")";
  add_feeder(out, 1 + customer % staff.feeders);
  out += "\"}}\n";
}

void write_happening(std::string& out, const CompanySettings& settings, const Company::Happening& h,
                     std::string_view day, Date today) {
  const Form& form = kForms[static_cast<size_t>(h.kind)];
  const auto whose = [&] {
    if (h.kind == Kind::outage) {
      add_feeder(out, h.customer);
    } else {
      add_account(out, h.customer);
    }
  };
  out += "{\"id\":\"";
  out += form.id;
  out += '-';
  whose();
  out += '-';
  add_padded(out, h.month, 3);
  if (h.part > 0) {
    out += '-';
    add_number(out, h.part);
  }
  out += "\",\"source\":\"";
  out += form.source;
  out += "\",\"type\":\"";
  out += form.type;
  out += "\",";
  if (h.kind != Kind::outage) {
    out += "\"subject\":\"";
    add_account(out, h.customer);
    out += "\",";
  }
  add_time(out, day, h.second);
  out += ",\"data\":{";
  const size_t begin = out.size();
  if (form.letter != 0) {
    out += ",\"";
    out += form.paper;
    out += "\":\"";
    add_paper(out, form.letter, h);
    out += '"';
  }
  add_fields(out, settings, h, today);
  out.erase(begin, 1);  // the first comma
  out += "}}\n";
}

}  // namespace duban::cli
