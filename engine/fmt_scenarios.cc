// Lines of scenarios.
#include "engine/fmt_printer.h"

namespace duban::formatter {

using namespace syntax;

using Kind = ScenarioLine::Kind;

Fragment Printer::line(const ScenarioDecl& body) {
  return put(forms::kScenario, {title(body.name)});
}

Fragment Printer::line(const WithFilesLine& body) {
  Fragment out;
  for (size_t i = 0; i < body.files.size(); ++i) {
    if (i > 0) {
      gap(out, body.files[i - 1].span, body.files[i].span, word(forms::kNamesComma),
          word(forms::kNamesComma));
    }
    out += text(body.files[i].span);
  }
  return put(forms::kWithFiles, {out});
}

Fragment Printer::line(const ScenarioLine& body) {
  Fragment out = body.kind < Kind::expect_notice ? fact(body) : expectation(body);
  // Whatever stands last before `with`.
  Span last = body.name.span;
  for (const std::optional<Text>* text : {&body.key, &body.person}) {
    if (*text && (*text)->span.end > last.end) last = (*text)->span;
  }
  if (body.title.span.end > last.end) last = body.title.span;
  if (body.at != nullptr && body.at->span.end > last.end) last = body.at->span;
  with(out, last, body.with);
  return out;
}

// What is so, and what happens.
Fragment Printer::fact(const ScenarioLine& line) {
  const auto person = [&](const Form& form) {
    return line.person ? put(form, {text(line.person->span)}) : Fragment();
  };
  switch (line.kind) {
    case Kind::given: {
      const std::string key = line.key ? text(line.key->span) : "";
      if (line.at == nullptr) return put(forms::kGiven, {name(line.name), key});
      return put(forms::kGivenAt, {name(line.name), key, moment(*line.at)});
    }
    case Kind::on_event: {
      Fragment out = put(forms::kOnLine, {moment(*line.at), name(line.name)});
      return out += person(forms::kForSubject);
    }
    case Kind::on_receipt: {
      Fragment out = put(forms::kOnLine, {moment(*line.at), name(line.name)});
      const bool delivered = line.receipt == Trigger::Receipt::delivered;
      out += word(delivered ? forms::kDelivered : forms::kFailed);
      return out += person(forms::kToRecipient);
    }
    default: {
      Fragment out = put(forms::kOnTaskDone, {moment(*line.at), text(line.title.span)});
      return out += person(forms::kByPerson);
    }
  }
}

Fragment Printer::expectation(const ScenarioLine& line) {
  if (line.kind == Kind::expect_nothing) return put(forms::kNothingMore, {moment(*line.at)});
  const auto person = [&] { return text(line.person->span); };
  Fragment what;
  switch (line.kind) {
    case Kind::expect_notice:
      what = put(forms::kExpectNotice, {person(), name(line.channel), name(line.name)});
      break;
    case Kind::expect_task:
      what = line.person ? put(forms::kExpectTaskFor, {text(line.title.span), person()})
                         : put(forms::kExpectTask, {text(line.title.span)});
      break;
    case Kind::expect_task_done:
      what = put(forms::kExpectTaskDone, {text(line.title.span)});
      break;
    case Kind::expect_escalation:
      what = line.person ? put(forms::kExpectEscalationTo, {text(line.title.span), person()})
                         : put(forms::kExpectEscalation, {text(line.title.span)});
      break;
    case Kind::expect_case:
      what = put(forms::kExpectCase, {name(line.name)});
      if (line.key) (what += " ") += text(line.key->span);
      what += word(line.closed ? forms::kClosed : forms::kOpened);
      if (!line.outcome.empty()) what += put(forms::kOutcome, {name(line.outcome)});
      break;
    case Kind::expect_blocked:
      what = put(forms::kBlocked, {name(line.name)});
      break;
    default:
      what = put(forms::kExpectEvent, {name(line.name)});
      if (line.person) what += put(forms::kForSubject, {person()});
      break;
  }
  if (line.at != nullptr) what += put(forms::kMoment, {moment(*line.at)});
  if (line.due != nullptr) what += put(forms::kDueMoment, {moment(*line.due)});
  if (line.saying.span.end != 0) what += put(forms::kSaying, {text(line.saying.span)});
  return put(line.negated ? forms::kExpectNo : forms::kExpect, {what});
}

}  // namespace duban::formatter
