// How deep each kind of line stands.
#include "engine/outline_state.h"

namespace duban {

using namespace syntax;

namespace {

template <typename T, typename... Kinds>
constexpr bool kIsAny = (std::is_same_v<T, Kinds> || ...);

template <typename T>
constexpr bool kIsDeclaration =
    kIsAny<T, Policy, Vocabulary, CalendarDecl, EntityDecl, ChoiceDecl, EventDecl, ChannelDecl,
           NoticeDecl, ParameterDecl, ForbidDecl, TableDecl, ScorecardDecl, RuleDecl, CaseDecl,
           ScenarioDecl>;
template <typename T>
constexpr bool kIsHeader = kIsAny<T, Use, EffectiveLine, BasisLine>;
template <typename T>
constexpr bool kIsClause = kIsAny<T, TaskClause, DueLine, EveryLine, OpensLine, StaysLine,
                                  PausedLine, ExpiresLine, TaskSpec::DoneOn, NeedsLine, Once>;

}  // namespace

uint32_t Outline::State::action_level() const {
  if (clause_ != nullptr) return clause_level_ + 1;
  return 2;
}

uint32_t Outline::State::level(const LineBody& body) const {
  return std::visit(
      [this](const auto& line) -> uint32_t {
        using T = std::decay_t<decltype(line)>;
        if constexpr (kIsDeclaration<T>) return 0;
        if constexpr (std::is_same_v<T, DefineDecl>) return line.of.empty() && is_in<CaseDecl>();
        if constexpr (kIsHeader<T>) return !is_in<std::monostate>();
        if constexpr (std::is_same_v<T, SetLine>) return is_in<EventDecl>() ? 1 : action_level();
        if constexpr (std::is_same_v<T, Action>) return action_level();
        if constexpr (std::is_same_v<T, ExpiresLine>) {
          if (is_in<NoticeDecl>()) return 1;
        }
        if constexpr (std::is_same_v<T, Once>) {
          if (notice_above() != nullptr) return last_action_level_ + 1;
        }
        if constexpr (kIsClause<T>) return task_ != nullptr ? task_level_ + 1 : 3;
        return 1;
      },
      body);
}

}  // namespace duban
