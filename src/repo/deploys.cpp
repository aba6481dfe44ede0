#include "repo/deploys.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "repo/deploy_row.h"

namespace culprit {
namespace {

using nlohmann::json;

// Deeper than any deploy list nests; beyond it lies somebody's payload.
constexpr int depth_max = 6;

struct Rows {
  std::string format;
  std::vector<DeployRow> rows;
  std::size_t skipped = 0;
  std::optional<SkippedRow> first_skipped;

  void skip(std::size_t line, std::string why) {
    ++skipped;
    if (first_skipped && first_skipped->line <= line) return;
    first_skipped = SkippedRow{line, std::move(why)};
  }
};

std::string text_of(const json& value) {
  return value.is_string() ? value.get<std::string>()
                           : value.dump(-1, ' ', false, json::error_handler_t::replace);
}

// GitHub's list of statuses. One that succeeded stays so: "inactive" only says that a later deploy
// took its place. Times are RFC 3339 in UTC, which sort as text.
void add_statuses(const json& statuses, DeployRow& row) {
  std::string state;
  std::string at;
  for (const json& status : statuses) {
    if (!status.is_object() || !status.contains("state") || !status.contains("created_at"))
      continue;
    const std::string told = text_of(status["state"]);
    const std::string then = text_of(status["created_at"]);
    const bool succeeded = told == "success";
    const bool later = then > at && state != "success";
    if (!succeeded && !later && !state.empty()) continue;
    state = told;
    at = then;
  }
  if (!state.empty()) row.add("statuses.state", state);
  if (state == "success") row.add("statuses.finished_at", at);
}

void flatten(const json& value, const std::string& prefix, int depth, DeployRow& row) {
  for (const auto& [name, member] : value.items()) {
    if (member.is_object() && depth < depth_max) {
      flatten(member, prefix + name + ".", depth + 1, row);
    } else if (member.is_array()) {
      if (name == "statuses") add_statuses(member, row);
    } else if (!member.is_null()) {
      row.add(prefix + name, text_of(member));
    }
  }
}

bool has(const DeployRow& row, std::string_view name) { return !row.find({name}).empty(); }

std::string dialect_of(const std::vector<DeployRow>& rows, std::string_view otherwise) {
  for (const DeployRow& row : rows) {
    if (has(row, "statusesurl") || has(row, "statuses.state")) return "github";
    if (has(row, "iid") && (has(row, "environment.name") || has(row, "deployable.status"))) {
      return "gitlab";
    }
  }
  return std::string(otherwise);
}

Rows rows_of_array(const json& array) {
  Rows rows;
  std::size_t number = 0;
  for (const json& element : array) {
    ++number;
    if (!element.is_object()) {
      rows.skip(number, "it is not an object");
      continue;
    }
    rows.rows.push_back({number, {}});
    flatten(element, "", 0, rows.rows.back());
  }
  rows.format = dialect_of(rows.rows, "json");
  return rows;
}

// A page of an API's answer, {"deployments": [...], "total": 3}, is no deploy itself.
const json* list_within(const json& object) {
  for (const auto& [name, member] : object.items()) {
    if (names_a_time(name)) return nullptr;
  }
  for (const auto& [name, member] : object.items()) {
    if (name != "statuses" && member.is_array() && !member.empty() && member[0].is_object()) {
      return &member;
    }
  }
  return nullptr;
}

Rows rows_of_lines(std::string_view text) {
  Rows rows;
  std::size_t number = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    ++number;
    if (line.find_first_not_of(" \t\r") == line.npos) continue;
    const json value = json::parse(line, nullptr, false);
    if (!value.is_object()) {
      rows.skip(number, "it is not a JSON object");
      continue;
    }
    rows.rows.push_back({number, {}});
    flatten(value, "", 0, rows.rows.back());
  }
  rows.format = dialect_of(rows.rows, "ndjson");
  return rows;
}

// One record of CSV: quoted values may hold separators, quotes ("") and line ends.
struct Record {
  std::vector<std::string> values;
  std::size_t lines = 1;
};

Record take_record(std::string_view& text, char separator) {
  Record record;
  std::string value;
  bool quoted = false;
  std::size_t i = 0;
  for (; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted && c == '"' && i + 1 < text.size() && text[i + 1] == '"') {
      value += text[i++];
    } else if (c == '"' && (quoted || value.empty())) {
      quoted = !quoted;
    } else if (c == separator && !quoted) {
      record.values.push_back(std::exchange(value, {}));
    } else if (c == '\n' && !quoted) {
      break;
    } else if (c != '\r' || quoted) {
      value += c;
      if (c == '\n') ++record.lines;
    }
  }
  record.values.push_back(std::move(value));
  text.remove_prefix(std::min(i + 1, text.size()));
  return record;
}

char separator_of(std::string_view text) {
  const std::string_view header = text.substr(0, text.find('\n'));
  const auto count = [&](char c) { return std::count(header.begin(), header.end(), c); };
  char best = ',';
  for (char c : {';', '\t', '|'}) {
    if (count(c) > count(best)) best = c;
  }
  return best;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

Error no_time_column(const Record& header) {
  Error none = error(Fault::malformed, "no column of the deploy list says when: {}",
                     fmt::join(header.values, ", "));
  none.advice = "name one of them time, at, timestamp, created_at or deployed_at";
  return none;
}

Result<Rows> rows_of_csv(std::string_view text) {
  Rows rows;
  rows.format = "csv";
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  const auto blank = static_cast<std::size_t>(
      std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(first), '\n'));
  text.remove_prefix(first);
  const char separator = separator_of(text);
  const Record header = take_record(text, separator);
  if (std::none_of(header.values.begin(), header.values.end(),
                   [](const std::string& name) { return names_a_time(trimmed(name)); })) {
    return no_time_column(header);
  }
  std::size_t line = 1 + blank + header.lines;
  while (!text.empty()) {
    const Record record = take_record(text, separator);
    const std::size_t number = std::exchange(line, line + record.lines);
    if (record.values.size() == 1 && trimmed(record.values[0]).empty()) continue;
    if (record.values.size() > header.values.size()) {
      rows.skip(number, fmt::format("it has {} values for {} columns", record.values.size(),
                                    header.values.size()));
      continue;
    }
    rows.rows.push_back({number, {}});
    for (std::size_t i = 0; i < record.values.size(); ++i) {
      rows.rows.back().add(trimmed(header.values[i]), trimmed(record.values[i]));
    }
  }
  return rows;
}

Result<Rows> rows_of_array_text(std::string_view text) {
  const json array = json::parse(text, nullptr, false);
  if (array.is_array()) return rows_of_array(array);
  Error broken = error(Fault::malformed, "the deploy list begins as a JSON array but is not one");
  broken.advice = "see where it breaks: python3 -m json.tool FILE";
  return broken;
}

Result<Rows> rows_of(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (text[first] == '[') return rows_of_array_text(text);
  if (text[first] != '{') return rows_of_csv(text);
  const json whole = json::parse(text, nullptr, false);
  if (!whole.is_object()) return rows_of_lines(text);
  const json* list = list_within(whole);
  return list != nullptr ? rows_of_array(*list) : rows_of_array(json::array({whole}));
}

Error nothing_found(const DeployList& list) {
  Error none =
      error(Fault::malformed, "nothing in the deploy list is a deploy: {} rows", list.skipped);
  if (list.first_skipped) {
    none.what += fmt::format("; number {}: {}", list.first_skipped->line, list.first_skipped->why);
  }
  none.advice =
      "a row needs a time and a version, sha or name: "
      R"({"time": "2025-11-20T14:01:40Z", "version": "v1.9.0", "service": "payments"})";
  return none;
}

}  // namespace

Result<DeployList> read_deploys(std::string_view text, const Zone& zone) {
  if (text.substr(0, 3) == "\xEF\xBB\xBF") text.remove_prefix(3);
  if (text.find_first_not_of(" \t\r\n") == text.npos) {
    Error none = error(Fault::malformed, "the deploy list is empty");
    none.advice = "leave --deploys out where there are no deploys";
    return none;
  }
  Rows rows = TRY(rows_of(text));
  DeployList list;
  list.format = std::move(rows.format);
  for (const DeployRow& row : rows.rows) {
    DeployRead read = deploy_of(row, zone);
    if (!read.fault.empty()) {
      rows.skip(row.line, std::move(read.fault));
      continue;
    }
    list.zoneless += read.zoned ? 0 : 1;
    list.deploys.push_back(std::move(read.deploy));
  }
  list.skipped = rows.skipped;
  list.first_skipped = std::move(rows.first_skipped);
  if (list.deploys.empty()) return nothing_found(list);
  std::stable_sort(list.deploys.begin(), list.deploys.end(),
                   [](const Deploy& a, const Deploy& b) { return a.at < b.at; });
  return list;
}

}  // namespace culprit
