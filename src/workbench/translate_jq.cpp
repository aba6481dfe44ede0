#include <algorithm>
#include <cmath>

#include "event/outcome.h"
#include "event/quantity.h"
#include "workbench/translate_parts.h"

namespace culprit {
namespace {

// Functions of jq. `get` yields the values of a field as the NDJSON reader sees them: an array
// stands for its first eight elements, an object for none; dotted names walk nested objects.
constexpr std::string_view leaves_text = R"jq(
def leaves: if type == "array" then limit(8; .[]) | leaves elif type == "object" then empty
  else . end; )jq";
constexpr std::string_view get_text = R"jq(
def get($n): select(has($n)) | .[$n] | leaves; )jq";
constexpr std::string_view get_dotted_text = R"jq(
def get($n): if type == "array" then limit(8; .[]) | get($n) elif type == "object" then
    (select(has($n)) | .[$n] | leaves),
    (select($n | contains(".")) | to_entries[] | .key as $k | select($n | startswith($k + "."))
      | .value | get($n[($k | length) + 1:]))
  else empty end; )jq";

constexpr std::string_view number_text = R"jq(
def number: if type == "number" then . elif type == "string"
    and test("^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?$")
  then ltrimstr("+") | tonumber else empty end; )jq";

// $scale: the field's unit in nanoseconds or bytes.
constexpr std::string_view quantity_text = R"jq(
def quantity($units; $scale): number, (strings
  | select(test("^[+-]?([0-9]+([.][0-9]*)?(" + ($units | keys | join("|")) + "))+$"))
  | (if startswith("-") then -1 else 1 end)
    * ([scan("([0-9.]+)([^0-9.]+)") | (.[0] | tonumber) * $units[.[1]]] | add) / $scale); )jq";
constexpr std::string_view duration_text = R"jq(
def duration($scale): quantity({"ns": 1, "us": 1e3, "µs": 1e3, "ms": 1e6, "s": 1e9, "m": 60e9,
  "min": 60e9, "h": 3600e9, "d": 86400e9}; $scale); )jq";
constexpr std::string_view size_text = R"jq(
def size($scale): quantity({"B": 1, "kB": 1e3, "KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12,
  "KiB": 1024, "MiB": 1048576, "GiB": 1073741824, "TiB": 1099511627776}; $scale); )jq";

// Microseconds since 1970, whole ones: what a double holds exactly.
constexpr std::string_view micros_text = R"jq(
def micros: if type == "number" then (if . > 1e17 then . / 1e3 | floor elif . > 1e14 then .
    elif . > 1e11 then . * 1e3 else . * 1e6 | round end)
  elif type != "string" then null
  elif test("^[0-9.]+$") then tonumber | micros
  else capture("^(?<d>[0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ](?<c>[0-9]{2}:[0-9]{2}:[0-9]{2})"
      + "([.,](?<f>[0-9]+))?\\s*([Zz]|(?<s>[+-])(?<h>[0-9]{2}):?(?<m>[0-9]{2}))?$")
    | ((.d + "T" + .c + "Z" | fromdateiso8601)
      - (if .s then (.s + "1" | tonumber) * ((.h | tonumber) * 3600 + (.m | tonumber) * 60)
        else 0 end)) * 1000000
      + ((.f // "") + "000000" | .[:6] | tonumber)
  end; )jq";

bool has_unit(const Operand& operand) { return operand.number && !number_in(operand.text); }

bool is_ordered(const Expr& leaf) {
  return leaf.comparison == Comparison::less || leaf.comparison == Comparison::at_most ||
         leaf.comparison == Comparison::more || leaf.comparison == Comparison::at_least;
}

bool is_size(const Operand& operand) { return has_unit(operand) && operand.text.back() == 'B'; }
bool is_duration(const Operand& operand) { return has_unit(operand) && !is_size(operand); }

// The filter that yields a value's number where it has one.
std::string number_filter(const Expr& leaf, const Operand& operand) {
  if (!has_unit(operand)) return "number";
  const bool size = is_size(operand);
  const std::optional<double> least = quantity_in(leaf.field, size ? "1B" : "1ns");
  return fmt::format("{}({})", size ? "size" : "duration", std::round(1 / least.value_or(1)));
}

std::string equality(const Expr& leaf, const Operand& operand) {
  if (operand.glob) {
    const std::string whole = fmt::format("\\A(?s:{})\\z", regex_of_glob(operand.text));
    return fmt::format("(tostring | test({}))", json_quoted(whole));
  }
  const std::string text = fmt::format("tostring == {}", json_quoted(operand.text));
  if (has_unit(operand)) {
    return fmt::format("{} or any({}; . == {})", text, number_filter(leaf, operand),
                       *operand.number);
  }
  if (operand.text == "null") return ". == null or " + text;
  return spells_json_number(operand.text) ? fmt::format(". == {} or {}", operand.text, text) : text;
}

std::string_view ordering(Comparison comparison) {
  switch (comparison) {
    case Comparison::less: return "<";
    case Comparison::at_most: return "<=";
    case Comparison::more: return ">";
    default: return ">=";
  }
}

std::string leaf_filter(const Expr& leaf) {
  const std::string get = fmt::format("get({})", json_quoted(leaf.field));
  if (leaf.op == Expr::Op::has) return fmt::format("any({}; true)", get);
  const Operand& first = leaf.operands.front();
  if (is_ordered(leaf)) {
    return fmt::format("any({} | {}; . {} {})", get, number_filter(leaf, first),
                       ordering(leaf.comparison), first.number.value_or(0));
  }
  if (leaf.comparison == Comparison::matches) {
    return fmt::format("any({} | tostring; test({}))", get, json_quoted(first.text));
  }
  std::string test;
  for (const Operand& operand : leaf.operands) {
    if (!test.empty()) test += " or ";
    test += equality(leaf, operand);
  }
  return fmt::format("any({}; {})", get, test);
}

std::string filter(const Expr& expr, const LeafText& leaf) {
  return joined(without_differs(expr), {"true", "(", " | not)", leaf});
}

// One line: what is indented above is readable only here.
std::string on_one_line(std::string_view text) {
  std::string line;
  for (const char c : text) {
    const bool space = c == ' ' || c == '\n';
    if (!space) {
      line += c;
    } else if (!line.empty() && line.back() != ' ') {
      line += ' ';
    }
  }
  return line;
}

std::int64_t micros(Time time) {
  return std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch()).count();
}

// The values of all these fields, one after another.
std::string gets(const std::vector<std::string>& fields) {
  std::string text;
  for (const std::string& field : fields) {
    text += fmt::format("{}get({})", text.empty() ? "" : ", ", json_quoted(field));
  }
  return text.empty() ? "empty" : fmt::format("({})", text);
}

std::string words(std::span<const std::string_view> words) {
  std::string text;
  for (const std::string_view word : words) text += (text.empty() ? "" : ", ") + json_quoted(word);
  return text;
}

// What an event says of its unit's outcome: true, false or null. The last such verdict decides.
std::string verdict_text(const OutcomeRule& rule) {
  std::string parts;
  if (!rule.status_fields.empty()) {
    parts = gets(rule.status_fields) + " | number | select(. >= 100 and . < 600) | . >= 500";
  }
  if (!rule.success_fields.empty()) {
    parts = (parts.empty() ? "" : fmt::format("({}), ", parts)) +
            fmt::format(
                "({} | tostring | ascii_downcase | if IN({}) then true elif IN({}) "
                "then false else empty end)",
                gets(rule.success_fields), words(words_of_failure()), words(words_of_success()));
  }
  return parts.empty() ? "null" : fmt::format("([{}] | max)", parts);
}

// What it says besides, which counts where no event of the unit has a verdict.
std::string hint_text(const Verification& finding) {
  const OutcomeRule& rule = finding.rule;
  if (rule.how == OutcomeRule::How::given) {
    const std::string good =
        !rule.good ? "false" : fmt::format("if {} then false else null end", jq_of(*rule.good));
    return fmt::format("(if {} then true else {} end)", jq_of(*rule.bad), good);
  }
  std::string parts;
  if (!rule.exception_fields.empty()) {
    parts = fmt::format("({} | tostring | select(. != \"\" and . != \"null\") | true)",
                        gets(rule.exception_fields));
  }
  if (rule.levels) {
    parts += fmt::format("{}(first({} | severity) | . >= 5)", parts.empty() ? "" : ", ",
                         gets(finding.level_fields));
  }
  return parts.empty() ? "null" : fmt::format("([{}] | max)", parts);
}

std::string severity_text() {
  std::string names;
  for (int level = static_cast<int>(Level::trace); level <= static_cast<int>(Level::fatal);
       ++level) {
    for (const std::string_view word : words_of(static_cast<Level>(level))) {
      names += fmt::format("{}{}: {}", names.empty() ? "" : ", ", json_quoted(word), level);
    }
  }
  return fmt::format(
      " def severity: tostring | ascii_downcase | {{{}}}[.] "
      "// (select(test(\"^[1-6][0-9]$\")) | .[:1] | tonumber); ",
      names);
}

std::string time_text(const Verification& finding) {
  return fmt::format("(first({} | micros? | values) // null)", gets(finding.time_fields));
}

// How a unit's state $s takes in one event: [start, time and text of the verdict, hint, leaves...].
std::string folded_text(std::size_t leaves) {
  std::string text =
      "[([$s[0], $t] | map(numbers) | min), "
      "(if $v == null then $s[1], $s[2] elif $s[2] == null or $t > $s[1] then $t, $v "
      "elif $t == $s[1] then $t, ($s[2] or $v) else $s[1], $s[2] end), ([$s[3], $h] | max)";
  for (std::size_t i = 0; i < leaves; ++i) text += fmt::format(", ($s[{}] or $l[{}])", i + 4, i);
  return text + "]";
}

// Each event as [id, time, verdict, hint, leaves].
std::string events_text(const Verification& finding, const std::vector<Expr>& leaves) {
  std::string seen;
  for (const Expr& leaf : leaves) {
    seen += fmt::format("{}({})", seen.empty() ? "" : ", ", leaf_filter(leaf));
  }
  return fmt::format(
      "inputs | fromjson? | objects "
      "| [(first({} | values | tostring | select(. != \"\" and . != \"-\")) // null), {}, {}, {}, "
      "[{}]] | select(.[0] != null and (.[1] == null or (.[1] >= {} and .[1] < {})))",
      gets(finding.unit_fields), time_text(finding), verdict_text(finding.rule), hint_text(finding),
      seen, micros(finding.evidence.from), micros(finding.evidence.to));
}

// What one unit counts as: [time, in the segment, bad]. Events are folded into units first where
// a unit is more than one. What folds must leave nothing to be tried again (no `//`, no `|=`): jq
// would keep the old state for that and copy all of it for each event.
std::string units_text(const Verification& finding) {
  if (finding.unit_fields.empty()) {
    return fmt::format(
        "(inputs | fromjson? | objects | [{}, ({}), ({} as $v | if $v != null then $v else {} "
        "end)] | select(.[0] != null and .[0] >= {} and .[0] < {}))",
        time_text(finding), jq_of(finding.where), verdict_text(finding.rule), hint_text(finding),
        micros(finding.evidence.from), micros(finding.evidence.to));
  }
  const std::vector<Expr> leaves = leaves_of(without_differs(finding.where));
  const LeafText place = [&leaves](const Expr& leaf) {
    return fmt::format(".[{}]", place_of(leaf, leaves) + 4);
  };
  return fmt::format(
      "(reduce ({}) as [$u, $t, $v, $h, $l] ({{}}; .[$u] as $s | setpath([$u]; {})) "
      "| .[] | [.[0], ({}), (if .[2] != null then .[2] else .[3] end)])",
      events_text(finding, leaves), folded_text(leaves.size()), filter(finding.where, place));
}

// Where all are plain files jq opens them itself.
std::string reading(const std::string& jq, std::span<const QueryFile> files) {
  const bool packed = std::any_of(files.begin(), files.end(),
                                  [](const QueryFile& file) { return !file.packing.empty(); });
  std::string text = packed ? "{" : jq;
  for (const QueryFile& file : files) {
    const char* unpacks = !packed                  ? ""
                          : file.packing == "gzip" ? " gzip -dc"
                          : file.packing == "zstd" ? " zstd -dc"
                          : file.packing == "xz"   ? " xz -dc"
                                                   : " cat";
    text += fmt::format("{} {}{}", unpacks, shell_quoted(file.name), packed ? ";" : "");
  }
  return packed ? fmt::format("{} }} | {}", text, jq) : text;
}

// What stands before the program: the functions that it uses.
std::string definitions(const Verification& finding) {
  const OutcomeRule& rule = finding.rule;
  std::vector<Expr> exprs = {finding.where};
  if (rule.bad) exprs.push_back(*rule.bad);
  if (rule.good) exprs.push_back(*rule.good);
  // Statuses are compared as numbers.
  if (!rule.status_fields.empty()) {
    exprs.push_back(compares(rule.status_fields.front(), Comparison::at_least, status_bad_min));
  }
  std::string text = jq_prelude(exprs, fields_of(finding)) + on_one_line(micros_text);
  if (rule.how == OutcomeRule::How::status && rule.levels) text += on_one_line(severity_text());
  return text;
}

}  // namespace

std::string jq_of(const Expr& expr) { return filter(expr, leaf_filter); }

std::string jq_prelude(std::span<const Expr> exprs, std::span<const std::string> other_fields) {
  bool dotted = std::any_of(other_fields.begin(), other_fields.end(), [](const std::string& name) {
    return name.find('.') != std::string::npos;
  });
  bool numbers = false, durations = false, sizes = false;
  for (const Expr& expr : exprs) {
    for (const Expr& leaf : leaves_of(expr)) {
      const auto any = [&leaf](bool (*is)(const Operand&)) {
        return std::any_of(leaf.operands.begin(), leaf.operands.end(), is);
      };
      dotted = dotted || leaf.field.find('.') != std::string::npos;
      durations = durations || any(is_duration);
      sizes = sizes || any(is_size);
      numbers = numbers || durations || sizes || is_ordered(leaf);
    }
  }
  std::string text = fmt::format("{}{}", leaves_text, dotted ? get_dotted_text : get_text);
  if (numbers) text += number_text;
  if (durations || sizes) text += quantity_text;
  if (durations) text += duration_text;
  if (sizes) text += size_text;
  return on_one_line(text);
}

std::string jq_query(const Verification& finding, std::span<const QueryFile> files) {
  const auto windows = windows_of(finding);
  std::string names, place = "null";
  for (std::size_t i = windows.size(); i-- > 0;) {
    names = json_quoted(windows[i].first) + (names.empty() ? "" : ", ") + names;
    place = fmt::format("if $t >= {} and $t < {} then {} else {} end",
                        micros(windows[i].second.from), micros(windows[i].second.to), i, place);
  }
  const std::string program = fmt::format(
      "{}reduce {} as [$t, $segment, $bad] ({{}}; "
      "(if $t == null or $bad == null then null else {} end) as $w "
      "| if $w == null then . else .[\"\\($segment) \\($w)\"] |= "
      "[.[0] + (if $bad then 1 else 0 end), .[1] + 1] end) "
      "| . as $counts | (true, false) as $segment | ([{}] | to_entries[]) as $w "
      "| ($counts[\"\\($segment) \\($w.key)\"] // [0, 0]) as [$bad, $total] "
      "| {{$segment, when: $w.value, $bad, $total}}",
      definitions(finding), units_text(finding), place, names);
  return reading("jq -nRc " + shell_quoted(program), files);
}

}  // namespace culprit
