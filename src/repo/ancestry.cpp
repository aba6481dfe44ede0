#include "repo/ancestry.h"

#include <algorithm>
#include <unordered_map>

namespace culprit {
namespace {

Result<bool> is_ancestor(const GitProgram& git, const std::string& repository,
                         const std::string& older, const std::string& newer) {
  return git.affirmed({"merge-base", "--is-ancestor", older, newer}, repository);
}

Result<std::string> merge_base(const GitProgram& git, const std::string& repository,
                               const std::string& good, const std::string& bad) {
  const bool related = TRY(git.affirmed({"merge-base", good, bad}, repository));
  if (related) {
    const std::string found = TRY(git.text({"merge-base", good, bad}, repository));
    return text_lines(found).front();
  }
  Error made = error(Fault::usage, "{} and {} have no commit in common", good.substr(0, 12),
                     bad.substr(0, 12));
  made.advice = "in a shallow clone: git fetch --unshallow";
  return made;
}

Error good_is_later() {
  Error made = error(Fault::usage, "GOOD comes after BAD: this looks for where something broke");
  made.advice =
      "to find what mended it, exchange them and turn the test round: culprit bisect BAD GOOD -- "
      "sh -c '! ./test.sh'";
  return made;
}

// "SHA PARENT PARENT" a line.
void read_line(const std::string& line, Follow follow,
               std::unordered_map<std::string, std::uint32_t>& known, Ancestry& made) {
  std::vector<std::uint32_t> parents;
  const std::size_t length = std::min(line.find(' '), line.size());  // 40, or 64 of SHA-256
  for (std::size_t at = length + 1; at + length <= line.size(); at += length + 1) {
    const auto parent = known.find(line.substr(at, length));
    if (parent != known.end()) parents.push_back(parent->second);
    if (follow == Follow::first_parents) break;
  }
  made.shas.push_back(line.substr(0, length));
  made.parents.push_back(std::move(parents));
  known.emplace(made.shas.back(), static_cast<std::uint32_t>(made.shas.size() - 1));
}

}  // namespace

Result<Ancestry> ancestry_between(const GitProgram& git, const std::string& repository,
                                  const std::string& good, const std::string& bad, Follow follow) {
  if (good == bad) {
    Error made = error(Fault::usage, "GOOD and BAD are the same commit {}", good.substr(0, 12));
    made.advice = "name a commit at which the test passed: culprit bisect GOOD BAD -- ./test.sh";
    return made;
  }
  const bool backwards = TRY(is_ancestor(git, repository, bad, good));
  if (backwards) return good_is_later();
  Ancestry made;
  const bool straight = TRY(is_ancestor(git, repository, good, bad));
  made.base = good;
  if (!straight) {
    made.base = TRY(merge_base(git, repository, good, bad));
    made.good = Ancestry::Relation::beside;
  }
  std::vector<std::string> words = {"rev-list", "--topo-order", "--reverse", "--parents"};
  if (follow == Follow::first_parents) words.emplace_back("--first-parent");
  words.push_back(bad);
  words.push_back("^" + good);
  const std::string listed = TRY(git.text(words, repository));
  std::unordered_map<std::string, std::uint32_t> known;
  for (const std::string& line : text_lines(listed)) read_line(line, follow, known, made);
  return made;
}

}  // namespace culprit
