#include "parse/line_alignment.h"

#include <algorithm>
#include <span>
#include <unordered_map>

namespace culprit {
namespace {

using View = std::span<const std::string_view>;

constexpr std::size_t table_cells_max = 1 << 22;  // 16 MB, some 10 ms
constexpr int depth_max = 64;                     // of gaps within gaps

class Aligning {
 public:
  void align(View before, View after, std::size_t old_at, std::size_t new_at, int depth);
  Alignment pairs = {};

 private:
  void by_table(View before, View after, std::size_t old_at, std::size_t new_at);
  bool by_anchors(View before, View after, std::size_t old_at, std::size_t new_at, int depth);
};

void Aligning::by_table(View before, View after, std::size_t old_at, std::size_t new_at) {
  const std::size_t columns = after.size() + 1;
  std::vector<std::uint32_t> longest((before.size() + 1) * columns, 0);
  for (std::size_t i = before.size(); i-- > 0;) {
    for (std::size_t j = after.size(); j-- > 0;) {
      const std::size_t cell = i * columns + j;
      longest[cell] = before[i] == after[j] ? longest[cell + columns + 1] + 1
                                            : std::max(longest[cell + columns], longest[cell + 1]);
    }
  }
  for (std::size_t i = 0, j = 0; i < before.size() && j < after.size();) {
    const std::size_t cell = i * columns + j;
    if (before[i] == after[j]) {
      pairs.emplace_back(old_at + i++, new_at + j++);
    } else if (longest[cell + columns] >= longest[cell + 1]) {
      ++i;
    } else {
      ++j;
    }
  }
}

// At members that each side has once, in the longest order that both share.
bool Aligning::by_anchors(View before, View after, std::size_t old_at, std::size_t new_at,
                          int depth) {
  struct Seen {
    std::size_t old_count = 0, new_count = 0, old_place = 0;
  };
  std::unordered_map<std::string_view, Seen> seen;
  for (std::size_t i = 0; i < before.size(); ++i) {
    Seen& one = seen[before[i]];
    ++one.old_count, one.old_place = i;
  }
  for (const std::string_view one : after) ++seen[one].new_count;
  std::vector<std::pair<std::size_t, std::size_t>> once;
  for (std::size_t j = 0; j < after.size(); ++j) {
    const Seen& one = seen[after[j]];
    if (one.old_count == 1 && one.new_count == 1) once.emplace_back(one.old_place, j);
  }
  std::vector<std::size_t> ends;
  std::vector<std::size_t> previous(once.size(), once.size());
  for (std::size_t i = 0; i < once.size(); ++i) {
    const auto place = std::lower_bound(
        ends.begin(), ends.end(), once[i].first,
        [&](std::size_t end, std::size_t value) { return once[end].first < value; });
    if (place != ends.begin()) previous[i] = *(place - 1);
    if (place == ends.end()) {
      ends.push_back(i);
    } else {
      *place = i;
    }
  }
  if (ends.empty()) return false;
  std::vector<std::pair<std::size_t, std::size_t>> anchors;
  for (std::size_t i = ends.back(); i < once.size(); i = previous[i]) anchors.push_back(once[i]);
  std::reverse(anchors.begin(), anchors.end());
  anchors.emplace_back(before.size(), after.size());
  std::size_t i = 0;
  std::size_t j = 0;
  for (const auto& [old_end, new_end] : anchors) {
    align(before.subspan(i, old_end - i), after.subspan(j, new_end - j), old_at + i, new_at + j,
          depth + 1);
    if (old_end < before.size()) pairs.emplace_back(old_at + old_end, new_at + new_end);
    i = std::min(old_end + 1, before.size());
    j = std::min(new_end + 1, after.size());
  }
  return true;
}

void Aligning::align(View before, View after, std::size_t old_at, std::size_t new_at, int depth) {
  std::size_t same = 0;
  while (same < before.size() && same < after.size() && before[same] == after[same]) {
    pairs.emplace_back(old_at + same, new_at + same);
    ++same;
  }
  before = before.subspan(same), after = after.subspan(same);
  old_at += same, new_at += same;
  std::size_t tail = 0;
  while (tail < before.size() && tail < after.size() &&
         before[before.size() - 1 - tail] == after[after.size() - 1 - tail]) {
    ++tail;
  }
  const View old_middle = before.first(before.size() - tail);
  const View new_middle = after.first(after.size() - tail);
  if (!old_middle.empty() && !new_middle.empty()) {
    const bool small = (old_middle.size() + 1) * (new_middle.size() + 1) <= table_cells_max;
    if (small) {
      by_table(old_middle, new_middle, old_at, new_at);
    } else if (depth < depth_max) {
      by_anchors(old_middle, new_middle, old_at, new_at, depth);
    }
  }
  for (std::size_t i = 0; i < tail; ++i) {
    pairs.emplace_back(old_at + old_middle.size() + i, new_at + new_middle.size() + i);
  }
}

}  // namespace

Alignment aligned(const std::vector<std::string_view>& before,
                  const std::vector<std::string_view>& after) {
  Aligning aligning;
  aligning.align(before, after, 0, 0, 0);
  return std::move(aligning.pairs);
}

}  // namespace culprit
