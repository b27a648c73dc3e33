// Goal: feeds give every good line as an event and every bad one as an error that says what is
// wrong, and go on. Method: tables of lines; files with every kind of line end and damage.

#include <zlib.h>

#include "runtime/line_reader.h"
#include "tests/runtime/fixture.h"

namespace duban::feed_test {
namespace {

std::string gzip(const std::string& text, const std::string& path) {
  gzFile file = gzopen(path.c_str(), "wb");
  gzwrite(file, text.data(), static_cast<unsigned>(text.size()));
  gzclose(file);
  return read_file(path);
}

struct Read {
  std::vector<std::string> good, bad;  // ids; places and messages
  std::string error;
};

Read read_all(const std::string& path, const std::string& type = {}, const std::string& key = {}) {
  Read read;
  auto feed = open_feed(path, type, key);
  if (!feed) return {{}, {}, feed.error().to_string()};
  FeedItem item;
  for (;;) {
    Result<bool> more = (*feed)->next(item);
    if (!more) read.error = more.error().to_string();
    if (!more || !*more) return read;
    if (const auto* event = std::get_if<RawEvent>(&item.event)) {
      read.good.push_back(event->id);
    } else {
      read.bad.push_back(std::get<Error>(item.event).to_string());
    }
  }
}

TEST(ParseEvent, KeepsDigitsAndShapes) {
  const auto parsed = parse_event(
      R"({"specversion":"1.0","id":"a","source":"/x","type":"t","subject":"S","time":"2026-03-01T09:00:00Z",)"
      R"("extension":{"a":[1,{"b":2}]},"data":{"money":300.10,"big":123456789012345678901234567890,)"
      R"("small":-1e-7,"text":"a\"\u4e2d","yes":true,"none":null,"list":["x",1.50,false],"object":{"a":1}}})");
  const RawEvent* event = std::get_if<RawEvent>(&parsed);
  ASSERT_NE(event, nullptr) << std::get<Error>(parsed).to_string();
  EXPECT_EQ(event->id, "a");
  EXPECT_EQ(event->source, "/x");
  EXPECT_EQ(event->time, "2026-03-01T09:00:00Z");
  ASSERT_EQ(event->data.size(), 8U);
  EXPECT_EQ(event->data[0].second.text, "300.10");
  EXPECT_EQ(event->data[1].second.text, "123456789012345678901234567890");
  EXPECT_EQ(event->data[2].second.text, "-1e-7");
  EXPECT_EQ(event->data[3].second.text, "a\"中");
  EXPECT_TRUE(event->data[4].second.boolean);
  EXPECT_EQ(event->data[5].second.kind, RawValue::Kind::null);
  ASSERT_EQ(event->data[6].second.items.size(), 3U);
  EXPECT_EQ(event->data[6].second.items[1].text, "1.50");
  EXPECT_EQ(event->data[7].second.kind, RawValue::Kind::object);
}

TEST(ParseEvent, SaysWhatIsWrong) {
  const std::string deep =
      R"({"id":"a","type":"t","x":)" + std::string(100, '[') + std::string(100, ']') + "}";
  const std::pair<std::string, std::string> cases[] = {
      {"", "not JSON"},
      {"{", "the line ends in the middle"},
      {"nonsense", "not JSON"},
      {"[1,2]", "not a list"},
      {"42", "an event is expected"},
      {"\"text\"", "an event is expected"},
      {R"({"id":"a"})", "no `type`"},
      {R"({"type":"t"})", "no `id`"},
      {R"({"id":1,"type":"t"})", "`id` must be a text"},
      {R"({"id":{},"type":"t"})", "`id` must be a text, not an object"},
      {R"({"id":"a","type":["t"]})", "`type` must be a text, not a list"},
      {R"({"id":"a","type":"t","data":[]})", "`data` must be an object"},
      {R"({"id":"a","type":"t","data":"x"})", "`data` must be an object"},
      {R"({"id":"a","type":"t"} {"id":"b","type":"t"})", "one event a line"},
      {R"({"id":"a","type":"t",})", "not JSON"},
      {R"({"id":"a","type":"t","data":{"a":01}})", "not JSON"},
      {R"({"id":"a","type":"t","data":{"a":NaN}})", "not JSON"},
      {"{\"id\":\"a\xff\",\"type\":\"t\"}", "not JSON"},
      {std::string("{\"id\":\"a\0\",\"type\":\"t\"}", 22), "not JSON"},
      {deep, "32 levels"},
      {std::string(kLineBytesMax + 1, ' '), "longer than 1 MB"},
  };
  for (const auto& [line, expected] : cases) {
    const auto parsed = parse_event(line);
    const Error* error = std::get_if<Error>(&parsed);
    ASSERT_NE(error, nullptr) << line.substr(0, 60);
    EXPECT_NE(error->message.find(expected), std::string::npos)
        << line.substr(0, 60) << " → " << error->message;
  }
}

TEST(ParseEvent, SurvivesAnyBytes) {
  const std::string good = R"({"id":"a","type":"t","data":{"list":["x",{"y":[1]}],"n":1.5e3}})";
  for (size_t i = 0; i < good.size(); ++i) {
    for (const char c : {'"', '{', '}', '[', ']', ',', '\\', '0', '\xe4', '\0'}) {
      std::string line = good;
      line[i] = c;
      (void)parse_event(line);
      (void)parse_event(std::string_view(good).substr(0, i));
    }
  }
}

std::string ok(const std::string& id) { return R"({"id":")" + id + R"(","type":"t"})"; }

TEST(Feed, ReadsEveryKindOfLineEnd) {
  TempDir dir;
  const std::string path = dir / "feed.ndjson";
  write_file(path, "\xef\xbb\xbf" + ok("a") + "\r\n\r\n  \n" + ok("b") + "\nbad\n" + ok("c"));
  const Read read = read_all(path);
  EXPECT_EQ(read.good, (std::vector<std::string>{"a", "b", "c"}));
  ASSERT_EQ(read.bad.size(), 1U);
  EXPECT_NE(read.bad[0].find("feed.ndjson:5: not JSON"), std::string::npos) << read.bad[0];
  EXPECT_EQ(read.error, "");
}

TEST(Feed, ALineThatIsTooLongDoesNotStopIt) {
  TempDir dir;
  const std::string path = dir / "feed.ndjson";
  write_file(path, ok("a") + "\n" + std::string(3 << 20, 'x') + "\n" + ok("b") + "\n" +
                       std::string(2 << 20, 'y'));
  const Read read = read_all(path);
  EXPECT_EQ(read.good, (std::vector<std::string>{"a", "b"}));
  ASSERT_EQ(read.bad.size(), 2U);
  EXPECT_NE(read.bad[0].find(":2: the line is longer than 1 MB"), std::string::npos) << read.bad[0];
  EXPECT_NE(read.bad[1].find(":4: "), std::string::npos) << read.bad[1];
}

TEST(Feed, ReadsGzipAndSaysWhenItIsDamaged) {
  TempDir dir;
  std::string text;
  for (int i = 0; i < 20000; ++i) text += ok("id" + std::to_string(i * 7919)) + "\n";
  const std::string path = dir / "feed.gz";
  const std::string packed = gzip(text, path);
  EXPECT_EQ(read_all(path).good.size(), 20000U);

  write_file(path, packed.substr(0, packed.size() / 2));
  const Read cut = read_all(path);
  EXPECT_GT(cut.good.size(), 100U);
  EXPECT_LT(cut.good.size(), 20000U);
  EXPECT_TRUE(cut.bad.empty()) << cut.bad[0];  // the torn last line is not given
  EXPECT_NE(cut.error.find("cut off"), std::string::npos) << cut.error;

  std::string broken = packed;
  for (size_t i = broken.size() / 2; i < broken.size() / 2 + 64; ++i)
    broken[i] = static_cast<char>(~broken[i]);
  write_file(path, broken);
  EXPECT_NE(read_all(path).error.find("damaged"), std::string::npos);
}

TEST(Feed, SaysWhatCannotBeOpened) {
  TempDir dir;
  EXPECT_NE(read_all(dir / "missing").error.find("No such file"), std::string::npos);
  EXPECT_NE(read_all(dir / "").error.find("folder"), std::string::npos);
  write_file(dir / "x.csv", "a,b\n");
  EXPECT_NE(read_all(dir / "x.csv").error.find("name the event"), std::string::npos);
  EXPECT_NE(read_all(dir / "x.csv", "t", "c").error.find("no column `c`"), std::string::npos);
}

TEST(Csv, RowsBecomeEvents) {
  TempDir dir;
  const std::string path = dir / "bills.csv";
  write_file(path,
             "\xef\xbb\xbf"
             "account,bill,note,time\r\nC1,B1,\"a "
             "\"\"b\"\",\nc\",2026-01-01\r\nC2,B2,,\r\n\r\nC2,B2,,\r\nC3,B3\r\n"
             "C4,B\"4,x,\r\nC5,B5,,\r\nC6,\"open,,\r\n");
  auto feed = open_feed(path, "bill_issued", "account");
  ASSERT_OK(feed);
  std::vector<FeedItem> items;
  for (FeedItem item; *(*feed)->next(item);) items.push_back(item);
  ASSERT_EQ(items.size(), 7U);
  const RawEvent& first = std::get<RawEvent>(items[0].event);
  EXPECT_EQ(first.subject, "C1");
  EXPECT_EQ(first.type, "bill_issued");
  EXPECT_EQ(first.time, "2026-01-01");
  ASSERT_EQ(first.data.size(), 2U);
  EXPECT_EQ(first.data[1].second.text, "a \"b\",\nc");
  EXPECT_TRUE(items[0].id_from_content);
  // The incident's raw line can be taken again.
  EXPECT_TRUE(std::holds_alternative<RawEvent>(parse_event(items[0].raw)));

  const RawEvent& second = std::get<RawEvent>(items[1].event);
  const RawEvent& third = std::get<RawEvent>(items[2].event);
  EXPECT_EQ(second.data.size(), 1U);  // an empty cell is not given
  EXPECT_NE(second.id, third.id);     // the same text twice is two events
  const std::pair<size_t, const char*> bad[] = {
      {3, "2 cells, but 4 columns"}, {4, "a quote stands inside"}, {6, "not closed"}};
  for (const auto& [index, expected] : bad) {
    const Error* error = std::get_if<Error>(&items[index].event);
    ASSERT_NE(error, nullptr) << index;
    EXPECT_NE(error->message.find(expected), std::string::npos) << error->message;
  }
  EXPECT_EQ(items[3].place, path + ":7");
  EXPECT_EQ(std::get<RawEvent>(items[5].event).subject, "C5");

  auto again = open_feed(path, "bill_issued", "account");
  FeedItem item;
  ASSERT_TRUE(*(*again)->next(item));
  EXPECT_EQ(std::get<RawEvent>(item.event).id, first.id);
}

// Told apart by their ends, however the bytes come.
TEST(LineCutter, OfALongLineTheBeginningStaysAndADigest) {
  const std::string text =
      std::string(3 << 20, 'x') + "\r\n" + std::string(kLineBytesMax + 3, 'y') + "\n" +
      std::string(kLineBytesMax, 'z') + "\r\n" + std::string(3 << 20, 'x') + "1";
  std::vector<std::string> whole;
  for (const size_t piece : {text.size(), size_t{1} << 20, size_t{65537}, size_t{4099}}) {
    LineCutter cutter;
    LineCutter::Line line;
    std::vector<std::string> lines;
    for (size_t at = 0; at <= text.size(); at += piece) {
      at < text.size() ? cutter.add(std::string_view(text).substr(at, piece)) : cutter.finish();
      while (cutter.next(line)) {
        EXPECT_EQ(line.too_long, line.number != 3);
        lines.emplace_back(line.text);
      }
    }
    cutter.finish();
    while (cutter.next(line)) lines.emplace_back(line.text);
    ASSERT_EQ(lines.size(), 4U);
    EXPECT_TRUE(lines[0].starts_with(std::string(1000, 'x') + " … (3145729 bytes, ")) << lines[0];
    EXPECT_TRUE(lines[1].starts_with(std::string(1000, 'y') + " … (1048579 bytes, ")) << lines[1];
    EXPECT_EQ(lines[2].size(), kLineBytesMax);
    EXPECT_NE(lines[3], lines[0]);
    if (whole.empty()) whole = lines;
    EXPECT_TRUE(lines == whole) << piece;
  }
}

TEST(LineCutter, CutsWhereverTheBytesAreCut) {
  const std::string text = "one\r\ntwo\n\nthree";
  for (size_t piece = 1; piece <= text.size(); ++piece) {
    LineCutter cutter;
    std::vector<std::string> lines;
    LineCutter::Line line;
    for (size_t at = 0; at < text.size(); at += piece) {
      cutter.add(std::string_view(text).substr(at, piece));
      while (cutter.next(line)) lines.emplace_back(line.text);
    }
    cutter.finish();
    while (cutter.next(line)) lines.emplace_back(line.text);
    EXPECT_EQ(lines, (std::vector<std::string>{"one", "two", "", "three"})) << piece;
  }
}

}  // namespace
}  // namespace duban::feed_test
