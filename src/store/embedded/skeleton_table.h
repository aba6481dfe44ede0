// A SkeletonTable numbers the skeletons of messages, as many as there is room for.
//
// Programs print some hundred skeletons. Where messages are prose, or hold names that do not look
// like any, every line has one of its own; then only their first words count, fewer and fewer until
// there is room. How coarse it ends depends on the set of texts alone, not on their order, so that
// tables of several threads can be joined.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "parse/skeleton.h"
#include "store/embedded/block.h"

namespace culprit {

class SkeletonTable {
 public:
  static constexpr std::size_t entries_max = 16'384;  // contrast/templates.h merges up to 20,000

  struct Entry {
    std::uint64_t hash = 0;
    std::string text;
    std::vector<FieldId> slots;  // of whole texts; the messages of shortened ones have any
  };

  SkeletonTable() { entries_.push_back({}); }  // 0: no message

  struct Added {
    std::uint32_t number = 0;
    bool fresh = false;  // a whole text's first: its slots are to be filled in
  };
  // `text` is the whole skeleton's, `hash` its hash. Afterwards the table may be too_large().
  Added add(std::uint64_t hash, std::string_view text);
  bool too_large() const { return entries_.size() > entries_max + 1; }
  // Shortens all texts by one step; the new number of each old one.
  std::vector<std::uint32_t> coarsen();

  // Messages without a variable, which are their own skeleton, are known by their hash; 0: none is.
  std::uint32_t number_of_plain(std::uint64_t message_hash) const {
    const Plain& plain = plain_[message_hash % plain_max];
    return plain.hash == message_hash ? plain.number : 0;
  }
  void remember_plain(std::uint64_t message_hash, std::uint32_t number) {
    plain_[message_hash % plain_max] = {message_hash, number};
  }

  unsigned coarseness() const { return coarseness_; }
  const std::vector<Entry>& entries() const { return entries_; }
  Entry& operator[](std::uint32_t number) { return entries_[number]; }

 private:
  static constexpr std::size_t plain_max = 256;
  struct Plain {
    std::uint64_t hash = 0;
    std::uint32_t number = 0;
  };

  Added number_of(std::uint64_t hash, std::string_view text);

  std::vector<Entry> entries_;
  std::unordered_map<std::uint64_t, std::uint32_t> numbers_;
  unsigned coarseness_ = 0;
  std::uint64_t last_hash_ = 0;  // of a whole skeleton
  std::uint32_t last_ = 0;
  std::array<Plain, plain_max> plain_{};
};

}  // namespace culprit
