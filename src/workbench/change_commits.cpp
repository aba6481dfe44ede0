#include "workbench/change_commits.h"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "contrast/commit_kind.h"
#include "contrast/versions.h"
#include "contrast/words.h"
#include "workbench/commit_texts.h"

namespace culprit {
namespace {

// Of files that print a message, those that are looked at as they were before.
constexpr std::size_t known_files_max = 24;

// Of commits whose touch on a failing line is looked for.
constexpr std::size_t commits_followed_max = 5'000;

// Of settings that are no deploy's; who has more of them in two weeks has machines write them.
constexpr std::size_t settings_max = 200;

// The most symptoms that are searched for; they come strongest first.
constexpr std::size_t symptoms_max = 12;

// Larger files are generated.
constexpr std::size_t source_bytes_max = 512 * 1024;

// A deploy whose predecessor is not known is compared with the tag before it, but not with one
// that lies further back than this.
constexpr std::size_t commits_of_a_deploy_max = 1'000;

std::string lower_case(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

CommitText text_of(const Repository& repository, const Commit& commit) {
  CommitText text{commit.sha, commit.subject, commit.message, commit.reached, {}};
  Result<Diff> diff = repository.diff(commit.sha);
  if (diff) text.files = std::move(diff).value().files;
  return text;
}

// Texts are read once, however many deploys of one repository hold the commit.
class Texts {
 public:
  Texts(const Repository& repository, std::size_t left) : repository_(repository), left_(left) {}

  // Up to the first one that is beyond what may be read.
  std::vector<CommitText> of(const std::vector<Commit>& commits) {
    std::vector<CommitText> read;
    for (const Commit& commit : commits) {
      const CommitText* text = of(commit);
      if (text == nullptr) break;
      read.push_back(*text);
    }
    return read;
  }

 private:
  const CommitText* of(const Commit& commit) {
    const auto known = texts_.find(commit.sha);
    if (known != texts_.end()) return &known->second;
    if (left_ == 0) return nullptr;
    --left_;
    return &texts_.emplace(commit.sha, text_of(repository_, commit)).first->second;
  }

  const Repository& repository_;
  std::size_t left_;
  std::map<std::string, CommitText> texts_;
};

std::optional<std::string> sha_of(const Repository& repository, const Change& change,
                                  const std::string& version, const std::string& sha) {
  if (!sha.empty()) {
    if (auto found = repository.resolve(sha)) return found;
  }
  if (version.empty()) return std::nullopt;
  if (!change.service.empty()) {
    for (const char* between : {"-", "/", "@"}) {
      const std::string name = change.service + between + version;
      if (auto found = repository.resolve(name)) return found;
    }
  }
  return repository.resolve(version);
}

bool is_rollout(const Change& change) {
  return change.kind == ChangeKind::deploy || change.kind == ChangeKind::version ||
         change.kind == ChangeKind::revert;
}

// The tag before a commit: the latest that is no later and is another commit.
std::string tag_before(const std::vector<Tag>& tags, const Change& change) {
  const auto own =
      std::find_if(tags.begin(), tags.end(), [&](const Tag& tag) { return tag.sha == change.sha; });
  const std::string_view prefix =
      own == tags.end() ? std::string_view{} : version_prefix(own->name);
  std::string before;
  for (const Tag& tag : tags) {
    if (own != tags.end() && tag.at > own->at) break;
    if (own == tags.end() && tag.at > change.at) break;
    if (tag.sha == change.sha) continue;
    if (own == tags.end() || version_prefix(tag.name) == prefix) before = tag.sha;
  }
  return before;
}

// Merges are left out where what they merged is there itself.
std::vector<Commit> without_merges(std::vector<Commit> commits) {
  std::vector<Commit> plain;
  std::copy_if(commits.begin(), commits.end(), std::back_inserter(plain),
               [](const Commit& commit) { return commit.parents < 2; });
  return plain.empty() ? std::move(commits) : plain;
}

std::vector<Commit> commits_between(const Repository& repository, const std::string& from,
                                    const std::string& to) {
  CommitRange range;
  range.from = from;
  range.to = to;
  range.commits_max = from.empty() ? 1 : commits_of_a_deploy_max;
  Result<std::vector<Commit>> commits = repository.commits(range);
  return commits ? without_merges(std::move(commits).value()) : std::vector<Commit>{};
}

void fill(Change& change, const Repository& repository, Texts& texts) {
  if (!is_rollout(change) || change.sha.empty() || !repository.resolve(change.sha)) return;
  if (change.sha == change.from_sha) return;  // the same again
  const std::vector<Commit> commits = commits_between(repository, change.from_sha, change.sha);
  if (commits.empty() && !change.from_sha.empty()) {
    const std::vector<Commit> back = commits_between(repository, change.sha, change.from_sha);
    if (back.empty()) return;
    change.kind = ChangeKind::revert;
    change.taken_back = texts.of(back);
    return;
  }
  change.commits = texts.of(commits);
}

Change change_of(const Commit& commit) {
  Change change;
  change.kind = ChangeKind::commit;
  change.deployed = false;
  change.id = commit.sha.substr(0, 9);
  change.at = commit.reached;
  change.sha = commit.sha;
  change.description = commit.subject;
  return change;
}

bool only_settings(const CommitText& text) {
  return !text.files.empty() &&
         std::all_of(text.files.begin(), text.files.end(), [](const FileDiff& file) {
           return kind_of_file(file) == CommitKind::settings;
         });
}

bool speaks_of_flags(const CommitText& text) {
  const auto says = [](std::string_view words) {
    bool flag = false;
    each_word(words, [&](std::string_view word) {
      flag = flag || word == "flag" || word == "toggle" || word == "feature";
    });
    return flag;
  };
  return says(text.subject) || std::any_of(text.files.begin(), text.files.end(),
                                           [&](const FileDiff& file) { return says(file.path); });
}

// Files in which a person may have written a message that a program prints.
bool is_source(const std::string& path) {
  static const std::set<std::string, std::less<>> endings = {
      ".c",    ".cc",    ".cpp", ".cxx", ".h",     ".hpp",  ".rs",  ".go",  ".py",  ".rb",
      ".java", ".kt",    ".ts",  ".js",  ".tsx",   ".jsx",  ".cs",  ".php", ".ex",  ".exs",
      ".erl",  ".swift", ".m",   ".mm",  ".scala", ".clj",  ".hs",  ".ml",  ".lua", ".pl",
      ".sh",   ".sql",   ".mjs", ".cjs", ".vue",   ".dart", ".zig", ".nim", ".fs",  ".groovy"};
  const std::size_t dot = path.rfind('.');
  if (dot == path.npos || endings.count(lower_case(path.substr(dot))) == 0) return false;
  FileDiff file;
  file.path = path;
  return kind_of_file(file) != CommitKind::tests && path.find("node_modules/") == path.npos &&
         path.find("vendor/") == path.npos && path.find("third_party/") == path.npos;
}

// Files whose path shares a word with the symptoms are read first.
std::vector<std::string> likeliest_files(std::vector<std::string> files,
                                         const std::vector<Symptom>& symptoms,
                                         std::size_t files_max) {
  files.erase(std::remove_if(files.begin(), files.end(),
                             [](const std::string& path) { return !is_source(path); }),
              files.end());
  if (files.size() <= files_max) return files;
  std::set<std::string, std::less<>> words;
  for (const Symptom& symptom : symptoms) {
    each_word(symptom.text, [&](std::string_view word) { words.emplace(word); });
    each_word(symptom.service, [&](std::string_view word) { words.emplace(word); });
  }
  std::stable_partition(files.begin(), files.end(), [&](const std::string& path) {
    bool shared = false;
    each_word(path, [&](std::string_view word) { shared = shared || words.count(word) > 0; });
    return shared;
  });
  files.resize(files_max);
  return files;
}

std::string line_at(std::string_view content, std::size_t line) {
  while (line-- > 1) content.remove_prefix(std::min(content.find('\n'), content.size() - 1) + 1);
  return std::string(content.substr(0, content.find('\n')));
}

}  // namespace

void find_revisions(std::vector<Change>& changes, const Repository& repository) {
  const auto read = repository.tags();
  const std::vector<Tag> tags = read ? *read : std::vector<Tag>{};
  std::map<std::string, std::string> running;  // the sha, by service and environment
  for (Change& change : changes) {
    if (!is_rollout(change)) continue;
    change.sha = sha_of(repository, change, change.version, change.sha).value_or(change.sha);
    std::string& before = running[lower_case(change.service + "\n" + change.environment)];
    if (!change.from_version.empty() || !change.from_sha.empty()) {
      change.from_sha =
          sha_of(repository, change, change.from_version, change.from_sha).value_or("");
    }
    if (change.from_sha.empty()) change.from_sha = before;
    if (change.from_sha.empty()) change.from_sha = tag_before(tags, change);
    if (!change.sha.empty()) before = change.sha;
  }
}

void find_commits(std::vector<Change>& changes, const Repository& repository,
                  std::size_t commits_max) {
  Texts texts(repository, commits_max);
  for (auto change = changes.rbegin(); change != changes.rend(); ++change) {
    fill(*change, repository, texts);
  }
}

std::vector<Change> settings_as_changes(const Repository& repository,
                                        const std::vector<Change>& changes, Time since,
                                        Time until) {
  std::set<std::string_view> brought;
  for (const Change& change : changes) {
    for (const CommitText& commit : change.commits) brought.insert(commit.sha);
  }
  CommitRange range;
  range.since = since;
  range.until = until;
  range.commits_max = commits_followed_max;
  const Result<std::vector<Commit>> read = repository.commits(range);
  std::vector<Change> settings;
  if (!read) return settings;
  for (const Commit& commit : *read) {
    if (settings.size() == settings_max) break;
    if (commit.parents > 1 || brought.count(commit.sha) > 0) continue;
    CommitText text = text_of(repository, commit);
    if (!only_settings(text)) continue;
    Change change = change_of(commit);
    change.kind = speaks_of_flags(text) ? ChangeKind::flag : ChangeKind::config;
    change.deployed = true;
    change.commits.push_back(std::move(text));
    settings.push_back(std::move(change));
  }
  return settings;
}

Result<std::vector<Change>> commits_as_changes(const Repository& repository, Time since, Time until,
                                               std::size_t commits_max) {
  CommitRange range;
  range.since = since;
  range.until = until;
  range.commits_max = commits_max;
  std::vector<Commit> read = TRY(repository.commits(range).during("reading the latest commits"));
  const std::vector<Commit> commits = without_merges(std::move(read));
  std::vector<Change> changes;
  for (const Commit& commit : commits) {
    Change change = change_of(commit);
    change.commits.push_back(text_of(repository, commit));
    changes.push_back(std::move(change));
  }
  std::reverse(changes.begin(), changes.end());
  return changes;
}

std::vector<SourceLine> find_source_lines(const Repository& repository, const std::string& revision,
                                          const std::vector<Symptom>& symptoms,
                                          std::size_t files_max) {
  if (symptoms.empty()) return {};
  Result<std::vector<std::string>> files = repository.files_at(revision);
  if (!files) return {};
  std::vector<SourceLine> lines;
  for (const std::string& path : likeliest_files(std::move(files).value(), symptoms, files_max)) {
    const Result<std::string> content = repository.content_at(revision, path, source_bytes_max);
    if (!content) continue;
    for (std::size_t i = 0; i < std::min(symptoms.size(), symptoms_max); ++i) {
      for (std::size_t line : literal_matches(symptoms[i].text, *content)) {
        lines.push_back({path, line, line_at(*content, line), i, symptoms[i].weight});
      }
    }
  }
  return lines;
}

void mark_known(const Repository& repository, const std::string& revision,
                const std::vector<SourceLine>& lines, std::vector<Symptom>& symptoms) {
  std::map<std::string, std::string> contents;
  std::set<std::size_t> fresh;
  for (const SourceLine& line : lines) {
    if (fresh.count(line.symptom) > 0) continue;
    auto at = contents.find(line.path);
    if (at == contents.end() && contents.size() < known_files_max) {
      Result<std::string> content = repository.content_at(revision, line.path);
      at = contents.emplace(line.path, content ? std::move(content).value() : "").first;
    }
    Symptom& symptom = symptoms[line.symptom];
    symptom.known = at != contents.end() && !literal_matches(symptom.text, at->second).empty();
    if (!symptom.known) fresh.insert(line.symptom);
  }
}

void find_failing_places(const Repository& repository, const std::string& revision,
                         const std::vector<Change>& changes, Time since, ChangeEvidence& evidence) {
  if (evidence.trace.empty() && evidence.source_lines.empty()) return;
  std::map<std::string_view, const CommitText*> texts;
  for (const Change& change : changes) {
    for (const CommitText& commit : brought_by(change)) texts.emplace(commit.sha, &commit);
  }
  CommitRange range;
  range.to = revision;
  range.since = since;
  range.commits_max = commits_followed_max;
  const Result<std::vector<Commit>> read = repository.commits(range);
  if (!read) return;
  std::vector<Commit> commits;
  std::vector<CommitText> known;
  for (const Commit& commit : *read) {
    const auto text = texts.find(commit.sha);
    if (text == texts.end()) continue;
    commits.push_back(commit);
    known.push_back(*text->second);
  }
  const std::string at = revision.empty() ? repository.default_branch() : revision;
  FoundPlaces places =
      find_places(repository, {at, commits, known}, evidence.trace, evidence.source_lines);
  evidence.frames = std::move(places.frames);
  evidence.formatting = std::move(places.ignored);
}

}  // namespace culprit
