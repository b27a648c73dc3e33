#include "runtime/channel.h"

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <map>
#include <mutex>

#include "runtime/id_set.h"
#include "runtime/system_error.h"

namespace duban {
namespace {

class LogReceiver : public Receiver {
 public:
  Status send(const OutboxItem& item) override {
    spdlog::info("sent by {}: {}", item.channel(), item.payload);
    return {};
  }
  Status flush() override { return {}; }
  bool reads_payload() const override { return spdlog::should_log(spdlog::level::info); }
};

// Appends one line an item. Every payload begins with its id, by which a line is known again. All
// shards of a database may send to it at once.
class FileReceiver : public Receiver {
 public:
  static Result<std::unique_ptr<FileReceiver>> open(const std::string& path) {
    auto receiver = std::unique_ptr<FileReceiver>(new FileReceiver(path));
    if (Status status = receiver->start(); !status) return status.error();
    return receiver;
  }
  ~FileReceiver() override {
    if (Status status = flush(); !status) spdlog::error("{}", status.error().to_string());
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  FileReceiver(const FileReceiver&) = delete;
  FileReceiver& operator=(const FileReceiver&) = delete;

  Status send(const OutboxItem& item) override {
    constexpr size_t kBufferBytes = 1 << 20;
    const std::lock_guard lock(mutex_);
    if (!written_.insert(item.id())) return {};
    buffer_ += item.payload;
    buffer_ += '\n';
    return buffer_.size() >= kBufferBytes ? write_out() : Status();
  }

  Status flush() override {
    const std::lock_guard lock(mutex_);
    if (buffer_.empty() && !unsynced_) return {};
    if (Status status = write_out(); !status) return status;
    if (::fdatasync(descriptor_) != 0 && errno != EINVAL && errno != EROFS)
      return failure("written", "写入");
    unsynced_ = false;
    return {};
  }

 private:
  explicit FileReceiver(std::string path) : path_(std::move(path)) {}

  // Notes what the file holds, and cuts off a last line that a crash left unfinished; nothing of a
  // file that is not one of messages.
  Status start() {
    descriptor_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (descriptor_ < 0) return failure("opened", "打开");
    struct stat info {};
    if (::fstat(descriptor_, &info) != 0 || !S_ISREG(info.st_mode))
      return {};  // a pipe or a device
    std::ifstream in(path_, std::ios::binary);
    constexpr std::string_view kStart = "{\"id\":\"";
    int64_t whole = 0;
    for (std::string line; std::getline(in, line);) {
      const bool torn = in.eof();
      if ((whole == 0 || torn) && !line.starts_with(kStart) &&
          !(torn && kStart.starts_with(line))) {
        return Error{"holds something other than messages", path_, "name another file",
                     "其中不是消息", "请指定其他文件"};
      }
      if (torn) {
        if (::ftruncate(descriptor_, whole) != 0) return failure("repaired", "修复");
        break;
      }
      whole += static_cast<int64_t>(line.size()) + 1;
      if (!line.starts_with(kStart)) continue;
      if (const auto id = Digest::from_hex(std::string_view(line).substr(kStart.size(), 32))) {
        written_.insert(*id);
      }
    }
    return {};
  }

  Status write_out() {
    for (size_t done = 0; done < buffer_.size();) {
      const ssize_t wrote = ::write(descriptor_, buffer_.data() + done, buffer_.size() - done);
      if (wrote < 0 && errno == EINTR) continue;
      if (wrote < 0) {
        buffer_.erase(0, done);
        return failure("written", "写入");
      }
      done += static_cast<size_t>(wrote);
      unsynced_ = true;
    }
    buffer_.clear();
    return {};
  }

  Error failure(const std::string& what, const std::string& in_chinese) const {
    return system_error("cannot be " + what, "无法" + in_chinese, errno, path_);
  }

  std::string path_;
  std::mutex mutex_;
  int descriptor_ = -1;
  std::string buffer_;
  bool unsynced_ = false;
  IdSet written_;
};

constexpr std::string_view kAll = "*";
constexpr std::string_view kFile = "file:";

}  // namespace

struct Channels::Impl {
  std::map<std::string, std::shared_ptr<Receiver>>
      receivers;  // by target, so that a file is opened once
  std::map<std::string, std::shared_ptr<Receiver>> by_channel;
};

Channels::Channels() : impl_(std::make_unique<Impl>()) {
  impl_->receivers["log"] = std::make_shared<LogReceiver>();
  impl_->by_channel[std::string(kAll)] = impl_->receivers["log"];
}
Channels::~Channels() = default;

Status Channels::configure(const std::string& channel, const std::string& target) {
  std::shared_ptr<Receiver>& receiver = impl_->receivers[target];
  if (!receiver) {
    if (!target.starts_with(kFile) || target.size() == kFile.size()) {
      impl_->receivers.erase(target);
      return misuse({"`" + target + "` is not a target of a channel",
                     {},
                     "known are `log` and `file:PATH`",
                     "“" + target + "”不是渠道的去向",
                     "应为 `log` 或 `file:PATH`"});
    }
    Result<std::unique_ptr<FileReceiver>> file = FileReceiver::open(target.substr(kFile.size()));
    if (!file) {
      impl_->receivers.erase(target);
      return file.error();
    }
    receiver = std::move(*file);
  }
  impl_->by_channel[channel] = receiver;
  return {};
}

void Channels::attach(const std::string& channel, std::shared_ptr<Receiver> receiver) {
  impl_->receivers["attached to " + channel] = receiver;
  impl_->by_channel[channel] = std::move(receiver);
}

Receiver& Channels::of(const std::string& channel) {
  const auto at = impl_->by_channel.find(channel);
  return at != impl_->by_channel.end() ? *at->second : *impl_->by_channel[std::string(kAll)];
}

Status Channels::flush() {
  for (const auto& [target, receiver] : impl_->receivers) {
    if (Status status = receiver->flush(); !status) return status;
  }
  return {};
}

}  // namespace duban
