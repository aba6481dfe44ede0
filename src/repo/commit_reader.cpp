#include "repo/commit_reader.h"

#include <charconv>
#include <functional>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "contrast/versions.h"
#include "repo/tag_numbers.h"

namespace culprit {
namespace {

constexpr char commit_sign = '\x02';  // before a commit's name: no path of --raw begins so

// One file of `git log --raw -z`. A side that is not there has the mode 0.
struct RawChange {
  std::string_view path;
  std::uint32_t mode_before = 0;
  std::uint32_t mode_after = 0;
  std::string_view id_before;
  std::string_view id_after;
};

std::vector<std::string_view> parts_of(std::string_view text, char end) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const std::size_t to = text.find(end);
    parts.push_back(text.substr(0, to));
    if (to == text.npos) break;
    text.remove_prefix(to + 1);
  }
  return parts;
}

template <typename Number>
Number number_of(std::string_view text, int base) {
  Number number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number, base);
  return number;
}

// ":100644 100644 ID ID M"
RawChange change_of(std::string_view line, std::string_view path) {
  const std::vector<std::string_view> words = parts_of(line.substr(1), ' ');
  if (words.size() < 4) return {path, 0, 0, {}, {}};
  return {path, number_of<std::uint32_t>(words[0], 8), number_of<std::uint32_t>(words[1], 8),
          words[2], words[3]};
}

using Changes = std::unordered_map<std::string_view, std::vector<RawChange>>;

// By commit; what stands before the first one is under "". Views into `text`.
Changes read_raw(std::string_view text) {
  Changes all;
  std::string_view sha;
  const std::vector<std::string_view> parts = parts_of(text, '\0');
  for (std::size_t i = 0; i < parts.size(); ++i) {
    std::string_view part = parts[i];
    if (part.starts_with('\n')) part.remove_prefix(1);
    if (part.starts_with(commit_sign)) {
      sha = part.substr(1);
      all[sha];
    } else if (part.starts_with(':') && i + 1 < parts.size()) {
      all[sha].push_back(change_of(part, parts[++i]));
    }
  }
  return all;
}

void add_to(TreeMark& mark, const RawChange& change) {
  if (change.mode_after != 0) mark.add(change.path, change.mode_after, change.id_after);
  if (change.mode_before != 0) mark.remove(change.path, change.mode_before, change.id_before);
}

std::vector<RawChange> read_by(const std::vector<RawChange>& changes, const PathFilter& filter) {
  std::vector<RawChange> read;
  for (const RawChange& change : changes) {
    if (filter.reads(std::string(change.path))) read.push_back(change);
  }
  return read;
}

CommitTouch::What what_of(const std::vector<RawChange>& changes, const PathFilter& filter) {
  if (changes.empty()) return CommitTouch::What::nothing;
  return read_by(changes, filter).empty() ? CommitTouch::What::beside : CommitTouch::What::code;
}

std::vector<std::string> raw_words(std::vector<std::string> words) {
  for (const char* one : {"--raw", "-z", "-r", "--no-abbrev", "--no-renames", "--no-ext-diff"})
    words.emplace_back(one);
  return words;
}

}  // namespace

Result<CommitReader> CommitReader::open(const GitProgram& git, const std::string& path) {
  CommitReader reader(git, path);
  Result<Repository> repository = Repository::open(path);
  if (repository) {
    reader.shallow_ = repository->shallow();
    reader.repository_ = std::move(repository).value();
    return reader;
  }
  const Ran ran = TRY(git.ran({"rev-parse", "--is-shallow-repository"}, path));
  if (ran.exit_code != 0) return repository.error();
  reader.shallow_ = ran.out.starts_with("true");
  return reader;
}

std::optional<std::string> CommitReader::commit_named(const std::string& name) const {
  const Result<Ran> ran =
      git_.ran({"rev-parse", "--quiet", "--verify", "--end-of-options", name + "^{commit}"}, path_);
  if (!ran || ran->exit_code != 0 || ran->out.empty()) return std::nullopt;
  return text_lines(ran->out).front();
}

std::optional<std::string> CommitReader::commit_of_version(const std::string& version) const {
  const Result<Ran> ran =
      git_.ran({"for-each-ref", "--format=%(refname:strip=2) %(objectname)", "refs/tags"}, path_);
  if (!ran || ran->exit_code != 0) return std::nullopt;
  std::vector<Tag> tags;
  for (const std::string& line : text_lines(ran->out)) {
    const std::size_t space = line.rfind(' ');
    if (space != line.npos) tags.push_back({line.substr(0, space), line.substr(space + 1)});
  }
  const Tag* meant = TagNumbers(tags).meant_by(tags, version);
  return meant == nullptr ? std::nullopt : commit_named("refs/tags/" + meant->name);
}

// What git has under that very name, in git's order: tags, branches, those of remotes.
std::optional<std::string> CommitReader::commit_of_reference(const std::string& name) const {
  const Result<Ran> ran = git_.ran(
      {"rev-parse", "--quiet", "--verify", "--symbolic-full-name", "--end-of-options", name},
      path_);
  const bool is_reference = ran && ran->exit_code == 0 && ran->out.starts_with("refs/");
  return is_reference ? commit_named(name) : std::nullopt;
}

std::optional<std::string> CommitReader::resolve(const std::string& revision) const {
  if (auto exact = commit_of_reference(revision)) return exact;
  if (repository_) return repository_->resolve(revision);
  if (revision.empty()) return std::nullopt;
  for (const std::string& name : {revision, std::string(without_address(revision))}) {
    if (name.empty()) continue;
    if (auto tag = commit_named("refs/tags/" + name)) return tag;
    if (auto tag = commit_of_version(name)) return tag;
    if (auto commit = commit_named(name)) return commit;
  }
  return std::nullopt;
}

Result<std::vector<CommitTouch>> CommitReader::touches(
    const std::vector<std::string>& shas, const std::vector<std::vector<std::uint32_t>>& parents,
    const std::string& base, const PathFilter& filter) const {
  if (repository_) return repository_->touches(shas, parents, base, filter);
  const std::string text = TRY(git_.text(raw_words({"log", "--diff-merges=first-parent", "--root",
                                                    "--format=%x02%H %P", shas.back(), "^" + base}),
                                         path_));
  std::unordered_map<std::string_view, std::string_view> first_parents;
  Changes changes;
  for (auto& [names, of_it] : read_raw(text)) {
    const std::vector<std::string_view> words = parts_of(names, ' ');
    if (words.empty()) continue;
    if (words.size() > 1) first_parents[words[0]] = words[1];
    changes[words[0]] = std::move(of_it);
  }
  std::vector<CommitTouch> all(shas.size());
  for (std::size_t i = 0; i < shas.size(); ++i) {
    const std::vector<RawChange>& changed = changes[shas[i]];
    CommitTouch& touch = all[i];
    touch.files = changed.size();
    touch.what = what_of(changed, filter);
    // The mark of its first parent is known, or it counts from the base.
    const bool known = !parents[i].empty() && shas[parents[i].front()] == first_parents[shas[i]];
    const auto add = [&](const std::vector<RawChange>& since) {
      for (const RawChange& one : filter.given() ? read_by(since, filter) : since)
        add_to(touch.mark, one);
    };
    if (known) {
      touch.mark = all[parents[i].front()].mark;
      add(changed);
    } else {
      const std::string since = TRY(git_.text(raw_words({"diff-tree", base, shas[i]}), path_));
      add(read_raw(since)[""]);
    }
  }
  return all;
}

// "INSERTIONS\tDELETIONS\tPATH" a file; "-" where it is binary.
Result<ChangeSize> CommitReader::size_of(const std::string& sha) const {
  ChangeSize size;
  if (repository_) {
    const Diff diff = TRY(repository_->diff(sha));
    return ChangeSize{diff.files_total, diff.insertions, diff.deletions};
  }
  const std::string text = TRY(git_.text(
      {"show", "--numstat", "-M", "--diff-merges=first-parent", "--no-ext-diff", "--format=", sha},
      path_));
  for (const std::string& line : text_lines(text)) {
    const std::vector<std::string_view> words = parts_of(line, '\t');
    if (words.size() < 3) continue;
    ++size.files;
    size.insertions += number_of<std::size_t>(words[0], 10);
    size.deletions += number_of<std::size_t>(words[1], 10);
  }
  return size;
}

}  // namespace culprit
