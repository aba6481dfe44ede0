#include "parse/difference_pairs.h"

#include <string_view>
#include <unordered_map>

#include <fmt/format.h>

#include "parse/difference_items.h"

namespace culprit {

std::vector<std::size_t> partners_of(const std::vector<Signs>& good,
                                     const std::vector<Signs>& bad) {
  std::vector<std::size_t> partners(bad.size(), no_item);
  std::vector<bool> paired(good.size(), false);
  const std::size_t levels = good.empty() || bad.empty() ? 0 : good[0].size();
  for (std::size_t level = 0; level < levels; ++level) {
    std::unordered_map<std::string_view, std::vector<std::size_t>> waiting;  // the first one last
    for (std::size_t i = good.size(); i-- > 0;) {
      if (!paired[i] && !good[i][level].empty()) waiting[good[i][level]].push_back(i);
    }
    for (std::size_t j = 0; j < bad.size(); ++j) {
      const auto known = waiting.find(bad[j][level]);
      if (partners[j] != no_item || known == waiting.end() || known->second.empty()) continue;
      partners[j] = known->second.back();
      paired[partners[j]] = true;
      known->second.pop_back();
    }
  }
  return partners;
}

namespace {

void align(const std::vector<Signs>& good, Slice olds, const std::vector<Signs>& bad, Slice news,
           std::size_t level, Alignment& made) {
  if (olds.from == olds.to || news.from == news.to || level == good[0].size()) return;
  // No sign is like no other one.
  const auto signs = [level](const std::vector<Signs>& all, Slice span, char side) {
    std::vector<std::string> some;
    for (std::size_t i = span.from; i < span.to; ++i) {
      some.push_back(all[i][level].empty() ? fmt::format("\n{}{}", side, i) : all[i][level]);
    }
    return some;
  };
  const std::vector<std::string> before = signs(good, olds, 'g');
  const std::vector<std::string> after = signs(bad, news, 'b');
  walk(
      aligned({before.begin(), before.end()}, {after.begin(), after.end()}), olds, news,
      [&](Slice older, Slice newer) { align(good, older, bad, newer, level + 1, made); },
      [&](std::size_t i, std::size_t j) { made.emplace_back(i, j); });
}

}  // namespace

Alignment alike(const std::vector<Signs>& good, const std::vector<Signs>& bad) {
  Alignment made;
  align(good, {0, good.size()}, bad, {0, bad.size()}, 0, made);
  return made;
}

}  // namespace culprit
