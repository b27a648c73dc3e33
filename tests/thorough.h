// How thorough those tests are that try the same thing very often. Sanitizers make them about ten
// times slower: with them a fifth is tried. Without, everything is.
#pragma once

namespace duban::test {

#ifdef DUBAN_SANITIZED
inline constexpr int kFewer = 5;
#else
inline constexpr int kFewer = 1;
#endif

}  // namespace duban::test
