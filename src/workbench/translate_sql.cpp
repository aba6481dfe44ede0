#include <fmt/ranges.h>

#include "event/outcome.h"
#include "workbench/translate_parts.h"

namespace culprit {
namespace {

std::string doubled(std::string_view text, char quote) {
  std::string quoted(1, quote);
  for (const char c : text) quoted += c == quote ? std::string(2, c) : std::string(1, c);
  return quoted + quote;
}

std::string literal(std::string_view text) { return doubled(text, '\''); }
std::string column(std::string_view field) { return doubled(field, '"'); }

std::string like_pattern(std::string_view glob) {
  std::string pattern;
  for (const char c : glob) {
    if (c == '%' || c == '_' || c == '!') pattern += '!';
    pattern += c == '*' ? '%' : c == '?' ? '_' : c;
  }
  return literal(pattern) + (pattern.find('!') == std::string::npos ? "" : " escape '!'");
}

std::string number(const std::string& name) { return fmt::format("try_cast({} as double)", name); }

std::string equality(const std::string& name, const Operand& operand) {
  if (operand.glob) return fmt::format("{} like {}", name, like_pattern(operand.text));
  std::string text = fmt::format("{} = {}", name, literal(operand.text));
  if (!operand.number || number_in(operand.text)) return text;
  return fmt::format("({} or {} = {})", text, number(name), *operand.number);
}

std::string list(const std::string& name, const Expr& leaf) {
  std::string texts, rest;
  for (const Operand& operand : leaf.operands) {
    const bool plain = !operand.glob && (!operand.number || number_in(operand.text));
    std::string& to = plain ? texts : rest;
    to += plain ? (texts.empty() ? "" : ", ") + literal(operand.text)
                : (rest.empty() ? "" : " or ") + equality(name, operand);
  }
  if (texts.empty()) return fmt::format("({})", rest);
  const std::string in = fmt::format("{} in ({})", name, texts);
  return rest.empty() ? in : fmt::format("({} or {})", in, rest);
}

std::string leaf_condition(const Expr& leaf) {
  const std::string name = column(leaf.field);
  if (leaf.op == Expr::Op::has) return name + " is not null";
  const Operand& first = leaf.operands.front();
  switch (leaf.comparison) {
    case Comparison::equal: return equality(name, first);
    case Comparison::differs: return fmt::format("not {}", equality(name, first));
    case Comparison::less: return fmt::format("{} < {}", number(name), first.number.value_or(0));
    case Comparison::at_most:
      return fmt::format("{} <= {}", number(name), first.number.value_or(0));
    case Comparison::more: return fmt::format("{} > {}", number(name), first.number.value_or(0));
    case Comparison::at_least:
      return fmt::format("{} >= {}", number(name), first.number.value_or(0));
    case Comparison::matches:
      return fmt::format("regexp_matches({}, {})", name, literal(first.text));
    case Comparison::in: return list(name, leaf);
  }
  return {};
}

// A missing field makes a comparison null, which counts as false everywhere but under `not`.
std::string condition(const Expr& expr, const LeafText& leaf) {
  return joined(expr, {"true", "not coalesce(", ", false)", leaf});
}

std::string json_pointer_part(std::string_view name) {
  std::string part;
  for (const char c : name) {
    part += c == '~' ? std::string("~0") : c == '/' ? std::string("~1") : std::string(1, c);
  }
  return part;
}

// The ways in which nested objects may spell a dotted name: as one key, or a key a part.
std::vector<std::string> pointers(const std::string& field) {
  std::string nested = "/";
  for (const char c : json_pointer_part(field)) nested += c == '.' ? '/' : c;
  const std::string flat = "/" + json_pointer_part(field);
  if (nested == flat) return {flat};
  return {flat, nested};
}

// Whether it makes a difference that a field is null and not missing.
bool asks_for_null(const Expr& expr, const std::string& field) {
  for (const Expr& part : expr.parts) {
    if (asks_for_null(part, field)) return true;
  }
  if (expr.field != field) return false;
  if (expr.op == Expr::Op::has || expr.comparison == Comparison::differs) return true;
  return expr.op == Expr::Op::compare && value_holds(expr, "null");
}

enum class Null : std::uint8_t { missing, text };

// As text. ->> makes a JSON null look like a missing field.
std::string field_text(const std::string& field, Null null) {
  std::vector<std::string> texts;
  for (const std::string& pointer : pointers(field)) {
    texts.push_back(fmt::format("json->>{}", literal(pointer)));
  }
  if (null == Null::text) {
    for (const std::string& pointer : pointers(field)) {
      texts.push_back(fmt::format("cast(json->{} as varchar)", literal(pointer)));
    }
  }
  if (texts.size() == 1) return texts.front();
  return fmt::format("coalesce({})", fmt::join(texts, ", "));
}

// A text without a zone is UTC, whatever zone the session is in.
std::string instant(const std::string& field) {
  return fmt::format(
      "coalesce(try_cast(case when regexp_matches({0}, '([Zz]|[+-]\\d\\d:?\\d\\d)$') then {0} "
      "else {0} || 'Z' end as timestamptz), to_timestamp(case when {1} > 1e17 then {1} / 1e9 "
      "when {1} > 1e14 then {1} / 1e6 when {1} > 1e11 then {1} / 1e3 else {1} end))",
      column(field), number(column(field)));
}

std::string timestamp(Time time) { return fmt::format("timestamptz '{}'", to_string(time)); }

std::string inside(const char* name, Window window) {
  return fmt::format("({0} >= {1} and {0} < {2})", name, timestamp(window.from),
                     timestamp(window.to));
}

// The first that is not null, the largest that is not null.
std::string chosen(const char* function, const std::vector<std::string>& parts) {
  if (parts.empty()) return "null";
  if (parts.size() == 1) return parts.front();
  return fmt::format("{}({})", function, fmt::join(parts, ", "));
}

std::string literals(std::span<const std::string_view> words) {
  std::string text;
  for (const std::string_view word : words) text += (text.empty() ? "" : ", ") + literal(word);
  return text;
}

// 1: the event says that it failed, 0: that it did not; the last such event decides.
std::string verdict(const OutcomeRule& rule) {
  std::vector<std::string> parts;
  if (rule.how == OutcomeRule::How::given) return "null";
  for (const std::string& field : rule.status_fields) {
    const std::string value = number(column(field));
    parts.push_back(fmt::format(
        "case when {0} >= 500 and {0} < 600 then 1 when {0} >= 100 and {0} < 500 then 0 end",
        value));
  }
  for (const std::string& field : rule.success_fields) {
    parts.push_back(
        fmt::format("case when lower({0}) in ({1}) then 1 when lower({0}) in ({2}) "
                    "then 0 end",
                    column(field), literals(words_of_failure()), literals(words_of_success())));
  }
  return chosen("greatest", parts);
}

std::string severity_case(const std::string& field) {
  std::string severe, other;
  for (const Level level : {Level::error, Level::fatal}) {
    severe += (severe.empty() ? "" : ", ") + literals(words_of(level));
  }
  for (const Level level : {Level::trace, Level::debug, Level::info, Level::warn}) {
    other += (other.empty() ? "" : ", ") + literals(words_of(level));
  }
  return fmt::format(
      "case when lower({0}) in ({1}) or regexp_matches({0}, '^[56]\\d$') then 1 "
      "when lower({0}) in ({2}) or regexp_matches({0}, '^[1-4]\\d$') then 0 end",
      column(field), severe, other);
}

// What an event says besides, which counts where no event of the unit has a verdict.
std::string hint(const Verification& finding) {
  const OutcomeRule& rule = finding.rule;
  if (rule.how == OutcomeRule::How::given) {
    const std::string good =
        rule.good ? fmt::format("when coalesce({}, false) then 0", sql_of(*rule.good)) : "else 0";
    return fmt::format("case when coalesce({}, false) then 1 {} end", sql_of(*rule.bad), good);
  }
  std::vector<std::string> parts, levels;
  for (const std::string& field : rule.exception_fields) {
    parts.push_back(fmt::format("case when {} not in ('', 'null') then 1 end", column(field)));
  }
  if (rule.levels) {
    for (const std::string& field : finding.level_fields) levels.push_back(severity_case(field));
    parts.push_back(chosen("coalesce", levels));
  }
  return chosen("greatest", parts);
}

// A column of text for each field that the query asks about.
std::string lines_table(const Verification& finding, std::span<const QueryFile> files) {
  const auto null_of = [&finding](const std::string& field) {
    const OutcomeRule& rule = finding.rule;
    const bool asks = asks_for_null(finding.where, field) ||
                      (rule.bad && asks_for_null(*rule.bad, field)) ||
                      (rule.good && asks_for_null(*rule.good, field));
    return asks ? Null::text : Null::missing;
  };
  std::vector<std::string> columns, names;
  for (const std::string& field : fields_of(finding)) {
    columns.push_back(fmt::format("{} as {}", field_text(field, null_of(field)), column(field)));
  }
  for (const QueryFile& file : files) names.push_back(literal(file.name));
  return fmt::format("select {} from read_ndjson_objects([{}], ignore_errors = true)",
                     fmt::join(columns, ", "), fmt::join(names, ", "));
}

// Each line with its time, its unit and what it says of the outcome.
std::string events_table(const Verification& finding) {
  std::vector<std::string> instants, ids;
  for (const std::string& field : finding.time_fields) instants.push_back(instant(field));
  for (const std::string& field : finding.unit_fields) {
    ids.push_back(fmt::format("nullif(nullif({}, ''), '-')", column(field)));
  }
  return fmt::format(
      "select *, {} as culprit_time, {} as culprit_unit, {} as culprit_verdict, {} as culprit_hint "
      "from line",
      chosen("coalesce", instants), chosen("coalesce", ids), verdict(finding.rule), hint(finding));
}

std::string units_table(const Verification& finding) {
  if (finding.unit_fields.empty()) {
    return fmt::format(
        "select culprit_time as t, coalesce({}, false) as segment, coalesce(culprit_verdict, "
        "culprit_hint) as bad "
        "from event where {}",
        sql_of(finding.where), inside("culprit_time", finding.evidence));
  }
  const LeafText any = [](const Expr& leaf) {
    return fmt::format("bool_or({})", leaf_condition(leaf));
  };
  // Of two verdicts at one instant the failure counts.
  return fmt::format(
      "select min(culprit_time) as t, coalesce({}, false) as segment, "
      "coalesce(arg_max(culprit_verdict, epoch_us(culprit_time) * 2 + culprit_verdict), "
      "max(culprit_hint)) as bad "
      "from event where culprit_unit is not null and (culprit_time is null or {}) group by "
      "culprit_unit",
      condition(without_differs(finding.where), any), inside("culprit_time", finding.evidence));
}

}  // namespace

std::string sql_of(const Expr& expr) { return condition(expr, leaf_condition); }

std::string sql_query(const Verification& finding, std::span<const QueryFile> files) {
  std::string period = "case", inside_any;
  for (const auto& [name, window] : windows_of(finding)) {
    const std::string is = inside("t", window);
    period += fmt::format(" when {} then '{}'", is, name);
    inside_any += (inside_any.empty() ? "" : " or ") + is;
  }
  return fmt::format(
      "with line as ({}), event as ({}), unit as ({}) select segment, {} end as period, "
      "count(*) filter (where bad = 1) as bad, count(*) as total from unit "
      "where bad is not null and ({}) group by 1, 2 order by 1 desc, 2 desc;",
      lines_table(finding, files), events_table(finding), units_table(finding), period, inside_any);
}

}  // namespace culprit
