#include <boost/json.hpp>
#include <memory>

#include "cli/local_time.h"
#include "cli/options.h"
#include "cli/table.h"
#include "runtime/query.h"

namespace duban::cli {
namespace {

struct WhyOptions {
  std::string id, db;
};

boost::json::object to_json(const Explanation& explanation, const std::optional<Zone>& zone) {
  boost::json::array chain;
  for (const Explanation::Link& link : explanation.chain) {
    boost::json::array values;
    for (const auto& [text, value] : link.values) {
      values.push_back({{"text", text}, {"value", value}});
    }
    boost::json::array did;
    for (const std::string& what : link.did) did.emplace_back(what);
    chain.push_back({{"time", to_absolute(zone, link.time)},
                     {"what", link.what},
                     {"policy", link.policy},
                     {"place", link.place},
                     {"basis", link.basis},
                     {"source_line", link.source_line},
                     {"action_line", link.action_line},
                     {"values", std::move(values)},
                     {"did", std::move(did)}});
  }
  boost::json::object out;
  out["kind"] = explanation.kind;
  out["title"] = explanation.title;
  out["subject"] = explanation.subject;
  out["chain"] = std::move(chain);
  return out;
}

std::string trimmed(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t");
  return first == std::string_view::npos ? std::string() : std::string(text.substr(first));
}

std::string to_text(const Session& session, const Explanation& explanation) {
  std::string out = printable(explanation.kind + ": " + explanation.title);
  if (!explanation.subject.empty()) {
    out += session.say(" ({})", "（{}）", printable(explanation.subject));
  }
  out += "\n";
  for (const Explanation::Link& link : explanation.chain) {
    out += "\n" + link.time + "  " + printable(link.what) + "\n";
    if (!link.policy.empty()) {
      out += "  " + link.policy;
      if (!link.basis.empty()) out += session.say(", {}", "，{}", link.basis);
      out += "\n";
    }
    if (!link.source_line.empty()) {
      out +=
          "  " + link.place + (link.place.empty() ? "" : ": ") + trimmed(link.source_line) + "\n";
    }
    if (!link.action_line.empty() && trimmed(link.action_line) != trimmed(link.source_line)) {
      out += "    " + trimmed(link.action_line) + "\n";
    }
    size_t width = 0;
    for (const auto& [text, value] : link.values) width = std::max(width, display_width(text));
    for (const auto& [text, value] : link.values) {
      out += "      " + text + std::string(width - display_width(text), ' ') + " = " +
             printable(value) + "\n";
    }
    for (const std::string& what : link.did) out += "  → " + printable(what) + "\n";
  }
  return out;
}

Exit why(Session& session, const WhyOptions& options) {
  Result<Explanation> explanation = explain(options.db, options.id, session.language);
  if (!explanation) return session.fail(explanation.error());
  if (session.format == Format::json) {
    session.out.write(boost::json::serialize(to_json(*explanation, zone_of(options.db))) + "\n");
  } else {
    session.out.write(to_text(session, *explanation));
  }
  return Exit::ok;
}

}  // namespace

void add_why(CLI::App& app, Session& session) {
  auto options = std::make_shared<WhyOptions>();
  CLI::App* command =
      add_command(app, session, "why", "Why a task, notice, case or outgoing event exists.",
                  "说明任务、通知、事项或对外事件的由来。");
  add_text(*command, "ID", "ID", options->id,
           session.say("its id, or its first digits", "编号或其开头几位"))
      ->required();
  add_database(*command, session, options->db);
  add_format(*command, session);
  add_examples(*command, session,
               {{"list tasks --db work.db", "find the id", "查找编号"},
                {"why 3fa2 --db work.db", "the events, the rule, its line, and the values it read",
                 "相关事件、规则及其原文、所读取的数值"},
                {"why 3fa2 --db work.db --lang zh", "in Chinese", "以中文说明"}});
  command->callback([&session, options] {
    session.action = [&session, options] { return why(session, *options); };
  });
}

}  // namespace duban::cli
