#include "runtime/sqlite_records.h"

#include "engine/format.h"
#include "runtime/json_text.h"
#include "runtime/words.h"

namespace duban {
namespace {

std::string insert(const std::string& table, int columns) {
  std::string sql = "INSERT INTO " + table + " VALUES(NULL";  // the row's number
  for (int i = 0; i < columns; ++i) sql += ",?";
  return sql + ")";
}

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

}  // namespace

RecordWriter::RecordWriter(SQLite::Database& database)
    : case_(database, insert("case_change", 14)),
      task_(database, insert("task_change", 23)),
      notice_(database, insert("notice_change", 20)),
      outgoing_(database, insert("outgoing", 15)),
      raised_(database, insert("raised", 11)),
      duplicate_(database, insert("duplicate", 13)) {}

void RecordWriter::write(const Plans* plans, Sequence sequence, const Record& record,
                         const OutboxNumbers& outbox) {
  plans_ = plans;
  sequence_ = sequence;
  outbox_ = &outbox;
  std::visit([this](const auto& content) { write_one(content); }, record);
}

Binder RecordWriter::start(SQLite::Statement& statement, const Digest& id, const Key& subject) {
  Binder binder(statement);
  binder.integer(static_cast<int64_t>(sequence_)).id(id).integer(subject.entity).text(subject.key);
  return binder;
}

void RecordWriter::finish(Binder& binder, const Provenance& from) {
  binder.integer(from.version)
      .text_or_null(from.policy)
      .text_or_null(place_text(plans_, from))
      .text_or_null(from.basis)
      .run();
}

void RecordWriter::bind_outbox(Binder& binder, const Digest& id) {
  const auto at = outbox_->find(id.low);
  if (at == outbox_->end()) {
    binder.null();
  } else {
    binder.integer(static_cast<int64_t>(at->second));
  }
}

std::string RecordWriter::fields(const std::string& event,
                                 std::vector<std::pair<std::string, Value>> fields,
                                 std::vector<Type> types) const {
  if (plans_ == nullptr || plans_->empty()) return {};
  const Plan& plan = plans_->current();
  types.resize(fields.size());
  if (const auto index = plan.layout.find_event(event)) {
    const std::vector<Layout::Field>& declared = plan.layout.events[*index].fields;
    for (size_t i = 0; i < fields.size(); ++i) {
      auto& [name, value] = fields[i];
      const auto slot = find_field(declared, name);
      if (value.is_none() || !slot || !declared[*slot].is_private) continue;
      value = Value{masked(format(plan, types[i], value, false))};
      types[i] = Type{TypeKind::text};
    }
  }
  return fields_json(plan, fields, types);
}

void RecordWriter::write_one(const CaseRecord& r) {
  Binder binder = start(case_, r.id, r.subject);
  binder.text(r.name).text_or_null(r.key).text(to_string(r.change)).text(time_text(plans_, r.at));
  binder.text(time_text(plans_, r.opened)).text_or_null(r.outcome);
  finish(binder, r.from);
}

void RecordWriter::write_one(const TaskRecord& r) {
  Binder binder = start(task_, r.id, r.subject);
  binder.id(r.case_id).text(to_string(r.change)).text(to_string(r.status)).text(r.title);
  binder.text(r.assignee ? r.assignee->key : "unassigned").text_or_null(joined(r.accountable));
  binder.text(time_text(plans_, r.at)).text(time_text(plans_, r.opened));
  if (r.due) {
    binder.text(due_text(plans_, *r.due)).integer(r.due->at.ms);
  } else {
    binder.null().null();
  }
  std::string answers;
  if (!r.answers.empty()) {
    JsonObject object;
    for (const auto& [field, value] : r.answers) object.text(field, value);
    answers = object.take();
  }
  binder.text_or_null(r.person ? r.person->key : "").text_or_null(r.note).text_or_null(answers);
  binder.text_or_null(joined(r.needs));
  binder.text_or_null(r.paused ? time_text(plans_, *r.paused) : std::string());
  finish(binder, r.from);
}

void RecordWriter::write_one(const NoticeRecord& r) {
  Binder binder = start(notice_, r.id, r.subject);
  binder.id(r.case_id).text(to_string(r.status)).text(r.recipient.key).text(r.channel);
  binder.text_or_null(masked(r.address))
      .text(r.notice)
      .text(to_string(r.notice_class))
      .text(r.text);
  binder.text(time_text(plans_, r.at)).text_or_null(r.until ? time_text(plans_, *r.until) : "");
  binder.text_or_null(r.note);
  bind_outbox(binder, r.id);
  finish(binder, r.from);
}

void RecordWriter::write_one(const OutgoingRecord& r) {
  Binder binder = start(outgoing_, r.id, r.subject);
  binder.id(r.case_id)
      .text(r.event)
      .text(fields(r.event, r.fields, r.types))
      .text(to_string(r.status));
  binder.text(time_text(plans_, r.at)).text_or_null(r.note);
  bind_outbox(binder, r.id);
  finish(binder, r.from);
}

void RecordWriter::write_one(const DuplicateRecord& r) {
  Binder binder = start(duplicate_, r.id, r.subject);
  binder.text(r.event).text(r.key).integer(r.differs ? 1 : 0).integer(r.raised ? 1 : 0);
  binder.text(time_text(plans_, r.at));
  finish(binder, r.from);
}

// A raised event carries no types; those of its declaration are the same.
void RecordWriter::write_one(const RaisedRecord& r) {
  std::vector<Type> types;
  if (plans_ != nullptr && !plans_->empty()) {
    const Layout& layout = plans_->current().layout;
    if (const auto event = layout.find_event(r.event)) {
      for (const auto& [name, value] : r.fields) {
        const auto slot = find_field(layout.events[*event].fields, name);
        types.push_back(slot ? layout.events[*event].fields[*slot].type : Type());
      }
    }
  }
  Binder binder = start(raised_, r.id, r.subject);
  binder.text(r.event)
      .text(fields(r.event, r.fields, std::move(types)))
      .text(time_text(plans_, r.at));
  finish(binder, r.from);
}

}  // namespace duban
