#include <algorithm>
#include <cstdint>
#include <tuple>

#include "contrast/versions.h"
#include "repo/git_state.h"

// Names to commits: references, tags, versions.
namespace culprit {
namespace {

void know_tags(Repository::State& state) {
  if (state.tags) return;
  Result<std::vector<Tag>> tags = read_tags(state);
  state.tags = tags ? std::move(tags).value() : std::vector<Tag>{};
  state.numbers = TagNumbers(*state.tags);
}

std::optional<git_oid> peeled(const Repository::State& state, const std::string& revision) {
  git_object* found = nullptr;
  if (git_revparse_single(&found, state.repository, revision.c_str()) != 0) return std::nullopt;
  const GitObject object(found);
  git_object* commit = nullptr;
  if (git_object_peel(&commit, object.get(), GIT_OBJECT_COMMIT) != 0) return std::nullopt;
  const GitObject owned(commit);
  return *git_object_id(owned.get());
}

std::optional<git_oid> tagged(Repository::State& state, std::string_view revision) {
  know_tags(state);
  for (std::string_view name : {revision, without_address(revision)}) {
    if (name.empty()) continue;
    if (const auto exact = peeled(state, "refs/tags/" + std::string(name))) return exact;
    if (const Tag* tag = state.numbers.meant_by(*state.tags, name)) return peeled(state, tag->sha);
  }
  return std::nullopt;
}

Error unknown_revision(const Repository::State& state, std::string_view revision) {
  Error unknown =
      error(Fault::missing, "no commit, tag or branch {} in {}",
            revision.empty() ? state.default_branch : std::string(revision), state.path);
  unknown.advice = state.shallow ? "the clone is shallow: git fetch --unshallow --tags"
                                 : "git fetch --tags, or name a commit that is there";
  if (revision.empty()) unknown.advice = "the repository has no commit yet";
  return unknown;
}

// The instant that an annotated tag was made, or nothing for a lightweight one.
std::optional<Time> time_of_tag(const Repository::State& state, const git_oid& id) {
  git_tag* found = nullptr;
  if (git_tag_lookup(&found, state.repository, &id) != 0) return std::nullopt;
  const std::unique_ptr<git_tag, Freed<git_tag_free>> tag(found);
  const git_signature* tagger = git_tag_tagger(tag.get());
  if (tagger == nullptr) return std::nullopt;
  return time_of(tagger->when.time);
}

}  // namespace

Error libgit2_error(const Repository::State& state, std::string_view doing) {
  const git_error* last = git_error_last();
  Error failed = error(Fault::unavailable, "{} failed: {}", doing,
                       last == nullptr ? "no reason given" : last->message);
  failed.advice = state.shallow
                      ? "the clone is shallow: git -C " + state.path + " fetch --unshallow"
                      : "see whether git can read it: git -C " + state.path + " fsck";
  return failed;
}

Time time_of(git_time_t seconds) {
  constexpr std::int64_t most = std::int64_t{9'000'000'000};  // 2255; Time ends in 2262
  return from_nanoseconds(std::clamp<std::int64_t>(seconds, -most, most) * 1'000'000'000);
}

std::string sha_of(const git_oid& id) {
  std::string sha(GIT_OID_HEXSZ, '0');
  git_oid_fmt(sha.data(), &id);
  return sha;
}

GitCommit commit_with(const Repository::State& state, const git_oid& id) {
  git_commit* commit = nullptr;
  if (git_commit_lookup(&commit, state.repository, &id) != 0) return nullptr;
  return GitCommit(commit);
}

Result<std::vector<Tag>> read_tags(const Repository::State& state) {
  if (state.tags) return *state.tags;
  git_strarray names = {};
  if (git_tag_list(&names, state.repository) != 0) return libgit2_error(state, "reading the tags");
  std::vector<Tag> tags;
  for (std::size_t i = 0; i < names.count; ++i) {
    const std::string reference = std::string("refs/tags/") + names.strings[i];
    git_oid id;
    const auto commit_id = peeled(state, reference);
    if (!commit_id || git_reference_name_to_id(&id, state.repository, reference.c_str()) != 0) {
      continue;
    }
    const GitCommit commit = commit_with(state, *commit_id);
    if (!commit) continue;
    const std::optional<Time> made = time_of_tag(state, id);
    tags.push_back({names.strings[i], sha_of(*commit_id),
                    made.value_or(time_of(git_commit_time(commit.get())))});
  }
  git_strarray_dispose(&names);
  std::sort(tags.begin(), tags.end(), [](const Tag& a, const Tag& b) {
    return std::tie(a.at, a.name) < std::tie(b.at, b.name);
  });
  return tags;
}

// A tag goes before a sha: "20251120" is a version before it is the beginning of a commit's name.
Result<git_oid> commit_named(Repository::State& state, std::string_view revision) {
  const std::string name = revision.empty() ? state.default_branch : std::string(revision);
  const bool full_sha = name.size() == GIT_OID_HEXSZ;
  git_oid exact;
  if (full_sha && git_oid_fromstr(&exact, name.c_str()) == 0 && commit_with(state, exact)) {
    return exact;
  }
  if (!revision.empty() && !full_sha) {
    if (const auto tag = tagged(state, name)) return *tag;
  }
  if (const auto id = peeled(state, name)) return *id;
  if (const auto id = peeled(state, std::string(without_address(name)))) return *id;
  return unknown_revision(state, revision);
}

}  // namespace culprit
