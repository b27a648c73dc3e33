#include "runtime/store.h"

namespace duban {

bool Batch::empty() const {
  return log.empty() && subjects.empty() && effects.empty() && sent.empty() && !sent_all &&
         incidents.empty() && held.empty() && released.empty() && deployments.empty() &&
         references.empty() && !swept && !asking;
}

void Batch::clear() {
  log.clear();
  subjects.clear();
  effects.clear();
  sent.clear();
  sent_all.reset();
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
