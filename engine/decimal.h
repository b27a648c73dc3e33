// Exact fixed-point numbers: six fractional digits in a signed 64-bit integer.
//
// Money and plain numbers share this representation; the type checker keeps them apart.
// Range: about ±9.2 × 10^12. Intermediates are 128 bits wide. Nothing wraps: an operation whose
// result does not fit returns nullopt, and so does division by zero.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace duban {

// For intermediates: sums of Decimals in millionths cannot overflow it.
__extension__ typedef __int128 Int128;

class Decimal {
 public:
  static constexpr int kDigits = 6;
  static constexpr int64_t kOne = 1'000'000;

  constexpr Decimal() = default;
  static constexpr Decimal from_micro(int64_t micro) { return Decimal(micro); }
  static std::optional<Decimal> from_integer(int64_t whole);

  // Reads `[+-]digits[.digits][e[+-]digits]`, as in JSON and in rule files, from its digits and
  // never through a double. More than six fractional digits round half away from zero. nullopt
  // when the text is not a number or does not fit.
  static std::optional<Decimal> parse(std::string_view text);

  constexpr int64_t micro() const { return micro_; }
  bool is_integer() const { return micro_ % kOne == 0; }
  int64_t whole() const { return micro_ / kOne; }  // truncated towards zero

  // Shortest exact form: `5000`, `0.5`, `-12.34`.
  std::string to_string() const;
  // At least `digits` fractional digits: `200.00`, and `0.125` where there are more.
  std::string to_string(int digits) const;

  constexpr auto operator<=>(const Decimal&) const = default;

 private:
  constexpr explicit Decimal(int64_t micro) : micro_(micro) {}
  int64_t micro_ = 0;
};

std::optional<Decimal> add(Decimal a, Decimal b);
std::optional<Decimal> subtract(Decimal a, Decimal b);
std::optional<Decimal> multiply(Decimal a, Decimal b);        // rounded half away from zero
std::optional<Decimal> divide(Decimal a, Decimal b);          // rounded half away from zero
std::optional<Decimal> sum_of(Int128 micro);                  // of a sum in millionths
std::optional<Decimal> mean_of(Int128 micro, int64_t count);  // …divided by a count, rounded so
std::optional<Decimal> negate(Decimal a);
std::optional<Decimal> round_to(Decimal a, int digits);  // 0 ≤ digits ≤ 6, half away from zero

}  // namespace duban
