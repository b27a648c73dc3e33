#include "engine/readings.h"

#include <algorithm>
#include <initializer_list>
#include <iterator>

#include "engine/words.h"

namespace duban {
namespace {

constexpr uint32_t kMostTries = 48;       // of one line
constexpr uint64_t kTriesPerLine = 4;     // on average, in one file
constexpr uint64_t kTriesAtLeast = 1000;  // in one file

bool one_of(Terminal kind, std::initializer_list<Terminal> kinds) {
  return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

// What stands between two values: a name that contains it is hardly one.
bool is_infix(Terminal kind) {
  using enum Terminal;
  return one_of(kind, {K_AND, K_OR, K_IS, K_IS_NOT, K_IN, K_NOT_IN, K_AT_LEAST, K_AT_MOST, K_ABOVE,
                       K_BELOW, K_BETWEEN, K_CONTAINS, K_NOT_CONTAINS, K_MINUS, K_UNION});
}

bool has_infix(const Reading& reading) {
  const auto infix = [](const Token& token) { return is_infix(token.kind); };
  return reading.size() > 2 && std::any_of(reading.begin() + 1, reading.end() - 1, infix);
}

// Words that are parts of other words: 走访次数, 审批结果.
bool is_noun(Terminal kind) {
  using enum Terminal;
  return one_of(kind, {WORD,
                       NUMBER,
                       K_COUNT,
                       K_SUM,
                       K_AVERAGE,
                       K_MIN,
                       K_MAX,
                       K_KEEP,
                       K_LATEST,
                       K_SERVICE,
                       K_EVENT,
                       K_CASE,
                       K_AS,
                       K_OWNER,
                       K_DAY,
                       K_CALENDAR,
                       K_WORKING_DAY,
                       K_MONTH,
                       K_YEAR,
                       K_ENTITY,
                       K_RULE,
                       K_TASK,
                       K_REFERENCE,
                       K_WORKING_HOUR,
                       K_CHANNEL,
                       K_GRADE,
                       K_POINTS,
                       K_BASE,
                       K_SCORECARD,
                       K_RECENT,
                       K_THIS_WEEK,
                       K_THIS_MONTH,
                       K_THIS_QUARTER,
                       K_THIS_YEAR,
                       K_PREVIOUS_WEEK,
                       K_PREVIOUS_MONTH,
                       K_PREVIOUS_QUARTER,
                       K_PREVIOUS_YEAR,
                       K_QUARTER,
                       K_WEEK});
}

// Whether it may be one name that nobody has declared after all: `客户信誉`.
bool may_be_name(const Reading& reading) {
  return std::all_of(reading.begin(), reading.end(),
                     [](const Token& token) { return is_noun(token.kind); });
}

// Every boundary of the coarser one is one of the finer.
bool is_finer(const Reading& finer, const Reading& coarser) {
  return finer.size() > coarser.size() &&
         std::includes(finer.begin(), finer.end(), coarser.begin(), coarser.end(),
                       [](const Token& a, const Token& b) { return a.end < b.end; });
}

}  // namespace

LineReadings::LineReadings(const Source& source, const std::vector<Token>& raw,
                           const TokenFile& file, const Words& words, Understand understand)
    : source_(source),
      raw_(raw),
      file_(file),
      words_(words),
      understand_(std::move(understand)),
      tries_left_(kTriesAtLeast + kTriesPerLine * file.lines.size()) {}

Reading LineReadings::slice(uint32_t begin, uint32_t end) const {
  return {file_.tokens.begin() + begin, file_.tokens.begin() + end};
}

const Lattice& LineReadings::lattice(Choice& choice) const {
  if (!choice.lattice) {
    choice.lattice = std::make_unique<const Lattice>(source_, raw_, *choice.run, words_);
  }
  return *choice.lattice;
}

// ---------------------------------------------------------------- trying

// The line with what is chosen for each run.
void LineReadings::combine() {
  tokens_.clear();
  uint32_t at = line_.begin;
  const auto copy = [&](uint32_t end) {
    tokens_.insert(tokens_.end(), file_.tokens.begin() + at, file_.tokens.begin() + end);
  };
  for (const Choice& choice : choices_) {
    copy(choice.run->first);
    const Reading& chosen = choice.readings[choice.chosen];
    tokens_.insert(tokens_.end(), chosen.begin(), chosen.end());
    at = choice.run->first + choice.run->count;
  }
  copy(line_.end);
}

bool LineReadings::understood() {
  combine();
  if (tries_++ > 0) --tries_left_;
  const Attempt attempt = understand_({tokens_.data(), tokens_.data() + tokens_.size()});
  failed_ = attempt.failed;
  words_as_names_ = attempt.words_as_names;
  return attempt.understood;
}

// To the next combination that differs in a choice up to `last`; false: there is none.
bool LineReadings::advance(size_t last) {
  for (size_t i = last + 1; i < choices_.size(); ++i) choices_[i].chosen = 0;
  for (size_t i = last + 1; i-- > 0;) {
    if (++choices_[i].chosen < choices_[i].readings.size()) return true;
    choices_[i].chosen = 0;
  }
  return false;
}

// Of what stands behind the failure nothing can mend it. choices_.size(): no choice stands before.
size_t LineReadings::choice_at_failure() const {
  const uint32_t at = failed_ < tokens_.size() ? tokens_[failed_].begin : tokens_.back().end;
  for (size_t i = choices_.size(); i-- > 0;) {
    if (raw_[choices_[i].run->first_raw].begin <= at) return i;
  }
  return choices_.size();
}

// Those with the fewest words of the language as names: 每周日 is a Sunday, not each week at 日.
std::vector<Reading> LineReadings::understood_readings(size_t most) {
  std::vector<Reading> out;
  uint32_t fewest = 0;
  for (Choice& choice : choices_) choice.chosen = 0;
  size_t last = 0;
  do {
    if (tries_ >= kMostTries || tries_left_ == 0) break;
    if (understood()) {
      if (words_as_names_ < fewest) out.clear();
      if (out.empty()) fewest = words_as_names_;
      if (words_as_names_ == fewest) out.push_back(tokens_);
      if (out.size() == most) break;
      last = choices_.size() - 1;
    } else {
      last = choice_at_failure();
    }
  } while (last < choices_.size() && advance(last));
  return out;
}

// True when the choices hold something that is understood: it is the result, with another reading
// that is not coarser, if there is one.
bool LineReadings::settle(size_t most, Result& result) {
  std::vector<Reading> found = understood_readings(most);
  if (found.empty()) return false;
  std::vector<Reading> coarsest;
  for (const Reading& reading : found) {
    const auto coarser = [&](const Reading& other) { return is_finer(reading, other); };
    if (std::none_of(found.begin(), found.end(), coarser)) coarsest.push_back(reading);
  }
  result.understood = true;
  result.tokens = std::move(coarsest[0]);
  if (coarsest.size() > 1) result.other = std::move(coarsest[1]);
  return true;
}

// ---------------------------------------------------------------- choices

void LineReadings::add_known() {
  for (Choice& choice : choices_) {
    if (choice.run->several) choice.readings = lattice(choice).readings();
  }
}

void LineReadings::add_finer() {
  for (Choice& choice : choices_) {
    if (!choice.run->known) continue;
    for (Reading& reading : lattice(choice).finer()) choice.readings.push_back(std::move(reading));
  }
}

void LineReadings::add_unknown() {
  for (Choice& choice : choices_) {
    if (!choice.run->known) {
      std::vector<Reading> others;
      for (Lattice::Partial& partial : partial(choice)) {
        (is_likely(partial) ? choice.readings : others).push_back(std::move(partial.reading));
      }
      // What stands in the file is one long name.
      std::rotate(choice.readings.begin(), choice.readings.begin() + 1, choice.readings.end());
      std::move(others.begin(), others.end(), std::back_inserter(choice.readings));
    } else if (may_be_name(choice.readings[0])) {
      choice.readings.push_back(joined_reading(source_, raw_, *choice.run));
    }
  }
}

// `当信用较差时：…`: a field of that name would have been skimmed.
bool LineReadings::is_no_field(const Choice& choice) const {
  return choice.run->first == line_.begin && !choice.run->known && choice.run->count == 1 &&
         line_.end - line_.begin > 1 && file_.tokens[line_.begin + 1].kind == Terminal::COLON;
}

// With an unknown piece, unless the run is a misspelt keyword.
std::vector<Lattice::Partial> LineReadings::partial(Choice& choice) const {
  const Token& first = raw_[choice.run->first_raw];
  const std::u32string_view word =
      std::u32string_view(source_.code_points()).substr(first.begin, first.end - first.begin);
  if (is_nearly_a_keyword(word)) return {};
  return lattice(choice).partial();
}

// The unknown piece is a slip of the pen, or joining it with the rest would hide an operator.
bool LineReadings::is_likely(const Lattice::Partial& partial) const {
  const std::u32string_view piece =
      std::u32string_view(source_.code_points()).substr(partial.begin, partial.end - partial.begin);
  return has_infix(partial.reading) || words_.names->is_nearly_a_name(words_.file, piece);
}

// Understood with a long unknown name: perhaps only a part of it is unknown.
void LineReadings::prefer_likely(Result& result) {
  for (Choice& choice : choices_) {
    if (choice.run->known) continue;
    const bool no_field = is_no_field(choice);
    bool begins_line = false;
    for (Lattice::Partial& partial : partial(choice)) {
      if (tries_ >= kMostTries || tries_left_ == 0) return;
      if (partial.reading.size() == 1 || (!no_field && !is_likely(partial))) continue;
      begins_line |= no_field && duban::begins_line(partial.reading[0].kind);
      choice.readings.push_back(std::move(partial.reading));
      choice.chosen = choice.readings.size() - 1;
      if (understood()) {
        result.tokens = tokens_;
        begins_line = false;
        break;
      }
      choice.chosen = 0;
    }
    if (begins_line) {
      look_at_failure(result);
      return;
    }
  }
}

// Nothing is understood. What is unknown is taken to be as short as may be, unless what stands
// before it is wrong already.
void LineReadings::look_at_failure(Result& result) {
  uint32_t begin = 0xffffffff;  // of the first run that is divided so
  for (Choice& choice : choices_) {
    choice.chosen = 0;
    if (choice.run->known) continue;
    std::vector<Lattice::Partial> partials = partial(choice);
    if (partials.empty()) continue;
    auto best = std::find_if(partials.begin(), partials.end(),
                             [&](const Lattice::Partial& it) { return is_likely(it); });
    if (best == partials.end()) best = partials.begin();
    choice.readings.push_back(std::move(best->reading));
    choice.chosen = choice.readings.size() - 1;
    begin = std::min(begin, raw_[choice.run->first_raw].begin);
  }
  result.understood = understood();
  const uint32_t place = failed_ < tokens_.size() ? tokens_[failed_].begin : tokens_.back().end;
  if (!result.understood && place < begin) return;
  result.tokens = tokens_;
  result.failed = failed_;
}

// ---------------------------------------------------------------- a line

LineReadings::Result LineReadings::read(const LogicalLine& line) {
  line_ = line;
  tries_ = 0;
  choices_.clear();
  bool several = false;
  bool known = true;
  for (uint32_t i = line.first_run; i < line.last_run; ++i) {
    const Run& run = file_.runs[i];
    choices_.push_back({&run, nullptr, {slice(run.first, run.first + run.count)}, 0});
    several |= run.several;
    known &= run.known;
  }

  Result result;
  result.understood = understood();
  result.tokens = tokens_;
  result.failed = failed_;
  constexpr size_t kMostUnderstood = 4;
  if (result.understood) {
    if (!known) {
      prefer_likely(result);
    } else if (several) {
      add_known();
      settle(2, result);
    }
  } else if (!choices_.empty()) {
    if (several) add_known();
    if (!several || !settle(2, result)) {
      add_finer();
      if (!settle(kMostUnderstood, result)) {
        add_unknown();
        if (!settle(1, result)) look_at_failure(result);
      }
    }
  }
  result.tries = tries_;
  return result;
}

}  // namespace duban
