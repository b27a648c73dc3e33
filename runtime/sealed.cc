#include "runtime/sealed.h"

#include "engine/bytes.h"
#include "engine/digest.h"

namespace duban {
namespace {

constexpr size_t kSealBytes = 8;

std::string seal(const Key& key, Sequence last, std::string_view bytes) {
  DigestBuilder digest;
  digest.add(int64_t{key.entity}).add(key.key).add(static_cast<int64_t>(last)).add(bytes);
  ByteWriter out;
  out.fixed(digest.finish().low);
  return std::string(out.bytes());
}

}  // namespace

std::string sealed(const Key& key, Sequence last, std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size() + kSealBytes);
  return out.append(bytes).append(seal(key, last, bytes));
}

std::optional<std::string_view> unsealed(const Key& key, Sequence last, std::string_view stored) {
  if (stored.size() < kSealBytes) return std::nullopt;
  const std::string_view bytes = stored.substr(0, stored.size() - kSealBytes);
  if (seal(key, last, bytes) != stored.substr(bytes.size())) return std::nullopt;
  return bytes;
}

}  // namespace duban
