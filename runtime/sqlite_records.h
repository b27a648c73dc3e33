// Writes what was done into its tables, and reads back what is still to be sent.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <tuple>

#include "runtime/sqlite_insert.h"
#include "runtime/store.h"

namespace duban {

class RecordWriter {
 public:
  explicit RecordWriter(SQLite::Database& database);
  // What comes next is described in the words of these plans.
  void describe_with(const Plans* plans);
  void write(const Effect& effect);  // it must live until flush()
  void flush();                      // all of it is in the tables
  std::string_view time(Instant instant) { return times_.of(plans_, instant); }
  // After the transaction: what it wrote stands, or never was.
  void committed() { durable_place_ = last_place_; }
  void forget();

 private:
  // Local times as texts; the same ones come again and again.
  class Times {
   public:
    std::string_view of(const Plans* plans, Instant instant);
    void clear() {
      known_ = {};
      day_text_.clear();
    }

   private:
    struct Known {
      Instant instant;
      std::string text;
    };
    std::array<Known, 64> known_;
    Date day_;
    std::string day_text_;
  };

  void write_one(const CaseRecord& record);
  void write_one(const TaskRecord& record);
  void write_one(const NoticeRecord& record);
  void write_one(const OutgoingRecord& record);
  void write_one(const RaisedRecord& record);
  void write_one(const DuplicateRecord& record);
  void write_one(const ConcernRecord&) {}  // becomes an incident
  InsertRows& start(InsertRows& rows, const Digest& id, const Key& subject);
  void add_place(InsertRows& rows, const Provenance& from);
  void finish(InsertRows& rows, const Provenance& from);
  // Private ones masked, as attributes are; empty: there are none.
  std::string masked_fields(const std::string& event,
                            const std::vector<std::pair<std::string, Value>>& fields,
                            const std::vector<Type>& types) const;

  SQLite::Database& database_;
  InsertRows case_, task_, notice_, outgoing_, raised_, duplicate_;
  Times times_;
  // Where things come from: few places, numbered once.
  template <typename Text>
  using Place = std::tuple<Version, uint16_t, uint32_t, Text, Text>;
  struct Less {
    using is_transparent = void;
    using View = Place<std::string_view>;
    bool operator()(const View& a, const View& b) const { return a < b; }
  };
  std::map<Place<std::string>, int64_t, Less> places_;
  int64_t last_place_ = 0, durable_place_ = 0;
  const Plans* plans_ = nullptr;
  const Plan* in_force_ = nullptr;
  const Effect* effect_ = nullptr;
};

// Every message of an effect after `sent_all` that is not in `delivery`, by number.
void read_unsent(SQLite::Database& database, uint64_t sent_all,
                 const std::function<void(OutboxItem)>& visit);

}  // namespace duban
