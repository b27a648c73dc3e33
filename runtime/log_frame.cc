#include "runtime/log_frame.h"

#include <zstd.h>

#include <cassert>

#include "engine/bytes.h"
#include "runtime/zstd_text.h"

namespace duban {
namespace {

constexpr uint8_t kWhole = 3, kSome = 4;       // versions
constexpr size_t kRawBytesTarget = 96 * 1024;  // packs to about 32 kB or less
constexpr size_t kRawBytesMax = 256 << 20;     // what a reader believes
constexpr int kLevel = -1;                     // half the time of level 1 for a tenth more bytes
constexpr int kHashBits = 10;  // a table of 4 kB: an eighth less time for a fiftieth more bytes

constexpr uint8_t kHasId = 1, kHasPrevious = 2;

void write_entry(ByteWriter& out, const LogEntry& entry, Instant before) {
  out.byte(static_cast<uint8_t>(entry.kind));
  out.byte((entry.id != Digest{} ? kHasId : 0) | (entry.previous != 0 ? kHasPrevious : 0));
  if (entry.previous != 0) out.number(entry.sequence - entry.previous);
  // Wraps around for the far ends of time; the reader wraps back.
  out.signed_number(static_cast<int64_t>(static_cast<uint64_t>(entry.time.ms) -
                                         static_cast<uint64_t>(before.ms)));
  out.number(entry.subject.entity);
  out.text(entry.subject.key);
  out.text(entry.type);
  out.text(entry.source);
  out.text(entry.event_id);
  out.text(entry.payload);
}

Error damaged(Sequence first) {
  return Error{"the log is damaged at entry " + std::to_string(first),
               {},
               "restore a backup",
               "日志自第 " + std::to_string(first) + " 项起已损坏",
               "请恢复备份"};
}

}  // namespace

bool is_shared(LogEntry::Kind kind) {
  return kind == LogEntry::Kind::reference || kind == LogEntry::Kind::deployment ||
         kind == LogEntry::Kind::broadcast;
}

void append_id(std::string& ids, const Digest& id) {
  char bytes[kDigestBytes];
  spell_fixed(id.high, bytes);
  spell_fixed(id.low, bytes + 8);
  ids.append(bytes, sizeof bytes);
}

Digest read_id(std::string_view ids, size_t index) {
  ByteReader in(ids.substr(std::min(ids.size(), index * kDigestBytes)));
  const uint64_t high = in.fixed();
  return {high, in.fixed()};
}

struct LogFrameWriter::Compressor {
  ZSTD_CCtx* context = ZSTD_createCCtx();
  Compressor() {
    ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, kLevel);
    ZSTD_CCtx_setParameter(context, ZSTD_c_hashLog, kHashBits);
    ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
  }
  ~Compressor() { ZSTD_freeCCtx(context); }
  Compressor(const Compressor&) = delete;
  Compressor& operator=(const Compressor&) = delete;
};

LogFrameWriter::LogFrameWriter() : compressor_(std::make_unique<Compressor>()) {}
LogFrameWriter::~LogFrameWriter() = default;

LogFrame LogFrameWriter::finish(Sequence first, uint32_t count, bool shared, std::string ids,
                                std::string_view raw) {
  const size_t most = ZSTD_compressBound(raw.size());
  if (packed_.size() < most) packed_.resize(most);
  const size_t size =
      ZSTD_compress2(compressor_->context, packed_.data(), packed_.size(), raw.data(), raw.size());
  assert(!ZSTD_isError(size));
  return {first, count, shared, std::move(ids), packed_.substr(0, size)};
}

std::vector<LogFrame> LogFrameWriter::pack(std::span<const LogEntry> entries) {
  std::vector<LogFrame> frames;
  for (size_t i = 0; i < entries.size();) {
    ByteWriter& out = raw_;
    out.clear();
    out.byte(kWhole);
    std::string ids;
    bool shared = false;
    Instant before;
    const size_t begin = i;
    for (; i < entries.size() && out.bytes().size() < kRawBytesTarget; ++i) {
      assert(entries[i].sequence == entries[begin].sequence + (i - begin));
      write_entry(out, entries[i], before);
      before = entries[i].time;
      shared = shared || is_shared(entries[i].kind);
      if (entries[i].id != Digest{}) append_id(ids, entries[i].id);
    }
    frames.push_back(finish(entries[begin].sequence, static_cast<uint32_t>(i - begin), shared,
                            std::move(ids), out.bytes()));
  }
  return frames;
}

std::string pack_some(Sequence first, const std::vector<LogEntry>& entries) {
  ByteWriter out;
  out.byte(kSome);
  Sequence at = first - 1;
  Instant before;
  for (const LogEntry& entry : entries) {
    out.number(entry.sequence - at);
    at = entry.sequence;
    write_entry(out, entry, before);
    before = entry.time;
    if (entry.id == Digest{}) continue;
    out.fixed(entry.id.high);
    out.fixed(entry.id.low);
  }
  return pack_text(out.bytes());
}

Result<std::vector<LogEntry>> unpack(Sequence first, std::string_view ids, std::string_view bytes) {
  if (bytes.empty()) return std::vector<LogEntry>();
  const std::optional<std::string> raw = unpack_text(bytes, kRawBytesMax);
  if (!raw || ids.size() % kDigestBytes != 0) return damaged(first);
  ByteReader in(*raw);
  const uint8_t version = in.byte();
  if (version != kWhole && version != kSome) return damaged(first);
  std::vector<LogEntry> entries;
  size_t ids_read = 0;
  uint64_t before = 0;
  Sequence at = first - 1;
  while (!in.at_end()) {
    LogEntry& entry = entries.emplace_back();
    at += version == kSome ? in.number() : 1;
    entry.sequence = at;
    const uint8_t kind = in.byte();
    if (kind > static_cast<uint8_t>(LogEntry::Kind::waiting)) return damaged(first);
    entry.kind = static_cast<LogEntry::Kind>(kind);
    const uint8_t flags = in.byte();
    const bool has_id = (flags & kHasId) != 0;
    if (has_id && version == kWhole) entry.id = read_id(ids, ids_read++);
    if ((flags & kHasPrevious) != 0) {
      const uint64_t distance = in.number();
      if (distance == 0 || distance >= entry.sequence) return damaged(first);
      entry.previous = entry.sequence - distance;
    }
    before += static_cast<uint64_t>(in.signed_number());
    entry.time.ms = static_cast<int64_t>(before);
    entry.subject.entity = in.number_as<uint16_t>();
    entry.subject.key = in.text();
    entry.type = in.text();
    entry.source = in.text();
    entry.event_id = in.text();
    entry.payload = in.text();
    if (has_id && version == kSome) {
      entry.id.high = in.fixed();
      entry.id.low = in.fixed();
    }
    if (!in.ok()) return damaged(first);
  }
  if (version == kSome) ids = {};
  if (!in.ok() || ids_read * kDigestBytes != ids.size()) return damaged(first);
  return entries;
}

}  // namespace duban
