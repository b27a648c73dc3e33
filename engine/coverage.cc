#include "engine/coverage.h"

#include <algorithm>
#include <set>

#include "engine/describe.h"
#include "engine/plan_walk.h"
#include "engine/resolve.h"

namespace duban {
namespace {

using Kind = CoverageItem::Kind;

bool joins(Op op) { return op == Op::logical_and || op == Op::logical_or; }

// Whether an expression decides, rather than just being a yes/no that is passed on.
bool decides(const Node& node) {
  switch (node.op) {
    case Op::logical_not:
    case Op::logical_and:
    case Op::logical_or:
    case Op::equal:
    case Op::not_equal:
    case Op::less:
    case Op::less_equal:
    case Op::greater:
    case Op::greater_equal:
    case Op::between:
    case Op::in_list:
    case Op::is_known:
    case Op::is_unknown:
    case Op::is_empty:
    case Op::is_not_empty:
    case Op::contains:
      return true;
    default:
      return false;
  }
}

// What `and` and `or` join, down to what they do not.
void add_operands(const Plan& plan, Index index, std::set<Index>& out) {
  std::vector<Index> open{index};
  while (!open.empty()) {
    const Index at = open.back();
    open.pop_back();
    const Node& node = plan.nodes[at];
    if (joins(node.op)) {
      open.push_back(node.a);
      open.push_back(node.b);
    } else if (node.op == Op::logical_not && joins(plan.nodes[node.a].op)) {
      open.push_back(node.a);
    } else if (node.op != Op::constant) {
      out.insert(at);
    }
  }
}

bool is_in(Span inner, Span outer) {
  return inner.file == outer.file && outer.begin <= inner.begin && inner.begin < outer.end;
}

}  // namespace

std::vector<Index> conditions_of(const Plan& plan) {
  std::set<Index> out;
  each_root(plan, [&](Index root, Part part) {
    if (part == Part::cell) return;
    if (part == Part::condition && plan.nodes[root].op != Op::constant) {
      out.insert(root);
      add_operands(plan, root, out);
    }
    // A yes/no that is kept, raised or written is decided where it stands.
    if (part == Part::value && decides(plan.nodes[root])) {
      out.insert(root);
      add_operands(plan, root, out);
    }
  });
  return {out.begin(), out.end()};
}

// ---------------------------------------------------------------- counts

CoverageCount PolicyCoverage::count(std::initializer_list<Kind> kinds) const {
  CoverageCount out;
  for (const CoverageItem& item : items) {
    if (std::find(kinds.begin(), kinds.end(), item.kind) == kinds.end()) continue;
    const bool two = item.kind == Kind::condition;
    out.all += two ? 2 : 1;
    out.reached += size_t{item.yes} + size_t{two && item.no};
  }
  return out;
}

CoverageCount PolicyCoverage::count() const {
  return count({Kind::step, Kind::otherwise, Kind::opening, Kind::closing, Kind::clause,
                Kind::finish, Kind::forbid, Kind::row, Kind::condition});
}

// ---------------------------------------------------------------- collecting

void Coverage::put(const Plan& plan, Span span, Kind kind, bool yes, bool no, Index policy) {
  if (span.end <= span.begin || span.file >= plan.sources.size()) return;
  const std::string& path = plan.sources[span.file].path();
  FileItems& file =
      files_[policy == kNone ? path : plan.sources[plan.policies[policy].file].path()];
  CoverageItem& item = file.items[{path, span.begin, span.end, kind}];
  item.kind = kind;
  item.place = place_of(plan, span);
  if (item.text.empty()) item.text = text_of(plan, span);
  item.yes = item.yes || yes;
  item.no = item.no || no;
}

void Coverage::add_steps(const Observations& seen) {
  const Plan& plan = *seen.plan;
  for (size_t i = 0; i < plan.steps.size(); ++i) {
    const Step& step = plan.steps[i];
    put(plan, step.span, Kind::step, seen.steps[i].held);
    if (step.otherwise.empty()) continue;
    put(plan, plan.actions[step.otherwise.front()].span, Kind::otherwise, seen.steps[i].otherwise);
  }
  for (size_t i = 0; i < plan.cases.size(); ++i) {
    for (size_t j = 0; j < plan.cases[i].openings.size(); ++j) {
      put(plan, plan.cases[i].openings[j].span, Kind::opening, seen.openings[i][j]);
    }
    for (size_t j = 0; j < plan.cases[i].closings.size(); ++j) {
      put(plan, plan.cases[i].closings[j].span, Kind::closing, seen.closings[i][j]);
    }
  }
  for (size_t i = 0; i < plan.tasks.size(); ++i) {
    for (size_t j = 0; j < plan.tasks[i].clauses.size(); ++j) {
      put(plan, plan.tasks[i].clauses[j].span, Kind::clause, seen.clauses[i][j]);
    }
    for (size_t j = 0; j < plan.tasks[i].done_on.size(); ++j) {
      put(plan, plan.tasks[i].done_on[j].span, Kind::finish, seen.done_on[i][j]);
    }
  }
  for (size_t i = 0; i < plan.forbids.size(); ++i) {
    put(plan, plan.forbids[i].span, Kind::forbid, seen.forbids[i]);
  }
  for (size_t i = 0; i < plan.tables.size(); ++i) {
    for (size_t j = 0; j < plan.tables[i].rows.size(); ++j) {
      put(plan, plan.tables[i].rows[j].span, Kind::row, seen.rows[i][j], false,
          plan.tables[i].policy);
    }
  }
}

void Coverage::add_conditions(const Observations& seen) {
  for (const Index node : conditions_of(*seen.plan)) {
    put(*seen.plan, seen.plan->nodes[node].span, Kind::condition, seen.nodes[node].yes,
        seen.nodes[node].no);
  }
}

void Coverage::add(const TestedFile& tested) {
  const Plan* plan = tested.file.compilation.plan.get();
  if (plan == nullptr) return;
  Observations all(*plan);
  for (const ScenarioRun& run : tested.runs) all.merge(run.observed);
  add_steps(all);
  add_conditions(all);
  for (const PolicyInfo& policy : plan->policies) {
    const auto file = files_.find(plan->sources[policy.file].path());
    if (file != files_.end()) file->second.names = policy.names;
  }
  for (auto& [path, file] : files_) {
    if (file.names.name.empty()) file.names = plan->vocabulary;
  }
  add_articles(tested);
}

std::vector<PolicyCoverage> Coverage::policies() const {
  std::vector<PolicyCoverage> out;
  for (const auto& [path, file] : files_) {
    PolicyCoverage policy;
    policy.path = path;
    policy.names = file.names;
    for (const auto& [key, item] : file.items) policy.items.push_back(item);
    out.push_back(std::move(policy));
  }
  return out;
}

// ---------------------------------------------------------------- articles

namespace {

// The articles of a file, each with its keepers. What says no basis of its own keeps the policy's.
class Articles {
 public:
  explicit Articles(const TestedFile& tested)
      : tested_(tested), plan_(*tested.file.compilation.plan) {}

  std::vector<Article> of(const syntax::File& file) {
    if (!file.basis.text.empty()) find(file.basis);
    const auto article = [&](const syntax::Text& own) -> Article* {
      if (!own.text.empty()) return &find(own);
      return file.basis.text.empty() ? nullptr : &find(file.basis);
    };
    for (const syntax::RuleDecl& rule : file.rules) {
      if (Article* of_rule = article(rule.basis)) add_rule(*of_rule, rule);
    }
    for (const syntax::CaseDecl& each : file.cases) {
      if (Article* of_case = article(each.basis)) add_case(*of_case, each);
    }
    for (const syntax::ForbidDecl& forbid : file.forbids) {
      if (Article* of_forbid = article(forbid.basis)) add_forbid(*of_forbid, forbid);
    }
    return std::move(articles_);
  }

 private:
  Article& find(const syntax::Text& basis) {
    const auto same = std::find_if(articles_.begin(), articles_.end(),
                                   [&](const Article& each) { return each.basis == basis.text; });
    if (same != articles_.end()) return *same;
    articles_.push_back({basis.text, place_of(plan_, basis.span), {}});
    return articles_.back();
  }

  template <typename Reached>
  void add(Article& article, Article::Keeper::Kind kind, Names names, Span span,
           const Reached& reached) {
    Article::Keeper keeper{kind, std::move(names), place_of(plan_, span), {}};
    for (const ScenarioRun& run : tested_.runs) {
      if (reached(run.observed))
        keeper.scenarios.emplace_back(tested_.file.path, run.scenario->name.text);
    }
    article.keepers.push_back(std::move(keeper));
  }

  void add_rule(Article& article, const syntax::RuleDecl& rule) {
    add(article, Article::Keeper::Kind::rule, compiler::names_of(rule.name), rule.span,
        [&](const Observations& seen) {
          for (size_t i = 0; i < plan_.steps.size(); ++i) {
            if (!seen.steps[i].held && !seen.steps[i].otherwise) continue;
            for (const syntax::Trigger& trigger : rule.triggers) {
              if (is_in(plan_.steps[i].span, trigger.span)) return true;
            }
          }
          return false;
        });
  }

  void add_case(Article& article, const syntax::CaseDecl& decl) {
    add(article, Article::Keeper::Kind::of_case, compiler::names_of(decl.name), decl.span,
        [&](const Observations& seen) {
          for (size_t i = 0; i < plan_.cases.size(); ++i) {
            if (!is_in(plan_.cases[i].span, decl.span)) continue;
            const auto& openings = seen.openings[i];
            if (std::find(openings.begin(), openings.end(), true) != openings.end()) return true;
          }
          return false;
        });
  }

  void add_forbid(Article& article, const syntax::ForbidDecl& decl) {
    Names names{decl.target.text, ""};
    std::optional<size_t> index;
    for (size_t i = 0; i < plan_.forbids.size(); ++i) {
      const Forbid& forbid = plan_.forbids[i];
      if (!is_in(forbid.span, decl.span)) continue;
      index = i;
      names = forbid.notice != kNone ? plan_.notices[forbid.notice].names
                                     : plan_.layout.events[forbid.event].names;
    }
    add(article, Article::Keeper::Kind::forbid, names, decl.span,
        [&](const Observations& seen) { return index && seen.forbids[*index]; });
  }

  const TestedFile& tested_;
  const Plan& plan_;
  std::vector<Article> articles_;
};

}  // namespace

void Coverage::add_articles(const TestedFile& tested) {
  const Compilation& compilation = tested.file.compilation;
  for (const syntax::File& file : compilation.files) {
    if (compilation.sources[file.index].path() != tested.file.path) continue;
    for (Article& article : Articles(tested).of(file)) articles_.push_back(std::move(article));
  }
}

}  // namespace duban
