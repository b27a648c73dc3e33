// The vocabulary's zone, currency and calendars; channels and the heads of notices.
#include <algorithm>
#include <utility>

#include "engine/csv.h"
#include "engine/files.h"
#include "engine/resolve.h"

namespace duban::compiler {
namespace {

void conflicting(Program& program, Span span, const char* english, const char* chinese) {
  program.error(span, "E112",
                {std::string("the vocabularies disagree about the ") + english,
                 std::string("各词汇的") + chinese + "不一致"});
}

// Its place is a line of the file: `line 3`.
std::string in_chinese(const Error& error) {
  constexpr std::string_view kLine = "line ";
  if (!error.place.starts_with(kLine)) return error.to_string(true);
  Error placed = error;
  placed.place = "第 " + error.place.substr(kLine.size()) + " 行";
  return placed.to_string(true);
}

void read_vocabulary(Program& program, const syntax::Vocabulary& vocabulary, bool first) {
  Plan& plan = program.plan;
  if (plan.vocabulary.name.empty()) plan.vocabulary = names_of(vocabulary.name);
  if (!vocabulary.timezone.text.empty()) {
    Result<Zone> zone = Zone::find(vocabulary.timezone.text);
    if (!zone) {
      program.error(vocabulary.timezone.span, "E112",
                    {"there is no time zone " + quoted(vocabulary.timezone.text),
                     "没有时区" + quoted(vocabulary.timezone.text),
                     "zones are named as in `Asia/Shanghai`", "时区名如`Asia/Shanghai`"});
    } else if (!first && plan.zone.name() != zone->name()) {
      conflicting(program, vocabulary.timezone.span, "time zone", "时区");
    } else {
      plan.zone = *zone;
    }
  }
  if (!vocabulary.currency.empty()) {
    const Names currency = names_of(vocabulary.currency);
    if (!plan.currency.name.empty() && plan.currency.name != currency.name) {
      conflicting(program, vocabulary.currency.span, "currency", "货币");
    } else {
      plan.currency = currency;
    }
  }
  if (vocabulary.day_starts_at) {
    if (!first && plan.day_starts_at != *vocabulary.day_starts_at) {
      conflicting(program, vocabulary.span, "start of the day", "每日开始时间");
    } else {
      plan.day_starts_at = *vocabulary.day_starts_at;
    }
  }
}

std::vector<Calendar::Hours> read_hours(Program& program, const syntax::CalendarDecl& decl) {
  std::vector<Calendar::Hours> hours;
  for (const syntax::CalendarDecl::Hours& part : decl.hours) {
    if (part.to <= part.from || (!hours.empty() && part.from < hours.back().to)) {
      program.error(part.span, "E110",
                    {"hours follow each other, each ending after it begins",
                     "工作时间应依次排列，且止于起之后"});
      return {};
    }
    hours.push_back({part.from, part.to});
  }
  return hours;
}

void read_calendar(Program& program, Declared<syntax::CalendarDecl>& info) {
  Plan& plan = program.plan;
  const syntax::CalendarDecl& decl = *info.syntax;
  std::map<Date, bool> days;
  if (!decl.from.text.empty()) {
    std::vector<std::string> paths;
    for (const DeploymentFile& file : program.input.files) paths.push_back(file.path);
    const size_t found = find_path(paths, program.sources[info.file].path(), decl.from.text);
    if (found == paths.size()) {
      program.error(decl.from.span, "E106",
                    {"the file " + quoted(decl.from.text) + " is not among the deployment's",
                     "部署中没有文件" + quoted(decl.from.text)});
    } else {
      Result<std::map<Date, bool>> read = read_workdays(program.input.files[found].text);
      if (read) {
        days = std::move(*read);
      } else {
        program.error(decl.from.span, "E111",
                      {paths[found] + ": " + read.error().to_string(),
                       "文件 " + paths[found] + " 有误：" + in_chinese(read.error())});
      }
    }
  }
  info.id = static_cast<Index>(plan.calendars.size());
  plan.calendar_names.push_back(info.names);
  plan.calendars.emplace_back(std::move(days), read_hours(program, decl));
  if (!decl.is_default) return;
  if (plan.default_calendar != Duration::kDefaultCalendar) {
    program.error(decl.span, "E110", {"there is another default calendar", "已有默认日历"});
  } else {
    plan.default_calendar = static_cast<uint16_t>(info.id);
  }
}

// How the subjects that have the address spell it, else the references.
void note_address(Program& program, const Declared<syntax::ChannelDecl>& info) {
  const syntax::Word& address = info.syntax->address;
  for (const bool reference : {false, true}) {
    for (const auto& declared : program.entities) {
      const Layout::Entity& entity = program.plan.layout.entities[declared.id];
      if (entity.reference != reference || !program.visible(info.file, declared.file)) continue;
      const auto slot = find_attribute(program, static_cast<uint16_t>(declared.id), address.text);
      const bool is_key = entity.key.matches(address.text);
      if (!slot && !is_key) continue;
      program.note(address.span, is_key ? entity.key : entity.attributes[*slot].names);
      return;
    }
  }
}

// A notice's channels are looked up where it is sent by them; it may never be.
void note_channel(Program& program, const syntax::Word& word, uint16_t file) {
  for (const auto& channel : program.channels) {
    if (!channel.names.matches(word.text) || !program.visible(file, channel.file)) continue;
    return program.note(word.span, channel.names);
  }
}

// The canonical name of the address: that of the first entity which has it.
std::string address_name(Program& program, const Declared<syntax::ChannelDecl>& info) {
  const syntax::Word& address = info.syntax->address;
  if (address.empty()) return "";
  note_address(program, info);
  std::vector<std::string> candidates;
  for (const auto& entity_info : program.entities) {
    if (!program.visible(info.file, entity_info.file)) continue;
    const auto entity = static_cast<uint16_t>(entity_info.id);
    const Layout::Entity& entity_layout = program.plan.layout.entities[entity];
    if (entity_layout.key.matches(address.text)) return entity_layout.key.name;
    const auto attribute = find_attribute(program, entity, address.text);
    if (attribute) return entity_layout.attributes[*attribute].names.name;
    for (const Layout::Field& field : entity_layout.attributes) {
      candidates.push_back(field.names.name);
      if (!field.names.alias.empty()) candidates.push_back(field.names.alias);
    }
  }
  Message message{"no entity and no reference has an attribute " + quoted(address.text),
                  "没有任何对象或参照有属性" + quoted(address.text)};
  suggest(message, address.text, candidates);
  program.error(address.span, "E101", std::move(message));
  return "";
}

}  // namespace

void build_vocabulary(Program& program) {
  bool first = true;
  for (const syntax::File& file : program.files) {
    if (file.vocabulary.name.empty()) continue;
    read_vocabulary(program, file.vocabulary, first);
    first = false;
  }
  for (auto& info : program.calendars) read_calendar(program, info);
  if (program.plan.default_calendar == Duration::kDefaultCalendar &&
      program.plan.calendars.size() == 1) {
    program.plan.default_calendar = 0;
  }
}

void build_channels(Program& program) {
  for (auto& info : program.channels) {
    const syntax::ChannelDecl& decl = *info.syntax;
    Channel channel;
    channel.names = info.names;
    channel.address = address_name(program, info);
    channel.quiet_from = decl.quiet_from;
    channel.quiet_to = decl.quiet_to;
    channel.limits = decl.limits;
    channel.drop = decl.drop;
    info.id = static_cast<Index>(program.plan.channels.size());
    program.plan.channels.push_back(std::move(channel));
  }
  for (auto& info : program.notices) {
    for (const syntax::Word& word : info.syntax->channels) note_channel(program, word, info.file);
    Notice notice;
    notice.names = info.names;
    notice.notice_class = info.syntax->notice_class;
    notice.policy = program.policy_of_file[info.file];
    info.id = static_cast<Index>(program.plan.notices.size());
    program.plan.notices.push_back(std::move(notice));
  }
}

}  // namespace duban::compiler

namespace duban {

Result<std::map<Date, bool>> read_workdays(std::string_view csv) {
  Result<CsvTable> table = read_csv(csv);
  if (!table) return table.error();
  const auto date_column = table->column("date");
  const auto worked_column = table->column("is_workday");
  if (!date_column || !worked_column) {
    return Error{"the columns `date` and `is_workday` are needed", "line 1", "",
                 "须有 `date` 和 `is_workday` 两列", ""};
  }
  std::map<Date, bool> days;
  for (const CsvRow& row : table->rows) {
    const std::string place = "line " + std::to_string(row.line);
    const auto date = parse_date(row.cells[*date_column]);
    if (!date) {
      const std::string& cell = row.cells[*date_column];
      return Error{"`" + cell + "` is no date", place, "as in 2026-03-01", "“" + cell + "”不是日期",
                   "例如 2026-03-01"};
    }
    const std::string& worked = row.cells[*worked_column];
    if (worked != "0" && worked != "1") {
      return Error{"`" + worked + "` is neither 1 (worked) nor 0", place, "",
                   "“" + worked + "”既不是 1（工作日）也不是 0", ""};
    }
    if (!days.emplace(*date, worked == "1").second) {
      return Error{"the date " + to_string(*date) + " stands twice", place, "",
                   "日期 " + to_string(*date) + " 重复", ""};
    }
  }
  // The calendar is an array of days: one stray year would make it enormous.
  constexpr int32_t kMaxDays = 200 * 366;
  if (!days.empty() && days.rbegin()->first.days - days.begin()->first.days > kMaxDays) {
    return Error{"the dates span more than 200 years", "", "", "日期跨度超过 200 年", ""};
  }
  return days;
}

}  // namespace duban
