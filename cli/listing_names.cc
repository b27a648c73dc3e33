#include "cli/listing_names.h"

#include <algorithm>

#include "cli/listing_words.h"
#include "cli/names.h"
#include "runtime/sqlite_store.h"
#include "runtime/stored_plans.h"

namespace duban::cli {
namespace {

constexpr size_t kNamedMax = 20;  // more would not be read

Error unknown(const Session& session, std::string_view option, const std::string& name,
              const std::vector<std::string>& known) {
  Error error{session.say("{} `{}` is not known", "{}：没有“{}”", option, name), {}, {}};
  error.message += did_you_mean(session, nearest(name, known));
  if (!known.empty() && known.size() <= kNamedMax) {
    error.hint = session.say("known are {}", "已知的有 {}",
                             fmt::format("{}", fmt::join(known, session.chinese() ? "、" : ", ")));
  }
  return misuse(std::move(error));
}

// Of the newest rules.
Result<std::shared_ptr<const Plan>> plan_of(const std::string& db) {
  const Result<std::unique_ptr<Store>> store = open_sqlite_store(db, OpenMode::read_only);
  if (!store) return store.error();
  const Result<std::vector<StoredDeployment>> all = (*store)->deployments();
  if (!all) return all.error();
  if (all->empty()) return std::shared_ptr<const Plan>();
  return compile_again(*all, all->size() - 1);
}

template <typename Things>
void add_names(const Things& things, std::vector<Names>& to) {
  for (const auto& thing : things) to.push_back(thing.names);
}

std::vector<Names> types_in(const Plan& plan, const std::string& what) {
  std::vector<Names> names;
  if (what == "notices") add_names(plan.notices, names);
  if (what == "cases") add_names(plan.cases, names);
  if (what == "events" || what == "outgoing") add_names(plan.layout.events, names);
  if (what == "events" || what == "subjects") add_names(plan.layout.entities, names);
  return names;
}

// Both names of what has this one; events stand there by the name they came with.
Status find(const Session& session, const std::string& db, const ListingFilter& filter,
            std::string_view option, const std::vector<Names>& names,
            std::vector<std::string>& wanted) {
  const std::string name = wanted.front();
  std::vector<std::string> known;
  for (const Names& each : names) {
    if (each.matches(name)) {
      wanted = {each.name};
      if (!each.alias.empty()) wanted.push_back(each.alias);
      return {};
    }
    known.push_back(each.in(session.chinese()));
  }
  // Earlier rules may have had it.
  const Result<std::vector<std::string>> listed = duban::listed_names(db, filter.what, option);
  if (!listed) return listed.error();
  if (std::find(listed->begin(), listed->end(), name) != listed->end()) return {};
  for (const std::string& each : *listed) {
    const bool is_new = std::none_of(names.begin(), names.end(),
                                     [&](const Names& one) { return one.matches(each); });
    if (is_new) known.push_back(each);
  }
  return unknown(session, "--" + std::string(option), name, known);
}

Status find_word(const Session& session, const std::string& what, const std::string& column,
                 std::string_view option, std::string& word) {
  if (const std::string meant = meant_by(what, column, word); !meant.empty()) {
    word = meant;
    return {};
  }
  return unknown(session, option, word, words_of(session, what, column));
}

}  // namespace

Status find_names(const Session& session, const std::string& db, ListingFilter& filter) {
  if (Status status = check_filter(filter); !status) return status;
  if (!filter.status.empty()) {
    if (Status status = find_word(session, filter.what, "status", "--status", filter.status);
        !status)
      return status;
  }
  if (!filter.type.empty() && filter.what == "incidents")
    return find_word(session, filter.what, "kind", "--type", filter.type.front());
  const bool by_type = !filter.type.empty() && filter.what != "tasks";  // their titles are texts
  if (!by_type && filter.policy.empty()) return {};
  const auto plan = plan_of(db);
  if (!plan) return plan.error();
  std::vector<Names> policies, types;
  if (*plan != nullptr) {
    add_names((*plan)->policies, policies);
    types = types_in(**plan, filter.what);
  }
  if (!filter.policy.empty()) {
    if (Status status = find(session, db, filter, "policy", policies, filter.policy); !status)
      return status;
  }
  return by_type ? find(session, db, filter, "type", types, filter.type) : Status();
}

}  // namespace duban::cli
