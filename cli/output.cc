#include "cli/output.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

namespace duban::cli {

Output::Output() : terminal_(cli::is_terminal(stdout)) {}

void Output::failed() {
  if (!closed_ && errno != EPIPE) error_ = errno == 0 ? EIO : errno;
  closed_ = true;
}

void Output::write(std::string_view text) {
  if (closed_ || text.empty()) return;
  errno = 0;
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) failed();
}

void Output::flush() {
  if (closed_) return;
  errno = 0;
  if (std::fflush(stdout) != 0) failed();
}

bool is_terminal(std::FILE* stream) { return isatty(fileno(stream)) == 1; }

size_t terminal_width(std::FILE* stream) {
  winsize size{};
  if (ioctl(fileno(stream), TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  if (const char* columns = std::getenv("COLUMNS")) {
    const long given = std::strtol(columns, nullptr, 10);
    if (given > 0 && given < 10'000) return static_cast<size_t>(given);
  }
  return 80;
}

}  // namespace duban::cli
