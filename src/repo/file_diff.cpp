#include "repo/file_diff.h"

#include <algorithm>
#include <cctype>
#include <set>
#include <string>
#include <vector>

#include "contrast/enclosing.h"
#include "repo/line_diff.h"

namespace culprit {
namespace {

// Headers and neighbours of so many hunks are read; who changes more changes the whole file.
constexpr std::size_t hunks_told_max = 40;
constexpr std::size_t nearby_lines = 3;             // each way, as in a diff that people read
constexpr std::size_t nearby_bytes_max = 4 * 1024;  // of a file
constexpr std::size_t section_lines_up = 200;

using Lines = std::vector<std::string_view>;

// Appends while there is room; a line that does not fit ends it.
class Room {
 public:
  explicit Room(std::size_t bytes) : left_(bytes) {}
  void add(std::string& text, std::string_view line) {
    if (line.size() + 1 > left_) {
      left_ = 0;
      return;
    }
    text += line;
    text += '\n';
    left_ -= line.size() + 1;
  }
  void add(std::string& text, std::string_view line, std::size_t bytes_max) {
    if (!line.empty() && text.size() + line.size() < bytes_max) add(text, line);
  }

 private:
  std::size_t left_;
};

void add_line(std::string& text, std::string_view line, std::size_t bytes_max) {
  if (line.empty() || text.size() + line.size() > bytes_max) return;
  text += line;
  text += '\n';
}

// The nearest line above that stands at the margin, as in "[section]" or "jobs:": files that hold
// no functions have these.
std::string_view section_above(const Lines& lines, std::size_t line) {
  const bool inner = !lines.empty() && line <= lines.size() && !lines[line - 1].empty() &&
                     (lines[line - 1][0] == ' ' || lines[line - 1][0] == '\t');
  const std::size_t stop = line > section_lines_up ? line - section_lines_up : 1;
  for (std::size_t i = std::min(line, lines.size() + 1); i-- > stop;) {
    const std::string_view text = lines[i - 1];
    if (text.empty()) continue;
    if (text[0] == '[') return text;
    if (inner && std::isalpha(static_cast<unsigned char>(text[0])) != 0) return text;
  }
  return {};
}

class Reading {
 public:
  Reading(const Lines& before, const Lines& after, std::size_t bytes_max, FileDiff& file)
      : before_(before), after_(after), room_(bytes_max), file_(file) {}

  LineCounts run(const std::vector<LineHunk>& hunks);

 private:
  bool removes_definition(const LineHunk& hunk) const;
  std::size_t read_added(const LineHunk& hunk);
  void read_surroundings(const LineHunk& hunk, std::size_t first);

  const Lines& before_;
  const Lines& after_;
  Room room_;
  FileDiff& file_;
  std::set<std::string_view> told_;
};

// Where one went another may have been renamed or moved: what came is no news then.
bool Reading::removes_definition(const LineHunk& hunk) const {
  for (std::size_t i = 0; i < hunk.old_count; ++i) {
    if (end_of_definition(before_, hunk.old_begin + i + 1) > 0) return true;
  }
  return false;
}

// Reads the added lines of a hunk; the first one that is not part of a whole function, from 1;
// 0: all are.
std::size_t Reading::read_added(const LineHunk& hunk) {
  const bool told_apart = file_.fate == FileFate::changed && !removes_definition(hunk);
  const std::size_t end = hunk.new_begin + hunk.new_count;  // as a number from 1: the last
  std::size_t first = 0;
  for (std::size_t line = hunk.new_begin + 1; line <= end; ++line) {
    const std::size_t last = told_apart ? std::min(end, end_of_definition(after_, line)) : 0;
    if (last > line) {
      for (; line <= last; ++line) room_.add(file_.fresh, after_[line - 1]);
      --line;
      continue;
    }
    room_.add(file_.added, after_[line - 1]);
    const bool blank = after_[line - 1].find_first_not_of(" \t\r") == std::string_view::npos;
    if (first == 0 && !blank) first = line;
  }
  return first;
}

// The functions that a hunk stands in, each told once, and the lines around it.
void Reading::read_surroundings(const LineHunk& hunk, std::size_t first) {
  const std::size_t begin = hunk.new_begin + 1;
  const std::size_t end = begin + hunk.new_count;
  std::vector<std::string_view> headers = enclosing_headers(after_, first);
  if (headers.empty()) headers.push_back(section_above(after_, first));
  for (std::string_view header : headers) {
    if (told_.insert(header).second) room_.add(file_.context, header, nearby_bytes_max);
  }
  const std::size_t from = begin > nearby_lines ? begin - nearby_lines : 1;
  const std::size_t to = std::min(after_.size() + 1, end + nearby_lines);
  for (std::size_t line = from; line < to; ++line) {
    if (line < begin || line >= end) add_line(file_.nearby, after_[line - 1], nearby_bytes_max);
  }
}

LineCounts Reading::run(const std::vector<LineHunk>& hunks) {
  LineCounts counts;
  std::size_t told = 0;
  for (const LineHunk& hunk : hunks) {
    counts.added += hunk.new_count;
    counts.removed += hunk.old_count;
    for (std::size_t i = 0; i < hunk.old_count; ++i) {
      room_.add(file_.removed, before_[hunk.old_begin + i]);
    }
    const std::size_t first = read_added(hunk);
    const bool news = first == 0 && hunk.old_count == 0;
    if (file_.fate != FileFate::changed || news || ++told > hunks_told_max) continue;
    read_surroundings(hunk, first == 0 ? hunk.new_begin + 1 : first);
  }
  return counts;
}

}  // namespace

LineCounts read_file_diff(std::optional<std::string_view> before,
                          std::optional<std::string_view> after, std::size_t bytes_max,
                          FileDiff& file) {
  file.fate = !before ? FileFate::created : !after ? FileFate::removed : FileFate::changed;
  const Lines old_lines = lines_of(before.value_or(std::string_view{}));
  const Lines new_lines = lines_of(after.value_or(std::string_view{}));
  const auto hunks = line_hunks(old_lines, new_lines, WhiteSpace::counts);
  return Reading(old_lines, new_lines, bytes_max, file).run(hunks);
}

}  // namespace culprit
