// Goal: a file receives every item once, also across restarts and a torn last line.

#include "runtime/channel.h"

#include "tests/runtime/fixture.h"

namespace duban::channel_test {
namespace {

OutboxItem item(uint64_t n, const std::string& channel = "sms") {
  const Digest id{n, n};
  NoticeRecord notice;
  notice.id = id;
  notice.subject = {0, "C1"};
  notice.channel = channel;
  OutboxItem made;
  made.number = n;
  made.record = std::make_shared<const Record>(std::move(notice));
  made.payload = "{\"id\":\"" + id.to_hex() + "\",\"n\":" + std::to_string(n) + "}";
  return made;
}

size_t lines_of(const std::string& path) {
  const std::string text = read_file(path);
  return static_cast<size_t>(std::count(text.begin(), text.end(), '\n'));
}

TEST(Channels, AFileReceivesEverythingOnce) {
  TempDir dir;
  const std::string path = dir / "out.ndjson";
  {
    Channels channels;
    ASSERT_OK(channels.configure("*", "file:" + path));
    ASSERT_OK(channels.configure("sms", "file:" + path));  // the same file is opened once
    for (uint64_t n = 1; n <= 3; ++n)
      ASSERT_OK(channels.of(n % 2 == 0 ? "sms" : "app").send(item(n)));
    ASSERT_OK(channels.of("sms").send(item(2)));
    ASSERT_OK(channels.flush());
    EXPECT_EQ(lines_of(path), 3U);
  }
  write_file(path, read_file(path) + "{\"id\":\"torn");
  Channels channels;
  ASSERT_OK(channels.configure("*", "file:" + path));
  for (uint64_t n = 1; n <= 4; ++n) ASSERT_OK(channels.of("sms").send(item(n)));
  ASSERT_OK(channels.flush());
  EXPECT_EQ(lines_of(path), 4U);
  EXPECT_EQ(read_file(path).find("torn"), std::string::npos);
}

TEST(Channels, AFileOfSomethingElseIsNotTouched) {
  TempDir dir;
  const std::string path = dir / "notes";
  const std::string whole = item(1).payload + "\n";
  for (const std::string& text :
       {std::string("policy \"A\""), std::string("policy \"A\"\n"), whole + "and so on"}) {
    write_file(path, text);
    Channels channels;
    EXPECT_FALSE(channels.configure("*", "file:" + path)) << text;
    EXPECT_EQ(read_file(path), text);
  }
  for (const std::string& torn : {std::string("{\"i"), item(2).payload.substr(0, 20)}) {
    write_file(path, whole + torn);
    Channels channels;
    ASSERT_OK(channels.configure("*", "file:" + path));
    EXPECT_EQ(read_file(path), whole);
  }
}

TEST(Channels, SaysWhatIsWrong) {
  TempDir dir;
  Channels channels;
  EXPECT_FALSE(channels.configure("sms", "pigeon"));
  EXPECT_FALSE(channels.configure("sms", "file:"));
  EXPECT_FALSE(channels.configure("sms", "file:" + (dir / "no/such/folder")));
  EXPECT_TRUE(channels.of("sms").send(item(1)));  // still the log
  ASSERT_OK(channels.configure("sms", "file:/dev/full"));
  ASSERT_OK(channels.of("sms").send(item(1)));
  const Status status = channels.flush();
  ASSERT_FALSE(status);
  EXPECT_NE(status.error().to_string().find("No space left"), std::string::npos);
}

}  // namespace
}  // namespace duban::channel_test
