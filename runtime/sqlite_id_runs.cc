#include "runtime/sqlite_id_runs.h"

#include <algorithm>
#include <functional>
#include <sstream>
#include <string>

#include "engine/bytes.h"
#include "runtime/log_frame.h"
#include "runtime/sqlite_database.h"

namespace duban {
namespace {

constexpr size_t kBlockIds = 251;  // with the seal and SQLite's own, a page of 4096 bytes
constexpr size_t kRunsMerged = 8;
constexpr uint64_t kMergedIdsMax = uint64_t{1} << 25;

int64_t place(int64_t run, size_t block) { return run << 32 | static_cast<int64_t>(block); }

uint64_t block_seal(int64_t place, std::string_view ids) {
  return DigestBuilder().add(place).add(ids).finish().low;
}

Digest run_seal(int64_t number, uint64_t count, Sequence until, std::string_view filter,
                std::string_view firsts) {
  DigestBuilder digest;
  digest.add(number).add(static_cast<int64_t>(count)).add(static_cast<int64_t>(until));
  return digest.add(filter).add(firsts).finish();
}

std::string spelled(const std::vector<Digest>& ids) {
  ByteWriter out;
  for (const Digest& id : ids) {
    out.fixed(id.high);
    out.fixed(id.low);
  }
  return out.take();
}

std::vector<Digest> read_ids(std::string_view bytes) {
  std::vector<Digest> ids(bytes.size() / kDigestBytes);
  ByteReader in(bytes);
  for (Digest& id : ids) {
    id.high = in.fixed();
    id.low = in.fixed();
  }
  return ids;
}

[[noreturn]] void fail() {
  throw StoreFailure{damaged("the list of old event ids", "旧事件编号表")};
}

}  // namespace

// Makes the blocks of a run.
class SqliteIdRuns::Writer {
 public:
  Writer(Insert& insert, Run run)
      : insert_(insert),
        run_(std::move(run)),
        filter_(std::make_shared<IdFilter>(static_cast<size_t>(run_.count))) {}

  // In rising order.
  void add(const Digest& id) {
    note(id);
    block_.push_back(id);
    if (block_.size() == kBlockIds) write_block();
  }
  // A block that is written already.
  void skip(const std::vector<Digest>& block) {
    for (const Digest& id : block) note(id);
    run_.firsts.push_back(block.front());
  }
  bool between_blocks() const { return block_.empty(); }
  size_t blocks() const { return run_.firsts.size(); }
  Run finish() {
    if (!block_.empty()) write_block();
    run_.count = written_;
    run_.filter = std::move(filter_);
    return std::move(run_);
  }

 private:
  void note(const Digest& id) {
    filter_->insert(id);
    ++written_;
  }
  void write_block() {
    const int64_t at = place(run_.number, run_.firsts.size());
    ByteWriter out;
    out.raw(spelled(block_));
    out.fixed(block_seal(at, out.bytes()));
    insert_.integer(at).blob(out.bytes()).run();
    run_.firsts.push_back(block_.front());
    block_.clear();
  }

  Insert& insert_;
  Run run_;
  std::shared_ptr<IdFilter> filter_;
  std::vector<Digest> block_;
  uint64_t written_ = 0;
};

// Goes through a run in order, beginning behind an id.
class SqliteIdRuns::Cursor {
 public:
  Cursor(SqliteIdRuns& runs, const Run& run, const std::optional<Digest>& behind)
      : runs_(&runs), number_(run.number), blocks_(run.firsts.size()) {
    if (behind) {
      const auto next = std::upper_bound(run.firsts.begin(), run.firsts.end(), *behind);
      block_ = next == run.firsts.begin() ? 0 : static_cast<size_t>(next - run.firsts.begin()) - 1;
    }
    read();
    while (behind && !at_end() && id() <= *behind) advance();
  }

  bool at_end() const { return at_ == ids_.size(); }
  const Digest& id() const { return ids_[at_]; }
  void advance() {
    if (++at_ == ids_.size()) read();
  }

 private:
  void read() {
    at_ = 0;
    ids_.clear();
    if (block_ < blocks_) ids_ = runs_->block(number_, block_++);
  }

  SqliteIdRuns* runs_;
  int64_t number_;
  size_t blocks_, block_ = 0;  // the next to be read
  std::vector<Digest> ids_;
  size_t at_ = 0;
};

struct SqliteIdRuns::Merge {
  std::vector<int64_t> inputs;
  Writer out;
  std::vector<Cursor> heap;  // the least id first

  static bool later(const Cursor& a, const Cursor& b) { return b.id() < a.id(); }
};

SqliteIdRuns::SqliteIdRuns(SQLite::Database& database, size_t run_ids)
    : database_(database),
      run_ids_(std::max<size_t>(run_ids, 1)),
      select_block_(database, "SELECT ids FROM id_block WHERE place = ?"),
      insert_block_(database, insert_into("id_block", 2)) {
  load();
}

SqliteIdRuns::~SqliteIdRuns() = default;

void SqliteIdRuns::load() {
  SQLite::Statement row(
      database_,
      "SELECT number, count, until, inputs, filter, firsts, seal FROM id_run ORDER BY number");
  std::optional<std::pair<int64_t, std::string>> unfinished;
  while (row.executeStep()) {
    last_number_ = row.getColumn(0).getInt64();
    if (row.getColumn(6).isNull()) {
      unfinished.emplace(last_number_, row.getColumn(3).getString());
      continue;
    }
    Run& run = runs_.emplace_back();
    run.number = last_number_;
    run.count = static_cast<uint64_t>(row.getColumn(1).getInt64());
    run.until = static_cast<Sequence>(row.getColumn(2).getInt64());
    const std::string_view filter = blob_of(row.getColumn(4)), firsts = blob_of(row.getColumn(5));
    if (id_of(row.getColumn(6)) != run_seal(run.number, run.count, run.until, filter, firsts))
      fail();
    run.filter = std::make_shared<const IdFilter>(IdFilter::from_bytes(filter));
    run.firsts = read_ids(firsts);
  }
  if (unfinished) resume_merge(unfinished->first, unfinished->second);
  load_dropped();
}

// Blocks of runs that have no row any more.
void SqliteIdRuns::load_dropped() {
  SQLite::Statement next(database_,
                         "SELECT place FROM id_block WHERE place >= ? ORDER BY place LIMIT 1");
  SQLite::Statement known(database_, "SELECT 1 FROM id_run WHERE number = ?");
  SQLite::Statement last(database_, "SELECT max(place) FROM id_block WHERE place < ?");
  for (int64_t number = 0;; ++number) {
    Binder(next).integer(place(number, 0));
    if (!next.executeStep()) return;
    const int64_t first = next.getColumn(0).getInt64();
    number = first >> 32;
    Binder(known).integer(number);
    if (known.executeStep()) continue;
    Binder(last).integer(place(number + 1, 0));
    last.executeStep();
    constexpr int64_t kBlockMask = 0xffffffff;
    dropped_.push_back({number, static_cast<size_t>(first & kBlockMask),
                        static_cast<size_t>(last.getColumn(0).getInt64() & kBlockMask) + 1});
  }
}

std::vector<Digest> SqliteIdRuns::block(int64_t run, size_t index) {
  const int64_t at = place(run, index);
  Binder(select_block_).integer(at);
  if (!select_block_.executeStep()) fail();
  const std::string_view bytes = blob_of(select_block_.getColumn(0));
  constexpr size_t kSealBytes = 8;
  if (bytes.size() < kSealBytes + kDigestBytes || bytes.size() % kDigestBytes != kSealBytes) fail();
  const std::string_view spelled = bytes.substr(0, bytes.size() - kSealBytes);
  if (ByteReader(bytes.substr(spelled.size())).fixed() != block_seal(at, spelled)) fail();
  std::vector<Digest> ids = read_ids(spelled);
  select_block_.reset();
  return ids;
}

bool SqliteIdRuns::contains(const Digest& id) {
  for (const Run& run : runs_) {
    if (!run.filter->may_contain(id)) continue;
    const auto next = std::upper_bound(run.firsts.begin(), run.firsts.end(), id);
    if (next == run.firsts.begin()) continue;
    const std::vector<Digest> ids =
        block(run.number, static_cast<size_t>(next - run.firsts.begin()) - 1);
    if (std::binary_search(ids.begin(), ids.end(), id)) return true;
  }
  return false;
}

std::vector<std::shared_ptr<const IdFilter>> SqliteIdRuns::filters() const {
  std::vector<std::shared_ptr<const IdFilter>> filters;
  for (const Run& run : runs_) filters.push_back(run.filter);
  return filters;
}

Sequence SqliteIdRuns::until() const {
  Sequence until = 0;
  for (const Run& run : runs_) until = std::max(until, run.until);
  return until;
}

void SqliteIdRuns::write_row(const Run& run, const std::string& inputs, bool is_whole) {
  Insert row(database_, "INSERT OR REPLACE INTO id_run VALUES(?,?,?,?,?,?,?)");
  const std::string firsts = spelled(run.firsts);
  row.integer(run.number).integer(static_cast<int64_t>(run.count));
  row.integer(static_cast<int64_t>(run.until)).text_or_null(inputs);
  if (is_whole) {
    const std::string_view filter = run.filter->bytes();
    row.blob(filter).blob(firsts);
    row.id(run_seal(run.number, run.count, run.until, filter, firsts));
  } else {
    row.null().null().null();
  }
  row.run();
}

void SqliteIdRuns::add(std::vector<Digest>& ids, Sequence until) {
  if (ids.empty()) return;
  std::sort(ids.begin(), ids.end());
  Writer out(insert_block_, Run{++last_number_, ids.size(), until, {}, {}});
  for (const Digest& id : ids) out.add(id);
  runs_.push_back(out.finish());
  write_row(runs_.back(), {}, true);
}

SqliteIdRuns::Run& SqliteIdRuns::run_of(int64_t number) {
  const auto at = std::find_if(runs_.begin(), runs_.end(),
                               [number](const Run& run) { return run.number == number; });
  if (at == runs_.end()) fail();
  return *at;
}

size_t SqliteIdRuns::level_of(const Run& run) const {
  size_t level = 0;
  for (uint64_t left = run.count / run_ids_; left >= kRunsMerged; left /= kRunsMerged) ++level;
  return level;
}

// All runs of the lowest level that has enough of them.
void SqliteIdRuns::begin_merge() {
  constexpr size_t kLevels = 64;
  for (size_t level = 0; level < kLevels; ++level) {
    std::vector<int64_t> inputs;
    Run merged;
    for (const Run& run : runs_) {
      if (level_of(run) != level || merged.count + run.count > kMergedIdsMax) continue;
      inputs.push_back(run.number);
      merged.count += run.count;
      merged.until = std::max(merged.until, run.until);
    }
    if (inputs.size() < kRunsMerged) continue;
    merged.number = ++last_number_;
    std::string names;
    for (const int64_t input : inputs) names += std::to_string(input) + " ";
    write_row(merged, names, false);
    merge_ = make_merge(merged.number, inputs);
    return;
  }
}

// REQUIRES: the merged run's row is there; goes on behind the blocks it has.
std::unique_ptr<SqliteIdRuns::Merge> SqliteIdRuns::make_merge(int64_t number,
                                                              const std::vector<int64_t>& inputs) {
  Run merged;
  merged.number = number;
  for (const int64_t input : inputs) {
    merged.count += run_of(input).count;
    merged.until = std::max(merged.until, run_of(input).until);
  }
  auto merge = std::make_unique<Merge>(Merge{inputs, Writer(insert_block_, std::move(merged)), {}});
  SQLite::Statement written(database_,
                            "SELECT count(*) FROM id_block WHERE place >= ? AND place < ?");
  Binder(written).integer(place(number, 0)).integer(place(number + 1, 0));
  written.executeStep();
  std::optional<Digest> behind;
  const auto blocks = static_cast<size_t>(written.getColumn(0).getInt64());
  for (size_t i = 0; i < blocks; ++i) {
    const std::vector<Digest> ids = block(number, i);
    merge->out.skip(ids);
    behind = ids.back();
  }
  for (const int64_t input : inputs) {
    Cursor cursor(*this, run_of(input), behind);
    if (!cursor.at_end()) merge->heap.push_back(std::move(cursor));
  }
  std::make_heap(merge->heap.begin(), merge->heap.end(), Merge::later);
  return merge;
}

void SqliteIdRuns::resume_merge(int64_t number, const std::string& inputs) {
  std::istringstream in(inputs);
  std::vector<int64_t> numbers;
  for (int64_t input = 0; in >> input;) numbers.push_back(input);
  merge_ = make_merge(number, numbers);
}

// Stops only between blocks: what is written is then all there is to know.
void SqliteIdRuns::go_on_merging(size_t ids) {
  std::vector<Cursor>& heap = merge_->heap;
  for (size_t merged = 0; !heap.empty(); ++merged) {
    if (merged >= ids && merge_->out.between_blocks()) return;
    std::pop_heap(heap.begin(), heap.end(), Merge::later);
    merge_->out.add(heap.back().id());
    heap.back().advance();
    if (heap.back().at_end()) {
      heap.pop_back();
    } else {
      std::push_heap(heap.begin(), heap.end(), Merge::later);
    }
  }
  end_merge();
}

void SqliteIdRuns::end_merge() {
  Run merged = merge_->out.finish();
  write_row(merged, {}, true);
  SQLite::Statement drop(database_, "DELETE FROM id_run WHERE number = ?");
  for (const int64_t input : merge_->inputs) {
    Binder(drop).integer(input).run();
    dropped_.push_back({input, 0, run_of(input).firsts.size()});
  }
  std::erase_if(runs_, [this](const Run& run) {
    const std::vector<int64_t>& inputs = merge_->inputs;
    return std::find(inputs.begin(), inputs.end(), run.number) != inputs.end();
  });
  runs_.push_back(std::move(merged));
  std::sort(runs_.begin(), runs_.end(),
            [](const Run& a, const Run& b) { return a.number < b.number; });
  merge_.reset();
}

void SqliteIdRuns::delete_dropped(size_t blocks) {
  if (dropped_.empty()) return;
  SQLite::Statement row(database_, "DELETE FROM id_block WHERE place >= ? AND place < ?");
  while (blocks > 0 && !dropped_.empty()) {
    Dropped& run = dropped_.back();
    const size_t some = std::min(blocks, run.blocks - run.next);
    Binder binder(row);
    binder.integer(place(run.number, run.next)).integer(place(run.number, run.next + some)).run();
    run.next += some;
    blocks -= some;
    if (run.next == run.blocks) dropped_.pop_back();
  }
}

void SqliteIdRuns::tidy(size_t ids) {
  delete_dropped(2 * (ids / kBlockIds + 1));
  if (merge_ == nullptr) begin_merge();
  if (merge_ != nullptr) go_on_merging(ids);
}

void SqliteIdRuns::for_each(const std::function<void(const Digest&)>& visit) {
  for (const Run& run : runs_) {
    for (size_t i = 0; i < run.firsts.size(); ++i) {
      for (const Digest& id : block(run.number, i)) visit(id);
    }
  }
}

}  // namespace duban
