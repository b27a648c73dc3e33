#include "cli/company.h"

#include <algorithm>

#include "cli/company_draw.h"
#include "cli/company_words.h"

namespace duban::cli {
namespace {

using What = Draw::What;

constexpr int64_t kHour = 3600;
constexpr int kReadingDays = 25;           // meters are read on the 1st to the 25th of a month
constexpr int64_t kDaysToPay = 20;         // from issue to due date
constexpr size_t kLinesAtOnce = 10'000;    // a few megabytes
constexpr int64_t kOpensAt = 8 * kHour;    // registrations on the first day are done by then
constexpr uint16_t kNoMonth = UINT16_MAX;  // of what was drawn once for all

// Fen for a kilowatt-hour, by trade.
constexpr uint32_t kTariff[] = {56, 78, 64, 60};

// Use by month of the year in percent: homes cool in July and August and heat in winter, factories
// rest over the Spring Festival, street lights burn longer in winter.
constexpr uint32_t kSeason[4][12] = {
    {125, 120, 95, 80, 80, 100, 150, 155, 110, 80, 85, 115},
    {105, 95, 95, 90, 95, 110, 130, 130, 110, 95, 90, 100},
    {95, 70, 100, 102, 102, 103, 105, 105, 103, 102, 104, 106},
    {120, 112, 102, 95, 88, 82, 82, 88, 96, 105, 114, 122},
};

}  // namespace

Company::Company(const CompanySettings& settings) : settings_(settings) {
  days_ = static_cast<int64_t>(settings.to.days) - settings.from.days + 1;
  first_month_ = static_cast<uint16_t>(civil(settings.from).month - 1);
  upcoming_.resize(static_cast<size_t>(std::max<int64_t>(days_, 0)));
}

bool Company::next(std::string& out) {
  if (day_ >= days_) return false;
  if (!office_open_) return open_office(out);
  std::vector<Happening>& today = upcoming_[static_cast<size_t>(day_)];
  if (told_ == 0) begin_day();
  const Date date = add_days(settings_.from, day_);
  const size_t end = std::min(today.size(), told_ + kLinesAtOnce);
  for (; told_ < end; ++told_) {
    write_happening(out, settings_, today[told_], stamp_, date);
    ++events_;
  }
  if (told_ == today.size()) {
    std::vector<Happening>().swap(today);
    told_ = 0;
    ++day_;
  }
  return true;
}

// Staff and lines, then the customers: all are there before the first day's business.
bool Company::open_office(std::string& out) {
  stamp_ = to_string(settings_.from) + "T";
  if (opened_ == 0) {
    const Staffing staff(settings_.customers);
    for (uint32_t i = 1; i <= staff.people(); ++i) {
      write_person(out, settings_.seed, staff, i, stamp_);
    }
    for (uint32_t i = 1; i <= staff.feeders; ++i) write_feeder(out, i, stamp_);
    events_ += staff.people() + staff.feeders;
  }
  const auto end = static_cast<uint32_t>(
      std::min<uint64_t>(settings_.customers, uint64_t{opened_} + kLinesAtOnce));
  for (; opened_ < end; ++opened_) {
    const uint64_t second = uint64_t{opened_} * (kOpensAt - kHour) / settings_.customers + kHour;
    write_customer(out, settings_, opened_, static_cast<uint32_t>(second), stamp_);
    ++events_;
  }
  office_open_ = opened_ == settings_.customers;
  return true;
}

// Whose meters are read today live through another month; then the day's events are put in order.
void Company::begin_day() {
  const Date date = add_days(settings_.from, day_);
  stamp_ = to_string(date) + "T";
  const CivilDate at = civil(date);
  if (at.day == 1 && day_ > 0) ++month_;
  if (at.day <= kReadingDays) {
    for (auto c = static_cast<uint32_t>(at.day - 1); c < settings_.customers; c += kReadingDays) {
      live(c, month_);
    }
  }
  if (at.day == 1) {
    const uint32_t feeders = Staffing(settings_.customers).feeders;
    for (uint32_t feeder = 1; feeder <= feeders; ++feeder) {
      const Draw draw(settings_.seed, ~uint64_t{feeder}, month_);
      if (!draw.happens(What::story, 2000)) continue;
      happen(day_ + draw.between(What::wait, 0, 27), 10 * kHour, feeder, Kind::outage, month_);
    }
  }
  std::vector<Happening>& today = upcoming_[static_cast<size_t>(day_)];
  std::sort(today.begin(), today.end(), [](const Happening& a, const Happening& b) {
    const auto key = [](const Happening& h) { return (uint64_t{h.second} << 32U) | h.customer; };
    if (key(a) != key(b)) return key(a) < key(b);
    return std::pair(a.kind, a.part) < std::pair(b.kind, b.part);
  });
}

void Company::happen(int64_t day, int64_t second, uint32_t customer, Kind kind, uint16_t month,
                     uint32_t amount, uint8_t part) {
  constexpr int64_t kDay = 24 * kHour;
  day += second / kDay;
  if (day >= days_) return;
  upcoming_[static_cast<size_t>(day)].push_back(
      {static_cast<uint32_t>(second % kDay), customer, kind, part, month, amount});
}

Company::Payer Company::payer(uint32_t customer) const {
  const int64_t lot = Draw(settings_.seed, customer, kNoMonth).between(What::payer, 0, 99);
  if (lot < 78) return Payer::prompt;
  if (lot < 93) return Payer::late;
  return lot < 97 ? Payer::partial : Payer::defaulting;
}

uint32_t Company::kwh(uint32_t customer, uint16_t month) const {
  const Draw draw(settings_.seed, customer, month);
  const auto trade = static_cast<size_t>(trade_of(settings_.seed, customer));
  uint64_t used = base_kwh(settings_.seed, customer);
  used = used * kSeason[trade][(first_month_ + month) % 12] / 100;
  used = used * static_cast<uint64_t>(draw.between(What::noise, 88, 112)) / 100;
  if (draw.happens(What::surge, 60)) {  // an air conditioner left on, a second shift, a theft
    used = used * static_cast<uint64_t>(draw.between(What::surge, 160, 300, 1)) / 100;
  }
  return static_cast<uint32_t>(used);
}

// A month begins with the reading of the meter.
void Company::live(uint32_t customer, uint16_t month) {
  const Draw draw(settings_.seed, customer, month);
  const uint32_t used = kwh(customer, month);
  const auto trade = static_cast<size_t>(trade_of(settings_.seed, customer));
  const uint64_t amount = uint64_t{used} * kTariff[trade];
  happen(day_, draw.between(What::hour, 9 * kHour, 18 * kHour), customer, Kind::read, month, used);
  const auto fen = static_cast<uint32_t>(std::min<uint64_t>(amount, UINT32_MAX));
  happen(day_ + 1, 8 * kHour + draw.between(What::hour, 0, kHour, 1), customer, Kind::issued, month,
         fen);
  pay(customer, month, day_ + 1 + kDaysToPay, fen);
  serve(customer, month);
}

void Company::pay(uint32_t customer, uint16_t month, int64_t due_day, uint32_t amount) {
  const Draw draw(settings_.seed, customer, month);
  const auto on = [&](int64_t day, uint32_t fen, uint8_t part) {
    const int64_t second = draw.between(What::payment, 9 * kHour, 22 * kHour, part);
    happen(day, second, customer, Kind::paid, month, fen, part);
  };
  if (draw.happens(What::story, 10, 9)) {  // read wrongly; a corrected bill is another matter
    happen(due_day - kDaysToPay + 2, 11 * kHour, customer, Kind::cancelled, month);
    return;
  }
  Payer how = payer(customer);
  // Nobody is at their worst every month.
  const int64_t lapse = how == Payer::late ? 6000 : how == Payer::partial ? 5000 : 3500;
  if (how != Payer::prompt && !draw.happens(What::habit, lapse)) {
    how = how == Payer::defaulting ? Payer::late : Payer::prompt;
  }
  switch (how) {
    case Payer::prompt:
      on(due_day - draw.between(What::wait, 4, kDaysToPay - 1), amount, 0);
      return;
    case Payer::late:
      on(due_day + draw.between(What::wait, 1, 25), amount, 0);
      return;
    case Payer::partial: {
      const auto first = static_cast<uint32_t>(
          uint64_t{amount} * static_cast<uint64_t>(draw.between(What::share, 40, 70)) / 100);
      on(due_day - draw.between(What::wait, 0, 5), first, 0);
      on(due_day + draw.between(What::wait, 3, 28, 1), amount - first, 1);
      return;
    }
    case Payer::defaulting:
      break;
  }
  if (trade_of(settings_.seed, customer) == Trade::municipal) {
    on(due_day + draw.between(What::wait, 26, 45), amount, 0);
    return;
  }
  // Notice is given on day 31 and ends seven days later.
  const int64_t cut_day = due_day + 39;
  happen(cut_day, 10 * kHour + draw.between(What::hour, 0, kHour, 2), customer, Kind::cut, month);
  if (draw.happens(What::habit, 1000, 1)) return;  // moved away, or bankrupt
  const int64_t paid_day = cut_day + draw.between(What::wait, 1, 30, 2);
  on(paid_day, amount, 0);
  happen(paid_day, 22 * kHour + draw.between(What::wait, 1, 20, 3) * kHour, customer,
         Kind::restored, month);
}

// What else brings a customer and the company together in a month.
void Company::serve(uint32_t customer, uint16_t month) {
  const Draw draw(settings_.seed, customer, month);
  const auto within = [&](uint32_t nth, int64_t earliest, int64_t latest) {
    return draw.between(What::hour, earliest * kHour, latest * kHour - 1, nth);
  };
  const auto later = [&](uint32_t nth) { return day_ + draw.between(What::wait, 1, 27, nth); };
  const Trade trade = trade_of(settings_.seed, customer);
  if (draw.happens(What::story, 200)) {
    const int64_t day = later(10), asked = within(10, 8, 20);
    happen(day, asked, customer, Kind::asked, month);
    const int64_t answer = asked + draw.between(What::wait, 1, 72, 11) * kHour;
    if (draw.happens(What::story, 1500, 1)) {
      happen(day, asked + (answer - asked) / 3, customer, Kind::transferred, month);
    }
    if (!draw.happens(What::story, 200, 2)) {
      happen(day, answer, customer, Kind::answered, month);
    }
  }
  if (draw.happens(What::story, 40, 3)) {
    const int64_t day = later(12), at = within(12, 9, 16);
    happen(day, at, customer, Kind::applied, month);
    int64_t ready = day;
    if (draw.happens(What::story, 3000, 4)) {
      happen(day + 1, at, customer, Kind::reviewed, month);
      ready = day + draw.between(What::wait, 2, 9, 13);
      happen(ready, at, customer, Kind::supplied, month);
    }
    const int64_t survey = ready + draw.between(What::wait, 1, 5, 14);
    happen(survey, at, customer, Kind::surveyed, month);
    happen(survey + draw.between(What::wait, 5, 30, 15), at, customer, Kind::completed, month);
  }
  const int64_t visits = trade == Trade::industrial ? 3500 : trade == Trade::commercial ? 400 : 0;
  if (draw.happens(What::story, visits, 5)) {
    happen(later(16), within(16, 9, 17), customer, Kind::visited, month);
  }
  if (draw.happens(What::story, 50, 6)) {
    const int64_t day = later(17), at = within(17, 0, 24);
    happen(day, at, customer, Kind::broke, month);
    const int64_t crew = at + draw.between(What::wait, 20, 150, 18) * 60;
    happen(day, crew, customer, Kind::crew, month);
    happen(day, crew + draw.between(What::wait, 30, 600, 19) * 60, customer, Kind::repaired, month);
  }
  if (draw.happens(What::story, 2, 7)) {
    happen(later(20), within(20, 9, 17), customer, Kind::theft, month);
  }
  if (draw.happens(What::story, 20, 8)) {
    happen(later(21), within(21, 9, 17), customer, Kind::graded, month);
  }
  const bool may_be_critical = trade == Trade::industrial || trade == Trade::municipal;
  if (month == 0 && may_be_critical && draw.happens(What::story, 500, 10)) {
    happen(later(22), within(22, 9, 17), customer, Kind::critical, month);
  }
}

}  // namespace duban::cli
