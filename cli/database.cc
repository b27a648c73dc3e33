#include "cli/database.h"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>

#include "cli/names.h"
#include "cli/report.h"
#include "cli/scenario_report.h"
#include "runtime/stored_plans.h"

namespace duban::cli {
namespace {

// The `log` channel speaks at level info: heard with --verbose, else only warnings are.
void configure_log(const Session& session) {
  auto logger = std::make_shared<spdlog::logger>(
      "duban", std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
  logger->set_pattern("%v");
  logger->set_level(session.verbose ? spdlog::level::info : spdlog::level::warn);
  spdlog::set_default_logger(std::move(logger));
}

// What may be named in `--channel`: those of the rules in force and of those to come. None where
// there are no rules yet, or none that compile.
Result<std::vector<Names>> known_channels(Store& store, const CompileInput* rules) {
  std::vector<Names> known;
  const auto add = [&known](const Plan& plan) {
    if (known.empty()) known = {{"*", {}}, {"events", {}}, {"tasks", {}}};
    for (const Channel& channel : plan.channels) known.push_back(channel.names);
  };
  const Result<std::vector<StoredDeployment>> stored = store.deployments();
  if (!stored) return stored.error();
  if (!stored->empty()) {
    const auto plan = compile_again(*stored, stored->size() - 1);
    if (!plan) return plan.error();
    add(**plan);
  }
  if (rules == nullptr) return known;
  const Compilation compilation = compile(*rules);
  if (compilation.plan != nullptr) add(*compilation.plan);
  return known;
}

// Either name of a channel is one; messages bear the first.
Status configure_channel(const Session& session, const std::vector<Names>& known,
                         const std::string& name, const std::string& target, Channels& channels) {
  // Nothing is sent, and why there are no rules is said elsewhere.
  if (known.empty()) return channels.configure(name, target);
  bool found = false;
  for (const Names& names : known) {
    if (!names.matches(name)) continue;
    found = true;
    if (Status status = channels.configure(names.name, target); !status) return status;
  }
  if (found) return {};
  std::vector<std::string> all;
  for (const Names& names : known) {
    all.push_back(names.name);
    if (!names.alias.empty()) all.push_back(names.alias);
  }
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return misuse(
      {session.say("there is no channel `{}`", "没有名为“{}”的渠道", name) +
           did_you_mean(session, nearest(name, all)),
       {},
       session.say("known are {}", "已知渠道：{}", fmt::format("{}", fmt::join(all, ", ")))});
}

Status configure_channels(const Session& session, Store& store, const DatabaseOptions& options,
                          Channels& channels) {
  if (options.channels.empty()) return {};
  const auto pairs = split_pairs(session, options.channels);
  if (!pairs) return pairs.error();
  const Result<std::vector<Names>> known = known_channels(store, options.rules);
  if (!known) return known.error();
  for (const auto& [name, target] : *pairs) {
    Status status = configure_channel(session, *known, name, target, channels);
    if (!status) return status;
  }
  return {};
}

}  // namespace

Result<Database> open_database(const Session& session, const DatabaseOptions& options) {
  configure_log(session);
  Database database;
  database.channels = std::make_unique<Channels>();
  Result<std::vector<std::unique_ptr<Store>>> stores =
      open_shards(options.path, options.mode, options.shards);
  if (!stores) return stores.error();
  // Only who holds the database mends the files it sends to.
  if (Status status = configure_channels(session, *stores->front(), options, *database.channels);
      !status) {
    return status.error();
  }
  Result<std::optional<ClockKind>> kind = stores->front()->clock_kind();
  if (!kind) return kind.error();
  database.clock = options.clock.value_or(kind->value_or(ClockKind::virtual_time));

  RuntimeSettings settings;
  settings.clock = database.clock;
  settings.on_incident = options.on_incident;
  settings.ids = options.ids;
  settings.sends = options.sends || !options.channels.empty();
  Result<std::unique_ptr<ShardedRuntime>> runtime =
      ShardedRuntime::open(std::move(*stores), *database.channels, settings);
  if (!runtime) return runtime.error();
  database.runtime = std::move(*runtime);
  database.deployments = database.runtime->deployments();
  return database;
}

Result<Instant> read_time(const Session& session, const Database& database,
                          const std::string& text) {
  const Zone zone =
      database.runtime->deployed() ? database.runtime->plans().current().zone : Zone();
  if (const std::optional<Instant> instant = zone.parse(text)) return *instant;
  return Error{session.say("`{}` is not a date and time", "“{}”不是日期时间", text),
               {},
               session.say("like `2026-03-01 09:00` or `2026-03-01T09:00:00+08:00`",
                           "例如 `2026-03-01 09:00` 或 `2026-03-01T09:00:00+08:00`")};
}

Result<Deployed> deploy_rules(Session& session, Database& database, const Unit& unit,
                              const DeployOptions& options) {
  Deployed out;
  if (const StoredDeployment* deployed = database.deployed();
      deployed != nullptr && deployed->input.files == unit.input.files &&
      deployed->input.parameters == unit.input.parameters) {
    out.outcome = {deployed->version, false, deployed->digest};
    return out;
  }

  CompileInput input = unit.input;
  if (database.runtime->deployed()) {
    input.previous = &database.runtime->plans().current().layout;
  }
  const Compilation compilation = compile(input);
  Findings findings;
  add_findings(session, unit, compilation, findings);
  out.warnings = findings.warnings;
  if (compilation.has_errors() || compilation.plan == nullptr) {
    std::string text = findings.text;
    text += summary(session, findings);
    session.remark(text);
    session.complain(session.say("nothing was deployed", "未作任何部署"));
    out.exit = Exit::findings;
    return out;
  }
  if (options.run_scenarios) {
    std::vector<std::string> paths;
    for (const DeploymentFile& file : unit.input.files) paths.push_back(file.path);
    const std::vector<Tested> results = run_all_scenarios(unit, paths);
    out.scenarios = results.size();
    if (failures_in(results) > 0) {
      session.remark(to_text(session, results, {.only_failures = true, .times = false}) +
                     summary(session, results));
      session.complain(session.say("nothing was deployed", "未作任何部署"));
      out.exit = Exit::findings;
      return out;
    }
  }
  std::optional<Instant> at;
  if (!options.at.empty()) {
    at = compilation.plan->zone.parse(options.at);
    if (!at) {
      session.complain(session.say("`{}` is not a date and time", "“{}”不是日期时间", options.at));
      out.exit = Exit::usage;
      return out;
    }
  }
  Result<DeployOutcome> outcome = database.runtime->deploy(input, compilation, at, options.note);
  if (!outcome) return outcome.error();
  out.outcome = *outcome;
  if (Status flushed = database.runtime->rest(); !flushed) return flushed.error();
  return out;
}

}  // namespace duban::cli
