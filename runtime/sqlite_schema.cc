// The tables, and the views that are a public interface. A change of either is a new entry at the
// end of the list of migrations; what was released is never edited.
#include <array>

#include "runtime/sqlite_database.h"

namespace duban {
namespace {

// Records are append-only snapshots: the newest row of an id is what is true now. No index on ids:
// scattered inserts into one would cost more than all the rest (bench/README.md).
constexpr const char* kVersion3 = R"sql(
CREATE TABLE meta(name TEXT PRIMARY KEY, value) WITHOUT ROWID;

-- at: the newest time of any entry up to the row's last. Where compaction dropped entries, frame
-- holds the rest, body is the digest of what it was, kept that of what it is. Their ids stay.
CREATE TABLE log(first INTEGER PRIMARY KEY, count INTEGER NOT NULL, shared INTEGER NOT NULL,
                 at INTEGER NOT NULL, ids BLOB NOT NULL, frame BLOB NOT NULL, chain BLOB NOT NULL, body BLOB, kept BLOB);
-- Where the ids of older rows are found: runtime/sqlite_id_runs.h.
CREATE TABLE id_run(number INTEGER PRIMARY KEY, count INTEGER NOT NULL, until INTEGER NOT NULL,
                    inputs TEXT, filter BLOB, firsts BLOB, seal BLOB);
CREATE TABLE id_block(place INTEGER PRIMARY KEY, ids BLOB NOT NULL);
-- What events a commit brought: [[sequence, type, entity, subject, source, id, at], …]. A row of its
-- own for each would cost five times as much.
CREATE TABLE event_group(last INTEGER PRIMARY KEY, events TEXT NOT NULL);
CREATE VIEW event AS
  SELECT json_extract(e.value, '$[0]') AS sequence, json_extract(e.value, '$[1]') AS type,
    json_extract(e.value, '$[2]') AS entity, json_extract(e.value, '$[3]') AS subject,
    json_extract(e.value, '$[4]') AS source, json_extract(e.value, '$[5]') AS id,
    json_extract(e.value, '$[6]') AS at
  FROM event_group g, json_each(g.events) e;

CREATE TABLE subject(entity INTEGER, key TEXT, last_sequence INTEGER NOT NULL,
                     attributes TEXT, state BLOB NOT NULL,
                     PRIMARY KEY(entity, key)) WITHOUT ROWID;
-- Subjects as they were after the last of their entries that compaction dropped.
CREATE TABLE base(entity INTEGER, key TEXT, last_sequence INTEGER NOT NULL, state BLOB NOT NULL,
                  PRIMARY KEY(entity, key)) WITHOUT ROWID;
CREATE TABLE wake(entity INTEGER, key TEXT, at INTEGER NOT NULL, before_facts INTEGER NOT NULL,
                  PRIMARY KEY(entity, key)) WITHOUT ROWID;
-- Timers that are due and do not go off: they failed, and their incidents were dropped.
CREATE TABLE given_up(entity INTEGER, key TEXT, at INTEGER NOT NULL, before_facts INTEGER NOT NULL,
                      PRIMARY KEY(entity, key)) WITHOUT ROWID;

-- What was done. Numbers rise over all six tables, in the order of the steps.
CREATE TABLE case_change(number INTEGER PRIMARY KEY, sequence INTEGER NOT NULL, id BLOB NOT NULL,
  entity INTEGER NOT NULL, subject TEXT NOT NULL, name TEXT NOT NULL, key TEXT, change TEXT NOT NULL,
  at TEXT, opened TEXT, outcome TEXT, provenance INTEGER);
CREATE TABLE task_change(number INTEGER PRIMARY KEY, sequence INTEGER NOT NULL, id BLOB NOT NULL,
  entity INTEGER NOT NULL, subject TEXT NOT NULL, case_id BLOB, change TEXT NOT NULL,
  status TEXT NOT NULL, title TEXT NOT NULL, assignee TEXT, accountable TEXT, at TEXT, at_ms INTEGER,
  opened TEXT, due TEXT, due_ms INTEGER, whole_day INTEGER, person TEXT, note TEXT, answers TEXT,
  needs TEXT, paused TEXT, paused_ms INTEGER, provenance INTEGER);
CREATE TABLE notice_change(number INTEGER PRIMARY KEY, sequence INTEGER NOT NULL, id BLOB NOT NULL,
  entity INTEGER NOT NULL, subject TEXT NOT NULL, case_id BLOB, status TEXT NOT NULL, recipient TEXT,
  channel TEXT, address TEXT, notice TEXT, class TEXT, text TEXT, at TEXT, at_ms INTEGER, until TEXT,
  note TEXT, receipt_matters INTEGER, provenance INTEGER);
CREATE TABLE outgoing(number INTEGER PRIMARY KEY, sequence INTEGER NOT NULL, id BLOB NOT NULL,
  entity INTEGER NOT NULL, subject TEXT NOT NULL, case_id BLOB, event TEXT NOT NULL, data TEXT,
  masked TEXT, status TEXT NOT NULL, at TEXT, at_ms INTEGER, note TEXT, provenance INTEGER);
CREATE TABLE raised(number INTEGER PRIMARY KEY, sequence INTEGER NOT NULL, id BLOB NOT NULL,
  entity INTEGER NOT NULL, subject TEXT NOT NULL, event TEXT NOT NULL, data TEXT, at TEXT,
  provenance INTEGER);
-- Events that do not count. raised: by a rule, otherwise it is what its entry of the log brought.
CREATE TABLE duplicate(number INTEGER PRIMARY KEY, sequence INTEGER NOT NULL, id BLOB NOT NULL,
  entity INTEGER NOT NULL, subject TEXT NOT NULL, event TEXT NOT NULL, key TEXT NOT NULL,
  differs INTEGER NOT NULL, raised INTEGER NOT NULL, at TEXT, provenance INTEGER);
CREATE INDEX duplicate_sequence ON duplicate(sequence);
CREATE TABLE provenance(number INTEGER PRIMARY KEY, version INTEGER, policy TEXT, place TEXT, basis TEXT);

-- All that is to be sent up to meta.sent_all has been, except what stands here. outcome: 1 delivered
-- although an earlier one was not yet, -1 given up.
CREATE TABLE delivery(number INTEGER PRIMARY KEY, outcome INTEGER NOT NULL);

CREATE TABLE incident(id BLOB PRIMARY KEY, kind TEXT NOT NULL, status TEXT NOT NULL, entity INTEGER,
  subject TEXT, sequence INTEGER, at TEXT, at_ms INTEGER, place TEXT, english TEXT, chinese TEXT,
  raw TEXT, holds INTEGER NOT NULL);
CREATE TABLE held_input(sequence INTEGER PRIMARY KEY, entity INTEGER NOT NULL, key TEXT NOT NULL);
CREATE TABLE deployment(version INTEGER PRIMARY KEY, at INTEGER, at_text TEXT, sequence INTEGER,
  digest TEXT, sources_digest TEXT, files BLOB, layout BLOB, zone_data TEXT, rollback_of INTEGER,
  note TEXT);
CREATE TABLE reference_row(entity INTEGER, key TEXT, row BLOB NOT NULL, attributes TEXT,
  PRIMARY KEY(entity, key)) WITHOUT ROWID;
CREATE TABLE entity(id INTEGER PRIMARY KEY, name TEXT NOT NULL, alias TEXT);

CREATE VIEW v_subject AS
  SELECT e.name AS entity, s.key AS subject, s.attributes AS attributes,
    CASE WHEN EXISTS(SELECT 1 FROM incident i WHERE i.holds AND i.status = 'open'
      AND i.entity = s.entity AND i.subject = s.key) THEN 'held' ELSE 'active' END AS status,
    s.last_sequence AS last_sequence
  FROM subject s LEFT JOIN entity e ON e.id = s.entity
  UNION ALL
  SELECT e.name, r.key, r.attributes, 'reference', NULL
  FROM reference_row r LEFT JOIN entity e ON e.id = r.entity;

CREATE VIEW v_event AS
  SELECT v.sequence AS sequence, v.at AS time, v.type AS type, e.name AS entity, v.subject AS subject,
    v.source AS source, v.id AS id,
    CASE WHEN d.sequence IS NULL THEN 'counted' ELSE 'duplicate' END AS status,
    d.key || CASE WHEN d.differs THEN '; other content' ELSE '' END AS note
  FROM event v LEFT JOIN entity e ON e.id = v.entity
    LEFT JOIN duplicate d ON d.sequence = v.sequence AND NOT d.raised;

CREATE VIEW v_case AS
  SELECT lower(hex(c.id)) AS id, c.name AS name, c.key AS key, c.subject AS subject, e.name AS entity,
    CASE c.change WHEN 'closed' THEN 'closed' ELSE 'open' END AS status, c.outcome AS outcome,
    c.opened AS opened, CASE c.change WHEN 'closed' THEN c.at END AS closed, p.policy AS policy,
    p.version AS version, p.place AS place, p.basis AS basis, c.sequence AS sequence
  FROM case_change c LEFT JOIN entity e ON e.id = c.entity
    LEFT JOIN provenance p ON p.number = c.provenance
  WHERE c.number IN (SELECT max(number) FROM case_change GROUP BY id);

CREATE VIEW v_task AS
  SELECT lower(hex(t.id)) AS id, t.title AS title, t.assignee AS assignee,
    t.accountable AS accountable, t.due AS due, t.due_ms AS due_ms, t.paused AS paused, t.status AS status,
    t.opened AS opened, CASE WHEN t.status <> 'open' THEN t.at END AS ended, t.subject AS subject,
    e.name AS entity, lower(hex(t.case_id)) AS case_id, t.change AS last_change, t.at AS changed,
    t.person AS person, t.note AS note, t.answers AS answers, t.needs AS needs, p.policy AS policy,
    p.version AS version, p.place AS place, p.basis AS basis, t.sequence AS sequence
  FROM task_change t LEFT JOIN entity e ON e.id = t.entity
    LEFT JOIN provenance p ON p.number = t.provenance
  WHERE t.number IN (SELECT max(number) FROM task_change GROUP BY id);

-- `sent` and `given up` are the channel's word on what the policies only know as queued.
CREATE VIEW v_notice AS
  SELECT lower(hex(n.id)) AS id, n.notice AS notice, n.recipient AS recipient, n.channel AS channel,
    CASE WHEN length(n.address) > 4 THEN '***' || substr(n.address, -4)
         WHEN n.address IS NOT NULL THEN '***' END AS address,
    CASE WHEN n.status <> 'queued' THEN n.status WHEN d.outcome = -1 THEN 'given up'
         WHEN d.outcome = 1 OR n.number <= (SELECT value FROM meta WHERE name = 'sent_all')
         THEN 'sent' ELSE n.status END AS status,
    n.at AS time, n.until AS until, n.text AS text, n.note AS note, n.class AS class,
    n.subject AS subject, e.name AS entity, lower(hex(n.case_id)) AS case_id, p.policy AS policy,
    p.version AS version, p.place AS place, p.basis AS basis, n.sequence AS sequence
  FROM notice_change n LEFT JOIN entity e ON e.id = n.entity
    LEFT JOIN delivery d ON d.number = n.number
    LEFT JOIN provenance p ON p.number = n.provenance
  WHERE n.number IN (SELECT max(number) FROM notice_change GROUP BY id);

CREATE VIEW v_outgoing AS
  SELECT lower(hex(g.id)) AS id, g.event AS event, g.subject AS subject,
    coalesce(g.masked, g.data) AS data,
    CASE WHEN g.status <> 'queued' THEN g.status WHEN d.outcome = -1 THEN 'given up'
         WHEN d.outcome = 1 OR g.number <= (SELECT value FROM meta WHERE name = 'sent_all')
         THEN 'sent' ELSE g.status END AS status,
    g.at AS time, g.note AS note, e.name AS entity, lower(hex(g.case_id)) AS case_id,
    p.policy AS policy, p.version AS version, p.place AS place, p.basis AS basis, g.sequence AS sequence
  FROM outgoing g LEFT JOIN entity e ON e.id = g.entity LEFT JOIN delivery d ON d.number = g.number
    LEFT JOIN provenance p ON p.number = g.provenance;

CREATE VIEW v_incident AS
  SELECT lower(hex(i.id)) AS id, i.kind AS kind, i.status AS status, i.subject AS subject,
    e.name AS entity, i.at AS time, i.place AS place, i.english AS message, i.chinese AS message_zh,
    CASE WHEN i.holds THEN 'yes' ELSE 'no' END AS holds, i.raw AS raw, i.sequence AS sequence
  FROM incident i LEFT JOIN entity e ON e.id = i.entity;

CREATE VIEW v_deployment AS
  SELECT version, at_text AS time, substr(digest, 1, 12) AS digest, rollback_of, note, zone_data,
    sequence
  FROM deployment;
)sql";

// A task's note is the last one that was written, whatever became of the task since.
constexpr const char* kVersion4 = R"sql(
DROP VIEW v_task;
CREATE VIEW v_task AS
  SELECT lower(hex(t.id)) AS id, t.title AS title, t.assignee AS assignee,
    t.accountable AS accountable, t.due AS due, t.due_ms AS due_ms, t.paused AS paused, t.status AS status,
    t.opened AS opened, CASE WHEN t.status <> 'open' THEN t.at END AS ended, t.subject AS subject,
    e.name AS entity, lower(hex(t.case_id)) AS case_id, t.change AS last_change, t.at AS changed,
    t.person AS person, n.note AS note, t.answers AS answers, t.needs AS needs, p.policy AS policy,
    p.version AS version, p.place AS place, p.basis AS basis, t.sequence AS sequence
  FROM task_change t LEFT JOIN entity e ON e.id = t.entity
    LEFT JOIN provenance p ON p.number = t.provenance
    LEFT JOIN (SELECT id, note, max(number) FROM task_change WHERE note IS NOT NULL GROUP BY id) n
      ON n.id = t.id
  WHERE t.number IN (SELECT max(number) FROM task_change GROUP BY id);
)sql";

// The id of what somebody was told of a task's change. Before, it was made of the row's number:
// sqlite_unsent.cc.
constexpr const char* kVersion5 = "ALTER TABLE task_change ADD COLUMN message BLOB";

// What comes before the first is not read any more.
constexpr int kOldest = 3;
// The first makes version kOldest in an empty file, migrations[n] brings kOldest + n - 1 to the
// next.
constexpr std::array<const char*, 3> kMigrations = {kVersion3, kVersion4, kVersion5};

}  // namespace

int oldest_schema_version() { return kOldest; }
int schema_version() { return kOldest + static_cast<int>(kMigrations.size()) - 1; }

void migrate(SQLite::Database& database, int version) {
  for (size_t next = version == 0 ? 0 : static_cast<size_t>(version - kOldest) + 1;
       next < kMigrations.size(); ++next)
    database.exec(kMigrations.at(next));
}

}  // namespace duban
