#include "cli/coverage_report.h"

#include <algorithm>
#include <boost/json.hpp>
#include <set>

#include "cli/table.h"
#include "cli/timeline.h"

namespace duban::cli {
namespace {

using Kind = CoverageItem::Kind;

constexpr size_t kUnreachedWidth = 90;  // of what was never reached
constexpr size_t kScenariosShown = 3;   // of an article; JSON has all

std::string percent(const CoverageCount& count) {
  if (count.all == 0) return "–";
  // Rounded down: 100 % means everything.
  return fmt::format("{} %", count.reached * 100 / count.all);
}

std::string share(const CoverageCount& count) {
  return count.all == 0 ? "–" : fmt::format("{}/{}", count.reached, count.all);
}

std::vector<std::string> row_of(const std::string& name, const CoverageCount& steps,
                                const CoverageCount& clauses, const CoverageCount& rows,
                                const CoverageCount& conditions, const CoverageCount& all) {
  return {name,       share(steps), share(clauses), share(rows), share(conditions),
          share(all), percent(all)};
}

CoverageCount steps_of(const PolicyCoverage& policy) {
  return policy.count({Kind::step, Kind::otherwise, Kind::opening, Kind::closing, Kind::forbid});
}
CoverageCount clauses_of(const PolicyCoverage& policy) {
  return policy.count({Kind::clause, Kind::finish});
}

std::string summary_table(const Session& session, const Covered& covered) {
  Table table;
  table.names = {"policy", "steps", "clauses", "rows", "conditions", "all", "percent"};
  table.headings =
      session.chinese()
          ? std::vector<std::string>{"办法", "步骤", "子句", "表行", "条件两侧", "合计", "覆盖率"}
          : std::vector<std::string>{"policy",          "steps", "clauses", "rows",
                                     "condition sides", "all",   "covered"};
  CoverageCount steps, clauses, rows, conditions, all;
  const auto add = [&](const std::vector<std::string>& cells) {
    table.rows.emplace_back(cells.begin(), cells.end());
  };
  for (const PolicyCoverage& policy : covered.policies) {
    const CoverageCount of_rows = policy.count({Kind::row});
    const CoverageCount of_conditions = policy.count({Kind::condition});
    add(row_of(policy.names.in(session.chinese()), steps_of(policy), clauses_of(policy), of_rows,
               of_conditions, policy.count()));
    steps.add(steps_of(policy));
    clauses.add(clauses_of(policy));
    rows.add(of_rows);
    conditions.add(of_conditions);
    all.add(policy.count());
  }
  if (covered.policies.size() > 1) {
    add(row_of(session.say("together", "合计"), steps, clauses, rows, conditions, all));
  }
  return to_text(table, TableStyle{session.out.is_terminal(), 0});
}

const char* never(const Session& session, const CoverageItem& item) {
  const bool chinese = session.chinese();
  if (item.kind == Kind::condition) {
    if (!item.yes && !item.no) return chinese ? "从未判断" : "never asked";
    if (!item.yes) return chinese ? "从未成立" : "never held";
    return chinese ? "从未不成立" : "always held";
  }
  switch (item.kind) {
    case Kind::otherwise:
      return chinese ? "“否则”从未发生" : "`otherwise` never happened";
    case Kind::opening:
      return chinese ? "从未启动" : "never opened a case";
    case Kind::closing:
      return chinese ? "从未办结" : "never closed a case";
    case Kind::finish:
      return chinese ? "从未办毕" : "never finished its task";
    case Kind::forbid:
      return chinese ? "从未禁止" : "never stopped anything";
    case Kind::row:
      return chinese ? "从未命中" : "never hit";
    default:
      return chinese ? "从未发生" : "never happened";
  }
}

bool is_reached(const CoverageItem& item) {
  return item.yes && (item.no || item.kind != Kind::condition);
}

std::string unreached(const Session& session, const Covered& covered, const Style& style) {
  std::string out;
  size_t place_width = 0, word_width = 0;
  for (const PolicyCoverage& policy : covered.policies) {
    for (const CoverageItem& item : policy.items) {
      if (is_reached(item)) continue;
      place_width = std::max(place_width, display_width(item.place));
      word_width = std::max(word_width, display_width(never(session, item)));
    }
  }
  const auto padded = [](std::string text, size_t width) {
    const size_t used = display_width(text);
    return text.append(used < width ? width - used : 0, ' ');
  };
  for (const PolicyCoverage& policy : covered.policies) {
    for (const CoverageItem& item : policy.items) {
      if (is_reached(item)) continue;
      out += "  " + padded(item.place, place_width) + "  " +
             style.bad(padded(never(session, item), word_width)) + "  " +
             shorten(printable(item.text), kUnreachedWidth) + "\n";
    }
  }
  if (out.empty()) return out;
  return style.strong(session.say("never reached by a scenario", "没有场景涉及")) + "\n" + out;
}

std::string keeper_name(const Session& session, const Article::Keeper& keeper) {
  static constexpr const char* kEnglish[] = {"rule", "case", "forbid"};
  static constexpr const char* kChinese[] = {"规则", "事项", "禁止"};
  const auto kind = static_cast<size_t>(keeper.kind);
  return std::string(session.chinese() ? kChinese[kind] : kEnglish[kind]) + " " +
         keeper.names.in(session.chinese());
}

std::string articles_text(const Session& session, const Covered& covered, const Style& style) {
  if (covered.articles.empty()) return {};
  std::string out = style.strong(session.say("articles and what shows that they are kept",
                                             "依据的条款及其验证场景")) +
                    "\n";
  for (const Article& article : covered.articles) {
    out += "  " + article.basis + "  " + style.faint(article.place) + "\n";
    if (article.keepers.empty())
      out += "    " + style.bad(session.say("kept by nothing", "没有规则落实")) + "\n";
    for (const Article::Keeper& keeper : article.keepers) {
      out += "    " + keeper_name(session, keeper) + "  " + style.faint(keeper.place) + "\n";
      if (keeper.scenarios.empty())
        out += "      " + style.bad(session.say("shown by no scenario", "没有场景验证")) + "\n";
      for (size_t i = 0; i < keeper.scenarios.size() && i < kScenariosShown; ++i) {
        out += "      " + keeper.scenarios[i].second + "\n";
      }
      if (keeper.scenarios.size() > kScenariosShown) {
        out += "      " +
               session.say("and {} more", "另有 {} 个场景",
                           keeper.scenarios.size() - kScenariosShown) +
               "\n";
      }
    }
  }
  return out;
}

const char* kind_name(Kind kind) {
  static constexpr const char* kNames[] = {"step",   "otherwise", "opening", "closing",  "clause",
                                           "finish", "forbid",    "row",     "condition"};
  return kNames[static_cast<size_t>(kind)];
}

boost::json::object count_json(const CoverageCount& count) {
  return {{"reached", count.reached}, {"all", count.all}};
}

boost::json::object article_json(const Article& article) {
  static constexpr const char* kKinds[] = {"rule", "case", "forbid"};
  boost::json::array keepers;
  for (const Article::Keeper& keeper : article.keepers) {
    boost::json::array scenarios;
    for (const auto& [file, name] : keeper.scenarios) {
      scenarios.push_back({{"file", file}, {"name", name}});
    }
    keepers.push_back({{"kind", kKinds[static_cast<size_t>(keeper.kind)]},
                       {"name", keeper.names.name},
                       {"alias", keeper.names.alias},
                       {"place", keeper.place},
                       {"scenarios", std::move(scenarios)}});
  }
  return {{"basis", article.basis}, {"place", article.place}, {"kept_by", std::move(keepers)}};
}

}  // namespace

void Covered::add(const Unit& unit, const Coverage& coverage) {
  for (PolicyCoverage& policy : coverage.policies()) {
    policy.path = unit.show(policy.path);
    for (CoverageItem& item : policy.items) item.place = unit.show(item.place);
    // A vocabulary that both languages use is one: what either reached is reached.
    const auto same =
        std::find_if(policies.begin(), policies.end(),
                     [&](const PolicyCoverage& other) { return other.path == policy.path; });
    if (same == policies.end()) {
      policies.push_back(std::move(policy));
      continue;
    }
    for (size_t i = 0; i < same->items.size() && i < policy.items.size(); ++i) {
      same->items[i].yes = same->items[i].yes || policy.items[i].yes;
      same->items[i].no = same->items[i].no || policy.items[i].no;
    }
  }
  for (Article article : coverage.articles()) {
    article.place = unit.show(article.place);
    for (Article::Keeper& keeper : article.keepers) {
      keeper.place = unit.show(keeper.place);
      for (auto& [file, name] : keeper.scenarios) file = unit.show(file);
    }
    articles.push_back(std::move(article));
  }
}

std::string to_text(const Session& session, const Covered& covered, const Style& style) {
  std::string out = summary_table(session, covered);
  for (const std::string& part :
       {unreached(session, covered, style), articles_text(session, covered, style)}) {
    if (!part.empty()) out += "\n" + part;
  }
  return out;
}

boost::json::object to_json(const Covered& covered) {
  boost::json::array policies, articles;
  for (const PolicyCoverage& policy : covered.policies) {
    boost::json::array items;
    for (const CoverageItem& item : policy.items) {
      boost::json::object object{
          {"kind", kind_name(item.kind)}, {"place", item.place}, {"text", item.text}};
      if (item.kind == Kind::condition) {
        object["held"] = item.yes;
        object["failed"] = item.no;
      } else {
        object["reached"] = item.yes;
      }
      items.emplace_back(std::move(object));
    }
    policies.push_back({{"file", policy.path},
                        {"policy", policy.names.name},
                        {"alias", policy.names.alias},
                        {"steps", count_json(steps_of(policy))},
                        {"clauses", count_json(clauses_of(policy))},
                        {"rows", count_json(policy.count({Kind::row}))},
                        {"condition_sides", count_json(policy.count({Kind::condition}))},
                        {"all", count_json(policy.count())},
                        {"items", std::move(items)}});
  }
  for (const Article& article : covered.articles) articles.emplace_back(article_json(article));
  return {{"policies", std::move(policies)}, {"articles", std::move(articles)}};
}

}  // namespace duban::cli
