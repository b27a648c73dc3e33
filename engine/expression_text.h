// Expressions by canonical names alone: equal in both languages and under every layout.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/plan.h"

namespace duban::compiler {

// Whose fields a node's slots count in. A node is compiled in one such place only.
struct Where {
  uint16_t entity = 0xffff;
  Index owner_case = kNone;
  uint16_t event = 0xffff;
  const std::vector<Layout::Field>* needs = nullptr;
};

std::string value_text(const Plan& plan, const Value& value);
std::string type_text(const Plan& plan, const Type& type);

// Digests of nodes, each computed once.
class NodeDigests {
 public:
  explicit NodeDigests(const Plan& plan);
  // Hexadecimal; empty for kNone.
  std::string of(Index node, const Where& where);

 private:
  Digest compute(Index node, const Where& where);

  const Plan& plan_;
  std::vector<std::optional<Digest>> known_;
};

// Part of identities: the expression itself where it is short, else its digest.
std::string canonical_text(const Plan& plan, Index node, const Where& where);

}  // namespace duban::compiler
