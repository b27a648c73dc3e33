#include "runtime/sqlite_subjects.h"

#include <map>

#include "runtime/recovery.h"
#include "runtime/sqlite_database.h"
#include "runtime/sqlite_store.h"
#include "runtime/stored_plans.h"
#include "runtime/words.h"

namespace duban {
namespace {

// A row that the log made newer than the stored one, which it hides.
constexpr const char* kOverlay = R"sql(
CREATE TEMP TABLE newer(entity INTEGER, key TEXT, attributes TEXT, last_sequence INTEGER,
                        PRIMARY KEY(entity, key)) WITHOUT ROWID;
CREATE TEMP VIEW v_subject AS
  SELECT v.* FROM main.v_subject v LEFT JOIN main.entity e ON e.name = v.entity
  WHERE NOT EXISTS(SELECT 1 FROM newer n WHERE n.entity = e.id AND n.key = v.subject)
  UNION ALL
  SELECT e.name, n.key, n.attributes,
    CASE WHEN n.last_sequence IS NULL THEN 'reference'
      WHEN EXISTS(SELECT 1 FROM incident i WHERE i.holds AND i.status = 'open'
        AND i.entity = n.entity AND i.subject = n.key) THEN 'held' ELSE 'active' END,
    n.last_sequence
  FROM newer n LEFT JOIN main.entity e ON e.id = n.entity;
)sql";

struct Newer {
  std::map<Key, Sequence> subjects;
  std::map<Key, References::Row> references;
};

}  // namespace

Status bring_up_to_date(SQLite::Database& database, const std::string& path) try {
  Result<std::unique_ptr<Store>> store = open_sqlite_store(path, OpenMode::read_only);
  if (!store) return store.error();
  const Sequence swept = (*store)->swept();
  if (swept >= (*store)->log().last()) return {};

  const Result<std::vector<StoredDeployment>> deployments = (*store)->deployments();
  if (!deployments) return deployments.error();
  Plans plans;
  const auto add = [&](size_t index) -> Status {
    auto plan = compile_again(*deployments, index);
    if (!plan) return plan.error();
    plans.add((*deployments)[index].version, std::move(*plan));
    return {};
  };
  for (size_t i = 0; i < deployments->size(); ++i) {
    if ((*deployments)[i].sequence > swept) continue;
    if (Status status = add(i); !status) return status;
  }
  References references;
  Status status = (*store)->for_each_reference(
      [&](const ReferenceRow& row) { references.put(row.entity, row.key, row.row); });
  SubjectTable subjects;
  if (!status) return status;

  Newer newer;
  status = recover({**store,
                    plans,
                    references,
                    subjects,
                    {},
                    [&](Sequence sequence) -> Status {
                      for (size_t i = 0; i < deployments->size(); ++i) {
                        if ((*deployments)[i].sequence == sequence) return add(i);
                      }
                      return {};
                    },
                    [](SubjectRow&, std::optional<Wake>) {},  // nothing goes off
                    [&](SubjectRow& row) { newer.subjects[row.key] = row.cached->last; },
                    [&](Sequence, const ReferenceRow& row) {
                      newer.references[Key{row.entity, row.key}] = row.row;
                    }});
  if (!status) return status;

  database.exec(kOverlay);
  SQLite::Statement insert(database, "INSERT OR REPLACE INTO newer VALUES(?,?,?,?)");
  const Plan& plan = plans.current();
  for (const auto& [key, last] : newer.subjects) {
    const std::string attributes =
        attributes_json(plan, key.entity, subjects.find(key)->cached->subject.attributes);
    Binder(insert)
        .integer(key.entity)
        .text(key.key)
        .text(attributes)
        .integer(static_cast<int64_t>(last))
        .run();
  }
  for (const auto& [key, row] : newer.references) {
    const std::string attributes = attributes_json(plan, key.entity, row);
    Binder(insert).integer(key.entity).text(key.key).text(attributes).null().run();
  }
  return {};
} catch (const SQLite::Exception& exception) {
  return database_error(exception, path);
}

}  // namespace duban
