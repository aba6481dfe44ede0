#include "contrast/template_shapes.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <re2/re2.h>

#include "contrast/template_keys.h"
#include "contrast/template_words.h"

namespace culprit {
namespace {

// What programs call the errors that the C library has other words for.
constexpr std::array own_error_texts = {"Success",
                                        "Timed out",
                                        "Operation timed out",
                                        "I/o timeout",
                                        "Unexpected EOF",
                                        "End of file",
                                        "Unexpected end of input",
                                        "Host unreachable",
                                        "Network unreachable",
                                        "Context canceled",
                                        "Context deadline exceeded"};

// Those of the C library, in no language but its own, and ours. Go has the former with a small
// first letter.
std::vector<std::string> error_texts() {
  std::vector<std::string> texts(own_error_texts.begin(), own_error_texts.end());
  for (int code = 1; code <= EHWPOISON; ++code) {  // the last one of Linux
    const char* text = ::strerrordesc_np(code);
    if (text != nullptr && text[0] >= 'A' && text[0] <= 'Z') texts.emplace_back(text);
  }
  return texts;
}

constexpr std::string_view months = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)";

// "(?:[Nn]o such process|...)", the longest first.
std::string any_error() {
  std::vector<std::string> texts = error_texts();
  std::stable_sort(texts.begin(), texts.end(),
                   [](const std::string& a, const std::string& b) { return a.size() > b.size(); });
  std::string all = "(?:";
  for (const std::string& text : texts) {
    const char first = text.front();
    all += all.size() > 3 ? "|[" : "[";
    all += first;
    all += static_cast<char>(first - 'A' + 'a');
    all += "]" + RE2::QuoteMeta(std::string_view(text).substr(1));
  }
  return all + ")";
}

std::string shaped(std::string_view text) {
  static const std::string errors = any_error();
  static const RE2 leading("^" + errors + " ([a-z])");
  static const RE2 introduced("(\\b(?:[Ss]tatement|[Qq]uery|SQL|sql|[Cc]ommand|cmd): )\\S.*$");
  static const RE2 sql(
      "(\\) |: )(?:SELECT |INSERT INTO |DELETE FROM |UPDATE \\S+ SET |BEGIN;|EXPLAIN |SHOW |"
      "(?:CREATE|ALTER|DROP|TRUNCATE|ATTACH|DETACH|RENAME|OPTIMIZE) (?:OR REPLACE |TEMPORARY |"
      "UNIQUE |MATERIALIZED )?(?:TABLE|VIEW|DATABASE|SCHEMA|INDEX|USER|ROLE|FUNCTION) ).*$");
  static const RE2 date("(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? )?" + std::string(months) +
                        " <\\*>(?: <\\*>)*");
  static const RE2 day_first("<\\*> " + std::string(months) + " <\\*>(?: <\\*>)*");
  static const RE2 error("(^|[:(,] ?|\\[\\w+\\] |<\\*>\\)? ?)" + errors +
                         "($|[:;,)\\]]|\\.(?:$| )| [\\[(])");
  static const RE2 placeholder("<[A-Za-z][\\w -]{0,40}>");
  static const RE2 dotted("(^|[^\\w.-])[A-Za-z_][\\w-]*(?:\\.[\\w-]+)+");
  static const RE2 arrow("(^|[\\s(\\[])[\\w.:<>*-]*[\\w>] (->|=>) [\\w<][\\w.<>*-]*");
  static const RE2 list("(^|[ (\\[])(?:[\\w<>*.-]*[\\w>], ){2,}[\\w<>*.-]*[\\w>]");
  static const RE2 joined("<\\*>(?:[:,./#@+|-]*<\\*>)+");
  std::string made(text);
  RE2::Replace(&made, leading, "<*> \\1");
  RE2::Replace(&made, introduced, "\\1<*>");
  RE2::Replace(&made, sql, "\\1<*>");
  RE2::GlobalReplace(&made, date, "<*>");
  RE2::GlobalReplace(&made, day_first, "<*>");
  std::string without_errors = made;
  RE2::GlobalReplace(&without_errors, error, "\\1<*>\\2");
  if (has_own_words(without_errors)) made = std::move(without_errors);
  RE2::GlobalReplace(&made, placeholder, "<*>");
  RE2::GlobalReplace(&made, dotted, "\\1<*>");
  RE2::GlobalReplace(&made, arrow, "\\1<*> \\2 <*>");
  RE2::GlobalReplace(&made, list, "\\1<*>");
  RE2::GlobalReplace(&made, joined, "<*>");
  return made;
}

bool is_name_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '.';
}

bool is_value_byte(char c) {
  return is_name_byte(c) || (c >= '0' && c <= '9') || c == '*' || c == '-';
}

// A `key:value` without a space, and not a part of something longer ("a::b", "a:b:c", "a:/b").
struct ColonPair {
  std::size_t key = 0;
  std::size_t colon = 0;
  std::size_t end = 0;
};

std::vector<ColonPair> colon_pairs(std::string_view text) {
  std::vector<ColonPair> found;
  for (std::size_t colon = text.find(':'); colon != text.npos; colon = text.find(':', colon + 1)) {
    std::size_t key = colon;
    while (key > 0 && is_name_byte(text[key - 1])) --key;
    const char before = key > 0 ? text[key - 1] : ' ';
    const bool apart = !(before >= '0' && before <= '9') && before != ':' && before != '>';
    std::size_t end = colon + 1;
    if (end < text.size() && is_name_byte(text[end]) && text[end] != '.') {
      while (end < text.size() && is_value_byte(text[end])) ++end;
    }
    const char behind = end < text.size() ? text[end] : ' ';
    if (colon < key + 2 || end == colon + 1 || !apart || behind == ':' || behind == '/') continue;
    if (text[key] != '.' && text[colon - 1] != '.' && text[colon - 1] != '_') {
      found.push_back({key, colon, end});
    }
  }
  return found;
}

using Values = std::map<std::string, std::set<std::string>, std::less<>>;

// Without the values of those keys that have more than one.
std::string without_colon_values(const std::string& text, const Values& values) {
  std::string made;
  std::size_t at = 0;
  for (const ColonPair& pair : colon_pairs(text)) {
    const auto known = values.find(std::string_view(text).substr(pair.key, pair.colon - pair.key));
    if (known == values.end() || known->second.size() < 2) continue;
    made += text.substr(at, pair.colon + 1 - at) + "<*>";
    at = pair.end;
  }
  return made + text.substr(at);
}

}  // namespace

std::map<std::string, std::string> without_shapes(const std::map<std::string, double>& skeletons) {
  std::map<std::string, std::string> made;
  Values values;
  for (const auto& [text, lines] : skeletons) {
    const std::string& one = made[text] = shaped(text);
    for (const ColonPair& pair : colon_pairs(one)) {
      values[one.substr(pair.key, pair.colon - pair.key)].insert(
          one.substr(pair.colon + 1, pair.end - pair.colon - 1));
    }
  }
  for (auto& [text, one] : made) one = without_colon_values(one, values);
  keep_steady_keys(made);
  return made;
}

}  // namespace culprit
