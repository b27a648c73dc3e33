#include "runtime/packed_subject.h"

#include <zstd.h>

#include <algorithm>
#include <cstring>

#include "engine/bytes.h"
#include "engine/codec.h"

namespace duban {
namespace {

constexpr int kPackedLevel = 1;
constexpr size_t kMagicBytes = 4;  // the same in front of every frame: left out
constexpr std::string_view kMagic{"\x28\xb5\x2f\xfd", kMagicBytes};
constexpr size_t kSampleBytes = 16 * 1024;
// Subjects change with time: a new dictionary when so many times as many were packed.
constexpr size_t kLearnAgain = 8;
constexpr size_t kDictionariesMax = 16;

}  // namespace

struct SubjectPacker::Dictionary {
  explicit Dictionary(const std::string& samples)
      : compress(ZSTD_createCDict(samples.data(), samples.size(), kPackedLevel)),
        expand(ZSTD_createDDict(samples.data(), samples.size())) {}
  ~Dictionary() {
    ZSTD_freeCDict(compress);
    ZSTD_freeDDict(expand);
  }
  Dictionary(const Dictionary&) = delete;
  Dictionary& operator=(const Dictionary&) = delete;

  ZSTD_CDict* compress;
  ZSTD_DDict* expand;
};

struct SubjectPacker::Contexts {
  Contexts() {
    ZSTD_CCtx_setParameter(compress, ZSTD_c_compressionLevel, kPackedLevel);
    ZSTD_CCtx_setParameter(compress, ZSTD_c_checksumFlag, 0);
  }
  ~Contexts() {
    ZSTD_freeCCtx(compress);
    ZSTD_freeDCtx(expand);
  }
  Contexts(const Contexts&) = delete;
  Contexts& operator=(const Contexts&) = delete;

  ZSTD_CCtx* compress = ZSTD_createCCtx();
  ZSTD_DCtx* expand = ZSTD_createDCtx();
};

SubjectPacker::SubjectPacker() : contexts_(std::make_unique<Contexts>()) {}
SubjectPacker::~SubjectPacker() = default;

// The first few say what all are like; once many more were packed, others do again.
void SubjectPacker::learn(std::string_view bytes) {
  if (packed_++ < learn_from_ || dictionaries_.size() >= kDictionariesMax) return;
  samples_ += bytes;
  if (samples_.size() < kSampleBytes) return;
  dictionaries_.push_back(std::make_unique<Dictionary>(samples_));
  ZSTD_CCtx_refCDict(contexts_->compress, dictionaries_.back()->compress);
  samples_.clear();
  learn_from_ = packed_ * kLearnAgain;
}

// Lies as: how long what follows is; which dictionary (0: none), the newest log entry, the frame.
PackedSubject SubjectPacker::pack(const Subject& subject, Sequence last) {
  const std::string bytes = encode(subject);
  room_.resize(ZSTD_compressBound(bytes.size()));
  const size_t size =
      ZSTD_compress2(contexts_->compress, room_.data(), room_.size(), bytes.data(), bytes.size());
  if (ZSTD_isError(size)) return nullptr;
  ByteWriter out;
  out.number(dictionaries_.size());
  out.number(last);
  out.text(std::string_view(room_).substr(kMagicBytes, size - kMagicBytes));
  const std::string_view content = out.bytes();
  const auto length = static_cast<uint32_t>(content.size());
  PackedSubject packed(new char[sizeof length + length]);
  std::memcpy(packed.get(), &length, sizeof length);
  std::memcpy(packed.get() + sizeof length, content.data(), length);
  learn(bytes);
  return packed;
}

std::optional<SubjectPacker::Unpacked> SubjectPacker::unpack(const PackedSubject& packed) {
  uint32_t length = 0;
  std::memcpy(&length, packed.get(), sizeof length);
  ByteReader in({packed.get() + sizeof length, length});
  const uint64_t dictionary = in.number();
  Unpacked out;
  out.last = in.number();
  room_ = kMagic;
  room_ += in.text();
  if (!in.ok() || dictionary > dictionaries_.size()) return std::nullopt;
  const unsigned long long size = ZSTD_getFrameContentSize(room_.data(), room_.size());
  if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN) return std::nullopt;
  bytes_.resize(size);
  const ZSTD_DDict* expand = dictionary == 0 ? nullptr : dictionaries_[dictionary - 1]->expand;
  const size_t got = ZSTD_decompress_usingDDict(contexts_->expand, bytes_.data(), bytes_.size(),
                                                room_.data(), room_.size(), expand);
  if (ZSTD_isError(got) || got != size) return std::nullopt;
  std::optional<Subject> subject = decode_subject(bytes_);
  if (!subject) return std::nullopt;
  out.subject = std::move(*subject);
  return out;
}

}  // namespace duban
