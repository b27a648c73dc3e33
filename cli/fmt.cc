#include "engine/fmt.h"

#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <optional>
#include <set>

#include "cli/load.h"
#include "cli/options.h"
#include "engine/scenario.h"
#include "runtime/system_error.h"

namespace duban::cli {
namespace {

namespace fs = std::filesystem;

struct FmtOptions {
  std::vector<std::string> paths;
  bool check = false;
  std::optional<Language> language;  // to be written in
};

const std::string* text_of(const CompileInput& input, const std::string& path) {
  for (const DeploymentFile& file : input.files) {
    if (file.path == path) return &file.text;
  }
  return nullptr;
}

// A file alone with what it uses: files that are never deployed together may stand in one folder.
CompileInput alone(const Unit& unit, const std::string& path, const std::string& text) {
  CompileInput input = closure(unit.input, {path});
  for (DeploymentFile& file : input.files) {
    if (file.path == path) file.text = text;
  }
  return input;
}

struct Formatted {
  std::string text;
  enum class Respelling : uint8_t { as_wanted, does_not_compile, would_differ } respelling = {};
};

Formatted format_file(const Unit& unit, const std::string& path, const std::string& text,
                      const FmtOptions& options) {
  const Source source(path, text);
  const SeenNames seen = seen_names(alone(unit, path, text), path);
  const Words words = seen.words();
  if (!options.language) return {format_rules(source, &words)};
  const Compilation before = compile(alone(unit, path, text));
  if (before.plan == nullptr) {
    return {format_rules(source, &words), Formatted::Respelling::does_not_compile};
  }
  uint16_t index = 0;
  while (before.sources[index].path() != path) ++index;
  Formatted out{format_rules(source, respelling(before, index, *options.language), &words)};
  const Compilation after = compile(alone(unit, path, out.text));
  if (after.plan != nullptr && after.plan->digest == before.plan->digest) return out;
  return {format_rules(source, &words), Formatted::Respelling::would_differ};
}

// Whole or not at all: to a file beside it, which then takes its place.
Status write_file(const std::string& shown, const std::string& text) {
  std::error_code code;
  const fs::path target = fs::canonical(shown, code);
  if (code) return system_error("cannot write the file", "无法写入文件", code.value(), shown);
  fs::path beside = target;
  beside += ".duban-fmt";
  errno = 0;
  {
    std::ofstream out(beside, std::ios::binary | std::ios::trunc);
    out << text;
    out.close();
    if (!out) {
      const int error = errno == 0 ? EIO : errno;
      fs::remove(beside, code);
      return system_error("cannot write the file", "无法写入文件", error, shown);
    }
  }
  fs::permissions(beside, fs::status(target, code).permissions(), code);
  fs::rename(beside, target, code);
  if (!code) return {};
  const int error = code.value();
  fs::remove(beside, code);
  return system_error("cannot write the file", "无法写入文件", error, shown);
}

class Formatter {
 public:
  Formatter(Session& session, const FmtOptions& options) : session_(session), options_(options) {}

  Exit run() {
    if (options_.paths == std::vector<std::string>{"-"}) return standard_input();
    for (const std::string& path : options_.paths) {
      if (path == "-") {
        return session_.misused(session_.say("`-` stands alone", "“-”不能与其他路径并用"));
      }
    }
    Result<std::vector<Unit>> units = load(session_, options_.paths);
    if (!units) return session_.fail(units.error());
    for (const Unit& unit : *units) {
      for (const std::string& path : unit.given) {
        if (!done_.insert(unit.show(path)).second) continue;
        if (const Status status = file(unit, path); !status) return session_.fail(status.error());
      }
    }
    if (options_.check) return changed_ > 0 || refused_ ? Exit::findings : Exit::ok;
    session_.out.write(summary() + "\n");
    return refused_ ? Exit::findings : Exit::ok;
  }

 private:
  Exit standard_input() {
    const std::string text(std::istreambuf_iterator<char>(std::cin), {});
    Result<Unit> unit = load_text(session_, text);
    if (!unit) return session_.fail(unit.error());
    const std::string& path = unit->given[0];
    const std::string& loaded = *text_of(unit->input, path);
    const Formatted formatted = format_file(*unit, path, loaded, options_);
    refuse("-", formatted);
    if (!options_.check) session_.out.write(formatted.text);
    const bool bad = refused_ || (options_.check && formatted.text != loaded);
    return bad ? Exit::findings : Exit::ok;
  }

  Status file(const Unit& unit, const std::string& path) {
    const std::string shown = unit.show(path);
    const std::string& text = *text_of(unit.input, path);
    const Formatted formatted = format_file(unit, path, text, options_);
    refuse(shown, formatted);
    ++files_;
    if (formatted.text == text) return {};
    ++changed_;
    session_.out.write(shown + "\n");
    return options_.check ? Status() : write_file(shown, formatted.text);
  }

  // Says why a file was not respelled, if it was not.
  void refuse(const std::string& shown, const Formatted& formatted) {
    if (formatted.respelling == Formatted::Respelling::as_wanted) return;
    refused_ = true;
    if (formatted.respelling == Formatted::Respelling::would_differ) {
      return session_.complain(
          session_.say("{}: laid out, but not respelled: it would no longer mean the same",
                       "{}：已调整版式，但未转换语言：转换后含义会改变", shown));
    }
    session_.complain(
        session_.say("{}: laid out, but not respelled: it does not compile",
                     "{}：已调整版式，但未转换语言：文件有错误，无法编译", shown),
        shown == "-" ? ""
                     : session_.say("`duban check {}` says why", "原因见 `duban check {}`", shown));
  }

  std::string summary() const {
    return session_.chinese() ? fmt::format("已改写 {} 个文件（共 {} 个）", changed_, files_)
                              : fmt::format("{} of {} changed", changed_, count_of(files_, "file"));
  }

  Session& session_;
  const FmtOptions& options_;
  std::set<std::string> done_;
  size_t files_ = 0, changed_ = 0;
  bool refused_ = false;
};

}  // namespace

void add_fmt(CLI::App& app, Session& session) {
  auto options = std::make_shared<FmtOptions>();
  CLI::App* command =
      add_command(app, session, "fmt", "Lay out rules, or write them in the other language.",
                  "调整规则的版式，或转换为另一种语言。");
  command->get_option("--lang")
      ->description(session.say("write the rules in this language (and the messages too)",
                                "把规则转换为该语言（提示信息亦然）"))
      ->each([options](const std::string& language) {
        options->language = language == "zh" ? Language::chinese : Language::english;
      });
  add_texts(*command, "PATH", "PATH", options->paths,
            session.say("a .rules file or a directory (default: here); `-`: from standard input "
                        "to standard output",
                        ".rules 文件或目录（默认为当前目录）；“-”表示由标准输入到标准输出"));
  add_switch(*command, "--check", options->check,
             session.say("change nothing, name the files that would change",
                         "不改动，只列出需要改动的文件"));
  add_examples(
      *command, session,
      {{"fmt rules/", "every rule below a directory, in place", "就地调整一个目录下的全部规则"},
       {"fmt --check rules/", "for a build: fails when something is not laid out",
        "供流水线使用：版式不合即失败"},
       {"fmt --lang zh rules/en/visits.rules", "the same policy in Chinese",
        "同一办法改为中文书写"},
       {"fmt - < visits.rules", "for an editor", "供编辑器使用"}});
  command->callback([&session, options] {
    if (options->paths.empty()) options->paths = {"."};
    session.action = [&session, options] { return Formatter(session, *options).run(); };
  });
}

}  // namespace duban::cli
