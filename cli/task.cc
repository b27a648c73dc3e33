#include <memory>

#include "cli/database.h"
#include "cli/options.h"

namespace duban::cli {
namespace {

using Kind = Runtime::TaskCommand::Kind;

struct TaskOptions {
  Kind kind = Kind::done;
  std::string id, db, person, text, at;
  std::vector<std::string> answers, channels;
};

std::string confirmation(const Session& session, const TaskOptions& options) {
  switch (options.kind) {
    case Kind::done:
      return session.say("task {} is done", "任务 {} 已办毕", options.id);
    case Kind::reassign:
      return session.say("task {} now belongs to {}", "任务 {} 已改派至 {}", options.id,
                         options.person);
    case Kind::note:
      return session.say("noted on task {}", "已为任务 {} 添加备注", options.id);
  }
  return {};
}

Exit run(Session& session, const TaskOptions& options) {
  auto answers = split_pairs(session, options.answers);
  if (!answers) return session.misused(answers.error().message);
  Result<Database> database = open_database(
      session,
      {.path = options.db, .mode = OpenMode::write, .clock = {}, .channels = options.channels});
  if (!database) return session.fail(database.error());
  Runtime::TaskCommand command;
  command.kind = options.kind;
  command.id = options.id;
  command.answers = std::move(*answers);
  command.person = options.person;
  command.text = options.text;
  if (!options.at.empty()) {
    Result<Instant> at = read_time(session, *database, options.at);
    if (!at) return session.misused(at.error().message, at.error().hint);
    command.at = *at;
  }
  if (Status status = database->runtime->command(command); !status) {
    session.complain(status.error());
    return Exit::findings;
  }
  if (Status status = database->runtime->rest(); !status) return session.fail(status.error());
  session.out.write(confirmation(session, options) + "\n");
  return Exit::ok;
}

// The parts that `done`, `reassign` and `note` have in common.
std::shared_ptr<TaskOptions> add_common(CLI::App& command, Session& session, Kind kind) {
  auto options = std::make_shared<TaskOptions>();
  options->kind = kind;
  add_text(command, "ID", "ID", options->id,
           session.say("the task's id, or its first digits", "任务编号或其开头几位"))
      ->required();
  add_database(command, session, options->db);
  add_text(command, "--at", "DATETIME", options->at,
           session.say("when (default: now)", "时间（默认为现在）"));
  add_channels(command, session, options->channels);
  command.callback([&session, options] {
    session.action = [&session, options] { return run(session, *options); };
  });
  return options;
}

void add_done(CLI::App& task, Session& session) {
  CLI::App* command = add_command(task, session, "done", "Finish a task.", "办毕一项任务。");
  const auto options = add_common(*command, session, Kind::done);
  add_texts(*command, "FIELD=VALUE", "FIELD=VALUE", options->answers,
            session.say("what the task asks for", "任务须填写的内容"));
  add_text(*command, "--by", "PERSON", options->person, session.say("who did it", "办理人"));
  add_examples(*command, session,
               {{"task done 3fa2 --db work.db --by S01", "a task that asks for nothing",
                 "无须填写内容的任务"},
                {"task done 3fa2 decision=approved note='seen on site' --db work.db --by S02",
                 "with its answers", "同时填写内容"}});
}

void add_reassign(CLI::App& task, Session& session) {
  CLI::App* command =
      add_command(task, session, "reassign", "Give a task to somebody else.", "改派一项任务。");
  const auto options = add_common(*command, session, Kind::reassign);
  add_text(*command, "--to", "PERSON", options->person, session.say("to whom", "改派给谁"))
      ->required();
  add_text(*command, "--text", "TEXT", options->text, session.say("why", "原因"));
  add_examples(
      *command, session,
      {{"task reassign 3fa2 --to S03 --db work.db", "S03 does it from now on", "改由 S03 办理"},
       {"task reassign 3fa2 --to S03 --text 'on leave' --db work.db", "and why", "并说明原因"}});
}

void add_note(CLI::App& task, Session& session) {
  CLI::App* command =
      add_command(task, session, "note", "Write something on a task.", "为任务添加备注。");
  const auto options = add_common(*command, session, Kind::note);
  add_text(*command, "--text", "TEXT", options->text, session.say("what", "备注内容"))->required();
  add_text(*command, "--by", "PERSON", options->person, session.say("who writes", "备注人"));
  add_examples(*command, session,
               {{"task note 3fa2 --text 'called twice, no answer' --by S01 --db work.db",
                 "for whoever reads it next", "留给后来的人"},
                {"why 3fa2 --db work.db", "the whole history of the task", "任务的来龙去脉"}});
}

}  // namespace

void add_task(CLI::App& app, Session& session) {
  CLI::App* task = add_command(app, session, "task", "Finish, reassign or annotate a task.",
                               "办毕、改派或备注任务。");
  task->require_subcommand(1);
  add_done(*task, session);
  add_reassign(*task, session);
  add_note(*task, session);
  for (CLI::App* command : task->get_subcommands([](CLI::App*) { return true; })) {
    command->group(session.say("Commands", "命令"));
  }
  add_examples(*task, session,
               {{"list tasks --db work.db --status open", "find the id", "查找任务编号"},
                {"task done 3fa2 --db work.db --by S01", "finish it", "办毕"}});
}

}  // namespace duban::cli
