#include "cli/listing.h"

#include <map>

#include "cli/table.h"

namespace duban::cli {
namespace {

// Columns whose cells are numbers in JSON.
const std::vector<std::string> kNumbers = {"version", "sequence", "rollback_of", "attempts",
                                           "number"};

std::string heading(const Session& session, const std::string& column) {
  static const std::map<std::string, std::string> kChinese = {
      {"id", "编号"},           {"title", "标题"},       {"task", "任务"},
      {"status", "状态"},       {"subject", "对象"},     {"entity", "类别"},
      {"key", "主键"},          {"assignee", "办理人"},  {"accountable", "责任人"},
      {"opened", "开始时间"},   {"closed", "办结时间"},  {"due", "期限"},
      {"done", "办毕时间"},     {"at", "时间"},          {"time", "时间"},
      {"received", "接收时间"}, {"policy", "办法"},      {"case", "事项"},
      {"case_id", "事项编号"},  {"case_key", "事项主键"}, {"outcome", "结果"},
      {"version", "版本"},      {"digest", "摘要"},      {"note", "说明"},
      {"channel", "渠道"},      {"recipient", "接收人"}, {"address", "地址"},
      {"notice", "通知"},       {"class", "等级"},       {"text", "内容"},
      {"type", "类型"},         {"event", "事件"},       {"source", "来源"},
      {"event_id", "事件编号"}, {"data", "数据"},        {"kind", "种类"},
      {"place", "位置"},        {"message", "说明"},     {"raw", "原文"},
      {"name", "名称"},         {"person", "人员"},      {"needs", "须填写"},
      {"answers", "填写内容"},  {"attributes", "属性"},  {"rollback_of", "回退自"},
      {"sequence", "序号"},     {"until", "等到"},       {"held", "挂起"},
      {"zone_data", "时区数据"}};
  if (!session.chinese()) return column;
  const auto it = kChinese.find(column);
  return it == kChinese.end() ? column : it->second;
}

}  // namespace

void write_listing(Session& session, Listing listing) {
  Table table;
  table.names = std::move(listing.columns);
  table.rows = std::move(listing.rows);
  if (session.format == Format::csv) {
    session.out.write(to_csv(table));
  } else if (session.format == Format::json) {
    session.out.write(to_json(table, kNumbers));
  } else if (table.rows.empty()) {
    session.out.write(session.say("nothing\n", "没有记录\n"));
  } else {
    for (const std::string& name : table.names) table.headings.push_back(heading(session, name));
    const bool terminal = session.out.is_terminal();
    session.out.write(to_text(table, {terminal, terminal ? terminal_width(stdout) : 0}));
  }
}

}  // namespace duban::cli
