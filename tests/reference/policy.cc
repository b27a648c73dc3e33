#include "tests/reference/policy.h"

#include <algorithm>

namespace duban::reference {

using model::Name;

CompileInput input_of(const Draft& draft) {
  CompileInput input;
  for (const auto& [path, blocks] : draft.rules) input.files.push_back({path, print(blocks)});
  for (const DeploymentFile& file : draft.data) input.files.push_back(file);
  input.parameters = draft.parameters;
  std::sort(input.files.begin(), input.files.end());
  return input;
}

std::string print(const Draft& draft) {
  std::string out;
  for (const auto& [path, blocks] : draft.rules) out += "==== " + path + "\n" + print(blocks);
  for (const DeploymentFile& file : draft.data) {
    if (file.path.starts_with("table")) out += "==== " + file.path + "\n" + file.text;
  }
  for (const auto& [name, value] : draft.parameters)
    out += "---- parameter " + name + " = " + value + "\n";
  return out;
}

PolicyMaker::PolicyMaker(Random& random, Model& model)
    : random_(random),
      model_(model),
      write_(random, model, random.pick({0, 5, 30, 50, 70, 95, 100})) {}

Draft PolicyMaker::make() {
  policies_ = random_.chance(35) ? 2 : 1;
  draft_.rules.push_back({"a_words.rules", {}});
  for (size_t i = 0; i < policies_; ++i) {
    const std::string number = std::to_string(i + 1);
    std::vector<Block> head;
    head.push_back(Block(write_.say("policy ", "办法 ") + write_.quoted("P" + number)));
    head.back().inside.push_back(
        Block(write_.say("use ", "引用 ") + write_.quoted("a_words.rules")));
    if (random_.chance(25)) {
      const Date from = add_days(*date_from_civil(2026, 1, 1), random_.between(0, 60));
      const std::string day = to_string(from);
      const bool ends = random_.chance(40);
      const std::string last = to_string(add_days(from, random_.between(20, 120)));
      head.back().inside.push_back(
          write_.chinese() ? Block("自 " + day + " 起施行" + (ends ? "，至 " + last + " 止" : ""))
                           : Block("effective from " + day + (ends ? " to " + last : "")));
    }
    draft_.rules.push_back({"b_policy" + number + ".rules", std::move(head)});
  }
  make_vocabulary();
  make_calendars();
  make_choices();
  make_entities();
  make_events();
  make_channels();
  make_parameters();
  make_defines();
  make_tables();
  make_scorecards();
  for (int i = random_.between(1, 3); i > 0; --i) make_case();
  for (int i = random_.between(2, 6); i > 0; --i) make_rule();
  make_forbids();
  if (!model_.parameters.empty() && random_.chance(30)) {
    const auto& parameter = random_.pick(model_.parameters);
    const std::string& given =
        parameter.name.english.empty() ? parameter.name.chinese : parameter.name.english;
    draft_.parameters[given] = write_.literal(parameter.type);
  }
  return draft_;
}

// ---------------------------------------------------------------- names and types

Name PolicyMaker::name(const char* english, const char* chinese) {
  static const std::vector<std::string> kStems{"甲", "乙", "丙", "丁", "戊",
                                               "己", "庚", "辛", "壬", "癸"};
  static const std::vector<std::string> kBranches{"子", "丑", "寅", "卯", "辰", "巳",
                                                  "午", "未", "申", "酉", "戌", "亥"};
  const auto n = static_cast<size_t>(++names_);
  Name made{english + std::to_string(n),
            chinese + kStems[n % 10] + kBranches[n % 12] + (n >= 60 ? kStems[n / 60] : "")};
  if (random_.chance(15)) made.chinese.clear();
  if (!made.chinese.empty() && random_.chance(12)) made.english.clear();
  return made;
}

Name PolicyMaker::field_name(const Type& type) {
  if (type.set) return name("items", "集");
  switch (type.kind) {
    case TypeKind::yes_no:
      return name("flag", "标志");
    case TypeKind::number:
      return name("count", "数量");
    case TypeKind::money:
      return name("amount", "余额");
    case TypeKind::date:
      return name("day", "日子");
    case TypeKind::time:
      return name("clock", "钟点");
    case TypeKind::datetime:
      return name("moment", "时点");
    case TypeKind::duration:
      return name("length", "长短");
    case TypeKind::choice:
      return name("grade", "级别");
    case TypeKind::reference:
      return name("person", "人员");
    default:
      return name("note", "备注");
  }
}

Type PolicyMaker::random_type(bool for_event) {
  static const std::vector<TypeKind> kKinds{
      TypeKind::yes_no, TypeKind::number, TypeKind::number,   TypeKind::money,    TypeKind::money,
      TypeKind::text,   TypeKind::date,   TypeKind::date,     TypeKind::datetime, TypeKind::time,
      TypeKind::choice, TypeKind::choice, TypeKind::duration, TypeKind::reference};
  Type type{random_.pick(kKinds)};
  if (type.kind == TypeKind::choice) {
    if (random_.chance(for_event ? 70 : 40)) {  // a declared one
      std::vector<uint16_t> named;
      for (size_t i = 0; i < model_.choices.size(); ++i) {
        const Name& own = model_.choices[i].name;
        if (!own.english.empty() || !own.chinese.empty()) named.push_back(static_cast<uint16_t>(i));
      }
      type.id = random_.pick(named);
      type.set = random_.chance(35);
    } else {
      model::Choice made;
      for (int i = random_.between(2, 4); i > 0; --i) made.values.push_back(name("word", "词"));
      type.id = static_cast<uint16_t>(model_.choices.size());
      model_.choices.push_back(std::move(made));
    }
  }
  if (type.kind == TypeKind::reference) {
    for (size_t i = 0; i < model_.entities.size(); ++i) {
      if (model_.entities[i].reference) type.id = static_cast<uint16_t>(i);
    }
  }
  type.optional = random_.chance(40);
  return type;
}

std::string PolicyMaker::type_words(const model::Field& f, bool) {
  std::string out;
  const bool zh = write_.chinese();
  switch (f.type.kind) {
    case TypeKind::yes_no:
      out = zh ? "是否型" : "yes/no";
      break;
    case TypeKind::number:
      out = zh ? "数值型" : "number";
      break;
    case TypeKind::money:
      out = zh ? "金额型" : "money";
      break;
    case TypeKind::date:
      out = zh ? "日期型" : "date";
      break;
    case TypeKind::time:
      out = zh ? "时刻型" : "time";
      break;
    case TypeKind::datetime:
      out = zh ? "时间型" : "datetime";
      break;
    case TypeKind::duration:
      out = zh ? "时长型" : "duration";
      break;
    case TypeKind::reference:
      out = write_.spell(model_.entities[f.type.id].name);
      break;
    case TypeKind::choice: {
      const model::Choice& choice = model_.choices[f.type.id];
      if (!choice.name.english.empty() || !choice.name.chinese.empty()) {
        out = write_.spell(choice.name);
        if (f.type.set) out = zh ? out + " 集合" : "set of " + out;
      } else {
        for (const Name& value : choice.values)
          out += (out.empty() ? "" : zh ? "｜" : " | ") + write_.declare(value);
      }
      break;
    }
    default:
      out = zh ? "文本型" : "text";
      break;
  }
  return out + (f.type.optional ? (zh ? "？" : "?") : "");
}

model::Field PolicyMaker::field(bool for_event) {
  model::Field made;
  made.type = random_type(for_event);
  made.name = field_name(made.type);
  made.level = random_.between(0, model::kLevels - 1);
  return made;
}

// ---------------------------------------------------------------- the vocabulary

void PolicyMaker::make_vocabulary() {
  static const std::vector<std::string> kZones{
      "Asia/Shanghai", "Asia/Shanghai",    "Europe/Berlin",       "America/New_York",
      "Asia/Beirut",   "America/Santiago", "Australia/Lord_Howe", "UTC",
      "Africa/Cairo",  "Asia/Kathmandu"};
  model_.zone = random_.pick(kZones);
  const bool euro = random_.chance(25);
  model_.currency_english = euro ? "EUR" : "yuan";
  model_.currency_chinese = euro ? "欧元" : "元";
  Block head(write_.say("vocabulary ", "词汇 ") + write_.quoted("Words"));
  head.inside.push_back(Block(write_.say("timezone ", "时区 ") + write_.quoted(model_.zone)));
  head.inside.push_back(
      Block(write_.say("currency ", "货币 ") + (euro ? "EUR (欧元)" : "CNY （元）")));
  if (random_.chance(60)) {
    const std::string at = random_.pick<std::string>({"09:00", "08:30", "00:00", "02:30", "12:00"});
    head.inside.push_back(Block(write_.say("day starts at ", "每日起始 ") + at));
  }
  words().push_back(std::move(head));
}

void PolicyMaker::make_calendars() {
  for (int i = random_.between(0, 2); i >= 0; --i) {
    const bool first = model_.calendars.empty();
    if (!first && random_.chance(50)) break;
    const Name own = name("office", "历");
    const std::string path = "days" + std::to_string(model_.calendars.size() + 1) + ".csv";
    // Some stories run past the data: a deadline then is unknown.
    const int last = random_.chance(20) ? random_.between(90, 200) : 800;
    std::string csv = "date,is_workday,name\n";
    const Date begin = *date_from_civil(2025, 11, 1);
    for (int day = 0; day < 60 + last; ++day) {
      const Date date = add_days(begin, day);
      const bool weekend = weekday(date) >= 6;
      const bool worked = random_.chance(8) ? weekend : !weekend;
      csv += to_string(date) + (worked ? ",1,\n" : ",0,\n");
    }
    draft_.data.push_back({path, std::move(csv)});
    const bool is_default = first;
    Block block(write_.say("calendar ", "日历 ") + write_.declare(own) +
                (is_default && random_.chance(70) ? write_.say(" default", " 默认") : ""));
    // Two calendars need a default that is said.
    const bool said = block.line[0].text.find("default") != std::string::npos ||
                      block.line[0].text.find("默认") != std::string::npos;
    block.inside.push_back(Block(write_.say("from ", "来自 ") + write_.quoted(path)));
    const bool hours = random_.chance(65);
    if (hours) {
      const std::string to = write_.say(" to ", " 至 ");
      block.inside.push_back(
          Block(write_.say("hours ", "工时 ") + (random_.chance(50)
                                                     ? "08:30" + to + "12:00, 14:00" + to + "17:30"
                                                     : "01:00" + to + "16:45")));
    }
    if (is_default) model_.default_calendar = 0;
    if (is_default && !said) i = 0;  // the only one
    model_.calendars.push_back(own);
    model_.calendar_has_hours.push_back(hours);
    words().push_back(std::move(block));
  }
}

void PolicyMaker::make_choices() {
  for (int i = random_.between(1, 2); i > 0; --i) {
    model::Choice made{name("kind", "种类"), {}};
    for (int j = random_.between(2, 4); j > 0; --j) made.values.push_back(name("word", "词"));
    std::string line = write_.say("choice ", "选项 ") + write_.declare(made.name) + ": ";
    for (size_t j = 0; j < made.values.size(); ++j)
      line += (j > 0 ? " | " : "") + write_.declare(made.values[j]);
    words().push_back(Block(line));
    model_.choices.push_back(std::move(made));
  }
}

void PolicyMaker::make_entities() {
  const Name phone{"phone", "手机"}, mail{"mail", "邮箱"};
  const auto add_entity = [&](Name own, Name key, bool reference, int fields) {
    const auto id = model_.entities.size();
    model_.entities.push_back({own, key, reference, {}});
    Block block((reference ? write_.say("reference ", "参照 ") : write_.say("entity ", "对象 ")) +
                write_.declare(own) + write_.say(" key ", " 主键 ") + write_.declare(key));
    const auto add = [&](model::Field f) {
      Block line(write_.declare(f.name) + write_.say(": ", "： ") + type_words(f, true));
      if (random_.chance(10)) line.maybe(write_.say(" private", " 隐私"));
      const bool plain = f.type.kind != TypeKind::reference;
      if (plain && (!f.type.optional ? random_.chance(75) : random_.chance(20))) {
        f.has_default = true;
        line.add(" = " + write_.literal(f.type));
      }
      block.inside.push_back(std::move(line));
      model_.entities[id].fields.push_back(std::move(f));
    };
    add({phone, {TypeKind::text, 0, false, true}, 5});
    add({mail, {TypeKind::text, 0, false, !reference}, 6});
    if (reference) {
      add({name("boss", "上级"), {TypeKind::reference, static_cast<uint16_t>(id), false, true}, 0});
      for (int i = fields; i > 0; --i) {
        model::Field f = field(false);
        f.type.optional = true;
        f.level = 0;
        if (f.type.kind != TypeKind::reference) add(std::move(f));
      }
      words().push_back(std::move(block));
      return;
    }
    for (const TypeKind kind : {TypeKind::reference, TypeKind::date, TypeKind::money,
                                TypeKind::number, TypeKind::yes_no}) {
      model::Field f;
      f.type = {kind, 0, false, kind != TypeKind::number && random_.chance(60)};
      if (kind == TypeKind::reference) f.type.optional = true;
      f.name = field_name(f.type);
      f.level = random_.between(0, model::kLevels - 1);
      add(std::move(f));
    }
    for (int i = fields; i > 0; --i) add(field(false));
    words().push_back(std::move(block));
  };
  add_entity(name("Staff", "员工"), name("staff_no", "工号"), true, random_.between(1, 4));
  add_entity(name("Customer", "客户"), name("account", "户号"), false, random_.between(3, 9));
  if (random_.chance(30))
    add_entity(name("Meter", "电表"), name("meter_no", "表号"), false, random_.between(1, 3));
}

// ---------------------------------------------------------------- events

Block PolicyMaker::event_block(model::Event& event, int family) {
  using Kind = model::Event::Kind;
  const model::Entity& entity = model_.entities[static_cast<size_t>(event.entity)];
  const bool zh = write_.chinese();
  std::string head = event.kind == Kind::plain       ? (zh ? "事件 " : "event ")
                     : event.kind == Kind::broadcast ? (zh ? "广播事件 " : "broadcast event ")
                                                     : (zh ? "对外事件 " : "outgoing event ");
  head += write_.declare(event.name);
  head += zh ? " 对象 " : event.kind == Kind::broadcast ? " to " : " for ";
  head += write_.spell(entity.name);
  if (family >= 0) {
    model::Field key{families_[static_cast<size_t>(family)], {TypeKind::text}, 0, false, true};
    event.fields.push_back(key);
  }
  for (int i = random_.between(0, 3); i > 0; --i) event.fields.push_back(field(true));
  std::vector<Block> lines;
  for (const model::Field& f : event.fields) {
    lines.push_back(Block(write_.declare(f.name) + write_.say(": ", "： ") + type_words(f, false)));
    if (random_.chance(8)) lines.back().maybe(write_.say(" private", " 隐私"));
  }
  if (event.kind == Kind::plain) {
    // What it sets stands at least as high as itself.
    std::vector<const model::Field*> targets;
    for (const model::Field& f : entity.fields) {
      if (f.level >= event.level) targets.push_back(&f);
    }
    std::vector<std::string> taken;
    for (int i = random_.between(0, 2); i > 0 && !targets.empty(); --i) {
      const model::Field& target = *random_.pick(targets);
      const std::string key = target.name.english + target.name.chinese;
      if (std::find(taken.begin(), taken.end(), key) != taken.end()) continue;
      taken.push_back(key);
      std::vector<const model::Field*> same;
      for (const model::Field& f : event.fields) {
        if (same_kind(f.type, target.type)) same.push_back(&f);
      }
      const std::string verb = write_.say("set ", "更新 ");
      if (!same.empty() && random_.chance(50)) {
        lines.push_back(Block(verb + write_.spell(target.name) + " = " +
                              write_.spell(random_.pick(same)->name)));
        continue;
      }
      lines.push_back(Block(verb + write_.spell(target.name)));
      model::Field own = target;
      own.type.optional |= target.has_default;
      event.fields.push_back(own);
      event.sets.push_back(key);
    }
  }
  Block block;
  if (event.kind == Kind::broadcast) {
    model_.events.push_back(event);
    Sight sight;
    sight.entity = event.entity;
    sight.event = static_cast<int>(model_.events.size()) - 1;
    sight.bare_event = false;
    sight.defines = false;
    head += (zh ? "，其中 " : " where ") + write_.condition(sight, 1);
    model_.events.pop_back();
  }
  block.add(head);
  block.inside = std::move(lines);
  std::vector<const model::Field*> plain;
  for (const model::Field& f : event.fields) {
    if (!f.type.set && f.type.kind != TypeKind::yes_no) plain.push_back(&f);
  }
  if (event.kind != Kind::outgoing && !plain.empty() && random_.chance(15)) {
    const std::string by =
        write_.say("unique by ", "唯一标识 ") + write_.spell(random_.pick(plain)->name);
    if (random_.chance(50)) {
      block.add((random_.chance(50) ? ", " : " ") + by);
    } else {
      block.inside.insert(block.inside.begin(), Block(by));
    }
  }
  return block;
}

void PolicyMaker::make_events() {
  using Kind = model::Event::Kind;
  for (int i = random_.between(1, 2); i > 0; --i) families_.push_back(name("no", "编号"));
  for (size_t e = 0; e < model_.entities.size(); ++e) {
    if (model_.entities[e].reference) continue;
    const bool main = e == 1;
    const auto add = [&](Kind kind, int low, int high, int family) {
      model::Event event;
      event.kind = kind;
      event.entity = static_cast<int>(e);
      event.name = name(kind == Kind::outgoing ? "order" : "event", "事");
      event.level = random_.between(low, high);
      Block block = event_block(event, family);
      words().push_back(std::move(block));
      model_.events.push_back(std::move(event));
    };
    for (int i = main ? random_.between(3, 5) : 2; i > 0; --i)
      add(Kind::plain, 0, 4, main ? static_cast<int>(random_.below(families_.size())) : -1);
    for (int i = main ? random_.between(1, 3) : 1; i > 0; --i)
      add(Kind::plain, 0, 7, random_.chance(40) ? 0 : -1);
    for (int i = random_.between(0, 2); i > 0; --i)
      add(Kind::outgoing, 4, 8, random_.chance(40) ? 0 : -1);
    if (random_.chance(35)) add(Kind::broadcast, 0, 3, -1);
  }
}

// ---------------------------------------------------------------- values of their own

// Quiet hours and limits.
std::vector<Block> PolicyMaker::channel_limits() {
  std::vector<Block> lines;
  if (random_.chance(50)) {
    const std::string hours = random_.chance(70)
                                  ? "21:00|08:00"
                                  : random_.pick<std::string>({"00:30|03:15", "12:00|14:00"});
    lines.push_back(Block(write_.say("quiet ", "免扰 ") + hours.substr(0, 5) +
                          write_.say(" to ", " 至 ") + hours.substr(6)));
  }
  if (random_.chance(50)) {
    const bool drop = random_.chance(30);
    const int n = random_.between(1, 3);
    static const std::vector<std::pair<const char*, const char*>> kPeriods{
        {"day", "每日"}, {"week", "每周"}, {"month", "每月"}, {"year", "每年"}};
    const size_t first = random_.below(3);
    const bool two = random_.chance(40);
    std::string line;
    if (write_.chinese()) {
      line = std::string(kPeriods[first].second) + "至多 " + std::to_string(n) + " 条";
      if (two)
        line += std::string("，") + kPeriods[first + 1].second + "至多 " + std::to_string(n + 1) +
                " 条";
      line += drop ? "，超出 舍弃" : random_.chance(50) ? "，超出 等候" : "";
    } else {
      line = "at most " + std::to_string(n) + " per " + kPeriods[first].first;
      if (two) line += ", " + std::to_string(n + 1) + " per " + kPeriods[first + 1].first;
      line += drop ? " else drop" : random_.chance(50) ? " else wait" : "";
    }
    lines.push_back(Block(line));
  }
  return lines;
}

void PolicyMaker::make_channels() {
  for (int i = random_.between(1, 3); i > 0; --i) {
    model::Channel made{name("sms", "渠道"), false};
    const bool phone = model_.channels.empty() || random_.chance(60);
    Block block(write_.say("channel ", "渠道 ") + write_.declare(made.name) +
                write_.say(" to ", " 至 ") +
                (phone ? write_.say("phone", "手机") : write_.say("mail", "邮箱")));
    block.inside = channel_limits();
    words().push_back(std::move(block));
    model_.channels.push_back(std::move(made));
  }
}

void PolicyMaker::make_parameters() {
  static const std::vector<TypeKind> kKinds{TypeKind::number, TypeKind::money, TypeKind::duration,
                                            TypeKind::date, TypeKind::time};
  for (int i = random_.between(0, 3); i > 0; --i) {
    const Type type{random_.pick(kKinds)};
    const Name own = name("limit", "标准");
    words().push_back(Block(write_.say("parameter ", "参数 ") + write_.declare(own) + " = " +
                            write_.literal(type)));
    model_.parameters.push_back({own, type});
  }
}

void PolicyMaker::make_defines() {
  for (int i = random_.between(0, 4); i > 0; --i) {
    Sight sight;
    sight.entity = random_.chance(75) || model_.entities.size() < 3 ? 1 : 2;
    sight.time = random_.chance(40);
    sight.history = sight.time;
    sight.watched = random_.chance(60);
    Type type = random_type(true);
    type.optional = true;
    write_.level = 0;
    // A bare word or a text would have no type of its own.
    const std::string value = type.kind == TypeKind::choice || type.kind == TypeKind::reference
                                  ? write_.name_of(type, sight)
                                  : write_.expression(type, sight, 2);
    if (value.empty()) continue;
    model::Define made{name("value", "值"),
                       sight.entity,
                       -1,
                       type,
                       write_.level,
                       sight.time,
                       sight.history,
                       sight.watched || !sight.time};
    words().push_back(Block(
        write_.say("define ", "定义 ") + write_.declare(made.name) + write_.say(" of ", " 对象 ") +
        write_.spell(model_.entities[static_cast<size_t>(sight.entity)].name) + " = " + value));
    model_.defines.push_back(std::move(made));
  }
}

}  // namespace duban::reference
