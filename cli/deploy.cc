#include <boost/json.hpp>
#include <memory>

#include "cli/changes.h"
#include "cli/database.h"
#include "cli/options.h"

namespace duban::cli {
namespace {

struct DeployCommand {
  std::string rules, db, at, note, language;
  std::optional<int> shards;
  std::vector<std::string> settings, channels;
};

void report(Session& session, const Deployed& deployed, const std::vector<Change>& changes) {
  const DeployOutcome& outcome = deployed.outcome;
  if (session.format == Format::json) {
    boost::json::object out;
    out["version"] = outcome.version;
    out["changed"] = outcome.changed;
    out["digest"] = outcome.digest;
    out["scenarios"] = deployed.scenarios;
    out["warnings"] = deployed.warnings;
    out["changes"] = to_json(changes);
    session.out.write(boost::json::serialize(out) + "\n");
    return;
  }
  if (!outcome.changed) {
    session.out.write(session.say("nothing to deploy: version {} says the same (plan {})\n",
                                  "无需部署：第 {} 版内容相同（方案摘要 {}）\n", outcome.version,
                                  outcome.digest));
    return;
  }
  session.out.write(session.say("version {} deployed, plan {}\n", "已部署第 {} 版，方案摘要 {}\n",
                                outcome.version, outcome.digest));
  session.out.write(to_text(session, changes));
  if (deployed.scenarios > 0) {
    session.out.write(session.say("{1} passed\n", "{0} 个场景通过\n", deployed.scenarios,
                                  count_of(deployed.scenarios, "scenario")));
  }
  if (deployed.warnings > 0) {
    session.out.write(session.say("{1}; `duban check` shows them\n",
                                  "{0} 个警告，可用 `duban check` 查看\n", deployed.warnings,
                                  count_of(deployed.warnings, "warning")));
  }
}

Exit deploy(Session& session, const DeployCommand& options) {
  if (auto pairs = split_pairs(session, options.settings); !pairs) {
    return session.misused(pairs.error().message);
  }
  if (std::optional<Exit> misused = check_shards(session, options.shards)) return *misused;
  Result<Unit> unit =
      load_for_deployment(session, options.rules, options.language, options.settings);
  if (!unit) return session.fail(unit.error());
  Result<Database> database = open_database(session, {.path = options.db,
                                                      .mode = OpenMode::create,
                                                      .clock = {},
                                                      .channels = options.channels,
                                                      .rules = &unit->input,
                                                      .shards = options.shards});
  if (!database) return session.fail(database.error());
  const StoredDeployment* before = database->deployed();
  const std::vector<Change> changes =
      changes_between(before != nullptr ? before->input : CompileInput{}, unit->input);
  Result<Deployed> deployed = deploy_rules(
      session, *database, *unit, {.at = options.at, .note = options.note, .run_scenarios = true});
  if (!deployed) return session.fail(deployed.error());
  if (deployed->exit == Exit::ok) report(session, *deployed, changes);
  return deployed->exit;
}

}  // namespace

void add_deploy(CLI::App& app, Session& session) {
  auto options = std::make_shared<DeployCommand>();
  CLI::App* command = add_command(app, session, "deploy", "Put rules into force in a database.",
                                  "在数据库中启用规则。");
  add_text(*command, "RULES", "RULES", options->rules,
           session.say("a .rules file or a directory", ".rules 文件或目录"))
      ->required();
  add_database(*command, session, options->db);
  add_text(*command, "--at", "DATETIME", options->at,
           session.say("when it comes into force (default: now)", "启用时间（默认为现在）"));
  add_text(*command, "--note", "TEXT", options->note,
           session.say("why, for `duban versions`", "说明，见 `duban versions`"));
  add_channels(*command, session, options->channels);
  add_shards(*command, session, options->shards);
  add_parameters(*command, session, options->settings);
  add_languages(*command, session, options->language);
  add_format(*command, session);
  add_examples(
      *command, session,
      {{"deploy rules/ --db work.db", "every scenario must pass first", "须先通过全部场景"},
       {"deploy rules/ --db work.db --note \"longer grace\" --set grace='10 days'",
        "with a parameter changed", "同时调整一个参数"},
       {"deploy rules/ --db work.db --language zh", "where rules/zh is what counts",
        "以 rules/zh 为准"}});
  command->callback([&session, options] {
    session.action = [&session, options] { return deploy(session, *options); };
  });
}

}  // namespace duban::cli
