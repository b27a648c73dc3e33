#include "runtime/sealed.h"

#include "engine/bytes.h"
#include "engine/digest.h"

namespace duban {
namespace {

constexpr size_t kSealBytes = 8;

std::string seal(const Key& key, Sequence last, std::string_view bytes,
                 const std::optional<Wake>& timer) {
  DigestBuilder digest;
  digest.add(int64_t{key.entity}).add(key.key).add(static_cast<int64_t>(last)).add(bytes);
  if (timer) digest.add(timer->at.ms).add(int64_t{timer->before_facts});
  ByteWriter out;
  out.fixed(digest.finish().low);
  return std::string(out.bytes());
}

}  // namespace

std::string sealed(const Key& key, Sequence last, std::string_view bytes,
                   const std::optional<Wake>& timer) {
  std::string out;
  out.reserve(bytes.size() + kSealBytes);
  return out.append(bytes).append(seal(key, last, bytes, timer));
}

std::optional<std::string_view> unsealed(const Key& key, Sequence last, std::string_view stored,
                                         const std::optional<Wake>& timer) {
  if (stored.size() < kSealBytes) return std::nullopt;
  const std::string_view bytes = stored.substr(0, stored.size() - kSealBytes);
  const std::string_view known = stored.substr(bytes.size());
  if (seal(key, last, bytes, timer) == known) return bytes;
  // By a version whose seals did not cover timers. One that covers a timer is not equal to this.
  return timer && seal(key, last, bytes, {}) == known ? std::optional(bytes) : std::nullopt;
}

}  // namespace duban
