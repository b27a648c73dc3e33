// Files, who uses whom, and what they declare.
#include "engine/resolve.h"

#include <algorithm>
#include <set>
#include <utility>

#include "engine/files.h"

namespace duban::compiler {
namespace {

constexpr size_t kMaxFiles = 10'000;

bool is_rules_file(std::string_view path) { return path.ends_with(".rules"); }

// Both duplicates are named; of several the first is the one that stands.
class NameTable {
 public:
  explicit NameTable(Program& program) : program_(program) {}

  void add(const syntax::Name& name) {
    const bool added = name.text.empty() || add(name.text, name.span);
    if (added && !name.alias.empty() && name.alias != name.text) add(name.alias, name.alias_span);
  }

 private:
  // False after a message: a declaration that repeats another's name and alias is one mistake.
  bool add(const std::string& text, Span span) {
    const auto [it, added] = places_.emplace(text, span);
    if (added) return true;
    // The words that are shared come first, wherever their file stands.
    Span other = it->second;
    if (program_.visible(other.file, span.file) && !program_.visible(span.file, other.file)) {
      std::swap(other, span);
    }
    program_.error(
        span, "E103",
        {quoted(text) + " is declared twice; the other one is at " + program_.place(other),
         quoted(text) + "重复声明，另一处在 " + program_.place(other),
         "names hold for all files of a deployment: choose another",
         "名称在整个部署中有效，请另取名称"});
    return false;
  }

  Program& program_;
  std::map<std::string, Span> places_;
};

template <typename Info, typename Syntax>
void collect(const std::vector<Syntax>& from, uint16_t file, NameTable& names,
             std::vector<Info>& to) {
  for (const Syntax& declaration : from) {
    if (declaration.name.empty()) continue;  // the parser has said what is wrong
    names.add(declaration.name);
    Info info;
    info.syntax = &declaration;
    info.file = file;
    info.names = names_of(declaration.name);
    to.push_back(std::move(info));
  }
}

bool needs_policy(const syntax::File& file) {
  return !file.policy.name.empty() || !file.notices.empty() || !file.parameters.empty() ||
         !file.defines.empty() || !file.forbids.empty() || !file.tables.empty() ||
         !file.scorecards.empty() || !file.rules.empty() || !file.cases.empty();
}

std::optional<Date> date_of(Program& program, const syntax::ExprPtr& expr) {
  if (!expr) return std::nullopt;
  if (const Date* date = expr->value.get_if<Date>()) return *date;
  program.error(
      expr->span, "E131",
      {"a policy is in force for whole days: give a date alone", "办法以整日施行，请只写日期"});
  return std::nullopt;
}

// `rules/utility.rules` → `utility`.
std::string stem(const std::string& path) {
  const size_t slash = path.rfind('/');
  const std::string base = slash == path.npos ? path : path.substr(slash + 1);
  return base.substr(0, base.rfind('.'));
}

void collect_policy(Program& program, const syntax::File& file, NameTable& names) {
  if (!needs_policy(file)) return;
  PolicyInfo policy;
  policy.file = file.index;
  policy.basis = file.basis.text;
  policy.effective_from = date_of(program, file.effective_from);
  policy.effective_to = date_of(program, file.effective_to);
  if (!file.policy.name.empty()) {
    names.add(file.policy.name);
    policy.names = names_of(file.policy.name);
  } else if (!file.vocabulary.name.empty()) {
    policy.names = names_of(file.vocabulary.name);
  } else {
    policy.names.name = stem(program.sources[file.index].path());
  }
  if (policy.effective_from && policy.effective_to &&
      *policy.effective_to < *policy.effective_from) {
    program.error(file.effective_to->span, "E131",
                  {"the policy ends before it begins", "办法的终止日期早于施行日期"});
  }
  program.policy_of_file[file.index] = static_cast<uint16_t>(program.plan.policies.size());
  program.plan.policies.push_back(std::move(policy));
}

}  // namespace

void read_files(Program& program) {
  std::vector<const DeploymentFile*> rules;
  for (const DeploymentFile& file : program.input.files) {
    if (is_rules_file(file.path)) rules.push_back(&file);
  }
  std::sort(rules.begin(), rules.end(), [](const auto* a, const auto* b) { return *a < *b; });
  if (rules.size() > kMaxFiles) {
    program.error({}, "E130", {"too many files", "文件过多"});
    rules.resize(kMaxFiles);
  }

  for (const DeploymentFile* file : rules) program.sources.emplace_back(file->path, file->text);
  SourceSet tables;
  for (const DeploymentFile& file : program.input.files) {
    if (!is_rules_file(file.path)) tables.emplace_back(file.path, file.text);
  }
  ParsedFiles parsed = parse_files(program.sources, tables, program.diagnostics);
  program.files = std::move(parsed.files);
  program.vocabulary = std::move(parsed.names);
  std::vector<std::string> paths;
  for (const DeploymentFile* file : rules) paths.push_back(file->path);
  for (const Diagnostic& diagnostic : program.diagnostics) {
    program.parse_failed |= diagnostic.severity == Severity::error;
  }

  const size_t count = program.files.size();
  std::vector<std::vector<size_t>> uses(count);
  std::vector<bool> lacks(count, false);
  for (size_t i = 0; i < count; ++i) {
    for (const syntax::Use& use : program.files[i].uses) {
      if (use.path.text.empty()) continue;
      const size_t found = find_path(paths, paths[i], use.path.text);
      if (found < count) {
        uses[i].push_back(found);
      } else {
        lacks[i] = true;
        program.error(use.path.span, "E106",
                      {"the file `" + use.path.text + "` is not among the rules",
                       "规则中没有文件`" + use.path.text + "`",
                       "a path is relative to the file that uses it; a bare name must be unique",
                       "路径相对于引用它的文件；只写文件名时须唯一"});
      }
    }
  }
  program.sees = reachable(uses);
  program.blind.assign(count, false);
  for (size_t i = 0; i < count; ++i) {
    for (size_t other = 0; other < count; ++other) {
      if (program.sees[i][other] && lacks[other]) program.blind[i] = true;
    }
  }
}

void collect_declarations(Program& program) {
  program.policy_of_file.assign(program.files.size(), kNoId);
  // Names that can stand in the same place share a table.
  NameTable policies(program), types(program), events(program), values(program);
  NameTable channels(program), calendars(program), rules(program);
  for (const syntax::File& file : program.files) {
    const uint16_t index = file.index;
    collect_policy(program, file, policies);
    collect(file.entities, index, types, program.entities);
    collect(file.choices, index, types, program.choices);
    collect(file.cases, index, types, program.cases);
    collect(file.events, index, events, program.events);
    collect(file.notices, index, events, program.notices);
    collect(file.parameters, index, values, program.parameters);
    collect(file.defines, index, values, program.defines);
    collect(file.tables, index, values, program.tables);
    for (const syntax::ScorecardDecl& card : file.scorecards) {
      values.add(card.name);
      add_scorecard(program, card, index);
    }
    collect(file.channels, index, channels, program.channels);
    collect(file.calendars, index, calendars, program.calendars);
    collect(file.rules, index, rules, program.rules);
  }
  const auto add_values = [&program](const auto& declared, Program::ValueRef::Kind kind) {
    for (size_t i = 0; i < declared.size(); ++i) {
      // Of duplicates, which have been reported, the first stands.
      const Program::ValueRef value{kind, static_cast<Index>(i)};
      program.values.emplace(declared[i].names.name, value);
      if (!declared[i].names.alias.empty()) program.values.emplace(declared[i].names.alias, value);
    }
  };
  add_values(program.parameters, Program::ValueRef::Kind::parameter);
  add_values(program.defines, Program::ValueRef::Kind::define);
  add_values(program.tables, Program::ValueRef::Kind::table);
  // A case's own defines are found through the case.
  for (CaseInfo& info : program.cases) {
    for (const syntax::DefineDecl& define : info.syntax->defines) {
      if (define.name.empty()) continue;
      DefineInfo local;
      local.syntax = &define;
      local.file = info.file;
      local.names = names_of(define.name);
      local.local = true;
      local.owner_case = static_cast<Index>(&info - program.cases.data());
      info.defines.push_back(static_cast<Index>(program.defines.size()));
      program.defines.push_back(std::move(local));
    }
  }
}

}  // namespace duban::compiler
