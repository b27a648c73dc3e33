// Layouts as bytes, and names in them.
#include "engine/layout.h"

#include <gtest/gtest.h>

namespace duban::layout_test {
namespace {

Layout sample() {
  Layout layout;
  layout.choices.push_back({{"Customer.class", ""}, {{"residential", "居民"}, {"industrial", ""}}});
  Layout::Entity customer;
  customer.names = {"Customer", "客户"};
  customer.key = {"account_no", "户号"};
  customer.attributes.push_back({{"class", "类别"}, {TypeKind::choice, 0, false, false}, false});
  customer.attributes.push_back({{"phone", "手机"}, {TypeKind::text, 0, false, true}, true});
  layout.entities.push_back(customer);
  Layout::Event event;
  event.names = {"bill_issued", "电费发行"};
  event.kind = Layout::Event::Kind::broadcast;
  event.fields.push_back({{"who", ""}, {TypeKind::reference, 0, true, false}, false});
  layout.events.push_back(event);
  layout.calendars = {{"office", "工作日历"}};
  layout.cases = {"Collection escalation/Collection"};
  return layout;
}

TEST(Layout, FindsEitherName) {
  const Layout layout = sample();
  EXPECT_EQ(layout.find_entity("客户"), 0u);
  EXPECT_EQ(layout.find_entity("Customer"), 0u);
  EXPECT_EQ(layout.find_event("电费发行"), 0u);
  EXPECT_EQ(layout.find_choice("Customer.class"), 0u);
  EXPECT_FALSE(layout.find_entity(""));
  EXPECT_EQ(find_field(layout.entities[0].attributes, "手机"), 1u);
  EXPECT_EQ(find_value(layout.choices[0], "居民"), 0u);
  EXPECT_FALSE(find_value(layout.choices[0], "大工业"));
}

TEST(Layout, NamesInALanguage) {
  const Names both{"Customer", "客户"};
  EXPECT_EQ(both.in(true), "客户");
  EXPECT_EQ(both.in(false), "Customer");
  EXPECT_EQ((Names{"Customer", ""}.in(true)), "Customer");
}

TEST(Layout, ComesBackFromBytes) {
  const std::string bytes = encode_layout(sample());
  const auto decoded = decode_layout(bytes);
  ASSERT_TRUE(decoded);
  EXPECT_EQ(encode_layout(*decoded), bytes);
  EXPECT_EQ(decoded->entities[0].attributes[1].names.alias, "手机");
  EXPECT_TRUE(decoded->entities[0].attributes[1].is_private);
  EXPECT_EQ(decoded->events[0].kind, Layout::Event::Kind::broadcast);
  EXPECT_TRUE(decoded->events[0].fields[0].type.set);
  EXPECT_TRUE(decode_layout(encode_layout(Layout{})));
}

TEST(Layout, RejectsDamage) {
  const std::string bytes = encode_layout(sample());
  for (size_t i = 0; i < bytes.size(); ++i) {
    EXPECT_FALSE(decode_layout(std::string_view(bytes).substr(0, i))) << i;
    std::string flipped = bytes;
    flipped[i] = static_cast<char>(flipped[i] ^ 0x10);
    EXPECT_FALSE(decode_layout(flipped)) << i;
  }
  EXPECT_FALSE(decode_layout(bytes + "x"));
}

TEST(Layout, RejectsTypesOutOfRange) {
  Layout layout = sample();
  layout.entities[0].attributes[0].type.id = 7;
  EXPECT_FALSE(decode_layout(encode_layout(layout)));
}

}  // namespace
}  // namespace duban::layout_test
