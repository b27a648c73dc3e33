// Tasks: who, by when, what they must enter, and what follows.
#include <algorithm>
#include <utility>

#include "engine/check.h"

namespace duban::compiler {
namespace {

using DueKind = syntax::TaskSpec::DueKind;

bool counts_days(const std::optional<Duration::Kind>& kind) {
  return !kind || *kind == Duration::Kind::days || *kind == Duration::Kind::months;
}

// The deadline, as far as it is known what kind of thing it is: a date ends with its day.
std::optional<Type> build_due(Program& program, const syntax::TaskSpec& decl, const Scope& scope,
                              TaskSpec& task) {
  const Type date{TypeKind::date, 0, false, false};
  const Type datetime{TypeKind::datetime, 0, false, false};
  const auto anchored = [&](const Typed& anchor, Index by) {
    const bool whole_day = anchor.ok() && anchor.type.kind == TypeKind::date &&
                           (by == kNone || counts_days(duration_kind(program, by)));
    return whole_day ? date : datetime;
  };
  if (decl.every) {
    if (decl.due_kind != DueKind::none) {
      program.error(decl.due_span, "E123",
                    {"a standing duty has its deadline from `every … since …`",
                     "定期职责的期限由`自 … 起每 …`确定", "remove one of the two", "请删去其一"});
    }
    task.every = compile_duration(program, decl.every.get(), scope);
    const Typed since = compile_moment(program, decl.since.get(), scope);
    task.since = since.node;
    if (decl.since) reject_time(program, since.node, decl.since->span, "`since`", "起算时间");
    if (decl.not_before) {
      task.not_before = compile_moment(program, decl.not_before.get(), scope).node;
    }
    task.opens_before = compile_duration(program, decl.opens_before.get(), scope);
    return anchored(since, task.every);
  }
  if (decl.opens_before) {
    program.error(decl.opens_before->span, "E123",
                  {"only a standing duty, `every … since …`, opens before it is due",
                   "只有定期职责`自 … 起每 …`可在截止前启动",
                   "for one task, move its step: `3 days before …:`",
                   "单次任务请改用按时间的步骤：`… 前 3 日：`"});
  }
  switch (decl.due_kind) {
    case DueKind::none:
      return std::nullopt;
    case DueKind::within:
      task.due_within = compile_duration(program, decl.due_within.get(), scope);
      return datetime;
    case DueKind::after:
    case DueKind::at: {
      task.due_within = compile_duration(program, decl.due_within.get(), scope);
      const Typed anchor = compile_moment(program, decl.due_anchor.get(), scope);
      task.due_anchor = anchor.node;
      if (decl.due_anchor && anchor.ok() && dependencies_of(program, anchor.node).time) {
        program.error(decl.due_anchor->span, "E119",
                      {"a deadline that moves with the clock never comes",
                       "随时间推移的期限永远不会到来", "write `due within …`", "请写`时限 …`"});
      }
      return anchored(anchor, task.due_within);
    }
  }
  return std::nullopt;
}

// `paused while C`: needs a clock to stop, and something that can start it again.
void build_pause(Program& program, const syntax::TaskSpec& decl, const Scope& scope,
                 TaskSpec& task) {
  if (!decl.paused_while) return;
  const Span span = decl.paused_while->span;
  task.paused_while = compile_condition(program, decl.paused_while.get(), scope);
  check_watched(program, task.paused_while, span, "a condition that pauses a task", "暂停条件");
  task.pause_deps = dependencies_of(program, task.paused_while);
  if (decl.every) return;
  if (decl.due_kind == DueKind::at) {
    program.error(
        span, "E160",
        {"a deadline at a fixed time has no clock to pause", "固定时刻的期限没有可暂停的计时",
         "write `due within …` or `due … after …`", "请写`时限 …`或`时限 … 后 …`"});
  } else if (decl.due_kind == DueKind::none) {
    program.error(span, "E161",
                  {"this task has no deadline to pause", "此交办没有期限，无从暂停计时",
                   "add `due within …`", "请加上`时限 …`"});
  }
  const Dependencies& deps = task.pause_deps;
  const bool lives = deps.time || deps.references || !deps.attributes.empty() ||
                     !deps.variables.empty() || !deps.history.empty();
  if (task.paused_while != kNone && !lives) {
    program.warning(span, "W120",
                    {"nothing can begin or end this pause: the condition never changes",
                     "此暂停无从开始或结束：条件永远不变"});
  }
}

void check_answer_name(Program& program, const syntax::Field& field, const Scope& scope) {
  for (const std::string& text : {field.name.text, field.name.alias}) {
    if (text.empty()) continue;
    for (const Meaning& meaning : meanings(program, text, scope)) {
      if (meaning.kind == Meaning::Kind::builtin) continue;
      program.error(field.name.span, "E103",
                    {quoted(text) + " already means something here", quoted(text) + "在此已有含义",
                     "give the answer another name", "请给所填内容另取名称"});
      return;
    }
  }
}

void build_needs(Program& program, const syntax::TaskSpec& decl, const Scope& scope,
                 TaskSpec& task) {
  for (const syntax::Field& field : decl.needs) {
    if (field.name.empty()) continue;
    Layout::Field need;
    need.names = names_of(field.name);
    if (find_field(task.needs, need.names.name)) {
      program.error(field.name.span, "E103",
                    {quoted(field.name.text) + " is asked for twice",
                     quoted(field.name.text) + "重复要求填写"});
      continue;
    }
    check_answer_name(program, field, scope);
    need.type = resolve_type(program, field.type, scope.file, task.id + "." + need.names.name);
    need.is_private = field.is_private;
    task.needs.push_back(std::move(need));
  }
}

void build_done_on(Program& program, const syntax::TaskSpec& decl, const Scope& scope,
                   TaskSpec& task) {
  for (const syntax::TaskSpec::DoneOn& done : decl.done_on) {
    const Index found = program.find_event(done.event, scope.file);
    if (found == kNone) continue;
    TaskSpec::DoneOn out;
    out.span = done.span;
    out.event = static_cast<uint16_t>(program.events[found].id);
    if (program.plan.layout.events[out.event].entity != scope.entity) {
      program.error(done.event.span, "E113",
                    {quoted(done.event.text) + " happens to another entity",
                     quoted(done.event.text) + "不是当前对象的事件"});
      continue;
    }
    Scope inner = scope;
    inner.event = out.event;
    inner.opening = false;
    out.condition = compile_condition(program, done.condition.get(), inner);
    task.done_on.push_back(out);
  }
}

void build_clauses(Program& program, const syntax::TaskSpec& decl, const Scope& scope,
                   StepContext& context, TaskSpec& task) {
  for (const syntax::TaskClause& clause : decl.clauses) {
    TaskClause out;
    out.kind = clause.kind;
    out.span = clause.span;
    StepContext inner = context;
    inner.scope = scope;
    inner.in_task = true;
    if (clause.kind == syntax::TaskClause::Kind::when_done) {
      inner.scope.answers = &task.needs;
    } else if (!scope.due) {
      program.error(clause.span, "E123",
                    {"this task has no deadline to be near or past",
                     "此交办没有期限，无从接近或超过", "add `due within …`", "请加上`时限 …`"});
    }
    out.duration = compile_duration(program, clause.duration.get(), inner.scope);
    out.condition = compile_condition(program, clause.condition.get(), inner.scope);
    out.actions = build_actions(program, clause.actions, inner);
    context.ordinal = inner.ordinal;
    context.tasks = inner.tasks;
    task.clauses.push_back(std::move(out));
  }
}

}  // namespace

OnceSpec build_once(Program& program, const syntax::Once& once, const Scope& scope) {
  using OnceKind = syntax::Once::Kind;
  OnceSpec out;
  out.kind = once.kind;
  out.count = once.count;
  out.span = once.span;
  if (once.kind == OnceKind::per_case && scope.owner_case == kNone) {
    program.error(once.span, "E123",
                  {"there is no case here to count by", "此处没有可供计次的事项"});
  }
  if (once.kind == OnceKind::per_field) out.field = compile_name(program, once.field, scope).node;
  if (once.kind == OnceKind::at_most && once.window) {
    const Index node = compile_duration(program, once.window.get(), scope);
    const Value* value = program.constant_of(node);
    const Duration* window = value ? value->get_if<Duration>() : nullptr;
    if (window && window->amount > 0 && window->kind != Duration::Kind::working_days &&
        window->kind != Duration::Kind::working_hours) {
      out.window = *window;
    } else if (node != kNone) {
      program.error(once.window->span, "E104",
                    {"this is a literal or a parameter in hours, days or months, above zero",
                     "此处须为大于零的小时、日或月数，直接写明或用参数"});
    }
  }
  return out;
}

Index build_task(Program& program, const syntax::TaskSpec& decl, Span span, StepContext& context) {
  TaskSpec task;
  task.id = context.id + "/task#" + std::to_string(++context.tasks);
  task.policy = context.policy;
  task.basis = context.basis;
  task.owner_case = context.scope.owner_case;
  task.span = span;
  task.title = compile_template(program, decl.title, context.scope);
  if (decl.assignee) {
    task.assignee = compile_key(program, decl.assignee.get(), context.scope).node;
  } else {
    program.warning(span, "W105",
                    {"nobody is to do this task: it goes to the queue `unassigned`",
                     "此交办没有承办人，将进入未分派队列"});
  }

  // Times and clauses live on after the step: an outer task's answers are gone by then.
  Scope scope = context.scope;
  scope.answers = nullptr;
  scope.due.reset();
  scope.list.reset();
  task.due_kind = decl.due_kind;
  scope.due = build_due(program, decl, scope, task);
  if (!scope.due && !decl.paused_while) {
    program.warning(
        span, "W105",
        {"this task has no deadline", "此交办没有期限", "add `due within …`", "请加上`时限 …`"});
  }
  Scope timeless = scope;
  timeless.due.reset();
  task.stays = decl.stays;
  task.expires_after = compile_duration(program, decl.expires_after.get(), timeless);
  task.once = build_once(program, decl.once, timeless);
  build_pause(program, decl, timeless, task);
  build_needs(program, decl, timeless, task);
  build_done_on(program, decl, scope, task);
  build_clauses(program, decl, scope, context, task);
  for (const Index node : {task.due_within, task.due_anchor, task.every, task.since,
                           task.not_before, task.opens_before}) {
    add_dependencies(program, node, task.due_deps);
  }
  program.plan.tasks.push_back(std::move(task));
  return static_cast<Index>(program.plan.tasks.size() - 1);
}

}  // namespace duban::compiler
