#include "engine/parse.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "engine/cst.h"
#include "engine/csv_rows.h"
#include "engine/findings.h"
#include "engine/line_builder.h"
#include "engine/line_observer.h"
#include "engine/outline.h"
#include "engine/syntax_errors.h"
#include "engine/table_rows.h"
#include "engine/tokens.h"
#include "grammar/RulesLexer.h"
#include "grammar/RulesParser.h"

namespace duban {
namespace {

using grammar::RulesLexer;
using grammar::RulesParser;

// ---------------------------------------------------------------- the generated names and ours

// Token types and rule indices of the generated code, matched to ours by name, once.
struct Numbering {
  std::vector<Terminal> terminal_of;                                   // by ANTLR token type
  std::array<size_t, static_cast<size_t>(Terminal::COUNT)> type_of{};  // and back
  std::vector<Rule> rule_of;                                           // by ANTLR rule index
};

const Numbering& numbering() {
  static const Numbering made = [] {
    Numbering out;
    std::unordered_map<std::string, Terminal> terminals;
#define DUBAN_TERMINAL(name, ...) terminals.emplace(#name, Terminal::name);
    DUBAN_SYMBOLS(DUBAN_TERMINAL)
    DUBAN_KEYWORDS(DUBAN_TERMINAL)
#undef DUBAN_TERMINAL
    std::unordered_map<std::string, Rule> rules;
#define DUBAN_RULE(name) rules.emplace(#name, Rule::name);
    DUBAN_RULES(DUBAN_RULE)
#undef DUBAN_RULE

    antlr4::CommonTokenStream* const no_tokens = nullptr;
    RulesParser parser(no_tokens);
    const antlr4::dfa::Vocabulary& vocabulary = parser.getVocabulary();
    out.terminal_of.assign(vocabulary.getMaxTokenType() + 1, Terminal::END);
    out.type_of.fill(antlr4::Token::EOF);
    size_t matched = 0;
    for (size_t type = 1; type < out.terminal_of.size(); ++type) {
      const auto found = terminals.find(vocabulary.getSymbolicName(type));
      if (found == terminals.end()) continue;  // what the lexer skips
      out.terminal_of[type] = found->second;
      out.type_of[static_cast<size_t>(found->second)] = type;
      ++matched;
    }
    assert(matched == terminals.size() && "the grammar lacks a word of the table");
    for (const std::string& name : parser.getRuleNames()) {
      assert(rules.contains(name) && "engine/cst.h lacks a rule of the grammar");
      out.rule_of.push_back(rules.at(name));
    }
    return out;
  }();
  return made;
}

// ---------------------------------------------------------------- the lexer's side

// Character classes as a stream. Offsets are those of the source's code points.
class ClassStream : public antlr4::CharStream {
 public:
  explicit ClassStream(std::string classes) : classes_(std::move(classes)) {}

  void consume() override { ++at_; }
  size_t LA(ssize_t i) override {
    const size_t index = at_ + static_cast<size_t>(i) - (i > 0 ? 1 : 0);
    return index < classes_.size() ? static_cast<unsigned char>(classes_[index]) : IntStream::EOF;
  }
  ssize_t mark() override { return -1; }
  void release(ssize_t) override {}
  size_t index() override { return at_; }
  void seek(size_t index) override { at_ = index; }
  size_t size() override { return classes_.size(); }
  std::string getSourceName() const override { return {}; }
  std::string getText(const antlr4::misc::Interval&) override { return {}; }
  std::string toString() const override { return {}; }

 private:
  std::string classes_;
  size_t at_ = 0;
};

struct Lexed {
  std::vector<Token> tokens;
  std::vector<Token> comments;
};

Lexed lex(const Source& source) {
  const std::vector<Terminal>& terminal_of = numbering().terminal_of;
  ClassStream stream(character_classes(source.code_points()));
  RulesLexer lexer(&stream);
  lexer.removeErrorListeners();
  Lexed out;
  out.tokens.reserve(source.code_points().size() / 4);
  for (;;) {
    const std::unique_ptr<antlr4::Token> found = lexer.nextToken();
    if (found->getType() == antlr4::Token::EOF) return out;
    Token token{terminal_of[found->getType()], static_cast<uint32_t>(found->getStartIndex()),
                static_cast<uint32_t>(found->getStopIndex() + 1)};
    if (token.kind == Terminal::WORD) {
      const uint32_t end = word_end(source, token.begin, token.end);
      if (end != token.end) {
        stream.seek(end);
        lexer.hitEOF = false;
      }
      token.end = end;
    }
    (found->getChannel() == antlr4::Token::HIDDEN_CHANNEL ? out.comments : out.tokens)
        .push_back(token);
  }
}

// ---------------------------------------------------------------- the parser's side

// One line's tokens, and the end after them. Kept and refilled from line to line.
class LineStream : public antlr4::TokenStream {
 public:
  void load(LineView line) {
    resize(line.size());
    for (uint32_t i = 0; i < size_; ++i) set(i, line.begin[i].kind, line.begin[i]);
  }

  void consume() override { at_ += at_ < size_; }
  size_t LA(ssize_t i) override { return LT(i)->getType(); }
  antlr4::Token* LT(ssize_t k) override {
    if (k == 0 || (k < 0 && static_cast<size_t>(-k) > at_)) return nullptr;
    const size_t index = k > 0 ? at_ + static_cast<size_t>(k) - 1 : at_ - static_cast<size_t>(-k);
    return tokens_[std::min<size_t>(index, size_)].get();
  }
  antlr4::Token* get(size_t index) const override { return tokens_[index].get(); }
  ssize_t mark() override { return 0; }
  void release(ssize_t) override {}
  size_t index() override { return at_; }
  void seek(size_t index) override { at_ = std::min<size_t>(index, size_); }
  size_t size() override { return size_ + 1; }
  std::string getSourceName() const override { return {}; }
  antlr4::TokenSource* getTokenSource() const override { return nullptr; }
  std::string getText(const antlr4::misc::Interval&) override { return {}; }
  std::string getText() override { return {}; }
  std::string getText(antlr4::RuleContext*) override { return {}; }
  std::string getText(antlr4::Token*, antlr4::Token*) override { return {}; }

 private:
  void resize(uint32_t size) {
    size_ = size;
    at_ = 0;
    while (tokens_.size() <= size) {
      tokens_.push_back(std::make_unique<antlr4::CommonToken>(antlr4::Token::EOF));
      tokens_.back()->setTokenIndex(tokens_.size() - 1);
    }
    tokens_[size]->setType(antlr4::Token::EOF);
  }
  void set(uint32_t i, Terminal kind, const Token& token) {
    antlr4::CommonToken& out = *tokens_[i];
    out.setType(numbering().type_of[static_cast<size_t>(kind)]);
    out.setStartIndex(token.begin);
    out.setStopIndex(token.end);  // here one past the last
  }

  std::vector<std::unique_ptr<antlr4::CommonToken>> tokens_;
  uint32_t size_ = 0;
  size_t at_ = 0;
};

// Stops at the first error: one mistake, one message.
struct Stop {
  size_t token_index;
};

class FirstError : public antlr4::DefaultErrorStrategy {
 public:
  void reportError(antlr4::Parser*, const antlr4::RecognitionException& error) override {
    throw Stop{error.getOffendingToken()->getTokenIndex()};
  }
  antlr4::Token* recoverInline(antlr4::Parser* parser) override {
    throw Stop{parser->getCurrentToken()->getTokenIndex()};
  }
  void sync(antlr4::Parser*) override {}
};

// Levels of an expression that say nothing when they have one child.
bool is_transparent(Rule rule) {
  switch (rule) {
    case Rule::expr:
    case Rule::conjunction:
    case Rule::negation:
    case Rule::comparison:
    case Rule::sum:
    case Rule::product:
    case Rule::factor:
    case Rule::primary:
      return true;
    default:
      return false;
  }
}

// What could follow the beginning of a line: walks the grammar's automaton with every stack of
// rules at once. Slower than the parser and only asked when that has failed.
class Continuations {
 public:
  // REQUIRES: the parser could read these tokens.
  std::vector<Terminal> after(const Token* begin, const Token* end) {
    frames_.assign(1, {0, nullptr});
    frame_ids_.clear();
    start();
    add({atn_.ruleToStartState[RulesParser::RuleLine], 0});
    for (const Token* token = begin; token != end; ++token) {
      std::vector<Config> before;
      std::swap(before, configs_);
      start();
      for (const Config& config : before) step(config, type_of(token->kind));
    }
    return fitting();
  }

 private:
  // A state and the rules to return to, as an index into `frames_`; 0 = none.
  struct Config {
    antlr4::atn::ATNState* state;
    uint32_t stack;
  };
  struct Frame {
    uint32_t parent;
    antlr4::atn::ATNState* returns_to;
  };

  static size_t type_of(Terminal terminal) {
    return numbering().type_of[static_cast<size_t>(terminal)];
  }
  static uint64_t pair(size_t high, size_t low) {
    return static_cast<uint64_t>(high) << 32 | static_cast<uint64_t>(low);
  }

  void start() {
    configs_.clear();
    seen_.clear();
  }

  void step(const Config& config, size_t type) {
    for (const antlr4::atn::Transition* transition : config.state->transitions) {
      if (!transition->matches(type, 1, atn_.maxTokenType)) continue;
      add({transition->target, config.stack});
    }
  }

  // Everything that can be reached without a token.
  void add(const Config& first) {
    std::vector<Config> work = {first};
    while (!work.empty()) {
      const Config config = work.back();
      work.pop_back();
      if (!seen_.insert(pair(config.state->stateNumber, config.stack)).second) continue;
      if (config.state->getStateType() == antlr4::atn::ATNState::RULE_STOP) {
        const Frame& frame = frames_[config.stack];
        if (config.stack != 0) work.push_back({frame.returns_to, frame.parent});
        continue;
      }
      bool takes_token = false;
      for (antlr4::atn::Transition* transition : config.state->transitions) {
        if (const auto* rule = dynamic_cast<antlr4::atn::RuleTransition*>(transition)) {
          work.push_back({transition->target, push(config.stack, rule->followState)});
        } else if (transition->isEpsilon()) {
          work.push_back({transition->target, config.stack});
        } else {
          takes_token = true;
        }
      }
      if (takes_token) configs_.push_back(config);
    }
  }

  uint32_t push(uint32_t parent, antlr4::atn::ATNState* returns_to) {
    const auto [found, made] = frame_ids_.try_emplace(pair(parent, returns_to->stateNumber),
                                                      static_cast<uint32_t>(frames_.size()));
    if (made) frames_.push_back({parent, returns_to});
    return found->second;
  }

  // A place for names counts as that, not as a place for each word that is a name too.
  std::vector<Terminal> fitting() const {
    std::vector<bool> fits(static_cast<size_t>(Terminal::COUNT));
    for (const Config& config : configs_) {
      for (const antlr4::atn::Transition* transition : config.state->transitions) {
        const bool names = transition->matches(type_of(Terminal::WORD), 1, atn_.maxTokenType);
        for (size_t i = 0; i < fits.size(); ++i) {
          const auto terminal = static_cast<Terminal>(i);
          if (names && terminal != Terminal::WORD) continue;
          if (transition->matches(type_of(terminal), 1, atn_.maxTokenType)) fits[i] = true;
        }
      }
    }
    std::vector<Terminal> list;
    for (size_t i = 1; i < fits.size(); ++i) {
      if (fits[i]) list.push_back(static_cast<Terminal>(i));
    }
    if (fits[0]) list.push_back(Terminal::END);
    return list;
  }

  RulesParser parser_{static_cast<antlr4::TokenStream*>(nullptr)};
  const antlr4::atn::ATN& atn_ = parser_.getATN();
  std::vector<Config> configs_;
  std::unordered_set<uint64_t> seen_;
  std::vector<Frame> frames_;
  std::unordered_map<uint64_t, uint32_t> frame_ids_;
};

class LineParser {
 public:
  LineParser() : parser_(&stream_) {
    parser_.removeErrorListeners();
    parser_.setErrorHandler(std::make_shared<FirstError>());
  }

  // The nodes of the line, or where it fails. SLL is fast and right whenever it succeeds; where it
  // fails, full LL decides.
  bool parse(LineView line, Cst& cst, uint32_t& failed) {
    stream_.load(line);
    auto* tree = run(antlr4::atn::PredictionMode::SLL, failed);
    if (tree == nullptr) tree = run(antlr4::atn::PredictionMode::LL, failed);
    if (tree == nullptr) return false;
    cst.clear();
    copy(tree, cst);
    return true;
  }

 private:
  RulesParser::FormContext* run(antlr4::atn::PredictionMode mode, uint32_t& failed) {
    parser_.getInterpreter<antlr4::atn::ParserATNSimulator>()->setPredictionMode(mode);
    parser_.reset();
    try {
      return parser_.line()->form();
    } catch (const Stop& stop) {
      failed = static_cast<uint32_t>(stop.token_index);
      return nullptr;
    }
  }

  static uint32_t copy(antlr4::tree::ParseTree* tree, Cst& cst) {
    while (auto* context = dynamic_cast<antlr4::ParserRuleContext*>(tree)) {
      const Rule rule = numbering().rule_of[context->getRuleIndex()];
      const bool skip = is_transparent(rule) && context->children.size() == 1;
      if (!skip) return copy_rule(context, rule, cst);
      tree = context->children[0];
    }
    auto* leaf = dynamic_cast<antlr4::tree::TerminalNode*>(tree);
    const antlr4::Token* token = leaf->getSymbol();
    cst.push_back({Rule::TOKEN, numbering().terminal_of[token->getType()],
                   static_cast<uint32_t>(token->getStartIndex()),
                   static_cast<uint32_t>(token->getStopIndex()), 0, 0});
    return static_cast<uint32_t>(cst.size() - 1);
  }

  static uint32_t copy_rule(antlr4::ParserRuleContext* context, Rule rule, Cst& cst) {
    const auto id = static_cast<uint32_t>(cst.size());
    cst.push_back({rule, Terminal::END, static_cast<uint32_t>(context->start->getStartIndex()),
                   static_cast<uint32_t>(context->stop->getStopIndex()), 0, 0});
    uint32_t previous = 0;
    for (antlr4::tree::ParseTree* child : context->children) {
      const uint32_t made = copy(child, cst);
      (previous == 0 ? cst[id].first_child : cst[previous].next_sibling) = made;
      previous = made;
    }
    return id;
  }

  LineStream stream_;
  RulesParser parser_;
};

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

void report(const Source& source, LineView line, uint32_t failed, Findings& findings) {
  if (is_misspelt_period(source, line, failed)) failed = 1;
  constexpr uint32_t kLongest = 1000;
  std::vector<Terminal> expected;
  if (!is_unknown_head(line, failed) && failed <= kLongest) {
    expected = Continuations().after(line.begin, line.begin + failed);
  }
  report_unexpected(source, line, failed, std::move(expected), findings);
}

// ---------------------------------------------------------------- a file

class FileParser {
 public:
  FileParser(const Source& source, uint16_t index, std::vector<Diagnostic>& diagnostics,
             const ParseLimits& limits, syntax::File& file, LineObserver* observer)
      : source_(source),
        limits_(limits),
        findings_(diagnostics, index, limits.max_diagnostics),
        outline_(file, findings_),
        observer_(observer) {}

  void run() {
    const auto size = static_cast<uint32_t>(source_.code_points().size());
    if (size > limits_.max_code_points) {
      findings_.add("E002", limits_.max_code_points, limits_.max_code_points + 1,
                    {"this file is too long", "文件过长"});
      complete_ = false;
      return;
    }
    if (source_.invalid_utf8_at() >= 0) {
      const auto at = static_cast<uint32_t>(source_.invalid_utf8_at());
      findings_.add("E001", at, at + 1, {"this file is not UTF-8 text", "文件不是 UTF-8 文本"},
                    {"save it as UTF-8", "请另存为 UTF-8 编码"});
    }
    const Lexed lexed = lex(source_);
    if (observer_ != nullptr) {
      for (const Token& it : lexed.comments)
        observer_->comment({findings_.file(), it.begin, it.end});
    }
    const TokenFile tokens = assemble_tokens(source_, lexed.tokens, limits_.max_line_tokens + 1);
    for (const LogicalLine& line : tokens.lines) {
      if (findings_.full()) return;
      add_line({tokens.tokens.data() + line.begin, tokens.tokens.data() + line.end});
    }
    outline_.finish();
  }

  // Something the parser library threw that is not one of its own errors.
  void fail() {
    findings_.add("E002", 0, 1, {"this file could not be read", "无法读取此文件"});
    complete_ = false;
  }

  bool is_complete() const { return complete_; }

 private:
  void add_line(LineView line) {
    uint32_t failed = 0;
    if (report_bad_token(source_, line, findings_) ||
        report_excess(source_, line, limits_.max_line_tokens, limits_.max_depth, findings_)) {
      add(broken_line(source_, line, findings_));
    } else if (!parser_.parse(line, cst_, failed)) {
      report(source_, line, failed, findings_);
      add(broken_line(source_, line, findings_));
    } else if (auto body = build_line(cst_, source_, findings_, limits_.max_depth)) {
      const Span span{findings_.file(), line.begin->begin, line.end[-1].end};
      add(Line{span, source_.position(span.begin).column, std::move(*body)});
    } else {
      add(broken_line(source_, line, findings_));
    }
  }

  void add(Line line) {
    if (observer_ != nullptr) {
      observer_->line(line, outline_.level(line.body), language_of(source_, cst_));
    }
    outline_.add(std::move(line));
  }

  void add(const BrokenLine& line) {
    if (observer_ != nullptr) observer_->broken(line);
    outline_.add(line);
  }

  const Source& source_;
  const ParseLimits& limits_;
  Findings findings_;
  Outline outline_;
  LineObserver* const observer_;  // may be null
  bool complete_ = true;
  LineParser parser_;
  Cst cst_;
};

// ---------------------------------------------------------------- a table's file

class TableParser {
 public:
  // `text` is the file as rows of a table.
  TableParser(const Source& text, Findings& findings, const ParseLimits& limits)
      : source_(text),
        findings_(findings),
        limits_(limits),
        words_(split_words(text, lex(text).tokens)) {}

  void run(const std::vector<CsvRows::Row>& rows, syntax::TableDecl& table) {
    size_t at = 0;
    bool is_header = true;
    for (const CsvRows::Row& row : rows) {
      line_.assign(1, Token{Terminal::BAR, row.begin, row.begin});
      for (; at < words_.size() && words_[at].begin < row.end; ++at) {
        const Token& token = words_[at];
        if (token.begin >= row.begin && token.kind != Terminal::NEWLINE) line_.push_back(token);
      }
      const Span span{findings_.file(), row.begin, row.end};
      const bool added = row.good && add(span, table);
      table.incomplete |= !added;
      if (findings_.full() || (is_header && !added)) return;
      is_header = false;
    }
  }

 private:
  bool add(const Span& span, syntax::TableDecl& table) {
    const LineView line{line_.data(), line_.data() + line_.size()};
    uint32_t failed = 0;
    if (report_bad_token(source_, line, findings_) ||
        report_excess(source_, line, limits_.max_line_tokens, limits_.max_depth, findings_)) {
      return false;
    }
    if (!parser_.parse(line, cst_, failed)) {
      report(source_, line, failed, findings_);
      return false;
    }
    auto body = build_line(cst_, source_, findings_, limits_.max_depth);
    auto* row = body ? std::get_if<RowLine>(&*body) : nullptr;
    return row != nullptr && add_row(table, std::move(*row), span, findings_) == RowFate::added;
  }

  const Source& source_;
  Findings& findings_;
  const ParseLimits& limits_;
  const std::vector<Token> words_;
  LineParser parser_;
  Cst cst_;
  std::vector<Token> line_;
};

// False: not all of it was read.
bool read(const Source& source, uint16_t file_index, std::vector<Diagnostic>& diagnostics,
          const ParseLimits& limits, LineObserver* observer, syntax::File& file) {
  file.index = file_index;
  const auto first = static_cast<std::ptrdiff_t>(diagnostics.size());
  FileParser parser(source, file_index, diagnostics, limits, file, observer);
  try {
    parser.run();
  } catch (...) {  // the library's boundary: it has thrown what is no std::exception
    parser.fail();
  }
  std::stable_sort(
      diagnostics.begin() + first, diagnostics.end(),
      [](const Diagnostic& a, const Diagnostic& b) { return a.span.begin < b.span.begin; });
  return parser.is_complete();
}

}  // namespace

void parse_table(const Source& csv, uint16_t file_index, syntax::TableDecl& table,
                 std::vector<Diagnostic>& diagnostics, const ParseLimits& limits) {
  Findings findings(diagnostics, file_index, limits.max_diagnostics);
  if (csv.code_points().size() > limits.max_code_points) {
    findings.add("E002", limits.max_code_points, limits.max_code_points + 1,
                 {"this file is too long", "文件过长"});
    return;
  }
  if (csv.invalid_utf8_at() >= 0) {
    const auto at = static_cast<uint32_t>(csv.invalid_utf8_at());
    findings.add("E001", at, at + 1, {"this file is not UTF-8 text", "文件不是 UTF-8 文本"},
                 {"save it as UTF-8 (`CSV UTF-8` in a spreadsheet); it may be GB 18030",
                  "请另存为 UTF-8（电子表格中选“CSV UTF-8”）；原文件可能是 GB 18030 编码"});
    return;
  }
  const CsvRows rows = csv_rows(csv, findings);
  const Source text(csv.path(), to_utf8(rows.text));
  try {
    TableParser(text, findings, limits).run(rows.rows, table);
  } catch (...) {  // the library's boundary, as above
    findings.add("E002", 0, 1, {"this file could not be read", "无法读取此文件"});
  }
}

syntax::File parse(const Source& source, uint16_t file_index, std::vector<Diagnostic>& diagnostics,
                   const ParseLimits& limits) {
  syntax::File file;
  read(source, file_index, diagnostics, limits, nullptr, file);
  return file;
}

bool read_lines(const Source& source, std::vector<Diagnostic>& diagnostics,
                LineObserver& observer) {
  ParseLimits limits;
  limits.max_diagnostics = UINT32_MAX;  // after the last of them, no line is read
  syntax::File file;
  return read(source, 0, diagnostics, limits, &observer, file);
}

bool is_plain_name(std::string_view name) {
  const Source source("", std::string(name));
  const std::vector<Token> tokens = assemble_tokens(source, lex(source).tokens, 2).tokens;
  if (tokens.size() != 1 || tokens[0].end != source.code_points().size()) return false;
  const Keyword* word = keyword(tokens[0].kind);
  return word != nullptr ? !word->reserved : tokens[0].kind == Terminal::WORD;
}

}  // namespace duban
