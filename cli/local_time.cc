#include "cli/local_time.h"

#include <vector>

#include "engine/parse.h"
#include "runtime/sqlite_store.h"

namespace duban::cli {

std::optional<Zone> zone_of(const std::string& db) {
  const Result<std::unique_ptr<Store>> store = open_sqlite_store(db, OpenMode::read_only);
  if (!store) return std::nullopt;
  const Result<std::vector<StoredDeployment>> deployments = (*store)->deployments();
  if (!deployments || deployments->empty()) return std::nullopt;
  for (const DeploymentFile& file : deployments->back().input.files) {
    if (!file.path.ends_with(".rules")) continue;
    std::vector<Diagnostic> ignored;
    const syntax::File tree = parse(Source(file.path, file.text), 0, ignored);
    if (tree.vocabulary.timezone.text.empty()) continue;
    const Result<Zone> zone = Zone::find(tree.vocabulary.timezone.text);
    if (zone) return *zone;
  }
  return std::nullopt;
}

std::string to_absolute(const std::optional<Zone>& zone, const std::string& text) {
  if (!zone || parse_date(text)) return text;
  const std::optional<Instant> time = zone->parse(text);
  return time ? zone->to_iso8601(*time) : text;
}

}  // namespace duban::cli
