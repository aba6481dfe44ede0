// CSV with a header: names in the first line, cells separated by comma, semicolon, tab or bar.
//
// A cell may be quoted, with "" for a quote in it; one that spans lines is unreadable, since lines
// are read alone. A line with more or fewer cells than the header is unreadable. Empty cells are
// absent. The header is blank when it is met again.
#include <algorithm>
#include <cstring>
#include <optional>

#include "parse/bytes.h"
#include "parse/formats.h"
#include "parse/picks.h"

namespace culprit {
namespace {

constexpr std::size_t columns_max = 1000;
constexpr std::size_t name_bytes_max = 64;

struct Cell {
  std::string_view text;
  bool quoted = false;
};

// Cells from left to right; what had "" in it is written to a buffer.
class Cells {
 public:
  Cells(std::string_view line, char separator, std::string& buffer)
      : at_(line.data()), end_(line.data() + line.size()), separator_(separator), buffer_(buffer) {
    if (buffer_.size() < line.size()) buffer_.resize(line.size());
  }

  bool more() const { return more_; }

  // Nothing where quotes are not closed, or something stands behind them.
  std::optional<Cell> next() {
    const char* begin = at_;
    while (begin < end_ && *begin == ' ') ++begin;
    const bool opens = begin < end_ && *begin == '"';
    if (opens) at_ = begin;
    const std::optional<Cell> cell = opens ? quoted() : std::optional<Cell>(bare());
    more_ = at_ < end_;
    if (more_) ++at_;
    return cell;
  }

 private:
  Cell bare() {
    const char* begin = at_;
    at_ = find_either(at_, end_, separator_, separator_);
    std::string_view text(begin, static_cast<std::size_t>(at_ - begin));
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    return {text, false};
  }

  std::optional<Cell> quoted() {
    const char* begin = ++at_;
    const char* close = find_either(at_, end_, '"', '"');
    if (end_ - close > 1 && close[1] == '"') return doubled(begin);
    if (close == end_) return std::nullopt;
    at_ = close + 1;
    return ends({begin, static_cast<std::size_t>(close - begin)});
  }

  std::optional<Cell> doubled(const char* begin) {
    char* const out_begin = buffer_.data() + used_;
    char* out = out_begin;
    for (;;) {
      const char* close = find_either(begin, end_, '"', '"');
      if (close == end_) {
        at_ = end_;
        return std::nullopt;
      }
      std::memcpy(out, begin, static_cast<std::size_t>(close - begin));
      out += close - begin;
      begin = close + 1;
      if (begin == end_ || *begin != '"') break;
      *out++ = '"';
      ++begin;
    }
    at_ = begin;
    used_ += static_cast<std::size_t>(out - out_begin);
    return ends({out_begin, static_cast<std::size_t>(out - out_begin)});
  }

  std::optional<Cell> ends(std::string_view text) const {
    if (at_ < end_ && *at_ != separator_) return std::nullopt;
    return Cell{text, true};
  }

  const char* at_;
  const char* end_;
  char separator_;
  std::string& buffer_;
  std::size_t used_ = 0;
  bool more_ = true;
};

std::vector<std::string> cells_of(std::string_view line, char separator) {
  std::string buffer;
  Cells cells(line, separator, buffer);
  std::vector<std::string> texts;
  while (cells.more() && texts.size() < columns_max) {
    const auto cell = cells.next();
    if (!cell) return {};
    texts.emplace_back(trimmed(cell->text));
  }
  return texts;
}

// A column's name has a letter first and no sentence in it.
bool is_name(std::string_view cell) {
  if (cell.empty() || cell.size() > name_bytes_max) return false;
  if (!is_letter(cell[0]) && cell[0] != '_' && cell[0] != '@' && cell[0] != '#') return false;
  for (const char byte : cell) {
    const bool part = is_letter(byte) || is_digit(byte) || byte == ' ' ||
                      std::string_view("_.-@/()%#:").find(byte) != std::string_view::npos;
    if (!part) return false;
  }
  return std::count(cell.begin(), cell.end(), ' ') <= 3;
}

bool is_header(const std::vector<std::string>& cells) {
  if (cells.size() < 2 || !std::all_of(cells.begin(), cells.end(), is_name)) return false;
  std::vector<std::string> sorted = cells;
  std::sort(sorted.begin(), sorted.end());
  return std::adjacent_find(sorted.begin(), sorted.end()) == sorted.end();
}

std::string_view first_line(std::string_view sample) {
  std::string_view line = sample.substr(0, sample.find('\n'));
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

// The separator that gives the header the most names.
char separator_of(std::string_view header) {
  char best = ',';
  std::size_t most = 0;
  for (const char separator : {',', ';', '\t', '|'}) {
    const std::vector<std::string> cells = cells_of(header, separator);
    if (is_header(cells) && cells.size() > most) {
      best = separator;
      most = cells.size();
    }
  }
  return best;
}

bool is_header_again(const Dialect& dialect, std::span<const Field> fields) {
  return fields.size() == dialect.columns.size() &&
         std::all_of(fields.begin(), fields.end(),
                     [](const Field& field) { return field.name == trimmed(field.value); });
}

}  // namespace

void prepare_csv(std::string_view sample, Dialect& dialect) {
  const std::string_view header = first_line(sample);
  dialect.separator = separator_of(header);
  dialect.columns = cells_of(header, dialect.separator);
  dialect.promises.clear();
  for (const std::string& name : dialect.columns) {
    dialect.promises.push_back(Keys::promise_of(name));
  }
}

double score_csv(std::string_view sample, const Zone&) {
  Dialect dialect;
  prepare_csv(sample, dialect);
  if (!is_header(dialect.columns)) return 0;
  const std::size_t end = sample.find('\n');
  const std::string_view rows = end == sample.npos ? std::string_view() : sample.substr(end + 1);
  const double share = share_of_events(rows, dialect, read_csv);
  // Prose with commas has other counts of them from line to line.
  constexpr double share_min = 0.8;
  return share >= share_min ? share : 0;
}

Reading read_csv(const Dialect& dialect, std::string_view line, Scratch& scratch, Event& event) {
  if (trimmed(line).empty()) return Reading::blank;
  scratch.fields.clear();
  Picks picks(dialect.zone, scratch.time_cache);
  Cells cells(line, dialect.separator, scratch.text);
  std::size_t column = 0;
  for (; cells.more(); ++column) {
    const auto cell = cells.next();
    if (!cell || column >= dialect.columns.size()) return Reading::unreadable;
    if (cell->text.empty()) continue;
    const Kind kind = cell->quoted ? Kind::text : spelled_kind(cell->text);
    add_field(scratch.fields, dialect.columns[column], cell->text, kind);
    if (dialect.promises[column].use == Keys::Use::plain) continue;
    const bool words = dialect.promises[column].use == Keys::Use::message;
    picks.note(dialect.promises[column], cell->text, words ? Kind::text : kind);
  }
  if (column != dialect.columns.size()) return Reading::unreadable;
  if (is_header_again(dialect, scratch.fields)) return Reading::blank;
  picks.fill(event);
  event.set_fields(scratch.fields);
  return Reading::event;
}

}  // namespace culprit
