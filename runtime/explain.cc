// Explanations: the subject is stepped again through its log, with the plans and reference rows of
// each moment, up to what is to be explained; the step's trace says what it read.
#include <algorithm>

#include "engine/codec.h"
#include "engine/describe.h"
#include "engine/format.h"
#include "runtime/apply.h"
#include "runtime/query.h"
#include "runtime/recovery.h"
#include "runtime/shard_files.h"
#include "runtime/sqlite_store.h"
#include "runtime/stored_plans.h"

namespace duban {
namespace {

using Link = Explanation::Link;

class Replay {
 public:
  // Up to `newest`, an entry of the subject's.
  Replay(Store& store, Key subject, Sequence newest, bool chinese)
      : store_(store), newest_(newest), chinese_(chinese) {
    subject_.key = std::move(subject);
  }

  // What one input did.
  struct Moment {
    Input input;
    LogEntry entry;
    std::vector<Record> records;
    Trace trace;
  };

  Status load() {
    Result<std::vector<StoredDeployment>> deployments = store_.deployments();
    if (!deployments) return deployments.error();
    deployments_ = std::move(*deployments);
    Result<std::optional<StoredSubject>> base = store_.load_base(subject_.key);
    if (!base) return base.error();
    Sequence after = 0;
    if (*base) {
      std::optional<Subject> subject = decode_subject((*base)->state);
      if (!subject) return damaged("a state", "某个状态");
      after = (*base)->last;
      subject_ = std::move(*subject);
      is_compacted_ = true;
    }
    Result<std::vector<LogEntry>> log = store_.log().read_subject(subject_.key, newest_, after);
    if (!log) return log.error();
    log_ = std::move(*log);
    const Sequence last = log_.empty() ? 0 : log_.back().sequence;
    return store_.log().for_each_shared([&](const LogEntry& entry) {
      if (entry.sequence < last) shared_.push_back(entry);
    });
  }

  // The subject's first entries were dropped from the log.
  bool is_compacted() const { return is_compacted_; }

  // Steps the inputs in turn until `visit` returns false.
  template <typename Visit>
  Status run(const Visit& visit) {
    for (const LogEntry& entry : log_) {
      if (entry.kind != LogEntry::Kind::input) continue;
      if (Status status = catch_up(entry.sequence); !status) return status;
      Moment moment;
      std::optional<Input> input = input_of(entry);
      if (!input) return damaged("an input", "某项输入");
      auto outcome = apply(plans_, references_, subject_, *input, {}, &moment.trace);
      auto* stepped = std::get_if<StepEffects>(&outcome);
      if (stepped == nullptr) return differs(entry.sequence);
      moment.records = stepped->take_records();
      moment.input = std::move(*input);
      moment.entry = entry;
      if (!visit(moment)) return {};
    }
    return {};
  }

  Link link_of(const Moment& moment, const Digest& effect) const {
    Link link;
    link.time = plans_.current().zone.to_string(moment.input.time);
    link.what = what(moment);
    for (const Record& record : moment.records) {
      if (id_of(record) == effect)
        describe_line(provenance_of(record), provenance_of(record).span, link);
      link.did.push_back(describe(plan_of(provenance_of(record).version), record, chinese_));
    }
    for (const Trace::Entry& entry : moment.trace.entries) {
      if (entry.effect != effect) continue;
      describe_line({entry.version, entry.policy, entry.step, entry.basis}, entry.action, link);
      for (const Trace::Read& read : entry.reads) add_read(plan_of(entry.version), read, link);
      break;
    }
    return link;
  }

  const Plan& plan_of(Version version) const {
    const Plan* plan = plans_.find(version);
    return plan != nullptr ? *plan : plans_.current();
  }

 private:
  static Error differs(Sequence sequence) {
    return Error{
        "stepping entry " + std::to_string(sequence) + " again gives something else than it did",
        {},
        "explain with the program that ran it",
        "重新执行日志第 " + std::to_string(sequence) + " 项，结果与当时不同",
        "请用当时运行的程序版本说明"};
  }

  static Error damaged(const std::string& what, const std::string& in_chinese) {
    return Error{"the log is damaged: " + what + " cannot be read",
                 {},
                 "restore a backup",
                 "日志已损坏：" + in_chinese + "无法读取",
                 "请恢复备份"};
  }

  // Deployments and reference rows that came before.
  Status catch_up(Sequence sequence) {
    for (; next_ < shared_.size() && shared_[next_].sequence < sequence; ++next_) {
      const LogEntry& entry = shared_[next_];
      if (entry.kind == LogEntry::Kind::reference) {
        const std::optional<ReferenceRow> row = decode_reference_row(entry.payload);
        if (!row) return damaged("a reference row", "某个参照行");
        references_.put(row->entity, row->key, row->row);
      } else if (entry.kind == LogEntry::Kind::deployment) {
        for (size_t i = 0; i < deployments_.size(); ++i) {
          if (deployments_[i].sequence != entry.sequence) continue;
          Result<std::shared_ptr<const Plan>> plan = compile_again(deployments_, i);
          if (!plan) return plan.error();
          plans_.add(deployments_[i].version, std::move(*plan));
        }
      }
    }
    if (plans_.empty()) return differs(sequence);
    return {};
  }

  std::string what(const Moment& moment) const {
    const Input& input = moment.input;
    const std::string person = input.person ? input.person->key : std::string();
    const auto by = [&](const char* english, const char* in_chinese) {
      if (person.empty()) return std::string(chinese_ ? in_chinese : english);
      return chinese_ ? person + " " + in_chinese : english + std::string(" by ") + person;
    };
    switch (input.kind) {
      case Input::Kind::event:
      case Input::Kind::upsert: {
        std::string name = moment.entry.type;
        const auto& events = plans_.current().layout.events;
        if (input.event != nullptr && input.event->event < events.size()) {
          name = events[input.event->event].names.in(chinese_);
        }
        return (chinese_ ? "事件 " : "event ") + name + " " + moment.entry.event_id;
      }
      case Input::Kind::timer:
        if (input.given_up) return chinese_ ? "定时：已放弃" : "timer: given up";
        return chinese_ ? "定时" : "timer";
      case Input::Kind::answer:
        return by("answer", "办结");
      case Input::Kind::reassign:
        return by("reassigned", "改派");
      case Input::Kind::note:
        return by("note", "备注");
      case Input::Kind::receipt:
        if (chinese_) return input.delivered ? "回执：已送达" : "回执：未送达";
        return input.delivered ? "receipt: delivered" : "receipt: failed";
      case Input::Kind::deployed:
        return chinese_ ? "新版规则施行" : "a new version of the rules";
    }
    return {};
  }

  static std::string line_at(const Plan& plan, const Span& span) {
    if (span.file >= plan.sources.size() || span.end <= span.begin) return {};
    const Source& source = plan.sources[span.file];
    return to_utf8(source.line(source.position(span.begin).line));
  }

  void describe_line(const Provenance& from, const Span& action, Link& link) const {
    const Plan& plan = plan_of(from.version);
    link.policy = from.policy;
    link.basis = from.basis;
    for (const PolicyInfo& policy : plan.policies) {
      if (policy.names.name == from.policy) link.policy = policy.names.in(chinese_);
    }
    link.place = place_of(plan, from.span);
    link.source_line = line_at(plan, from.span);
    link.action_line = line_at(plan, action);
  }

  void add_read(const Plan& plan, const Trace::Read& read, Link& link) const {
    if (read.span.file >= plan.sources.size()) return;
    const std::string text = plan.sources[read.span.file].slice(read.span.begin, read.span.end);
    std::string value = chinese_ ? "无" : "none";
    if (!read.value.is_none()) {
      value = read.is_private ? "***" : format(plan, read.type, read.value, chinese_);
    }
    const std::pair<std::string, std::string> pair(text, value);
    if (std::find(link.values.begin(), link.values.end(), pair) == link.values.end()) {
      link.values.push_back(pair);
    }
  }

  Store& store_;
  Sequence newest_;
  bool chinese_;
  bool is_compacted_ = false;
  std::vector<StoredDeployment> deployments_;
  std::vector<LogEntry> log_, shared_;
  size_t next_ = 0;
  Plans plans_;
  References references_;
  Subject subject_;
};

struct Words {
  const char* english;
  const char* chinese;
};
constexpr Words kKinds[] = {{"task", "任务"},
                            {"notice", "通知"},
                            {"case", "事项"},
                            {"outgoing event", "对外事件"},
                            {"duplicate event", "重复事件"}};

std::string title_of(const Record& record) {
  if (const auto* task = std::get_if<TaskRecord>(&record)) return task->title;
  if (const auto* notice = std::get_if<NoticeRecord>(&record)) {
    return notice->notice + (notice->text.empty() ? "" : ": " + notice->text);
  }
  if (const auto* c = std::get_if<CaseRecord>(&record))
    return c->name + (c->key.empty() ? "" : " " + c->key);
  if (const auto* outgoing = std::get_if<OutgoingRecord>(&record)) return outgoing->event;
  if (const auto* duplicate = std::get_if<DuplicateRecord>(&record))
    return duplicate->event + " " + duplicate->key;
  return {};
}

Digest case_of(const Record& record) {
  if (const auto* task = std::get_if<TaskRecord>(&record)) return task->case_id;
  if (const auto* notice = std::get_if<NoticeRecord>(&record)) return notice->case_id;
  if (const auto* outgoing = std::get_if<OutgoingRecord>(&record)) return outgoing->case_id;
  return {};
}

// Whether the clock of the task was stopped or set going again.
bool pauses(const std::vector<Record>& records, const Digest& id) {
  return std::any_of(records.begin(), records.end(), [&](const Record& record) {
    const auto* task = std::get_if<TaskRecord>(&record);
    return task != nullptr && task->id == id &&
           (task->change == TaskRecord::Change::paused ||
            task->change == TaskRecord::Change::resumed);
  });
}

// What is to be explained, and the shard that has it.
struct Place {
  std::unique_ptr<Store> store;
  FoundRecord record;
};

Result<Place> find(const std::string& db_path, const std::string& id) {
  const Result<std::vector<std::string>> paths = shard_paths(db_path);
  if (!paths) return paths.error();
  std::optional<Place> place;
  for (const std::string& path : *paths) {
    Result<std::unique_ptr<Store>> store = open_sqlite_store(path, OpenMode::read_only);
    if (!store) return store.error();
    const Result<std::optional<FoundRecord>> found = (*store)->find_record(id);
    if (!found) return found.error();
    if (!*found) continue;
    if (place && place->record.id != (*found)->id) return ambiguous_id(id);
    place = Place{std::move(*store), **found};
  }
  if (place) return std::move(*place);
  return Error{"there is no task, notice, case or outgoing event `" + id + "`",
               {},
               "`duban list` shows their ids",
               "没有编号为“" + id + "”的任务、通知、事项或对外事件",
               "`duban list` 可列出编号"};
}

}  // namespace

Result<Explanation> explain(const std::string& db_path, const std::string& id, Language language) {
  const Result<Place> found = find(db_path, id);
  if (!found) return found.error();
  const FoundRecord& wanted = found->record;
  const bool chinese = language == Language::chinese;
  Replay replay(*found->store, wanted.subject, wanted.sequence, chinese);
  if (Status status = replay.load(); !status) return status.error();

  Explanation explanation;
  const Words& kind = kKinds[static_cast<size_t>(wanted.kind)];
  explanation.kind = chinese ? kind.chinese : kind.english;
  explanation.subject = wanted.subject.key;
  std::vector<std::pair<Digest, Link>> openings;  // of the subject's cases
  bool explained = false;
  Status status = replay.run([&](const Replay::Moment& moment) {
    if (explained) {
      if (pauses(moment.records, wanted.id))
        explanation.chain.push_back(replay.link_of(moment, wanted.id));
      return true;
    }
    const auto made =
        std::find_if(moment.records.begin(), moment.records.end(),
                     [&](const Record& record) { return id_of(record) == wanted.id; });
    if (made == moment.records.end()) {
      for (const Record& record : moment.records) {
        const auto* opened = std::get_if<CaseRecord>(&record);
        if (opened == nullptr || opened->change != CaseRecord::Change::opened) continue;
        openings.emplace_back(opened->id, replay.link_of(moment, opened->id));
      }
      return true;
    }
    explanation.title = title_of(*made);
    for (auto& [case_id, link] : openings) {
      if (case_id == case_of(*made)) explanation.chain.push_back(std::move(link));
    }
    explanation.chain.push_back(replay.link_of(moment, wanted.id));
    explained = true;
    return wanted.kind == FoundRecord::Kind::task;  // whose clock may have stood still since
  });
  if (!status) return status.error();
  if (!explained && replay.is_compacted()) {
    return Error{std::string("what made this ") + kind.english +
                     " was dropped from the log by `duban db compact`",
                 {},
                 "a backup from before explains it",
                 std::string("产生该") + kind.chinese + "的日志已由 `duban db compact` 清除",
                 "可用此前的备份说明"};
  }
  if (!explained) {
    return Error{"stepping `" + wanted.subject.key + "` again does not make this " + kind.english,
                 {},
                 "explain with the program that made it",
                 "重新执行“" + wanted.subject.key + "”未再产生该" + kind.chinese,
                 "请用当时运行的程序版本说明"};
  }
  return explanation;
}

}  // namespace duban
