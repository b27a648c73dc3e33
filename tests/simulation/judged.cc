// The reference evaluator's word on what the log says was done.
#include <utility>

#include "engine/codec.h"
#include "runtime/recovery.h"
#include "runtime/stored_plans.h"
#include "tests/reference/match.h"
#include "tests/simulation/verify.h"

namespace duban::simulation {

void check_reference(Store& store, std::vector<std::string>& complaints) {
  const auto complain = [&](const std::string& what) {
    complaints.push_back("the reference evaluator: " + what);
  };
  Result<std::vector<StoredDeployment>> deployments = store.deployments();
  if (!deployments) return complain(deployments.error().to_string());
  std::vector<CompileInput> inputs;
  std::vector<std::shared_ptr<const Plan>> plans;
  for (size_t i = 0; i < deployments->size(); ++i) {
    Result<std::shared_ptr<const Plan>> plan = compile_again(*deployments, i);
    if (!plan) return complain(plan.error().to_string());
    plans.push_back(std::move(*plan));
    inputs.push_back((*deployments)[i].input);
  }
  if (plans.empty()) return;
  reference::Tally tally;
  reference::Match match(inputs, plans, &tally);
  bool first = true;
  const Status status = store.log().for_each(0, [&](LogEntry& entry) -> Status {
    if (entry.kind == LogEntry::Kind::deployment && !std::exchange(first, false))
      match.follow_deployment();
    if (entry.kind == LogEntry::Kind::reference) {
      if (const auto row = decode_reference_row(entry.payload)) match.follow(*row);
    }
    if (entry.kind != LogEntry::Kind::input) return {};
    const std::optional<Input> input = input_of(entry);
    if (!input) return Error{"an entry cannot be read", {}, {}, {}, {}};
    if (const auto difference = match.follow(*input)) {
      return Error{
          "entry " + std::to_string(entry.sequence) + " (" + entry.type + "), " + difference->what,
          {},
          {},
          {},
          {}};
    }
    return {};
  });
  if (!status) complain(status.error().to_string());
}

}  // namespace duban::simulation
