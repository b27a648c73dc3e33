// Plans out of what a deployment stored.
#pragma once

#include <memory>
#include <vector>

#include "engine/plan.h"
#include "engine/result.h"
#include "runtime/store.h"

namespace duban {

// Compiles all[index] again, as it was compiled when it was deployed: on the layout of the one
// before. An error when the result is not the plan that was deployed.
Result<std::shared_ptr<const Plan>> compile_again(const std::vector<StoredDeployment>& all,
                                                  size_t index);

// Of files and parameters: equal means that there is nothing to deploy.
std::string sources_digest(const CompileInput& input);

}  // namespace duban
