// A DiffCache keeps the diffs of commits from one run to the next: they never change.
//
// It is one file in the case folder, blocks of some hundred commits each packed by zstd. Whatever
// is wrong with the file (cut, foreign, of another version) makes it an empty cache, never an
// error: everything in it can be read from git again. Beyond its limit it begins anew.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "base/world.h"
#include "contrast/commits.h"

namespace culprit {

class DiffCache {
 public:
  // `folder` empty: nothing is known and nothing kept.
  DiffCache(World& world, std::string folder);

  // Fills the files of each text whose sha is known; tells which. Uses so many threads.
  std::vector<char> fill(std::span<CommitText> texts, unsigned threads) const;

  // Keeps these too. What cannot be written is not kept.
  void keep(std::span<const CommitText* const> texts);

 private:
  struct Block {
    std::size_t begin = 0;  // of its shas, in bytes_
    std::size_t commits = 0;
    std::size_t plain = 0;  // bytes unpacked
    std::size_t packed = 0;
  };
  std::string path() const { return folder_ + "/diffs"; }
  void find_blocks();
  std::vector<std::vector<FileDiff>> read(const Block& block) const;

  World& world_;
  std::string folder_;
  std::string bytes_;
  std::vector<Block> blocks_;
};

}  // namespace culprit
