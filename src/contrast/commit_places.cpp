#include "contrast/commit_places.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "contrast/commit_effect.h"
#include "contrast/commit_kind.h"

namespace culprit {
namespace {

constexpr double wrote_line_log_min = 3.5;
constexpr double wrote_line_log_max = 7.0;
constexpr double changed_line_log = 2.0;
// The message was printed before: who prints it at one more place did not begin the failure.
constexpr double known_line_log = 0.7;
constexpr double touched_file_log = 1.2;
constexpr double touched_folder_log = 0.4;
// A message printed at many places points at none of them.
constexpr std::size_t places_max = 20;

// Of guilty commits, those that touch the line, the function and the file that a trace or a
// message names. Judged after a study of 76,046 faults of Linux: of those that no blame found, a
// third lies in the function's history and a quarter in the file's (arXiv 2308.05060).
constexpr double guilty_line = 0.35;
constexpr double guilty_function = 0.6;
constexpr double guilty_file = 0.75;
constexpr double place_log_max = 6.0;
// Of commits to one function, those near the line that failed; the weight falls over some lines.
constexpr double at_the_line_log = 0.7;
constexpr double lines_near = 4.0;
// Of a touch to a file, by what was done there; see Effect.
constexpr double silent_share = 0.2;
constexpr double fresh_share = 0.3;
constexpr double second_place = 0.3;  // of a further place's weight: frames of one trace agree

std::string_view folder_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == path.npos ? std::string_view{} : path.substr(0, slash + 1);
}

std::string quoted(std::string_view text) {
  constexpr std::size_t bytes_max = 60;
  return fmt::format("\"{}{}\"", text.substr(0, bytes_max), text.size() > bytes_max ? "..." : "");
}

// What a file's diff did to the line that prints a symptom. A line that was there before and after
// was moved or reworded; for a message that stopped, the condition around it may have changed.
CommitClue line_clue(const Symptom& symptom, const FileDiff& file, double wrote_log) {
  const bool added = !literal_matches(symptom.text, file.added).empty() ||
                     !literal_matches(symptom.text, file.fresh).empty();
  const bool removed = !literal_matches(symptom.text, file.removed).empty();
  if (!added && !removed) return {};
  const bool changed = added && removed;
  const bool did = symptom.stopped ? removed : added;
  if (symptom.known && did) wrote_log = known_line_log;
  const double log = changed ? std::min(changed_line_log, wrote_log)
                     : did   ? wrote_log
                             : touched_file_log;
  const std::string_view verb = changed ? "changed" : added ? "wrote" : "removed";
  return {log * symptom.weight,
          fmt::format("{} the line that prints {} in {}", verb, quoted(symptom.text), file.path)};
}

// Of many commits, hardly any writes just that line by chance.
double wrote_line_log(std::size_t commits) {
  constexpr double guilty_share = 0.4;  // of guilty commits, those that wrote the message too
  const double log = std::log(guilty_share * static_cast<double>(commits));
  return std::clamp(log, wrote_line_log_min, wrote_line_log_max);
}

CommitClue wrote_line(const CommitText& commit, const CommitQuestion& question,
                      const std::vector<std::size_t>& may_print, std::size_t commits) {
  CommitClue best;
  for (std::size_t index : may_print) {
    const Symptom& symptom = question.symptoms[index];
    for (const FileDiff& file : commit.files) {
      if (kind_of_file(file) != CommitKind::code) continue;
      CommitClue clue = line_clue(symptom, file, wrote_line_log(commits));
      if (clue.log > best.log) best = std::move(clue);
    }
  }
  return best;
}

CommitClue touched_place(const CommitText& commit, const CommitQuestion& question) {
  std::map<std::size_t, std::size_t> places;
  for (const SourceLine& line : question.source_lines) ++places[line.symptom];
  CommitClue best;
  for (const SourceLine& line : question.source_lines) {
    if (places[line.symptom] > places_max) continue;
    for (const FileDiff& file : commit.files) {
      const bool same_file = file.path == line.path;
      const bool same_folder =
          !folder_of(line.path).empty() && folder_of(file.path) == folder_of(line.path);
      const double log = same_file ? touched_file_log : same_folder ? touched_folder_log : 0;
      if (log <= best.log) continue;
      best = {log, fmt::format("touches {}, where the failing message is printed",
                               same_file ? line.path : std::string(folder_of(line.path)))};
    }
  }
  return best;
}

// How much a touch says when so many of all commits touched the same.
double touch_log(double guilty, std::size_t touching, std::size_t commits) {
  const double share = static_cast<double>(std::max<std::size_t>(touching, 1)) /
                       static_cast<double>(std::max<std::size_t>(commits, 1));
  return std::clamp(std::log(guilty / share), 0.0, place_log_max);
}

const FileDiff* file_of(const CommitText& commit, std::string_view path) {
  const auto found = std::find_if(commit.files.begin(), commit.files.end(),
                                  [&](const FileDiff& file) { return file.path == path; });
  return found == commit.files.end() ? nullptr : &*found;
}

// Of a clue, by what the commit did to the file.
double share_of(const FileDiff& file) {
  switch (effect_of(file)) {
    case Effect::silent: return silent_share;
    case Effect::fresh: return fresh_share;
    case Effect::inserted:
    case Effect::altered: return 1;
  }
  return 1;
}

bool is_near(const PlaceTouch& touch) { return static_cast<double>(touch.distance) <= lines_near; }

std::string place_name(const FramePlace& frame) {
  if (frame.function.empty()) {
    return frame.line == 0 ? frame.path : fmt::format("{}:{}", frame.path, frame.line);
  }
  return fmt::format("{} in {}", frame.function, frame.path);
}

// The clue of each commit from one place; commits that did not touch it have none.
std::map<std::size_t, CommitClue> clues_of(
    const FramePlace& frame, std::span<const CommitText* const> commits,
    const std::unordered_map<std::string_view, std::size_t>& index) {
  std::map<std::size_t, double> in_file;  // with what their touch is worth
  for (std::size_t i = 0; i < commits.size(); ++i) {
    const FileDiff* file = file_of(*commits[i], frame.path);
    if (file != nullptr) in_file.emplace(i, share_of(*file));
  }
  const std::string_view whence =
      frame.of_message ? "where the message is printed" : "which the stack trace names";
  std::map<std::size_t, CommitClue> clues;
  const double file_log = touch_log(guilty_file, in_file.size(), commits.size());
  for (const auto& [i, share] : in_file) {
    clues[i] = {frame.weight * share * file_log, fmt::format("touches {}, {}", frame.path, whence)};
  }
  const auto near = std::count_if(frame.touches.begin(), frame.touches.end(),
                                  [](const PlaceTouch& touch) { return is_near(touch); });
  const double function_log = touch_log(guilty_function, frame.touches.size(), commits.size());
  const double line_log = touch_log(guilty_line, static_cast<std::size_t>(near), commits.size());
  for (const PlaceTouch& touch : frame.touches) {
    const auto found = index.find(touch.sha);
    if (found == index.end()) continue;
    const double closeness = std::exp(-static_cast<double>(touch.distance) / lines_near);
    const double more = std::max(0.0, line_log - function_log) + at_the_line_log;
    // A new function that is named may be what fails; a log line in it is not.
    const auto known = in_file.find(found->second);
    const bool silent = known != in_file.end() && known->second == silent_share;
    const double share = silent ? silent_share : 1;
    const double log = frame.weight * share * (function_log + closeness * more);
    if (log <= clues[found->second].log) continue;
    clues[found->second] = {
        log, fmt::format("changed {}{}, {}", touch.distance == 0 ? "the very line of " : "",
                         place_name(frame), whence)};
  }
  return clues;
}

// What says the same again (two frames of one file) is no second witness.
void add_clue(std::vector<CommitClue>& clues, CommitClue clue) {
  if (clue.log <= 0) return;
  const auto same = std::find_if(clues.begin(), clues.end(),
                                 [&](const CommitClue& known) { return known.text == clue.text; });
  if (same == clues.end()) {
    clues.push_back(std::move(clue));
  } else {
    same->log = std::max(same->log, clue.log);
  }
}

// The best of several places counts whole, the others in part.
void settle(std::vector<CommitClue>& clues) {
  std::stable_sort(clues.begin(), clues.end(),
                   [](const CommitClue& a, const CommitClue& b) { return a.log > b.log; });
  double share = second_place;
  for (std::size_t i = 1; i < clues.size(); ++i) {
    clues[i].log *= share;
    share *= second_place;
  }
}

}  // namespace

std::vector<std::vector<CommitClue>> place_clues(std::span<const CommitText* const> commits,
                                                 const CommitQuestion& question,
                                                 const MayPrint& may_print) {
  std::unordered_map<std::string_view, std::size_t> index;
  std::vector<std::vector<CommitClue>> clues(commits.size());
  for (std::size_t i = 0; i < commits.size(); ++i) index.emplace(commits[i]->sha, i);
  for (std::size_t i = 0; i < commits.size(); ++i) {
    add_clue(clues[i], wrote_line(*commits[i], question, may_print[i], commits.size()));
    if (clues[i].empty() && question.frames.empty()) {
      add_clue(clues[i], touched_place(*commits[i], question));
    }
  }
  for (const FramePlace& frame : question.frames) {
    for (auto& [i, clue] : clues_of(frame, commits, index)) add_clue(clues[i], std::move(clue));
  }
  for (std::vector<CommitClue>& of_commit : clues) settle(of_commit);
  return clues;
}

}  // namespace culprit
