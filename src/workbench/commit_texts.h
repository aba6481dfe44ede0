// The texts of many commits, read by several threads, and where a symptom points in the tree.
#pragma once

#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/world.h"
#include "contrast/commits.h"
#include "contrast/frames.h"
#include "repo/git.h"

namespace culprit {

struct TextOptions {
  std::string cache = {};  // the case folder; empty: nothing is kept
  unsigned threads = 0;    // 0: one per core
};

// In their order. Merges stand for what none of their parents has, and are left out where git
// could merge by itself, since the commits that they brought are there.
Result<std::vector<CommitText>> read_commit_texts(World& world, const std::string& repository,
                                                  std::span<const Commit> commits,
                                                  const TextOptions& options);

struct LineHistoryRange {
  std::string revision;  // where the places are looked up
  std::span<const Commit> commits;
  std::span<const CommitText> texts;  // of some of them: who touched a file without looking
};

struct FoundPlaces {
  std::vector<FramePlace> frames = {};
  std::vector<std::string> ignored = {};  // commits that .git-blame-ignore-revs names
  std::size_t frames_known = 0;           // whose file is in the tree
};

// The functions that frames and messages point to, with the commits that touched them.
FoundPlaces find_places(const Repository& repository, const LineHistoryRange& range,
                        const std::vector<Frame>& frames, std::span<const SourceLine> lines);

}  // namespace culprit
