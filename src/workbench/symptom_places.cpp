#include <algorithm>
#include <cctype>
#include <set>
#include <unordered_map>
#include <utility>

#include "contrast/enclosing.h"
#include "workbench/commit_texts.h"

// Where in the tree a symptom points, and which commits touched that.
namespace culprit {
namespace {

constexpr std::size_t frames_max = 10;    // of the program's own code, innermost first
constexpr std::size_t messages_max = 6;   // functions that print a message
constexpr std::size_t places_of_one = 4;  // a message printed at more places points at none
constexpr std::size_t source_bytes_max = 1024 * 1024;
constexpr double caller_share = 0.3;   // a caller's weight falls with its distance
constexpr double message_share = 0.6;  // the printing function only notices what went wrong
constexpr std::size_t sha_letters = 40;

class Places {
 public:
  Places(const Repository& repository, const LineHistoryRange& range)
      : repository_(repository), range_(range) {}

  FoundPlaces find(const std::vector<Frame>& frames, std::span<const SourceLine> lines);

 private:
  void add_frame(const Frame& frame, std::size_t depth, const std::vector<std::string>& paths);
  void add(FramePlace place, std::set<std::string>& seen);
  void look_up(FramePlace& place) const;
  std::set<std::string> ignored_commits() const;
  void know_files();
  std::vector<char> may_touch_file(const std::string& path) const;

  const Repository& repository_;
  const LineHistoryRange& range_;
  std::set<std::string> ignored_;
  std::vector<char> untold_;  // by commit: what it changed is not known, or not in full
  std::unordered_map<std::string_view, std::vector<std::size_t>> by_file_;  // commits
  std::set<std::string> seen_;
  FoundPlaces found_;
};

// One full sha a line; comments begin with '#'.
std::set<std::string> Places::ignored_commits() const {
  std::set<std::string> shas;
  const Result<std::string> content =
      repository_.content_at(range_.revision, ".git-blame-ignore-revs");
  if (!content) return shas;
  for (std::string_view line : lines_of(*content)) {
    std::size_t size = 0;
    while (size < line.size() && std::isxdigit(static_cast<unsigned char>(line[size])) != 0) ++size;
    if (size == sha_letters) shas.emplace(line.substr(0, size));
  }
  return shas;
}

// Looking into the trees of ten thousand commits takes a second for each place; their diffs have
// been read already.
void Places::know_files() {
  std::unordered_map<std::string_view, const CommitText*> texts;
  for (const CommitText& text : range_.texts) texts.emplace(text.sha, &text);
  untold_.assign(range_.commits.size(), 1);
  for (std::size_t i = 0; i < range_.commits.size(); ++i) {
    const auto found = texts.find(range_.commits[i].sha);
    if (found == texts.end()) continue;
    const std::vector<FileDiff>& files = found->second->files;
    untold_[i] = files.empty() || files.size() >= DiffLimits{}.files_max ? 1 : 0;
    for (const FileDiff& file : files) by_file_[file.path].push_back(i);
  }
}

std::vector<char> Places::may_touch_file(const std::string& path) const {
  std::vector<char> may_touch = untold_;
  const auto found = by_file_.find(path);
  if (found == by_file_.end()) return may_touch;
  for (std::size_t index : found->second) may_touch[index] = 1;
  return may_touch;
}

// The function's lines at the revision and their history. A trace of another build may be off by
// some lines: then the function's name decides.
void Places::look_up(FramePlace& place) const {
  const Result<std::string> content =
      repository_.content_at(range_.revision, place.path, source_bytes_max);
  if (!content) return;
  const std::vector<std::string_view> lines = lines_of(*content);
  std::size_t line = place.line <= lines.size() ? place.line : 0;
  std::size_t own = line;
  if (const std::size_t header = line_of_function(lines, place.function, place.line)) {
    const LineRange named = enclosing_function(lines, header);
    if (line < named.first || line > named.last) line = header, own = 0;
  }
  if (line == 0) return;
  const std::vector<char> may_touch = may_touch_file(place.path);
  const auto history =
      repository_.line_history({range_.revision, place.path, enclosing_function(lines, line), own},
                               range_.commits, {ignored_, may_touch});
  if (!history) return;
  for (const LineTouch& touch : *history) place.touches.push_back({touch.sha, touch.distance});
}

void Places::add(FramePlace place, std::set<std::string>& seen) {
  const std::string key = place.path + "\n" + std::to_string(place.line) + "\n" + place.function;
  if (!seen.insert(key).second) return;
  look_up(place);
  found_.frames.push_back(std::move(place));
}

void Places::add_frame(const Frame& frame, std::size_t depth,
                       const std::vector<std::string>& paths) {
  for (const std::string& path : paths) {
    FramePlace place;
    place.path = path;
    place.line = frame.line;
    place.function = frame.function;
    place.weight =
        1 / (1 + caller_share * static_cast<double>(depth)) / static_cast<double>(paths.size());
    add(std::move(place), seen_);
  }
}

FoundPlaces Places::find(const std::vector<Frame>& frames, std::span<const SourceLine> lines) {
  ignored_ = ignored_commits();
  know_files();
  const Result<std::vector<std::string>> tree = repository_.files_at(range_.revision);
  if (!tree) return {};
  std::vector<std::pair<const Frame*, std::vector<std::string>>> known;
  for (const Frame& frame : frames) {
    std::vector<std::string> paths = paths_meant(frame.path, *tree);
    if (!paths.empty()) known.emplace_back(&frame, std::move(paths));
  }
  found_.frames_known = known.size();
  std::stable_sort(known.begin(), known.end(),
                   [](const auto& a, const auto& b) { return a.first->depth < b.first->depth; });
  if (known.size() > frames_max) known.resize(frames_max);
  std::size_t depth = 0;
  for (std::size_t i = 0; i < known.size(); ++i) {
    if (i > 0 && known[i].first->depth > known[i - 1].first->depth) ++depth;
    add_frame(*known[i].first, depth, known[i].second);
  }
  std::size_t messages = 0;
  for (const SourceLine& line : lines) {
    const auto same = static_cast<std::size_t>(
        std::count_if(lines.begin(), lines.end(),
                      [&](const SourceLine& other) { return other.symptom == line.symptom; }));
    if (same > places_of_one || messages == messages_max) continue;
    FramePlace place;
    place.path = line.path;
    place.line = line.line;
    place.weight = message_share * line.weight / static_cast<double>(same);
    place.of_message = true;
    const std::size_t before = found_.frames.size();
    add(std::move(place), seen_);
    messages += found_.frames.size() - before;
  }
  found_.ignored.assign(ignored_.begin(), ignored_.end());
  return std::move(found_);
}

}  // namespace

FoundPlaces find_places(const Repository& repository, const LineHistoryRange& range,
                        const std::vector<Frame>& frames, std::span<const SourceLine> lines) {
  return Places(repository, range).find(frames, lines);
}

}  // namespace culprit
