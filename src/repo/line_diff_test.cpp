#include "repo/line_diff.h"

#include <algorithm>
#include <random>
#include <string>

#include <doctest/doctest.h>

#include "contrast/enclosing.h"

namespace culprit {
namespace {

using Lines = std::vector<std::string_view>;

// What stands outside the hunks has to be the same on both sides.
bool explains(const std::vector<LineHunk>& hunks, const Lines& before, const Lines& after) {
  std::size_t i = 0;
  std::size_t j = 0;
  for (const LineHunk& hunk : hunks) {
    if (hunk.old_count + hunk.new_count == 0) return false;
    if (hunk.old_begin < i || hunk.old_begin - i != hunk.new_begin - j) return false;
    while (i < hunk.old_begin) {
      if (before[i++] != after[j++]) return false;
    }
    i += hunk.old_count;
    j += hunk.new_count;
  }
  return std::equal(before.begin() + static_cast<std::ptrdiff_t>(i), before.end(),
                    after.begin() + static_cast<std::ptrdiff_t>(j), after.end());
}

std::size_t lines_in(const std::vector<LineHunk>& hunks) {
  std::size_t sum = 0;
  for (const LineHunk& hunk : hunks) sum += hunk.old_count + hunk.new_count;
  return sum;
}

// The fewest lines, by the textbook's table.
std::size_t fewest(const Lines& before, const Lines& after) {
  std::vector<std::vector<std::size_t>> common(before.size() + 1,
                                               std::vector<std::size_t>(after.size() + 1, 0));
  for (std::size_t i = before.size(); i-- > 0;) {
    for (std::size_t j = after.size(); j-- > 0;) {
      common[i][j] = before[i] == after[j] ? common[i + 1][j + 1] + 1
                                           : std::max(common[i + 1][j], common[i][j + 1]);
    }
  }
  return before.size() + after.size() - 2 * common[0][0];
}

TEST_CASE("hunks of small texts") {
  struct Row {
    std::string before;
    std::string after;
    std::vector<LineHunk> hunks;
  };
  const std::vector<Row> rows = {
      {"", "", {}},
      {"a\nb\n", "a\nb\n", {}},
      {"", "a\n", {{0, 0, 0, 1}}},
      {"a\n", "", {{0, 1, 0, 0}}},
      {"a\nb\nc\n", "a\nx\nc\n", {{1, 1, 1, 1}}},
      {"a\nb\nc\n", "a\nc\n", {{1, 1, 1, 0}}},
      {"a\nb\nc\nd\ne\n", "a\nx\nc\ny\ne\n", {{1, 1, 1, 1}, {3, 1, 3, 1}}},
      {"a\na\n", "a\na\na\n", {{2, 0, 2, 1}}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.before);
    CAPTURE(row.after);
    CHECK(line_hunks(lines_of(row.before), lines_of(row.after), WhiteSpace::counts) == row.hunks);
  }
}

TEST_CASE("white space may be left out of the comparison") {
  const Lines before = {"if (a) {", "  b();", "}", "c();"};
  const Lines after = {"if (a)  {", "\tb();", "}", "d();"};
  CHECK(lines_in(line_hunks(before, after, WhiteSpace::counts)) == 6);
  const std::vector<LineHunk> one = {{3, 1, 3, 1}};
  CHECK(line_hunks(before, after, WhiteSpace::ignored) == one);
}

TEST_CASE("random edits are explained by the fewest lines") {
  std::mt19937 dice(7);
  static const std::vector<std::string> words = {"a", "b", "c", "d", "e", "f"};
  for (int round = 0; round < 2000; ++round) {
    Lines before(dice() % 30);
    Lines after(dice() % 30);
    for (auto* text : {&before, &after}) {
      for (std::string_view& line : *text) line = words[dice() % words.size()];
    }
    const auto hunks = line_hunks(before, after, WhiteSpace::counts);
    REQUIRE(explains(hunks, before, after));
    REQUIRE(lines_in(hunks) == fewest(before, after));
  }
}

TEST_CASE("texts that share little are explained too, by about what changed") {
  std::mt19937 dice(11);
  std::vector<std::string> lines;
  for (int i = 0; i < 6000; ++i) lines.push_back("line " + std::to_string(i % 5000));
  const Lines before(lines.begin(), lines.end());
  std::vector<std::string> edited = lines;
  for (std::size_t i = 0; i < edited.size(); i += 1 + dice() % 4) edited[i] += " edited";
  const Lines after(edited.begin(), edited.end());
  const auto hunks = line_hunks(before, after, WhiteSpace::counts);
  CHECK(explains(hunks, before, after));
  CHECK(lines_in(hunks) < before.size() * 3 / 2);
  const Lines other(4000, "something else");
  CHECK(explains(line_hunks(before, other, WhiteSpace::counts), before, other));
}

}  // namespace
}  // namespace culprit
