#include <charconv>
#include <cstdio>
#include <fstream>
#include <memory>
#include <optional>

#include "cli/company.h"
#include "cli/names.h"
#include "cli/options.h"

namespace duban::cli {
namespace {

constexpr uint64_t kMostCustomers = 10'000'000;
constexpr int64_t kMostDays = 80 * 366;

struct SimulateFeedOptions {
  std::string customers = "1000", from = "2026-01-01", to, seed = "1", output = "-";
};

std::optional<uint64_t> number(std::string_view text) {
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

Error incomplete(const Session& session, const std::string& path) {
  return Error{session.say("{} could not be written to its end; is the disk full?",
                           "{} 未能写完，磁盘是否已满？", path),
               {},
               {}};
}

Exit write_all(Session& session, const SimulateFeedOptions& options, Company& company) {
  std::ofstream file;
  const bool to_file = options.output != "-";
  if (to_file) {
    file.open(options.output, std::ios::binary | std::ios::trunc);
    if (!file) {
      return session.fail(
          Error{session.say("cannot write {}", "无法写入 {}", options.output), {}, {}});
    }
  }
  std::string lines;
  while (!session.out.is_closed() && company.next(lines)) {
    if (to_file) {
      file.write(lines.data(), static_cast<std::streamsize>(lines.size()));
      if (!file) return session.fail(incomplete(session, options.output));
    } else {
      session.out.write(lines);
    }
    lines.clear();
  }
  session.out.flush();
  if (to_file) file.close();
  return to_file && !file ? session.fail(incomplete(session, options.output)) : Exit::ok;
}

Exit simulate(Session& session, const SimulateFeedOptions& options) {
  const auto customers = number(options.customers);
  if (!customers || *customers == 0 || *customers > kMostCustomers) {
    return session.misused(session.say("--customers is a number from 1 to 10000000, not `{}`",
                                       "--customers 须为 1 至 10000000 的数，而不是“{}”",
                                       options.customers));
  }
  const auto seed = number(options.seed);
  if (!seed) {
    return session.misused(session.say("--seed is a whole number, not `{}`",
                                       "--seed 须为整数，而不是“{}”", options.seed));
  }
  const auto from = parse_date(options.from);
  if (!from) {
    return session.misused(session.say("--from is a date such as 2026-01-01, not `{}`",
                                       "--from 须为日期，如 2026-01-01，而不是“{}”", options.from));
  }
  const auto to = options.to.empty() ? add_days(add_months(*from, 10), -1)
                                     : parse_date(options.to).value_or(Date{INT32_MIN});
  const int64_t days = static_cast<int64_t>(to.days) - from->days + 1;
  if (to.days == INT32_MIN || days < 1 || days > kMostDays) {
    return session.misused(session.say(
        "--to is a date such as 2026-10-31, not before --from and at most 80 years after "
        "it, not `{}`",
        "--to 须为日期，如 2026-10-31，不早于 --from，且至多晚 80 年，而不是“{}”", options.to));
  }
  Company company({static_cast<uint32_t>(*customers), *from, to, *seed});
  const Exit exit = write_all(session, options, company);
  if (exit == Exit::ok && !session.out.is_closed()) {
    session.remark(session.say("{} events of {} customers, {} to {}, seed {}",
                               "{} 个事件，{} 个客户，{} 至 {}，种子 {}",
                               with_separators(company.events()), with_separators(*customers),
                               to_string(*from), to_string(to), *seed));
  }
  return exit;
}

}  // namespace

void add_simulate_feed(CLI::App& app, Session& session) {
  auto options = std::make_shared<SimulateFeedOptions>();
  CLI::App* command = add_command(app, session, "simulate-feed",
                                  "The events of a company that does not exist, for trying out.",
                                  "生成一家虚拟供电公司的事件，供试用。");
  add_text(*command, "--customers", "N", options->customers,
           session.say("1000 unless given, at most ten million", "默认 1000，至多一千万"));
  add_text(*command, "--from", "DATE", options->from,
           session.say("the first day (2026-01-01)", "首日（默认 2026-01-01）"));
  add_text(*command, "--to", "DATE", options->to,
           session.say("the last day (ten months, unless given)", "末日（默认满十个月）"));
  add_text(*command, "--seed", "N", options->seed,
           session.say("the same seed gives the same feed", "相同的种子生成相同的事件"));
  add_text(*command, "--output", "FILE|-", options->output,
           session.say("- is standard output (default)", "- 为标准输出（默认）"));
  add_examples(
      *command, session,
      {{"simulate-feed | duban run --rules rules --db trial.db --events -",
        "ten months of a thousand customers", "一千个客户的十个月"},
       {"simulate-feed --customers 100000 --to 2026-01-31 --seed 7 --output january.ndjson",
        "January of a middling company", "一家中等公司的一月份"}});
  command->callback([&session, options] {
    session.action = [&session, options] { return simulate(session, *options); };
  });
}

}  // namespace duban::cli
