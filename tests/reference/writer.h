// Expressions of a wanted type, spelled in either language, from the names that can be seen.
#pragma once

#include <string>
#include <vector>

#include "tests/reference/model.h"
#include "tests/reference/random.h"

namespace duban::reference {

// A name, or a path of names, that can be read.
struct Readable {
  enum class Form { bare, event, instance, subject, builtin } form = Form::bare;
  std::vector<model::Name> path;  // one name, or more with points between them
  Type type;
  int level = 0;
  bool timed = false;    // moves with the clock
  bool history = false;  // reads past events
  bool variable = false;
  bool computed = false;  // a parameter, define or table: the checker may know more of it
};

// What can be read at some place, and what must not be.
struct Sight {
  int entity = -1;
  int owner_case = -1;
  int event = -1;
  bool opening = false;    // `on opening`, of one opening event
  bool past = false;       // …of an aggregate: only its fields and its time are kept
  bool bare_event = true;  // false: `where` of a broadcast
  const std::vector<model::Field>* answers = nullptr;
  std::optional<Type> due;
  std::optional<Type> list;
  bool time = true;     // may depend on the clock
  bool history = true;  // may read past events
  bool references = true;
  int max_level = model::kLevels;  // may read only what stands below
  size_t variables = 1000;         // of the case: those before a `keep`
  bool defines = true;
  bool watched = false;       // a condition that timers must follow: `now` only where it can be met
  bool subject_only = false;  // nothing of the case, though its names still clash
  bool qualified = false;     // only names that mean the same wherever the text is used
};

class Writer {
 public:
  Writer(Random& random, Model& model, int chinese_percent)
      : random_(random), model_(model), chinese_(chinese_percent) {}

  // How loosely the operators of a text bind; a text that binds more loosely than its place allows
  // gets parentheses.
  enum Bind { kOr, kAnd, kNot, kCompare, kRolled, kSum, kProduct, kFactor, kPrimary };

  std::string expression(const Type& type, const Sight& sight, int depth, Bind bind = kOr);
  std::string condition(const Sight& sight, int depth) {
    return expression({TypeKind::yes_no}, sight, depth);
  }
  // A condition or a date that surely reads an attribute of the subject, so that nobody asks whose
  // it is.
  std::string own_condition(const Sight& sight, int depth);
  std::string own_moment(const Sight& sight, bool datetime);
  // A plain name (or path) of the type; empty: none can be seen.
  std::string name_of(const Type& type, const Sight& sight, bool simple = false);
  std::string literal(const Type& type);
  std::string duration(bool for_window = false);
  // A literal, or something read. `days`: it counts days, as far as the checker knows; nothing:
  // it cannot be told here.
  std::string duration_value(const Sight& sight, std::optional<bool>* days = nullptr);
  std::string placeholder(const Sight& sight);
  // Whether a duration that was written is one of calendar days, weeks or months.
  static bool counts_days(const std::string& text);
  // `rolled forward`; there must be a calendar.
  std::string rolled();
  // Like name_of(), and nothing that the checker may compute.
  std::string plain_name_of(const Type& type, const Sight& sight);

  std::string spell(const model::Name& name);
  std::string declare(const model::Name& name);
  std::string say(const char* english, const char* chinese);
  bool chinese() { return random_.chance(chinese_); }
  std::string comma() { return chinese() ? "，" : ", "; }
  std::string quoted(const std::string& text);
  std::vector<Readable> readables(const Sight& sight);
  std::string spell(const Readable& readable);

  // The highest level that was read since it was last set to 0.
  int level = 0;

 private:
  struct Text {
    std::string text;
    Bind bind = kPrimary;
  };
  std::string wrap(Text text, Bind bind);
  Text make(const Type& type, const Sight& sight, int depth);
  Text yes_no(const Sight& sight, int depth);
  Text comparison(const Sight& sight, int depth);
  Text clock_comparison(const Sight& sight);
  Text number(const Type& type, const Sight& sight, int depth);
  Text moment(const Type& type, const Sight& sight, int depth);
  Text set(const Type& type, const Sight& sight, int depth);
  std::optional<Text> aggregate(const Type& type, const Sight& sight, int depth);
  std::optional<Text> read(const Type& type, const Sight& sight, bool plain = false);
  std::string number_literal(bool money);
  std::string window(bool zh);
  std::string compared_literal(const Type& type);
  std::string order(int which);
  Type random_type(const Sight& sight, bool orderable);

  Random& random_;
  Model& model_;
  int chinese_;
};

bool same_kind(const Type& a, const Type& b);

}  // namespace duban::reference
