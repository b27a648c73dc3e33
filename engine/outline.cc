#include "engine/outline.h"

#include <utility>

#include "engine/outline_state.h"
#include "engine/table_rows.h"

namespace duban {

using namespace syntax;

Action set_action(Assignment assignment) {
  Action action;
  action.kind = Action::Kind::set;
  action.span = assignment.span;
  action.assignment = std::move(assignment);
  return action;
}

// ---------------------------------------------------------------- headers

bool Outline::State::in_header() {
  return std::holds_alternative<std::monostate>(declaration_) || current<Policy>() != nullptr ||
         current<Vocabulary>() != nullptr;
}

void Outline::State::place(Policy line) {
  if (!file_.policy.name.empty() || current<Policy>() != nullptr) {
    twice("`policy`", "“办法”",
          {"one file holds one policy: put the second one into a file of its own",
           "一个文件只写一个办法，请将另一个办法写入单独的文件"});
  }
  open(std::move(line));
}

void Outline::State::place(Vocabulary line) {
  if (!file_.vocabulary.name.empty() || current<Vocabulary>() != nullptr) {
    twice("`vocabulary`", "“词汇”");
  }
  open(std::move(line));
}

void Outline::State::place(Use line) {
  if (!in_header()) {
    misplaced({"`use` stands at the top of a file", "“引用”须写在文件开头"});
  }
  file_.uses.push_back(std::move(line));
}

void Outline::State::place(EffectiveLine line) {
  if (!in_header()) misplaced({"`effective` stands below `policy`", "施行日期须写在“办法”之下"});
  if (file_.effective_from != nullptr) twice("`effective`", "施行日期");
  file_.effective_from = std::move(line.from);
  file_.effective_to = std::move(line.to);
}

// Of the policy, or of the rule, case or forbid it stands below.
void Outline::State::place(BasisLine line) {
  Text* basis = nullptr;
  if (auto* rule = current<RuleDecl>()) basis = &rule->basis;
  if (auto* in_case = current<CaseDecl>()) basis = &in_case->basis;
  if (auto* forbid = current<ForbidDecl>()) basis = &forbid->basis;
  if (in_header()) basis = &file_.basis;
  if (basis == nullptr || trigger_ != nullptr) {
    misplaced({"`basis` stands right below `policy`, `rule`, `case` or `forbid`",
               "“依据”须紧接写在“办法”“规则”“事项”或“禁止”之下"});
    return;
  }
  if (!basis->text.empty()) twice("`basis`", "“依据”");
  *basis = std::move(line.text);
}

void Outline::State::place(TimezoneLine line) {
  if (auto* vocabulary = current<Vocabulary>()) {
    if (!vocabulary->timezone.text.empty()) twice("`timezone`", "“时区”");
    vocabulary->timezone = std::move(line.text);
  } else {
    misplaced({"`timezone` stands below `vocabulary`", "“时区”须写在“词汇”之下"});
  }
}

void Outline::State::place(CurrencyLine line) {
  if (auto* vocabulary = current<Vocabulary>()) {
    if (!vocabulary->currency.empty()) twice("`currency`", "“货币”");
    vocabulary->currency = std::move(line.name);
  } else {
    misplaced({"`currency` stands below `vocabulary`", "“货币”须写在“词汇”之下"});
  }
}

void Outline::State::place(DayStartsLine line) {
  if (auto* vocabulary = current<Vocabulary>()) {
    if (vocabulary->day_starts_at) twice("`day starts at`", "“每日起始”");
    vocabulary->day_starts_at = line.time;
  } else {
    misplaced({"`day starts at` stands below `vocabulary`", "“每日起始”须写在“词汇”之下"});
  }
}

// ---------------------------------------------------------------- plain declarations

void Outline::State::place(CalendarPart line) {
  if (auto* table = current<TableDecl>(); table != nullptr && line.hours.empty()) {
    if (!table->from.text.empty() || !table->outputs.empty()) twice("the table", "表格内容");
    table->from = std::move(line.from);
    return;
  }
  auto* calendar = current<CalendarDecl>();
  if (calendar == nullptr) {
    misplaced({"this line belongs below `calendar`", "此行须写在“日历”之下"});
    return;
  }
  if (!line.from.text.empty()) {
    if (!calendar->from.text.empty()) twice("`from`", "“来自”");
    calendar->from = std::move(line.from);
  }
  if (!line.hours.empty()) {
    if (!calendar->hours.empty()) twice("`hours`", "“工时”");
    calendar->hours = std::move(line.hours);
  }
}

void Outline::State::place(Field line) {
  if (auto* entity = current<EntityDecl>()) {
    entity->fields.push_back(std::move(line));
  } else if (auto* event = current<EventDecl>()) {
    event->fields.push_back(std::move(line));
  } else if (current<CaseDecl>() != nullptr && line.name.text == "在途") {
    findings_.add("E004", line.type.span,
                  {"expected `keep`, `recompute` or `restart` here",
                   "此处应为“沿用旧版”、“按新版重算” 或 “重新计时”"});
  } else {
    misplaced({"a field belongs below `entity`, `reference` or an event",
               "字段须写在“对象”“参照”或某个事件之下"});
  }
}

void Outline::State::place(UniqueByLine line) {
  auto* event = current<EventDecl>();
  if (event == nullptr) {
    misplaced({"`unique by` stands below an event", "“唯一标识”须写在某个事件之下"});
    return;
  }
  if (!event->unique_by.empty()) twice("`unique by`", "“唯一标识”");
  event->unique_by = std::move(line.field);
}

void Outline::State::place(QuietLine line) {
  auto* channel = current<ChannelDecl>();
  if (channel == nullptr) {
    misplaced({"`quiet` stands below `channel`", "“免扰”须写在“渠道”之下"});
    return;
  }
  if (channel->quiet_from) twice("`quiet`", "“免扰”");
  channel->quiet_from = line.from;
  channel->quiet_to = line.to;
}

void Outline::State::place(LimitsLine line) {
  auto* channel = current<ChannelDecl>();
  if (channel == nullptr) {
    misplaced({"a limit per day or week stands below `channel`", "发送次数限制须写在“渠道”之下"});
    return;
  }
  for (ChannelDecl::Limit& limit : line.limits) channel->limits.push_back(limit);
  if (line.drop) channel->drop = *line.drop;
}

void Outline::State::place(DefineDecl line) {
  auto* in_case = current<CaseDecl>();
  if (!line.of.empty()) {
    open(std::move(line));
  } else if (in_case != nullptr) {
    in_case->defines.push_back(std::move(line));
  } else {
    file_.unread.push_back(span_);
    if (lost_) return;
    end_declaration();
    findings_.add("E010", span_,
                  {"outside a case, `define` says whose value it is: `define NAME of ENTITY = …`",
                   "在事项之外，“定义”须指明对象：“定义 名称 对象 X = …”"});
  }
}

// ---------------------------------------------------------------- tables and scorecards

void Outline::State::place(RowLine line) {
  auto* table = current<TableDecl>();
  if (table == nullptr) {
    misplaced({"a row belongs below `table`", "表格行须写在“决策表”之下"});
    return;
  }
  if (broken_) return;
  if (!table->from.text.empty()) {
    findings_.add("E014", span_,
                  {"this table's rows stand in a file; they cannot stand here too",
                   "此表的各行写在文件中，不能又写在此处"},
                  {"leave out either these rows or the file's name", "请删去这些行，或删去文件名"});
    broken_ = true;
    return;
  }
  switch (add_row(*table, std::move(line), span_, findings_)) {
    case RowFate::added:
      break;
    case RowFate::bad_row:
      lose_row();
      break;
    case RowFate::bad_header:
      broken_ = true;
      break;
  }
}

ScorecardDecl* Outline::State::scorecard_here() {
  auto* card = current<ScorecardDecl>();
  if (card == nullptr) {
    misplaced({"this line belongs below `scorecard`", "此行须写在“评分卡”之下"});
  }
  return card;
}

void Outline::State::place(BaseLine line) {
  ScorecardDecl* card = scorecard_here();
  if (card == nullptr) return;
  if (card->base != nullptr) twice("`base`", "“基础分”");
  card->base = std::move(line.points);
}

void Outline::State::place(ScorecardDecl::Item line) {
  if (ScorecardDecl* card = scorecard_here()) card->items.push_back(std::move(line));
}

void Outline::State::place(ScorecardDecl::Grade line) {
  if (ScorecardDecl* card = scorecard_here()) card->grades.push_back(std::move(line));
}

// Everybody has a grade: the last takes the rest.
void Outline::State::check_scorecard(const ScorecardDecl& card) {
  const auto& grades = card.grades;
  for (size_t i = 0; i + 1 < grades.size(); ++i) {
    if (grades[i].at_least != nullptr) continue;
    findings_.add("E170", grades[i + 1].span,
                  {"nobody is left for this grade: the one above takes everybody",
                   "上一等级已包含其余各分数，此等级无人可得"},
                  {"`otherwise` stands last", "“其余”须写在最后"});
    return;
  }
  if (!grades.empty() && grades.back().at_least == nullptr) return;
  findings_.add("E170", card.name.span,
                {"scorecard `" + card.name.text + "` leaves low scores without a grade",
                 "评分卡“" + card.name.text + "”未给最低分数段定等级"},
                {"end it with `grade NAME otherwise`", "以“等级 名称 其余”结尾"});
}

// ---------------------------------------------------------------- scenarios

void Outline::State::place(WithFilesLine line) {
  auto* scenario = current<ScenarioDecl>();
  if (scenario == nullptr) {
    misplaced({"`with \"file\"` stands below `scenario`", "“并用”须写在“场景”之下"});
    return;
  }
  for (Text& file : line.files) scenario->with_files.push_back(std::move(file));
}

void Outline::State::place(ScenarioLine line) {
  if (auto* scenario = current<ScenarioDecl>()) {
    scenario->lines.push_back(std::move(line));
  } else {
    misplaced({"this line belongs below `scenario`", "此行须写在“场景”之下"});
  }
}

// ---------------------------------------------------------------- ends

void Outline::State::end_declaration() {
  end_trigger();
  if (const auto* notice = current<NoticeDecl>();
      notice != nullptr && !broken_ && !quiet_ && notice->body.span.end == 0) {
    missing(notice->name.span,
            {"notice `" + notice->name.text + "` has no text",
             "通知模板“" + notice->name.text + "”没有正文"},
            {"write its text in quotes after the channel", "在渠道之后写引号中的正文"});
  }
  if (const auto* table = current<TableDecl>();
      table != nullptr && !broken_ && !quiet_ && table->rows.empty() && table->from.text.empty()) {
    missing(table->name.span, {"table `" + table->name.text + "` has no rows",
                               "决策表“" + table->name.text + "”没有行"});
  }
  if (auto* in_case = current<CaseDecl>()) in_case->incomplete = quiet_;
  if (const auto* card = current<ScorecardDecl>(); card != nullptr && !broken_ && !quiet_) {
    check_scorecard(*card);
  }
  if (!broken_) {
    std::visit(
        [this](auto& made) {
          using T = std::decay_t<decltype(made)>;
          if constexpr (std::is_same_v<T, TableDecl> || std::is_same_v<T, ScorecardDecl>) {
            made.incomplete = quiet_;
          }
          if constexpr (std::is_same_v<T, Policy>) file_.policy = std::move(made);
          if constexpr (std::is_same_v<T, Vocabulary>) file_.vocabulary = std::move(made);
          if constexpr (std::is_same_v<T, CalendarDecl>) file_.calendars.push_back(std::move(made));
          if constexpr (std::is_same_v<T, EntityDecl>) file_.entities.push_back(std::move(made));
          if constexpr (std::is_same_v<T, ChoiceDecl>) file_.choices.push_back(std::move(made));
          if constexpr (std::is_same_v<T, EventDecl>) file_.events.push_back(std::move(made));
          if constexpr (std::is_same_v<T, ChannelDecl>) file_.channels.push_back(std::move(made));
          if constexpr (std::is_same_v<T, NoticeDecl>) file_.notices.push_back(std::move(made));
          if constexpr (std::is_same_v<T, ParameterDecl>)
            file_.parameters.push_back(std::move(made));
          if constexpr (std::is_same_v<T, DefineDecl>) file_.defines.push_back(std::move(made));
          if constexpr (std::is_same_v<T, ForbidDecl>) file_.forbids.push_back(std::move(made));
          if constexpr (std::is_same_v<T, TableDecl>) file_.tables.push_back(std::move(made));
          if constexpr (std::is_same_v<T, ScorecardDecl>)
            file_.scorecards.push_back(std::move(made));
          if constexpr (std::is_same_v<T, RuleDecl>) file_.rules.push_back(std::move(made));
          if constexpr (std::is_same_v<T, CaseDecl>) file_.cases.push_back(std::move(made));
          if constexpr (std::is_same_v<T, ScenarioDecl>) file_.scenarios.push_back(std::move(made));
        },
        declaration_);
  }
  // With all that stands below its first line.
  if (broken_) file_.unread.push_back({span_.file, declaration_begin_, span_.begin});
  declaration_ = std::monostate();
  broken_ = quiet_ = lost_ = false;
}

// ---------------------------------------------------------------- broken lines

void Outline::State::add(const BrokenLine& line) {
  using enum Terminal;
  span_ = line.span;
  column_ = line.column;
  previous_clause_ = is_conditional_clause_ = false;
  file_.unread.push_back(span_);
  const auto stand_in = [this](auto declaration) {
    open(std::move(declaration));
    broken_ = true;
  };
  switch (line.first) {
    case K_POLICY:
      return stand_in(Policy());
    case K_VOCABULARY:
      return stand_in(Vocabulary());
    case K_CALENDAR:
      return stand_in(CalendarDecl());
    case K_REFERENCE:
    case K_ENTITY:
      return stand_in(EntityDecl());
    case K_CHOICE:
      return stand_in(ChoiceDecl());
    case K_EVENT:
    case K_BROADCAST:
    case K_BROADCAST_EVENT:
    case K_OUTGOING:
    case K_OUTGOING_EVENT:
      return stand_in(EventDecl());
    case K_CHANNEL:
      return stand_in(ChannelDecl());
    case K_NOTICE:
      return stand_in(NoticeDecl());
    case K_PARAMETER:
      return stand_in(ParameterDecl());
    case K_FORBID:
      return stand_in(ForbidDecl());
    case K_TABLE:
      return stand_in(TableDecl());
    case K_SCORECARD:
      return stand_in(ScorecardDecl());
    case K_RULE:
      return stand_in(RuleDecl());
    case K_CASE:
      return stand_in(CaseDecl());
    case K_SCENARIO:
      return stand_in(ScenarioDecl());
    case K_DEFINE:
      if (current<CaseDecl>() == nullptr) stand_in(DefineDecl());
      return;
    case BAR:
      if (auto* table = current<TableDecl>(); table != nullptr) {
        // Without its header nothing can be said about the rows.
        if (table->inputs.empty()) broken_ = true;
        quiet_ = true;
      }
      return;
    default:
      break;
  }

  quiet_ = true;
  // Inside a rule or a case: keep the level.
  if (trigger_ != nullptr) quiet_trigger_ = true;
  quiet_clause_ = true;
  const bool clause = line.first == K_WHEN_LATE || line.first == K_WHEN_DONE ||
                      line.first == K_OVERTIME || line.first == K_BEFORE_DUE ||
                      (line.first == K_WHEN && (line.second == K_LATE || line.second == K_DONE));
  if (triggers() == nullptr) {
    const bool known = line.first != END || current<EntityDecl>() != nullptr ||
                       current<EventDecl>() != nullptr || current<ScorecardDecl>() != nullptr;
    if (!known) lost_ = true;
    return;
  }
  if (line.first == K_TASK) {
    end_clause();
    spare_task_ = std::make_unique<TaskSpec>();
    task_ = spare_task_.get();
    task_in_clause_ = false;
  } else if (clause) {
    if (task_ == nullptr) return;
    end_clause();
    spare_clause_.clear();
    clause_ = &spare_clause_;
    clause_column_ = column_;
    quiet_clause_ = true;
  } else if (line.first == K_OTHERWISE) {
    in_otherwise_ = true;
    task_ = nullptr;
  } else if (line.ends_in_colon || line.first == K_ON || line.first == K_WHEN ||
             line.first == K_OCCURS || line.first == K_AT_OPENING || line.first == K_AT_CLOSING ||
             line.first == K_EVERY_WORKING_DAY || line.first == K_DAILY || line.first == K_WEEKLY ||
             line.first == K_MONTHLY || line.first == K_QUARTERLY || line.first == K_YEARLY) {
    end_trigger();
    spare_trigger_ = Trigger();
    spare_trigger_.condition = std::make_unique<Expr>();  // an `otherwise:` may follow
    open_trigger(&spare_trigger_);
    quiet_trigger_ = true;
  } else if (line.first == END) {
    lost_ = true;
  }
}

// ----------------------------------------------------------------

Outline::Outline(File& file, Findings& findings)
    : state_(std::make_unique<State>(file, findings)) {}
Outline::~Outline() = default;
uint32_t Outline::level(const LineBody& body) const { return state_->level(body); }
void Outline::add(Line line) { state_->add(std::move(line)); }
void Outline::add(const BrokenLine& line) { state_->add(line); }
void Outline::finish() { state_->finish(); }

}  // namespace duban
