// From what a line says back to its text, in one language.
//
// Split over fmt_*.cc by what is printed. Words are those of fmt_forms.h; what the tree does not
// keep, such as how a number is written and where the author broke the line, is read from the
// source.
#pragma once

#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/fmt.h"
#include "engine/fmt_forms.h"
#include "engine/fmt_fragment.h"
#include "engine/outline.h"
#include "engine/source.h"
#include "engine/syntax.h"

namespace duban::formatter {

// How a line is written when the plain way would not be read as it was meant: see fmt.cc.
struct Care {
  bool joined = false;  // no line breaks
  bool quoted = false;  // backquotes around every name that is also a word of the language
};

struct Printed {
  Fragment text;
  // A field: its name and alias, before `text`. A row of a table: its cells, and nothing else.
  std::vector<std::string> cells;
  bool is_field = false;
  bool is_row = false;
  size_t arrow = SIZE_MAX;  // header of a table: the first result column
};

// What Chinese enumerates with 、: names and texts.
inline bool is_enumerated(const syntax::Expr& expr) {
  using syntax::ExprKind;
  return expr.kind == ExprKind::name || expr.kind == ExprKind::member ||
         (expr.kind == ExprKind::literal && expr.type.kind == TypeKind::text);
}

// `D rolled forward`.
inline bool is_rolled(const syntax::Expr& expr) {
  return expr.kind == syntax::ExprKind::call &&
         (expr.text == "rolled_forward" || expr.text == "rolled_back");
}

// Of an aggregate: `latest of E.F` or `time of latest E`.
inline bool is_latest(const syntax::Expr& expr) {
  return expr.text == "latest" || expr.text == "time_of_latest";
}

class Printer {
 public:
  // Comments by place. `respelling` may be null: names stay as they are. All must outlive this.
  Printer(const Source& source, const std::vector<Span>& comments, const Respelling* respelling);

  // Lines must come in the order of the file: rows depend on their header.
  Printed print(const Line& line, Language language, Care care);

  // The comments inside lines that went into what was printed.
  const std::vector<bool>& printed_comments() const { return comment_printed_; }

 private:
  // ---- pieces
  Fragment put(const Form& form, std::initializer_list<Fragment> parts = {}) const;
  std::string_view word(const Form& form) const { return form.in(language_); }
  // Between two parts of a line that stand at these places of the source: `unbroken`, or, where
  // the author broke the line, `broken` and a new line.
  void gap(Fragment& out, const Span& before, const Span& after, std::string_view unbroken,
           std::string_view broken = {});
  // The same with a form that is put before a part.
  void tail(Fragment& out, const Span& before, const Span& after, const Fragment& part);
  template <typename Items, typename Print>
  Fragment list(const Items& items, const Form& separator, Print print);

  // ---- names and texts
  const Names* use_at(const Span& span) const;
  std::string quoted(const std::string& name) const;
  std::string verbatim(const std::string& name, const Span& span) const;
  std::string name(const std::string& text, const Span& span) const;
  std::string name(const syntax::Word& used) const { return name(used.text, used.span); }
  std::string read_name(const std::string& text, const Span& span) const;
  std::string member_name(const std::string& text, const Span& span) const;
  std::vector<std::string> declared_parts(const syntax::Name& name) const;
  Fragment declared(const syntax::Name& name) const;
  // One that has its alias elsewhere is respelled as a name that is used.
  Fragment declared_or_used(const syntax::Name& name);
  Fragment title(const syntax::Name& name) const;
  bool swaps(const syntax::Name& name) const;
  std::string text(const Span& span, bool has_placeholders = false) const;
  std::string in_quotes(const std::u32string& inside, char32_t opened_by) const;
  std::u32string respelled(std::u32string_view inside, uint32_t begin) const;
  std::u32string placeholder(std::u32string_view inside, uint32_t begin) const;

  // ---- literals
  Fragment literal(const syntax::Expr& expr) const;
  std::string number(const Span& span) const;
  std::string money(const syntax::Expr& expr) const;
  std::string duration(const syntax::Expr& expr, std::string_view space = " ") const;
  std::string date(Date date) const;
  std::string moment(const syntax::Expr& at) const;
  std::u32string plain(const Span& span) const;

  // ---- expressions
  enum class Level : uint8_t {
    any,
    conjunction,
    negation,
    comparison,
    sum,
    product,
    factor,
    closed
  };
  // What an enclosing expression may go on with behind this one.
  enum class Follow : uint8_t { nothing, logic, relation, arithmetic };
  Fragment expr(const syntax::ExprPtr& expr) {
    return this->expr(*expr, Level::any, Follow::nothing);
  }
  Fragment sum(const syntax::ExprPtr& expr) {
    return this->expr(*expr, Level::sum, Follow::nothing);
  }
  Fragment expr(const syntax::Expr& expr, Level at_least, Follow follow);
  Fragment bare(const syntax::Expr& expr, Follow follow);
  Level level(const syntax::Expr& expr) const;
  bool keeps_parentheses(const syntax::Expr& expr) const;
  bool runs_on(const syntax::Expr& expr, Follow follow) const;
  Fragment logic(const syntax::Expr& expr, Follow follow);
  Fragment negation(const syntax::Expr& expr, Follow follow);
  Fragment comparison(const syntax::Expr& expr, Follow follow);
  std::string_view comparison_word(syntax::ExprKind kind, const Span& written,
                                   const Span& place) const;
  Fragment arithmetic(const syntax::Expr& expr, Follow follow);
  Fragment member(const syntax::Expr& expr);
  Fragment call(const syntax::Expr& expr, Follow follow);
  Fragment calendar_of(const syntax::Expr& expr, size_t arguments, const Form& form) const;
  // At the end of a trigger, where a roll would be the trigger's.
  Fragment anchor(const syntax::ExprPtr& expr);
  Fragment aggregate(const syntax::Expr& expr);
  Fragment over(const syntax::Expr& expr);
  Fragment arguments(const std::vector<syntax::ExprPtr>& args);
  // Of names and texts alone Chinese has an enumeration: 、.
  Fragment alternatives(const std::vector<syntax::ExprPtr>& list, size_t first = 0);
  Fragment list(const std::vector<syntax::ExprPtr>& items, size_t first, const Form& separator);

  // ---- types, fields and assignments
  std::string builtin_type(TypeKind kind) const;
  Fragment type(const syntax::TypeExpr& type);
  Fragment field_type(const syntax::Field& field);
  Fragment choices(const std::vector<syntax::Name>& names);
  Fragment assignments(const std::vector<const syntax::Assignment*>& list);
  Fragment assignments(const std::vector<syntax::Assignment>& list);
  void with(Fragment& out, const Span& before, const std::vector<syntax::Assignment>& list);
  Fragment words(const std::vector<syntax::Word>& list);

  // ---- lines
  Fragment line(const syntax::Policy& body);
  Fragment line(const syntax::Use& body);
  Fragment line(const EffectiveLine& body);
  Fragment line(const BasisLine& body);
  Fragment line(const syntax::Vocabulary& body);
  Fragment line(const TimezoneLine& body);
  Fragment line(const CurrencyLine& body);
  Fragment line(const DayStartsLine& body);
  Fragment line(const syntax::CalendarDecl& body);
  Fragment line(const CalendarPart& body);
  Fragment line(const syntax::EntityDecl& body);
  Fragment line(const syntax::ChoiceDecl& body);
  Fragment line(const syntax::EventDecl& body);
  Fragment line(const SetLine& body);
  Fragment line(const syntax::ChannelDecl& body);
  Fragment line(const QuietLine& body);
  Fragment line(const LimitsLine& body);
  Fragment line(const syntax::NoticeDecl& body);
  Fragment line(const syntax::ParameterDecl& body);
  Fragment line(const syntax::DefineDecl& body);
  Fragment line(const syntax::ForbidDecl& body);
  Fragment line(const syntax::TableDecl& body);
  Fragment line(const UniqueByLine& body);
  Fragment line(const syntax::ScorecardDecl& body);
  Fragment line(const BaseLine& body);
  Fragment line(const syntax::ScorecardDecl::Item& body);
  Fragment line(const syntax::ScorecardDecl::Grade& body);
  Fragment line(const syntax::RuleDecl& body);
  Fragment line(const syntax::CaseDecl& body);
  Fragment line(const MayReopenLine& body);
  Fragment line(const syntax::CaseDecl::Boundary& body);
  Fragment line(const InFlightLine& body);
  Fragment line(const OwnerLine& body);
  Fragment line(const syntax::CaseDecl::Keep& body);
  Fragment line(const syntax::Trigger& body);
  Fragment line(const OtherwiseLine& body);
  Fragment line(const syntax::Action& body);
  Fragment line(const syntax::TaskClause& body);
  Fragment line(const DueLine& body);
  Fragment line(const EveryLine& body);
  Fragment line(const OpensLine& body);
  Fragment line(const StaysLine& body);
  Fragment line(const PausedLine& body);
  Fragment line(const ExpiresLine& body);
  Fragment line(const syntax::TaskSpec::DoneOn& body);
  Fragment line(const NeedsLine& body);
  Fragment line(const syntax::Once& body);
  Fragment line(const syntax::ScenarioDecl& body);
  Fragment line(const WithFilesLine& body);
  Fragment line(const syntax::ScenarioLine& body);

  Printed field(const syntax::Field& field);
  Printed row(const RowLine& row);
  Fragment input_cell(const syntax::TableCell& cell);
  Fragment output_cell(const RowLine::Cell& cell, bool header);
  Fragment points(const syntax::Expr& points);
  Fragment deducted(const syntax::Expr& points);
  Fragment test(const syntax::TableCell::Test& test);

  Fragment hours(const std::vector<syntax::CalendarDecl::Hours>& list);
  Fragment limit(const syntax::ChannelDecl::Limit& limit) const;
  Fragment trigger_head(const syntax::Trigger& trigger);
  bool is_relative(const syntax::ExprPtr& at, uint32_t begin) const;
  Fragment rolled_after(const Form& form, const syntax::Expr& rolled);
  Fragment schedule(const syntax::Schedule& schedule);
  Fragment recurrence(const syntax::Schedule& schedule) const;
  void condition(Fragment& out, const Span& before, const syntax::ExprPtr& condition);
  void body(Fragment& out, const std::vector<syntax::Action>& actions);
  Fragment notify(const syntax::Action& action);
  Fragment task(const syntax::TaskSpec& task);
  Fragment due(syntax::TaskSpec::DueKind kind, const syntax::ExprPtr& within,
               const syntax::ExprPtr& anchor, uint32_t begin);
  Fragment every(const syntax::ExprPtr& every, const syntax::ExprPtr& since,
                 const syntax::ExprPtr& not_before);
  Fragment fact(const syntax::ScenarioLine& line);
  Fragment expectation(const syntax::ScenarioLine& line);

  const Source& source_;
  const std::vector<Span>& comments_;
  const Respelling* const respelling_;
  std::vector<bool> comment_printed_;

  Language language_ = Language::english;
  Care care_;
  Span line_;                // the line that is printed
  size_t arrow_ = SIZE_MAX;  // of the table whose rows are printed
  bool in_table_ = false;    // its header has been seen
};

}  // namespace duban::formatter
