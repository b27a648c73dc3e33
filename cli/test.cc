#include <algorithm>
#include <boost/json.hpp>
#include <chrono>
#include <memory>
#include <set>

#include "cli/load.h"
#include "cli/options.h"
#include "cli/report.h"

namespace duban::cli {
namespace {

// The unit's files that no unit before it has run: files outside `en/` and `zh/` are in both.
std::vector<std::string> not_yet_run(const Unit& unit, std::set<std::string>& seen) {
  std::vector<std::string> out;
  for (const std::string& path : unit.given) {
    if (seen.insert(unit.show(path)).second) out.push_back(path);
  }
  return out;
}

Exit test(Session& session, const std::vector<std::string>& paths) {
  const auto start = std::chrono::steady_clock::now();
  Result<std::vector<Unit>> units = load(session, paths);
  if (!units) return session.fail(units.error());
  std::vector<ScenarioResult> results;
  std::set<std::string> seen;
  for (const Unit& unit : *units) {
    for (const std::string& path : not_yet_run(unit, seen)) {
      const std::vector<ScenarioResult> more = run_all_scenarios(unit, {path});
      if (session.format != Format::json) {
        session.out.write(to_text(session, more, false));
        session.out.flush();
      }
      results.insert(results.end(), more.begin(), more.end());
    }
  }
  const size_t failed = failures_in(results);
  if (session.format == Format::json) {
    boost::json::object out;
    out["scenarios"] = results.size();
    out["failed"] = failed;
    out["results"] = to_json(session, results);
    session.out.write(boost::json::serialize(out) + "\n");
  } else {
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    session.out.write(session.say("{} ({:.1f} s)\n", "{}（{:.1f} 秒）\n", summary(session, results),
                                  took.count()));
  }
  return failed > 0 ? Exit::findings : Exit::ok;
}

}  // namespace

void add_test(CLI::App& app, Session& session) {
  auto paths = std::make_shared<std::vector<std::string>>();
  CLI::App* command =
      add_command(app, session, "test", "Run the scenarios of the rules.", "运行规则中的场景。");
  add_texts(*command, "PATH", "PATH", *paths,
            session.say("a .rules file or a directory (default: here)",
                        ".rules 文件或目录（默认为当前目录）"));
  add_format(*command, session);
  add_examples(*command, session,
               {{"test rules/", "all scenarios below a directory", "运行一个目录下的全部场景"},
                {"test rules/collection.rules", "those of one policy", "只运行一个办法的场景"},
                {"test --format json rules/", "for a build", "供流水线使用"}});
  command->callback([&session, paths] {
    if (paths->empty()) *paths = {"."};
    session.action = [&session, paths] { return test(session, *paths); };
  });
}

}  // namespace duban::cli
