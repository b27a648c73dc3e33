#include "cli/listing_words.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <string_view>

namespace duban::cli {
namespace {

struct Word {
  std::string_view what;
  std::string_view column;
  std::string_view english;
  std::string_view chinese;
};

constexpr Word kWords[] = {
    {"tasks", "status", "open", "待办"},
    {"tasks", "status", "done", "已办毕"},
    {"tasks", "status", "cancelled", "已取消"},
    {"tasks", "status", "expired", "已过期"},
    {"cases", "status", "open", "办理中"},
    {"cases", "status", "closed", "已办结"},
    {"incidents", "status", "open", "待处置"},
    {"incidents", "status", "retried", "已重试"},
    {"incidents", "status", "dropped", "已放弃"},
    {"incidents", "kind", "line", "数据行"},
    {"incidents", "kind", "event", "事件"},
    {"incidents", "kind", "step", "执行"},
    {"incidents", "kind", "concern", "提示"},
    {"subjects", "status", "active", "正常"},
    {"subjects", "status", "held", "挂起"},
    {"subjects", "status", "reference", "参照"},
    {"events", "status", "counted", "计入"},
    {"events", "status", "duplicate", "重复"},
    {"notices", "status", "dropped", "未发送"},
    {"notices", "status", "queued", "待发送"},
    {"notices", "status", "waiting", "等待"},
    {"notices", "status", "sent", "已发送"},
    {"notices", "status", "given up", "放弃发送"},
    {"notices", "status", "delivered", "已送达"},
    {"notices", "status", "failed", "发送失败"},
    {"notices", "status", "missed", "错过时机"},
    {"notices", "status", "withdrawn", "已撤回"},
    {"notices", "status", "undeliverable", "无法送达"},
    {"notices", "status", "blocked", "被禁止"},
    {"outgoing", "status", "queued", "待发送"},
    {"outgoing", "status", "sent", "已发送"},
    {"outgoing", "status", "given up", "放弃发送"},
    {"outgoing", "status", "blocked", "被禁止"},
};

template <typename Fits>
const Word* word_where(const std::string& what, std::string_view column, const Fits& fits) {
  const Word* const found = std::find_if(
      std::begin(kWords), std::end(kWords),
      [&](const Word& word) { return word.what == what && word.column == column && fits(word); });
  return found == std::end(kWords) ? nullptr : found;
}

}  // namespace

std::string heading_of(const Session& session, const std::string& column) {
  static const std::map<std::string, std::string> kChinese = {
      {"id", "编号"},         {"title", "标题"},         {"assignee", "办理人"},
      {"due", "期限"},        {"status", "状态"},        {"subject", "对象"},
      {"notice", "通知"},     {"recipient", "接收人"},   {"channel", "渠道"},
      {"time", "时间"},       {"text", "内容"},          {"name", "名称"},
      {"key", "主键"},        {"outcome", "结果"},       {"opened", "启动时间"},
      {"closed", "办结时间"}, {"entity", "类别"},        {"attributes", "属性"},
      {"kind", "种类"},       {"place", "位置"},         {"message", "说明"},
      {"message_zh", "说明"}, {"type", "类型"},          {"source", "来源"},
      {"event", "事件"},      {"data", "数据"},          {"version", "版本"},
      {"digest", "摘要"},     {"rollback_of", "回退至"}, {"note", "说明"},
      {"basis", "依据"}};
  if (!session.chinese()) return column == "message_zh" ? "message" : column;
  const auto it = kChinese.find(column);
  return it == kChinese.end() ? column : it->second;
}

std::string shown_as(const Session& session, const std::string& what, const std::string& column,
                     const std::string& value) {
  if (!session.chinese()) return value;
  const Word* const word =
      word_where(what, column, [&](const Word& each) { return each.english == value; });
  return word != nullptr ? std::string(word->chinese) : value;
}

std::string meant_by(const std::string& what, const std::string& column, const std::string& word) {
  const Word* const found = word_where(
      what, column, [&](const Word& each) { return each.english == word || each.chinese == word; });
  return found != nullptr ? std::string(found->english) : std::string();
}

std::vector<std::string> words_of(const Session& session, const std::string& what,
                                  const std::string& column) {
  std::vector<std::string> words;
  for (const Word& word : kWords) {
    if (word.what == what && word.column == column)
      words.emplace_back(session.chinese() ? word.chinese : word.english);
  }
  return words;
}

}  // namespace duban::cli
