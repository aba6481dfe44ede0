#include "workbench/commit_texts.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <thread>
#include <utility>

#include "base/world.h"
#include "workbench/diff_cache.h"

namespace culprit {
namespace {

constexpr std::size_t commits_per_turn = 16;  // that a thread takes at once
constexpr unsigned threads_max = 8;

std::vector<FileDiff> files_of(const Repository& repository, const Commit& commit) {
  Result<Diff> diff =
      commit.parents < 2 ? repository.diff(commit.sha) : repository.merged(commit.sha);
  return diff ? std::move(diff).value().files : std::vector<FileDiff>{};
}

// What is to be read, and how far the threads are.
struct Reading {
  std::span<const Commit> commits;
  const std::vector<std::size_t>& wanted;  // indices into both
  std::vector<CommitText>& texts;
  std::atomic<std::size_t> next{0};
};

// libgit2's objects are one thread's, hence a Repository each.
void read_some(const std::string& path, Reading& reading) {
  const Result<Repository> repository = Repository::open(path);
  if (!repository) return;
  while (!interrupted()) {
    const std::size_t begin = reading.next.fetch_add(commits_per_turn);
    if (begin >= reading.wanted.size()) return;
    const std::size_t end = std::min(reading.wanted.size(), begin + commits_per_turn);
    for (std::size_t i = begin; i < end; ++i) {
      const std::size_t index = reading.wanted[i];
      reading.texts[index].files = files_of(*repository, reading.commits[index]);
    }
  }
}

unsigned threads_for(std::size_t commits, unsigned asked) {
  if (asked == 0) asked = std::max(1U, std::thread::hardware_concurrency());
  const std::size_t useful = commits / (4 * commits_per_turn) + 1;
  return static_cast<unsigned>(std::min<std::size_t>({asked, threads_max, useful}));
}

void read_missing(const std::string& repository, Reading& reading, unsigned threads) {
  std::vector<std::thread> others;
  for (unsigned i = 1; i < threads; ++i) {
    others.emplace_back([&] { read_some(repository, reading); });
  }
  read_some(repository, reading);
  for (std::thread& other : others) other.join();
}

}  // namespace

Result<std::vector<CommitText>> read_commit_texts(World& world, const std::string& repository,
                                                  std::span<const Commit> commits,
                                                  const TextOptions& options) {
  std::vector<CommitText> texts;
  for (const Commit& commit : commits) {
    texts.push_back({commit.sha, commit.subject, commit.message, commit.reached, {}});
  }
  const unsigned threads = threads_for(commits.size(), options.threads);
  DiffCache cache(world, options.cache);
  const std::vector<char> known = cache.fill(texts, threads);
  std::vector<std::size_t> wanted;
  for (std::size_t i = 0; i < known.size(); ++i) {
    if (known[i] == 0) wanted.push_back(i);
  }
  Reading reading{commits, wanted, texts, {}};
  read_missing(repository, reading, threads);
  if (interrupted()) return interrupted_error();
  std::vector<const CommitText*> fresh;
  for (std::size_t index : wanted) {
    // A commit without a diff may have one when the clone is whole.
    const bool told = commits[index].parents > 1 || !texts[index].files.empty();
    if (told) fresh.push_back(&texts[index]);
  }
  cache.keep(fresh);
  std::vector<CommitText> kept;
  for (std::size_t i = 0; i < commits.size(); ++i) {
    if (commits[i].parents < 2 || !texts[i].files.empty()) kept.push_back(std::move(texts[i]));
  }
  // Only merges of what came before the range: they are all that there is.
  return kept.empty() ? texts : kept;
}

}  // namespace culprit
