// What to say about a name that means nothing here.
#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include "engine/expression_names.h"
#include "engine/keywords.h"

namespace duban::compiler {
namespace {

// Everything a misspelt name may have been.
std::vector<std::string> names_in_scope(const Program& program, const Scope& scope,
                                        const Type* expected) {
  const Layout& layout = program.plan.layout;
  std::vector<std::string> out;
  if (expected && expected->kind == TypeKind::choice) {
    const auto& values = layout.choices[expected->id].values;
    for (size_t i = 0; i < values.size(); ++i) {
      if (program.present.values[expected->id][i]) add_names(out, values[i]);
    }
  }
  if (scope.event != kNoId && scope.bare_event) {
    for (const Layout::Field& field : layout.events[scope.event].fields)
      add_names(out, field.names);
  }
  if (scope.answers) {
    for (const Layout::Field& field : *scope.answers) add_names(out, field.names);
  }
  if (const Case* owner = case_at(program, scope)) {
    for (const Case::Variable& variable : owner->variables) add_names(out, variable.names);
    for (const Index define : program.cases[scope.owner_case].defines) {
      add_names(out, program.defines[define].names);
    }
  }
  if (entity_visible(program, scope)) {
    const Layout::Entity& entity = layout.entities[scope.entity];
    add_names(out, entity.names);
    add_names(out, entity.key);
    for (const Layout::Field& field : entity.attributes) add_names(out, field.names);
  }
  const auto add_all = [&](const auto& declared) {
    for (const auto& info : declared) {
      if (program.visible(scope.file, info.file)) add_names(out, info.names);
    }
  };
  add_all(program.parameters);
  add_all(program.tables);
  for (const DefineInfo& info : program.defines) {
    if (!info.local && program.visible(scope.file, info.file)) add_names(out, info.names);
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
      report_unused_file(program, span, text, info.file);
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

}  // namespace

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

}  // namespace duban::compiler
