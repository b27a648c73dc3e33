// Lines of scenarios.
#include <cassert>
#include <utility>

#include "engine/line_methods.h"

namespace duban {

using enum Terminal;

// ---------------------------------------------------------------- scenarios

WithFilesLine LineBuilder::with_files(Cursor& in) {
  WithFilesLine line;
  for (in.next(); !in.done(); in.skip(COMMA)) line.files.push_back(build_.text(in));
  return line;
}

syntax::ScenarioLine::Kind LineBuilder::scenario_kind(Rule rule) {
  using Kind = syntax::ScenarioLine::Kind;
  switch (rule) {
    case Rule::given:
      return Kind::given;
    case Rule::onLine:
      return Kind::on_event;
    case Rule::onReceiptLine:
      return Kind::on_receipt;
    case Rule::onTaskDone:
      return Kind::on_task_done;
    case Rule::expectNotice:
      return Kind::expect_notice;
    case Rule::expectTask:
      return Kind::expect_task;
    case Rule::expectTaskDone:
      return Kind::expect_task_done;
    case Rule::expectEscalation:
      return Kind::expect_escalation;
    case Rule::expectCase:
      return Kind::expect_case;
    case Rule::expectBlocked:
      return Kind::expect_blocked;
    case Rule::expectNothing:
      return Kind::expect_nothing;
    default:
      assert(rule == Rule::expectEvent);
      return Kind::expect_event;
  }
}

syntax::ScenarioLine LineBuilder::scenario_line(Rule rule, Cursor& in) {
  syntax::ScenarioLine line;
  line.kind = scenario_kind(rule);
  line.span = span_;
  std::vector<syntax::Word> names;
  std::vector<syntax::Text> texts;
  Terminal last = END;
  bool has_for = false;
  while (!in.done()) {
    const Rule part = in.here().rule;
    if (part == Rule::TOKEN && !in.at(STRING)) {
      last = in.take().terminal;
      if (last == K_CLOSED || last == K_CLOSE) line.closed = true;
      if (last == K_FOR) has_for = true;
      if (last == K_FAILED) line.receipt = syntax::Trigger::Receipt::failed;
    } else if (part == Rule::TOKEN) {
      texts.push_back(build_.text(in));
    } else if (part == Rule::name && last == K_AS) {
      line.outcome = build_.word(in);
    } else if (part == Rule::name) {
      names.push_back(build_.word(in));
    } else if (part == Rule::moment) {
      line.at = build_.moment(in);
    } else {
      scenario_part(part, in.enter(), line);
    }
  }
  if (names.size() > 1) {
    line.channel = std::move(names[0]);
    line.name = std::move(names[1]);
  } else if (!names.empty()) {
    line.name = std::move(names[0]);
  }
  scenario_texts(rule, texts, has_for, line);
  return line;
}

void LineBuilder::scenario_part(Rule part, Cursor in, syntax::ScenarioLine& line) {
  if (part == Rule::expectHead) {
    for (; !in.done(); in.next()) line.negated |= in.at(K_NO) || in.at(K_EXPECT_NO);
    return;
  }
  while (!in.done()) {
    if (in.at(Rule::moment)) {
      (part == Rule::expectDue ? line.due : line.at) = build_.moment(in);
    } else if (in.at(STRING)) {
      line.saying = build_.text(in);
    } else if (in.at(Rule::assignments)) {
      line.with = assignments(in);
    } else {
      in.next();
    }
  }
}

// Which text is the title, the key or the person depends on the form alone, except that Chinese
// names the person before the title.
void LineBuilder::scenario_texts(Rule rule, std::vector<syntax::Text>& texts, bool title_first,
                                 syntax::ScenarioLine& line) {
  if (texts.empty()) return;
  switch (rule) {
    case Rule::given:
    case Rule::expectCase:
      line.key = std::move(texts[0]);
      break;
    case Rule::onTaskDone:
    case Rule::expectTaskDone:
    case Rule::expectEscalation:
      line.title = std::move(texts[0]);
      if (texts.size() > 1) line.person = std::move(texts[1]);
      break;
    case Rule::expectTask:
      if (texts.size() == 1) {
        line.title = std::move(texts[0]);
      } else {
        line.title = std::move(texts[title_first ? 0 : 1]);
        line.person = std::move(texts[title_first ? 1 : 0]);
      }
      break;
    default:
      line.person = std::move(texts[0]);
      break;
  }
}

}  // namespace duban
