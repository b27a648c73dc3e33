#include <charconv>

#include "engine/bytes.h"
#include "engine/codec.h"
#include "engine/format.h"
#include "engine/json_plain.h"
#include "runtime/sealed.h"
#include "runtime/sqlite_impl.h"
#include "runtime/words.h"
#include "runtime/zstd_text.h"

namespace duban {
namespace {

// Files and parameters of a deployment in one text.
std::string pack_input(const CompileInput& input) {
  ByteWriter out;
  out.number(input.files.size());
  for (const DeploymentFile& file : input.files) {
    out.text(file.path);
    out.text(file.text);
  }
  out.number(input.parameters.size());
  for (const auto& [name, value] : input.parameters) {
    out.text(name);
    out.text(value);
  }
  return pack_text(out.bytes());
}

// JSON, written piece by piece; most texts are plain.
class EventsText {
 public:
  explicit EventsText(std::string room) : out_(std::move(room)) {}
  EventsText& raw(std::string_view json) {
    out_.raw(json);
    return *this;
  }
  EventsText& number(uint64_t number) {
    char digits[20];
    const char* end = std::to_chars(digits, digits + sizeof digits, number).ptr;
    return raw({digits, static_cast<size_t>(end - digits)});
  }
  EventsText& text(std::string_view text) {
    if (plain_json_bytes(text) < text.size()) return raw(json_quoted(text));
    out_.byte('"');
    out_.raw(text);
    out_.byte('"');
    return *this;
  }
  EventsText& text_or_null(std::string_view value) {
    return value.empty() ? raw("null") : text(value);
  }
  std::string_view so_far() const { return out_.bytes(); }
  std::string take() { return out_.take(); }

 private:
  ByteWriter out_;
};

}  // namespace

std::string_view to_string(StoredIncident::Kind kind) {
  switch (kind) {
    case StoredIncident::Kind::line:
      return "line";
    case StoredIncident::Kind::event:
      return "event";
    case StoredIncident::Kind::step:
      return "step";
    case StoredIncident::Kind::concern:
      return "concern";
  }
  return {};
}

std::string_view to_string(StoredIncident::Status status) {
  switch (status) {
    case StoredIncident::Status::open:
      return "open";
    case StoredIncident::Status::retried:
      return "retried";
    case StoredIncident::Status::dropped:
      return "dropped";
  }
  return {};
}

Status SqliteStore::commit(const Batch& batch) {
  Status status = guarded([&]() -> Status {
    SQLite::Transaction transaction(*database_.connection, SQLite::TransactionBehavior::IMMEDIATE);
    log_.append(batch.log);
    write_batch(batch);
    transaction.commit();
    return {};
  });
  // Only now: what did not become durable never was.
  if (!status) {
    log_.forget();
    writer_->forget();
    return status;
  }
  log_.committed();
  writer_->records.committed();
  if (!batch.effects.empty()) last_effect_ = batch.effects.back().number;
  if (batch.sent_all) sent_all_ = *batch.sent_all;
  if (batch.clock) clock_ = batch.clock;
  if (batch.asking) asking_ = *batch.asking;
  if (batch.releasing) releasing_ = *batch.releasing;
  if (batch.swept) swept_ = *batch.swept;
  return {};
}

void SqliteStore::write_batch(const Batch& batch) {
  writer_->records.describe_with(plans_);
  write_events(batch);
  write_subjects(batch);
  write_held(batch);
  for (const Effect& effect : batch.effects) writer_->records.write(effect);
  writer_->records.flush();
  write_sent(batch);
  write_incidents(batch);
  write_deployments(batch);
  write_references(batch);
  if (batch.clock) set_meta("clock", batch.clock->ms);
  if (batch.asking) set_meta("asking", *batch.asking);
  if (batch.releasing) set_meta("releasing", static_cast<int64_t>(*batch.releasing));
  if (batch.swept) set_meta("swept", static_cast<int64_t>(*batch.swept));
}

SqliteStore::Writer::Writer(SQLite::Database& database)
    : records(database),
      subject(database,
              "INSERT INTO subject(entity, key, last_sequence, attributes, state) "
              "VALUES(?1,?2,?3,?4,?5) ON CONFLICT DO UPDATE SET last_sequence = ?3, "
              "attributes = coalesce(?4, attributes), state = ?5"),
      wake_set(database, "INSERT OR REPLACE INTO wake VALUES(?,?,?,?)"),
      event_group(database, insert_into("event_group", 2)) {}

void SqliteStore::write_events(const Batch& batch) {
  EventsText events(std::move(events_));
  Sequence last = 0;
  for (const LogEntry& entry : batch.log) {
    if (entry.event_id.empty() || entry.id == Digest{}) continue;
    events.raw(last == 0 ? "[[" : ",[").number(entry.sequence);
    events.raw(",").text_or_null(entry.type);
    events.raw(",").number(entry.subject.entity);
    events.raw(",").text(entry.subject.key);
    events.raw(",").text_or_null(entry.source);
    events.raw(",").text_or_null(entry.event_id);
    events.raw(",").text_or_null(writer_->records.time(entry.time)).raw("]");
    last = entry.sequence;
  }
  if (last != 0) {
    events.raw("]");
    Insert& row = writer_->event_group;
    row.integer(static_cast<int64_t>(last)).text(events.so_far()).run();
  }
  events_ = events.take();
}

void SqliteStore::write_subjects(const Batch& batch) {
  SQLite::Statement& wake_clear = prepared("DELETE FROM wake WHERE entity = ? AND key = ?");
  for (const StoredSubject& s : batch.subjects) {
    const std::string state = sealed(s.key, s.last, s.state, s.timer);
    Insert& row = writer_->subject;
    row.integer(s.key.entity).text(s.key.key).integer(static_cast<int64_t>(s.last));
    s.attributes ? row.text(*s.attributes) : row.null();
    row.blob(state).run();
    if (!s.wake) continue;
    if (const std::optional<Wake>& wake = *s.wake) {
      writer_->wake_set.integer(s.key.entity).text(s.key.key).integer(wake->at.ms);
      writer_->wake_set.integer(wake->before_facts ? 1 : 0).run();
    } else {
      Binder(wake_clear).integer(s.key.entity).text(s.key.key).run();
    }
  }
}

void SqliteStore::write_held(const Batch& batch) {
  SQLite::Statement& held = prepared("INSERT OR REPLACE INTO held_input VALUES(?,?,?)");
  for (const auto& [key, sequence] : batch.held) {
    Binder(held).integer(static_cast<int64_t>(sequence)).integer(key.entity).text(key.key).run();
  }
  SQLite::Statement& released = prepared("DELETE FROM held_input WHERE sequence = ?");
  for (const Sequence sequence : batch.released) {
    Binder(released).integer(static_cast<int64_t>(sequence)).run();
  }
  for (const auto& [key, wake] : batch.given_up) {
    if (wake) {
      Binder row(prepared("INSERT OR REPLACE INTO given_up VALUES(?,?,?,?)"));
      row.integer(key.entity).text(key.key).integer(wake->at.ms).integer(wake->before_facts).run();
    } else {
      Binder row(prepared("DELETE FROM given_up WHERE entity = ? AND key = ?"));
      row.integer(key.entity).text(key.key).run();
    }
  }
}

void SqliteStore::write_sent(const Batch& batch) {
  SQLite::Statement& delivery = prepared("INSERT OR REPLACE INTO delivery VALUES(?,?)");
  for (const Batch::Sent& item : batch.sent) {
    Binder binder(delivery);
    binder.integer(static_cast<int64_t>(item.number)).integer(item.delivered ? 1 : -1).run();
  }
  if (!batch.sent_all) return;
  set_meta("sent_all", static_cast<int64_t>(*batch.sent_all));
  Binder(prepared("DELETE FROM delivery WHERE outcome = 1 AND number <= ?"))
      .integer(static_cast<int64_t>(*batch.sent_all))
      .run();
}

void SqliteStore::write_incidents(const Batch& batch) {
  SQLite::Statement& incident =
      prepared("INSERT OR REPLACE INTO incident VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?)");
  for (const StoredIncident& i : batch.incidents) {
    Binder binder(incident);
    binder.id(i.id).text(to_string(i.kind)).text(to_string(i.status));
    if (i.subject.key.empty()) {
      binder.null().null();
    } else {
      binder.integer(i.subject.entity).text(i.subject.key);
    }
    binder.integer(static_cast<int64_t>(i.sequence))
        .text_or_null(time_text(plans_, i.at))
        .integer(i.at.ms);
    binder.text_or_null(i.place).text(i.english).text(i.chinese).text_or_null(i.raw);
    binder.integer(i.holds ? 1 : 0).run();
  }
}

void SqliteStore::write_deployments(const Batch& batch) {
  SQLite::Statement& deployment = prepared("INSERT INTO deployment VALUES(?,?,?,?,?,?,?,?,?,?,?)");
  for (const StoredDeployment& d : batch.deployments) {
    const std::string files = pack_input(d.input);
    const std::string layout = pack_text(d.layout);
    Binder binder(deployment);
    binder.integer(d.version).integer(d.at.ms).text_or_null(time_text(plans_, d.at));
    binder.integer(static_cast<int64_t>(d.sequence))
        .text(d.digest)
        .text(d.sources_digest)
        .blob(files);
    binder.blob(layout).text(d.zone_data);
    if (d.rollback_of == 0) {
      binder.null();
    } else {
      binder.integer(d.rollback_of);
    }
    binder.text_or_null(d.note).run();
  }
  if (batch.deployments.empty() || plans_ == nullptr || plans_->empty()) return;
  SQLite::Statement& entity = prepared("INSERT OR REPLACE INTO entity VALUES(?,?,?)");
  int64_t number = 0;
  for (const Layout::Entity& e : plans_->current().layout.entities) {
    Binder(entity).integer(number++).text(e.names.name).text_or_null(e.names.alias).run();
  }
}

void SqliteStore::write_references(const Batch& batch) {
  SQLite::Statement& reference = prepared("INSERT OR REPLACE INTO reference_row VALUES(?,?,?,?)");
  for (const ReferenceRow& row : batch.references) {
    const std::string bytes = sealed({row.entity, row.key}, 0, encode(row));
    std::string attributes;
    if (plans_ != nullptr && !plans_->empty()) {
      attributes = attributes_json(plans_->current(), row.entity, row.row);
    }
    Binder binder(reference);
    binder.integer(row.entity).text(row.key).blob(bytes).text_or_null(attributes).run();
  }
}

}  // namespace duban
