// RepoInfo is what `make-repo` printed about the repository it made: the guilty commit, which
// incident it causes, and the commit of every release.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace shop {

struct Tag {
  std::string name;
  std::string sha;
};

struct RepoInfo {
  std::string culprit_sha;
  std::string subject;   // as in the JSON text, escapes kept
  std::string incident;  // the name of a row of the table of incidents
  std::vector<Tag> tags;

  // The commit of a release; releases without a tag get a made-up one.
  std::string sha_of(std::string_view version) const;
};

// Throws a Refusal. An empty path gives an empty RepoInfo.
RepoInfo read_repo_info(const std::string& path);

}  // namespace shop
