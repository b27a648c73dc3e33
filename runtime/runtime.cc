#include "runtime/runtime.h"

#include <algorithm>

#include "engine/codec.h"
#include "runtime/recovery.h"
#include "runtime/runtime_impl.h"
#include "runtime/words.h"

namespace duban {
namespace {

// A live runtime rests about once a second: five milliseconds of it.
constexpr size_t kPackedAtRest = 1000;
// Subjects of one commit: their states lie in memory twice until it is done.
constexpr size_t kStoredAtRest = 10'000;

}  // namespace

Runtime::Impl::Impl(std::unique_ptr<Store> the_store, Channels& the_channels,
                    RuntimeSettings the_settings)
    : store(std::move(the_store), the_settings.uses_threads()),
      channels(the_channels),
      settings(the_settings),
      wall_clock(settings.wall_clock ? settings.wall_clock : make_wall_clock()),
      // What waits for the sweep cannot be evicted.
      sweep(subjects, settings.sweep_inputs, settings.cache_subjects_max / 2 + 1) {
  store->describe_with(&plans);
  if (settings.uses_threads() && !is_virtual()) store->tidy_beside();
}

Runtime::Impl::~Impl() { store.wait(); }  // what is written is described with the plans

Status Runtime::Impl::load() {
  Result<std::optional<ClockKind>> kind = store->clock_kind();
  if (!kind) return kind.error();
  if (*kind == ClockKind::wall && is_virtual()) {
    return Error{"this database follows the wall clock and cannot be driven by a virtual one",
                 {},
                 "use `--clock wall`, or another database",
                 "该数据库按实际时间运行，不能改用虚拟时间",
                 "请用 `--clock wall`，或换一个数据库"};
  }
  if (*kind != settings.clock) {
    if (Status status = store->set_clock_kind(settings.clock); !status) return status;
  }
  stored_clock = store->clock();
  if (stored_clock) virtual_clock.advance_to(*stored_clock);
  last_sequence = store->log().last();
  last_effect = durable_effect = store->last_effect();
  sent_all = store->sent_all();
  if (const Sequence end = std::max(store->log().written_end(), store->swept());
      end > last_sequence) {
    return Error{"the log's end is missing: its last entry is " + std::to_string(last_sequence) +
                     ", entries were written up to " + std::to_string(end),
                 {},
                 "`duban db check` says more; restore a backup",
                 "日志末尾缺失：最后一项为第 " + std::to_string(last_sequence) + " 项，曾写至第 " +
                     std::to_string(end) + " 项",
                 "`duban db check` 可查明详情；请恢复备份"};
  }

  if (store->swept() > 0) subjects.may_be_absent();

  if (Status status = compile_stored(); !status) return status;
  if (Status status = store->log().remember_ids(settings.ids); !status) return status;
  Status status = store->for_each_incident([this](StoredIncident::Kind what, const Digest& id) {
    using Kind = StoredIncident::Kind;
    if (what == Kind::line || what == Kind::event) refused.insert(id);
    if (what == Kind::concern) warned.insert(id);
  });
  if (!status) return status;
  status = store->for_each_reference(
      [this](const ReferenceRow& row) { references.put(row.entity, row.key, row.row); });
  if (!status) return status;
  status = store->for_each_wake(
      [this](const Key& key, Wake wake) { timers.set(subjects.add(key), wake); });
  if (!status) return status;
  status = store->for_each_given_up([this](const Key& key, Wake wake) { given_up[key] = wake; });
  if (!status) return status;
  if (status = recover_state(); !status) return status;
  Result<std::vector<std::pair<Key, Sequence>>> held = store->held_inputs();
  if (!held) return held.error();
  for (const auto& [key, sequence] : *held) waiting[key].push_back(sequence);
  if (sends()) {
    status = store->for_each_unsent([this](OutboxItem item) {
      if (item.receipt_matters()) awaiting.insert(item.subject());
      unsent.push_back(std::move(item));
    });
  }
  if (!status) return status;
  releasing = store->releasing();
  if (status = resume_release(); !status) return status;
  if (store->asking() != 0) {
    for (const StoredDeployment& d : deployments) {
      if (d.version == store->asking()) return ask_subjects(d.version, d.at);
    }
  }
  if (!is_virtual()) return settle();
  if (status = dispatch(false); !status) return status;
  overdue = clock_is_set();  // what was, when the process died
  return step_overdue();
}

Instant Runtime::Impl::now() const {
  return is_virtual() ? virtual_clock.now() : wall_clock->now();
}

Status Runtime::Impl::recover_state() {
  return recover({*store, plans, references, subjects, settings.step,
                  [this](Sequence sequence) { return come_into_force(sequence); },
                  [this](SubjectRow& row, std::optional<Wake> wake) { arm(row, wake); },
                  [this](SubjectRow& row) { changed(row); },
                  [this](Sequence sequence, const ReferenceRow& row) { changed(sequence, row); }});
}

void Runtime::Impl::changed(Sequence sequence, const ReferenceRow& row) {
  const References::Row* known = references.find(row.entity, row.key);
  former_references.push_back(
      {sequence, {row.entity, row.key}, known != nullptr ? std::optional(*known) : std::nullopt});
  sweep.changed(row);
}

void Runtime::Impl::changed(SubjectRow& row) {
  if (!row.cached->dirty) sweep.changed(row);
  row.cached->dirty = true;
}

StoredSubject Runtime::Impl::to_store(SubjectRow& row) const {
  CachedSubject& cached = *row.cached;
  StoredSubject stored{row.key, cached.last, encode(cached.subject), {}, {}};
  if (cached.profile_dirty && !plans.empty()) {
    stored.attributes = attributes_json(plans.current(), row.key.entity, cached.subject.attributes);
  }
  stored.timer = row.armed;
  if (row.armed != cached.stored_wake) stored.wake = row.armed;
  cached.stored_wake = row.armed;
  cached.profile_dirty = false;
  return stored;
}

Status Runtime::Impl::commit(size_t subjects_min) {
  if (Status status = begin_commit(subjects_min, true); !status) return status;
  return end_commit();
}

Status Runtime::Impl::begin_commit(size_t subjects_min, bool waits) {
  if (Status status = end_commit(); !status) return status;
  if (Status status = mend(); !status) return status;
  if (clock_is_set()) {
    const Instant clock = now();
    if (!batch.empty() || (is_virtual() && clock != stored_clock)) batch.clock = clock;
  }
  if (batch.empty() && !batch.clock && forced.empty() && (subjects_min == 0 || sweep.idle()))
    return {};
  for (const Key& key : forced) batch.subjects.push_back(to_store(*subjects.find(key)));
  forced.clear();
  std::vector<uint32_t> slots = sweep.slice(batch.log.size(), last_sequence, subjects_min);
  for (size_t i = 0; i < slots.size(); ++i) {
    subjects.prefetch_behind(i, slots.size(), [&](size_t at) { return slots[at]; });
    SubjectRow& row = subjects.at_slot(slots[i]);
    batch.subjects.push_back(to_store(row));
    row.cached->dirty = false;
    row.cached->writing = true;
  }
  if (sweep.ended()) {
    batch.swept = sweep.ended();
    for (ReferenceRow& row : sweep.take_references()) batch.references.push_back(std::move(row));
  }
  writing = {std::move(slots), batch.clock, batch.swept, last_effect, !batch.log.empty()};
  std::swap(batch_ids, writing_ids);
  store.begin(batch, waits);
  return {};
}

Status Runtime::Impl::end_commit() {
  if (!writing) return {};
  if (Status status = store.finish(); !status) return status;
  for (const uint32_t slot : writing->slots) subjects.stored(slot);
  if (writing->clock) stored_clock = writing->clock;
  if (writing->swept) {
    std::erase_if(former_references, [&](const FormerReference& former) {
      return former.sequence <= *writing->swept;
    });
  }
  if (writing->has_inputs) ++counts.groups;
  durable_effect = writing->last_effect;
  writing.reset();
  writing_ids.clear();
  return {};
}

Status Runtime::Impl::mend() {
  if (store.has_failed()) {
    if (Status status = end_commit(); !status) return status;
  }
  return spoilt ? restore(subjects.at_slot(*spoilt)) : Status();
}

Status Runtime::Impl::close_group() {
  if (!is_virtual() && !settings.overlaps) return settle();
  Status status = settings.overlaps ? begin_commit(0, false) : commit();
  if (!status) return status;
  // What is durable: of the group before.
  return is_virtual() ? dispatch(false) : deliver();
}

Status Runtime::Impl::maybe_close_group() {
  using std::chrono::milliseconds;
  if (awaiting.size() >= kAwaitingMax) {
    if (Status status = settle(); !status) return status;
  }
  bool full = batch.log.size() >= settings.group_inputs_max ||
              batch.incidents.size() >= settings.group_inputs_max;
  // While the disk is busy, what comes is the next group.
  if (!full && !is_virtual() && !batch.log.empty() && !store.is_busy()) {
    full = std::chrono::steady_clock::now() - group_began >= milliseconds(settings.group_ms_max);
  }
  if (full) {
    if (Status status = close_group(); !status) return status;
  }
  subjects.trim(settings.ready_subjects_max, settings.cache_subjects_max);
  return {};
}

Status Runtime::Impl::flush() {
  Status settled = settle();
  while (settled && overdue) {  // a receipt armed a timer behind the virtual clock
    settled = step_overdue();
    if (settled) settled = settle();
  }
  if (!settled) return settled;
  if (Status status = commit(); !status) return status;  // what was sent, and receipts
  subjects.trim(settings.ready_subjects_max, settings.cache_subjects_max);
  return {};
}

Status Runtime::Impl::hand_on(bool beside) {
  if (store.is_busy()) return {};
  if (!beside || !settings.overlaps) return flush();
  if (Status status = close_group(); !status) return status;
  subjects.trim(settings.ready_subjects_max, settings.cache_subjects_max);
  return writing ? Status() : begin_commit(0, false);  // what was sent, and receipts
}

Status Runtime::Impl::rest() {
  if (Status status = flush(); !status) return status;
  do {  // each waits for the one before
    if (Status status = begin_commit(kStoredAtRest, false); !status) return status;
  } while (!sweep.idle());
  if (Status status = end_commit(); !status) return status;
  subjects.pack_idle(kPackedAtRest);
  return {};
}

Result<bool> Runtime::Impl::rest_some(size_t subjects_min) {
  if (Status status = flush(); !status) return status.error();
  if (Status status = commit(subjects_min); !status) return status.error();
  subjects.pack_idle(subjects_min);
  return !sweep.idle();
}

Runtime::Runtime(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Runtime::~Runtime() = default;

Result<std::unique_ptr<Runtime>> Runtime::open(std::unique_ptr<Store> store, Channels& channels,
                                               RuntimeSettings settings) {
  auto impl = std::make_unique<Impl>(std::move(store), channels, settings);
  if (Status status = impl->load(); !status) return status.error();
  return std::unique_ptr<Runtime>(new Runtime(std::move(impl)));
}

Result<DeployOutcome> Runtime::deploy(const CompileInput& input, const Compilation& compilation,
                                      std::optional<Instant> at, std::string note) {
  return impl_->deploy(input, compilation, at, note, 0);
}
Result<DeployOutcome> Runtime::rollback(Version to, std::optional<Instant> at) {
  return impl_->rollback(to, at);
}
Status Runtime::follow(const StoredDeployment& deployment) { return impl_->follow(deployment); }
const std::vector<StoredDeployment>& Runtime::deployments() const { return impl_->deployments; }
bool Runtime::deployed() const { return !impl_->plans.empty(); }
const Plans& Runtime::plans() const { return impl_->plans; }

Status Runtime::take(const FeedItem& item, const Hint& hint) {
  if (Status status = impl_->mend(); !status) return status;
  if (!item.is_echo) return impl_->take(item, hint);
  const RunCounts before = impl_->counts;
  Status status = impl_->take(item, hint);
  impl_->counts.lines = before.lines;
  impl_->counts.duplicates = before.duplicates;
  impl_->counts.rejected = before.rejected;
  impl_->counts.references = before.references;
  return status;
}
void Runtime::expect_row(Hint& hint) const {
  if (hint.known) hint.slot = impl_->subjects.prefetch_row(hint.hash);
}
void Runtime::expect_state(const Hint& hint, size_t depth) const {
  impl_->subjects.prefetch_state(hint.slot, depth);
  if (depth == 0 && hint.id != Digest{}) impl_->store.beside().log().expect_id(hint.id);
  if (depth != 1) return;
  impl_->batch_ids.prefetch(hint.id);
  impl_->writing_ids.prefetch(hint.id);
}
Status Runtime::advance(Instant instant, bool inclusive) {
  if (Status status = impl_->mend(); !status) return status;
  return impl_->advance(instant, inclusive);
}
Result<bool> Runtime::advance_some(Instant instant, size_t timers_max) {
  if (Status status = impl_->mend(); !status) return status.error();
  return impl_->advance_some(instant, true, timers_max);
}
Status Runtime::flush() { return impl_->flush(); }
Status Runtime::hand_on(bool beside) { return impl_->hand_on(beside); }
Status Runtime::deliver() {
  if (is_committing()) return {};
  if (Status status = impl_->end_commit(); !status) return status;
  return impl_->deliver();
}
bool Runtime::is_committing() const { return impl_->store.is_busy(); }
size_t Runtime::collected() const { return impl_->batch.log.size(); }
void Runtime::when_committed(std::function<void()> told) { impl_->store.tell(std::move(told)); }
Status Runtime::rest() { return impl_->rest(); }
Result<bool> Runtime::rest_some(size_t subjects) { return impl_->rest_some(subjects); }

Status Runtime::feed_reached(Instant instant) {
  impl_->feed_time = std::max(impl_->feed_time.value_or(instant), instant);
  return instant > impl_->now() ? advance(instant, false) : Status();
}

Status Runtime::end_feed(std::optional<Instant> until) {
  const std::optional<Instant> last = std::exchange(impl_->feed_time, std::nullopt);
  if (until) return impl_->advance(*until, true);
  if (!last || *last < impl_->now()) return {};
  return impl_->advance(*last, true);
}

Status Runtime::command(const TaskCommand& command) { return impl_->command(command); }
Status Runtime::incident_retry(const std::string& id) { return impl_->retry(id); }
Status Runtime::incident_drop(const std::string& id) { return impl_->drop(id); }
Result<std::optional<FoundTask>> Runtime::find_task(const std::string& id) {
  return impl_->find_task(id);
}
Result<std::optional<StoredIncident>> Runtime::find_incident(const std::string& id) {
  return impl_->find_incident(id);
}

Error nothing_deployed() {
  return Error{"no rules are deployed", {}, "deploy them first", "尚未部署规则", "请先部署"};
}

bool Runtime::reads_ahead() const { return impl_->settings.uses_threads(); }
ClockKind Runtime::clock_kind() const { return impl_->settings.clock; }
Instant Runtime::now() const { return impl_->now(); }
std::optional<Wake> Runtime::next_wake() const { return impl_->timers.first_wake(); }
std::optional<Instant> Runtime::next_retry() const {
  if (impl_->retries.empty()) return std::nullopt;
  return impl_->retries.begin()->first;
}
const RunCounts& Runtime::counts() const { return impl_->counts; }

}  // namespace duban
