#include "cli/load.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "engine/parse.h"
#include "engine/skim.h"
#include "runtime/system_error.h"

namespace duban::cli {
namespace {

namespace fs = std::filesystem;

struct LoadedFile {
  std::string shown;
  std::string text;
  std::vector<fs::path> references;  // absolute, normalised
};

Error error_at(std::string message, const std::string& place, std::string hint = {}) {
  return {std::move(message), place, std::move(hint)};
}

Status check_utf8(const Session& session, const std::string& shown, const Source& source) {
  const int64_t at = source.invalid_utf8_at();
  if (at < 0) return {};
  const Source::Position position = source.position(static_cast<uint32_t>(at));
  return error_at(session.say("this file is not UTF-8 text", "文件不是 UTF-8 编码"),
                  fmt::format("{}:{}:{}", shown, position.line, position.column),
                  session.say("save it as UTF-8; a file from an older program may be GB 18030",
                              "请另存为 UTF-8；旧软件保存的文件可能是 GB 18030"));
}

Result<std::string> read_text(const Session& session, const fs::path& path,
                              const std::string& shown) {
  std::error_code code;
  const fs::file_status status = fs::status(path, code);
  if (!fs::exists(status)) return error_at(session.say("no such file", "文件不存在"), shown);
  if (!fs::is_regular_file(status)) {
    return error_at(session.say("this is not a file", "不是文件"), shown);
  }
  const uintmax_t size = fs::file_size(path, code);
  if (!code && size > kFileBytesMax) {
    return error_at(
        session.say("the file has {} bytes; at most {} are read", "文件有 {} 字节，上限为 {} 字节",
                    with_separators(size), with_separators(kFileBytesMax)),
        shown);
  }
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  std::string text;
  if (in) text.assign(std::istreambuf_iterator<char>(in), {});
  if (!in || in.bad()) {
    return system_error("cannot read the file", "无法读取文件", errno == 0 ? EIO : errno, shown);
  }
  if (text.starts_with("\xef\xbb\xbf")) text.erase(0, 3);
  return text;
}

// Reads files once each and follows what they name.
class Loader {
 public:
  explicit Loader(const Session& session) : session_(session) {}

  Status add_path(const std::string& typed) {
    const fs::path path = typed;
    std::error_code code;
    const fs::file_status status = fs::status(path, code);
    if (!fs::exists(status)) {
      return error_at(session_.say("no such file or directory", "文件或目录不存在"), typed);
    }
    if (!fs::is_directory(status)) {
      if (path.extension() != ".rules") {
        return error_at(
            session_.say("neither a .rules file nor a directory", "既不是 .rules 文件，也不是目录"),
            typed);
      }
      return give(path);
    }
    std::vector<fs::path> found;
    if (Status status_of_walk = walk(path, found); !status_of_walk) return status_of_walk;
    if (found.empty()) {
      return error_at(session_.say("no .rules files here", "目录中没有 .rules 文件"), typed);
    }
    std::sort(found.begin(), found.end());
    for (const fs::path& file : found) {
      if (Status read = give(file); !read) return read;
    }
    return {};
  }

  Status add_text(std::string text) {
    const fs::path absolute = fs::absolute("-.rules").lexically_normal();
    given_.push_back(absolute);
    if (text.starts_with("\xef\xbb\xbf")) text.erase(0, 3);
    return keep(absolute, "-", std::move(text));
  }

  std::vector<Unit> units() const {
    std::set<fs::path> folders;
    for (const fs::path& file : given_) {
      for (fs::path at = file.parent_path(); folders.insert(at).second;) at = at.parent_path();
    }
    // `en` below a folder that also has `zh`, and the other way round.
    auto language_of = [&](const fs::path& file) -> std::string {
      for (fs::path at = file.parent_path(); at != at.parent_path(); at = at.parent_path()) {
        const std::string name = at.filename().string();
        if (name != "en" && name != "zh") continue;
        if (folders.contains(at.parent_path() / (name == "en" ? "zh" : "en"))) return name;
      }
      return {};
    };
    std::map<std::string, std::vector<fs::path>> by_language;
    for (const fs::path& file : given_) by_language[language_of(file)].push_back(file);
    const std::vector<fs::path> common = by_language[""];
    std::vector<Unit> out;
    if (by_language.size() == 1) {
      out.push_back(unit({}, common));
      return out;
    }
    for (auto& [language, files] : by_language) {
      if (language.empty()) continue;
      files.insert(files.end(), common.begin(), common.end());
      out.push_back(unit(language, files));
    }
    return out;
  }

 private:
  Status walk(const fs::path& folder, std::vector<fs::path>& found) const {
    std::error_code code;
    auto it = fs::recursive_directory_iterator(folder, code);
    for (; !code && it != fs::recursive_directory_iterator(); it.increment(code)) {
      const fs::path& path = it->path();
      std::error_code ignored;
      if (path.filename().string().starts_with('.')) {
        if (it->is_directory(ignored)) it.disable_recursion_pending();
        continue;
      }
      if (path.extension() == ".rules" && !it->is_directory(ignored)) found.push_back(path);
    }
    if (!code) return {};
    return error_at(
        session_.say("cannot read the directory: {}", "无法读取目录：{}", code.message()),
        folder.string());
  }

  Status give(const fs::path& path) {
    const fs::path absolute = fs::absolute(path).lexically_normal();
    if (std::find(given_.begin(), given_.end(), absolute) == given_.end()) {
      given_.push_back(absolute);
    }
    return read(absolute, path.lexically_normal());
  }

  Status read(const fs::path& absolute, const fs::path& shown) {
    if (files_.contains(absolute)) return {};
    Result<std::string> text = read_text(session_, absolute, shown.string());
    if (!text) return text.error();
    return keep(absolute, shown, std::move(*text));
  }

  // The file, and what it names.
  Status keep(const fs::path& absolute, const fs::path& shown, std::string text) {
    const Source source(shown.string(), text);
    if (Status valid = check_utf8(session_, shown.string(), source); !valid) return valid;
    LoadedFile& file = files_[absolute];
    file.shown = shown.string();
    file.text = std::move(text);
    if (absolute.extension() != ".rules") return {};

    std::vector<std::pair<fs::path, fs::path>> next;
    for (const std::string& name : names_used(source)) {
      const fs::path target = (absolute.parent_path() / name).lexically_normal();
      std::error_code code;
      if (name.empty() || !fs::is_regular_file(target, code)) continue;
      file.references.push_back(target);
      next.emplace_back(target, (shown.parent_path() / name).lexically_normal());
    }
    for (const auto& [target, shown_target] : next) {
      if (Status status = read(target, shown_target); !status) return status;
    }
    return {};
  }

  static std::vector<std::string> names_used(const Source& source) {
    std::vector<std::string> names;
    for (const Skim::Path& path : skim(source, lex(source)).paths) names.push_back(path.path);
    return names;
  }

  Unit unit(const std::string& language, const std::vector<fs::path>& given) const {
    std::set<fs::path> members(given.begin(), given.end());
    std::vector<fs::path> pending = given;
    while (!pending.empty()) {
      const fs::path file = pending.back();
      pending.pop_back();
      for (const fs::path& reference : files_.at(file).references) {
        if (members.insert(reference).second) pending.push_back(reference);
      }
    }
    fs::path root = members.begin()->parent_path();
    for (const fs::path& file : members) {
      while (file.lexically_relative(root).string().starts_with("..")) root = root.parent_path();
    }
    Unit out;
    out.language = language;
    for (const fs::path& file : members) {
      const std::string path = file.lexically_relative(root).generic_string();
      const LoadedFile& loaded = files_.at(file);
      out.input.files.push_back({path, loaded.text});
      out.shown[path] = loaded.shown;
      if (std::find(given.begin(), given.end(), file) != given.end()) out.given.push_back(path);
    }
    std::sort(out.input.files.begin(), out.input.files.end());
    std::sort(out.given.begin(), out.given.end());
    return out;
  }

  const Session& session_;
  std::map<fs::path, LoadedFile> files_;  // by absolute path
  std::vector<fs::path> given_;
};

}  // namespace

std::string Unit::show(const std::string& place) const {
  if (const auto it = shown.find(place); it != shown.end()) return it->second;
  // `path:line`, `path:line:column`.
  for (size_t at = place.rfind(':'); at != std::string::npos && at > 0;
       at = place.rfind(':', at - 1)) {
    if (const auto it = shown.find(place.substr(0, at)); it != shown.end()) {
      return it->second + place.substr(at);
    }
  }
  return place;
}

SourceSet Unit::show(const SourceSet& sources) const {
  SourceSet out;
  out.reserve(sources.size());
  for (const Source& source : sources) out.emplace_back(show(source.path()), source.text());
  return out;
}

Result<std::vector<Unit>> load(const Session& session, const std::vector<std::string>& paths) {
  Loader loader(session);
  for (const std::string& path : paths) {
    if (Status status = loader.add_path(path); !status) return status.error();
  }
  return loader.units();
}

Result<Unit> load_text(const Session& session, const std::string& text) {
  Loader loader(session);
  if (Status status = loader.add_text(text); !status) return status.error();
  return loader.units()[0];
}

Result<Unit> load_for_deployment(const Session& session, const std::string& path,
                                 const std::string& language,
                                 const std::vector<std::string>& settings) {
  auto parameters = split_pairs(session, settings);
  if (!parameters) return parameters.error();
  Result<std::vector<Unit>> units = load(session, {path});
  if (!units) return units.error();
  const std::string wanted = language.empty() ? "en" : language;
  for (Unit& unit : *units) {
    if (!unit.language.empty() && unit.language != wanted) continue;
    for (auto& [name, value] : *parameters) unit.input.parameters[name] = value;
    return std::move(unit);
  }
  return Error{
      session.say("there is no `{}` among these rules", "规则中没有“{}”", wanted), path, {}};
}

}  // namespace duban::cli
