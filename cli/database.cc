#include "cli/database.h"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include "cli/report.h"
#include "cli/scenario_report.h"

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

Status configure_channels(const Session& session, const std::vector<std::string>& settings,
                          Channels& channels) {
  auto pairs = split_pairs(session, settings);
  if (!pairs) return pairs.error();
  for (const auto& [name, target] : *pairs) {
    if (Status status = channels.configure(name, target); !status) return status;
  }
  return {};
}

}  // namespace

Result<Database> open_database(const Session& session, const DatabaseOptions& options) {
  configure_log(session);
  Database database;
  database.channels = std::make_unique<Channels>();
  if (Status status = configure_channels(session, options.channels, *database.channels); !status) {
    return status.error();
  }
  Result<std::vector<std::unique_ptr<Store>>> stores =
      open_shards(options.path, options.mode, options.shards);
  if (!stores) return stores.error();
  Result<std::optional<ClockKind>> kind = stores->front()->clock_kind();
  if (!kind) return kind.error();
  database.clock = options.clock.value_or(kind->value_or(ClockKind::virtual_time));

  RuntimeSettings settings;
  settings.clock = database.clock;
  settings.on_incident = options.on_incident;
  settings.ids = options.ids;
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
