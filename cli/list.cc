#include <memory>

#include "cli/listing.h"
#include "cli/local_time.h"
#include "cli/options.h"

namespace duban::cli {
namespace {

const std::vector<std::string> kKinds = {"tasks",     "notices", "cases",    "subjects",
                                         "incidents", "events",  "outgoing", "versions"};

struct ListOptions {
  std::string db, policy, type, due_before;
  ListingFilter filter;
};

Exit list(Session& session, const ListOptions& options) {
  ListingFilter filter = options.filter;
  if (!options.policy.empty()) filter.policy = {options.policy};
  if (!options.type.empty()) filter.type = {options.type};
  if (!options.due_before.empty()) {
    filter.due_before = zone_of(options.db).value_or(Zone()).parse(options.due_before);
    if (!filter.due_before) {
      return session.misused(
          session.say("`{}` is not a date or time", "“{}”不是日期或时间", options.due_before),
          session.say("like 2026-03-20, `2026-03-20 09:00` or 2026-03-20T09:00:00+08:00",
                      "例如 2026-03-20、`2026-03-20 09:00` 或 2026-03-20T09:00:00+08:00"));
    }
  }
  return write_listing(session, options.db, filter);
}

}  // namespace

void add_list(CLI::App& app, Session& session) {
  auto options = std::make_shared<ListOptions>();
  CLI::App* command =
      add_command(app, session, "list", "What a database holds.", "列出数据库中的内容。");
  CLI::Option* what =
      add_text(*command, "WHAT", "WHAT", options->filter.what,
               session.say("tasks, notices, cases, subjects, incidents, events, outgoing, versions",
                           "tasks 任务、notices 通知、cases 事项、subjects 对象、incidents 异常、"
                           "events 事件、outgoing 对外事件、versions 版本"));
  what->required();
  only(what, session, kKinds);
  add_database(*command, session, options->db);
  ListingFilter& filter = options->filter;
  add_text(*command, "--subject", "KEY", filter.subject,
           session.say("only of this subject", "只列该对象的"));
  add_text(*command, "--status", "STATUS", filter.status,
           session.say("only in this state: open, done, queued…",
                       "只列该状态的：待办、已办毕、已送达……"));
  add_text(*command, "--person", "KEY", filter.person,
           session.say("only of this person", "只列该人员的"));
  add_text(*command, "--policy", "NAME", options->policy,
           session.say("only of this policy", "只列该办法的"));
  add_text(*command, "--type", "NAME", options->type,
           session.say("only of this type: an event, a notice, a case…",
                       "只列该类型的：事件、通知、事项等"));
  add_text(*command, "--due-before", "DATE", options->due_before,
           session.say("only tasks due before this", "只列期限早于此时的任务"));
  command->add_option("--limit", filter.limit, session.say("at most so many", "最多列出多少条"))
      ->type_name("N")
      ->check(whole_number(session, 0));
  add_format(*command, session, true);
  add_examples(*command, session,
               {{"list tasks --db work.db --status open --person S01", "what S01 has to do",
                 "S01 的待办任务"},
                {"list tasks --db work.db --due-before 2026-04-01 --format csv > due.csv",
                 "for a spreadsheet", "供电子表格使用"},
                {"list incidents --db work.db --status open", "what could not be processed",
                 "未能处理的事项"},
                {"list events --db work.db --subject C001", "what happened to one customer",
                 "一个客户的全部事件"}});
  command->callback([&session, options] {
    session.action = [&session, options] { return list(session, *options); };
  });
}

}  // namespace duban::cli
