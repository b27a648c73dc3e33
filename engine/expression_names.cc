// What names mean: alone, and after a point.
#include "engine/expression_names.h"

#include <algorithm>
#include <map>
#include <utility>

#include "engine/expression.h"
#include "engine/keywords.h"

namespace duban::compiler {
namespace {

using syntax::Expr;
using syntax::ExprKind;
using Kind = Meaning::Kind;

bool builtin_at_hand(const Program& program, const Scope& scope, std::string_view builtin) {
  if (builtin == "now" || builtin == "today") return true;
  if (builtin == "due") return scope.due.has_value();
  if (builtin == "list") return scope.list.has_value();
  if (builtin == "owner") {
    return scope.owner_case != kNone && scope.owner &&
           program.cases[scope.owner_case].syntax->owner != nullptr;
  }
  return false;
}

bool entity_visible(const Program& program, const Scope& scope) {
  return scope.entity < program.plan.layout.entities.size();
}

Typed read_builtin(Program& program, std::string_view builtin, Span span, const Scope& scope) {
  const Type date{TypeKind::date, 0, false, false};
  const Type datetime{TypeKind::datetime, 0, false, false};
  if (builtin == "now") return simple(program, Op::now, kNone, datetime, span);
  if (builtin == "today") return simple(program, Op::today, kNone, date, span);
  if (builtin == "due" && scope.due) {
    return simple(program, Op::task_due, kNone, *scope.due, span);
  }
  if (builtin == "list" && scope.list) {
    return simple(program, Op::listing, kNone, *scope.list, span);
  }
  return case_owner(program, scope.owner_case);
}

// Everything a misspelt name may have been.
std::vector<std::string> names_in_scope(const Program& program, const Scope& scope,
                                        const Type* expected) {
  const Layout& layout = program.plan.layout;
  std::vector<std::string> out;
  if (expected && expected->kind == TypeKind::choice) {
    const auto& values = layout.choices[expected->id].values;
    for (size_t i = 0; i < values.size(); ++i) {
      if (program.present.values[expected->id][i]) add_name(out, values[i]);
    }
  }
  if (scope.event != kNoId && scope.bare_event) {
    for (const Layout::Field& field : layout.events[scope.event].fields) add_name(out, field.names);
  }
  if (scope.answers) {
    for (const Layout::Field& field : *scope.answers) add_name(out, field.names);
  }
  if (const Case* owner = case_at(program, scope)) {
    for (const Case::Variable& variable : owner->variables) add_name(out, variable.names);
    for (const Index define : program.cases[scope.owner_case].defines) {
      add_name(out, program.defines[define].names);
    }
  }
  if (entity_visible(program, scope)) {
    const Layout::Entity& entity = layout.entities[scope.entity];
    add_name(out, entity.names);
    add_name(out, entity.key);
    for (const Layout::Field& field : entity.attributes) add_name(out, field.names);
  }
  const auto add_all = [&](const auto& declared) {
    for (const auto& info : declared) {
      if (program.visible(scope.file, info.file)) add_name(out, info.names);
    }
  };
  add_all(program.parameters);
  add_all(program.tables);
  for (const DefineInfo& info : program.defines) {
    if (!info.local && program.visible(scope.file, info.file)) add_name(out, info.names);
  }
  for (const char* word : {"now", "today", "owner"}) {
    if (builtin_at_hand(program, scope, word)) out.emplace_back(word);
  }
  if (scope.due) out.insert(out.end(), {"due", "办理期限"});
  if (scope.list) out.insert(out.end(), {"list", "清单"});
  return out;
}

// A word that means something, but not here.
bool explain_misplaced(Program& program, const std::string& text, Span span, const Scope& scope) {
  const std::string_view builtin = builtin_name(text);
  if (builtin == "event" || builtin == "case") {
    const std::string word(builtin);
    program.error(span, "E123",
                  {quoted(text) + " is not a value: say which of its fields",
                   quoted(text) + "不是值，请写明其字段", "as in " + quoted(word + ".amount"),
                   builtin == "event" ? "如`本次的金额`" : "如`事项的金额`"});
    return true;
  }
  if (builtin == "due") {
    program.error(span, "E123",
                  {quoted(text) + " is known only inside the clauses of a task with a deadline",
                   quoted(text) + "只能用于有期限的交办的条款中"});
    return true;
  }
  if (builtin == "list") {
    program.error(span, "E123",
                  {quoted(text) + " is known only where the notice is sent with `listing …`",
                   quoted(text) + "只能用于以`列明 …`发送的通知"});
    return true;
  }
  if (builtin == "owner") {
    program.error(span, "E123",
                  {quoted(text) + " is known only in a case that names an owner",
                   quoted(text) + "只能用于写明负责人的事项"});
    return true;
  }
  const auto elsewhere = [&](const auto& declared) {
    for (const auto& info : declared) {
      if (!info.names.matches(text) || program.visible(scope.file, info.file)) continue;
      const std::string& path = program.sources[info.file].path();
      program.error(span, "E107",
                    {quoted(text) + " is declared in " + path + ", which this file does not use",
                     quoted(text) + "在 " + path + " 中声明，本文件没有引用它",
                     "add `use \"" + path + "\"`", "请加上`引用 “" + path + "”`"});
      return true;
    }
    return false;
  };
  if (elsewhere(program.parameters) || elsewhere(program.tables)) return true;
  for (const auto& info : program.entities) {
    if (!info.names.matches(text)) continue;
    program.error(span, "E113",
                  {quoted(text) + " can be read only where it is the subject itself",
                   quoted(text) + "只有作为当前对象时才可读取"});
    return true;
  }
  return false;
}

// `a`, `b`: the values of a choice.
std::string listed(const std::vector<Names>& values, const std::vector<bool>& present,
                   bool chinese) {
  std::string out;
  for (size_t i = 0; i < values.size(); ++i) {
    if (!present[i]) continue;
    out += (out.empty() ? "" : chinese ? "、" : ", ") + quoted(values[i].in(chinese));
  }
  return out;
}

// What other languages call yes, no and none.
bool suggest_plain_value(Message& message, const std::string& text) {
  static const std::map<std::string_view, std::pair<const char*, const char*>> kMeant = {
      {"true", {"yes", "是"}},  {"false", {"no", "否"}}, {"null", {"none", "无"}},
      {"nil", {"none", "无"}},  {"真", {"yes", "是"}},   {"假", {"no", "否"}},
      {"对", {"yes", "是"}},    {"错", {"no", "否"}},    {"有", {"yes", "是"}},
      {"没有", {"none", "无"}}, {"空", {"none", "无"}},  {"空值", {"none", "无"}},
  };
  const auto found = kMeant.find(text);
  if (found == kMeant.end()) return false;
  message.english_hint = "write " + quoted(found->second.first);
  message.chinese_hint = "请写作" + quoted(found->second.second);
  return true;
}

// `客户重要用户`: two names with 的 left out between them.
bool suggest_possessive(Message& message, const std::string& text,
                        const std::vector<std::string>& known) {
  if (is_ascii(text)) return false;
  for (const std::string& owner : known) {
    if (owner.size() >= text.size() || !text.starts_with(owner)) continue;
    const std::string member = text.substr(owner.size());
    if (std::find(known.begin(), known.end(), member) == known.end()) continue;
    message.english_hint = "did you mean " + quoted(owner + "的" + member) + "?";
    message.chinese_hint = "是否应为" + quoted(owner + "的" + member) + "？";
    return true;
  }
  return false;
}

void suggest_event_field(Program& program, const std::string& text, Message& message) {
  for (const auto& info : program.events) {
    if (!find_event_field(program, static_cast<uint16_t>(info.id), text)) continue;
    message.english_hint =
        "it is a field of the event " + quoted(info.names.name) + ", which is not at hand here";
    message.chinese_hint = "它是事件" + quoted(info.names.in(true)) + "的字段，此处没有该事件";
    return;
  }
}

void report_unknown(Program& program, const std::string& text, Span span, const Scope& scope,
                    const Type* expected) {
  // It may be a field of what opens the case.
  if (scope.owner_case != kNone && program.cases[scope.owner_case].openings_unknown) return;
  if (explain_misplaced(program, text, span, scope)) return;
  const std::vector<std::string> known = names_in_scope(program, scope, expected);
  if (expected && expected->kind == TypeKind::choice) {
    const std::vector<Names>& values = program.plan.layout.choices[expected->id].values;
    const std::vector<bool>& present = program.present.values[expected->id];
    Message message{
        quoted(text) + " is neither a name known here nor one of the values " +
            listed(values, present, false),
        quoted(text) + "不是此处的名称，也不是可选的值" + listed(values, present, true)};
    suggest(message, text, known);
    program.error(span, "E101", std::move(message));
    return;
  }
  Message message{"nothing here is called " + quoted(text),
                  "此处没有名为" + quoted(text) + "的内容"};
  if (suggest_plain_value(message, text)) {
    program.error(span, "E101", std::move(message));
    return;
  }
  if (!suggest_possessive(message, text, known)) suggest(message, text, known);
  for (const auto& event : program.events) {
    if (!event.names.matches(text) || !program.visible(scope.file, event.file)) continue;
    message.english_hint = quoted(text) + " is an event: it stands behind `on`, `opens on`, " +
                           "`closes on` or in an aggregate such as `count of " + text + " over …`";
    message.chinese_hint =
        quoted(text) +
        "是事件，须写在`发生`、`启动事件`、`办结事件`之后，或用于统计（如`近24个月内 " + text +
        " 次数`）";
  }
  if (message.english_hint.empty() && scope.owner_case != kNone && scope.event == kNoId) {
    suggest_event_field(program, text, message);
  }
  program.error(span, "E101", std::move(message));
}

std::string qualifier_of(const Program& program, const Meaning& meaning, const Scope& scope,
                         bool chinese) {
  switch (meaning.kind) {
    case Kind::event_field:
      return chinese ? "本次" : "event";
    case Kind::variable:
    case Kind::case_define:
      return chinese ? "事项" : "case";
    case Kind::attribute:
    case Kind::key:
    case Kind::define:
    case Kind::table:
      return entity_visible(program, scope)
                 ? program.plan.layout.entities[scope.entity].names.in(chinese)
                 : "";
    default:
      return "";
  }
}

void report_ambiguous(Program& program, const std::vector<Meaning>& found, const std::string& text,
                      Span span, const Scope& scope) {
  std::string english, chinese;
  for (const Meaning& meaning : found) {
    const std::string en = qualifier_of(program, meaning, scope, false);
    const std::string zh = qualifier_of(program, meaning, scope, true);
    if (en.empty()) continue;
    english += (english.empty() ? "" : " or ") + quoted(en + "." + text);
    chinese += (chinese.empty() ? "" : "或") + quoted(zh + "的" + text);
  }
  Message message{quoted(text) + " means several things here", quoted(text) + "在此有多个含义"};
  if (!english.empty()) {
    message.english_hint = "write " + english;
    message.chinese_hint = "请写" + chinese;
  }
  program.error(span, "E102", std::move(message));
}

bool event_sets(const Program& program, uint16_t event, uint16_t attribute) {
  return std::any_of(program.event_sets.begin(), program.event_sets.end(), [&](const auto& set) {
    return set.event == event && set.attribute == attribute && !set.syntax->value;
  });
}

// The names of which two meanings are one and the same value.
void drop_equal_meanings(const Program& program, std::vector<Meaning>& found, const Scope& scope) {
  const auto at = [&](Kind kind) {
    return std::find_if(found.begin(), found.end(),
                        [kind](const Meaning& meaning) { return meaning.kind == kind; });
  };
  auto event = at(Kind::event_field);
  if (event == found.end()) return;
  const auto variable = at(Kind::variable);
  if (variable != found.end()) {
    if (scope.opening) {
      found.erase(event);  // the case took it over, and may change it
    } else {
      const Case& owner = *case_at(program, scope);
      const auto& keys = program.cases[scope.owner_case].key_names;
      const std::string& name = owner.variables[variable->id].names.name;
      // Equal, or the event would not have reached the case; of `per month of day` only the month.
      const syntax::ExprPtr& key = program.cases[scope.owner_case].syntax->key;
      const bool whole = key != nullptr && key->kind == ExprKind::name;
      if (whole && std::find(keys.begin(), keys.end(), name) != keys.end()) found.erase(variable);
    }
  }
  event = at(Kind::event_field);
  const auto attribute = at(Kind::attribute);
  if (event == found.end() || attribute == found.end()) return;
  // Attributes are read after the event's own `set`; the attribute also stands where the event
  // leaves the field out.
  if (event_sets(program, scope.event, static_cast<uint16_t>(attribute->id))) found.erase(event);
}

}  // namespace

std::vector<Meaning> meanings(Program& program, std::string_view text, const Scope& scope) {
  std::vector<Meaning> found;
  if (scope.event != kNoId && scope.bare_event) {
    if (const auto slot = find_event_field(program, scope.event, text)) {
      found.push_back({Kind::event_field, *slot});
    }
  }
  if (scope.answers) {
    if (const auto slot = find_field(*scope.answers, text)) found.push_back({Kind::answer, *slot});
  }
  if (const auto slot = find_variable(program, scope, text)) {
    found.push_back({Kind::variable, *slot});
  }
  if (const Index define = find_case_define(program, scope, text); define != kNone) {
    found.push_back({Kind::case_define, define});
  }
  if (entity_visible(program, scope)) {
    const Layout::Entity& entity = program.plan.layout.entities[scope.entity];
    if (const auto slot = find_attribute(program, scope.entity, text)) {
      found.push_back({Kind::attribute, *slot});
    }
    if (entity.key.matches(text)) found.push_back({Kind::key});
    if (entity.names.matches(text)) found.push_back({Kind::subject});
  }
  if (const auto it = program.values.find(text); it != program.values.end()) {
    const Index id = it->second.id;
    switch (it->second.kind) {
      case Program::ValueRef::Kind::parameter:
        if (program.visible(scope.file, program.parameters[id].file)) {
          found.push_back({Kind::parameter, id});
        }
        break;
      case Program::ValueRef::Kind::define: {
        const DefineInfo& info = program.defines[id];
        const bool of_case = info.owner_case != kNone;
        const bool fits = of_case ? info.owner_case == scope.owner_case
                                  : info.entity != kNoId && info.entity == scope.entity;
        if (fits && program.visible(scope.file, info.file)) {
          found.push_back({of_case ? Kind::case_define : Kind::define, id});
        }
        break;
      }
      case Program::ValueRef::Kind::table:
        if (program.visible(scope.file, program.tables[id].file)) {
          found.push_back({Kind::table, id});
        }
        break;
    }
  }
  const std::string_view builtin = builtin_name(text);
  if (builtin_at_hand(program, scope, builtin)) found.push_back({Kind::builtin, kNone, builtin});
  return found;
}

Typed build_name(Program& program, const std::string& text, Span span, const Scope& scope,
                 const Type* expected) {
  if (text.empty()) return {};
  if (expected && expected->kind == TypeKind::choice) {
    if (const auto value = find_choice_value(program, expected->id, text)) {
      program.note(span, program.plan.layout.choices[expected->id].values[*value]);
      const Type type{TypeKind::choice, expected->id, false, false};
      return {program.add_constant(ChoiceValue{expected->id, *value}, type, span), type};
    }
  }
  std::vector<Meaning> found = meanings(program, text, scope);
  if (found.size() > 1) drop_equal_meanings(program, found, scope);
  if (found.empty()) {
    report_unknown(program, text, span, scope, expected);
    return {};
  }
  if (found.size() > 1) {
    report_ambiguous(program, found, text, span, scope);
    return {};
  }
  note_meaning(program, found.front(), span, scope);
  return build_meaning(program, found.front(), span, scope);
}

const Case* case_at(const Program& program, const Scope& scope) {
  return scope.owner_case == kNone ? nullptr : &program.plan.cases[scope.owner_case];
}

std::optional<uint16_t> find_variable(const Program& program, const Scope& scope,
                                      std::string_view text) {
  const Case* owner = case_at(program, scope);
  if (!owner) return std::nullopt;
  const size_t count = std::min<size_t>(owner->variables.size(), scope.variables);
  for (size_t i = 0; i < count; ++i) {
    if (owner->variables[i].names.matches(text)) return static_cast<uint16_t>(i);
  }
  return std::nullopt;
}

// A define of the case: its own, or a global one `of CASE`.
Index find_case_define(const Program& program, const Scope& scope, std::string_view text) {
  if (scope.owner_case == kNone) return kNone;
  for (const Index define : program.cases[scope.owner_case].defines) {
    if (program.defines[define].names.matches(text)) return define;
  }
  return kNone;
}

Typed simple(Program& program, Op op, Index a, Type type, Span span) {
  Node node;
  node.op = op;
  node.type = type;
  node.a = a;
  node.span = span;
  return {program.add_node(node), type};
}

Typed read_attribute(Program& program, uint16_t entity, uint16_t slot, Span span) {
  const Type type = program.plan.layout.entities[entity].attributes[slot].type;
  if (type.kind == TypeKind::none) return {};
  return simple(program, Op::subject_attribute, slot, type, span);
}

Typed read_event_field(Program& program, uint16_t event, uint16_t slot, Span span) {
  const Type type = program.plan.layout.events[event].fields[slot].type;
  if (type.kind == TypeKind::none) return {};
  return simple(program, Op::event_field, slot, type, span);
}

Typed read_variable(Program& program, const Case& owner, uint16_t slot, Span span) {
  const Type type = owner.variables[slot].type;
  if (type.kind == TypeKind::none) return {};
  return simple(program, Op::case_variable, slot, type, span);
}

void note_meaning(Program& program, const Meaning& meaning, Span span, const Scope& scope) {
  const Layout& layout = program.plan.layout;
  switch (meaning.kind) {
    case Kind::event_field:
      return program.note(span, layout.events[scope.event].fields[meaning.id].names);
    case Kind::answer:
      return program.note(span, (*scope.answers)[meaning.id].names);
    case Kind::variable:
      return program.note(span, case_at(program, scope)->variables[meaning.id].names);
    case Kind::attribute:
      return program.note(span, layout.entities[scope.entity].attributes[meaning.id].names);
    case Kind::key:
      return program.note(span, layout.entities[scope.entity].key);
    case Kind::subject:
      return program.note(span, layout.entities[scope.entity].names);
    case Kind::case_define:
    case Kind::define:
      return program.note(span, program.defines[meaning.id].names);
    case Kind::table:
      return program.note(span, program.tables[meaning.id].names);
    case Kind::parameter:
      return program.note(span, program.parameters[meaning.id].names);
    case Kind::builtin:
      return;
  }
}

Typed build_meaning(Program& program, const Meaning& meaning, Span span, const Scope& scope) {
  const auto slot = static_cast<uint16_t>(meaning.id);
  switch (meaning.kind) {
    case Kind::event_field:
      return read_event_field(program, scope.event, slot, span);
    case Kind::answer: {
      const Type type = (*scope.answers)[slot].type;
      if (type.kind == TypeKind::none) return {};
      return simple(program, Op::answer_field, slot, type, span);
    }
    case Kind::variable:
      return read_variable(program, *case_at(program, scope), slot, span);
    case Kind::attribute:
      return read_attribute(program, scope.entity, slot, span);
    case Kind::key:
      return simple(program, Op::subject_key, kNone, {TypeKind::text, 0, false, false}, span);
    case Kind::subject:
      return simple(program, Op::subject, kNone, {TypeKind::reference, scope.entity, false, false},
                    span);
    case Kind::case_define:
    case Kind::define:
      return define_value(program, meaning.id);
    case Kind::table:
      return build_table_output(program, meaning.id, "", span, scope);
    case Kind::parameter: {
      auto& info = program.parameters[meaning.id];
      info.used = true;
      if (info.id == kNone) return {};
      const Parameter& parameter = program.plan.parameters[info.id];
      return {parameter.value, parameter.type};
    }
    case Kind::builtin:
      return read_builtin(program, meaning.builtin, span, scope);
  }
  return {};
}

void add_name(std::vector<std::string>& out, const Names& names) {
  out.push_back(names.name);
  if (!names.alias.empty()) out.push_back(names.alias);
}

}  // namespace duban::compiler
