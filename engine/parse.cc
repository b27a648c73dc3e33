#include "engine/parse.h"

#include <algorithm>
#include <array>
#include <bitset>
#include <cassert>
#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "engine/grammar_walk.h"
#include "engine/line_parser.h"
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

std::vector<Token> lex_all(const Source& source, std::vector<Token>* comments) {
  const std::vector<Terminal>& terminal_of = numbering().terminal_of;
  ClassStream stream(character_classes(source.code_points()));
  RulesLexer lexer(&stream);
  lexer.removeErrorListeners();
  std::vector<Token> tokens;
  tokens.reserve(source.code_points().size() / 4);
  for (;;) {
    const std::unique_ptr<antlr4::Token> found = lexer.nextToken();
    if (found->getType() == antlr4::Token::EOF) return tokens;
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
    if (found->getChannel() != antlr4::Token::HIDDEN_CHANNEL) {
      tokens.push_back(token);
    } else if (comments != nullptr) {
      comments->push_back(token);
    }
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

}  // namespace

class GrammarWalk::Automaton {
 public:
  Automaton() : frames_(1, {0, 0}) {}

  Place start() {
    Place place;
    seen_.clear();
    add({number(atn_.ruleToStartState[RulesParser::RuleLine]), 0}, place);
    return place;
  }

  Place after(const Place& place, Terminal terminal) {
    Place next;
    seen_.clear();
    for (const Config& config : place) {
      for (const antlr4::atn::Transition* transition : state(config.state)->transitions) {
        if (!transition->matches(type_of(terminal), 1, atn_.maxTokenType)) continue;
        add({number(transition->target), config.stack}, next);
      }
    }
    return next;
  }

  std::vector<Terminal> fitting(const Place& place) {
    Terminals fits;
    for (const Config& config : place) fits |= taken_by(config.state);
    std::vector<Terminal> list;
    for (size_t i = 1; i < fits.size(); ++i) {
      if (fits[i]) list.push_back(static_cast<Terminal>(i));
    }
    if (fits[0]) list.push_back(Terminal::END);
    return list;
  }

 private:
  using Terminals = std::bitset<static_cast<size_t>(Terminal::COUNT)>;
  struct Frame {  // 0 = none
    uint32_t parent;
    uint32_t returns_to;
  };

  // A state takes the same wherever it is returned to; worked out when it is first asked for.
  const Terminals& taken_by(uint32_t number) {
    const auto [found, made] = taken_by_.try_emplace(number);
    Terminals& taken = found->second;
    for (size_t at = 0; made && at < state(number)->transitions.size(); ++at) {
      const auto takes = [&](size_t i) {
        return state(number)->transitions[at]->matches(type_of(static_cast<Terminal>(i)), 1,
                                                       atn_.maxTokenType);
      };
      constexpr auto kWord = static_cast<size_t>(Terminal::WORD);
      const bool names = takes(kWord);
      if (names) taken.set(kWord);
      for (size_t i = 0; !names && i < taken.size(); ++i) taken[i] = taken[i] || takes(i);
    }
    return taken;
  }

  antlr4::atn::ATNState* state(uint32_t number) const { return atn_.states[number]; }
  static uint32_t number(const antlr4::atn::ATNState* state) {
    return static_cast<uint32_t>(state->stateNumber);
  }
  static size_t type_of(Terminal terminal) {
    return numbering().type_of[static_cast<size_t>(terminal)];
  }
  static uint64_t pair(uint32_t high, uint32_t low) {
    return static_cast<uint64_t>(high) << 32 | low;
  }

  // Everything that can be reached without a token.
  void add(const Config& first, Place& place) {
    std::vector<Config> work = {first};
    while (!work.empty()) {
      const Config config = work.back();
      work.pop_back();
      if (!seen_.insert(pair(config.state, config.stack)).second) continue;
      antlr4::atn::ATNState* here = state(config.state);
      if (here->getStateType() == antlr4::atn::ATNState::RULE_STOP) {
        const Frame& frame = frames_[config.stack];
        if (config.stack != 0) work.push_back({frame.returns_to, frame.parent});
        continue;
      }
      bool takes_token = false;
      for (const antlr4::atn::Transition* transition : here->transitions) {
        if (transition->getSerializationType() == antlr4::atn::Transition::RULE) {
          const auto* rule = static_cast<const antlr4::atn::RuleTransition*>(transition);
          const uint32_t stack = push(config.stack, number(rule->followState));
          work.push_back({number(transition->target), stack});
        } else if (transition->isEpsilon()) {
          work.push_back({number(transition->target), config.stack});
        } else {
          takes_token = true;
        }
      }
      if (takes_token) place.push_back(config);
    }
  }

  uint32_t push(uint32_t parent, uint32_t returns_to) {
    const auto [found, made] =
        frame_ids_.try_emplace(pair(parent, returns_to), static_cast<uint32_t>(frames_.size()));
    if (made) frames_.push_back({parent, returns_to});
    return found->second;
  }

  RulesParser parser_{static_cast<antlr4::TokenStream*>(nullptr)};
  const antlr4::atn::ATN& atn_ = parser_.getATN();
  std::unordered_set<uint64_t> seen_;
  std::vector<Frame> frames_;
  std::unordered_map<uint64_t, uint32_t> frame_ids_;
  std::unordered_map<uint32_t, Terminals> taken_by_;
};

GrammarWalk::GrammarWalk() : automaton_(std::make_unique<Automaton>()) {}
GrammarWalk::~GrammarWalk() = default;

GrammarWalk::Place GrammarWalk::start() { return automaton_->start(); }

GrammarWalk::Place GrammarWalk::after(const Place& place, Terminal terminal) {
  return automaton_->after(place, terminal);
}

std::vector<Terminal> GrammarWalk::fitting(const Place& place) {
  return automaton_->fitting(place);
}

class LineParser::Generated {
 public:
  Generated() : parser_(&stream_) {
    parser_.removeErrorListeners();
    parser_.setErrorHandler(std::make_shared<FirstError>());
  }

  // SLL is fast and right whenever it succeeds; where it fails, full LL decides.
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

LineParser::LineParser() : generated_(std::make_unique<Generated>()) {}
LineParser::~LineParser() = default;

bool LineParser::parse(LineView line, Cst& cst, uint32_t& failed) {
  return generated_->parse(line, cst, failed);
}

std::vector<Token> lex(const Source& source, const ParseLimits& limits,
                       std::vector<Token>* comments) {
  if (source.code_points().size() > limits.max_code_points) return {};
  try {
    return lex_all(source, comments);
  } catch (...) {  // the library's boundary: it has thrown what is no std::exception
    return {};
  }
}

}  // namespace duban
