// What scenarios name: found when the rules are checked, not only when the scenario runs.
//
// A scenario sees what its file sees, and the files it is run `with`. What its lines say about
// times and effects is judged by running it (engine/scenario.h).
#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/check.h"
#include "engine/describe.h"
#include "engine/files.h"
#include "engine/spelling.h"

namespace duban::compiler {
namespace {

using syntax::Expr;
using syntax::ExprKind;
using syntax::ScenarioLine;
using Kind = ScenarioLine::Kind;

// ---------------------------------------------------------------- titles of tasks

// A title as a scenario writes it is the text of a task with something for each placeholder.
struct Title {
  const syntax::Text* text;
  const std::vector<syntax::Field>* needs;
  std::vector<std::u32string> parts;  // between the placeholders; empty at an end where one stands
};

Title read_title(const syntax::TaskSpec& task) {
  Title title{&task.title, &task.needs, {U""}};
  bool inside = false;
  for (const char32_t c : to_code_points(task.title.text)) {
    if (c == U'{') title.parts.emplace_back();
    inside = c == U'{' || (inside && c != U'}');
    if (!inside && c != U'}') title.parts.back() += c;
  }
  return title;
}

bool matches(const Title& title, std::u32string_view text) {
  const std::u32string& first = title.parts.front();
  const std::u32string& last = title.parts.back();
  if (title.parts.size() == 1) return text == first;
  if (!text.starts_with(first) || !text.ends_with(last)) return false;
  if (text.size() < first.size() + last.size()) return false;
  text = text.substr(first.size(), text.size() - first.size() - last.size());
  for (size_t i = 1; i + 1 < title.parts.size(); ++i) {
    const size_t found = text.find(title.parts[i]);
    if (found == text.npos) return false;
    text.remove_prefix(found + title.parts[i].size());
  }
  return true;
}

// How many characters of the task's own text a title has wrong; a placeholder is anything.
size_t distance(const Title& title, std::u32string_view text) {
  std::u32string pattern;
  constexpr char32_t kAny = 0;
  for (size_t i = 0; i < title.parts.size(); ++i) {
    if (i > 0) pattern += kAny;
    pattern += title.parts[i];
  }
  std::vector<size_t> row(text.size() + 1);
  for (size_t k = 0; k <= text.size(); ++k) row[k] = k;
  for (const char32_t c : pattern) {
    std::vector<size_t> next(row.size());
    next[0] = row[0] + (c == kAny ? 0 : 1);
    for (size_t k = 1; k <= text.size(); ++k) {
      next[k] =
          c == kAny
              ? std::min(row[k], next[k - 1])
              : std::min({row[k] + 1, next[k - 1] + 1, row[k - 1] + (c == text[k - 1] ? 0 : 1)});
    }
    row = std::move(next);
  }
  return row.back();
}

void collect(const std::vector<syntax::Action>& actions, std::vector<Title>& out) {
  for (const syntax::Action& action : actions) {
    if (!action.task) continue;
    out.push_back(read_title(*action.task));
    for (const syntax::TaskClause& clause : action.task->clauses) collect(clause.actions, out);
  }
}

void collect(const std::vector<syntax::Trigger>& triggers, std::vector<Title>& out) {
  for (const syntax::Trigger& trigger : triggers) {
    collect(trigger.actions, out);
    collect(trigger.otherwise, out);
  }
}

// ---------------------------------------------------------------- one scenario

void add(std::vector<std::string>& candidates, const Names& names) {
  candidates.push_back(names.name);
  if (!names.alias.empty()) candidates.push_back(names.alias);
}

struct Noun {
  const char* english;
  const char* chinese;
};

class ScenarioCheck {
 public:
  ScenarioCheck(Program& program, const syntax::File& file, const syntax::ScenarioDecl& scenario)
      : program_(program), file_(file.index), scenario_(scenario), seen_(program.sees[file.index]) {
    for (const syntax::Text& with : scenario.with_files) see(with);
    for (size_t i = 0; i < seen_.size(); ++i) {
      if (!seen_[i]) continue;
      const syntax::File& seen = program.files[i];
      all_read_ &= seen.unread.empty();
      for (const syntax::RuleDecl& rule : seen.rules) collect(rule.triggers, titles_);
      for (const syntax::CaseDecl& owner : seen.cases) collect(owner.steps, titles_);
    }
  }

  void run() {
    for (const ScenarioLine& line : scenario_.lines) note_people(line);
    for (const ScenarioLine& line : scenario_.lines) check(line);
  }

 private:
  void see(const syntax::Text& with) {
    std::vector<std::string> paths;
    // Behind the rules stand the CSV files of tables.
    for (size_t i = 0; i < program_.files.size(); ++i) paths.push_back(program_.sources[i].path());
    const size_t found = find_path(paths, paths[file_], with.text);
    if (found == paths.size()) {
      program_.error(with.span, "E106",
                     {"the file " + quoted(with.text) + " is not among the rules",
                      "规则中没有文件" + quoted(with.text),
                      "a path is relative to the file that uses it; a bare name must be unique",
                      "路径相对于引用它的文件；只写文件名时须唯一"});
      return;
    }
    for (size_t i = 0; i < seen_.size(); ++i) {
      if (program_.sees[found][i]) seen_[i] = true;
    }
  }

  void check(const ScenarioLine& line) {
    switch (line.kind) {
      case Kind::given:
        return given(line);
      case Kind::on_event:
      case Kind::expect_event:
        return event(line);
      case Kind::on_receipt:
        find(program_.notices, line.name, {"notice", "通知模板"});
        return known_person(line);
      case Kind::expect_notice:
        find(program_.channels, line.channel, {"channel", "渠道"});
        find(program_.notices, line.name, {"notice", "通知模板"});
        return known_person(line);
      case Kind::on_task_done:
      case Kind::expect_task:
      case Kind::expect_task_done:
      case Kind::expect_escalation:
        task(line);
        return known_person(line);
      case Kind::expect_case:
        return case_line(line);
      case Kind::expect_blocked:
        return blocked(line);
      case Kind::expect_nothing:
        return;
    }
  }

  // ---- names

  template <typename Info>
  void candidates(const std::vector<Info>& declared, std::vector<std::string>& out) const {
    for (const Info& info : declared) {
      if (seen_[info.file]) add(out, info.names);
    }
  }

  // kNone when it is not known here.
  template <typename Info>
  Index look_up(const std::vector<Info>& declared, const syntax::Word& word) const {
    for (size_t i = 0; i < declared.size(); ++i) {
      if (seen_[declared[i].file] && declared[i].names.matches(word.text)) {
        return static_cast<Index>(i);
      }
    }
    return kNone;
  }

  template <typename Info>
  Index find(std::vector<Info>& declared, const syntax::Word& word, Noun noun) {
    if (word.empty()) return kNone;
    if (const Index found = look_up(declared, word); found != kNone) return found;
    for (const Info& info : declared) {
      if (!info.names.matches(word.text)) continue;
      const std::string& path = program_.sources[info.file].path();
      program_.error(
          word.span, "E107",
          {quoted(word.text) + " is declared in " + path + ", which this file does not use",
           quoted(word.text) + "在 " + path + " 中声明，本文件没有引用它",
           "add `use \"" + path + "\"`, or `with \"" + path + "\"` below the scenario",
           "请加上`引用 “" + path + "”`，或在场景下写`并用 “" + path + "”`"});
      return kNone;
    }
    Message message{"there is no " + std::string(noun.english) + " " + quoted(word.text),
                    "没有名为" + quoted(word.text) + "的" + noun.chinese};
    std::vector<std::string> known;
    candidates(declared, known);
    suggest(message, word.text, known);
    list_known(message, known);
    program_.error(word.span, "E101", std::move(message));
    return kNone;
  }

  void unknown_field(const syntax::Word& word, const Names& owner,
                     const std::vector<std::string>& known) {
    Message message{quoted(owner.name) + " has no field " + quoted(word.text),
                    quoted(owner.in(true)) + "没有字段" + quoted(word.text)};
    suggest(message, word.text, known);
    list_known(message, known);
    program_.error(word.span, "E101", std::move(message));
  }

  // ---- lines

  void given(const ScenarioLine& line) {
    const Index found = find(program_.entities, line.name, {"entity", "对象"});
    if (found == kNone || program_.entities[found].id == kNone) return;
    const auto entity = static_cast<uint16_t>(program_.entities[found].id);
    const Layout::Entity& type = program_.plan.layout.entities[entity];
    for (const syntax::Assignment& item : line.with) {
      if (const auto slot = find_attribute(program_, entity, item.target.text)) {
        if (item.value) value(*item.value, type.attributes[*slot].type, item.target.text);
        continue;
      }
      std::vector<std::string> known;
      for (size_t i = 0; i < type.attributes.size(); ++i) {
        if (program_.present.attributes[entity][i]) add(known, type.attributes[i].names);
      }
      unknown_field(item.target, type.names, known);
    }
  }

  void event(const ScenarioLine& line) {
    known_person(line);
    const Index found = find(program_.events, line.name, {"event", "事件"});
    if (found == kNone || program_.events[found].id == kNone) return;
    const auto event = static_cast<uint16_t>(program_.events[found].id);
    const Layout::Event& type = program_.plan.layout.events[event];
    std::set<uint16_t> set;
    for (const syntax::Assignment& item : line.with) {
      if (const auto slot = find_event_field(program_, event, item.target.text)) {
        if (item.value) value(*item.value, type.fields[*slot].type, item.target.text);
        set.insert(*slot);
        continue;
      }
      std::vector<std::string> known;
      for (size_t i = 0; i < type.fields.size(); ++i) {
        if (program_.present.fields[event][i]) add(known, type.fields[i].names);
      }
      unknown_field(item.target, type.names, known);
      set.insert(kNoId);
    }
    // After an unknown field, the one that is missing is probably that.
    if (line.kind == Kind::on_event && !set.contains(kNoId)) complete(line, event, set);
  }

  void complete(const ScenarioLine& line, uint16_t event, const std::set<uint16_t>& set) {
    const Layout::Event& type = program_.plan.layout.events[event];
    std::string english, chinese, english_form, chinese_form;
    for (size_t i = 0; i < type.fields.size(); ++i) {
      const Layout::Field& field = type.fields[i];
      const bool needed = program_.present.fields[event][i] && !field.type.optional;
      if (!needed || set.contains(static_cast<uint16_t>(i))) continue;
      english += (english.empty() ? "" : ", ") + quoted(field.names.name);
      chinese += (chinese.empty() ? "" : "、") + quoted(field.names.in(true));
      english_form += (english_form.empty() ? "" : ", ") + field.names.name + " = …";
      chinese_form += (chinese_form.empty() ? "" : "，") + field.names.in(true) + " = …";
    }
    if (english.empty()) return;
    program_.error(line.name.span, "E135",
                   {"the event " + quoted(type.names.name) + " needs " + english,
                    "事件" + quoted(type.names.in(true)) + "还须有" + chinese,
                    "add " + quoted(english_form) + " behind `with`",
                    "请在`内容`之后补上" + quoted(chinese_form)});
  }

  void task(const ScenarioLine& line) {
    const std::u32string text = to_code_points(line.title.text);
    std::vector<const Title*> matching;
    for (const Title& title : titles_) {
      if (matches(title, text)) matching.push_back(&title);
    }
    if (matching.empty()) {
      const bool by_hand = line.title.text.starts_with(hand_delivery_title(false)) ||
                           line.title.text.starts_with(hand_delivery_title(true));
      if (all_read_ && !by_hand) no_such_task(line, text);
      return;
    }
    for (const syntax::Assignment& item : line.with) answer(item, matching);
  }

  void no_such_task(const ScenarioLine& line, std::u32string_view text) {
    Message message{"no task can have the title " + quoted(line.title.text),
                    "不会有标题为" + quoted(line.title.text) + "的交办"};
    const Title* nearest = nullptr;
    size_t best = std::max<size_t>(2, text.size() / 3) + 1;
    for (const Title& title : titles_) {
      if (const size_t wrong = distance(title, text); wrong < best) {
        best = wrong;
        nearest = &title;
      }
    }
    if (nearest != nullptr) {
      message.english_hint = "did you mean " + quoted(nearest->text->text) + "?";
      message.chinese_hint = "是否应为" + quoted(nearest->text->text) + "？";
    } else {
      message.english_hint = "a title is that of a task, with its placeholders filled in";
      message.chinese_hint = "标题须与某项交办一致，占位符处填入实际内容";
    }
    program_.error(line.title.span, "E133", std::move(message));
  }

  void answer(const syntax::Assignment& item, const std::vector<const Title*>& tasks) {
    std::vector<std::string> known;
    for (const Title* task : tasks) {
      for (const syntax::Field& need : *task->needs) {
        const Names names = names_of(need.name);
        if (names.matches(item.target.text)) return choice_of(item, need);
        add(known, names);
      }
    }
    Message message{"this task asks for no " + quoted(item.target.text),
                    "该交办没有须填写的" + quoted(item.target.text)};
    suggest(message, item.target.text, known);
    if (message.english_hint.empty()) {
      message.english_hint = "a task asks for what its `needs` names";
      message.chinese_hint = "交办须填写的内容在其`须填写`中列明";
    }
    program_.error(item.target.span, "E101", std::move(message));
  }

  void choice_of(const syntax::Assignment& item, const syntax::Field& need) {
    if (need.type.choices.empty() || !item.value || item.value->kind != ExprKind::name) return;
    std::vector<std::string> known;
    for (const syntax::Name& choice : need.type.choices) {
      const Names names = names_of(choice);
      if (names.matches(item.value->text)) return;
      add(known, names);
    }
    no_such_value(*item.value, item.target.text, known);
  }

  void case_line(const ScenarioLine& line) {
    const Index found = find(program_.cases, line.name, {"case", "事项"});
    if (found == kNone || line.outcome.empty()) return;
    const Case& owner = program_.plan.cases[program_.cases[found].id];
    std::vector<std::string> known;
    for (const Names& outcome : owner.outcomes) {
      if (outcome.matches(line.outcome.text)) return;
      add(known, outcome);
    }
    Message message{quoted(owner.names.name) + " never closes as " + quoted(line.outcome.text),
                    quoted(owner.names.in(true)) + "没有结果" + quoted(line.outcome.text)};
    suggest(message, line.outcome.text, known);
    list_known(message, known);
    program_.error(line.outcome.span, "E101", std::move(message));
  }

  void blocked(const ScenarioLine& line) {
    if (look_up(program_.events, line.name) != kNone) return;
    if (look_up(program_.notices, line.name) != kNone) return;
    std::vector<std::string> known;
    candidates(program_.events, known);
    candidates(program_.notices, known);
    Message message{"there is no event or notice " + quoted(line.name.text),
                    "没有名为" + quoted(line.name.text) + "的事件或通知模板"};
    suggest(message, line.name.text, known);
    program_.error(line.name.span, "E101", std::move(message));
  }

  // ---- values

  void no_such_value(const Expr& expr, const std::string& field,
                     const std::vector<std::string>& known) {
    Message message{quoted(field) + " has no value " + quoted(expr.text),
                    quoted(field) + "没有选项值" + quoted(expr.text)};
    suggest(message, expr.text, known);
    list_known(message, known);
    program_.error(expr.span, "E101", std::move(message));
  }

  static bool is_literal(const Expr& expr) {
    if (expr.kind == ExprKind::negate) return expr.args[0] && is_literal(*expr.args[0]);
    return expr.kind == ExprKind::literal;
  }

  void value(const Expr& expr, const Type& type, const std::string& field) {
    if (expr.kind == ExprKind::literal && expr.value.is_none()) return;
    if (type.set && expr.kind == ExprKind::set_literal) {
      Type item = type;
      item.set = false;
      for (const syntax::ExprPtr& each : expr.args) {
        if (each) value(*each, item, field);
      }
      return;
    }
    const bool is_text = expr.kind == ExprKind::literal && expr.type.kind == TypeKind::text;
    const bool is_date = expr.kind == ExprKind::literal && expr.type.kind == TypeKind::date;
    if (!type.set && type.kind == TypeKind::reference && is_text) return;  // by its key
    if (!type.set && type.kind == TypeKind::datetime && is_date) return;   // when that day starts
    if (!type.set && type.kind == TypeKind::choice && expr.kind == ExprKind::name) {
      if (find_choice_value(program_, type.id, expr.text)) return;
      std::vector<std::string> known;
      const std::vector<Names>& values = program_.plan.layout.choices[type.id].values;
      for (size_t i = 0; i < values.size(); ++i) {
        if (program_.present.values[type.id][i]) add(known, values[i]);
      }
      return no_such_value(expr, field, known);
    }
    if (!is_literal(expr) && expr.kind != ExprKind::set_literal) {
      program_.error(expr.span, "E134",
                     {"a scenario states its values", "场景中须直接写明值",
                      "write the value itself, " + describe(program_, type, false),
                      "请写出值本身（" + describe(program_, type, true) + "）"});
      return;
    }
    Scope scope;
    scope.file = file_;
    compile_value(program_, &expr, scope, type);
  }

  // ---- people and subjects

  void note_people(const ScenarioLine& line) {
    const bool fact = line.kind < Kind::expect_notice;
    if (fact && line.key) people_.insert(line.key->text);
    if (fact && line.person) people_.insert(line.person->text);
    if (!fact) return;
    for (const syntax::Assignment& item : line.with) {
      if (!item.value) continue;
      if (const auto* text = item.value->value.get_if<std::string>()) people_.insert(*text);
    }
  }

  // Someone of whom nothing is told cannot be reached.
  void known_person(const ScenarioLine& line) {
    if (line.kind < Kind::expect_notice || !line.person) return;
    if (people_.contains(line.person->text)) return;
    Message message{"no line of this scenario speaks of " + quoted(line.person->text),
                    "本场景没有提到" + quoted(line.person->text)};
    suggest(message, line.person->text, {people_.begin(), people_.end()});
    if (message.english_hint.empty()) {
      message.english_hint = "give it with `given`";
      message.chinese_hint = "请以`已知`写明";
    }
    program_.warning(line.person->span, "W109", std::move(message));
  }

  Program& program_;
  const uint16_t file_;
  const syntax::ScenarioDecl& scenario_;
  std::vector<bool> seen_;  // by file
  bool all_read_ = true;    // every line of those
  std::vector<Title> titles_;
  std::set<std::string> people_;  // keys that facts name
};

// Values are checked as expressions are; the plan needs none of them.
class WithoutNodes {
 public:
  explicit WithoutNodes(Program& program)
      : program_(program),
        nodes_(program.plan.nodes.size()),
        constants_(program.plan.constants.size()),
        arguments_(program.plan.arguments.size()) {}
  ~WithoutNodes() {
    program_.plan.nodes.resize(nodes_);
    program_.sizes.resize(nodes_);
    program_.plan.constants.resize(constants_);
    program_.plan.arguments.resize(arguments_);
  }
  WithoutNodes(const WithoutNodes&) = delete;
  WithoutNodes& operator=(const WithoutNodes&) = delete;

 private:
  Program& program_;
  const size_t nodes_, constants_, arguments_;
};

}  // namespace

void check_scenarios(Program& program) {
  const WithoutNodes kept(program);
  for (const syntax::File& file : program.files) {
    for (const syntax::ScenarioDecl& scenario : file.scenarios) {
      ScenarioCheck(program, file, scenario).run();
    }
  }
}

}  // namespace duban::compiler
