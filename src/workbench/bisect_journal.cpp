#include "workbench/bisect_journal.h"

#include <array>
#include <charconv>
#include <optional>

namespace culprit {
namespace {

constexpr std::string_view title = "culprit bisect journal 1";
constexpr std::string_view timed_out = "timed out after";  // as verdict.cpp says it
constexpr std::array<std::string_view, 3> where_names = {"commit", "good end", "bad end"};
constexpr std::array<std::string_view, 4> observation_names = {"good", "bad", "unjudged", "broken"};

// Tabs and line feeds stand between parts, so none may hold one.
std::string escaped(std::string_view text) {
  std::string made;
  for (const char c : text) {
    if (c == '\t' || c == '\n' || c == '\r' || c == '%') {
      made += fmt::format("%{:02x}", static_cast<unsigned>(c));
    } else {
      made += c;
    }
  }
  return made;
}

template <typename Number>
std::optional<Number> number_in(std::string_view text, int base = 10) {
  Number number{};
  const char* end = text.data() + text.size();
  std::from_chars_result read{};
  if constexpr (std::is_integral_v<Number>) {
    read = std::from_chars(text.data(), end, number, base);
  } else {
    read = std::from_chars(text.data(), end, number);
  }
  return read.ec == std::errc() && read.ptr == end ? std::optional<Number>(number) : std::nullopt;
}

std::string unescaped(std::string_view text) {
  std::string made;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto code =
        text[i] == '%' ? number_in<unsigned>(text.substr(i + 1, 2), 16) : std::optional<unsigned>();
    made += code ? static_cast<char>(*code) : text[i];
    if (code) i += 2;
  }
  return made;
}

std::vector<std::string_view> parts_of(std::string_view text, char between) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t at = text.find(between);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

template <typename Kind, std::size_t count>
std::optional<Kind> named(std::string_view name, const std::array<std::string_view, count>& names) {
  for (std::size_t i = 0; i < count; ++i) {
    if (names[i] == name) return static_cast<Kind>(i);
  }
  return std::nullopt;
}

std::optional<BisectRow> read_row(std::string_view line) {
  const auto parts = parts_of(line, '\t');
  const bool numbered = parts.size() == 8;  // else of a culprit that did not number its runs
  if (parts.size() != 7 && !numbered) return std::nullopt;
  const auto where = named<BisectRow::Where>(parts[0], where_names);
  const auto observation = named<Observation>(parts[2], observation_names);
  const auto seconds = number_in<double>(parts[3]);
  const auto ready = number_in<double>(parts[4]);
  const auto number = number_in<std::size_t>(numbered ? parts[7] : "0");
  if (!where || !observation || !seconds || !ready || !number) return std::nullopt;
  BisectRow row;
  row.where = *where;
  row.sha = parts[1];
  row.observation = *observation;
  row.seconds = *seconds;
  row.ready_seconds = *ready;
  row.fresh = parts[5] == "fresh";
  row.told = parts[5] == "told";
  row.reason = unescaped(parts[6]);
  row.timed_out = row.reason.starts_with(timed_out);
  row.number = *number;
  return row;
}

Error not_a_journal() {
  Error made = error(Fault::malformed, "this is no journal of a bisection");
  made.advice = "without --resume a new search begins";
  return made;
}

}  // namespace

std::string_view name_of(Observation observation) {
  return observation_names[static_cast<std::size_t>(observation)];
}

std::string bisect_head_line(const std::map<std::string, std::string>& head) {
  std::string line(title);
  for (const auto& [name, value] : head) line += fmt::format("\t{}={}", name, escaped(value));
  return line + "\n";
}

std::string bisect_row_line(const BisectRow& row) {
  return fmt::format(
      "{}\t{}\t{}\t{:.6f}\t{:.6f}\t{}\t{}\t{}\n", where_names[static_cast<std::size_t>(row.where)],
      row.sha, name_of(row.observation), row.seconds, row.ready_seconds,
      row.told ? "told" : (row.fresh ? "fresh" : "again"), escaped(row.reason), row.number);
}

Result<BisectJournal> read_bisect_journal(std::string_view text) {
  text = text.substr(0, text.rfind('\n') + 1);
  auto lines = parts_of(text, '\n');
  lines.pop_back();
  const auto head = lines.empty() ? std::vector<std::string_view>() : parts_of(lines[0], '\t');
  if (head.empty() || head[0] != title) return not_a_journal();
  BisectJournal journal;
  for (std::size_t i = 1; i < head.size(); ++i) {
    const std::size_t equals = head[i].find('=');
    if (equals == std::string_view::npos) return not_a_journal();
    journal.head[std::string(head[i].substr(0, equals))] = unescaped(head[i].substr(equals + 1));
  }
  for (std::size_t i = 1; i < lines.size(); ++i) {
    auto row = read_row(lines[i]);
    if (!row) return error(Fault::malformed, "line {} of the journal cannot be read", i + 1);
    journal.rows.push_back(std::move(*row));
  }
  return journal;
}

}  // namespace culprit
