#include "engine/files.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "engine/parse.h"
#include "engine/skim.h"

namespace duban {
namespace {

// The folder of `from`, then the steps of `path`; `..` beyond the root stays, and finds nothing.
std::string resolve_path(const std::string& from, const std::string& path) {
  std::vector<std::string> parts;
  const auto walk = [&parts](std::string_view text) {
    while (!text.empty()) {
      const size_t slash = text.find('/');
      const std::string_view part = text.substr(0, slash);
      text.remove_prefix(slash == text.npos ? text.size() : slash + 1);
      if (part == ".." && !parts.empty() && parts.back() != "..") {
        parts.pop_back();
      } else if (!part.empty() && part != ".") {
        parts.emplace_back(part);
      }
    }
  };
  const size_t slash = from.rfind('/');
  if (slash != from.npos) walk(std::string_view(from).substr(0, slash));
  walk(path);
  std::string out;
  for (const std::string& part : parts) out += (out.empty() ? "" : "/") + part;
  return out;
}

// What is declared, or only named, in lines that were not understood.
void note_lost_names(const Source& source, const std::vector<Token>& tokens, const Skim& found,
                     syntax::File& file) {
  if (file.unread.empty()) return;
  const auto is_unread = [&](uint32_t at) {
    return std::any_of(file.unread.begin(), file.unread.end(),
                       [&](const Span& span) { return span.begin <= at && at < span.end; });
  };
  for (const Skim::Declared& declared : found.names) {
    if (is_unread(declared.begin)) file.lost.insert(to_utf8(declared.name));
  }
  for (const Token& token : tokens) {
    const bool name = token.kind == Terminal::WORD || token.kind == Terminal::QUOTED;
    if (name && is_unread(token.begin)) file.lost.insert(name_text(source, token));
  }
}

struct Skimmed {
  std::vector<Token> tokens;
  Skim found;
};

std::vector<Skimmed> skim_all(const SourceSet& sources) {
  std::vector<Skimmed> out;
  out.reserve(sources.size());
  for (const Source& source : sources) {
    std::vector<Token> tokens = lex(source);
    Skim found = skim(source, tokens);
    out.push_back({std::move(tokens), std::move(found)});
  }
  return out;
}

std::vector<std::string> paths_of(const SourceSet& sources) {
  std::vector<std::string> paths;
  for (const Source& source : sources) paths.push_back(source.path());
  return paths;
}

// What each file declares, and whose names it sees.
KnownNames names_in(const SourceSet& sources, const SourceSet& tables,
                    const std::vector<Skimmed>& skimmed) {
  const size_t count = sources.size();
  const std::vector<std::string> paths = paths_of(sources), table_paths = paths_of(tables);

  KnownNames names(count);
  std::vector<std::vector<size_t>> uses(count);
  for (size_t i = 0; i < count; ++i) {
    const Skim& found = skimmed[i].found;
    for (const Skim::Declared& declared : found.names) {
      names.add(static_cast<uint16_t>(i), declared.name);
    }
    for (const Skim::Path& path : found.paths) {
      if (path.kind == Skim::Path::Kind::from) {
        const size_t table = find_path(table_paths, paths[i], path.path);
        if (table == tables.size()) continue;
        for (const Skim::Declared& declared : skim_table(tables[table]).names) {
          names.add(static_cast<uint16_t>(i), declared.name);
        }
      }
      if (path.kind != Skim::Path::Kind::use) continue;
      const size_t used = find_path(paths, paths[i], path.path);
      if (used != count) uses[i].push_back(used);
    }
  }
  const std::vector<std::vector<bool>> sees = reachable(uses);
  for (size_t i = 0; i < count; ++i) {
    for (size_t other = 0; other < count; ++other) {
      if (sees[i][other] && other != i) {
        names.let_see(static_cast<uint16_t>(i), static_cast<uint16_t>(other));
      }
    }
  }
  return names;
}

}  // namespace

size_t find_path(const std::vector<std::string>& paths, const std::string& from,
                 const std::string& path) {
  const std::string wanted = resolve_path(from, path);
  const auto normal = [](const std::string& text) { return resolve_path("", text); };
  for (size_t i = 0; i < paths.size(); ++i) {
    if (normal(paths[i]) == wanted) return i;
  }
  const auto base = [](const std::string& text) { return text.substr(text.rfind('/') + 1); };
  size_t found = paths.size();
  for (size_t i = 0; i < paths.size(); ++i) {
    if (base(paths[i]) != base(path)) continue;
    if (found != paths.size()) return paths.size();  // not unique
    found = i;
  }
  return found;
}

std::vector<std::vector<bool>> reachable(const std::vector<std::vector<size_t>>& see) {
  std::vector<std::vector<bool>> out(see.size(), std::vector<bool>(see.size(), false));
  for (size_t i = 0; i < see.size(); ++i) {
    std::vector<size_t> open{i};
    out[i][i] = true;
    while (!open.empty()) {
      const size_t file = open.back();
      open.pop_back();
      for (const size_t next : see[file]) {
        if (out[i][next]) continue;
        out[i][next] = true;
        open.push_back(next);
      }
    }
  }
  return out;
}

ParsedFiles parse_files(const SourceSet& sources, const SourceSet& tables,
                        std::vector<Diagnostic>& diagnostics) {
  const std::vector<Skimmed> skimmed = skim_all(sources);
  ParsedFiles out{{}, names_in(sources, tables, skimmed)};
  out.files.reserve(sources.size());
  for (size_t i = 0; i < sources.size(); ++i) {
    const auto index = static_cast<uint16_t>(i);
    const auto& [tokens, found] = skimmed[i];
    out.files.push_back(parse(sources[i], tokens, {&out.names, index}, index, diagnostics));
    note_lost_names(sources[i], tokens, found, out.files.back());
  }
  return out;
}

KnownNames names_in(const SourceSet& sources, const SourceSet& tables) {
  return names_in(sources, tables, skim_all(sources));
}

}  // namespace duban
