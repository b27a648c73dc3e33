// What people do with tasks.
#include <algorithm>

#include "engine/source.h"
#include "runtime/runtime_impl.h"

namespace duban {
namespace {

// What a task asks for: `decision (approved | refused), note (optional)`.
std::string list_of(const Plan& plan, const std::vector<Layout::Field>& needs, bool chinese) {
  const std::string comma = chinese ? "，" : ", ";
  std::string out;
  for (const Layout::Field& field : needs) {
    if (!out.empty()) out += chinese ? "、" : ", ";
    out += "`" + field.names.in(chinese) + "`";
    std::string remark;
    if (field.type.kind == TypeKind::choice && field.type.id < plan.layout.choices.size()) {
      for (const Names& value : plan.layout.choices[field.type.id].values) {
        remark += (remark.empty() ? "" : " | ") + value.in(chinese);
      }
    }
    if (field.type.optional) {
      remark += (remark.empty() ? "" : comma) + (chinese ? "可不填" : "optional");
    }
    if (!remark.empty()) out += chinese ? "（" + remark + "）" : " (" + remark + ")";
  }
  return out;
}

const char* ended_in_chinese(TaskRecord::Status status) {
  switch (status) {
    case TaskRecord::Status::done:
      return "办毕";
    case TaskRecord::Status::cancelled:
      return "取消";
    case TaskRecord::Status::expired:
      return "过期";
    default:
      return "结束";
  }
}

RawValue raw_of(const Type& type, const std::string& text) {
  RawValue raw;
  const bool is_none = text.empty() && type.optional;
  raw.kind = is_none ? RawValue::Kind::null : RawValue::Kind::text;
  raw.text = text;
  return raw;
}

Result<std::vector<std::pair<uint16_t, Value>>> read_answers(
    const Plan& plan, const std::vector<Layout::Field>& needs,
    const std::vector<std::pair<std::string, std::string>>& given) {
  const std::string hint =
      needs.empty() ? "this task asks for nothing" : "needed: " + list_of(plan, needs, false);
  const std::string chinese_hint =
      needs.empty() ? "该任务无须填写内容" : "须填写：" + list_of(plan, needs, true);
  std::vector<std::pair<uint16_t, Value>> answers;
  for (const auto& [name, text] : given) {
    const std::optional<uint16_t> slot = find_field(needs, name);
    if (!slot) {
      return Error{"the task does not ask for `" + name + "`",
                   {},
                   hint,
                   "该任务不须填写“" + name + "”",
                   chinese_hint};
    }
    const bool twice = std::any_of(answers.begin(), answers.end(),
                                   [&](const auto& answer) { return answer.first == *slot; });
    if (twice) {
      return Error{"`" + name + "` is given twice", {}, {}, "“" + name + "”重复给出", {}};
    }
    auto value = take_value(plan, needs[*slot].type, raw_of(needs[*slot].type, text));
    if (const auto* error = std::get_if<IntakeError>(&value)) {
      return Error{"`" + name + "`: " + error->english,
                   {},
                   hint,
                   "“" + name + "”：" + error->chinese,
                   chinese_hint};
    }
    answers.emplace_back(*slot, std::get<Value>(std::move(value)));
  }
  for (uint16_t i = 0; i < needs.size(); ++i) {
    const bool answered = std::any_of(answers.begin(), answers.end(), [&](const auto& answer) {
      return answer.first == i && !answer.second.is_none();
    });
    if (!answered && !needs[i].type.optional) {
      return Error{"`" + needs[i].names.name + "` is not answered",
                   {},
                   hint,
                   "“" + needs[i].names.in(true) + "”未填写",
                   chinese_hint};
    }
  }
  std::sort(answers.begin(), answers.end());
  return answers;
}

// What was written, and how often just that was written before: the same in a copy of the database,
// or in one of other shards.
Digest cause_of(const Runtime::TaskCommand& command, const Input& input, int64_t times) {
  DigestBuilder cause;
  cause.add("command").add(int64_t{static_cast<int64_t>(input.kind)}).add(input.target);
  cause.add(input.time.ms).add(command.person).add(command.text);
  for (const auto& [name, value] : command.answers) cause.add(name).add(value);
  return cause.add(times).finish();
}

}  // namespace

Result<Key> Runtime::Impl::find_person(const std::string& person, const Task& task) const {
  const Layout& layout = plans.current().layout;
  if (task.assignee && references.find(task.assignee->entity, person) != nullptr) {
    return Key{task.assignee->entity, person};
  }
  for (uint16_t i = 0; i < layout.entities.size(); ++i) {
    if (layout.entities[i].reference && references.find(i, person) != nullptr)
      return Key{i, person};
  }
  return Error{"there is no person `" + person + "`",
               {},
               "give the key of a known one, such as a staff number",
               "没有编号为“" + person + "”的人员",
               "请给出已有人员的主键，例如工号"};
}

Result<Input> Runtime::Impl::make_input(const TaskCommand& command, const FoundTask& found,
                                        const Task& task) {
  Input input;
  input.subject = found.subject;
  input.target = found.id;
  input.text = command.text;
  input.time = input.received = command.at.value_or(now());
  if (!command.person.empty()) {
    Result<Key> person = find_person(command.person, task);
    if (!person) return person.error();
    input.person = std::move(*person);
  }
  switch (command.kind) {
    case TaskCommand::Kind::done: {
      input.kind = Input::Kind::answer;
      const Plan* plan = task.spec == kNone ? &plans.current() : plans.find(task.version);
      if (plan == nullptr) {
        return Error{"the task's version of the rules is not loaded",
                     {},
                     {},
                     "该任务所属版本的规则未载入",
                     {}};
      }
      static const std::vector<Layout::Field> nothing;
      const auto& needs = task.spec == kNone ? nothing : plan->tasks[task.spec].needs;
      auto answers = read_answers(*plan, needs, command.answers);
      if (!answers) return answers.error();
      input.answers = std::move(*answers);
      break;
    }
    case TaskCommand::Kind::reassign:
      input.kind = Input::Kind::reassign;
      if (!input.person) {
        return Error{"nobody is named to reassign the task to", {}, {}, "未指明改派给谁", {}};
      }
      break;
    case TaskCommand::Kind::note:
      input.kind = Input::Kind::note;
      if (input.text.empty()) return Error{"the note is empty", {}, {}, "备注内容为空", {}};
      break;
  }
  for (int64_t times = 1;; ++times) {
    input.cause = cause_of(command, input, times);
    const Result<bool> known = was_logged(input.cause);
    if (!known) return known.error();
    if (!*known) return input;
  }
}

Result<std::optional<FoundTask>> Runtime::Impl::find_task(const std::string& id) {
  if (Status status = resume_release(); !status) return status.error();
  if (Status status = settle(); !status) return status.error();
  return store->find_task(id);
}

Status Runtime::Impl::come_to(Instant at, const Zone& zone) {
  if (is_virtual() && clock_is_set() && at < now()) {
    return Error{"time has already gone on to " + zone.to_string(now()),
                 {},
                 "leave the time out, or give a later one",
                 "时间已推进到 " + zone.to_string(now()),
                 "请不指定时间，或指定更晚的时间"};
  }
  if (!is_virtual() && at.ms > now().ms + settings.ahead_tolerance_ms) {
    return Error{zone.to_string(at) + " is still to come: it is " + zone.to_string(now()),
                 {},
                 "this database follows the real clock: leave the time out, and do it then",
                 zone.to_string(at) + " 尚未到来，现在是 " + zone.to_string(now()),
                 "该数据库按实际时间运行：请不指定时间，届时再执行"};
  }
  return is_virtual() ? advance(at, false) : Status();
}

Status Runtime::Impl::command(const TaskCommand& command) {
  if (plans.empty()) return nothing_deployed();
  const auto& given = command.answers;
  const bool readable =
      is_utf8(command.text) && std::all_of(given.begin(), given.end(),
                                           [](const auto& each) { return is_utf8(each.second); });
  if (!readable) {
    return Error{"what was written is not UTF-8 text",
                 {},
                 "set the terminal to UTF-8",
                 "所填内容不是 UTF-8 编码",
                 "请将终端设为 UTF-8"};
  }
  const Result<std::optional<FoundTask>> looked_up = find_task(command.id);
  if (!looked_up) return looked_up.error();
  if (!*looked_up)
    return Error{"there is no task `" + command.id + "`",
                 {},
                 "`duban list tasks` shows them",
                 "没有编号为“" + command.id + "”的任务",
                 "`duban list tasks` 可列出任务"};
  const FoundTask& found = **looked_up;

  if (command.at) {
    if (Status status = come_to(*command.at, plans.current().zone); !status) return status;
  }
  Result<SubjectRow*> row = find(found.subject);
  if (!row) return row.error();
  const Subject& subject = (*row)->cached->subject;
  if (subject.held) {
    return Error{"`" + found.subject.key + "` is held by an incident",
                 {},
                 "retry or drop the incident first: `duban list incidents`",
                 "“" + found.subject.key + "”因异常而挂起",
                 "请先重试或放弃该异常，见 `duban list incidents`"};
  }
  const auto task = std::find_if(subject.tasks.begin(), subject.tasks.end(),
                                 [&](const Task& t) { return t.id == found.id && t.open; });
  if (task == subject.tasks.end()) {
    const bool open = found.status == TaskRecord::Status::open;
    return Error{"the task \"" + found.title + "\" is already " +
                     (open ? "over" : std::string(to_string(found.status))),
                 {},
                 {},
                 "任务“" + found.title + "”已" + ended_in_chinese(found.status),
                 {}};
  }
  const Result<Input> input = make_input(command, found, *task);
  if (!input) return input.error();
  constexpr const char* kTypes[] = {"answer", "reassign", "note"};
  const Origin origin{input->cause, kTypes[static_cast<size_t>(command.kind)], {}, {}, nullptr, 0};
  Result<Outcome> outcome = run(*input, origin);
  if (!outcome) return outcome.error();
  if (outcome->fate == Fate::refused) {
    return Error{outcome->why->english, {}, {}, outcome->why->chinese, {}};
  }
  if (Status status = step_overdue(); !status) return status;
  return flush();
}

}  // namespace duban
