#include "experiment/load/data_rows.h"

#include <algorithm>

#include "experiment/load/json_path.h"

namespace culprit {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

// Cells of one record; it ends behind its line break, which may stand in quotes too.
struct Record {
  std::vector<std::string> cells = {""};
  std::size_t bytes = 0;
};

std::optional<Record> csv_record(std::string_view text) {
  Record record;
  bool quoted = false;
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    std::string& cell = record.cells.back();
    if (quoted) {
      const bool doubled = c == '"' && text.substr(at + 1).starts_with('"');
      if (c == '"' && !doubled)
        quoted = false;
      else
        cell += c;
      at += doubled ? 1 : 0;
    } else if (c == '"' && cell.empty()) {
      quoted = true;
    } else if (c == ',') {
      record.cells.emplace_back();
    } else if (c == '\n') {
      break;
    } else if (c != '\r' || !text.substr(at + 1).starts_with('\n')) {
      cell += c;
    }
  }
  if (quoted) return std::nullopt;
  record.bytes = std::min(at + 1, text.size());
  return record;
}

std::size_t lines_in(std::string_view text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

Result<LoadData> csv_rows(std::string_view text) {
  LoadData data;
  std::size_t line = 1;
  while (!text.empty()) {
    auto record = csv_record(text);
    if (!record) return error(Fault::usage, "line {}: a quote does not end", line);
    const std::size_t at = line;
    line += lines_in(text.substr(0, record->bytes));
    text.remove_prefix(record->bytes);
    if (record->cells.size() == 1 && record->cells.front().empty()) continue;
    if (data.columns.empty()) {
      data.columns = std::move(record->cells);
      continue;
    }
    if (record->cells.size() != data.columns.size()) {
      return error(Fault::usage, "line {}: {} values for {} columns", at, record->cells.size(),
                   data.columns.size());
    }
    data.rows.push_back(std::move(record->cells));
  }
  return data;
}

Result<LoadData> json_rows(std::string_view text) {
  LoadData data;
  for (std::size_t line = 1; !text.empty(); ++line) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view row = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (row.find_first_not_of(" \t\r") == row.npos) continue;
    const auto members = json_members(row);
    if (!members) return error(Fault::usage, "line {}: no object of JSON", line);
    if (data.columns.empty()) {
      for (const JsonMember& member : *members) data.columns.push_back(member.name);
    }
    std::vector<std::string>& cells = data.rows.emplace_back(data.columns.size());
    for (const JsonMember& member : *members) {
      const auto column = std::find(data.columns.begin(), data.columns.end(), member.name);
      if (column == data.columns.end()) continue;
      cells[static_cast<std::size_t>(column - data.columns.begin())] = member.value;
    }
  }
  return data;
}

}  // namespace

Result<LoadData> data_rows(std::string_view text) {
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  const bool json = first != text.npos && text[first] == '{';
  LoadData data = TRY(json ? json_rows(text) : csv_rows(text));
  if (data.rows.empty()) return error(Fault::usage, "there is no row of data");
  return data;
}

}  // namespace culprit
