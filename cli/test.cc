#include <algorithm>
#include <boost/json.hpp>
#include <cctype>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <set>

#include "cli/boundary_report.h"
#include "cli/coverage_report.h"
#include "cli/junit.h"
#include "cli/load.h"
#include "cli/mutation_report.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "cli/scenario_report.h"
#include "engine/coverage.h"

namespace duban::cli {
namespace {

using Clock = std::chrono::steady_clock;

struct TestOptions {
  std::vector<std::string> paths;
  std::string filter;
  std::string junit;
  bool coverage = false;
  std::string coverage_json;
  bool suggest = false;
  bool mutate = false;
  size_t mutate_max = MutationOptions{}.most;

  bool observes() const { return coverage || !coverage_json.empty() || suggest || mutate; }
};

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// The unit's files that no unit before it has run: files outside `en/` and `zh/` are in both.
std::vector<std::string> not_yet_run(const Unit& unit, std::set<std::string>& seen) {
  std::vector<std::string> out;
  for (const std::string& path : unit.given) {
    if (seen.insert(unit.show(path)).second) out.push_back(path);
  }
  return out;
}

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

ReportStyle report_style(const Session& session) {
  ReportStyle style;
  const char* no_color = std::getenv("NO_COLOR");
  const bool wanted = no_color == nullptr || *no_color == '\0';
  style.colours = Style(session.out.is_terminal() && wanted);
  if (session.out.is_terminal()) style.width = terminal_width(stdout);
  return style;
}

// Runs the scenarios of files and keeps what was seen.
class Run {
 public:
  Run(Session& session, const TestOptions& options)
      : session_(session), options_(options), style_(report_style(session)) {}

  void unit(const Unit& unit, const std::vector<std::string>& paths);
  Status finish();

  const std::vector<Tested>& results() const { return results_; }
  size_t skipped() const { return skipped_; }

 private:
  bool chosen(const std::string& name) const {
    return options_.filter.empty() || lower(name).find(lower(options_.filter)) != std::string::npos;
  }
  TestedFile file(const Unit& unit, const std::string& path);
  void tell(std::vector<Tested> more);
  Status write(const std::string& path, const std::string& text) const;

  Session& session_;
  const TestOptions& options_;
  const ReportStyle style_;
  const Clock::time_point start_ = Clock::now();
  std::vector<Tested> results_;
  Covered covered_;
  Bounded bounded_;
  Mutated mutated_;
  size_t skipped_ = 0;  // by the filter
};

void Run::unit(const Unit& unit, const std::vector<std::string>& paths) {
  std::vector<TestedFile> tested;
  Coverage coverage;
  for (const std::string& path : paths) {
    tested.push_back(file(unit, path));
    coverage.add(tested.back());
  }
  if (options_.observes()) covered_.add(unit, coverage);
  if (options_.coverage || options_.suggest) {
    bounded_.add(unit, find_boundaries(tested, unit.given, {.suggestions = options_.suggest}));
  }
  if (!options_.mutate) return;
  MutationOptions mutation;
  mutation.most = options_.mutate_max;
  Progress progress(session_);
  mutation.progress = [&](size_t done, size_t all) {
    progress.show(static_cast<double>(done) / static_cast<double>(all), done);
    return true;
  };
  const MutationResult result = mutate(tested, unit.given, mutation);
  progress.clear();
  mutated_.add(unit, result);
}

TestedFile Run::file(const Unit& unit, const std::string& path) {
  TestedFile tested{prepare_scenarios(unit.input, path), {}};
  std::vector<Tested> more;
  if (tested.file.compilation.plan == nullptr) {
    more.push_back({tested.file.broken(), 0});
  }
  for (const syntax::ScenarioDecl* scenario : tested.file.scenarios()) {
    if (!chosen(scenario->name.text)) {
      ++skipped_;
      continue;
    }
    const auto start = Clock::now();
    ScenarioRun run{scenario, false, Observations(*tested.file.compilation.plan)};
    ScenarioResult result = run_scenario(tested.file, *scenario, {.observed = &run.observed});
    run.passed = result.passed;
    more.push_back({std::move(result), seconds_since(start)});
    if (options_.observes()) tested.runs.push_back(std::move(run));
  }
  for (Tested& each : more) show_places(unit, each.result);
  tell(std::move(more));
  return tested;
}

void Run::tell(std::vector<Tested> more) {
  if (session_.format != Format::json) {
    session_.out.write(to_text(session_, more, style_));
    session_.out.flush();
  }
  for (Tested& each : more) results_.push_back(std::move(each));
}

Status Run::write(const std::string& path, const std::string& text) const {
  std::ofstream out(path, std::ios::binary);
  out << text;
  out.close();
  if (out) return {};
  return Error{session_.say("cannot write the file", "无法写入文件"), path, {}};
}

Status Run::finish() {
  if (session_.format == Format::json) {
    boost::json::object out;
    out["scenarios"] = results_.size();
    out["failed"] = failures_in(results_);
    out["seconds"] = seconds_since(start_);
    out["results"] = to_json(session_, results_);
    if (options_.coverage) out["coverage"] = to_json(covered_);
    if (options_.suggest) out["boundaries"] = to_json(bounded_);
    if (options_.mutate) out["mutation"] = to_json(mutated_);
    session_.out.write(boost::json::serialize(out) + "\n");
  } else {
    session_.out.write(session_.say("{} ({:.1f} s)\n", "{}（{:.1f} 秒）\n",
                                    summary(session_, results_), seconds_since(start_)));
    if (options_.coverage) session_.out.write("\n" + to_text(session_, covered_, style_.colours));
    if (options_.suggest) {
      session_.out.write("\n" + to_text(session_, bounded_, style_.colours));
    } else if (options_.coverage) {
      session_.out.write(
          "\n" + summary(session_, bounded_) +
          session_.say("; `--suggest` shows the rest", "；其余请用 `--suggest` 查看") + "\n");
    }
    if (options_.mutate) session_.out.write("\n" + to_text(session_, mutated_, style_.colours));
  }
  if (!options_.junit.empty()) {
    if (Status status = write(options_.junit, to_junit(session_, results_)); !status) return status;
  }
  if (!options_.coverage_json.empty()) {
    const std::string text = boost::json::serialize(to_json(covered_)) + "\n";
    if (Status status = write(options_.coverage_json, text); !status) return status;
  }
  return {};
}

Exit test(Session& session, const TestOptions& options) {
  Result<std::vector<Unit>> units = load(session, options.paths);
  if (!units) return session.fail(units.error());
  Run run(session, options);
  std::set<std::string> seen;
  for (const Unit& unit : *units) {
    run.unit(unit, not_yet_run(unit, seen));
  }
  if (run.results().empty() && run.skipped() > 0) {
    return session.misused(
        session.say("no scenario has `{}` in its name", "没有场景名称包含“{}”", options.filter));
  }
  if (const Status status = run.finish(); !status) return session.fail(status.error());
  return failures_in(run.results()) > 0 ? Exit::findings : Exit::ok;
}

}  // namespace

void add_test(CLI::App& app, Session& session) {
  auto options = std::make_shared<TestOptions>();
  CLI::App* command =
      add_command(app, session, "test", "Run the scenarios of the rules.", "运行规则中的场景。");
  add_texts(*command, "PATH", "PATH", options->paths,
            session.say("a .rules file or a directory (default: here)",
                        ".rules 文件或目录（默认为当前目录）"));
  add_text(*command, "--filter", "TEXT", options->filter,
           session.say("only scenarios with this in their name", "只运行名称含此文字的场景"));
  add_text(*command, "--junit", "FILE", options->junit,
           session.say("also write the results as JUnit XML", "另以 JUnit XML 写出结果"));
  add_switch(*command, "--coverage", options->coverage,
             session.say("show what no scenario reaches, and what keeps which article",
                         "列出没有场景涉及之处，以及各条款由何落实"));
  add_text(*command, "--coverage-json", "FILE", options->coverage_json,
           session.say("write the coverage as JSON", "以 JSON 写出覆盖情况"));
  add_switch(*command, "--suggest", options->suggest,
             session.say("show which thresholds and deadlines no scenario pins down, with values "
                         "to try and scenarios to add",
                         "列出没有场景验证的界限与期限，并给出可试的取值和可加入的场景"));
  add_switch(*command, "--mutate", options->mutate,
             session.say("change the policies, one word at a time, and show which changes no "
                         "scenario notices",
                         "逐处变更办法，列出没有场景察觉的变更"));
  command
      ->add_option("--mutate-max", options->mutate_max,
                   session.say("try at most so many changes (default 2000)",
                               "至多试这么多处变更（默认 2000）"))
      ->type_name("N")
      ->check(whole_number(session, 1));
  add_format(*command, session);
  add_examples(*command, session,
               {{"test rules/", "all scenarios below a directory", "运行一个目录下的全部场景"},
                {"test rules/collection.rules", "those of one policy", "只运行一个办法的场景"},
                {"test --coverage rules/", "what they do not reach", "查看场景未涉及之处"},
                {"test --junit report.xml rules/", "for a build", "供流水线使用"}});
  command->callback([&session, options] {
    if (options->paths.empty()) options->paths = {"."};
    session.action = [&session, options] { return test(session, *options); };
  });
}

}  // namespace duban::cli
