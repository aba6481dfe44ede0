#include "store/embedded/packed.h"

#include <random>

#include <doctest/doctest.h>

namespace culprit {

TEST_CASE("numbers take the fewest whole bytes that hold them all") {
  struct Case {
    std::uint32_t most;
    std::size_t width;
  };
  for (const Case& one : {Case{0, 0}, Case{1, 1}, Case{255, 1}, Case{256, 2}, Case{65'535, 2},
                          Case{65'536, 4}, Case{0xFFFF'FFFFU, 4}}) {
    CAPTURE(one.most);
    const std::vector<std::uint32_t> values = {0, one.most, one.most / 2, 0, one.most};
    const Packed packed = Packed::of(values);
    CHECK(packed.width() == one.width);
    CHECK(packed.bytes() == one.width * values.size());
    REQUIRE(packed.size() == values.size());
    for (std::size_t i = 0; i < values.size(); ++i) CHECK(packed[i] == values[i]);
  }
}

TEST_CASE("what is set last is read, and its neighbours stay") {
  std::mt19937_64 dice(1);
  for (const std::uint32_t most : {200U, 60'000U, 4'000'000'000U}) {
    std::vector<std::uint32_t> values(100, 0);
    Packed packed(values.size(), most);
    for (int i = 0; i < 1000; ++i) {
      const std::size_t at = dice() % values.size();
      values[at] = static_cast<std::uint32_t>(dice() % most);
      packed.set(at, values[at]);
    }
    for (std::size_t i = 0; i < values.size(); ++i) REQUIRE(packed[i] == values[i]);
  }
}

TEST_CASE("nothing is packed into nothing") {
  CHECK(Packed().size() == 0);
  CHECK(Packed::of(std::span<const std::uint32_t>()).bytes() == 0);
}

}  // namespace culprit
