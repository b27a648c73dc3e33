// What the lines of scenarios name, for tools.
#include <algorithm>

#include "engine/check.h"

namespace duban::compiler {
namespace {

using syntax::ScenarioLine;
using Kind = ScenarioLine::Kind;

// Whether a task with this title may be called `text`: its literal parts stand there in order.
bool may_be_titled(const Template& title, const std::string& text) {
  size_t at = 0;
  for (size_t i = 0; i < title.parts.size(); ++i) {
    const std::string& part = title.parts[i].text;
    const size_t found = text.find(part, at);
    if (found == std::string::npos || (i == 0 && found != 0)) return false;
    at = found + part.size();
  }
  const bool open_end = title.parts.empty() || title.parts.back().value != kNone;
  return open_end || text.ends_with(title.parts.back().text);
}

class ScenarioNames {
 public:
  explicit ScenarioNames(Program& program) : program_(program), plan_(program.plan) {}

  void add(const ScenarioLine& line) {
    switch (line.kind) {
      case Kind::given:
        return given(line);
      case Kind::on_event:
      case Kind::expect_event:
        return event(line);
      case Kind::on_task_done:
        return answers(line);
      case Kind::expect_case:
        return case_of(line);
      case Kind::on_receipt:
      case Kind::expect_notice:
        declared(line.channel, plan_.channels);
        return declared(line.name, plan_.notices);
      case Kind::expect_blocked:
        declared(line.name, plan_.layout.events);
        return declared(line.name, plan_.notices);
      default:
        return;
    }
  }

 private:
  template <typename Things>
  void declared(const syntax::Word& word, const Things& things) {
    if (word.empty()) return;
    for (const auto& thing : things) {
      if (thing.names.matches(word.text)) program_.note(word.span, thing.names);
    }
  }

  void given(const ScenarioLine& line) {
    const auto entity = plan_.layout.find_entity(line.name.text);
    if (!entity) return;
    const Layout::Entity& type = plan_.layout.entities[*entity];
    program_.note(line.name.span, type.names);
    fields(line, type.attributes);
  }

  void event(const ScenarioLine& line) {
    const auto index = plan_.layout.find_event(line.name.text);
    if (!index) return;
    const Layout::Event& type = plan_.layout.events[*index];
    program_.note(line.name.span, type.names);
    fields(line, type.fields);
  }

  void answers(const ScenarioLine& line) {
    for (const TaskSpec& task : plan_.tasks) {
      if (may_be_titled(task.title, line.title.text)) fields(line, task.needs);
    }
  }

  void case_of(const ScenarioLine& line) {
    for (const Case& owner : plan_.cases) {
      if (!owner.names.matches(line.name.text)) continue;
      program_.note(line.name.span, owner.names);
      for (const Names& outcome : owner.outcomes) {
        if (outcome.matches(line.outcome.text)) program_.note(line.outcome.span, outcome);
      }
    }
  }

  void fields(const ScenarioLine& line, const std::vector<Layout::Field>& known) {
    for (const syntax::Assignment& item : line.with) {
      const auto slot = find_field(known, item.target.text);
      if (!slot) continue;
      program_.note(item.target.span, known[*slot].names);
      if (item.value) value(*item.value, known[*slot].type);
    }
  }

  void value(const syntax::Expr& expr, const Type& type) {
    if (type.kind != TypeKind::choice) return;
    if (expr.kind == syntax::ExprKind::set_literal) {
      for (const syntax::ExprPtr& item : expr.args) {
        if (item) value(*item, type);
      }
    }
    if (expr.kind != syntax::ExprKind::name) return;
    const Layout::Choice& choice = plan_.layout.choices[type.id];
    if (const auto found = find_value(choice, expr.text)) {
      program_.note(expr.span, choice.values[*found]);
    }
  }

  Program& program_;
  const Plan& plan_;
};

}  // namespace

void note_scenario_names(Program& program) {
  ScenarioNames names(program);
  for (const syntax::File& file : program.files) {
    for (const syntax::ScenarioDecl& scenario : file.scenarios) {
      for (const ScenarioLine& line : scenario.lines) names.add(line);
    }
  }
}

}  // namespace duban::compiler
