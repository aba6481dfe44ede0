#include "repo/line_diff.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>

namespace culprit {
namespace {

// Steps of Myers' search before it gives up: its time and memory grow with their square.
constexpr std::size_t steps_max = 256;

using Ids = std::vector<std::uint32_t>;  // of lines: equal ids, equal lines
using View = std::span<const std::uint32_t>;

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v'; }

std::string without_space(std::string_view line) {
  std::string text(line);
  text.erase(std::remove_if(text.begin(), text.end(), is_space), text.end());
  return text;
}

class Numbering {
 public:
  explicit Numbering(WhiteSpace space) : space_(space) {}
  Ids of(std::span<const std::string_view> lines) {
    Ids ids;
    ids.reserve(lines.size());
    for (std::string_view line : lines) ids.push_back(id_of(line));
    return ids;
  }

 private:
  std::uint32_t id_of(std::string_view line) {
    const auto next = static_cast<std::uint32_t>(numbers_.size() + bare_.size());
    if (space_ == WhiteSpace::counts) return numbers_.try_emplace(line, next).first->second;
    return bare_.try_emplace(without_space(line), next).first->second;
  }
  WhiteSpace space_;
  std::unordered_map<std::string_view, std::uint32_t> numbers_;
  std::unordered_map<std::string, std::uint32_t> bare_;
};

// The lines that both texts keep, as pairs of a begin in each and a count.
struct Kept {
  std::size_t old_begin, new_begin, count;
};

class Comparison {
 public:
  void compare(View before, View after, std::size_t old_begin, std::size_t new_begin);
  std::vector<Kept> kept = {};

 private:
  bool shortest(View before, View after, std::size_t old_begin, std::size_t new_begin);
  void split(View before, View after, std::size_t old_begin, std::size_t new_begin);
  void keep(std::size_t old_begin, std::size_t new_begin, std::size_t count) {
    if (count > 0) kept.push_back({old_begin, new_begin, count});
  }
};

// Myers' greedy search; `reach[k]` is how far the diagonal k is reached. Walked back from its end,
// the way gives the kept lines in reverse.
bool Comparison::shortest(View before, View after, std::size_t old_begin, std::size_t new_begin) {
  using Signed = std::ptrdiff_t;
  const auto n = static_cast<Signed>(before.size());
  const auto m = static_cast<Signed>(after.size());
  const Signed most = std::min<Signed>(n + m, static_cast<Signed>(steps_max));
  std::vector<Signed> reach(static_cast<std::size_t>(2 * most + 3), 0);
  std::vector<std::vector<Signed>> history;
  const auto at = [&](std::vector<Signed>& row, Signed k) -> Signed& {
    return row[static_cast<std::size_t>(k + most + 1)];
  };
  const auto comes_down = [&](std::vector<Signed>& row, Signed k, Signed steps) {
    return k == -steps || (k != steps && at(row, k - 1) < at(row, k + 1));
  };
  Signed steps = 0;
  for (bool done = false; !done; ++steps) {
    if (steps > most) return false;
    history.push_back(reach);
    for (Signed k = -steps; k <= steps && !done; k += 2) {
      Signed x = comes_down(reach, k, steps) ? at(reach, k + 1) : at(reach, k - 1) + 1;
      while (x < n && x - k < m &&
             before[static_cast<std::size_t>(x)] == after[static_cast<std::size_t>(x - k)]) {
        ++x;
      }
      at(reach, k) = x;
      done = x >= n && x - k >= m;
    }
  }
  std::vector<Kept> reversed;
  Signed x = n;
  Signed y = m;
  while (--steps >= 0 && (x > 0 || y > 0)) {
    std::vector<Signed>& row = history[static_cast<std::size_t>(steps)];
    const Signed k = x - y;
    const bool down = comes_down(row, k, steps);
    const Signed from = steps == 0 ? 0 : down ? at(row, k + 1) : at(row, k - 1);
    const Signed begin = steps == 0 ? 0 : down ? from : from + 1;
    if (x > begin) {
      reversed.push_back({old_begin + static_cast<std::size_t>(begin),
                          new_begin + static_cast<std::size_t>(begin - k),
                          static_cast<std::size_t>(x - begin)});
    }
    x = from;
    y = down ? from - (k + 1) : from - (k - 1);
  }
  for (auto one = reversed.rbegin(); one != reversed.rend(); ++one) kept.push_back(*one);
  return true;
}

// Lines that stand once in each text, in the longest order that both share.
std::vector<std::pair<std::size_t, std::size_t>> anchors_of(View before, View after) {
  struct Count {
    std::size_t before = 0, after = 0, old_at = 0;
  };
  std::unordered_map<std::uint32_t, Count> counts;
  for (std::size_t i = 0; i < before.size(); ++i) {
    Count& count = counts[before[i]];
    ++count.before, count.old_at = i;
  }
  for (std::uint32_t id : after) ++counts[id].after;
  std::vector<std::pair<std::size_t, std::size_t>> found;
  for (std::size_t j = 0; j < after.size(); ++j) {
    const Count& count = counts[after[j]];
    if (count.before == 1 && count.after == 1) found.emplace_back(count.old_at, j);
  }
  // The longest increasing run of their places in `before`.
  constexpr std::size_t none = static_cast<std::size_t>(-1);
  std::vector<std::size_t> ends;
  std::vector<std::size_t> previous(found.size(), none);
  for (std::size_t i = 0; i < found.size(); ++i) {
    const auto place = std::lower_bound(
        ends.begin(), ends.end(), found[i].first,
        [&](std::size_t end, std::size_t value) { return found[end].first < value; });
    if (place != ends.begin()) previous[i] = *(place - 1);
    if (place == ends.end()) {
      ends.push_back(i);
    } else {
      *place = i;
    }
  }
  std::vector<std::pair<std::size_t, std::size_t>> longest;
  for (std::size_t i = ends.empty() ? none : ends.back(); i != none; i = previous[i]) {
    longest.push_back(found[i]);
  }
  std::reverse(longest.begin(), longest.end());
  return longest;
}

void Comparison::split(View before, View after, std::size_t old_begin, std::size_t new_begin) {
  const auto anchors = anchors_of(before, after);
  if (anchors.empty()) return;
  std::size_t i = 0;
  std::size_t j = 0;
  const auto gap = [&](std::size_t old_end, std::size_t new_end) {
    compare(before.subspan(i, old_end - i), after.subspan(j, new_end - j), old_begin + i,
            new_begin + j);
  };
  for (const auto& [old_at, new_at] : anchors) {
    gap(old_at, new_at);
    keep(old_begin + old_at, new_begin + new_at, 1);
    i = old_at + 1;
    j = new_at + 1;
  }
  gap(before.size(), after.size());
}

void Comparison::compare(View before, View after, std::size_t old_begin, std::size_t new_begin) {
  std::size_t same = 0;
  while (same < before.size() && same < after.size() && before[same] == after[same]) ++same;
  keep(old_begin, new_begin, same);
  before = before.subspan(same), after = after.subspan(same);
  old_begin += same, new_begin += same;
  std::size_t tail = 0;
  while (tail < before.size() && tail < after.size() &&
         before[before.size() - 1 - tail] == after[after.size() - 1 - tail]) {
    ++tail;
  }
  const View old_middle = before.first(before.size() - tail);
  const View new_middle = after.first(after.size() - tail);
  if (!old_middle.empty() && !new_middle.empty() &&
      !shortest(old_middle, new_middle, old_begin, new_begin)) {
    split(old_middle, new_middle, old_begin, new_begin);
  }
  keep(old_begin + old_middle.size(), new_begin + new_middle.size(), tail);
}

// What lies between the kept lines.
std::vector<LineHunk> between(const std::vector<Kept>& kept, std::size_t old_size,
                              std::size_t new_size) {
  std::vector<LineHunk> hunks;
  std::size_t i = 0;
  std::size_t j = 0;
  const auto add = [&](std::size_t old_end, std::size_t new_end) {
    if (i < old_end || j < new_end) hunks.push_back({i, old_end - i, j, new_end - j});
  };
  for (const Kept& one : kept) {
    add(one.old_begin, one.new_begin);
    i = one.old_begin + one.count;
    j = one.new_begin + one.count;
  }
  add(old_size, new_size);
  return hunks;
}

}  // namespace

std::vector<LineHunk> line_hunks(const std::vector<std::string_view>& before,
                                 const std::vector<std::string_view>& after, WhiteSpace space) {
  // Whole lines first: numbering those that nobody touched would take longer than the rest.
  std::size_t same = 0;
  const std::size_t least = std::min(before.size(), after.size());
  while (same < least && before[same] == after[same]) ++same;
  std::size_t tail = 0;
  while (tail < least - same && before[before.size() - 1 - tail] == after[after.size() - 1 - tail])
    ++tail;
  Numbering numbering(space);
  const Ids old_ids = numbering.of(std::span(before).subspan(same, before.size() - same - tail));
  const Ids new_ids = numbering.of(std::span(after).subspan(same, after.size() - same - tail));
  Comparison comparison;
  comparison.kept.push_back({0, 0, same});
  comparison.compare(old_ids, new_ids, same, same);
  comparison.kept.push_back({before.size() - tail, after.size() - tail, tail});
  return between(comparison.kept, before.size(), after.size());
}

}  // namespace culprit
