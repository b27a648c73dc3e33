#include "runtime/line_reader.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include "runtime/system_error.h"

namespace duban {
namespace {

constexpr size_t kChunkBytes = 256 * 1024;
constexpr size_t kKeptOfTooLong = 1000;
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

}  // namespace

void LineCutter::add(std::string_view bytes) {
  buffer_.erase(0, begin_);
  searched_ -= begin_;
  begin_ = 0;
  buffer_ += bytes;
}

void LineCutter::finish() { finished_ = true; }

// In pieces of one size, so that a line's digest does not depend on how its bytes came.
void LineCutter::pass(size_t bytes) {
  const std::string_view piece = std::string_view(buffer_).substr(begin_, bytes);
  if (!passed_) passed_ = Passed{std::string(piece.substr(0, kKeptOfTooLong)), 0, {}};
  passed_->bytes += bytes;
  passed_->digest = DigestBuilder().add(passed_->digest).add(piece).finish();
  begin_ += bytes;
}

bool LineCutter::take(size_t end, size_t skip, Line& line) {
  std::string_view text = std::string_view(buffer_).substr(begin_, end - begin_);
  line.number = ++number_;
  if (number_ == 1 && !passed_ && text.starts_with(kByteOrderMark))
    text.remove_prefix(kByteOrderMark.size());
  if (text.ends_with('\r')) text.remove_suffix(1);
  line.too_long = passed_ || text.size() > kLineBytesMax;
  if (line.too_long) {
    pass(end - begin_);
    shortened_ = passed_->beginning + " … (" + std::to_string(passed_->bytes) + " bytes, " +
                 passed_->digest.to_hex() + ")";
    passed_.reset();
    text = shortened_;
  }
  line.text = text;
  begin_ = searched_ = end + skip;
  return true;
}

bool LineCutter::next(Line& line) {
  const size_t end = buffer_.find('\n', searched_);
  const size_t until = end == std::string::npos ? buffer_.size() : end;
  while (until - begin_ > kLineBytesMax + kByteOrderMark.size() + 1) pass(kLineBytesMax);
  if (end != std::string::npos) return take(end, 1, line);
  searched_ = buffer_.size();
  if (!finished_ || (begin_ == buffer_.size() && !passed_)) return false;
  return take(buffer_.size(), 0, line);
}

struct LineReader::Impl {
  gzFile file = nullptr;
  std::string path;
  int64_t size = 0;  // 0: not known
  std::vector<char> chunk = std::vector<char>(kChunkBytes);
  LineCutter cutter;
  bool at_end = false;
  bool is_file = false;

  ~Impl() {
    if (file != nullptr) gzclose(file);
  }
};

LineReader::LineReader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
LineReader::~LineReader() = default;

Result<std::unique_ptr<LineReader>> LineReader::open(const std::string& path) {
  const bool standard_input = path == "-";
  const int descriptor =
      standard_input ? ::dup(STDIN_FILENO) : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    return system_error("cannot be read", "无法读取", errno, path);
  }
  struct stat info {};
  if (::fstat(descriptor, &info) == 0 && S_ISDIR(info.st_mode)) {
    ::close(descriptor);
    return Error{"is a folder, not a file", path, {}, "是目录，不是文件", {}};
  }
  auto impl = std::make_unique<Impl>();
  impl->path = standard_input ? "standard input" : path;
  impl->is_file = S_ISREG(info.st_mode);
  if (impl->is_file) impl->size = info.st_size;
  impl->file = gzdopen(descriptor, "rb");  // reads what is not gzip as it is
  if (impl->file == nullptr) {
    ::close(descriptor);
    return Error{"cannot be read: out of memory", path, {}, "无法读取：内存不足", {}};
  }
  gzbuffer(impl->file, kChunkBytes / 2);  // so that plain bytes are read to where they are wanted
  return std::unique_ptr<LineReader>(new LineReader(std::move(impl)));
}

Result<bool> LineReader::next(LineCutter::Line& line) {
  Impl& r = *impl_;
  for (;;) {
    if (r.cutter.next(line)) return true;
    if (r.at_end) return false;
    const int got = gzread(r.file, r.chunk.data(), static_cast<unsigned>(r.chunk.size()));
    int code = Z_OK;
    gzerror(r.file, &code);
    if (got < 0 || (got == 0 && code != Z_OK && code != Z_STREAM_END)) {
      r.at_end = true;
      if (code == Z_ERRNO) return system_error("cannot be read", "无法读取", errno, r.path);
      const bool cut_off = code == Z_BUF_ERROR;
      return Error{cut_off ? "the gzip file is cut off" : "the gzip file is damaged", r.path,
                   "what was read before stands; fetch the file again and run it once more",
                   cut_off ? "gzip 文件不完整" : "gzip 文件已损坏",
                   "此前读取的内容有效；请重新获取文件后再运行一次"};
    }
    if (got == 0) {
      r.at_end = true;
      r.cutter.finish();
    } else {
      r.cutter.add({r.chunk.data(), static_cast<size_t>(got)});
    }
  }
}

bool LineReader::is_file() const { return impl_->is_file; }

double LineReader::progress() const {
  if (impl_->size <= 0) return impl_->at_end ? 1 : 0;
  const int64_t offset = gzoffset(impl_->file);
  return std::clamp(static_cast<double>(offset) / static_cast<double>(impl_->size), 0.0, 1.0);
}

}  // namespace duban
