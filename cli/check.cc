#include <boost/json.hpp>
#include <memory>

#include "cli/load.h"
#include "cli/options.h"
#include "cli/report.h"
#include "cli/sarif.h"

namespace duban::cli {
namespace {

struct CheckOptions {
  std::vector<std::string> paths;
  bool strict = false;
};

// The command that explains the first error, or else the first warning.
std::string how_to_learn_more(const Session& session, const Findings& findings) {
  const boost::json::value* first = nullptr;
  for (const boost::json::value& finding : findings.json) {
    const bool error = finding.at("severity") == "error";
    if (!first || (error && first->at("severity") != "error")) first = &finding;
  }
  if (!first) return {};
  const std::string code(first->at("code").as_string());
  return session.say("`duban explain {}` tells more", "详见 `duban explain {}`", code) + "\n";
}

Exit check(Session& session, const CheckOptions& options) {
  Result<std::vector<Unit>> units = load(session, options.paths);
  if (!units) return session.fail(units.error());
  Findings findings;
  size_t files = 0;
  for (const Unit& unit : *units) {
    add_findings(session, unit, compile(unit.input), findings);
    files += unit.given.size();
  }
  if (session.format == Format::json) {
    session.out.write(boost::json::serialize(findings.json) + "\n");
  } else if (session.format == Format::sarif) {
    session.out.write(boost::json::serialize(sarif_log(session, findings.sarif)) + "\n");
  } else {
    session.out.write(findings.text);
    session.out.write(
        session.chinese()
            ? fmt::format("{}（{} 个文件）\n", summary(session, findings), files)
            : fmt::format("{} in {}\n", summary(session, findings), count_of(files, "file")));
    session.out.write(how_to_learn_more(session, findings));
  }
  const bool bad = findings.errors > 0 || (options.strict && findings.warnings > 0);
  return bad ? Exit::findings : Exit::ok;
}

}  // namespace

void add_check(CLI::App& app, Session& session) {
  auto options = std::make_shared<CheckOptions>();
  CLI::App* command =
      add_command(app, session, "check", "Read the rules and say what is wrong with them.",
                  "检查规则，指出其中的问题。");
  add_texts(*command, "PATH", "PATH", options->paths,
            session.say("a .rules file or a directory (default: here)",
                        ".rules 文件或目录（默认为当前目录）"));
  add_switch(*command, "--strict", options->strict,
             session.say("warnings count as errors", "警告也按错误处理"));
  add_format(*command, session, false, true);
  add_examples(*command, session,
               {{"check rules/", "every rule below a directory", "检查一个目录下的全部规则"},
                {"check --strict rules/collection.rules", "one policy, and no warning let pass",
                 "检查一个办法，不放过任何警告"},
                {"check --format json rules/ > findings.json", "for an editor or a build",
                 "供编辑器或流水线使用"},
                {"check --format sarif rules/ > findings.sarif", "for services that read SARIF",
                 "供读取 SARIF 的服务使用"}});
  command->callback([&session, options] {
    if (options->paths.empty()) options->paths = {"."};
    session.action = [&session, options] { return check(session, *options); };
  });
}

}  // namespace duban::cli
