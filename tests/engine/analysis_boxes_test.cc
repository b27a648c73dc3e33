// Goal: what no box takes is found, and nothing that some box takes.
// Method: random boxes held against a search of all their points; the seed is printed.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "engine/analysis/boxes.h"

namespace duban::compiler {
namespace {

Shape shape_of(const std::vector<uint32_t>& counts) {
  Shape shape;
  for (const uint32_t count : counts) shape.add(count);
  return shape;
}

// Every point of the shape, as a box of its own.
std::vector<Box> points_of(const Shape& shape) {
  std::vector<Box> out{Box::everything(shape)};
  for (size_t d = 0; d < shape.dimensions(); ++d) {
    std::vector<Box> next;
    for (const Box& box : out) {
      for (uint32_t value = 0; value < shape.values(d); ++value) {
        Box point = box;
        point.clear(shape, d);
        point.insert(shape, d, value);
        next.push_back(std::move(point));
      }
    }
    out = std::move(next);
  }
  return out;
}

TEST(BoxesTest, DimensionsOfAllSizesAreFullAndEmpty) {
  for (const uint32_t count : {1U, 63U, 64U, 65U, 128U, 200U}) {
    const Shape shape = shape_of({count, 2});
    Box box = Box::everything(shape);
    EXPECT_TRUE(box.is_full(shape, 0)) << count;
    EXPECT_TRUE(box.has(shape, 0, count - 1)) << count;
    box.clear(shape, 0);
    EXPECT_TRUE(box.is_empty(shape)) << count;
    box.insert(shape, 0, count - 1);
    EXPECT_FALSE(box.is_empty(shape)) << count;
    EXPECT_EQ(box.first(shape, 0), count - 1);
    EXPECT_EQ(box.is_full(shape, 0), count == 1) << count;
  }
}

TEST(BoxesTest, WithoutDimensionsThereIsOneSituation) {
  const Shape shape;
  Work work{100};
  EXPECT_TRUE(find_uncovered(shape, Box::everything(shape), {}, work));
  EXPECT_FALSE(find_uncovered(shape, Box::everything(shape), {Box::everything(shape)}, work));
}

TEST(BoxesTest, FindsExactlyWhatIsUncovered) {
  const unsigned seed = 42;
  std::mt19937 random(seed);
  const Shape shape = shape_of({3, 4, 70, 2});
  const std::vector<Box> points = points_of(shape);
  for (int i = 0; i < 200; ++i) {
    std::vector<Box> cover;
    const size_t count = random() % 12;
    for (size_t b = 0; b < count; ++b) {
      Box box = Box::everything(shape);
      for (size_t d = 0; d < shape.dimensions(); ++d) {
        if (random() % 3 == 0) continue;
        box.clear(shape, d);
        const uint32_t from = random() % shape.values(d);
        const uint32_t to = from + random() % (shape.values(d) - from);
        for (uint32_t value = from; value <= to; ++value) box.insert(shape, d, value);
      }
      cover.push_back(std::move(box));
    }
    const bool uncovered = std::any_of(points.begin(), points.end(), [&](const Box& point) {
      return std::none_of(cover.begin(), cover.end(),
                          [&](const Box& box) { return point.within(box); });
    });
    Work work{1'000'000};
    const auto found = find_uncovered(shape, Box::everything(shape), cover, work);
    ASSERT_EQ(found.has_value(), uncovered) << "seed " << seed << ", round " << i;
    ASSERT_FALSE(work.used_up());
    if (!found) continue;
    EXPECT_FALSE(found->is_empty(shape));
    for (const Box& box : cover) ASSERT_FALSE(box.meets(shape, *found)) << "round " << i;
  }
}

TEST(BoxesTest, StopsWhenTheWorkIsUsedUp) {
  const Shape shape = shape_of({2, 2, 2});
  std::vector<Box> cover;
  for (size_t d = 0; d < 3; ++d) {
    Box box = Box::everything(shape);
    box.clear(shape, d);
    box.insert(shape, d, 1);
    cover.push_back(std::move(box));
  }
  Work little{4};
  EXPECT_FALSE(find_uncovered(shape, Box::everything(shape), cover, little));
  EXPECT_TRUE(little.used_up());
  Work enough{1000};
  EXPECT_TRUE(find_uncovered(shape, Box::everything(shape), cover, enough));
}

}  // namespace
}  // namespace duban::compiler
