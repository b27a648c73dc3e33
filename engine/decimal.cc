#include "engine/decimal.h"

#include <algorithm>
#include <charconv>
#include <limits>

namespace duban {
namespace {

std::optional<Decimal> narrow(Int128 micro) {
  if (micro < std::numeric_limits<int64_t>::min() || micro > std::numeric_limits<int64_t>::max()) {
    return std::nullopt;
  }
  return Decimal::from_micro(static_cast<int64_t>(micro));
}

// Half away from zero. The doubled remainder is compared, so that odd divisors are exact too.
Int128 divide_rounded(Int128 dividend, Int128 divisor) {
  Int128 quotient = dividend / divisor;
  const Int128 remainder = dividend % divisor;
  const Int128 size = remainder < 0 ? -remainder : remainder;
  const Int128 half = divisor < 0 ? -divisor : divisor;
  if (2 * size >= half) quotient += (dividend < 0) == (divisor < 0) ? 1 : -1;
  return quotient;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view take_digits(std::string_view& text) {
  size_t n = 0;
  while (n < text.size() && is_digit(text[n])) ++n;
  const std::string_view digits = text.substr(0, n);
  text.remove_prefix(n);
  return digits;
}

// The sign at the front, taken off; true for '-'.
bool take_sign(std::string_view& text) {
  if (text.empty() || (text[0] != '-' && text[0] != '+')) return false;
  const bool negative = text[0] == '-';
  text.remove_prefix(1);
  return negative;
}

// An exponent of any length. It stops growing far beyond what the digits of a text that fits in
// memory could make up for.
int64_t bounded_exponent(std::string_view digits, bool negative) {
  constexpr int64_t kBound = 1'000'000'000'000'000;
  int64_t value = 0;
  for (const char c : digits) value = std::min(kBound, value * 10 + (c - '0'));
  return negative ? -value : value;
}

}  // namespace

std::optional<Decimal> Decimal::from_integer(int64_t whole) {
  return narrow(static_cast<Int128>(whole) * kOne);
}

std::optional<Decimal> Decimal::parse(std::string_view text) {
  const bool negative = take_sign(text);
  std::string_view whole = take_digits(text);
  if (whole.empty()) return std::nullopt;
  std::string_view fraction;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    fraction = take_digits(text);
    if (fraction.empty()) return std::nullopt;
  }
  int64_t exponent = 0;
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    const bool negative_exponent = take_sign(text);
    const std::string_view digits = take_digits(text);
    if (digits.empty()) return std::nullopt;
    exponent = bounded_exponent(digits, negative_exponent);
  }
  if (!text.empty()) return std::nullopt;

  // The significant digits are those of `whole` and then of `fraction`, without leading zeros.
  // The first `kept` of them are the value in millionths; the one after rounds.
  int64_t kept = static_cast<int64_t>(whole.size()) + exponent + kDigits;
  size_t first = 0;
  const size_t count = whole.size() + fraction.size();
  const auto digit = [&](size_t i) {
    if (i >= count) return 0;
    return (i < whole.size() ? whole[i] : fraction[i - whole.size()]) - '0';
  };
  while (first < count && digit(first) == 0) ++first, --kept;
  if (first == count || kept < 0) return Decimal();
  if (kept > 19) return std::nullopt;

  Int128 micro = 0;
  const size_t end = first + static_cast<size_t>(kept);
  for (size_t i = first; i < end; ++i) micro = micro * 10 + digit(i);
  if (digit(end) >= 5) ++micro;
  return narrow(negative ? -micro : micro);
}

std::string Decimal::to_string() const { return to_string(0); }

std::string Decimal::to_string(int digits) const {
  // Unsigned, because the smallest value has no positive counterpart.
  uint64_t size = static_cast<uint64_t>(micro_);
  if (micro_ < 0) size = 0 - size;
  char text[24];
  char* end = text;
  if (micro_ < 0) *end++ = '-';
  end = std::to_chars(end, text + sizeof text, size / kOne).ptr;
  const size_t wanted = static_cast<size_t>(std::max(digits, 0));
  uint64_t fraction = size % kOne;
  if (fraction == 0 && wanted == 0) return std::string(text, end);

  std::string out(text, end);
  out += '.';
  char places[kDigits];
  for (int i = kDigits; i-- > 0; fraction /= 10) places[i] = static_cast<char>('0' + fraction % 10);
  size_t count = kDigits;
  while (count > wanted && places[count - 1] == '0') --count;
  out.append(places, count);
  if (wanted > count) out.append(wanted - count, '0');
  return out;
}

std::optional<Decimal> add(Decimal a, Decimal b) {
  int64_t sum = 0;
  if (__builtin_add_overflow(a.micro(), b.micro(), &sum)) return std::nullopt;
  return Decimal::from_micro(sum);
}

std::optional<Decimal> subtract(Decimal a, Decimal b) {
  int64_t difference = 0;
  if (__builtin_sub_overflow(a.micro(), b.micro(), &difference)) return std::nullopt;
  return Decimal::from_micro(difference);
}

std::optional<Decimal> multiply(Decimal a, Decimal b) {
  return narrow(divide_rounded(static_cast<Int128>(a.micro()) * b.micro(), Decimal::kOne));
}

std::optional<Decimal> divide(Decimal a, Decimal b) {
  if (b.micro() == 0) return std::nullopt;
  return narrow(divide_rounded(static_cast<Int128>(a.micro()) * Decimal::kOne, b.micro()));
}

std::optional<Decimal> sum_of(Int128 micro) { return narrow(micro); }

std::optional<Decimal> mean_of(Int128 micro, int64_t count) {
  if (count == 0) return std::nullopt;
  return narrow(divide_rounded(micro, count));
}

std::optional<Decimal> negate(Decimal a) { return narrow(-static_cast<Int128>(a.micro())); }

std::optional<Decimal> round_to(Decimal a, int digits) {
  if (digits < 0) return std::nullopt;
  Int128 unit = 1;
  for (int i = digits; i < Decimal::kDigits; ++i) unit *= 10;
  return narrow(divide_rounded(a.micro(), unit) * unit);
}

}  // namespace duban
