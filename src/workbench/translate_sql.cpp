#include <set>

#include <fmt/ranges.h>

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

std::string lines_table(const Verification& finding, std::span<const std::string> files) {
  std::set<std::string> fields = {finding.time_field};
  if (!finding.unit_field.empty()) fields.insert(finding.unit_field);
  for (const Expr* expr : {&finding.where, &finding.bad}) {
    for (std::string& field : fields_of(*expr)) fields.insert(std::move(field));
  }
  std::string columns;
  for (const std::string& field : fields) {
    const bool null = asks_for_null(finding.where, field) || asks_for_null(finding.bad, field);
    columns += fmt::format("{}{} as {}", columns.empty() ? "" : ", ",
                           field_text(field, null ? Null::text : Null::missing), column(field));
  }
  std::string names;
  for (const std::string& file : files) names += (names.empty() ? "" : ", ") + literal(file);
  return fmt::format("select {} from read_ndjson_objects([{}], ignore_errors = true)", columns,
                     names);
}

std::string units_table(const Verification& finding) {
  const std::string time = instant(finding.time_field);
  if (finding.unit_field.empty()) {
    return fmt::format(
        "select {} as t, coalesce({}, false) as segment, coalesce({}, false) as bad from line",
        time, sql_of(finding.where), sql_of(finding.bad));
  }
  const LeafText any = [](const Expr& leaf) {
    return fmt::format("bool_or({})", leaf_condition(leaf));
  };
  const std::string unit = column(finding.unit_field);
  return fmt::format(
      "select min({}) as t, coalesce({}, false) as segment, coalesce({}, false) as bad from line "
      "where {} is not null group by {}",
      time, condition(without_differs(finding.where), any),
      condition(without_differs(finding.bad), any), unit, unit);
}

}  // namespace

std::string sql_of(const Expr& expr) { return condition(expr, leaf_condition); }

std::string sql_query(const Verification& finding, std::span<const std::string> files) {
  std::string period = "'throughout'";
  if (finding.onset != no_time) {
    period =
        fmt::format("case when t < {} then 'before' else 'after' end", timestamp(finding.onset));
  }
  return fmt::format(
      "with line as ({}), unit as ({}) select segment, {} as period, "
      "count(*) filter (where bad) as bad, count(*) as total from unit "
      "where t >= {} and t < {} group by 1, 2 order by 1 desc, 2 desc;",
      lines_table(finding, files), units_table(finding), period, timestamp(finding.from),
      timestamp(finding.to));
}

}  // namespace culprit
