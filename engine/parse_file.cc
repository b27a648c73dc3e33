// A file: its lines into the outline.
#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "engine/line_observer.h"
#include "engine/outline.h"
#include "engine/parse.h"
#include "engine/sentence_reader.h"
#include "engine/skim.h"

namespace duban {
namespace {

// The language of the first keyword that is not used as a name.
std::optional<Language> language_of(const Source& source, const Cst& cst) {
  for (size_t i = 0; i < cst.size(); ++i) {
    if (cst[i].rule == Rule::name) {
      ++i;  // its one leaf
    } else if (cst[i].rule == Rule::TOKEN && keyword(cst[i].terminal) != nullptr) {
      const bool chinese = has_chinese(source.slice(cst[i].begin, cst[i].end));
      return chinese ? Language::chinese : Language::english;
    }
  }
  return std::nullopt;
}

class FileReader : public SentenceReader {
 public:
  FileReader(const Source& source, const std::vector<Token>& raw, const Words& words,
             const ParseLimits& limits, Findings& findings, syntax::File& file,
             LineObserver* observer)
      : SentenceReader(source, raw, words, limits, findings),
        findings_(findings),
        file_(file),
        outline_(file, findings),
        observer_(observer) {}

  void run() {
    read_all();
    if (!findings_.full()) outline_.finish();
  }

 private:
  void add(Line line, LineView tokens, Repair repair) override {
    if (repair == Repair::guessed) file_.guessed.push_back(line.span);
    if (observer_ != nullptr && repair == Repair::none) {
      observer_->line(line, outline_.level(line.body), language_of(source(), cst()));
    } else if (observer_ != nullptr) {
      observer_->broken(broken_line(source(), tokens, findings_));
    }
    outline_.add(std::move(line));
  }

  void add(const BrokenLine& line) override {
    if (observer_ != nullptr) observer_->broken(line);
    outline_.add(line);
  }

  Findings& findings_;
  syntax::File& file_;
  Outline outline_;
  LineObserver* const observer_;  // may be null
};

// False: not all of it was read.
bool read(const Source& source, const std::vector<Token>& raw, const Words& words,
          uint16_t file_index, std::vector<Diagnostic>& diagnostics, const ParseLimits& limits,
          LineObserver* observer, syntax::File& file) {
  file.index = file_index;
  const auto first = static_cast<std::ptrdiff_t>(diagnostics.size());
  Findings findings(diagnostics, file_index, limits.max_diagnostics);
  if (source.code_points().size() > limits.max_code_points) {
    findings.add("E002", limits.max_code_points, limits.max_code_points + 1,
                 {"this file is too long", "文件过长"});
    return false;
  }
  if (source.invalid_utf8_at() >= 0) {
    const auto at = static_cast<uint32_t>(source.invalid_utf8_at());
    findings.add("E001", at, at + 1, {"this file is not UTF-8 text", "文件不是 UTF-8 文本"},
                 {"save it as UTF-8", "请另存为 UTF-8 编码"});
  }
  bool complete = true;
  try {
    FileReader(source, raw, words, limits, findings, file, observer).run();
  } catch (...) {  // the parser library's boundary: it has thrown what is no std::exception
    findings.add("E002", 0, 1, {"this file could not be read", "无法读取此文件"});
    complete = false;
  }
  std::stable_sort(
      diagnostics.begin() + first, diagnostics.end(),
      [](const Diagnostic& a, const Diagnostic& b) { return a.span.begin < b.span.begin; });
  return complete;
}

// The names of a file that is read alone.
KnownNames own_names(const Source& source, const std::vector<Token>& tokens) {
  KnownNames names(1);
  for (const Skim::Declared& declared : skim(source, tokens).names) names.add(0, declared.name);
  return names;
}

}  // namespace

syntax::File parse(const Source& source, const std::vector<Token>& tokens, const Words& words,
                   uint16_t file_index, std::vector<Diagnostic>& diagnostics,
                   const ParseLimits& limits) {
  syntax::File file;
  read(source, tokens, words, file_index, diagnostics, limits, nullptr, file);
  return file;
}

syntax::File parse(const Source& source, uint16_t file_index, std::vector<Diagnostic>& diagnostics,
                   const ParseLimits& limits) {
  const std::vector<Token> tokens = lex(source, limits);
  const KnownNames names = own_names(source, tokens);
  return parse(source, tokens, {&names, 0}, file_index, diagnostics, limits);
}

bool read_lines(const Source& source, const Words* words, std::vector<Diagnostic>& diagnostics,
                LineObserver& observer) {
  ParseLimits limits;
  limits.max_diagnostics = UINT32_MAX;  // after the last of them, no line is read
  std::vector<Token> comments;
  const std::vector<Token> tokens = lex(source, limits, &comments);
  for (const Token& comment : comments) observer.comment({0, comment.begin, comment.end});
  const KnownNames names = words == nullptr ? own_names(source, tokens) : KnownNames(1);
  syntax::File file;
  return read(source, tokens, words == nullptr ? Words{&names, 0} : *words, 0, diagnostics, limits,
              &observer, file);
}

bool is_plain_name(std::string_view name) {
  const Source source("", std::string(name));
  KnownNames own(1);
  own.add(0, source.code_points());
  const std::vector<Token> tokens = assemble_tokens(source, lex(source), {&own, 0}, 2).tokens;
  if (tokens.size() != 1 || tokens[0].end != source.code_points().size()) return false;
  const Keyword* word = keyword(tokens[0].kind);
  return word != nullptr ? !word->reserved : tokens[0].kind == Terminal::WORD;
}

}  // namespace duban
