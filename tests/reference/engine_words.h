// What the engine did and what it remembers, in the words of the reference evaluator.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/step.h"
#include "tests/reference/judge.h"

namespace duban::reference {

struct Done {
  std::string kind, text;  // as in Effect
  Digest id;
};

class EngineWords {
 public:
  explicit EngineWords(const Plans& plans) : plans_(plans) {}

  // Remembers cases by their ids, so that what belongs to them can be told with their names.
  Done done(const Record& record);
  std::vector<std::string> state(const Subject& subject) const = delete;
  std::vector<std::string> state(const duban::Subject& subject) const;

 private:
  std::string exact(const Value& value) const;
  std::string at(Instant instant) const;
  std::string from(const Provenance& from) const;
  std::string of_case(const Digest& id) const;

  Done say(const CaseRecord& record);
  Done say(const TaskRecord& record);
  Done say(const NoticeRecord& record);
  Done say(const OutgoingRecord& record);
  Done say(const RaisedRecord& record);
  Done say(const DuplicateRecord& record);
  Done say(const ConcernRecord& record);

  const Plans& plans_;
  std::map<Digest, std::string> cases_;
};

// The same of the reference evaluator's memory.
std::vector<std::string> state_words(const Program& current, const Subject& subject);

}  // namespace duban::reference
