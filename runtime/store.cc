#include "runtime/store.h"

namespace duban {

bool Batch::empty() const {
  return log.empty() && subjects.empty() && effects.empty() && sent.empty() && !sent_all &&
         incidents.empty() && held.empty() && released.empty() && given_up.empty() &&
         deployments.empty() && references.empty() && !swept && !asking && !releasing;
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
  given_up.clear();
  deployments.clear();
  references.clear();
  swept.reset();
  asking.reset();
  releasing.reset();
  clock.reset();
}

Error damaged_state(const Key& key) {
  return Error{"the database is damaged: the state of `" + key.key + "` cannot be read",
               {},
               "restore a backup",
               "数据库已损坏：“" + key.key + "”的状态无法读取",
               "请恢复备份"};
}

Error ambiguous_id(const std::string& prefix) {
  return Error{"several ids begin with `" + prefix + "`",
               {},
               "give more of its digits",
               "有多个编号以“" + prefix + "”开头",
               "请多给几位"};
}

}  // namespace duban
