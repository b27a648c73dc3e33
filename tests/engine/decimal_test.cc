#include "engine/decimal.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace duban::decimal_test {
namespace {

constexpr int64_t kLowest = std::numeric_limits<int64_t>::min();
constexpr int64_t kHighest = std::numeric_limits<int64_t>::max();
const std::string kHighestText = "9223372036854.775807";
const std::string kLowestText = "-9223372036854.775808";

Decimal dec(std::string_view text) {
  const auto value = Decimal::parse(text);
  EXPECT_TRUE(value) << text;
  return value.value_or(Decimal());
}

// The result as text; "none" where there is no result.
std::string show(std::optional<Decimal> value) { return value ? value->to_string() : "none"; }
std::string read(std::string_view text) { return show(Decimal::parse(text)); }

TEST(DecimalTest, ReadsNumbersAsInJsonAndRuleFiles) {
  struct Row {
    const char *text, *value;
  };
  for (const Row& row : {
           Row{"0", "0"},
           {"-0", "0"},
           {"-0.0000001", "0"},
           {"5000", "5000"},
           {"+5", "5"},
           {"007", "7"},
           {"-12.34", "-12.34"},
           {"200.00", "200"},
           {"0.000001", "0.000001"},
           {"1e3", "1000"},
           {"1E+3", "1000"},
           {"6.25E-2", "0.0625"},
           {"-1.5e0", "-1.5"},
           {"123456e-6", "0.123456"},
           {"0.000000000001e12", "1"},
           {"1000000000000000000e-18", "1"},
       }) {
    EXPECT_EQ(read(row.text), row.value) << row.text;
  }
}

TEST(DecimalTest, RoundsMoreThanSixDigitsHalfAwayFromZero) {
  struct Row {
    const char *text, *value;
  };
  for (const Row& row : {
           Row{"0.0000005", "0.000001"},
           {"0.00000049999999999999999999999", "0"},
           {"-0.0000005", "-0.000001"},
           {"-0.00000049", "0"},
           {"1.2345674999", "1.234567"},
           {"1.2345675", "1.234568"},
           {"0.9999995", "1"},
           {"5e-7", "0.000001"},
           {"50e-8", "0.000001"},
           {"5e-8", "0"},
       }) {
    EXPECT_EQ(read(row.text), row.value) << row.text;
  }
}

TEST(DecimalTest, RejectsWhatIsNotANumber) {
  for (const char* text : {"",    "+",     "-",     ".",   ".5",  "5.",    "-.5",   "1.e3", "e3",
                           "1e",  "1e+",   "1e1.5", "1 ",  " 1",  "1,000", "1_000", "0x10", "--1",
                           "+-1", "1.2.3", "1e3e3", "inf", "nan", "1f",    "5%",    "٣"}) {
    EXPECT_EQ(read(text), "none") << text;
  }
  EXPECT_EQ(read(std::string_view("1\0", 2)), "none");
}

TEST(DecimalTest, HoldsTheWholeRangeAndNothingBeyond) {
  EXPECT_EQ(dec(kHighestText).micro(), kHighest);
  EXPECT_EQ(dec(kLowestText).micro(), kLowest);
  EXPECT_EQ(dec(kHighestText).to_string(), kHighestText);
  EXPECT_EQ(dec(kLowestText).to_string(), kLowestText);
  EXPECT_EQ(read(kHighestText + "4"), kHighestText);
  EXPECT_EQ(read(kLowestText + "4"), kLowestText);
  EXPECT_EQ(read(kHighestText + "5"), "none") << "rounds past the end";
  EXPECT_EQ(read(kLowestText + "5"), "none");
  EXPECT_EQ(read("9223372036854.775808"), "none");
  EXPECT_EQ(read("-9223372036854.775809"), "none");
  EXPECT_EQ(read("18446744073709.551617"), "none") << "must not wrap";
  EXPECT_EQ(show(Decimal::from_integer(9'223'372'036'854)), "9223372036854");
  EXPECT_EQ(show(Decimal::from_integer(9'223'372'036'855)), "none");
  EXPECT_EQ(show(Decimal::from_integer(kLowest)), "none");
}

TEST(DecimalTest, BearsExtremeExponentsAndLengths) {
  EXPECT_EQ(read("1e400"), "none");
  EXPECT_EQ(read("1e-400"), "0");
  EXPECT_EQ(read("-1e99999999999999999999999999"), "none");
  EXPECT_EQ(read("1e-99999999999999999999999999"), "0");
  EXPECT_EQ(read("0e99999999999999999999999999"), "0");

  const std::string zeros(1'000'000, '0'), nines(1'000'000, '9');
  EXPECT_EQ(read(nines), "none");
  EXPECT_EQ(read(zeros + "12"), "12");
  EXPECT_EQ(read("0." + nines), "1");
  EXPECT_EQ(read("0." + zeros + "1"), "0");
  EXPECT_EQ(read("0." + zeros + "1e1000001"), "1") << "the exponent makes up for the zeros";
  EXPECT_EQ(read("1" + zeros + "e-1000000"), "1");
  EXPECT_EQ(read("1e" + zeros + "2"), "100");
}

TEST(DecimalTest, WritesTheShortestExactForm) {
  for (const char* text : {"0", "5000", "0.5", "-12.34", "0.000001", "-0.1", "1000000", "10.01"}) {
    EXPECT_EQ(dec(text).to_string(), text);
  }
}

TEST(DecimalTest, WritesAtLeastSoManyDigits) {
  EXPECT_EQ(dec("200").to_string(2), "200.00");
  EXPECT_EQ(dec("0.125").to_string(2), "0.125");
  EXPECT_EQ(dec("-0.5").to_string(2), "-0.50");
  EXPECT_EQ(dec("12.3").to_string(0), "12.3");
  EXPECT_EQ(dec("1").to_string(6), "1.000000");
  EXPECT_EQ(dec("1").to_string(8), "1.00000000");
}

TEST(DecimalTest, CalculatesExactly) {
  EXPECT_EQ(show(add(dec("0.1"), dec("0.2"))), "0.3");
  EXPECT_EQ(show(subtract(dec("1"), dec("0.000001"))), "0.999999");
  EXPECT_EQ(show(multiply(dec("1234567.89"), dec("-0.002"))), "-2469.13578");
  EXPECT_EQ(show(negate(dec("-7.5"))), "7.5");
}

TEST(DecimalTest, MultipliesAndDividesHalfAwayFromZero) {
  struct Row {
    const char *a, *b, *product, *quotient;
  };
  for (const Row& row : {
           Row{"10", "4", "40", "2.5"},
           {"2", "3", "6", "0.666667"},
           {"-2", "3", "-6", "-0.666667"},
           {"-2", "-3", "6", "0.666667"},
           {"1", "3", "3", "0.333333"},
           {"0.000001", "0.5", "0.000001", "0.000002"},
           {"-0.000001", "0.5", "-0.000001", "-0.000002"},
           {"0.000001", "2", "0.000002", "0.000001"},
           {"0.000001", "-2", "-0.000002", "-0.000001"},
           {"0.000001", "2.000001", "0.000002", "0"},
           {"0.000003", "0.499999", "0.000001", "0.000006"},
           {"5", "0", "0", "none"},
           {"0", "0", "0", "none"},
       }) {
    EXPECT_EQ(show(multiply(dec(row.a), dec(row.b))), row.product) << row.a << " * " << row.b;
    EXPECT_EQ(show(divide(dec(row.a), dec(row.b))), row.quotient) << row.a << " / " << row.b;
  }
}

TEST(DecimalTest, NeverWraps) {
  const Decimal highest = dec(kHighestText), lowest = dec(kLowestText), tiny = dec("0.000001");
  EXPECT_EQ(show(add(highest, tiny)), "none");
  EXPECT_EQ(show(subtract(lowest, tiny)), "none");
  EXPECT_EQ(show(negate(lowest)), "none");
  EXPECT_EQ(show(multiply(highest, dec("1.000001"))), "none");
  EXPECT_EQ(show(multiply(lowest, lowest)), "none");
  EXPECT_EQ(show(multiply(lowest, dec("-1"))), "none");
  EXPECT_EQ(show(divide(lowest, dec("-1"))), "none");
  EXPECT_EQ(show(divide(highest, tiny)), "none");
  EXPECT_EQ(show(multiply(highest, dec("1"))), kHighestText);
  EXPECT_EQ(show(divide(lowest, lowest)), "1");
  EXPECT_EQ(show(add(highest, lowest)), "-0.000001");
}

TEST(DecimalTest, RoundsToSoManyDigits) {
  struct Row {
    const char* value;
    int digits;
    const char* rounded;
  };
  for (const Row& row : {
           Row{"2.5", 0, "3"},
           {"-2.5", 0, "-3"},
           {"2.499999", 0, "2"},
           {"1.005", 2, "1.01"},
           {"-1.005", 2, "-1.01"},
           {"1.004999", 2, "1"},
           {"0.123456", 6, "0.123456"},
           {"0.123456", 7, "0.123456"},
           {"9223372036854.775807", 0, "none"},
           {"-9223372036854.775808", 2, "none"},
           {"9223372036854.4", 0, "9223372036854"},
           {"1", -1, "none"},
       }) {
    EXPECT_EQ(show(round_to(dec(row.value), row.digits)), row.rounded)
        << row.value << " to " << row.digits;
  }
}

TEST(DecimalTest, KnowsWholeNumbers) {
  EXPECT_TRUE(dec("-3").is_integer());
  EXPECT_FALSE(dec("3.1").is_integer());
  EXPECT_EQ(dec("-3.9").whole(), -3);
  EXPECT_LT(dec("-3.9"), dec("-3"));
  EXPECT_EQ(dec("3.10"), dec("3.1"));
}

}  // namespace
}  // namespace duban::decimal_test
