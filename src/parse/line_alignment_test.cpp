#include "parse/line_alignment.h"

#include <string>

#include <doctest/doctest.h>

#include "base/dice.h"

namespace culprit {
namespace {

std::size_t longest(const std::vector<std::string_view>& a, const std::vector<std::string_view>& b,
                    std::size_t i = 0, std::size_t j = 0) {
  if (i == a.size() || j == b.size()) return 0;
  if (a[i] == b[j]) return 1 + longest(a, b, i + 1, j + 1);
  return std::max(longest(a, b, i + 1, j), longest(a, b, i, j + 1));
}

void check(const Alignment& pairs, const std::vector<std::string_view>& a,
           const std::vector<std::string_view>& b) {
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    REQUIRE(pairs[i].first < a.size());
    REQUIRE(pairs[i].second < b.size());
    REQUIRE(a[pairs[i].first] == b[pairs[i].second]);
    if (i == 0) continue;
    REQUIRE(pairs[i - 1].first < pairs[i].first);
    REQUIRE(pairs[i - 1].second < pairs[i].second);
  }
}

}  // namespace

TEST_CASE("as many as possible are aligned") {
  Dice dice(1);
  static constexpr std::string_view words[] = {"a", "b", "c", "d"};
  for (int run = 0; run < 300; ++run) {
    std::vector<std::string_view> a(dice.below(8));
    std::vector<std::string_view> b(dice.below(8));
    for (std::string_view& word : a) word = words[dice.below(4)];
    for (std::string_view& word : b) word = words[dice.below(4)];
    const Alignment pairs = aligned(a, b);
    check(pairs, a, b);
    REQUIRE(pairs.size() == longest(a, b));
  }
}

TEST_CASE("long texts are aligned at what each has once") {
  std::vector<std::string> lines;
  for (int i = 0; i < 6000; ++i) lines.push_back(std::to_string(i));
  std::vector<std::string_view> a(lines.begin(), lines.end());
  std::vector<std::string_view> b = a;
  for (std::size_t i = 0; i < b.size(); i += 10) b[i] = "other";
  const Alignment pairs = aligned(a, b);
  check(pairs, a, b);
  CHECK(pairs.size() == 5400);
}

}  // namespace culprit
