// One policy with most constructs, in both languages over the same names.
#pragma once

namespace duban {

inline constexpr const char* kEnglishPolicy = R"(policy "Collection escalation" (催费管理办法)
  use "utility.rules"
  effective from 2026-01-01

parameter large_bill (大额标准) = 5,000 yuan

notice bill_reminder (账单提醒) service sms
  "Dear {name}: bill {bill_no} of {case.amount} is due on {due_date}."

outgoing event cut_supply (停电指令) for Customer
  bill_no (账单号) : text

forbid cut_supply when Customer.critical
  because "An important user is never cut off for arrears by this policy."

table interval (周期) first match
  | credit | => days (天) |
  | good, fair |  6 months |
  | any    |    1 month  |

case Collection (催费) of Customer per bill_no
  opens on bill_issued
  keep paid (已缴) : money = 0 yuan
  define outstanding (未缴) = amount - paid
  closes when outstanding <= 0 yuan as settled
  owner manager

  on payment_received:
    set paid = paid + event.amount

  15 days after due_date if amount at least large_bill or credit is poor:
    task "Visit {name} about bill {bill_no}" for owner
      due within 5 working days
      needs result : promised | refused
      2 working hours before due: notify owner by app visit_due
      when late: escalate to owner.supervisor
  otherwise:
    notify Customer by sms bill_reminder once per case

scenario "paid"
  given Customer "C001" with name = "Li Ming", class = commercial
  on 2026-03-01 09:00 bill_issued with bill_no = "B1", amount = 300 yuan
  expect sms bill_reminder to "C001" at 2026-03-17 09:00 saying "300"
  expect nothing more until 2026-12-31
)";

inline constexpr const char* kChinesePolicy = R"(办法 “Collection escalation” （催费管理办法）
  引用 “utility.rules”
  自 2026年1月1日 起施行

参数 large_bill （大额标准） = 5000 元

通知模板 bill_reminder （账单提醒） 服务 sms
  “Dear {name}: bill {bill_no} of {case.amount} is due on {due_date}.”

对外事件 cut_supply （停电指令） 对象 Customer
  bill_no （账单号）： 文本型

禁止 cut_supply 当 Customer的critical 时
  理由 “An important user is never cut off for arrears by this policy.”

决策表 interval （周期） 首条命中
  ｜ credit ｜ => days （天） ｜
  ｜ good，fair ｜ 6 个月 ｜
  ｜ 任意 ｜ 1 个月 ｜

事项 Collection （催费） 对象 Customer 按 bill_no
  启动事件 bill_issued
  记录 paid （已缴）： 金额型 = 0 元
  定义 outstanding （未缴） = amount - paid
  办结条件 outstanding 不超过 0 元 结果 settled
  负责人 manager

  发生 payment_received 时：
    更新 paid = paid + 本次的amount

  due_date 后 15 日 若 amount 不低于 large_bill 或者 credit 为 poor：
    交办 负责人 “Visit {name} about bill {bill_no}”
      时限 5 个工作日
      须填写 result： promised｜refused
      截止前 2 个工作小时： 向 负责人 发送 app visit_due
      超时未办： 提级至 负责人的supervisor
  否则：
    向 Customer 发送 sms bill_reminder 同一事项限一次

场景 “paid”
  已知 Customer “C001”，内容 name = “Li Ming”，class = commercial
  于 2026-03-01 09:00 bill_issued，内容 bill_no = “B1”，amount = 300 元
  应 向 “C001” 发送 sms bill_reminder 于 2026-03-17 09:00 含 “300”
  至 2026-12-31 应 再无动作
)";

}  // namespace duban
