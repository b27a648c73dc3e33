// Goal: what no box takes is found, and nothing that some box takes.
// Method: random boxes held against a search of all their points; the seed is printed.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "engine/analysis/boxes.h"

namespace duban::compiler::analysis_boxes_test {
namespace {

Shape shape_of(const std::vector<uint32_t>& counts) {
  Shape shape;
  for (const uint32_t count : counts) shape.add(count);
  return shape;
}

// Every point of the shape, as a box of its own.
std::vector<Box> points_of(const Shape& shape) {
  std::vector<Box> out{Box()};
  for (size_t d = 0; d < shape.dimensions(); ++d) {
    std::vector<Box> next;
    for (const Box& box : out) {
      for (uint32_t value = 0; value < shape.values(d); ++value) {
        Box point = box;
        point.set_runs(shape, d, Runs{{value, value + 1}});
        next.push_back(std::move(point));
      }
    }
    out = std::move(next);
  }
  return out;
}

TEST(BoxesTest, RunsAreOfOneDimension) {
  const Shape shape = shape_of({5, 200, 2});
  Box box = Box();
  EXPECT_TRUE(box.is_full(1));
  box.set_runs(shape, 1, Runs{{0, 3}, {7, 9}, {199, 200}});
  EXPECT_TRUE(box.has(1, 8));
  EXPECT_FALSE(box.has(1, 9));
  EXPECT_TRUE(box.has(1, 199));
  EXPECT_FALSE(box.is_full(1));
  EXPECT_TRUE(box.is_full(0));
  EXPECT_TRUE(box.is_full(2));
  box.set_runs(shape, 0, Runs{});
  EXPECT_TRUE(box.is_empty());
  EXPECT_TRUE(box.has(1, 8));
  box.set_runs(shape, 0, Runs{{4, 5}});
  EXPECT_FALSE(box.is_empty());
  EXPECT_TRUE(box.within(Box()));
  EXPECT_FALSE(Box().within(box));
  EXPECT_EQ(other_runs(box.runs(1), 200), (Runs{{3, 7}, {9, 199}}));
  EXPECT_EQ(joined_runs(box.runs(1), Runs{{3, 5}, {8, 20}}), (Runs{{0, 5}, {7, 20}, {199, 200}}));
  EXPECT_EQ(common_runs(box.runs(1), Runs{{2, 8}, {100, 200}}), (Runs{{2, 3}, {7, 8}, {199, 200}}));
}

TEST(BoxesTest, WithoutDimensionsThereIsOneSituation) {
  const Shape shape;
  Work work{100};
  EXPECT_TRUE(find_uncovered(shape, Box(), {}, work));
  EXPECT_FALSE(find_uncovered(shape, Box(), {Box()}, work));
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
      Box box = Box();
      for (size_t d = 0; d < shape.dimensions(); ++d) {
        if (random() % 3 == 0) continue;
        const uint32_t from = random() % shape.values(d);
        const uint32_t to = from + random() % (shape.values(d) - from);
        Runs runs{{from, to + 1}};
        if (random() % 4 == 0) runs = other_runs(runs, shape.values(d));
        box.set_runs(shape, d, runs);
      }
      cover.push_back(std::move(box));
    }
    const bool uncovered = std::any_of(points.begin(), points.end(), [&](const Box& point) {
      return std::none_of(cover.begin(), cover.end(),
                          [&](const Box& box) { return point.within(box); });
    });
    Work work{1'000'000};
    const auto found = find_uncovered(shape, Box(), cover, work);
    ASSERT_EQ(found.has_value(), uncovered) << "seed " << seed << ", round " << i;
    ASSERT_FALSE(work.used_up());
    if (!found) continue;
    EXPECT_FALSE(found->is_empty());
    for (const Box& box : cover) ASSERT_FALSE(box.meets(*found)) << "round " << i;
  }
}

// Many boxes are divided in halves first; narrow ones, so that this pays.
TEST(BoxesTest, ManyBoxesAreExaminedAsFewAre) {
  const unsigned seed = 7;
  std::mt19937 random(seed);
  const Shape shape = shape_of({60, 5, 60});
  const std::vector<Box> points = points_of(shape);
  for (int round = 0; round < 20; ++round) {
    std::vector<Box> boxes;
    const size_t count = 40 + random() % 160;
    for (size_t b = 0; b < count; ++b) {
      Box box;
      for (size_t d = 0; d < shape.dimensions(); ++d) {
        if (random() % 5 == 0) continue;
        const uint32_t from = random() % shape.values(d);
        const uint32_t to = std::min<uint32_t>(from + 1 + random() % 25, shape.values(d));
        box.set_runs(shape, d, Runs{{from, to}});
      }
      boxes.push_back(std::move(box));
    }
    const auto takes = [&](const Box& point) {
      return [&](const Box& box) { return point.within(box); };
    };
    Work work{100'000'000};
    const auto found = find_uncovered(shape, Box(), boxes, work);
    const bool uncovered = std::any_of(points.begin(), points.end(), [&](const Box& point) {
      return std::none_of(boxes.begin(), boxes.end(), takes(point));
    });
    ASSERT_EQ(found.has_value(), uncovered) << "seed " << seed << ", round " << round;
    if (found) {
      EXPECT_TRUE(std::none_of(boxes.begin(), boxes.end(),
                               [&](const Box& box) { return box.meets(*found); }));
    }
    // Every pair that meets is together in some part, and every point in one.
    std::set<std::pair<uint32_t, uint32_t>> together;
    for_each_part(
        shape, boxes, work, [](const Box&, BoxNumbers&) {},
        [&](const Box& part, const BoxNumbers& here) {
          for (const uint32_t box : here) EXPECT_TRUE(boxes[box].meets(part));
          for (size_t i = 0; i < here.size(); ++i) {
            for (size_t j = 0; j < i; ++j) together.emplace(here[j], here[i]);
          }
        });
    for (uint32_t i = 0; i < boxes.size(); ++i) {
      for (uint32_t j = 0; j < i; ++j) {
        if (!boxes[i].meets(boxes[j])) continue;
        ASSERT_TRUE(together.contains({j, i})) << "seed " << seed << ", round " << round;
      }
    }
  }
}

TEST(BoxesTest, StopsWhenTheWorkIsUsedUp) {
  const Shape shape = shape_of({2, 2, 2});
  std::vector<Box> cover;
  for (size_t d = 0; d < 3; ++d) {
    Box box = Box();
    box.set_runs(shape, d, Runs{{1, 2}});
    cover.push_back(std::move(box));
  }
  Work little{4};
  EXPECT_FALSE(find_uncovered(shape, Box(), cover, little));
  EXPECT_TRUE(little.used_up());
  Work enough{1000};
  EXPECT_TRUE(find_uncovered(shape, Box(), cover, enough));
}

}  // namespace
}  // namespace duban::compiler::analysis_boxes_test
