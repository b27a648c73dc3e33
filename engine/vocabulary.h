// The names that rules files declare, found wherever they begin in a text: with the keywords they
// are the words that Chinese without spaces is divided into.
//
// Filled once, then only read; safe to read from any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/keywords.h"

namespace duban {

// 中文: a character that stands for a syllable, not a letter of an alphabet.
bool is_han(char32_t c);
// Full-width letters and digits as half-width ones; what is no such character stays.
char32_t half_width(char32_t c);

// Words by their beginnings.
class WordTree {
 public:
  static constexpr uint32_t kNone = 0xffffffff;

  WordTree() : values_(1, kNone) {}

  // Adds the word and returns where its value is kept, kNone at first.
  uint32_t& at(std::u32string_view word);
  // Calls found(length, value) for every word that the text begins with, shortest first.
  template <typename Found>
  void each_prefix(std::u32string_view text, Found&& found) const {
    uint32_t node = 0;
    for (uint32_t i = 0; i < text.size(); ++i) {
      const auto next = next_.find(edge(node, half_width(text[i])));
      if (next == next_.end()) return;
      node = next->second;
      if (values_[node] != kNone) found(i + 1, values_[node]);
    }
  }
  // The value of exactly this word; kNone: it is none.
  uint32_t find(std::u32string_view word) const;

 private:
  static uint64_t edge(uint32_t node, char32_t c) {
    return static_cast<uint64_t>(node) << 32 | static_cast<uint64_t>(c);
  }

  std::unordered_map<uint64_t, uint32_t> next_;
  std::vector<uint32_t> values_;  // by node
};

// Names by the files that declare them.
class KnownNames {
 public:
  explicit KnownNames(size_t files) : seen_(files) {}

  void add(uint16_t file, std::u32string_view name);
  // `file` may use what `other` declares. A file sees itself without being told.
  void let_see(uint16_t file, uint16_t other) { seen_[file].push_back(other); }

  template <typename Found>
  void each_prefix(uint16_t file, std::u32string_view text, Found&& found) const {
    tree_.each_prefix(text, [&](uint32_t length, uint32_t id) {
      if (visible(file, id)) found(length);
    });
  }
  bool contains(uint16_t file, std::u32string_view text) const {
    const uint32_t id = tree_.find(text);
    return id != WordTree::kNone && visible(file, id);
  }
  // Some name has a digit right after a Chinese character: `方案2`.
  bool has_numbered_names() const { return numbered_; }
  // Whether a name that the file sees differs from this in a single character.
  bool is_nearly_a_name(uint16_t file, std::u32string_view text) const;

 private:
  bool visible(uint16_t file, uint32_t id) const;

  WordTree tree_;
  std::vector<std::u32string> names_;            // by id
  std::vector<std::vector<uint16_t>> declared_;  // by id: the files, ascending
  std::vector<std::vector<uint16_t>> seen_;      // by file
  bool numbered_ = false;
};

// The names that one file sees.
struct Words {
  const KnownNames* names = nullptr;
  uint16_t file = 0;
};

// The keywords and the names that need no declaration, Chinese spellings and English ones. The
// value is the terminal; WORD for names.
const WordTree& language_words();
// Whether it differs from a longer Chinese keyword in a single character.
bool is_nearly_a_keyword(std::u32string_view text);
// What may stand behind a number as its currency or magnitude: 元, 万, 万元…
const WordTree& quantity_words();

}  // namespace duban
