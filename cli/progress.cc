#include "cli/progress.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "cli/table.h"

namespace duban::cli {
namespace {

constexpr auto kInterval = std::chrono::milliseconds(100);
constexpr size_t kBarColumns = 24;

std::string clock_text(double seconds) {
  const auto whole = static_cast<uint64_t>(seconds + 0.5);
  return whole >= 3600 ? fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60)
                       : fmt::format("{}:{:02}", whole / 60, whole % 60);
}

}  // namespace

std::string progress_line(const Session& session, double share, uint64_t lines, double seconds,
                          size_t width) {
  const double rate = seconds > 0 ? static_cast<double>(lines) / seconds : 0;
  std::string text;
  if (lines > 0 || share < 0) {
    text = session.say("{} events, {}/s", "{} 条事件，每秒 {} 条", with_separators(lines),
                       with_separators(static_cast<uint64_t>(rate)));
  }
  if (share < 0) return shorten(text, width);
  share = std::clamp(share, 0.0, 1.0);
  const auto full = static_cast<size_t>(std::lround(share * kBarColumns));
  std::string line;
  for (size_t i = 0; i < kBarColumns; ++i) line += i < full ? "█" : "░";
  line += fmt::format(" {:3.0f}%  {}", share * 100, text);
  if (share > 0.01 && share < 1) {
    line += session.say(", {} left", "，还需 {}", clock_text(seconds / share * (1 - share)));
  }
  return shorten(line, width);
}

Progress::Progress(const Session& session)
    : session_(session),
      terminal_(cli::is_terminal(stderr)),
      start_(std::chrono::steady_clock::now()),
      last_(start_) {}

Progress::~Progress() { clear(); }

void Progress::show(double share, uint64_t lines) {
  if (!terminal_) return;
  const auto now = std::chrono::steady_clock::now();
  if (now - last_ < kInterval) return;
  last_ = now;
  const std::chrono::duration<double> took = now - start_;
  const size_t width = std::max<size_t>(20, terminal_width(stderr)) - 1;
  std::fputs(("\r\033[K" + progress_line(session_, share, lines, took.count(), width)).c_str(),
             stderr);
  std::fflush(stderr);
  drawn_ = true;
}

void Progress::clear() {
  if (!drawn_) return;
  std::fputs("\r\033[K", stderr);
  std::fflush(stderr);
  drawn_ = false;
}

}  // namespace duban::cli
