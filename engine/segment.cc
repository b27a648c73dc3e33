#include "engine/segment.h"

#include <algorithm>
#include <tuple>

namespace duban {
namespace {

constexpr size_t kMostTails = 4;     // readings kept of each rest of a run
constexpr size_t kMostFiner = 16;    // divisions looked at where no reading is understood
constexpr size_t kMostPartial = 12;  // places for an unknown piece

bool is_digit(char32_t c) {
  c = half_width(c);
  return c >= '0' && c <= '9';
}

}  // namespace

// ---------------------------------------------------------------- the words

Lattice::Lattice(const Source& source, const std::vector<Token>& raw, const Run& run,
                 const Words& words)
    : begin_(raw[run.first_raw].begin) {
  const uint32_t size = raw[run.last_raw - 1].end - begin_;
  if (size > kLongest) return;
  size_ = size;
  text_ = std::u32string_view(source.code_points()).substr(begin_, size);
  edges_.resize(size + 1);
  tails_.resize(size + 1);
  reached_.resize(size + 1);
  mark_cuts(raw, run);
  bool after_number = run.first_raw > 0 && raw[run.first_raw - 1].kind == Terminal::NUMBER;
  for (uint32_t at = 0; at < size; ++at) {
    if (!cuts_[at]) continue;
    const auto number = std::find_if(fixed_.begin(), fixed_.end(),
                                     [&](const Token& token) { return token.begin == at; });
    if (number != fixed_.end()) {
      add_edge(at, number->end, number->kind);
    } else {
      add_words(at, words, after_number);
    }
    after_number = std::any_of(fixed_.begin(), fixed_.end(), [&](const Token& token) {
      return token.end == at + 1 && token.kind == Terminal::NUMBER;
    });
  }
  divide();
}

void Lattice::mark_cuts(const std::vector<Token>& raw, const Run& run) {
  cuts_.assign(size_ + 1, false);
  for (uint32_t i = run.first_raw; i < run.last_raw; ++i) {
    const uint32_t begin = raw[i].begin - begin_;
    const uint32_t end = raw[i].end - begin_;
    cuts_[begin] = cuts_[end] = true;
    if (raw[i].kind != Terminal::WORD) {
      fixed_.push_back({raw[i].kind, begin, end});
      continue;
    }
    for (uint32_t at = begin + 1; at < end; ++at) {
      cuts_[at] = is_han(text_[at - 1]) || is_han(text_[at]);
    }
  }
}

void Lattice::add_edge(uint32_t at, uint32_t end, Terminal kind) {
  const auto same = std::find_if(edges_[at].begin(), edges_[at].end(),
                                 [&](const Edge& edge) { return edge.end == end; });
  if (same == edges_[at].end()) edges_[at].push_back({end, kind});
}

void Lattice::add_words(uint32_t at, const Words& words, bool after_number) {
  language_words().each_prefix(from(at), [&](uint32_t length, uint32_t kind) {
    if (cuts_[at + length]) add_edge(at, at + length, static_cast<Terminal>(kind));
  });
  if (after_number) {
    quantity_words().each_prefix(from(at), [&](uint32_t length, uint32_t kind) {
      if (cuts_[at + length]) add_edge(at, at + length, static_cast<Terminal>(kind));
    });
  }
  words.names->each_prefix(words.file, from(at),
                           [&](uint32_t length) { add_name(at, at + length); });
  if (text_[at] == U'的') add_edge(at, at + 1, Terminal::DOT);
  if (!is_han(text_[at])) {  // a word of another alphabet, known or not
    uint32_t end = at + 1;
    while (!cuts_[end]) ++end;
    add_edge(at, end, Terminal::WORD);
  }
  std::sort(edges_[at].begin(), edges_[at].end(),
            [](const Edge& a, const Edge& b) { return a.end > b.end; });
}

// `方案2`, of which the lexer has made more than one token; of `方案2.5` it has made 2.5 a number.
void Lattice::add_name(uint32_t at, uint32_t end) {
  if (!cuts_[end]) {
    const auto number = std::find_if(fixed_.begin(), fixed_.end(), [&](const Token& token) {
      return token.begin < end && end < token.end;
    });
    if (number == fixed_.end() || number->kind != Terminal::NUMBER || is_digit(text_[end]) ||
        !is_digit(text_[end - 1])) {
      return;
    }
    add_edge(end, end + 1, half_width(text_[end]) == '.' ? Terminal::DOT : Terminal::COMMA);
    add_edge(end + 1, number->end, Terminal::NUMBER);
  }
  add_edge(at, end, Terminal::WORD);
}

// ---------------------------------------------------------------- divisions

void Lattice::keep_coarsest(std::vector<Tail>& tails, Tail tail) {
  for (const Tail& other : tails) {
    if ((other.ends & ~tail.ends).none()) return;
  }
  std::erase_if(tails, [&](const Tail& other) { return (tail.ends & ~other.ends).none(); });
  if (tails.size() < kMostTails) tails.push_back(tail);
}

void Lattice::divide() {
  Tail end;
  tails_[size_].push_back(end);
  for (uint32_t at = size_; at-- > 0;) {
    for (const Edge& edge : edges_[at]) {
      for (uint32_t rest = 0; rest < tails_[edge.end].size(); ++rest) {
        Tail tail{edge, rest, tails_[edge.end][rest].ends};
        tail.ends.set(edge.end);
        keep_coarsest(tails_[at], tail);
      }
    }
  }
  reached_[0].words = 0;
  for (uint32_t at = 0; at < size_; ++at) {
    if (reached_[at].words == kUnreached) continue;
    for (const Edge& edge : edges_[at]) {
      Step& step = reached_[edge.end];
      if (reached_[at].words + 1 < step.words) step = {reached_[at].words + 1, at, edge.kind};
    }
  }
}

void Lattice::append(Reading& reading, uint32_t begin, uint32_t end, Terminal kind) const {
  reading.push_back({kind, begin_ + begin, begin_ + end});
}

void Lattice::append_tail(Reading& reading, uint32_t at, size_t which) const {
  while (at != size_) {
    const Tail& tail = tails_[at][which];
    append(reading, at, tail.edge.end, tail.edge.kind);
    at = tail.edge.end;
    which = tail.rest;
  }
}

void Lattice::append_shortest(Reading& reading, uint32_t end) const {
  const size_t first = reading.size();
  for (uint32_t at = end; at != 0; at = reached_[at].from) {
    append(reading, reached_[at].from, at, reached_[at].kind);
  }
  std::reverse(reading.begin() + static_cast<std::ptrdiff_t>(first), reading.end());
}

std::vector<Reading> Lattice::readings() const {
  std::vector<Reading> out;
  if (size_ == 0) return out;
  for (size_t i = 0; i < tails_[0].size(); ++i) {
    Reading reading;
    append_tail(reading, 0, i);
    out.push_back(std::move(reading));
  }
  return out;
}

std::vector<Reading> Lattice::finer() const {
  std::vector<Reading> out;
  if (size_ == 0) return out;
  struct Place {
    uint32_t at;
    size_t next;  // the edge to try
  };
  std::vector<Place> path = {{0, 0}};
  const std::vector<Reading> known = readings();
  while (!path.empty() && out.size() < kMostFiner) {
    Place& here = path.back();
    if (here.at == size_) {
      Reading reading;
      for (size_t i = 0; i + 1 < path.size(); ++i) {
        const Edge& edge = edges_[path[i].at][path[i].next - 1];
        append(reading, path[i].at, edge.end, edge.kind);
      }
      const auto same = [&](const Reading& other) {
        return std::equal(reading.begin(), reading.end(), other.begin(), other.end(),
                          [](const Token& a, const Token& b) { return a.end == b.end; });
      };
      if (std::none_of(known.begin(), known.end(), same)) out.push_back(std::move(reading));
      path.pop_back();
    } else if (here.next == edges_[here.at].size()) {
      path.pop_back();
    } else {
      const uint32_t end = edges_[here.at][here.next++].end;
      if (!tails_[end].empty()) path.push_back({end, 0});
    }
  }
  return out;
}

// ---------------------------------------------------------------- unknown pieces

// Neither numbers nor the point of `x的y` are part of an unknown name.
bool Lattice::is_plain(uint32_t begin, uint32_t end) const {
  if (text_.substr(begin, end - begin).find(U'的') != text_.npos) return false;
  return std::none_of(fixed_.begin(), fixed_.end(),
                      [&](const Token& token) { return token.begin < end && begin < token.end; });
}

std::vector<Lattice::Partial> Lattice::partial() const {
  std::vector<Partial> out;
  if (size_ == 0) return out;
  for (uint32_t length = 1; length <= size_ && out.size() < kMostPartial; ++length) {
    for (uint32_t begin = 0; begin + length <= size_ && out.size() < kMostPartial; ++begin) {
      const uint32_t end = begin + length;
      const bool fits = cuts_[begin] && cuts_[end] && reached_[begin].words != kUnreached &&
                        !tails_[end].empty() && is_plain(begin, end);
      if (!fits) continue;
      Partial partial;
      partial.begin = begin_ + begin;
      partial.end = begin_ + end;
      append_shortest(partial.reading, begin);
      append(partial.reading, begin, end, Terminal::WORD);
      append_tail(partial.reading, end, 0);
      out.push_back(std::move(partial));
    }
  }
  if (out.empty()) {
    out.push_back(fewest_unknown());
    if (out[0].reading.empty()) out.clear();
  }
  return out;
}

Lattice::Partial Lattice::fewest_unknown() const {
  struct Best {
    uint32_t pieces = kUnreached, unknown = 0, words = 0;
    uint32_t from = 0;
    Terminal kind = Terminal::END;
    bool is_unknown = false;
  };
  std::vector<Best> best(size_ + 1);
  best[0].pieces = 0;
  const auto offer = [&](uint32_t at, uint32_t end, Terminal kind, bool unknown) {
    Best next = best[at];
    next.pieces += unknown ? 1 : 0;
    next.unknown += unknown ? end - at : 0;
    ++next.words;
    next.from = at;
    next.kind = kind;
    next.is_unknown = unknown;
    const auto cost = [](const Best& b) { return std::tie(b.pieces, b.unknown, b.words); };
    if (cost(next) < cost(best[end])) best[end] = next;
  };
  for (uint32_t at = 0; at < size_; ++at) {
    if (best[at].pieces == kUnreached) continue;
    for (const Edge& edge : edges_[at]) offer(at, edge.end, edge.kind, false);
    if (!cuts_[at] || best[at].is_unknown) continue;
    for (uint32_t end = at + 1; end <= size_ && is_plain(at, end); ++end) {
      if (cuts_[end]) offer(at, end, Terminal::WORD, true);
    }
  }
  Partial out;
  if (best[size_].pieces == kUnreached) return out;
  for (uint32_t at = size_; at != 0; at = best[at].from) {
    append(out.reading, best[at].from, at, best[at].kind);
    if (!best[at].is_unknown) continue;
    out.begin = begin_ + best[at].from;
    out.end = begin_ + at;
  }
  std::reverse(out.reading.begin(), out.reading.end());
  return out;
}

}  // namespace duban
