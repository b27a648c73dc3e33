// Goal: dependencies between folders point one way, and each outside library has one door.
// Method: hold the includes of every source file against the tables below. The check works on
// (path, text) pairs, so that made-up files can show that it finds what it is there to find.

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace {

struct File {
  std::string path;  // Relative to the repository, with '/'.
  std::string text;
};

// A folder may include itself and the folders listed.
struct Layer {
  std::string_view folder;
  std::vector<std::string_view> may_include;
};
const std::vector<Layer> kLayers = {
    {"grammar", {}},
    {"engine", {}},  // The generated parser has a door of its own.
    {"runtime", {"engine"}},
    {"cli", {"runtime", "engine"}},
};
const std::vector<std::string_view> kOtherFolders = {"tests", "bench"};

// Headers that start with a prefix may be included only from files whose path starts with `door`.
struct Door {
  std::string_view header_prefix;
  std::string_view door;
};
const std::vector<Door> kDoors = {
    {"grammar/", "engine/parse.cc"},    {"RulesLexer", "engine/parse.cc"},
    {"RulesParser", "engine/parse.cc"}, {"antlr4", "engine/parse.cc"},
    {"SQLiteCpp/", "runtime/sqlite_"},  {"sqlite3", "runtime/sqlite_"},
    {"boost/asio", "runtime/loop"},
};

// The engine has no I/O, threads, clock or chance.
const std::vector<std::string_view> kNotInEngine = {"fstream", "iostream", "filesystem", "thread",
                                                    "random"};
const std::vector<std::string_view> kClocks = {"system_clock::now", "steady_clock::now",
                                               "high_resolution_clock::now"};

bool contains(const std::vector<std::string_view>& list, std::string_view item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

std::string_view folder_of(std::string_view path) {
  const size_t slash = path.find('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

// The text without comments and raw strings, line for line.
std::string strip(std::string_view text) {
  std::string out;
  // Skips `length` characters, keeping line breaks.
  auto skip = [&](size_t at, size_t length) {
    for (char c : text.substr(at, length)) {
      if (c == '\n') out += c;
    }
    return std::min(at + length, text.size());
  };
  // The distance from `at` to behind the next `end`, or to the end of the text.
  auto through = [&](size_t at, std::string_view end, size_t from) {
    const size_t found = text.find(end, from);
    return (found == std::string_view::npos ? text.size() : found + end.size()) - at;
  };
  for (size_t i = 0; i < text.size();) {
    const std::string_view rest = text.substr(i);
    if (rest.starts_with("//")) {
      i = skip(i, std::min(rest.find('\n'), rest.size()));
    } else if (rest.starts_with("/*")) {
      i = skip(i, through(i, "*/", i + 2));
    } else if (rest.starts_with("R\"") && rest.find('(') != std::string_view::npos) {
      const size_t open = rest.find('(');
      const std::string close = ")" + std::string(rest.substr(2, open - 2)) + "\"";
      i = skip(i, through(i, close, i + open));
    } else if (rest[0] == '"' ||
               (rest[0] == '\'' &&
                (i == 0 || !std::isalnum(static_cast<unsigned char>(text[i - 1]))))) {
      size_t end = 1;
      while (end < rest.size() && rest[end] != rest[0] && rest[end] != '\n') {
        end += rest[end] == '\\' ? 2 : 1;
      }
      const std::string_view literal = rest.substr(0, end + 1);
      out += literal;
      i += literal.size();
    } else {
      out += rest[0];
      ++i;
    }
  }
  return out;
}

// The header a line includes, relative to the repository where it is one of ours; else empty.
std::string header_included(std::string_view line, const std::string& from) {
  auto skip_blanks = [&] {
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
  };
  skip_blanks();
  if (!line.starts_with('#')) return {};
  line.remove_prefix(1);
  skip_blanks();
  if (!line.starts_with("include")) return {};
  line.remove_prefix(7);
  skip_blanks();
  if (line.empty() || (line[0] != '"' && line[0] != '<')) return {};
  const size_t end = line.find(line[0] == '"' ? '"' : '>', 1);
  if (end == std::string_view::npos) return {};
  std::string header(line.substr(1, end - 1));
  if (header.starts_with('.')) {
    const auto folder = std::filesystem::path(from).parent_path();
    header = (folder / header).lexically_normal().generic_string();
  }
  return header;
}

// What is wrong with including `header` from `path`; empty if nothing is.
std::string objection(const std::string& path, const std::string& header) {
  for (const Door& door : kDoors) {
    if (!header.starts_with(door.header_prefix)) continue;
    if (path.starts_with(door.door)) return {};
    return "only " + std::string(door.door) + "* may include it";
  }
  const std::string_view from = folder_of(path);
  if (from == "engine" && contains(kNotInEngine, header)) {
    return "the engine has no I/O, threads, clock or chance";
  }
  const std::string_view to = folder_of(header);
  if (to == from) return {};
  const bool known = contains(kOtherFolders, to) ||
                     std::any_of(kLayers.begin(), kLayers.end(),
                                 [&](const Layer& layer) { return layer.folder == to; });
  if (!known) return {};
  for (const Layer& layer : kLayers) {
    if (layer.folder == from && contains(layer.may_include, to)) return {};
  }
  return std::string(from) + " may not depend on " + std::string(to);
}

std::vector<std::string> findings(const std::vector<File>& files) {
  std::vector<std::string> found;
  for (const File& file : files) {
    const std::string text = strip(file.text);
    const std::string_view view = text;
    int line_number = 0;
    for (size_t at = 0; at < view.size();) {
      const size_t end = std::min(view.find('\n', at), view.size());
      const std::string_view line = view.substr(at, end - at);
      at = end + 1;
      const std::string where = file.path + ":" + std::to_string(++line_number) + ": ";
      const std::string header = header_included(line, file.path);
      if (!header.empty()) {
        const std::string why = objection(file.path, header);
        if (!why.empty()) found.push_back(where + "`" + header + "`: " + why);
      }
      if (!file.path.starts_with("engine/")) continue;
      for (const std::string_view clock : kClocks) {
        if (line.find(clock) == std::string_view::npos) continue;
        found.push_back(where + "`" + std::string(clock) + "`: the engine is told the time");
      }
    }
  }
  return found;
}

std::vector<File> read_sources() {
  namespace fs = std::filesystem;
  const fs::path root = DUBAN_SOURCE_DIR;
  std::vector<File> files;
  for (const Layer& layer : kLayers) {
    for (const auto& entry : fs::recursive_directory_iterator(root / layer.folder)) {
      const std::string extension = entry.path().extension().string();
      if (extension != ".h" && extension != ".cc") continue;
      std::ifstream in(entry.path(), std::ios::binary);
      files.push_back({entry.path().lexically_relative(root).generic_string(),
                       std::string(std::istreambuf_iterator<char>(in), {})});
    }
  }
  std::sort(files.begin(), files.end(),
            [](const File& a, const File& b) { return a.path < b.path; });
  return files;
}

TEST(Layering, SourcesIncludeForwardOnly) {
  const std::vector<File> files = read_sources();
  EXPECT_FALSE(files.empty()) << "no sources under " << DUBAN_SOURCE_DIR;
  for (const std::string& finding : findings(files)) ADD_FAILURE() << finding;
}

struct Case {
  std::string path;
  std::string line;
};

TEST(Layering, FindsWhatIsForbidden) {
  const std::initializer_list<Case> cases = {
      {"engine/eval.cc", "#include \"runtime/store.h\""},
      {"engine/eval.cc", "  #  include <cli/commands.h>"},
      {"engine/eval.cc", "#include \"../runtime/store.h\""},
      {"engine/eval.cc", "#include \"tests/engine/fixture.h\""},
      {"runtime/store.h", "#include \"cli/commands.h\""},
      {"grammar/helper.h", "#include \"engine/value.h\""},
      {"engine/eval.cc", "#include \"grammar/RulesParser.h\""},
      {"engine/eval.cc", "#include \"RulesLexer.h\""},
      {"engine/parse.h", "#include <antlr4-runtime.h>"},
      {"runtime/store.cc", "#include \"grammar/RulesParser.h\""},
      {"runtime/store.cc", "#include <SQLiteCpp/SQLiteCpp.h>"},
      {"cli/list.cc", "#include <sqlite3.h>"},
      {"runtime/timers.cc", "#include <boost/asio/io_context.hpp>"},
      {"engine/eval.cc", "#include <fstream>"},
      {"engine/eval.cc", "#include <iostream>"},
      {"engine/eval.cc", "#include <filesystem>"},
      {"engine/eval.cc", "#include <thread>"},
      {"engine/eval.cc", "#include <random>"},
      {"engine/eval.cc", "auto url = \"http://x\"; auto t = std::chrono::system_clock::now();"},
      {"engine/eval.cc", "auto n = 1'000; auto t = std::chrono::steady_clock::now();  // \""},
  };
  for (const Case& c : cases) {
    const std::vector<std::string> found = findings({{c.path, "// A comment.\n" + c.line + "\n"}});
    ASSERT_EQ(found.size(), 1U) << c.path << ": " << c.line;
    EXPECT_TRUE(found[0].starts_with(c.path + ":2: ")) << found[0];
  }
}

TEST(Layering, AcceptsWhatIsAllowed) {
  const std::initializer_list<Case> cases = {
      {"engine/eval.cc", "#include \"engine/value.h\""},
      {"engine/eval.cc", "#include \"value.h\""},
      {"engine/eval.cc", "#include <chrono>"},
      {"engine/parse.cc", "#include \"grammar/RulesParser.h\""},
      {"engine/parse.cc", "#include <antlr4-runtime.h>"},
      {"runtime/store.h", "#include \"engine/value.h\""},
      {"runtime/sqlite_store.cc", "#include <SQLiteCpp/SQLiteCpp.h>"},
      {"runtime/sqlite_store.h", "#include <sqlite3.h>"},
      {"runtime/loop_http.cc", "#include <boost/asio/io_context.hpp>"},
      {"runtime/clock.cc", "auto t = std::chrono::system_clock::now();"},
      {"cli/list.cc", "#include \"runtime/store.h\""},
      {"cli/list.cc", "#include \"engine/value.h\""},
      {"cli/list.cc", "#include <boost/json.hpp>"},
      {"engine/eval.cc", "// #include \"runtime/store.h\""},
      {"engine/eval.cc", "/* system_clock::now\n#include <thread>\n*/"},
      {"engine/eval.cc", "auto s = R\"x(\n#include <thread>\n)x\";"},
  };
  for (const Case& c : cases) {
    for (const std::string& finding : findings({{c.path, c.line}})) ADD_FAILURE() << finding;
  }
}

}  // namespace
