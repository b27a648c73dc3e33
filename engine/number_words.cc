#include "engine/number_words.h"

#include <array>
#include <string>

#include "engine/source.h"

namespace duban {
namespace {

constexpr std::array<std::string_view, 12> kEnglish = {"one",  "two", "three",  "four",
                                                       "five", "six", "seven",  "eight",
                                                       "nine", "ten", "eleven", "twelve"};

uint32_t chinese_digit(char32_t c) {
  constexpr std::u32string_view kDigits = U"一二三四五六七八九";
  if (c == U'两') return 2;
  const size_t at = kDigits.find(c);
  return at == kDigits.npos ? 0 : static_cast<uint32_t>(at) + 1;
}

// 七, 十, 十五, 二十, 二十五.
uint32_t chinese_number(std::u32string_view text) {
  constexpr uint32_t kTen = 10;
  const size_t ten = text.find(U'十');
  if (ten == text.npos) return text.size() == 1 ? chinese_digit(text[0]) : 0;
  if (ten > 1 || text.size() > ten + 2) return 0;
  const uint32_t tens = ten == 0 ? 1 : chinese_digit(text[0]);
  const uint32_t ones = text.size() == ten + 1 ? 0 : chinese_digit(text[ten + 1]);
  if (tens == 0 || (ones == 0 && text.size() > ten + 1)) return 0;
  return tens * kTen + ones;
}

}  // namespace

uint32_t number_in_words(std::string_view text) {
  for (size_t i = 0; i < kEnglish.size(); ++i) {
    if (text == kEnglish[i]) return static_cast<uint32_t>(i) + 1;
  }
  return chinese_number(to_code_points(text));
}

}  // namespace duban
