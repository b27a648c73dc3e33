#include "cli/starter.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "engine/time.h"

namespace duban::cli {
namespace {

constexpr const char* kWordsEnglish =
    R"rules(-- The words that every policy of this project uses. A name may have a second one in parentheses.
vocabulary "Service desk" (服务台)
  timezone "Asia/Shanghai"
  currency CNY (元)
  day starts at 09:00

calendar office (工作日历)
  from "workdays.csv"
  hours 09:00 to 12:00, 13:00 to 18:00

reference Staff (员工) key staff_no (工号)
  staff_no   (工号) : text
  name       (姓名) : text
  supervisor (上级) : Staff?

entity Customer (客户) key customer_no (客户号)
  customer_no (客户号)   : text
  name        (名称)     : text
  phone       (手机)     : text? private
  manager     (客户经理) : Staff?

event repair_requested (报修) for Customer
  request_no (报修号) : text
  fault      (故障)   : text
event repair_finished (修复) for Customer
  request_no (报修号) : text

channel sms (短信) to phone
  quiet 21:00 to 08:00
)rules";

constexpr const char* kPolicyEnglish = R"rules(policy "Repairs" (报修办理)
  use "words.rules"
  effective from 2026-01-01
  basis "Service promise, section 2"

notice repair_accepted (受理告知) service sms
  "Dear {name}: your request {request_no} ({fault}) was received. {manager.name} looks after it."
notice repair_delayed (延迟致歉) service sms
  "Dear {name}: repair {request_no} takes longer than we promised. We are sorry, and on it."

-- From the request until the repair is finished, somebody is responsible.
case Repair (报修事项) of Customer per request_no
  opens on repair_requested
  closes on repair_finished as repaired (已修复)
  owner manager

  on opening:
    notify Customer by sms repair_accepted
    task "Repair for {name}: {fault}" for owner
      due within 2 working days
      done on repair_finished
      when late: escalate to owner.supervisor
      when late: notify Customer by sms repair_delayed

scenario "repaired in time"
  given Staff "S01" with name = "Zhao Qiang", supervisor = "S02"
  given Customer "C001" with name = "East Mill", phone = "13800000001", manager = "S01"
  on 2026-03-02 10:00 repair_requested with request_no = "R1", fault = "no water"
  expect sms repair_accepted to "C001" at 2026-03-02 10:00 saying "no water"
  expect task "Repair for East Mill: no water" for "S01" at 2026-03-02 10:00 due 2026-03-04 18:00
  on 2026-03-03 15:00 repair_finished with request_no = "R1"
  expect case Repair "R1" closed as repaired at 2026-03-03 15:00
  expect nothing more until 2026-04-01

scenario "a repair that takes too long is escalated"
  given Staff "S01" with name = "Zhao Qiang", supervisor = "S02"
  given Customer "C001" with name = "East Mill", phone = "13800000001", manager = "S01"
  on 2026-03-06 16:00 repair_requested with request_no = "R2", fault = "no heating"
  -- A weekend lies between: two working days end on Tuesday.
  expect task "Repair for East Mill: no heating" for "S01" due 2026-03-10 18:00
  expect escalation of "Repair for East Mill: no heating" to "S02" at 2026-03-10 18:00
  expect sms repair_delayed to "C001" at 2026-03-10 18:00
)rules";

constexpr const char* kReadmeEnglish = R"readme(# A starter project

| file | what it is |
| --- | --- |
| `words.rules` | the vocabulary: what there is, and what can happen |
| `repairs.rules` | a policy, with two scenarios that show what it does |
| `workdays.csv` | the working days of 2026 (mainland China) |
| `feed.ndjson` | ten lines of what happened |

    duban check .
    duban test .
    duban run --rules . --db work.db --events feed.ndjson
    duban list tasks --db work.db
    duban why ID --db work.db        # an id from the list, or its first digits

Then change `within 2 working days` to `within 1 working day` and run `duban test .` again: the
scenario that no longer holds shows what happened instead.
)readme";

constexpr const char* kWordsChinese =
    R"rules(-- 本项目各办法共用的词汇。名称可在括号中另给一个别名。
词汇 “服务台” （Service desk）
  时区 “Asia/Shanghai”
  货币 CNY （元）
  每日起始 09:00

日历 工作日历 （office）
  来自 “workdays.csv”
  工时 09:00 至 12:00，13:00 至 18:00

参照 员工 （Staff） 主键 工号 （staff_no）
  工号 （staff_no）： 文本型
  姓名 （name）： 文本型
  上级 （supervisor）： 员工？

对象 客户 （Customer） 主键 客户号 （customer_no）
  客户号 （customer_no）： 文本型
  名称 （name）： 文本型
  手机 （phone）： 文本型？ 隐私
  客户经理 （manager）： 员工？

事件 报修 （repair_requested） 对象 客户
  报修号 （request_no）： 文本型
  故障 （fault）： 文本型
事件 修复 （repair_finished） 对象 客户
  报修号 （request_no）： 文本型

渠道 短信 （sms） 至 手机
  免扰 21:00 至 08:00
)rules";

constexpr const char* kPolicyChinese = R"rules(办法 “报修办理” （Repairs）
  引用 “words.rules”
  自 2026年1月1日 起施行
  依据 “服务承诺第二条”

通知模板 受理告知 （repair_accepted） 服务 短信
  “尊敬的{名称}：您的报修{报修号}（{故障}）已受理，由{客户经理的姓名}负责办理。”
通知模板 延迟致歉 （repair_delayed） 服务 短信
  “尊敬的{名称}：您的报修{报修号}未能在承诺时限内修复，深表歉意，我们正在加紧办理。”

-- 自报修起至修复止，始终有人负责。
事项 报修事项 （Repair） 对象 客户 按 报修号
  启动事件 报修
  办结事件 修复 结果 已修复 （repaired）
  负责人 客户经理

  启动时：
    向 客户 发送 短信 受理告知
    交办 负责人 “{名称}报修：{故障}”
      时限 2 个工作日
      完成标志 修复
      超时未办： 提级至 负责人的上级
      超时未办： 向 客户 发送 短信 延迟致歉

场景 “按时修复”
  已知 员工 “S01”，内容 姓名 = “赵强”，上级 = “S02”
  已知 客户 “C001”，内容 名称 = “东方机械厂”，手机 = “13800000001”，客户经理 = “S01”
  于 2026年3月2日 10:00 报修，内容 报修号 = “R1”，故障 = “停水”
  应 向 “C001” 发送 短信 受理告知 于 2026年3月2日 10:00
  应 交办 “S01” “东方机械厂报修：停水” 于 2026年3月2日 10:00 截止 2026年3月4日 18:00
  于 2026年3月3日 15:00 修复，内容 报修号 = “R1”
  应 事项 报修事项 “R1” 办结 结果 已修复 于 2026年3月3日 15:00
  至 2026年4月1日 应 再无动作

场景 “超时未修复即提级”
  已知 员工 “S01”，内容 姓名 = “赵强”，上级 = “S02”
  已知 客户 “C001”，内容 名称 = “东方机械厂”，手机 = “13800000001”，客户经理 = “S01”
  于 2026年3月6日 16:00 报修，内容 报修号 = “R2”，故障 = “停暖”
  -- 中间隔着周末，两个工作日至周二下班为止。
  应 交办 “S01” “东方机械厂报修：停暖” 截止 2026年3月10日 18:00
  应 “东方机械厂报修：停暖” 提级至 “S02” 于 2026年3月10日 18:00
  应 向 “C001” 发送 短信 延迟致歉 于 2026年3月10日 18:00
)rules";

constexpr const char* kReadmeChinese = R"readme(# 示例项目

| 文件 | 内容 |
| --- | --- |
| `words.rules` | 词汇：有哪些对象，会发生哪些事件 |
| `repairs.rules` | 一个办法，附两个说明其效果的场景 |
| `workdays.csv` | 2026 年的工作日（中国大陆） |
| `feed.ndjson` | 十行事件 |

    duban check .
    duban test .
    duban run --rules . --db work.db --events feed.ndjson
    duban list tasks --db work.db
    duban why 编号 --db work.db      # 列表中的编号或其开头几位

然后把“2 个工作日”改为“1 个工作日”，再运行 `duban test .`：不再成立的场景会说明实际经过。
)readme";

constexpr const char* kFeed =
    R"feed({"id":"1","type":"Staff","subject":"S02","time":"2026-03-01T08:00:00+08:00","data":{"name":"@SUN@"}}
{"id":"2","type":"Staff","subject":"S01","time":"2026-03-01T08:00:00+08:00","data":{"name":"@ZHAO@","supervisor":"S02"}}
{"id":"3","type":"Customer","subject":"C001","time":"2026-03-01T08:00:00+08:00","data":{"name":"@MILL@","phone":"13800000001","manager":"S01"}}
{"id":"4","type":"Customer","subject":"C002","time":"2026-03-01T08:00:00+08:00","data":{"name":"@LI@","phone":"13800000002","manager":"S01"}}
{"id":"5","type":"repair_requested","subject":"C001","time":"2026-03-02T10:00:00+08:00","data":{"request_no":"R1","fault":"@WATER@"}}
{"id":"6","type":"repair_requested","subject":"C002","time":"2026-03-02T11:30:00+08:00","data":{"request_no":"R2","fault":"@HEATING@"}}
{"id":"7","type":"repair_finished","subject":"C001","time":"2026-03-03T15:00:00+08:00","data":{"request_no":"R1"}}
{"id":"8","type":"repair_finished","subject":"C002","time":"2026-03-05T09:20:00+08:00","data":{"request_no":"R2"}}
{"id":"9","type":"repair_requested","subject":"C001","time":"2026-03-06T16:00:00+08:00","data":{"request_no":"R3","fault":"@LIGHT@"}}
{"id":"10","type":"repair_requested","subject":"C002","time":"2026-03-10T19:40:00+08:00","data":{"request_no":"R4","fault":"@WATER@"}}
)feed";

std::string filled(std::string text,
                   const std::vector<std::pair<std::string_view, std::string_view>>& words) {
  for (const auto& [mark, word] : words) {
    for (size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at)) {
      text.replace(at, mark.size(), word);
      at += word.size();
    }
  }
  return text;
}

// Weekdays are worked, but for these holidays; weekends are not, but for these make-up days.
std::string workdays_2026() {
  constexpr std::array kHolidays = {"01-01", "01-02", "02-16", "02-17", "02-18", "02-19", "02-20",
                                    "02-23", "04-06", "05-01", "05-04", "05-05", "06-19", "09-25",
                                    "10-01", "10-02", "10-05", "10-06", "10-07"};
  constexpr std::array kWorkedWeekends = {"01-04", "02-14", "02-28", "05-09", "09-20", "10-10"};
  std::string out = "date,is_workday\n";
  for (Date day = *date_from_civil(2026, 1, 1); civil(day).year == 2026; day = add_days(day, 1)) {
    const std::string text = to_string(day);
    const std::string_view month_and_day = std::string_view(text).substr(5);
    const auto among = [&](const auto& days) {
      return std::find(days.begin(), days.end(), month_and_day) != days.end();
    };
    const bool worked = weekday(day) <= 5 ? !among(kHolidays) : among(kWorkedWeekends);
    out += text + (worked ? ",1\n" : ",0\n");
  }
  return out;
}

}  // namespace

std::vector<StarterFile> starter_files(Language language) {
  const bool chinese = language == Language::chinese;
  const std::string feed = chinese ? filled(kFeed, {{"@SUN@", "孙丽"},
                                                    {"@ZHAO@", "赵强"},
                                                    {"@MILL@", "东方机械厂"},
                                                    {"@LI@", "李明"},
                                                    {"@WATER@", "停水"},
                                                    {"@HEATING@", "停暖"},
                                                    {"@LIGHT@", "停电"}})
                                   : filled(kFeed, {{"@SUN@", "Sun Li"},
                                                    {"@ZHAO@", "Zhao Qiang"},
                                                    {"@MILL@", "East Mill"},
                                                    {"@LI@", "Li Ming"},
                                                    {"@WATER@", "no water"},
                                                    {"@HEATING@", "no heating"},
                                                    {"@LIGHT@", "no light"}});
  return {{"README.md", chinese ? kReadmeChinese : kReadmeEnglish},
          {"words.rules", chinese ? kWordsChinese : kWordsEnglish},
          {"repairs.rules", chinese ? kPolicyChinese : kPolicyEnglish},
          {"workdays.csv", workdays_2026()},
          {"feed.ndjson", feed}};
}

}  // namespace duban::cli
