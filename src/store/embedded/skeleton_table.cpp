#include "store/embedded/skeleton_table.h"

#include <utility>

#include "store/embedded/dictionary.h"

namespace culprit {

SkeletonTable::Added SkeletonTable::add(std::uint64_t hash, std::string_view text) {
  if (hash == last_hash_) return {last_, false};
  const std::string head = coarseness_ > 0 ? coarse_skeleton(text, coarseness_) : std::string();
  const Added added = coarseness_ > 0 ? number_of(hash_of(head), head) : number_of(hash, text);
  last_hash_ = hash;
  last_ = added.number;
  return added;
}

SkeletonTable::Added SkeletonTable::number_of(std::uint64_t hash, std::string_view text) {
  const auto [entry, fresh] =
      numbers_.try_emplace(hash, static_cast<std::uint32_t>(entries_.size()));
  if (fresh) entries_.push_back({hash, std::string(text), {}});
  return {entry->second, fresh && coarseness_ == 0};
}

std::vector<std::uint32_t> SkeletonTable::coarsen() {
  const std::vector<Entry> old = std::exchange(entries_, std::vector<Entry>(1));
  numbers_.clear();
  ++coarseness_;
  std::vector<std::uint32_t> number_of_old = {0};
  for (std::size_t i = 1; i < old.size(); ++i) {
    const std::string head = coarse_skeleton(old[i].text, coarseness_);
    number_of_old.push_back(number_of(hash_of(head), head).number);
  }
  last_hash_ = 0;
  plain_ = {};
  return number_of_old;
}

}  // namespace culprit
