// Lines of headers and declarations.
#include <utility>

#include "engine/line_methods.h"

namespace duban {

using enum Terminal;

// ---------------------------------------------------------------- headers and declarations

EffectiveLine LineBuilder::effective(Cursor& in) {
  EffectiveLine line;
  for (; !in.done();) {
    if (!in.at(Rule::moment)) {
      in.next();
    } else if (line.from == nullptr) {
      line.from = build_.moment(in);
    } else {
      line.to = build_.moment(in);
    }
  }
  return line;
}

syntax::Vocabulary LineBuilder::vocabulary(Cursor& in) {
  in.next();
  syntax::Vocabulary vocabulary;
  vocabulary.name = title(in);
  vocabulary.span = span_;
  return vocabulary;
}

DayStartsLine LineBuilder::day_starts(Cursor& in) {
  while (!in.at(TIME)) in.next();
  return {build_.time(in)};
}

void LineBuilder::calendar_tail(Cursor& in, syntax::Text& from,
                                std::vector<syntax::CalendarDecl::Hours>& hours) {
  while (!in.done()) {
    if (in.at(STRING)) {
      from = build_.text(in);
    } else if (in.at(Rule::calendarFrom) || in.at(Rule::calendarHours)) {
      Cursor part = in.enter();
      calendar_tail(part, from, hours);
    } else if (in.at(Rule::hours)) {
      const CstNode& node = in.here();
      Cursor range = in.enter();
      const TimeOfDay opens = build_.time(range);
      range.next();
      hours.push_back({opens, build_.time(range), build_.span(node)});
    } else {
      in.next();
    }
  }
}

CalendarPart LineBuilder::calendar_part(Cursor& in) {
  CalendarPart part;
  calendar_tail(in, part.from, part.hours);
  return part;
}

syntax::CalendarDecl LineBuilder::calendar(Cursor& in) {
  in.next();
  syntax::CalendarDecl calendar;
  calendar.span = span_;
  calendar.name = declared(in);
  calendar.is_default = in.skip(K_DEFAULT);
  calendar_tail(in, calendar.from, calendar.hours);
  return calendar;
}

syntax::EntityDecl LineBuilder::entity(Cursor& in) {
  syntax::EntityDecl entity;
  entity.span = span_;
  entity.is_reference = in.take().terminal == K_REFERENCE;
  entity.name = declared(in);
  in.next();
  entity.key = declared(in);
  return entity;
}

syntax::ChoiceDecl LineBuilder::choice(Cursor& in) {
  in.next();
  syntax::ChoiceDecl choice;
  choice.span = span_;
  choice.name = declared(in);
  in.next();
  choice.values = names(in);
  return choice;
}

syntax::EventDecl LineBuilder::event(Cursor& in) {
  syntax::EventDecl event;
  event.span = span_;
  const Terminal first = in.here().terminal;
  if (first == K_BROADCAST || first == K_BROADCAST_EVENT)
    event.kind = syntax::EventDecl::Kind::broadcast;
  if (first == K_OUTGOING || first == K_OUTGOING_EVENT)
    event.kind = syntax::EventDecl::Kind::outgoing;
  while (!in.at(Rule::declared)) in.next();
  event.name = declared(in);
  in.next();
  event.entity = build_.word(in);
  in.skip(COMMA);
  if (in.skip(K_WHERE)) event.where = build_.take(in);
  in.skip(COMMA);
  if (in.at(Rule::uniqueBy)) {
    Cursor part = in.enter();
    event.unique_by = unique_by(part).field;
  }
  return event;
}

UniqueByLine LineBuilder::unique_by(Cursor& in) {
  while (in.here().rule == Rule::TOKEN) in.next();
  return {build_.word(in)};
}

syntax::ChannelDecl LineBuilder::channel(Cursor& in) {
  in.next();
  syntax::ChannelDecl channel;
  channel.span = span_;
  channel.name = declared(in);
  in.next();
  channel.address = build_.word(in);
  return channel;
}

QuietLine LineBuilder::quiet(Cursor& in) {
  in.next();
  const TimeOfDay from = build_.time(in);
  in.next();
  return {from, build_.time(in)};
}

bool LineBuilder::over_limit(Cursor in) {
  in.next();
  return in.at(K_DROP);
}

LimitsLine LineBuilder::limits(Cursor& in) {
  using Per = syntax::ChannelDecl::Limit::Per;
  LimitsLine line;
  while (!in.done()) {
    if (in.at(Rule::overLimit)) {
      line.drop = over_limit(in.enter());
    } else if (in.here().rule == Rule::TOKEN) {
      in.next();
    } else {  // `3 per week`, 每周至多 3 条
      syntax::ChannelDecl::Limit limit;
      limit.span = build_.span(in.here());
      for (Cursor part = in.enter(); !part.done();) {
        switch (part.here().terminal) {
          case NUMBER:
            limit.count = build_.count(part);
            continue;
          case K_WEEK:
          case K_WEEKLY:
            limit.per = Per::week;
            break;
          case K_MONTH:
          case K_MONTHLY:
            limit.per = Per::month;
            break;
          case K_YEAR:
          case K_YEARLY:
            limit.per = Per::year;
            break;
          default:
            break;
        }
        part.next();
      }
      line.limits.push_back(limit);
    }
  }
  return line;
}

syntax::NoticeDecl LineBuilder::notice(Cursor& in) {
  in.next();
  syntax::NoticeDecl notice;
  notice.span = span_;
  notice.name = declared(in);
  const Terminal kind = in.take().terminal;
  notice.notice_class = kind == K_MANDATORY    ? syntax::NoticeClass::mandatory
                        : kind == K_COMMERCIAL ? syntax::NoticeClass::commercial
                                               : syntax::NoticeClass::service;
  while (!in.done()) {
    if (in.at(Rule::name)) {
      notice.channels.push_back(build_.word(in));
    } else if (in.at(Rule::expires)) {
      Cursor part = in.enter();
      notice.expires_after = expires(part);
    } else if (in.at(STRING)) {
      notice.body = build_.text(in);
    } else {
      in.next();
    }
  }
  return notice;
}

syntax::ParameterDecl LineBuilder::parameter(Cursor& in) {
  in.next();
  syntax::ParameterDecl parameter;
  parameter.span = span_;
  parameter.name = declared(in);
  in.next();
  parameter.value = build_.take(in);
  return parameter;
}

syntax::DefineDecl LineBuilder::define(Cursor& in) {
  in.next();
  syntax::DefineDecl define;
  define.span = span_;
  define.name = declared(in);
  if (in.take().terminal != EQUALS) {
    define.of = build_.word(in);
    in.next();
  }
  define.value = build_.take(in);
  return define;
}

syntax::ForbidDecl LineBuilder::forbid(Cursor& in) {
  in.next();
  syntax::ForbidDecl forbid;
  forbid.span = span_;
  forbid.target = build_.word(in);
  in.next();
  forbid.when = build_.take(in);
  while (!in.at(STRING)) in.next();
  forbid.because = build_.text(in);
  return forbid;
}

// ---------------------------------------------------------------- tables

syntax::TableDecl LineBuilder::table(Cursor& in) {
  using Collect = syntax::TableDecl::Collect;
  in.next();
  syntax::TableDecl table;
  table.span = span_;
  table.name = declared(in);
  while (!in.at(Rule::hit)) {
    if (in.at(Rule::name)) {
      table.of = build_.word(in);
    } else {
      in.next();
    }
  }
  for (Cursor part = in.enter(); !part.done(); part.next()) {
    switch (part.here().terminal) {
      case K_UNIQUE:
      case K_UNIQUE_MATCH:
        table.hit = syntax::TableDecl::Hit::unique;
        break;
      case K_ALL:
      case K_ALL_MATCHES:
        table.hit = syntax::TableDecl::Hit::all;
        table.collect = Collect::collect;
        break;
      case K_UNION:
        table.collect = Collect::set_union;
        break;
      case K_SUM:
        table.collect = Collect::sum;
        break;
      case K_MIN:
        table.collect = Collect::min;
        break;
      case K_MAX:
        table.collect = Collect::max;
        break;
      default:
        break;
    }
  }
  in.skip(COMMA);
  if (in.skip(K_FROM)) table.from = build_.text(in);
  return table;
}

RowLine LineBuilder::row(Cursor& in) {
  RowLine row;
  while (!in.done()) {
    if (in.at(Rule::cell)) {
      row.cells.push_back(cell(in));
    } else {
      in.next();
    }
  }
  return row;
}

RowLine::Cell LineBuilder::cell(Cursor& at) {
  RowLine::Cell cell;
  cell.cell.span = build_.span(at.here());
  Cursor in = at.enter();
  cell.arrow = in.skip(ARROW);
  const uint32_t begin = in.here().begin;
  cell.source = source_.slice(begin, in.parent().end);
  for (; !in.done(); in.skip(COMMA)) {
    if (in.at(Rule::test)) {
      cell.cell.kind = syntax::TableCell::Kind::test;
      cell.cell.tests.push_back(test(in.enter()));
    } else {
      in.next();
    }
  }
  return cell;
}

syntax::TableCell::Test LineBuilder::test(Cursor in) {
  using syntax::ExprKind;
  syntax::TableCell::Test test;
  if (in.here().rule == Rule::TOKEN) test.op_span = build_.span(in.here());
  bool between = in.skip(K_BETWEEN);
  while (in.here().rule == Rule::TOKEN) {
    switch (in.take().terminal) {
      case LESS:
      case K_BELOW:
        test.op = ExprKind::less;
        break;
      case GREATER:
      case K_ABOVE:
        test.op = ExprKind::greater;
        break;
      case LESS_EQUAL:
      case K_MOST:
      case K_AT_MOST:
        test.op = ExprKind::less_equal;
        break;
      case GREATER_EQUAL:
      case K_LEAST:
      case K_AT_LEAST:
      case K_NOT_EARLIER:
        test.op = ExprKind::greater_equal;
        break;
      case NOT_EQUAL:
      case K_NOT:
      case K_IS_NOT:
        test.op = ExprKind::not_equal;
        break;
      default:
        break;
    }
  }
  test.value = build_.take(in);
  between = between || in.at(K_TO);
  if (between) {
    in.next();
    test.op = ExprKind::between;
    test.high = build_.take(in);
  }
  return test;
}

}  // namespace duban
