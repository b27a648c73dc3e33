// Frames: how log entries lie in the store. Written before the code:
//
//   frame = zstd, at its level -1, with checksum, of: version byte, then its entries one after the
//           other
//   entry = kind byte · flags (has an id, has a previous entry) · distance to the previous entry ·
//           time minus the entry before's time · entity · key · type · source · event id · payload
//
// Version 4, not 3, is a frame of which compaction dropped entries: before each entry stand its
// distance to the one before (to `first` - 1 at the beginning) and, when it has one, its id.
//
// Numbers are as in engine/bytes.h. The 16-byte ids of the entries that have one stand beside the
// frame, in their order, so that the set of all ids is read without unpacking any frame.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/bytes.h"
#include "engine/result.h"
#include "runtime/log.h"

namespace duban {

struct LogFrame {
  Sequence first = 0;
  uint32_t count = 0;
  bool shared = false;  // holds a reference, deployment or broadcast entry
  std::string ids;
  std::string bytes;
};

// Makes frames; keeps its compressor between calls.
class LogFrameWriter {
 public:
  LogFrameWriter();
  ~LogFrameWriter();
  // REQUIRES: the sequences of `entries` follow one another.
  std::vector<LogFrame> pack(std::span<const LogEntry> entries);

 private:
  LogFrame finish(Sequence first, uint32_t count, bool shared, std::string ids,
                  std::string_view raw);

  struct Compressor;
  std::unique_ptr<Compressor> compressor_;
  ByteWriter raw_;
  std::string packed_;
};

// What is left of a frame. `entries` is not empty.
std::string pack_some(Sequence first, const std::vector<LogEntry>& entries);

// Damage is an error, never a crash. No bytes: no entries are left.
Result<std::vector<LogEntry>> unpack(Sequence first, std::string_view ids, std::string_view bytes);

// Whose inputs these are not: reference rows, deployments, broadcasts.
bool is_shared(LogEntry::Kind kind);

void append_id(std::string& ids, const Digest& id);
Digest read_id(std::string_view ids, size_t index);

}  // namespace duban
