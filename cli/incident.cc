#include <memory>

#include "cli/database.h"
#include "cli/options.h"

namespace duban::cli {
namespace {

struct IncidentOptions {
  bool retry = false;
  std::string id, db;
  std::vector<std::string> channels;
};

Exit run(Session& session, const IncidentOptions& options) {
  Result<Database> database = open_database(
      session,
      {.path = options.db, .mode = OpenMode::write, .clock = {}, .channels = options.channels});
  if (!database) return session.fail(database.error());
  ShardedRuntime& runtime = *database->runtime;
  const Status status =
      options.retry ? runtime.incident_retry(options.id) : runtime.incident_drop(options.id);
  if (!status) {
    session.complain(status.error());
    return Exit::findings;
  }
  if (Status flushed = runtime.rest(); !flushed) return session.fail(flushed.error());
  session.out.write(options.retry
                        ? session.say("incident {} was tried again and is settled\n",
                                      "异常 {} 已重试并解决\n", options.id)
                        : session.say("incident {} is dropped; what waited for it went on\n",
                                      "异常 {} 已放弃，其后等待的内容已继续处理\n", options.id));
  return Exit::ok;
}

void add_one(CLI::App& incident, Session& session, bool retry) {
  auto options = std::make_shared<IncidentOptions>();
  options->retry = retry;
  CLI::App* command =
      retry ? add_command(incident, session, "retry",
                          "Try it again, after what was wrong is mended.", "排除原因后重试。")
            : add_command(incident, session, "drop", "Give it up, and let what waits for it go on.",
                          "放弃处理，让其后等待的内容继续。");
  add_text(*command, "ID", "ID", options->id,
           session.say("the incident's id, or its first digits", "异常编号或其开头几位"))
      ->required();
  add_database(*command, session, options->db);
  add_channels(*command, session, options->channels);
  const std::string name = retry ? "retry" : "drop";
  add_examples(*command, session,
               {{"list incidents --db work.db --status open", "find the id", "查找异常编号"},
                {"incident " + name + " 91c0 --db work.db",
                 retry ? "a mended incident" : "one that will not be mended",
                 retry ? "已排除原因的异常" : "不再处理的异常"}});
  command->callback([&session, options] {
    session.action = [&session, options] { return run(session, *options); };
  });
}

}  // namespace

void add_incident(CLI::App& app, Session& session) {
  CLI::App* incident = add_command(app, session, "incident", "Settle what could not be processed.",
                                   "处置未能处理的内容。");
  incident->require_subcommand(1);
  add_one(*incident, session, true);
  add_one(*incident, session, false);
  for (CLI::App* command : incident->get_subcommands([](CLI::App*) { return true; })) {
    command->group(session.say("Commands", "命令"));
  }
  add_examples(
      *incident, session,
      {{"list incidents --db work.db --status open", "what waits for a decision", "等待处置的异常"},
       {"incident retry 91c0 --db work.db", "after a fix", "修正之后"},
       {"incident drop 91c0 --db work.db", "when there is no fix", "无法修正时"}});
}

}  // namespace duban::cli
