#include "cli/run_summary.h"

#include <boost/json.hpp>
#include <cmath>
#include <utility>
#include <vector>

#include "cli/table.h"

namespace duban::cli {
namespace {

struct Line {
  std::string label, number, remark;
};

// `3 a, 2 b` (`a 3，b 2` in Chinese), without those that are zero.
std::string parts(const Session& session,
                  const std::vector<std::pair<std::string, uint64_t>>& counts) {
  std::string out;
  for (const auto& [label, count] : counts) {
    if (count == 0) continue;
    if (!out.empty()) out += session.say(", ", "，");
    if (session.chinese()) {
      out += label + " " + with_separators(count);
    } else if (label.ends_with('s')) {  // nouns; the others are participles
      out += count_of(count, std::string_view(label).substr(0, label.size() - 1));
    } else {
      out += with_separators(count) + " " + label;
    }
  }
  return out;
}

std::vector<Line> lines_of(const Session& session, const RunCounts& counts) {
  auto word = [&session](const char* english, const char* chinese) {
    return std::string(session.chinese() ? chinese : english);
  };
  return {
      {word("events", "事件"), with_separators(counts.events),
       parts(session, {{word("duplicates", "重复"), counts.duplicates},
                       {word("rejected", "拒收"), counts.rejected},
                       {word("held", "挂起"), counts.held},
                       {word("reference rows", "参照行"), counts.references}})},
      {word("timers", "定时"), with_separators(counts.timers), {}},
      {word("cases", "事项"), with_separators(counts.cases_opened),
       parts(session, {{word("closed", "已办结"), counts.cases_closed}})},
      {word("tasks", "任务"), with_separators(counts.tasks_opened),
       parts(session, {{word("done", "已办毕"), counts.tasks_done}})},
      {word("escalations", "提级"), with_separators(counts.escalations), {}},
      {word("notices", "通知"), with_separators(counts.notices_queued),
       parts(session, {{word("waiting", "等待"), counts.notices_waiting},
                       {word("not sent", "未发送"), counts.notices_other}})},
      {word("outgoing", "对外事件"), with_separators(counts.outgoing),
       parts(session, {{word("blocked", "被禁止"), counts.blocked}})},
      {word("incidents", "异常"), with_separators(counts.incidents), {}},
  };
}

}  // namespace

std::string to_text(const Session& session, const RunCounts& counts, double seconds) {
  const std::vector<Line> lines = lines_of(session, counts);
  size_t label_width = 0, number_width = 0;
  for (const Line& line : lines) {
    label_width = std::max(label_width, display_width(line.label));
    number_width = std::max(number_width, line.number.size());
  }
  std::string out;
  for (const Line& line : lines) {
    out += line.label + std::string(label_width - display_width(line.label) + 2, ' ') +
           std::string(number_width - line.number.size(), ' ') + line.number;
    if (!line.remark.empty()) out += "  " + line.remark;
    out += "\n";
  }
  const double rate = seconds > 0 ? static_cast<double>(counts.lines) / seconds : 0;
  return out + session.say("{:.1f} seconds, {} lines a second\n", "用时 {:.1f} 秒，每秒 {} 行\n",
                           seconds, with_separators(static_cast<uint64_t>(rate)));
}

std::string to_json(const RunCounts& counts, double seconds, bool interrupted) {
  const std::vector<std::pair<const char*, uint64_t>> numbers = {
      {"lines", counts.lines},
      {"events", counts.events},
      {"duplicates", counts.duplicates},
      {"rejected", counts.rejected},
      {"held", counts.held},
      {"reference_rows", counts.references},
      {"timers", counts.timers},
      {"cases_opened", counts.cases_opened},
      {"cases_closed", counts.cases_closed},
      {"tasks_opened", counts.tasks_opened},
      {"tasks_done", counts.tasks_done},
      {"escalations", counts.escalations},
      {"notices_queued", counts.notices_queued},
      {"notices_waiting", counts.notices_waiting},
      {"notices_other", counts.notices_other},
      {"outgoing", counts.outgoing},
      {"blocked", counts.blocked},
      {"incidents", counts.incidents},
      {"sent", counts.sent}};
  boost::json::object out;
  for (const auto& [name, number] : numbers) out[name] = number;
  out["seconds"] = std::round(seconds * 1000) / 1000;
  out["interrupted"] = interrupted;
  return boost::json::serialize(out) + "\n";
}

}  // namespace duban::cli
