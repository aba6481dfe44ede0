#include "parse/difference_pairs.h"

#include <string_view>
#include <unordered_map>

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

}  // namespace culprit
