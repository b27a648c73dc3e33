#include "runtime/store.h"

#include <iterator>

namespace duban {

bool Batch::empty() const {
  return log.empty() && subjects.empty() && effects.empty() && sent.empty() && !sent_all &&
         incidents.empty() && held.empty() && released.empty() && given_up.empty() &&
         deployments.empty() && references.empty() && !swept && !asking && !releasing;
}

LogEntry Batch::new_entry() {
  if (spare_.empty()) return {};
  LogEntry entry = std::move(spare_.back());
  spare_.pop_back();
  return entry;
}

void Batch::clear() {
  spare_.insert(spare_.end(), std::make_move_iterator(log.begin()),
                std::make_move_iterator(log.end()));
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

}  // namespace duban
