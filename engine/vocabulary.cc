#include "engine/vocabulary.h"

#include <algorithm>

#include "engine/source.h"
#include "engine/spelling.h"

namespace duban {

bool is_han(char32_t c) {
  return (c >= 0x3400 && c <= 0x9FFF) || (c >= 0xF900 && c <= 0xFAFF) ||
         (c >= 0x20000 && c <= 0x3FFFF);
}

char32_t half_width(char32_t c) { return c >= 0xFF01 && c <= 0xFF5E ? c - 0xFF01 + '!' : c; }

// ---------------------------------------------------------------- words by their beginnings

uint32_t& WordTree::at(std::u32string_view word) {
  uint32_t node = 0;
  for (const char32_t c : word) {
    const auto [next, added] =
        next_.try_emplace(edge(node, half_width(c)), static_cast<uint32_t>(values_.size()));
    if (added) values_.push_back(kNone);
    node = next->second;
  }
  return values_[node];
}

uint32_t WordTree::find(std::u32string_view word) const {
  uint32_t node = 0;
  for (const char32_t c : word) {
    const auto next = next_.find(edge(node, half_width(c)));
    if (next == next_.end()) return kNone;
    node = next->second;
  }
  return values_[node];
}

// ---------------------------------------------------------------- names by their files

void KnownNames::add(uint16_t file, std::u32string_view name) {
  uint32_t& id = tree_.at(name);
  if (id == WordTree::kNone) {
    id = static_cast<uint32_t>(names_.size());
    names_.emplace_back(name);
    declared_.emplace_back();
    for (size_t i = 1; i < name.size(); ++i) {
      const char32_t c = half_width(name[i]);
      numbered_ |= c >= '0' && c <= '9' && is_han(name[i - 1]);
    }
  }
  std::vector<uint16_t>& files = declared_[id];
  const auto at = std::lower_bound(files.begin(), files.end(), file);
  if (at == files.end() || *at != file) files.insert(at, file);
}

bool KnownNames::visible(uint16_t file, uint32_t id) const {
  const std::vector<uint16_t>& files = declared_[id];
  const auto declares = [&](uint16_t other) {
    return std::binary_search(files.begin(), files.end(), other);
  };
  return declares(file) || std::any_of(seen_[file].begin(), seen_[file].end(), declares);
}

bool KnownNames::is_nearly_a_name(uint16_t file, std::u32string_view text) const {
  constexpr size_t kShortest = 2;  // one character is near to every other
  if (text.size() < kShortest) return false;
  for (uint32_t id = 0; id < names_.size(); ++id) {
    const std::u32string& name = names_[id];
    const size_t longer = std::max(name.size(), text.size());
    if (longer - std::min(name.size(), text.size()) > 1 || name.size() < kShortest) continue;
    // `客户发` is 客户 and something else.
    if (text.starts_with(name) || text.ends_with(name)) continue;
    if (visible(file, id) && edit_distance(name, text) == 1) return true;
  }
  return false;
}

// ---------------------------------------------------------------- words of the language

const WordTree& language_words() {
  static const WordTree kTree = [] {
    WordTree tree;
    for (const std::string_view name : built_in_words()) {
      tree.at(to_code_points(name)) = static_cast<uint32_t>(Terminal::WORD);
    }
    for (const Keyword& word : keywords()) {
      for (const auto* spellings : {&word.english, &word.chinese}) {
        for (const std::string_view spelling : *spellings) {
          tree.at(to_code_points(spelling)) = static_cast<uint32_t>(word.terminal);
        }
      }
    }
    return tree;
  }();
  return kTree;
}

bool is_nearly_a_keyword(std::u32string_view text) {
  constexpr size_t kShortest = 3;  // of two characters one is too much
  static const std::vector<std::u32string> kLong = [] {
    std::vector<std::u32string> words;
    for (const Keyword& word : keywords()) {
      for (const std::string_view spelling : word.chinese) {
        std::u32string long_word = to_code_points(spelling);
        if (long_word.size() >= kShortest) words.push_back(std::move(long_word));
      }
    }
    return words;
  }();
  return std::any_of(kLong.begin(), kLong.end(), [&](const std::u32string& word) {
    return std::max(word.size(), text.size()) - std::min(word.size(), text.size()) <= 1 &&
           edit_distance(word, text) == 1;
  });
}

const WordTree& quantity_words() {
  static const WordTree kTree = [] {
    WordTree tree;
    const auto add = [&](std::u32string_view word) {
      tree.at(word) = static_cast<uint32_t>(Terminal::WORD);
    };
    for (const std::u32string_view magnitude : {U"", U"万", U"亿"}) {
      if (!magnitude.empty()) add(magnitude);
      for (const std::string_view currency : currency_words()) {
        add(std::u32string(magnitude) + to_code_points(currency));
      }
    }
    return tree;
  }();
  return kTree;
}

}  // namespace duban
