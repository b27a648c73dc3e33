#include "runtime/sharded_runtime.h"

namespace duban {

Status run_wall(ShardedRuntime& runtime, int descriptor, const std::string& name,
                std::optional<Instant> until, bool stay) {
  if (runtime.size() == 1) return run_wall(runtime.shard(0), descriptor, name, until, stay);
  return Error{"a database with several shards does not follow the wall clock yet", {}, {}};
}

}  // namespace duban
