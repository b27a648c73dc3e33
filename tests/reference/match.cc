#include "tests/reference/match.h"

#include <algorithm>

#include "engine/codec.h"
#include "engine/parse.h"
#include "tests/reference/census.h"
#include "tests/reference/moments.h"

namespace duban::reference {
namespace {

constexpr int64_t kToleranceMs = 15 * kMsPerMinute;
constexpr int kFiringsMax = 400;  // of one subject at one instant
constexpr uint64_t kStepsMax =
    4000;  // of one story: what comes every second is no longer waited for

Tick as_tick(Wake wake) { return {wake.at, wake.before_facts}; }

std::string shown(const std::optional<Tick>& tick, const Zone& zone) {
  if (!tick) return "never";
  return zone.to_iso8601(tick->at) + (tick->before_facts ? " (before facts)" : "");
}

using Lines = std::vector<std::string>;
std::string listed(const char* who, const Lines& lines) {
  std::string out = std::string("  ") + who + ":\n";
  for (const std::string& line : lines) out += "    " + line + "\n";
  return out;
}

// What each of them has alone; both are sorted.
std::string listed_apart(const Lines& engine, const Lines& judge) {
  const auto alone = [](const Lines& mine, const Lines& others) {
    Lines out;
    std::set_difference(mine.begin(), mine.end(), others.begin(), others.end(),
                        std::back_inserter(out));
    return out;
  };
  return listed("engine alone", alone(engine, judge)) +
         listed("reference alone", alone(judge, engine));
}

}  // namespace

Match::Match(const std::vector<CompileInput>& inputs,
             std::vector<std::shared_ptr<const Plan>> plans, Tally* tally)
    : compiled_(std::move(plans)), tally_(tally) {
  for (const auto& plan : compiled_) {
    for (const std::string& construct : constructs_of(*plan)) ++(*tally_)["has " + construct];
  }
  for (const CompileInput& input : inputs) {
    programs_.push_back(
        std::make_unique<Program>(input, static_cast<uint32_t>(programs_.size() + 1),
                                  programs_.empty() ? nullptr : programs_.back().get()));
  }
  plans_.add(1, compiled_.at(0));
  version_ = 1;
  for (const auto& program : programs_) find_timed(*program);
}

// Conditions that read the clock, and the windows over history they may read.
void Match::find_timed(const Program& program) {
  const auto collect = [&](const auto& self, const syntax::Expr* expr) -> void {
    if (expr == nullptr) return;
    if (expr->kind == syntax::ExprKind::aggregate && expr->over == syntax::Over::last) {
      Context c;
      c.program = &program;
      const Value length = evaluate(c, expr->window);
      if (const Duration* d = length.get_if<Duration>()) windows_.push_back(*d);
    }
    for (const auto& arg : expr->args) self(self, arg.get());
    self(self, expr->window.get());
    self(self, expr->condition.get());
  };
  for (const Define& define : program.defines) collect(collect, define.decl->value.get());
  const auto ask = [&](int entity, int owner_case, const syntax::ExprPtr& expr) {
    collect(collect, expr.get());
    timed_ |= reads_time(scope_of(&program, entity, owner_case), expr.get());
  };
  for (const Rule& rule : program.rules) ask(rule.entity, -1, rule.trigger->anchor);
  for (size_t i = 0; i < program.cases.size(); ++i) {
    const CaseKind& kind = program.cases[i];
    for (const auto& boundary : kind.decl->boundaries) {
      if (boundary.event.empty()) ask(kind.entity, static_cast<int>(i), boundary.condition);
    }
    for (const auto& step : kind.decl->steps) ask(kind.entity, static_cast<int>(i), step.anchor);
  }
  for (const auto& [spec, id] : program.task_ids) timed_ |= spec->paused_while != nullptr;
}

// ---------------------------------------------------------------- time

std::optional<Difference> Match::advance(Tick until, std::optional<Instant> received) {
  for (;;) {
    const Key* next = nullptr;
    Tick first;
    for (const auto& [key, pair] : subjects_) {
      if (pair.held || !pair.engine_wake) continue;
      const Tick tick = as_tick(*pair.engine_wake);
      if (!(tick < until) || (next != nullptr && !(tick < first))) continue;
      next = &key;
      first = tick;
    }
    if (next == nullptr || is_over()) return std::nullopt;
    Pair& pair = subjects_.at(*next);
    pair.firings = pair.fired_at == first.at ? pair.firings + 1 : 0;
    pair.fired_at = first.at;
    if (pair.firings > kFiringsMax) {
      pair.held = true;  // as the runtime does: its timers do not come to an end
      ++(*tally_)["outcome: timers without end"];
      continue;
    }
    duban::Input engine;
    engine.kind = duban::Input::Kind::timer;
    engine.time = first.at;
    engine.received = received ? std::max(*received, first.at) : first.at;
    engine.before_facts = first.before_facts;
    Input judged;
    judged.kind = Input::Kind::timer;
    judged.time = engine.time;
    judged.received = engine.received;
    judged.before_facts = first.before_facts;
    ++(*tally_)[engine.received.ms > engine.time.ms + kToleranceMs ? "input: late timer"
                                                                   : "input: timer"];
    if (auto difference = step(Key(*next), engine, judged)) return difference;
  }
}

// Nothing may have turned that the engine did not wake for: asked at midnights, at moments the
// subject remembers and a little after them.
std::optional<Difference> Match::check_quiet(const Key& key, const Pair& pair, Tick until) {
  const Program& program = *programs_[version_ - 1];
  if (!pair.engine.exists || !has_timed_conditions()) return std::nullopt;
  std::set<Instant> asked;
  const Zone& zone = program.zone;
  const Instant last = pair.judge.now;
  Date day = zone.date_of(last);
  const int64_t days = (until.at.ms - last.ms) / kMsPerDay + 1;
  const int64_t stride = std::max<int64_t>(1, days / 40);
  for (int i = 0; i < 45; ++i) {
    day = add_days(day, i == 0 ? 1 : stride);
    asked.insert(zone.at(day, TimeOfDay{0}));
  }
  const auto add = [&](const Value& value) {
    if (const Instant* at = value.get_if<Instant>()) {
      for (const int64_t ms : {0, 1, 1000}) asked.insert(Instant{at->ms + ms});
    }
    if (const Date* date = value.get_if<Date>()) asked.insert(zone.at(*date, TimeOfDay{0}));
  };
  for (const auto& [name, value] : pair.judge.attributes) add(value);
  for (const Case& instance : pair.judge.cases) {
    for (const auto& [name, value] : instance.variables) add(value);
  }
  for (const Duration& window : windows_) {
    for (const EventPtr& event : pair.judge.history) add(shifted(program, event->time, window, 1));
  }
  for (const Instant at : asked) {
    if (at <= last || !(Tick{at, true} < until)) continue;
    // What moves within the day turns after the facts of its instant.
    const std::string what = Judge::turned_at(program, *pair.rows, pair.judge, at, at == until.at);
    if (what.empty()) continue;
    return Difference{"time alone turned " + what + " of " + key.key + " by " +
                      zone.to_iso8601(at) + ", and the engine sleeps until " + shown(until, zone) +
                      "\n"};
  }
  return std::nullopt;
}

bool Match::is_over() const { return steps_ >= kStepsMax; }

bool Match::has_timed_conditions() const { return timed_; }

// ---------------------------------------------------------------- one step of both

std::optional<Difference> Match::step(const Key& key, duban::Input& engine, Input& judged,
                                      bool was_quiet) {
  ++steps_;
  const auto [at, is_new] = subjects_.try_emplace(key);
  Pair& pair = at->second;
  if (pair.held) return std::nullopt;
  engine.subject = key;
  const Tick when{engine.time, engine.kind != duban::Input::Kind::timer || engine.before_facts};
  if (was_quiet && pair.engine.exists && engine.time > pair.judge.now &&
      engine.kind != duban::Input::Kind::deployed) {
    if (auto difference = check_quiet(key, pair, when)) return difference;
  }
  const Program& program = *programs_[version_ - 1];

  // A subject that is not known yet.
  duban::Subject before = pair.engine;
  Subject judge_before = pair.judge;
  bool engine_refused = false, judge_refused = false;
  if (!before.exists) {
    auto created = new_subject(plans_.current(), references_, engine);
    engine_refused = std::holds_alternative<IntakeError>(created);
    if (!engine_refused) before = std::get<duban::Subject>(std::move(created));
    judge_before.key = key;
    judge_before.now = judged.time;
    try {
      Fields given = judged.attributes;
      if (judged.event != nullptr) {
        judge_before.attributes = Judge::defaults(program, *rows_, key);
        given = Judge::event_sets(program, *rows_, judge_before, *judged.event, judged.time);
      }
      const auto initial = Judge::initial(program, *rows_, key, given);
      judge_refused = !initial;
      // What an event sets, its step does.
      if (initial && judged.event == nullptr) judge_before.attributes = *initial;
    } catch (const Failure&) {
      judge_refused = true;
    }
  }
  if (engine_refused || judge_refused) {
    if (is_new || !pair.engine.exists) subjects_.erase(key);
    if (engine_refused == judge_refused) {
      ++(*tally_)["outcome: refused"];
      return std::nullopt;
    }
    return Difference{std::string("creating ") + key.key + ": refused by the " +
                      (engine_refused ? "engine" : "reference") + " alone"};
  }

  const StepSettings settings{kToleranceMs};
  Observations seen(plans_.current());
  auto did = duban::step(plans_, references_, before, engine, settings, nullptr, &seen);
  for (const std::string& construct : exercised(seen)) ++(*tally_)["ran " + construct];
  auto judgement = Judge(program, *rows_, std::move(judge_before), judged, kToleranceMs).run();
  const auto* failure = std::get_if<StepFailure>(&did);
  const auto* judge_failure = std::get_if<Failure>(&judgement);
  if (failure != nullptr || judge_failure != nullptr) {
    const bool agree = failure != nullptr && judge_failure != nullptr &&
                       (failure->kind == StepFailure::Kind::rejected) == judge_failure->rejected;
    if (!agree) {
      return Difference{"the step of " + key.key + "\n  engine: " +
                        (failure != nullptr ? failure->english : "went well") + "\n  reference: " +
                        (judge_failure != nullptr ? judge_failure->why : "went well") + "\n"};
    }
    ++(*tally_)["outcome: failed, " + judge_failure->why.substr(0, 24)];
    if (engine.kind == duban::Input::Kind::timer && !engine.given_up) {
      ++(*tally_)["input: timer given up"];
      engine.given_up = judged.given_up = true;
      return step(Key(key), engine, judged, false);
    }
    // Until somebody looks; an event that failed is dropped.
    pair.held =
        engine.kind == duban::Input::Kind::timer || engine.kind == duban::Input::Kind::deployed;
    if (!pair.engine.exists) subjects_.erase(at);
    return std::nullopt;
  }
  const StepOutcome& outcome = std::get<StepOutcome>(did);
  Outcome& judged_outcome = std::get<Outcome>(judgement);
  auto difference = compare(pair, outcome, judged_outcome);
  pair.engine = std::get<StepOutcome>(std::move(did)).subject;
  pair.judge = std::move(judged_outcome.subject);
  pair.rows = rows_;
  return difference;
}

std::optional<Difference> Match::compare(Pair& pair, const StepOutcome& engine,
                                         const Outcome& judge) {
  std::vector<Done> done;
  for (const Record& record : engine.records) done.push_back(words_.done(record));
  if (auto difference = same_effects(pair, std::move(done), judge.effects)) return difference;
  const Program& program = *programs_[version_ - 1];
  const auto state = words_.state(engine.subject);
  const auto wanted = state_words(program, judge.subject);
  if (state != wanted) {
    return Difference{"the state of " + engine.subject.key.key + " after the step at " +
                      program.zone.to_iso8601(engine.subject.now) + "\n" +
                      listed_apart(state, wanted)};
  }
  pair.engine_wake = engine.wake;
  pair.judge_wake = judge.wake;
  const auto wake = engine.wake ? std::optional(as_tick(*engine.wake)) : std::nullopt;
  // Between the times of steps and tasks the engine wakes for what time alone turns, too.
  const bool turns = engine.wake && (!judge.wake || wake < *judge.wake);
  if (turns && !has_timed_conditions()) {
    return Difference{"the next timer of " + engine.subject.key.key +
                      " is of no use: " + shown(wake, program.zone) + "\n"};
  }
  if (!turns && wake != judge.wake) {
    return Difference{"the next timer of " + engine.subject.key.key + " after the step at " +
                      program.zone.to_iso8601(engine.subject.now) +
                      "\n  engine: " + shown(wake, program.zone) +
                      "\n  reference: " + shown(judge.wake, program.zone) + "\n"};
  }
  if (duban::next_wake(engine.subject, plans_, references_) != engine.wake) {
    return Difference{"next_wake() of " + engine.subject.key.key +
                      " is not what the step said: " + shown(wake, program.zone) + "\n"};
  }
  if (steps_ % 8 == 0) {
    const std::string bytes = encode(engine.subject);
    const auto decoded = decode_subject(bytes);
    if (!decoded || encode(*decoded) != bytes)
      return Difference{"the state of " + engine.subject.key.key + " is not decoded as it was\n"};
  }
  return std::nullopt;
}

// Effects as sets: their order within a step is nobody's promise. Each thing of the judge has one
// id of the engine's, and each id one thing [13].
std::optional<Difference> Match::same_effects(Pair& pair, std::vector<Done> engine,
                                              std::vector<Effect> judge) {
  const auto order = [](const auto& a, const auto& b) {
    return a.kind != b.kind ? a.kind < b.kind : a.text < b.text;
  };
  std::stable_sort(engine.begin(), engine.end(), order);
  std::stable_sort(judge.begin(), judge.end(), order);
  std::vector<std::string> did, wanted;
  for (const Done& item : engine) did.push_back(item.kind + ": " + item.text);
  for (const Effect& item : judge) wanted.push_back(item.kind + ": " + item.text);
  if (did != wanted) {
    return Difference{"the effects of one step\n" + listed_apart(did, wanted) +
                      listed("all of the engine", did)};
  }
  for (const Effect& item : judge) {
    const bool named = item.kind == "raised" || item.kind == "duplicate";  // by the event alone
    ++(*tally_)["effect: " + item.kind +
                (named ? "" : " " + item.text.substr(0, item.text.find(' ')))];
  }
  for (size_t i = 0; i < judge.size();) {
    size_t end = i;
    while (end < judge.size() && did[end] == did[i]) ++end;
    for (size_t j = i; j < end; ++j) {
      if (judge[j].object == 0) continue;
      const std::pair<bool, int> object{judge[j].kind == "case", judge[j].object};
      const auto known = pair.ids.find(object);
      // Among equal texts, the one it was before, else one that is new.
      size_t match = end;
      for (size_t k = i; k < end; ++k) {
        const auto taken = pair.objects.find(engine[k].id);
        const bool same =
            known != pair.ids.end() ? engine[k].id == known->second : taken == pair.objects.end();
        if (same) match = std::min(match, k);
      }
      if (match == end) {
        return Difference{"the identity of an effect: " + did[i] +
                          (known != pair.ids.end() ? "\n  it had another id before\n"
                                                   : "\n  its id is that of something else\n")};
      }
      pair.ids[object] = engine[match].id;
      pair.objects[engine[match].id] = object;
    }
    i = end;
  }
  return std::nullopt;
}

// ---------------------------------------------------------------- happenings

std::optional<Difference> Match::take(const Happening& happening) {
  if (is_over()) return std::nullopt;
  const Instant time = happening.time;
  const auto late = happening.outage ? std::optional(std::max(now_, time)) : std::nullopt;
  if (auto difference = advance({time, true}, late)) return difference;
  if (is_over()) return std::nullopt;
  // Timers of a whole-day deadline end before the facts of their midnight.
  for (const auto& [key, pair] : subjects_) {
    if (!pair.held && pair.engine_wake && *pair.engine_wake == Wake{time, true}) {
      if (auto difference = advance({time, false}, late)) return difference;
      break;
    }
  }
  now_ = std::max(now_, time);
  switch (happening.kind) {
    case Happening::Kind::row:
    case Happening::Kind::event:
      return take_event(happening);
    case Happening::Kind::answer:
    case Happening::Kind::reassign:
    case Happening::Kind::note:
      return take_task(happening);
    case Happening::Kind::receipt:
      return take_receipt(happening);
    case Happening::Kind::deploy:
      return deploy();
    case Happening::Kind::wait:
      break;
  }
  return std::nullopt;
}

std::optional<Difference> Match::take_event(const Happening& happening) {
  const Program& program = *programs_[version_ - 1];
  RawEvent raw;
  raw.id = std::to_string(++serial_);
  raw.type = happening.type;
  raw.subject = happening.subject;
  raw.time = program.zone.to_iso8601(happening.time);
  raw.data = happening.data;
  auto taken = take_in(plans_.current(), raw, now_);
  if (const auto* error = std::get_if<IntakeError>(&taken)) {
    // Shrinking takes fields away that other lines still give.
    ++(*tally_)["outcome: not taken in"];
    (void)error;
    return std::nullopt;
  }
  Intake& intake = std::get<Intake>(taken);
  if (auto* row = std::get_if<ReferenceRow>(&intake)) {
    const Key key{row->entity, row->key};
    const int entity = program.find_entity(happening.type);
    const Entity& of = program.entities[static_cast<size_t>(entity)];
    const auto fields = Judge::initial(program, {}, key, read(of.fields, happening));
    if (!fields) return Difference{"a row is refused by the reference alone\n"};
    references_.put(row->entity, row->key, row->row);
    auto rows = std::make_shared<Rows>(*rows_);
    (*rows)[Key{static_cast<uint16_t>(entity), row->key}] = *fields;
    rows_ = std::move(rows);
    ++(*tally_)["input: reference row"];
    return std::nullopt;
  }
  Input judged;
  judged.time = happening.time;
  judged.received = now_;
  if (auto* broadcast = std::get_if<Broadcast>(&intake)) {
    ++(*tally_)["input: broadcast"];
    const EventType& type = program.events[static_cast<size_t>(program.find_event(happening.type))];
    auto event = std::make_shared<Event>();
    event->name = type.names.name;
    event->time = happening.time;
    event->received = now_;
    event->fields = read(type.fields, happening);
    std::vector<Key> reached;
    for (const auto& [key, pair] : subjects_) {
      if (key.entity != broadcast->entity || pair.held) continue;
      const bool engine =
          broadcast_reaches(plans_.current(), references_, pair.engine, broadcast->event);
      if (engine != Judge::reached(program, *rows_, pair.judge, *event)) {
        return Difference{"whether the broadcast reaches " + key.key + ": " +
                          (engine ? "only the engine" : "only the reference") + " says it does\n"};
      }
      if (engine) reached.push_back(key);
    }
    for (const Key& key : reached) {
      duban::Input engine;
      engine.time = broadcast->event->time;
      engine.received = broadcast->event->received;
      engine.cause = DigestBuilder().add("broadcast").add(std::to_string(serial_)).finish();
      engine.event = broadcast->event;
      judged.event = event;
      ++(*tally_)["input: broadcast to a subject"];
      if (auto difference = step(key, engine, judged)) return difference;
    }
    return std::nullopt;
  }
  auto& engine = std::get<duban::Input>(intake);
  if (engine.kind == duban::Input::Kind::upsert) {
    judged.kind = Input::Kind::upsert;
    const Entity& of = program.entities[static_cast<size_t>(program.find_entity(happening.type))];
    judged.attributes = read(of.fields, happening);
    ++(*tally_)["input: row of a subject"];
  } else {
    const EventType& type = program.events[static_cast<size_t>(program.find_event(happening.type))];
    auto event = std::make_shared<Event>();
    event->name = type.names.name;
    event->time = happening.time;
    event->received = now_;
    event->fields = read(type.fields, happening);
    judged.event = std::move(event);
    ++(*tally_)[happening.time < now_ ? "input: late event" : "input: event"];
  }
  return step(Key(engine.subject), engine, judged);
}

std::optional<Difference> Match::take_task(const Happening& happening) {
  const auto tasks = open_tasks();
  if (tasks.empty()) return std::nullopt;
  const OpenTask& asked = tasks[happening.pick % tasks.size()];
  for (auto& [key, pair] : subjects_) {
    if (key.key != asked.subject || !pair.objects.contains(asked.id)) continue;
    duban::Input engine;
    Input judged;
    engine.target = asked.id;
    judged.target = pair.objects.at(asked.id).second;
    engine.time = engine.received = judged.time = judged.received = happening.time;
    engine.cause = DigestBuilder().add("person").add(std::to_string(++serial_)).finish();
    engine.text = judged.text = happening.text;
    if (!happening.person.empty()) {
      const int staff = program().find_entity(happening.type);
      engine.person = judged.person = Key{static_cast<uint16_t>(staff), happening.person};
    }
    using Kind = Happening::Kind;
    engine.kind = happening.kind == Kind::answer     ? duban::Input::Kind::answer
                  : happening.kind == Kind::reassign ? duban::Input::Kind::reassign
                                                     : duban::Input::Kind::note;
    judged.kind = happening.kind == Kind::answer     ? Input::Kind::answer
                  : happening.kind == Kind::reassign ? Input::Kind::reassign
                                                     : Input::Kind::note;
    if (happening.kind == Kind::answer && asked.spec != nullptr) {
      const auto& needs = asked.program->needs.at(asked.spec);
      judged.answers = read(needs, happening);
      // The engine's answers are by slot, in the same order.
      for (const duban::Task& task : pair.engine.tasks) {
        if (task.id != asked.id) continue;
        const Plan& of = *plans_.find(task.version);
        const auto& fields = of.tasks[task.spec].needs;
        for (const auto& [name, value] : happening.data) {
          const auto slot = find_field(fields, name);
          if (!slot) continue;
          auto typed = take_value(of, fields[*slot].type, value);
          if (auto* good = std::get_if<Value>(&typed)) engine.answers.emplace_back(*slot, *good);
        }
      }
    }
    ++(*tally_)[happening.kind == Kind::answer     ? "input: answer"
                : happening.kind == Kind::reassign ? "input: reassignment"
                                                   : "input: note"];
    return step(Key(key), engine, judged);
  }
  return std::nullopt;
}

std::optional<Difference> Match::take_receipt(const Happening& happening) {
  size_t left = awaited();
  if (left == 0) return std::nullopt;
  left = happening.pick % left;
  for (auto& [key, pair] : subjects_) {
    if (left >= pair.engine.awaited.size()) {
      left -= pair.engine.awaited.size();
      continue;
    }
    const Digest id = pair.engine.awaited[left].id;
    if (pair.held || !pair.objects.contains(id)) return std::nullopt;
    duban::Input engine;
    Input judged;
    engine.kind = duban::Input::Kind::receipt;
    judged.kind = Input::Kind::receipt;
    engine.time = engine.received = judged.time = judged.received = happening.time;
    engine.target = id;
    judged.target = pair.objects.at(id).second;
    engine.delivered = judged.delivered = happening.delivered;
    engine.cause = DigestBuilder().add("receipt").add(id.to_hex()).finish();
    ++(*tally_)[happening.delivered ? "input: delivered" : "input: failed to deliver"];
    return step(Key(key), engine, judged);
  }
  return std::nullopt;
}

// Of past events only what the versions until now read is kept; a new one cannot read more.
void Match::forget_unread(Pair& pair) {
  const Layout& layout = plans_.current().layout;
  std::map<std::string, std::vector<PastEvent>> kept;
  for (const uint16_t type : pair.engine.history.types()) {
    pair.engine.history.each(
        type, [&](const PastEvent& past) { kept[layout.events[type].names.name].push_back(past); });
  }
  std::vector<EventPtr> left;
  for (const EventPtr& event : pair.judge.history) {
    const auto& fields = layout.events[*layout.find_event(event->name)].fields;
    const auto same = [&](const PastEvent& past) {
      if (past.time != event->time) return false;
      for (size_t i = 0; i < past.fields.size(); ++i) {
        const auto given = event->fields.find(fields[i].names.name);
        const Value value = given == event->fields.end() ? Value{None{}} : given->second;
        if (!past.fields[i].is_none() && past.fields[i] != value) return false;
      }
      return true;
    };
    auto& candidates = kept[event->name];
    const auto at = std::find_if(candidates.begin(), candidates.end(), same);
    if (at == candidates.end()) continue;
    auto rest = std::make_shared<Event>(*event);
    rest->fields.clear();
    for (size_t i = 0; i < at->fields.size(); ++i) {
      if (!at->fields[i].is_none()) rest->fields[fields[i].names.name] = at->fields[i];
    }
    candidates.erase(at);
    left.push_back(std::move(rest));
  }
  pair.judge.history = std::move(left);
}

void Match::follow_deployment() {
  plans_.add(static_cast<Version>(version_ + 1), compiled_.at(version_));
  ++version_;
  for (size_t i = 0; i + 1 < version_; ++i) programs_[i]->take_calendars(*programs_[version_ - 1]);
  ++(*tally_)["input: deployment"];
  for (auto& [key, pair] : subjects_) forget_unread(pair);
}

std::optional<Difference> Match::deploy() {
  if (!can_deploy()) return std::nullopt;
  for (const auto& [key, pair] : subjects_) {
    if (pair.held) continue;
    if (auto difference = check_quiet(key, pair, {now_, true})) return difference;
  }
  follow_deployment();
  std::vector<Key> keys;
  for (const auto& [key, pair] : subjects_) keys.push_back(key);
  for (const Key& key : keys) {
    duban::Input engine;
    Input judged;
    engine.kind = duban::Input::Kind::deployed;
    judged.kind = Input::Kind::deployed;
    engine.time = engine.received = judged.time = judged.received = now_;
    engine.cause = DigestBuilder().add("deploy").add(static_cast<int64_t>(version_)).finish();
    if (auto difference = step(key, engine, judged)) return difference;
  }
  return std::nullopt;
}

// ---------------------------------------------------------------- values

Value Match::read(const Type& type, const RawValue& raw) const {
  if (raw.kind == RawValue::Kind::null) return None{};
  if (type.set) {
    Type item = type;
    item.set = item.optional = false;
    std::vector<Value> items;
    for (const RawValue& each : raw.items) items.push_back(read(item, each));
    return make_set(std::move(items));
  }
  const Program& program = *programs_[version_ - 1];
  switch (type.kind) {
    case TypeKind::yes_no:
      return raw.boolean;
    case TypeKind::number:
    case TypeKind::money:
      return *Decimal::parse(raw.text);
    case TypeKind::date:
      return *parse_date(raw.text);
    case TypeKind::time:
      return *parse_time(raw.text);
    case TypeKind::datetime:
      return *program.zone.parse(raw.text);
    case TypeKind::choice:
      return ChoiceValue{type.id, *program.find_value(type.id, raw.text)};
    case TypeKind::reference:
      return Key{type.id, raw.text};
    case TypeKind::duration: {  // `3 days`, as a literal of the language reads
      Context c;
      c.program = &program;
      std::vector<Diagnostic> findings;
      const syntax::File file =
          duban::parse(duban::Source("value", "parameter x = " + raw.text + "\n"), 0, findings);
      return evaluate(c, file.parameters.at(0).value);
    }
    default:
      return raw.text;
  }
}

Fields Match::read(const std::vector<Field>& fields, const Happening& happening) const {
  Fields out;
  for (const auto& [name, raw] : happening.data) {
    const Field* field = find(fields, name);
    if (field == nullptr) continue;
    // A row's empty cell is what a table does not know.
    const bool empty = happening.kind == Happening::Kind::row && field->type.optional &&
                       raw.kind == RawValue::Kind::text && raw.text.empty();
    out[field->names.name] = empty ? Value{None{}} : read(field->type, raw);
  }
  return out;
}

// ---------------------------------------------------------------- what is there

std::optional<Tick> Match::next_wake() const {
  std::optional<Tick> first;
  for (const auto& [key, pair] : subjects_) {
    if (pair.held || !pair.engine_wake) continue;
    const Tick tick = as_tick(*pair.engine_wake);
    if (!first || tick < *first) first = tick;
  }
  return first;
}

std::vector<std::string> Match::subjects() const {
  std::vector<std::string> out;
  for (const auto& [key, pair] : subjects_) out.push_back(key.key);
  return out;
}

std::vector<Match::OpenTask> Match::open_tasks() const {
  std::vector<OpenTask> out;
  for (const auto& [key, pair] : subjects_) {
    if (pair.held) continue;
    for (const Task& task : pair.judge.tasks) {
      const auto id = pair.ids.find({false, task.serial});
      if (task.open && id != pair.ids.end())
        out.push_back({key.key, id->second, task.source.program, task.spec});
    }
  }
  return out;
}

size_t Match::awaited() const {
  size_t count = 0;
  for (const auto& [key, pair] : subjects_) count += pair.engine.awaited.size();
  return count;
}

std::string to_string(const Happening& h, const Zone& zone) {
  static constexpr const char* kNames[] = {"row",  "event",   "answer", "reassign",
                                           "note", "receipt", "deploy", "wait"};
  std::string out = zone.to_iso8601(h.time) + " " + kNames[static_cast<size_t>(h.kind)];
  if (h.outage) out += " (after an outage)";
  if (!h.type.empty()) out += " " + h.type;
  if (!h.subject.empty()) out += " " + h.subject;
  using Kind = Happening::Kind;
  if (h.kind == Kind::receipt) out += h.delivered ? " delivered" : " failed";
  if (h.kind == Kind::answer || h.kind == Kind::reassign || h.kind == Kind::note ||
      h.kind == Kind::receipt)
    out += " #" + std::to_string(h.pick);
  if (!h.person.empty()) out += " by " + h.person;
  for (const auto& [name, raw] : h.data) {
    out += " " + name + "=";
    if (raw.kind == RawValue::Kind::null) out += "null";
    if (raw.kind == RawValue::Kind::boolean) out += raw.boolean ? "yes" : "no";
    out += raw.text;
    for (const RawValue& item : raw.items) out += item.text + ";";
  }
  return out;
}

}  // namespace duban::reference
