#include "cli/changes.h"

#include <algorithm>
#include <boost/json.hpp>
#include <iterator>
#include <map>
#include <tuple>

#include "cli/table.h"
#include "engine/files.h"

namespace duban::cli {
namespace {

using Id = std::tuple<std::string, std::string, std::string>;  // policy, what, name
using Texts = std::map<Id, std::string>;

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return (c & 0x80) == 0; });
}

const std::string& canonical(const syntax::Name& name) {
  return !name.alias.empty() && !is_ascii(name.text) && is_ascii(name.alias) ? name.alias
                                                                             : name.text;
}

// Without comments, and any run of blanks as one.
std::string normalised(std::u32string_view text) {
  std::u32string out;
  char32_t closing = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const char32_t c = text[i];
    if (closing != 0) {
      if (c == U'\\' && i + 1 < text.size()) {
        out += c;
        out += text[++i];
        continue;
      }
      if (c == closing || c == U'\n') closing = 0;
      out += c;
    } else if (c == U'-' && i + 1 < text.size() && text[i + 1] == U'-') {
      while (i + 1 < text.size() && text[i + 1] != U'\n') ++i;
    } else if (c == U' ' || c == U'\t' || c == U'\n' || c == U'\r' || c == U'\u3000') {
      if (!out.empty() && out.back() != U' ') out += U' ';
    } else {
      if (c == U'"') closing = U'"';
      if (c == U'“') closing = U'”';
      out += c;
    }
  }
  while (!out.empty() && out.back() == U' ') out.pop_back();
  return to_utf8(out);
}

struct Declaration {
  uint32_t begin = 0;
  std::string what, name;
};

template <typename T>
void collect(const std::vector<T>& nodes, const char* what, std::vector<Declaration>& out) {
  for (const T& node : nodes) out.push_back({node.span.begin, what, canonical(node.name)});
}

// The declarations of a file in their order; an empty `what` only ends the one before.
std::vector<Declaration> declarations_of(const syntax::File& file) {
  std::vector<Declaration> out;
  if (!file.policy.name.empty()) {
    out.push_back({file.policy.span.begin, "policy", canonical(file.policy.name)});
  }
  if (!file.vocabulary.name.empty()) {
    out.push_back({file.vocabulary.span.begin, "vocabulary", canonical(file.vocabulary.name)});
  }
  collect(file.calendars, "calendar", out);
  for (const syntax::EntityDecl& entity : file.entities) {
    out.push_back(
        {entity.span.begin, entity.is_reference ? "reference" : "entity", canonical(entity.name)});
  }
  collect(file.choices, "choice", out);
  collect(file.events, "event", out);
  collect(file.channels, "channel", out);
  collect(file.notices, "notice", out);
  collect(file.parameters, "parameter", out);
  collect(file.defines, "define", out);
  for (const syntax::ForbidDecl& forbid : file.forbids) {
    out.push_back({forbid.span.begin, "forbid", forbid.target.text});
  }
  collect(file.tables, "table", out);
  collect(file.scorecards, "scorecard", out);
  collect(file.rules, "rule", out);
  collect(file.cases, "case", out);
  for (const syntax::ScenarioDecl& scenario : file.scenarios) {
    out.push_back({scenario.span.begin, "", ""});
  }
  std::stable_sort(out.begin(), out.end(),
                   [](const Declaration& a, const Declaration& b) { return a.begin < b.begin; });
  return out;
}

void read_rules(const Source& source, const syntax::File& tree, Texts& texts) {
  const std::string policy =
      tree.policy.name.empty() ? canonical(tree.vocabulary.name) : canonical(tree.policy.name);
  const std::vector<Declaration> declarations = declarations_of(tree);
  const std::u32string_view all = source.code_points();
  for (size_t i = 0; i < declarations.size(); ++i) {
    const Declaration& declaration = declarations[i];
    if (declaration.what.empty()) continue;
    const size_t end = i + 1 < declarations.size() ? declarations[i + 1].begin : all.size();
    if (end < declaration.begin) continue;
    texts[{policy, declaration.what, declaration.name}] +=
        normalised(all.substr(declaration.begin, end - declaration.begin)) + "\n";
  }
}

Texts texts_of(const CompileInput& input) {
  Texts texts;
  SourceSet sources, tables;
  for (const DeploymentFile& file : input.files) {
    if (file.path.ends_with(".rules")) {
      sources.emplace_back(file.path, file.text);
    } else {
      tables.emplace_back(file.path, file.text);
      texts[{"", "file", file.path}] = file.text;
    }
  }
  std::vector<Diagnostic> ignored;
  for (const syntax::File& tree : parse_files(sources, tables, ignored).files) {
    read_rules(sources[tree.index], tree, texts);
  }
  for (const auto& [name, value] : input.parameters) texts[{"", "setting", name}] = value;
  return texts;
}

std::string what_in_chinese(const std::string& what) {
  static const std::map<std::string, std::string> kWords = {
      {"policy", "办法"},      {"vocabulary", "词汇"}, {"calendar", "日历"}, {"reference", "参照"},
      {"entity", "对象"},      {"choice", "选项"},     {"event", "事件"},    {"channel", "渠道"},
      {"notice", "通知模板"},  {"parameter", "参数"},  {"define", "定义"},   {"forbid", "禁止"},
      {"table", "决策表"},     {"rule", "规则"},       {"case", "事项"},     {"file", "文件"},
      {"scorecard", "评分卡"}, {"setting", "参数取值"}};
  const auto it = kWords.find(what);
  return it == kWords.end() ? what : it->second;
}

}  // namespace

std::vector<Change> changes_between(const CompileInput& before, const CompileInput& after) {
  const Texts old_texts = texts_of(before);
  const Texts new_texts = texts_of(after);
  std::vector<Change> out;
  auto add = [&out](Change::Kind kind, const Id& id) {
    out.push_back({kind, std::get<1>(id), std::get<0>(id), std::get<2>(id)});
  };
  auto old_it = old_texts.begin();
  auto new_it = new_texts.begin();
  while (old_it != old_texts.end() || new_it != new_texts.end()) {
    if (old_it == old_texts.end() || (new_it != new_texts.end() && new_it->first < old_it->first)) {
      add(Change::Kind::added, (new_it++)->first);
    } else if (new_it == new_texts.end() || old_it->first < new_it->first) {
      add(Change::Kind::removed, (old_it++)->first);
    } else {
      if (old_it->second != new_it->second) add(Change::Kind::changed, new_it->first);
      ++old_it;
      ++new_it;
    }
  }
  return out;
}

std::string to_text(const Session& session, const std::vector<Change>& changes) {
  size_t width = 0;
  auto word = [&session](const Change& change) {
    return session.chinese() ? what_in_chinese(change.what) : change.what;
  };
  for (const Change& change : changes) width = std::max(width, display_width(word(change)));
  std::string out, policy;
  bool first = true;
  for (const Change& change : changes) {
    if (first || change.policy != policy) {
      policy = change.policy;
      if (!policy.empty()) out += "  " + policy + "\n";
    }
    first = false;
    const char* mark = change.kind == Change::Kind::added     ? "+"
                       : change.kind == Change::Kind::removed ? "-"
                                                              : "~";
    const std::string what = word(change);
    out += fmt::format("  {} {}{}  {}\n", mark, what, std::string(width - display_width(what), ' '),
                       change.name);
  }
  return out;
}

boost::json::array to_json(const std::vector<Change>& changes) {
  boost::json::array out;
  for (const Change& change : changes) {
    const char* kind = change.kind == Change::Kind::added     ? "added"
                       : change.kind == Change::Kind::removed ? "removed"
                                                              : "changed";
    out.push_back({{"change", kind},
                   {"what", change.what},
                   {"policy", change.policy},
                   {"name", change.name}});
  }
  return out;
}

}  // namespace duban::cli
