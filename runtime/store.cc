#include "runtime/store.h"

namespace duban {

bool Batch::empty() const {
  return log.empty() && subjects.empty() && !swept && records.empty() && outbox.empty() &&
         sent.empty() && incidents.empty() && held.empty() && released.empty() &&
         deployments.empty() && references.empty() && !asking;
}

void Batch::clear() {
  log.clear();
  subjects.clear();
  records.clear();
  outbox.clear();
  sent.clear();
  incidents.clear();
  held.clear();
  released.clear();
  deployments.clear();
  references.clear();
  swept.reset();
  asking.reset();
  clock.reset();
}

}  // namespace duban
