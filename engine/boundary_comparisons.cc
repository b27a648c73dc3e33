// Comparisons with a threshold: which of the values below, at and above it scenarios met, and a
// scenario for those that are missing.
#include <algorithm>
#include <cstdlib>
#include <set>

#include "engine/boundary_search.h"
#include "engine/edit_text.h"
#include "engine/eval.h"
#include "engine/format.h"
#include "engine/mutants.h"
#include "engine/plan_walk.h"

namespace duban::boundaries {
namespace {

using Point = Boundary::Point;
using Where = Boundary::Point::Where;

// One comparison as it is read from its changing side: `value op threshold`.
struct Compared {
  std::vector<Index> nodes;  // of one text
  bool upper = false;        // of `between`: its upper bound
  bool swapped = false;      // the threshold stands on the left
  Op op = Op::less;
  Type type;
  Index value = kNone, threshold = kNone;
  Span span;
  std::string text;
  int64_t unit = 1;  // the smallest step of its values, in ticks
};

// Countable values in ticks that have the smallest step of their kind.
std::optional<int64_t> ticks(const Value& value) {
  if (const Decimal* number = value.get_if<Decimal>()) return number->micro();
  if (const Date* date = value.get_if<Date>()) return date->days;
  if (const Instant* at = value.get_if<Instant>()) return at->ms;
  if (const TimeOfDay* time = value.get_if<TimeOfDay>()) return time->ms;
  if (const Duration* duration = value.get_if<Duration>()) return duration->amount;
  return std::nullopt;
}

Value moved(const Value& value, int64_t by) {
  if (const Decimal* number = value.get_if<Decimal>())
    return Decimal::from_micro(number->micro() + by);
  if (const Date* date = value.get_if<Date>()) return add_days(*date, by);
  if (const Instant* at = value.get_if<Instant>()) return Instant{at->ms + by};
  if (const TimeOfDay* time = value.get_if<TimeOfDay>())
    return TimeOfDay{static_cast<int32_t>(time->ms + by)};
  Duration duration = value.as<Duration>();
  duration.amount += by;
  return duration;
}

bool is_countable(TypeKind kind) {
  return kind == TypeKind::number || kind == TypeKind::money || kind == TypeKind::date ||
         kind == TypeKind::datetime || kind == TypeKind::time || kind == TypeKind::duration;
}

bool is_fixed(const Plan& plan, Index root) {
  bool fixed = true;
  each_node(plan, root, [&](Index node) {
    const Op op = plan.nodes[node].op;
    const bool sums = op >= Op::add && op <= Op::divide;
    fixed = fixed && (op == Op::constant || op == Op::negate || sums);
  });
  return fixed;
}

class Comparisons {
 public:
  Comparisons(const Scope& scope, Found& found) : scope_(scope), found_(found) {}

  void run() {
    std::set<Index> nodes;
    std::set<Index> cells;
    each_root(scope_.plan(), [&](Index root, Part part) {
      if (part == Part::text || part == Part::key) return;
      each_node(scope_.plan(), root, [&](Index node) {
        nodes.insert(node);
        if (part == Part::cell) cells.insert(node);
      });
    });
    std::map<std::tuple<uint16_t, uint32_t, uint32_t, bool>, Compared> all;
    for (const Index node : nodes) add(node, cells.contains(node), all);
    for (auto& [where, compared] : all) {
      compared.unit = unit_of(compared);
      judge(compared);
    }
  }

 private:
  const Plan& plan() const { return scope_.plan(); }

  void add(Index index, bool cell,
           std::map<std::tuple<uint16_t, uint32_t, uint32_t, bool>, Compared>& all) const {
    const Node& node = plan().nodes[index];
    const bool compares = node.op >= Op::equal && node.op <= Op::greater_equal;
    if (!scope_.looks_at(node.span) || (!compares && node.op != Op::between)) return;
    const auto add_side = [&](Index value, Index threshold, Op op, bool upper) {
      const Type& type = plan().nodes[value].type;
      if (!is_countable(type.kind) || type.set) return;
      Compared& out = all[{node.span.file, node.span.begin, node.span.end, upper}];
      out.nodes.push_back(index);
      out.upper = upper;
      out.swapped = is_fixed(plan(), value) && !is_fixed(plan(), threshold);
      out.op = out.swapped ? mirrored(op) : op;
      out.value = out.swapped ? threshold : value;
      out.threshold = out.swapped ? value : threshold;
      out.type = type;
      out.span = node.span;
      out.text = text_of(plan(), cell && compares ? cell_test(plan(), node.span) : node.span);
    };
    if (compares) return add_side(node.a, node.b, node.op, false);
    const Index value = plan().arguments[node.first];
    add_side(value, plan().arguments[node.first + 1], Op::greater_equal, false);
    add_side(value, plan().arguments[node.first + 2], Op::less_equal, true);
  }

  int64_t unit_of(const Compared& compared) const {
    switch (compared.type.kind) {
      case TypeKind::date:
        return 1;
      case TypeKind::datetime:
        return 1000;
      case TypeKind::time:
        return kMsPerMinute;
      case TypeKind::duration:
        return 1;
      default:
        break;
    }
    if (plan().nodes[compared.threshold].op == Op::constant) {
      return threshold_unit(plan(), compared.threshold, scope_.seen).micro();
    }
    const int64_t coarse =
        compared.type.kind == TypeKind::money ? Decimal::kOne / 100 : Decimal::kOne;
    return finest_compared(plan(), compared.threshold, Decimal::from_micro(coarse), scope_.seen)
        .micro();
  }

  // By how much the value is away from the threshold, in one run.
  std::set<int64_t> distances(const Compared& compared, const Observations& seen) const {
    std::set<int64_t> out;
    for (const Index node : compared.nodes) {
      const auto sides = seen.comparisons.find({node, compared.upper});
      if (sides == seen.comparisons.end()) continue;
      for (const auto& [left, right] : sides->second) {
        const auto a = ticks(compared.swapped ? right : left);
        const auto b = ticks(compared.swapped ? left : right);
        if (a && b) out.insert(*a - *b);
      }
    }
    return out;
  }

  void judge(const Compared& compared) {
    Boundary& boundary =
        scope_.at(found_, compared.span, Boundary::Kind::comparison, compared.upper, compared.text);
    if (boundary.points.empty()) boundary.points = points_of(compared);
    const std::set<int64_t> met = distances(compared, scope_.seen);
    boundary.reached = boundary.reached || !met.empty();
    for (Point& point : boundary.points) {
      const int64_t wanted = (static_cast<int64_t>(point.where) - 1) * compared.unit;
      point.exercised = point.exercised || met.contains(wanted);
    }
    if (compared.op == Op::equal || compared.op == Op::not_equal) choose_side(boundary);
    if (!scope_.suggestions || !boundary.suggestions.empty() || boundary.pinned()) return;
    for (const Point& point : boundary.points) {
      if (point.needed && !point.exercised) suggest(compared, point.where, boundary);
    }
  }

  // Where it turns from no to yes: the threshold itself and one neighbour.
  std::vector<Point> points_of(const Compared& compared) const {
    const bool turns_below = compared.op == Op::greater_equal || compared.op == Op::less;
    const bool equality = compared.op == Op::equal || compared.op == Op::not_equal;
    std::vector<Point> out;
    for (const Where where : {Where::below, Where::at, Where::above}) {
      Point point;
      point.where = where;
      point.needed = where == Where::at || (!equality && turns_below == (where == Where::below));
      if (is_fixed(plan(), compared.threshold)) {
        Context c;
        c.plan = &plan();
        const Value threshold = evaluate(c, compared.threshold);
        if (ticks(threshold)) {
          const Value value = moved(threshold, (static_cast<int64_t>(where) - 1) * compared.unit);
          point.english = format(plan(), compared.type, value, false);
          point.chinese = format(plan(), compared.type, value, true);
        }
      }
      out.push_back(std::move(point));
    }
    return out;
  }

  // Any neighbour will do.
  static void choose_side(Boundary& boundary) {
    Point& below = boundary.points.front();
    Point& above = boundary.points.back();
    below.needed = !above.exercised;
    above.needed = false;
  }

  // ---- a scenario

  void suggest(const Compared& compared, Where where, Boundary& boundary) {
    for (const ScenarioRun& run : scope_.tested.runs) {
      if (!run.passed || distances(compared, run.observed).empty()) continue;
      if (auto draft = search(compared, where, run)) {
        boundary.suggestions.push_back({scope_.tested.file.path, draft->text()});
        return;
      }
    }
  }

  // The other side of where the comparison turns.
  static Where partner_of(const Compared& compared, Where where) {
    if (where != Where::at) return Where::at;
    const bool turns_above = compared.op == Op::greater || compared.op == Op::less_equal;
    return turns_above ? Where::above : Where::below;
  }

  static const char* where_text(Where where, bool chinese) {
    switch (where) {
      case Where::below:
        return chinese ? "：略低于界限" : ", just below";
      case Where::at:
        return chinese ? "：恰在界限" : ", exactly";
      case Where::above:
        return chinese ? "：略高于界限" : ", just above";
    }
    return "";
  }

  struct Candidate {
    Draft here, there;
  };

  // Changes one literal of the facts so that the value comes to stand where it is wanted.
  std::optional<Draft> search(const Compared& compared, Where where, const ScenarioRun& run) {
    const ScenarioFile& file = scope_.tested.file;
    const Where partner = partner_of(compared, where);
    const auto offset = [&](Where w) { return (static_cast<int64_t>(w) - 1) * compared.unit; };
    const std::vector<DraftFact> facts = facts_of(file, *run.scenario);
    const bool chinese = is_chinese(file, *run.scenario);
    std::vector<int64_t> from;
    for (const int64_t distance : distances(compared, run.observed)) from.push_back(distance);
    std::sort(from.begin(), from.end(),
              [](int64_t a, int64_t b) { return std::abs(a) < std::abs(b); });
    if (from.size() > kMostDistances) from.resize(kMostDistances);

    std::vector<Candidate> candidates;
    for (const int64_t distance : from) {
      for (const int sign : {1, -1}) {
        for (size_t f = 0; f < facts.size(); ++f) {
          for (const DraftFact::Literal& literal : facts[f].literals) {
            const auto here =
                changed(compared, facts, f, literal, sign * (offset(where) - distance));
            const auto there =
                changed(compared, facts, f, literal, sign * (offset(partner) - distance));
            if (!here || !there || candidates.size() >= kMostCandidates) continue;
            const std::string name = compared.text + where_text(where, chinese);
            candidates.push_back({{name, chinese, *here}, {name + " ·", chinese, *there}});
          }
        }
      }
    }
    if (candidates.empty()) return std::nullopt;
    return first_telling(compared, candidates, offset(where), offset(partner),
                         end_of_scenario(file, *run.scenario));
  }

  std::optional<Draft> first_telling(const Compared& compared,
                                     const std::vector<Candidate>& candidates, int64_t here,
                                     int64_t there, Instant until) {
    const ScenarioFile& file = scope_.tested.file;
    std::vector<Draft> drafts;
    for (const Candidate& candidate : candidates) {
      drafts.push_back(candidate.here);
      drafts.push_back(candidate.there);
    }
    const DraftFile compiled(file, drafts);
    if (compiled.size() < drafts.size() || compiled.plan().nodes.size() != plan().nodes.size()) {
      return std::nullopt;
    }
    const auto stands = [&](const DraftOutcome& outcome, int64_t distance) {
      return outcome.passed && distances(compared, outcome.observed).contains(distance);
    };
    for (size_t i = 0; i < candidates.size(); ++i) {
      const DraftOutcome a = compiled.run(2 * i, until);
      if (!stands(a, here)) continue;
      const DraftOutcome b = compiled.run(2 * i + 1, until);
      if (!stands(b, there)) continue;
      const auto lines = telling_lines(compiled.plan(), a, b, candidates[i].here.chinese, false);
      if (lines.empty()) continue;
      if (auto draft = telling_draft(file, candidates[i].here, candidates[i].there, lines))
        return draft;
    }
    return std::nullopt;
  }

  // The facts with one literal moved by so many ticks of the comparison; nothing where the literal
  // is of another kind.
  static std::optional<std::vector<std::string>> changed(const Compared& compared,
                                                         const std::vector<DraftFact>& facts,
                                                         size_t fact,
                                                         const DraftFact::Literal& literal,
                                                         int64_t by) {
    const auto text = changed_literal(compared, facts[fact], literal, by);
    if (!text) return std::nullopt;
    std::vector<std::string> out = texts_of(facts);
    out[fact].replace(literal.begin, literal.end - literal.begin, *text);
    return out;
  }

  static std::optional<std::string> changed_literal(const Compared& compared, const DraftFact& fact,
                                                    const DraftFact::Literal& literal, int64_t by) {
    const TypeKind kind = compared.type.kind;
    const bool amount = kind == TypeKind::number || kind == TypeKind::money;
    const std::string text = fact.text.substr(literal.begin, literal.end - literal.begin);
    if (const Decimal* number = literal.value.get_if<Decimal>()) {
      if (!amount) return std::nullopt;
      return with_number(text, *number, Decimal::from_micro(number->micro() + by));
    }
    // A number that counts days moves with the dates it counts between.
    int64_t days = by;
    if (kind == TypeKind::datetime || kind == TypeKind::time) {
      if (by % kMsPerDay != 0 && literal.value.get_if<Date>() != nullptr) return std::nullopt;
      days = by / kMsPerDay;
    } else if (kind == TypeKind::number) {
      if (by % Decimal::kOne != 0) return std::nullopt;
      days = by / Decimal::kOne;
    } else if (kind != TypeKind::date) {
      return std::nullopt;
    }
    if (std::abs(days) > 40'000) return std::nullopt;
    if (const Date* date = literal.value.get_if<Date>()) return to_string(add_days(*date, days));
    const int64_t ms = kind == TypeKind::datetime || kind == TypeKind::time ? by : days * kMsPerDay;
    return Zone().to_string(Instant{literal.value.as<Instant>().ms + ms});
  }

  static constexpr size_t kMostDistances = 3;
  static constexpr size_t kMostCandidates = 60;

  const Scope& scope_;
  Found& found_;
};

}  // namespace

void find_comparisons(const Scope& scope, Found& found) { Comparisons(scope, found).run(); }

}  // namespace duban::boundaries
