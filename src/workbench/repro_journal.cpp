#include "workbench/repro_journal.h"

#include <charconv>

#include <fmt/ranges.h>

namespace culprit {
namespace {

constexpr std::string_view title = "culprit repro journal 1";
constexpr std::string_view unjudged = "unjudged";

// Tabs stand between the parts of a line, so no part may hold one.
std::string flat(std::string text) {
  for (char& c : text) {
    if (c == '\t' || c == '\n' || c == '\r') c = ' ';
  }
  return text;
}

std::string factors_text(const std::vector<SearchFactor>& factors) {
  std::string text;
  for (const SearchFactor& one : factors) {
    text += fmt::format("{}{}={}", text.empty() ? "" : "; ", one.name, fmt::join(one.levels, "|"));
  }
  return flat(text);
}

std::string command_text(const ReproJournal& journal) {
  return flat(fmt::format("{}", fmt::join(journal.command, " ")));
}

std::vector<std::string_view> parts_of(std::string_view line, char between) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t at = line.find(between);
    parts.push_back(line.substr(0, at));
    if (at == std::string_view::npos) return parts;
    line.remove_prefix(at + 1);
  }
}

template <typename Number>
std::optional<Number> number_in(std::string_view text) {
  Number number{};
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = read.ec == std::errc() && read.ptr == text.data() + text.size();
  return whole ? std::optional<Number>(number) : std::nullopt;
}

std::optional<ReproJournal::Row> read_row(std::string_view line,
                                          const std::vector<SearchFactor>& factors) {
  const std::vector<std::string_view> parts = parts_of(line, '\t');
  if (parts.size() != 4) return std::nullopt;
  ReproJournal::Row row;
  if (!parts[0].empty()) {
    for (const std::string_view level : parts_of(parts[0], ',')) {
      const auto number = number_in<std::size_t>(level);
      if (!number) return std::nullopt;
      row.condition.levels.push_back(*number);
    }
  }
  if (row.condition.levels.size() != factors.size()) return std::nullopt;
  for (std::size_t i = 0; i < factors.size(); ++i) {
    if (row.condition.levels[i] >= factors[i].levels.size()) return std::nullopt;
  }
  if (parts[1] == "bad") row.outcome = Outcome::bad;
  if (parts[1] == "good") row.outcome = Outcome::good;
  if (!row.outcome && parts[1] != unjudged) return std::nullopt;
  const auto seconds = number_in<double>(parts[2]);
  if (!seconds) return std::nullopt;
  row.seconds = *seconds;
  row.reason = parts[3];
  return row;
}

Error not_a_journal() {
  Error made = error(Fault::malformed, "this is no journal of a reproduction");
  made.advice = "without --resume a new search begins";
  return made;
}

Error of_another(std::string_view what, std::string_view here, std::string_view there) {
  Error made =
      error(Fault::usage, "the journal is of another {}: {}, and asked is {}", what, there, here);
  made.advice = "repeat the command line that began it, or begin anew without --resume";
  return made;
}

}  // namespace

std::string head_line(const ReproJournal& journal) {
  return fmt::format("{}\t{}\t{}\t{}\n", title, journal.seed, factors_text(journal.factors),
                     command_text(journal));
}

std::string row_line(const ReproJournal::Row& row) {
  const std::string_view outcome = !row.outcome                   ? unjudged
                                   : *row.outcome == Outcome::bad ? "bad"
                                                                  : "good";
  return fmt::format("{}\t{}\t{:.6f}\t{}\n", fmt::join(row.condition.levels, ","), outcome,
                     row.seconds, flat(row.reason));
}

Result<ReproJournal> read_journal(std::string_view text, const ReproJournal& expected) {
  // What stands behind the last line feed was cut off while it was written.
  text = text.substr(0, text.rfind('\n') + 1);
  std::vector<std::string_view> lines = parts_of(text, '\n');
  lines.pop_back();
  const auto head = lines.empty() ? std::vector<std::string_view>() : parts_of(lines[0], '\t');
  if (head.size() != 4 || head[0] != title) return not_a_journal();
  const auto seed = number_in<std::uint64_t>(head[1]);
  if (!seed) return not_a_journal();
  const std::string factors = factors_text(expected.factors);
  const std::string command = command_text(expected);
  if (head[2] != factors) return of_another("set of factors", factors, head[2]);
  if (head[3] != command) return of_another("command", command, head[3]);
  ReproJournal journal{*seed, expected.factors, expected.command, {}};
  for (std::size_t i = 1; i < lines.size(); ++i) {
    auto row = read_row(lines[i], expected.factors);
    if (!row) return error(Fault::malformed, "line {} of the journal cannot be read", i + 1);
    journal.rows.push_back(std::move(*row));
  }
  return journal;
}

}  // namespace culprit
