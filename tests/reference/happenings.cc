#include "tests/reference/happenings.h"

#include <algorithm>

namespace duban::reference {
namespace {

RawValue raw(RawValue::Kind kind, std::string text) { return {kind, false, std::move(text), {}}; }

}  // namespace

HappeningMaker::HappeningMaker(Random& random, const Model& model)
    : random_(random), model_(model), zone_(*Zone::find(model.zone)) {
  // Some stories begin just before the clocks change.
  static const std::vector<std::pair<int, int>> kDays{{1, 5},  {1, 30}, {2, 27}, {3, 6},
                                                      {3, 27}, {4, 3},  {4, 23}, {9, 4}};
  const auto [month, day] = random_.pick(kDays);
  start_ = zone_.at(*date_from_civil(2026, month, day), TimeOfDay{9 * 3'600'000});
}

const std::string& HappeningMaker::spell(const model::Name& name) {
  if (name.chinese.empty()) return name.english;
  if (name.english.empty()) return name.chinese;
  return random_.chance(50) ? name.chinese : name.english;
}

// Values lie on, just below and just above what the policies compare with.
RawValue HappeningMaker::value(const Type& type, Instant now, bool null_too) {
  using Kind = RawValue::Kind;
  if (type.optional && null_too && random_.chance(15)) return {};
  if (type.set) {
    Type item = type;
    item.set = item.optional = false;
    RawValue out{Kind::array, false, {}, {}};
    for (int i = random_.between(0, 3); i > 0; --i) out.items.push_back(value(item, now, false));
    return out;
  }
  switch (type.kind) {
    case TypeKind::yes_no:
      return {Kind::boolean, random_.chance(50), {}, {}};
    case TypeKind::number:
    case TypeKind::money: {
      int64_t micro = int64_t{random_.between(-2, 120)} * Decimal::kOne;
      if (!model_.pool.numbers.empty() && random_.chance(65)) {
        micro = random_.pick(model_.pool.numbers).micro();
        if (random_.chance(50))
          micro += random_.pick<int64_t>({-1, 1, -10'000, 10'000, -1'000'000, 1'000'000});
      }
      return raw(Kind::number, Decimal::from_micro(micro).to_string());
    }
    case TypeKind::date: {
      Date date = add_days(zone_.date_of(now), random_.between(-40, 60));
      if (!model_.pool.dates.empty() && random_.chance(25))
        date = add_days(random_.pick(model_.pool.dates), random_.between(-1, 1));
      if (random_.chance(8)) {  // month ends
        const CivilDate d = civil(date);
        date = add_days(*date_from_civil(d.year, d.month, 1), -1);
      }
      return raw(Kind::text, to_string(date));
    }
    case TypeKind::time: {
      TimeOfDay time{random_.between(0, 1439) * 60'000};
      if (!model_.pool.times.empty() && random_.chance(50)) time = random_.pick(model_.pool.times);
      return raw(Kind::text, to_string(time));
    }
    case TypeKind::datetime: {
      const int64_t minutes = random_.between(-40 * 1440, 40 * 1440);
      return raw(Kind::text, zone_.to_iso8601(Instant{now.ms + minutes * 60'000}));
    }
    case TypeKind::duration: {
      static const std::vector<std::string> kLengths{"3 days",          "1 day",   "2 hours",
                                                     "45 minutes",      "1 month", "2 working days",
                                                     "3 working hours", "10 days"};
      std::string length = random_.pick(kLengths);
      if (model_.default_calendar < 0 && length.find("working") != std::string::npos)
        length = "4 days";
      return raw(Kind::text, std::move(length));
    }
    case TypeKind::choice:
      return raw(Kind::text, spell(random_.pick(model_.choices[type.id].values)));
    case TypeKind::reference:
      return raw(Kind::text, "S" + std::to_string(random_.between(1, 5)));
    default:
      return raw(Kind::text, random_.pick<std::string>({"t1", "t2", "t3", "文 四", "t_5", ""}));
  }
}

void HappeningMaker::fill(Happening& h, const std::vector<model::Field>& fields, bool sparse) {
  for (const model::Field& f : fields) {
    if (f.type.optional && random_.chance(35)) continue;
    if (sparse && random_.chance(70)) continue;
    RawValue given = f.key ? raw(RawValue::Kind::text, "N" + std::to_string(random_.between(1, 3)))
                           : value(f.type, h.time, true);
    const bool address = f.name.english == "phone" || f.name.english == "mail";
    if (address && given.kind == RawValue::Kind::text)
      given.text = random_.chance(90) ? "addr" + std::to_string(random_.between(1, 3)) : "";
    h.data.emplace_back(spell(f.name), std::move(given));
  }
}

Happening HappeningMaker::row(int entity, const std::string& key, Instant at, bool whole) {
  const model::Entity& of = model_.entities[static_cast<size_t>(entity)];
  Happening h;
  h.kind = Happening::Kind::row;
  h.time = at;
  h.type = spell(of.name);
  h.subject = key;
  fill(h, of.fields, !whole && !of.reference);
  return h;
}

std::vector<Happening> HappeningMaker::beginning() {
  std::vector<Happening> out;
  for (size_t e = 0; e < model_.entities.size(); ++e) {
    const bool reference = model_.entities[e].reference;
    for (int i = 1; i <= (reference ? 4 : 2); ++i) {
      const std::string key = (reference ? "S" : e == 1 ? "C" : "M") + std::to_string(i);
      out.push_back(row(static_cast<int>(e), key, start_, true));
    }
  }
  return out;
}

Instant HappeningMaker::time_after(const Match& match, bool* outage) {
  const Instant now = std::max(match.now(), start_);
  const auto later = [&](int64_t ms) { return Instant{now.ms + ms}; };
  const auto wake = match.next_wake();
  switch (random_.below(12)) {
    case 0:
    case 1:
      return now;
    case 2:
    case 3:
    case 4:  // exactly then, and just beside it
      if (wake && wake->at >= now && wake->at.ms < now.ms + 100 * kMsPerDay)
        return Instant{
            std::max(now.ms, wake->at.ms + random_.pick<int64_t>({0, 0, 0, -1, 1, 1000}))};
      return later(kMsPerMinute);
    case 5:
      return later(random_.between(1, 50) * kMsPerMinute);
    case 6:
      return later(random_.between(1, 30) * kMsPerHour);
    case 7:
      *outage = random_.chance(40);
      return later(random_.between(1, 4) * kMsPerDay);
    case 8:
      *outage = random_.chance(40);
      return later(random_.between(5, 45) * kMsPerDay);
    case 9: {  // an edge of the day
      const Date day = add_days(zone_.date_of(now), random_.between(0, 1));
      const TimeOfDay time{random_.pick({0, 8, 9, 12, 17, 21}) * 3'600'000 +
                           random_.pick({0, 0, 30 * 60'000})};
      return std::max(now, zone_.at(day, time));
    }
    case 10: {  // the end of a month
      const CivilDate d = civil(zone_.date_of(now));
      const Date next = add_months(*date_from_civil(d.year, d.month, 1), 1);
      return std::max(now,
                      Instant{zone_.at(next, TimeOfDay{0}).ms - random_.pick<int64_t>({0, 1})});
    }
    default:
      return later(random_.between(1, 3000));
  }
}

Happening HappeningMaker::next(const Match& match) {
  Happening h;
  h.time = time_after(match, &h.outage);
  const int form = random_.between(0, 99);
  if (form < 55) {
    const model::Event& event = random_.pick(model_.events);
    if (event.kind == model::Event::Kind::outgoing) {
      h.kind = Happening::Kind::wait;
      return h;
    }
    h.kind = Happening::Kind::event;
    h.type = spell(event.name);
    // A late one: it happened before what was taken in already.
    if (random_.chance(10))
      h.time = Instant{h.time.ms - random_.between(1, (random_.chance(80) ? 20 : 800) * 24 * 60) *
                                       kMsPerMinute};
    const std::string prefix = event.entity == 1 ? "C" : "M";
    h.subject =
        prefix + std::to_string(random_.chance(96) ? random_.between(1, 2) : random_.between(3, 4));
    if (event.kind == model::Event::Kind::broadcast) h.subject.clear();
    fill(h, event.fields, false);
    return h;
  }
  if (form < 63) {
    const bool meter = model_.entities.size() > 2 && random_.chance(25);
    return row(meter ? 2 : 1, (meter ? "M" : "C") + std::to_string(random_.between(1, 2)), h.time,
               false);
  }
  if (form < 67) return row(0, "S" + std::to_string(random_.between(1, 4)), h.time, false);
  if (form < 79) {
    const auto tasks = match.open_tasks();
    if (tasks.empty()) return h;
    h.pick = random_.below(tasks.size());
    const bool answer = random_.chance(75);
    h.kind = answer               ? Happening::Kind::answer
             : random_.chance(60) ? Happening::Kind::reassign
                                  : Happening::Kind::note;
    h.type = spell(model_.entities[0].name);
    if (random_.chance(60)) h.person = "S" + std::to_string(random_.between(1, 4));
    if (h.kind != Happening::Kind::answer) h.text = "because";
    if (!answer || tasks[h.pick].spec == nullptr) return h;
    for (const Field& need : tasks[h.pick].program->needs.at(tasks[h.pick].spec)) {
      if (random_.chance(need.type.optional ? 40 : 6)) continue;
      Type type = need.type;
      RawValue given;
      if (type.kind == TypeKind::choice) {  // numbered as the program does
        const auto& values = tasks[h.pick].program->choices[type.id].values;
        given = raw(RawValue::Kind::text, values[random_.below(values.size())].name);
      } else {
        given = value(type, h.time, false);
      }
      h.data.emplace_back(need.names.name, std::move(given));
    }
    return h;
  }
  if (form < 90) {
    if (match.awaited() == 0) return h;
    h.kind = Happening::Kind::receipt;
    h.pick = random_.below(match.awaited());
    h.delivered = random_.chance(55);
    return h;
  }
  if (form < 92 && match.can_deploy()) h.kind = Happening::Kind::deploy;
  return h;
}

}  // namespace duban::reference
