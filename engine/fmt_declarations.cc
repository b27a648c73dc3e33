// Lines of headers and declarations.
#include <algorithm>

#include "engine/fmt_printer.h"
#include "engine/table_rows.h"

namespace duban::formatter {

using namespace syntax;

namespace {

Span whole(const Name& name) {
  return {name.span.file, name.span.begin, std::max(name.span.end, name.alias_span.end)};
}
Span whole(const Word& used) { return used.span; }

}  // namespace

template <typename Items, typename Print>
Fragment Printer::list(const Items& items, const Form& separator, Print print) {
  Fragment out;
  for (size_t i = 0; i < items.size(); ++i) {
    if (i > 0) {
      gap(out, whole(items[i - 1]), whole(items[i]), word(separator), word(separator));
    }
    out += print(items[i]);
  }
  return out;
}

Fragment Printer::words(const std::vector<Word>& list) {
  return this->list(list, forms::kNamesComma, [this](const Word& used) { return name(used); });
}

Fragment Printer::choices(const std::vector<Name>& names) {
  return list(names, forms::kBar, [this](const Name& name) { return declared(name); });
}

// ---------------------------------------------------------------- types and fields

std::string Printer::builtin_type(TypeKind kind) const {
  const auto form = [kind]() -> const Form& {
    switch (kind) {
      case TypeKind::yes_no:
        return forms::kYesNo;
      case TypeKind::number:
        return forms::kNumber;
      case TypeKind::money:
        return forms::kMoney;
      case TypeKind::text:
        return forms::kText;
      case TypeKind::date:
        return forms::kDate;
      case TypeKind::time:
        return forms::kTime;
      case TypeKind::datetime:
        return forms::kDatetime;
      default:
        return forms::kDuration;
    }
  };
  return std::string(word(form()));
}

Fragment Printer::type(const TypeExpr& type) {
  Fragment out;
  if (!type.choices.empty()) {
    out = choices(type.choices);
  } else {
    out = type.builtin == TypeKind::none ? name(type.word) : builtin_type(type.builtin);
  }
  if (type.set) out = put(forms::kSetOf, {out});
  if (type.optional) out += word(forms::kQuestion);
  return out;
}

// What stands behind the colon.
Fragment Printer::field_type(const Field& field) {
  Fragment out = type(field.type);
  if (field.is_private) out += word(forms::kPrivate);
  if (field.initial != nullptr) {
    out += " =";
    gap(out, field.type.span, field.initial->span, " ");
    out += expr(field.initial);
  }
  return out;
}

Printed Printer::field(const Field& field) {
  Printed out;
  if (language_ == Language::chinese) {
    out.text = put(forms::kTyped, {declared(field.name), field_type(field)});
    return out;
  }
  out.is_field = true;
  out.cells = declared_parts(field.name);
  out.text = field_type(field);
  return out;
}

// ---------------------------------------------------------------- headers

Fragment Printer::line(const Policy& body) { return put(forms::kPolicy, {title(body.name)}); }
Fragment Printer::line(const Use& body) { return put(forms::kUse, {text(body.path.span)}); }
Fragment Printer::line(const EffectiveLine& body) {
  if (body.to == nullptr) return put(forms::kEffective, {moment(*body.from)});
  return put(forms::kEffectiveTo, {moment(*body.from), moment(*body.to)});
}
Fragment Printer::line(const BasisLine& body) { return put(forms::kBasis, {text(body.text.span)}); }
Fragment Printer::line(const Vocabulary& body) {
  return put(forms::kVocabulary, {title(body.name)});
}
Fragment Printer::line(const TimezoneLine& body) {
  return put(forms::kTimezone, {text(body.text.span)});
}
Fragment Printer::line(const CurrencyLine& body) {
  // The first is the one that money is printed in: it stays.
  const Name& name = body.name;
  const std::string main = verbatim(name.text, name.span);
  if (name.alias.empty()) return put(forms::kCurrency, {main});
  return put(forms::kCurrency, {put(forms::kAlias, {main, verbatim(name.alias, name.alias_span)})});
}
Fragment Printer::line(const DayStartsLine& body) {
  return put(forms::kDayStarts, {to_string(body.time)});
}

// ---------------------------------------------------------------- calendars, subjects and events

Fragment Printer::hours(const std::vector<CalendarDecl::Hours>& list) {
  Fragment out;
  for (size_t i = 0; i < list.size(); ++i) {
    if (i > 0) gap(out, list[i - 1].span, list[i].span, word(forms::kComma), word(forms::kComma));
    out += put(forms::kRange, {to_string(list[i].from), to_string(list[i].to)});
  }
  return put(forms::kHours, {out});
}

Fragment Printer::line(const CalendarDecl& body) {
  Fragment out = put(forms::kCalendar, {declared(body.name)});
  if (body.is_default) out += word(forms::kDefault);
  const CalendarPart part{body.from, body.hours};
  if (body.from.span.end == 0 && body.hours.empty()) return out;
  const Span next = body.from.span.end != 0 ? body.from.span : body.hours[0].span;
  gap(out, whole(body.name), next, body.from.span.end != 0 ? " " : word(forms::kComma),
      word(forms::kComma));
  return out += line(part);
}

Fragment Printer::line(const CalendarPart& body) {
  if (body.from.span.end == 0) return hours(body.hours);
  Fragment out = put(forms::kFrom, {text(body.from.span)});
  if (body.hours.empty()) return out;
  gap(out, body.from.span, body.hours[0].span, word(forms::kComma), word(forms::kComma));
  return out += hours(body.hours);
}

Fragment Printer::line(const EntityDecl& body) {
  return put(body.is_reference ? forms::kReference : forms::kEntity,
             {declared(body.name), declared(body.key)});
}

Fragment Printer::line(const ChoiceDecl& body) {
  return put(forms::kChoice, {declared(body.name), choices(body.values)});
}

Fragment Printer::line(const EventDecl& body) {
  const Form& form = body.kind == EventDecl::Kind::broadcast  ? forms::kBroadcast
                     : body.kind == EventDecl::Kind::outgoing ? forms::kOutgoing
                                                              : forms::kEvent;
  Fragment out = put(form, {declared(body.name), name(body.entity)});
  Span last = body.entity.span;
  if (body.where != nullptr) {
    out += put(forms::kWhere, {expr(body.where)});
    last = body.where->span;
  }
  if (!body.unique_by.empty()) {
    tail(out, last, body.unique_by.span, put(forms::kUniqueBy, {name(body.unique_by)}));
  }
  return out;
}

Fragment Printer::line(const UniqueByLine& body) {
  return put(forms::kUniqueBy, {name(body.field)});
}

// ---------------------------------------------------------------- channels and notices

Fragment Printer::line(const ChannelDecl& body) {
  return put(forms::kChannel, {declared(body.name), name(body.address)});
}

Fragment Printer::line(const QuietLine& body) {
  return put(forms::kQuiet, {to_string(body.from), to_string(body.to)});
}

Fragment Printer::limit(const ChannelDecl::Limit& limit) const {
  using Per = ChannelDecl::Limit::Per;
  const Form& form = limit.per == Per::week    ? forms::kPerWeek
                     : limit.per == Per::month ? forms::kPerMonth
                     : limit.per == Per::year  ? forms::kPerYear
                                               : forms::kPerDay;
  return put(form, {std::to_string(limit.count)});
}

Fragment Printer::line(const LimitsLine& body) {
  Fragment out;
  for (size_t i = 0; i < body.limits.size(); ++i) {
    if (i > 0) {
      gap(out, body.limits[i - 1].span, body.limits[i].span, word(forms::kComma),
          word(forms::kComma));
    }
    out += limit(body.limits[i]);
  }
  if (!body.limits.empty()) out = put(forms::kAtMost, {out});
  if (!body.drop) return out;
  if (!body.limits.empty()) out += word(forms::kTail);
  return out += word(*body.drop ? forms::kElseDrop : forms::kElseWait);
}

Fragment Printer::line(const NoticeDecl& body) {
  const Form& form = body.notice_class == NoticeClass::mandatory    ? forms::kMandatory
                     : body.notice_class == NoticeClass::commercial ? forms::kCommercial
                                                                    : forms::kService;
  Fragment out = put(form, {declared(body.name), words(body.channels)});
  Span last = body.channels.empty() ? whole(body.name) : body.channels.back().span;
  if (body.expires_after != nullptr) {
    gap(out, last, body.expires_after->span, word(forms::kComma), word(forms::kComma));
    out += put(forms::kExpires, {expr(body.expires_after)});
    last = body.expires_after->span;
  }
  if (body.body.span.end == 0) return out;
  gap(out, last, body.body.span, " ");
  return out += text(body.body.span, true);
}

// ---------------------------------------------------------------- values and guards

Fragment Printer::line(const ParameterDecl& body) {
  return put(forms::kParameter, {declared(body.name), expr(body.value)});
}

Fragment Printer::line(const DefineDecl& body) {
  Fragment head = declared(body.name);
  if (!body.of.empty()) head = put(forms::kOf, {head, name(body.of)});
  return put(forms::kDefine, {head, expr(body.value)});
}

Fragment Printer::line(const ForbidDecl& body) {
  Fragment out = put(forms::kForbid, {name(body.target), expr(body.when)});
  gap(out, body.when->span, body.because.span, " ");
  return out += put(forms::kBecause, {text(body.because.span)});
}

// ---------------------------------------------------------------- tables

Fragment Printer::line(const TableDecl& body) {
  Fragment out = declared(body.name);
  if (!body.of.empty()) out = put(forms::kOf, {out, name(body.of)});
  out = put(forms::kTable, {out});
  out += word(body.hit == TableDecl::Hit::first    ? forms::kFirstMatch
              : body.hit == TableDecl::Hit::unique ? forms::kUniqueMatch
                                                   : forms::kAllMatches);
  switch (body.collect) {
    case TableDecl::Collect::set_union:
      out += word(forms::kUnionOfRows);
      break;
    case TableDecl::Collect::sum:
      out += word(forms::kSumOfRows);
      break;
    case TableDecl::Collect::min:
      out += word(forms::kLeastOfRows);
      break;
    case TableDecl::Collect::max:
      out += word(forms::kMostOfRows);
      break;
    default:
      break;
  }
  if (body.from.span.end == 0) return out;
  tail(out, whole(body.name), body.from.span, put(forms::kFrom, {text(body.from.span)}));
  return out;
}

Printed Printer::row(const RowLine& row) {
  Printed out;
  out.is_row = true;
  const bool header = !in_table_;
  for (size_t i = 0; i < row.cells.size(); ++i) {
    const RowLine::Cell& cell = row.cells[i];
    if (header && cell.arrow && arrow_ == SIZE_MAX) arrow_ = i;
    Fragment text = i >= arrow_ ? output_cell(cell, header) : input_cell(cell.cell);
    // The layout writes the header's. In a wrong place it is a mistake, which stays.
    if (cell.arrow && i != arrow_) text = put({"=> {1}", "=> {1}"}, {text});
    out.cells.push_back(text.flat());
  }
  if (header) out.arrow = arrow_;
  in_table_ = true;
  return out;
}

Fragment Printer::input_cell(const TableCell& cell) {
  if (cell.kind == TableCell::Kind::any) return word(forms::kAny);
  const bool enumerates =
      std::all_of(cell.tests.begin(), cell.tests.end(), [](const TableCell::Test& it) {
        return it.op == ExprKind::equal && is_enumerated(*it.value);
      });
  Fragment out;
  for (size_t i = 0; i < cell.tests.size(); ++i) {
    if (i > 0) out += word(enumerates ? forms::kNamesComma : forms::kComma);
    out += test(cell.tests[i]);
  }
  return out;
}

// A result: one value, or a name that may bring its alias.
Fragment Printer::output_cell(const RowLine::Cell& cell, bool header) {
  const std::vector<TableCell::Test>& tests = cell.cell.tests;
  if (tests.size() != 1 || tests[0].op != ExprKind::equal) return input_cell(cell.cell);
  const Expr& value = *tests[0].value;
  const Name introduced = header ? column_name(cell, value) : as_name(value);
  return introduced.alias.empty() ? input_cell(cell.cell) : declared(introduced);
}

Fragment Printer::test(const TableCell::Test& test) {
  if (test.op == ExprKind::equal) return sum(test.value);
  if (test.op == ExprKind::between) return put(forms::kRange, {sum(test.value), sum(test.high)});
  const std::string_view op = comparison_word(test.op, test.op_span, test.value->span);
  if (op == word(forms::kIsNot)) return put(forms::kCellNot, {sum(test.value)});
  Fragment out(op);
  out += " ";
  return out += sum(test.value);
}

// ---------------------------------------------------------------- scorecards

Fragment Printer::line(const ScorecardDecl& body) {
  Fragment out = declared(body.name);
  if (!body.of.empty()) out = put(forms::kOf, {out, name(body.of)});
  return put(forms::kScorecard, {out});
}

Fragment Printer::line(const BaseLine& body) { return put(forms::kBase, {sum(body.points)}); }

Fragment Printer::line(const ScorecardDecl::Item& body) {
  // Whether points are deducted or negative ones added is seen in the source alone.
  const char32_t first = plain({0, body.span.begin, body.span.begin + 1})[0];
  const char32_t sign = plain({0, body.points->span.begin, body.points->span.begin + 1})[0];
  const bool english = first == U'+' || first == U'-' || first == U'−';
  const bool deducts = english ? first != U'+' : sign == U'减';
  return put(deducts ? forms::kDeductPoints : forms::kAddPoints,
             {deducts ? deducted(*body.points) : points(*body.points), expr(body.condition)});
}

Fragment Printer::points(const Expr& points) {
  const Fragment out = expr(points, Level::sum, Follow::nothing);
  const bool number = points.kind == ExprKind::literal && points.type.kind == TypeKind::number;
  return number ? put(forms::kPoints, {out}) : out;
}

// Without the sign, which a number has taken in.
Fragment Printer::deducted(const Expr& points) {
  if (points.kind == ExprKind::negate) {
    const Fragment inside = expr(*points.args[0], Level::sum, Follow::nothing);
    const bool minus = inside.pieces()[0].text.starts_with('-');  // `--` begins a comment
    return minus ? put(forms::kParentheses, {inside}) : inside;
  }
  const Span digits{points.span.file, points.span.begin + 1, points.span.end};
  const std::u32string written = plain(digits);
  const auto begin = static_cast<uint32_t>(written.find_first_of(U"0123456789"));
  return put(forms::kPoints, {number({digits.file, digits.begin + begin, digits.end})});
}

Fragment Printer::line(const ScorecardDecl::Grade& body) {
  const Fragment grade = declared_or_used(body.name);
  if (body.at_least == nullptr) return put(forms::kGradeOtherwise, {grade});
  return put(forms::kGradeAtLeast, {grade, points(*body.at_least)});
}

}  // namespace duban::formatter
