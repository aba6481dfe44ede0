#include "repo/commit_touch.h"

namespace culprit {
namespace {

std::uint64_t mixed(std::uint64_t value) {
  value = (value ^ (value >> 30)) * 0xBF58'476D'1CE4'E5B9ULL;  // SplitMix64's, as in base/dice.h
  value = (value ^ (value >> 27)) * 0x94D0'49BB'1331'11EBULL;
  return value ^ (value >> 31);
}

// FNV-1a of a file's path, mode and id, from another start for each half.
std::uint64_t hash_of(std::string_view path, std::uint32_t mode, std::string_view id,
                      std::uint64_t hash) {
  const auto take = [&](unsigned char byte) { hash = (hash ^ byte) * 0x100000001B3ULL; };
  for (const char c : path) take(static_cast<unsigned char>(c));
  take(0);
  for (unsigned shift = 0; shift < 24; shift += 8) take(static_cast<unsigned char>(mode >> shift));
  for (const char c : id) take(static_cast<unsigned char>(c));
  return mixed(hash);
}

constexpr std::array<std::uint64_t, 2> starts = {0xCBF2'9CE4'8422'2325ULL,
                                                 0x6C62'272E'07BB'0142ULL};

}  // namespace

void TreeMark::add(std::string_view path, std::uint32_t mode, std::string_view id) {
  for (std::size_t half = 0; half < 2; ++half)
    halves[half] += hash_of(path, mode, id, starts[half]);
}

TreeMark& TreeMark::operator+=(const TreeMark& other) {
  for (std::size_t half = 0; half < 2; ++half) halves[half] += other.halves[half];
  return *this;
}

void TreeMark::remove(std::string_view path, std::uint32_t mode, std::string_view id) {
  for (std::size_t half = 0; half < 2; ++half)
    halves[half] -= hash_of(path, mode, id, starts[half]);
}

}  // namespace culprit
