// Nodes, messages and the finding of names.
#include <algorithm>
#include <limits>
#include <utility>

#include "engine/resolve.h"
#include "engine/spelling.h"
#include "engine/tokens.h"

namespace duban::compiler {
namespace {

// Past these an expression is refused: the evaluator recurses, and shared parts are read each time.
constexpr uint32_t kMaxExpressionNodes = 1'000'000;

uint32_t add_capped(uint32_t a, uint32_t b) {
  return a > std::numeric_limits<uint32_t>::max() - b ? std::numeric_limits<uint32_t>::max()
                                                      : a + b;
}

}  // namespace

std::string quoted(std::string_view name) { return "`" + std::string(name) + "`"; }

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<uint8_t>(c) < 0x80; });
}

Names names_of(const syntax::Name& name) {
  if (!is_ascii(name.text) && !name.alias.empty() && is_ascii(name.alias)) {
    return {name.alias, name.text};
  }
  return {name.text, name.alias};
}

Index Program::add_node(Node node) { return add_node_with(node, {}); }

Index Program::add_node_with(Node node, const std::vector<Index>& arguments) {
  Size size;
  const auto include = [&size](const Size& part) {
    size.depth = std::max(size.depth, add_capped(part.depth, 1));
    size.nodes = add_capped(size.nodes, part.nodes);
  };
  for (const Index argument : arguments) include(sizes[argument]);
  if (node.op == Op::table_output) {
    include(table_sizes[node.a]);
  } else if (node.op == Op::aggregate) {
    const Index condition = plan.aggregates[node.a].condition;
    if (condition != kNone) include(sizes[condition]);
  } else if (node.op >= Op::negate || node.op == Op::attribute_of || node.op == Op::key_of) {
    if (node.a != kNone) include(sizes[node.a]);
    if (node.b != kNone && node.op >= Op::negate && !has_plain_b(node.op)) {
      include(sizes[node.b]);
    }
  }
  if (size.depth > kMaxExpressionDepth || size.nodes > kMaxExpressionNodes) {
    error(node.span, "E130",
          {"the expression is too large, with all it refers to", "表达式连同其引用的内容过大",
           "divide it", "请拆分"});
    return kNone;
  }
  node.first = static_cast<Index>(plan.arguments.size());
  node.count = static_cast<uint16_t>(arguments.size());
  plan.arguments.insert(plan.arguments.end(), arguments.begin(), arguments.end());
  plan.nodes.push_back(node);
  sizes.push_back(size);
  return static_cast<Index>(plan.nodes.size() - 1);
}

Index Program::add_constant(Value value, Type type, Span span) {
  plan.constants.push_back(std::move(value));
  Node node;
  node.op = Op::constant;
  node.type = type;
  node.a = static_cast<Index>(plan.constants.size() - 1);
  node.span = span;
  return add_node(node);
}

const Value* Program::constant_of(Index node) const {
  if (node == kNone || plan.nodes[node].op != Op::constant) return nullptr;
  return &plan.constants[plan.nodes[node].a];
}

namespace {

// Chinese quotes names as Chinese does: `账单` is “账单”. What contains such quotes stays.
std::string in_chinese_quotes(const std::string& text) {
  std::string out;
  size_t at = 0;
  for (;;) {
    const size_t open = text.find('`', at);
    const size_t close = open == text.npos ? text.npos : text.find('`', open + 1);
    if (close == text.npos) return out + text.substr(at);
    const std::string name = text.substr(open + 1, close - open - 1);
    out += text.substr(at, open - at);
    const bool quotes = name.find("“") != name.npos || name.find("”") != name.npos;
    out += quotes ? "`" + name + "`" : "“" + name + "”";
    at = close + 1;
  }
}

}  // namespace

// Whether the place names what is declared in a line that could not be read.
bool Program::is_lost(Span span) const {
  if (span.file >= sources.size()) return false;
  const bool quoted_name = sources[span.file].slice(span.begin, span.begin + 1) == "`";
  const std::string name = name_text(
      sources[span.file], {quoted_name ? Terminal::QUOTED : Terminal::WORD, span.begin, span.end});
  for (uint16_t file = 0; file < files.size(); ++file) {
    if (visible(rules_file(span.file), file) && files[file].lost.contains(name)) return true;
  }
  return false;
}

// Whether the line has been reported, and stands as somebody may have meant it.
bool Program::is_guessed(Span span) const {
  if (span.file >= files.size()) return false;
  const std::vector<Span>& lines = files[span.file].guessed;
  return std::any_of(lines.begin(), lines.end(), [&](const Span& line) {
    return line.begin <= span.begin && span.end <= line.end;
  });
}

void Program::report(Severity severity, Span span, const char* code, Message message) {
  const std::string_view kind(code);
  if (is_guessed(span)) return;
  // The reader has been told why this name is unknown.
  if (kind == "E101" && is_lost(span)) return;
  // Without a file that is used, nothing can be said about names and their types.
  const uint16_t file = rules_file(span.file);
  const bool blind_file = file < blind.size() && blind[file];
  if (blind_file && kind != "E103" && kind != "E106" && kind != "E131") return;
  if (kind == "E101" && message.english_hint.empty()) {
    message.english_hint = "check how it is written, or declare it first";
    message.chinese_hint = "请核对写法，或先行声明";
  }
  // One mistake, one message: a text used in two places is still one text.
  if (!reported_.emplace(span.file, span.begin, span.end, code).second) return;
  Diagnostic diagnostic;
  diagnostic.severity = severity;
  diagnostic.code = code;
  diagnostic.span = span;
  diagnostic.english = std::move(message.english);
  diagnostic.chinese = in_chinese_quotes(message.chinese);
  diagnostic.english_hint = std::move(message.english_hint);
  diagnostic.chinese_hint = in_chinese_quotes(message.chinese_hint);
  diagnostics.push_back(std::move(diagnostic));
}

void Program::error(Span span, const char* code, Message message) {
  report(Severity::error, span, code, std::move(message));
}

void Program::warning(Span span, const char* code, Message message) {
  report(Severity::warning, span, code, std::move(message));
}

std::string Program::place(Span span) const {
  if (span.file >= sources.size()) return "?";
  const Source& source = sources[span.file];
  return source.path() + ":" + std::to_string(source.position(span.begin).line);
}

namespace {

// The names in the reader's language, where there are such, if they are few.
std::string few(const std::vector<std::string>& names, bool chinese) {
  constexpr size_t kMost = 6;
  std::vector<std::string> list;
  for (const bool either : {false, true}) {
    for (const std::string& name : names) {
      if (either || is_ascii(name) != chinese) list.push_back(name);
    }
    if (!list.empty()) break;
  }
  if (list.size() > kMost) return "";
  std::string out;
  for (const std::string& name : list) {
    out += (out.empty() ? "" : chinese ? "、" : ", ") + quoted(name);
  }
  return out;
}

}  // namespace

void suggest(Message& message, std::string_view wrong, const std::vector<std::string>& candidates) {
  const std::u32string text = to_code_points(wrong);
  size_t best = std::max<size_t>(1, text.size() / 3) + 1;
  const std::string* nearest = nullptr;
  for (const std::string& candidate : candidates) {
    const std::u32string other = to_code_points(candidate);
    const size_t gap =
        text.size() > other.size() ? text.size() - other.size() : other.size() - text.size();
    if (gap >= best || other.size() > 64) continue;
    const size_t distance = edit_distance(text, other);
    // All characters of a short Chinese word replaced is no misspelling of it.
    if (distance < best && distance < std::max(text.size(), other.size())) {
      best = distance;
      nearest = &candidate;
    }
  }
  if (nearest != nullptr) {
    message.english_hint = "did you mean " + quoted(*nearest) + "?";
    message.chinese_hint = "是否应为" + quoted(*nearest) + "？";
  }
}

void list_known(Message& message, const std::vector<std::string>& names) {
  if (!message.english_hint.empty() || names.empty()) return;
  const std::string english = few(names, false), chinese = few(names, true);
  if (english.empty() || chinese.empty()) return;
  message.english_hint = "declared: " + english;
  message.chinese_hint = "已声明的有：" + chinese;
}

namespace {

struct Noun {
  const char* english;
  const char* chinese;
};

template <typename Info>
Index find_declared(Program& program, std::vector<Info>& declared, const syntax::Word& word,
                    uint16_t file, Noun noun) {
  if (word.empty()) return kNone;
  const Info* hidden = nullptr;
  for (size_t i = 0; i < declared.size(); ++i) {
    Info& info = declared[i];
    if (!info.names.matches(word.text)) continue;
    if (program.visible(file, info.file)) {
      info.used = true;
      program.note(word.span, info.names);
      return static_cast<Index>(i);
    }
    hidden = &info;
  }
  if (hidden) {
    const std::string& path = program.sources[hidden->file].path();
    program.error(word.span, "E107",
                  {quoted(word.text) + " is declared in " + path + ", which this file does not use",
                   quoted(word.text) + "在 " + path + " 中声明，本文件没有引用它",
                   "add `use \"" + path + "\"`", "请加上`引用 “" + path + "”`"});
    return kNone;
  }
  std::vector<std::string> candidates;
  for (const Info& info : declared) {
    if (!program.visible(file, info.file)) continue;
    candidates.push_back(info.names.name);
    if (!info.names.alias.empty()) candidates.push_back(info.names.alias);
  }
  Message message{"there is no " + std::string(noun.english) + " " + quoted(word.text),
                  "没有名为" + quoted(word.text) + "的" + noun.chinese};
  suggest(message, word.text, candidates);
  list_known(message, candidates);
  program.error(word.span, "E101", std::move(message));
  return kNone;
}

}  // namespace

Index Program::find_event(const syntax::Word& word, uint16_t file) {
  return find_declared(*this, events, word, file, {"event", "事件"});
}

Index Program::find_entity(const syntax::Word& word, uint16_t file) {
  return find_declared(*this, entities, word, file, {"entity", "对象"});
}

Index Program::find_case(const syntax::Word& word, uint16_t file) {
  return find_declared(*this, cases, word, file, {"case", "事项"});
}

Index Program::find_notice(const syntax::Word& word, uint16_t file) {
  return find_declared(*this, notices, word, file, {"notice", "通知模板"});
}

Index Program::find_channel(const syntax::Word& word, uint16_t file) {
  return find_declared(*this, channels, word, file, {"channel", "渠道"});
}

std::optional<uint16_t> find_present(const std::vector<Layout::Field>& fields,
                                     const std::vector<bool>& present, std::string_view name) {
  for (size_t i = 0; i < fields.size(); ++i) {
    if (present[i] && fields[i].names.matches(name)) return static_cast<uint16_t>(i);
  }
  return std::nullopt;
}

std::optional<uint16_t> find_attribute(const Program& program, uint16_t entity,
                                       std::string_view name) {
  if (entity >= program.plan.layout.entities.size()) return std::nullopt;
  return find_present(program.plan.layout.entities[entity].attributes,
                      program.present.attributes[entity], name);
}

std::optional<uint16_t> find_event_field(const Program& program, uint16_t event,
                                         std::string_view name) {
  if (event >= program.plan.layout.events.size()) return std::nullopt;
  return find_present(program.plan.layout.events[event].fields, program.present.fields[event],
                      name);
}

std::optional<uint16_t> find_choice_value(const Program& program, uint16_t choice,
                                          std::string_view name) {
  const std::vector<Names>& values = program.plan.layout.choices[choice].values;
  for (size_t i = 0; i < values.size(); ++i) {
    if (program.present.values[choice][i] && values[i].matches(name)) {
      return static_cast<uint16_t>(i);
    }
  }
  return std::nullopt;
}

std::string describe(const Program& program, const Type& type, bool chinese) {
  static constexpr Noun kKinds[] = {
      {"none", "无"},       {"yes/no", "是否型"},     {"a number", "数值型"},
      {"money", "金额型"},  {"text", "文本型"},       {"a date", "日期型"},
      {"a time", "时刻型"}, {"a datetime", "时间型"}, {"a duration", "时长型"},
      {"a choice", "选项"}, {"a reference", "参照"},
  };
  std::string out;
  if (type.kind == TypeKind::choice) {
    const Names& names = program.plan.layout.choices[type.id].names;
    out = (chinese ? "选项" : "a choice of ") + quoted(names.in(chinese));
  } else if (type.kind == TypeKind::reference) {
    const Names& names = program.plan.layout.entities[type.id].names;
    out = chinese ? quoted(names.in(true)) : "a " + quoted(names.name);
  } else {
    const Noun& noun = kKinds[static_cast<size_t>(type.kind)];
    out = chinese ? noun.chinese : noun.english;
  }
  if (!type.set) return out;
  if (chinese) return out + "的集合";
  return "a set of " + (out.starts_with("a ") ? out.substr(2) : out);
}

}  // namespace duban::compiler
