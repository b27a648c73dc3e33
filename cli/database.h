// A database opened for work, with its channels and the runtime that drives it.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/cli.h"
#include "cli/load.h"
#include "engine/time.h"
#include "runtime/channel.h"
#include "runtime/clock.h"
#include "runtime/shard_files.h"
#include "runtime/sharded_runtime.h"
#include "runtime/store.h"

namespace duban::cli {

struct Database {
  std::unique_ptr<Channels> channels;         // outlive the runtime
  std::vector<StoredDeployment> deployments;  // as they were when it was opened
  std::unique_ptr<ShardedRuntime> runtime;
  ClockKind clock = ClockKind::virtual_time;

  const StoredDeployment* deployed() const {
    return deployments.empty() ? nullptr : &deployments.back();
  }
};

struct DatabaseOptions {
  std::string path;
  OpenMode mode = OpenMode::write;
  std::optional<ClockKind> clock;     // none: as the database was driven before; new: virtual
  std::vector<std::string> channels;  // NAME=TARGET
  // Whether messages go out though no channel is named. Else, under the wall clock, they wait for
  // the next `run`, which knows the channels.
  bool sends = false;
  const CompileInput* rules = nullptr;  // about to be deployed: their channels may be named too
  std::function<void(const StoredIncident&)> on_incident = {};
  IdSettings ids = {};
  std::optional<uint32_t> shards = {};  // none: as many as there are; new: one
};

Result<Database> open_database(const Session& session, const DatabaseOptions& options);

// A datetime of the command line; without an offset it is one of the deployment's zone.
Result<Instant> read_time(const Session& session, const Database& database,
                          const std::string& text);

// What became of a deployment: nothing to do, refused (and why was said), or done.
struct Deployed {
  Exit exit = Exit::ok;
  DeployOutcome outcome;
  size_t warnings = 0, scenarios = 0;
};

struct DeployOptions {
  std::string at, note;
  bool run_scenarios = true;
};

// Compiles, runs every scenario, and deploys, unless the same is deployed already. Findings and
// failed scenarios are written to stderr.
Result<Deployed> deploy_rules(Session& session, Database& database, const Unit& unit,
                              const DeployOptions& options);

}  // namespace duban::cli
