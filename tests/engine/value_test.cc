#include "engine/value.h"

#include <gtest/gtest.h>

#include <string>

namespace duban::value_test {
namespace {

Value number(int64_t whole) { return *Decimal::from_integer(whole); }
Value text(std::string_view value) { return std::string(value); }

TEST(ValueTest, IsNoneUntilGiven) {
  const Value nothing{};
  EXPECT_TRUE(nothing.is_none());
  EXPECT_FALSE(number(0).is_none());
  EXPECT_EQ(nothing, Value(None{}));
}

TEST(ValueTest, HoldsWhatItWasGiven) {
  EXPECT_EQ(text("a").as<std::string>(), "a");
  EXPECT_EQ(number(3).as<Decimal>().whole(), 3);
  EXPECT_EQ(number(3).get_if<std::string>(), nullptr);
  EXPECT_TRUE(Value("text").get_if<std::string>()) << "a literal is text, never yes or no";
  EXPECT_EQ(Value(true).as<bool>(), true);
}

TEST(ValueTest, OrdersValuesOfOneType) {
  EXPECT_LT(number(-1), number(2));
  EXPECT_LT(text("a"), text("b"));
  EXPECT_LT(Value(false), Value(true));
  EXPECT_LT(Value(Date{1}), Value(Date{2}));
  EXPECT_LT(Value(TimeOfDay{1}), Value(TimeOfDay{2}));
  EXPECT_LT(Value(Instant{-5}), Value(Instant{5}));
  EXPECT_LT(Value(ChoiceValue{0, 1}), Value(ChoiceValue{0, 2}));
  EXPECT_LT(Value(Key{0, "C1"}), Value(Key{0, "C2"}));
  EXPECT_LT(Value(Key{0, "C2"}), Value(Key{1, "C1"}));
  EXPECT_EQ(Value(Key{1, "C1"}), Value(Key{1, "C1"}));
}

TEST(ValueTest, ValuesOfDifferentTypesAreNeverEqual) {
  EXPECT_NE(Value(), Value(false));
  EXPECT_NE(Value(Date{1}), Value(TimeOfDay{1}));
  EXPECT_NE(number(1), text("1"));
  EXPECT_NE(number(1), make_set({number(1)}));
  EXPECT_LT(Value(), text("")) << "none comes first";
}

TEST(ValueTest, ASetHasNoOrderAndNoDuplicates) {
  EXPECT_EQ(make_set({number(3), number(1), number(3), number(2)}),
            make_set({number(1), number(2), number(3)}));
  EXPECT_EQ(make_set({text("b"), text("a"), text("a")}).as<SetValue>().items,
            (std::vector<Value>{text("a"), text("b")}));
  EXPECT_TRUE(make_set({}).as<SetValue>().items.empty());
  EXPECT_EQ(make_set({}), make_set({}));
}

TEST(ValueTest, SetsCompareItemByItem) {
  const Value none = make_set({}), one = make_set({number(1)}), two = make_set({number(2)});
  const Value both = make_set({number(2), number(1)});
  EXPECT_LT(none, one);
  EXPECT_LT(one, both) << "a beginning comes before the longer set";
  EXPECT_LT(both, two);
  EXPECT_NE(one, two);
  EXPECT_EQ(both <=> both, std::strong_ordering::equal);
}

TEST(ValueTest, SetsMayHoldSets) {
  const Value inner = make_set({text("x")});
  const Value outer = make_set({inner, make_set({}), inner});
  ASSERT_EQ(outer.as<SetValue>().items.size(), 2u);
  EXPECT_EQ(outer.as<SetValue>().items[1], inner);
}

TEST(ValueTest, SharesWhatIsLarge) {
  const std::string words = "longer than a text that fits anywhere";
  Value one{words};
  Value other = one;
  EXPECT_EQ(one.get_if<std::string>(), other.get_if<std::string>());
  one = number(1);
  EXPECT_EQ(other.as<std::string>(), words) << "lives as long as a value has it";
  other = std::move(one);
  EXPECT_EQ(other, number(1));
  const Value& same = other;
  other = same;
  EXPECT_EQ(other, number(1));
  std::vector<Value> many(10, Value(Key{1, words}));
  many.resize(3);
  many.erase(many.begin());
  EXPECT_EQ(many[1].as<Key>().key, words);
  EXPECT_EQ(Value(Duration{Duration::Kind::months, 2, 3}).as<Duration>().amount, 3);
  EXPECT_LT(Value(Key{1, "a"}), Value(Key{1, "b"}));
}

}  // namespace
}  // namespace duban::value_test
