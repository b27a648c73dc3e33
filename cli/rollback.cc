#include <boost/json.hpp>
#include <memory>

#include "cli/changes.h"
#include "cli/database.h"
#include "cli/options.h"

namespace duban::cli {
namespace {

struct RollbackOptions {
  Version version = 0;
  std::string db, at;
  std::vector<std::string> channels;
};

void report(Session& session, const DeployOutcome& outcome, Version to,
            const std::vector<Change>& changes) {
  if (session.format == Format::json) {
    boost::json::object out;
    out["version"] = outcome.version;
    out["changed"] = outcome.changed;
    out["digest"] = outcome.digest;
    out["rollback_of"] = to;
    out["changes"] = to_json(changes);
    session.out.write(boost::json::serialize(out) + "\n");
    return;
  }
  if (!outcome.changed) {
    session.out.write(session.say("nothing to do: version {} says the same\n",
                                  "无需回退：第 {} 版内容相同\n", outcome.version));
    return;
  }
  session.out.write(session.say("version {} deployed: version {} again, plan {}\n",
                                "已部署第 {} 版，即恢复第 {} 版，方案摘要 {}\n", outcome.version,
                                to, outcome.digest));
  session.out.write(to_text(session, changes));
}

Exit rollback(Session& session, const RollbackOptions& options) {
  Result<Database> database = open_database(
      session,
      {.path = options.db, .mode = OpenMode::write, .clock = {}, .channels = options.channels});
  if (!database) return session.fail(database.error());
  const StoredDeployment* target = nullptr;
  for (const StoredDeployment& deployment : database->deployments) {
    if (deployment.version == options.version) target = &deployment;
  }
  if (target == nullptr) {
    session.complain(session.say("there is no version {}", "没有第 {} 版", options.version),
                     session.say("`duban versions --db {}` lists them",
                                 "`duban versions --db {}` 可列出各版", options.db));
    return Exit::findings;
  }
  const std::vector<Change> changes = changes_between(database->deployed()->input, target->input);
  std::optional<Instant> at;
  if (!options.at.empty()) {
    Result<Instant> read = read_time(session, *database, options.at);
    if (!read) return session.misused(read.error().message, read.error().hint);
    at = *read;
  }
  Result<DeployOutcome> outcome = database->runtime->rollback(options.version, at);
  if (!outcome) return session.fail(outcome.error());
  if (Status flushed = database->runtime->rest(); !flushed) return session.fail(flushed.error());
  report(session, *outcome, options.version, changes);
  return Exit::ok;
}

}  // namespace

void add_rollback(CLI::App& app, Session& session) {
  auto options = std::make_shared<RollbackOptions>();
  CLI::App* command = add_command(app, session, "rollback", "Put an earlier version into force.",
                                  "重新启用以前的版本。");
  command
      ->add_option("VERSION", options->version,
                   session.say("its number, from `duban versions`", "版本号，见 `duban versions`"))
      ->type_name("VERSION")
      ->required();
  add_database(*command, session, options->db);
  add_text(*command, "--at", "DATETIME", options->at,
           session.say("when it comes into force (default: now)", "启用时间（默认为现在）"));
  add_channels(*command, session, options->channels);
  add_format(*command, session);
  add_examples(*command, session,
               {{"versions --db work.db", "find the number", "查找版本号"},
                {"rollback 1 --db work.db", "a new version that says what version 1 said",
                 "部署一个与第 1 版内容相同的新版本"}});
  command->callback([&session, options] {
    session.action = [&session, options] { return rollback(session, *options); };
  });
}

}  // namespace duban::cli
