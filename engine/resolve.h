// The compilation in progress: what every file declares, who sees whom, and what was found wrong.
//
// One Program lives for one compile(). Phases run in the order of compile.cc and each adds to
// `plan`. Declarations point into `files`, which do not move once collected.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "engine/compile.h"
#include "engine/plan.h"
#include "engine/syntax.h"
#include "engine/vocabulary.h"

namespace duban::compiler {

constexpr uint16_t kNoId = 0xffff;
constexpr uint32_t kMaxExpressionDepth = 400;  // nested, defines and tables looked through

// A message in both languages, and what to do about it.
struct Message {
  std::string english, chinese;
  std::string english_hint = {}, chinese_hint = {};
};

// A checked expression. No node: it could not be checked, and somebody has said why.
struct Typed {
  Index node = kNone;
  Type type;
  bool ok() const { return node != kNone; }
};

enum class Progress : uint8_t { waiting, running, done };

// A declaration with what it became: `id` counts in the layout or in the plan's vector of its kind.
template <typename Syntax>
struct Declared {
  const Syntax* syntax = nullptr;
  uint16_t file = 0;
  Names names;
  Index id = kNone;
  bool used = false;
};

struct DefineInfo : Declared<syntax::DefineDecl> {
  uint16_t entity = kNoId;
  Index owner_case = kNone;  // of a case's own define, or `of CASE`
  bool local = false;        // declared inside its case
  Progress progress = Progress::waiting;
  Typed value;
};

struct TableInfo : Declared<syntax::TableDecl> {
  // Both tables of a scorecard name it; that of the grades also the one of the points.
  const syntax::ScorecardDecl* scorecard = nullptr;
  Index points = kNone;
  uint16_t entity = kNoId;
  Index owner_case = kNone;
  Progress placed = Progress::waiting;    // entity and owner_case are known
  Progress progress = Progress::waiting;  // compiled
};

struct CaseInfo : Declared<syntax::CaseDecl> {
  uint16_t entity = kNoId;
  std::vector<uint16_t> opening_events;
  bool opens_when = false;
  bool openings_unknown = false;       // one of them, at least: it may have any fields
  std::vector<std::string> key_names;  // canonical names of the variables its key reads
  std::vector<Index> defines;          // of its own: into Program::defines
  Progress owner_progress = Progress::waiting;
  Typed owner;
};

class Program {
 public:
  explicit Program(const CompileInput& compile_input) : input(compile_input) {}
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  const CompileInput& input;
  SourceSet sources;
  std::vector<syntax::File> files;
  KnownNames vocabulary{0};  // the names that the files declare and see
  std::vector<Diagnostic> diagnostics;
  bool parse_failed = false;
  Plan plan;

  std::vector<uint16_t> table_files;     // by source behind the rules: the file that names it
  std::vector<std::vector<bool>> sees;   // file → the files it uses, itself included
  std::vector<bool> blind;               // file → it uses, directly or not, one that is missing
  std::vector<uint16_t> policy_of_file;  // into plan.policies; kNoId: it needs none

  std::vector<Declared<syntax::EntityDecl>> entities;
  std::vector<Declared<syntax::ChoiceDecl>> choices;
  std::vector<Declared<syntax::EventDecl>> events;
  std::vector<Declared<syntax::CalendarDecl>> calendars;
  std::vector<Declared<syntax::ChannelDecl>> channels;
  std::vector<Declared<syntax::NoticeDecl>> notices;
  std::vector<Declared<syntax::ParameterDecl>> parameters;
  std::vector<DefineInfo> defines;
  std::vector<TableInfo> tables;
  std::deque<syntax::TableDecl> made_tables;  // what scorecards are; never moves
  std::vector<Declared<syntax::RuleDecl>> rules;
  std::vector<CaseInfo> cases;

  // Names of values, by either spelling.
  struct ValueRef {
    enum class Kind : uint8_t { parameter, define, table } kind;
    Index id;
  };
  std::map<std::string, ValueRef, std::less<>> values;

  // What the present sources declare of a layout that remembers more: names left out of a new
  // version keep their slot and are no longer found.
  struct Present {
    std::vector<std::vector<bool>> values;      // by choice, value
    std::vector<bool> named_choices;            // by choice: declared with `choice`
    std::vector<uint16_t> choice_files;         // …in this file
    std::vector<std::vector<bool>> attributes;  // by entity, attribute
    std::vector<std::vector<bool>> fields;      // by event, field
  } present;

  // `set` of an event, its target known.
  struct EventSet {
    const syntax::Assignment* syntax;
    uint16_t event, attribute, file;
  };
  std::vector<EventSet> event_sets;
  std::vector<uint16_t> forbid_entities;  // by plan.forbids

  // ---- nodes
  Index add_node(Node node);
  Index add_node_with(Node node, const std::vector<Index>& arguments);
  Index add_constant(Value value, Type type, Span span);
  const Value* constant_of(Index node) const;  // null: not a constant
  // An expression read by `width` steps and `depth` calls at most; past the limits it is refused.
  struct Size {
    uint32_t depth = 1;
    uint32_t nodes = 1;
  };
  std::vector<Size> sizes;        // by node
  std::vector<Size> table_sizes;  // by table
  uint32_t depth = 0;             // of the expression being compiled, defines included

  // ---- for tools: see Compilation
  std::vector<NameUse> uses;
  std::vector<Span> moment_comparisons;
  void note(Span span, const Names& names) { uses.push_back({span, names}); }

  // ---- messages
  void error(Span span, const char* code, Message message);
  void warning(Span span, const char* code, Message message);
  std::string place(Span span) const;  // `path:line`

  // ---- names
  bool visible(uint16_t from, uint16_t declared_in) const { return sees[from][declared_in]; }
  // The rules file itself, or the first whose table stands in this CSV file.
  uint16_t rules_file(uint16_t source) const {
    const size_t table = source < files.size() ? table_files.size() : source - files.size();
    return table < table_files.size() ? table_files[table] : source;
  }
  const Names& event_names(uint16_t event) const { return plan.layout.events[event].names; }
  // Index of the declaration of that kind with that name which `file` sees. Reports an unknown one
  // as `what`; kNone then.
  Index find_event(const syntax::Word& word, uint16_t file);
  Index find_entity(const syntax::Word& word, uint16_t file);
  Index find_case(const syntax::Word& word, uint16_t file);
  Index find_notice(const syntax::Word& word, uint16_t file);
  Index find_channel(const syntax::Word& word, uint16_t file);

 private:
  bool is_lost(Span span) const;
  bool is_guessed(Span span) const;
  void report(Severity severity, Span span, const char* code, Message message);
  std::set<std::tuple<uint16_t, uint32_t, uint32_t, std::string>> reported_;
};

// ---- phases of resolve*.cc

void read_files(Program& program);            // parse; who uses whom
void read_table_files(Program& program);      // the rows of tables that stand in CSV files
void collect_declarations(Program& program);  // names, duplicates, policies
void build_vocabulary(Program& program);      // zone, currency, calendars
void build_layout(Program& program);          // choices, entities, events, cases
void build_case_variables(Program& program);
void build_channels(Program& program);  // and notices without their bodies

// ---- compile_scorecards.cc
void add_scorecard(Program& program, const syntax::ScorecardDecl& card, uint16_t file);

// ---- helpers

Names names_of(const syntax::Name& name);
bool is_ascii(std::string_view text);
// The declared type in `file`; anonymous choices are named `anonymous`. Reports what is unknown.
Type resolve_type(Program& program, const syntax::TypeExpr& type, uint16_t file,
                  const std::string& anonymous);
// Finds or makes a choice in the layout and marks its values present.
uint16_t declare_choice(Program& program, const Names& names, const std::vector<Names>& values,
                        uint16_t file, bool named);
std::string describe(const Program& program, const Type& type, bool chinese);
// The hint for an unknown name: the nearest of the candidates, if any is near.
void suggest(Message& message, std::string_view wrong, const std::vector<std::string>& candidates);
// Where that has found none: all of them, if they are few.
void list_known(Message& message, const std::vector<std::string>& names);
std::optional<uint16_t> find_present(const std::vector<Layout::Field>& fields,
                                     const std::vector<bool>& present, std::string_view name);
std::optional<uint16_t> find_attribute(const Program& program, uint16_t entity,
                                       std::string_view name);
std::optional<uint16_t> find_event_field(const Program& program, uint16_t event,
                                         std::string_view name);
std::optional<uint16_t> find_choice_value(const Program& program, uint16_t choice,
                                          std::string_view name);
std::string quoted(std::string_view name);  // `name`

}  // namespace duban::compiler
