#include "runtime/sqlite_records.h"

#include "engine/format.h"
#include "runtime/json_text.h"
#include "runtime/sqlite_database.h"
#include "runtime/words.h"

namespace duban {
namespace {

std::string joined(const std::vector<std::string>& items) {
  std::string out;
  for (const std::string& item : items) out += (out.empty() ? "" : "; ") + item;
  return out;
}

std::string joined(const std::vector<Key>& keys) {
  std::string out;
  for (const Key& key : keys) out += (out.empty() ? "" : ", ") + key.key;
  return out;
}

// A raised event carries no types; those of its declaration are the same.
std::vector<Type> types_of(const Plan& plan, const RaisedRecord& r) {
  std::vector<Type> types;
  const auto event = plan.layout.find_event(r.event);
  for (const auto& [name, value] : r.fields) {
    const auto slot =
        event ? find_field(plan.layout.events[*event].fields, name) : std::optional<uint16_t>();
    types.push_back(slot ? plan.layout.events[*event].fields[*slot].type : Type());
  }
  return types;
}

}  // namespace

std::string_view RecordWriter::Times::of(const Plans* plans, Instant instant) {
  const uint64_t mixed = static_cast<uint64_t>(instant.ms) * 0x9e3779b97f4a7c15U;
  Known& known = known_[mixed >> 58];
  if (known.instant == instant && !known.text.empty()) return known.text;
  known = {instant, {}};
  if (plans == nullptr || plans->empty() || instant.ms == INT64_MIN)
    return known.text = time_text(plans, instant);
  const Zone& zone = plans->current().zone;
  const Date day = zone.date_of(instant);
  if (day_text_.empty() || day != day_) {
    day_ = day;
    day_text_ = to_string(day) + ' ';
  }
  known.text = day_text_;
  return known.text += to_string(zone.time_of(instant));
}

RecordWriter::RecordWriter(SQLite::Database& database)
    : database_(database),
      case_(database, "case_change", 12),
      task_(database, "task_change", 25),
      notice_(database, "notice_change", 19),
      outgoing_(database, "outgoing", 14),
      raised_(database, "raised", 9),
      duplicate_(database, "duplicate", 11) {
  last_place_ = durable_place_ =
      database.execAndGet("SELECT coalesce((SELECT max(number) FROM provenance), 0)").getInt64();
}

void RecordWriter::forget() {
  places_.clear();
  last_place_ = durable_place_;
  for (InsertRows* rows : {&case_, &task_, &notice_, &outgoing_, &raised_, &duplicate_})
    rows->forget();
}

void RecordWriter::describe_with(const Plans* plans) {
  // Local times are those of the zone in force.
  const Plan* in_force = plans == nullptr || plans->empty() ? nullptr : &plans->current();
  if (in_force != in_force_) times_.clear();
  in_force_ = in_force;
  plans_ = plans;
}

void RecordWriter::write(const Effect& effect) {
  effect_ = &effect;
  std::visit([this](const auto& content) { write_one(content); }, *effect.record);
}

void RecordWriter::flush() {
  for (InsertRows* rows : {&case_, &task_, &notice_, &outgoing_, &raised_, &duplicate_})
    rows->flush();
}

InsertRows& RecordWriter::start(InsertRows& rows, const Digest& id, const Key& subject) {
  rows.integer(static_cast<int64_t>(effect_->number))
      .integer(static_cast<int64_t>(effect_->sequence));
  return rows.id(id).integer(subject.entity).text(subject.key);
}

void RecordWriter::add_place(InsertRows& rows, const Provenance& from) {
  const Less::View view{from.version, from.span.file, from.span.begin, from.policy, from.basis};
  auto at = places_.find(view);
  if (at == places_.end()) {
    const std::string place = place_text(plans_, from);
    Insert row(database_, insert_into("provenance", 5));
    row.integer(++last_place_).integer(from.version);
    row.text_or_null(from.policy).text_or_null(place).text_or_null(from.basis).run();
    at = places_.emplace(view, last_place_).first;
  }
  rows.integer(at->second);
}

void RecordWriter::finish(InsertRows& rows, const Provenance& from) {
  add_place(rows, from);
  rows.end_row();
}

std::string RecordWriter::masked_fields(const std::string& event,
                                        const std::vector<std::pair<std::string, Value>>& fields,
                                        const std::vector<Type>& types) const {
  const Plan& plan = plans_->current();
  const auto index = plan.layout.find_event(event);
  if (!index) return {};
  const std::vector<Layout::Field>& declared = plan.layout.events[*index].fields;
  auto shown = fields;
  auto shown_types = types;
  shown_types.resize(fields.size());
  bool any = false;
  for (size_t i = 0; i < fields.size(); ++i) {
    const auto slot = find_field(declared, fields[i].first);
    if (fields[i].second.is_none() || !slot || !declared[*slot].is_private) continue;
    shown[i].second = Value{masked(format(plan, shown_types[i], fields[i].second, false))};
    shown_types[i] = Type{TypeKind::text};
    any = true;
  }
  return any ? fields_json(plan, shown, shown_types) : std::string();
}

void RecordWriter::write_one(const CaseRecord& r) {
  InsertRows& row = start(case_, r.id, r.subject);
  row.text(r.name).text_or_null(r.key).text(to_string(r.change));
  row.copied(time(r.at)).copied(time(r.opened));
  finish(row.text_or_null(r.outcome), r.from);
}

void RecordWriter::write_one(const TaskRecord& r) {
  std::string answers;
  if (!r.answers.empty()) {
    JsonObject object;
    for (const auto& [field, value] : r.answers) object.text(field, value);
    answers = object.take();
  }
  InsertRows& row = start(task_, r.id, r.subject);
  row.id(r.case_id).text(to_string(r.change)).text(to_string(r.status)).text(r.title);
  row.text(r.assignee ? std::string_view(r.assignee->key) : "unassigned");
  row.copied_or_null(joined(r.accountable));
  row.copied(time(r.at)).integer(r.at.ms).copied(time(r.opened));
  if (r.due) {
    row.copied(due_text(plans_, *r.due)).integer(r.due->at.ms).integer(r.due->whole_day ? 1 : 0);
  } else {
    row.null().null().null();
  }
  row.text_or_null(r.person ? std::string_view(r.person->key) : "").text_or_null(r.note);
  row.copied_or_null(answers).copied_or_null(joined(r.needs));
  r.paused ? row.copied_or_null(time(*r.paused)).integer(r.paused->ms) : row.null().null();
  add_place(row, r.from);
  row.id(r.message).end_row();
}

void RecordWriter::write_one(const NoticeRecord& r) {
  InsertRows& row = start(notice_, r.id, r.subject);
  row.id(r.case_id).text(to_string(r.status)).text(r.recipient.key).text(r.channel);
  row.text_or_null(r.address).text(r.notice).text(to_string(r.notice_class)).text(r.text);
  row.copied(time(r.at)).integer(r.at.ms);
  row.copied_or_null(r.until ? time(*r.until) : std::string_view()).text_or_null(r.note);
  finish(row.integer(r.receipt_matters ? 1 : 0), r.from);
}

void RecordWriter::write_one(const OutgoingRecord& r) {
  std::string data, shown;
  if (plans_ != nullptr && !plans_->empty()) {
    data = fields_json(plans_->current(), r.fields, r.types);
    shown = masked_fields(r.event, r.fields, r.types);
  }
  InsertRows& row = start(outgoing_, r.id, r.subject);
  row.id(r.case_id).text(r.event).copied(data).copied_or_null(shown).text(to_string(r.status));
  finish(row.copied(time(r.at)).integer(r.at.ms).text_or_null(r.note), r.from);
}

void RecordWriter::write_one(const DuplicateRecord& r) {
  InsertRows& row = start(duplicate_, r.id, r.subject);
  row.text(r.event).text(r.key).integer(r.differs ? 1 : 0).integer(r.raised ? 1 : 0);
  finish(row.copied(time(r.at)), r.from);
}

void RecordWriter::write_one(const RaisedRecord& r) {
  std::string data;
  if (plans_ != nullptr && !plans_->empty()) {
    const std::vector<Type> types = types_of(plans_->current(), r);
    data = masked_fields(r.event, r.fields, types);
    if (data.empty()) data = fields_json(plans_->current(), r.fields, types);
  }
  InsertRows& row = start(raised_, r.id, r.subject);
  finish(row.text(r.event).copied(data).copied(time(r.at)), r.from);
}

}  // namespace duban
