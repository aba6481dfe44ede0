#include "experiment/spec_value.h"

#include <algorithm>
#include <sstream>

#include <toml++/toml.h>

#include "base/closest.h"

namespace culprit {
namespace {

constexpr double whole_max = 9e15;  // what a double holds exactly

SpecPlace place_of(const toml::source_region& region) {
  return {region.begin.line, region.begin.column};
}

SpecValue value_of(const toml::node& node);

void sort_by_place(std::vector<SpecValue>& members) {
  std::stable_sort(members.begin(), members.end(), [](const SpecValue& a, const SpecValue& b) {
    return std::pair(a.place.line, a.place.column) < std::pair(b.place.line, b.place.column);
  });
}

template <typename Value>
std::string written(const Value& value) {
  std::ostringstream text;
  text << value;
  return text.str();
}

SpecValue table_of(const toml::table& table) {
  SpecValue made;
  for (const auto& [key, node] : table) {
    made.members.push_back(value_of(node));
    made.members.back().name = key.str();
    made.members.back().place = place_of(key.source());
  }
  sort_by_place(made.members);
  return made;
}

SpecValue plain_of(const toml::node& node) {
  SpecValue made;
  made.kind = SpecValue::Kind::time;
  if (const auto* text = node.as_string()) {
    made.kind = SpecValue::Kind::text;
    made.text = text->get();
  } else if (const auto* truth = node.as_boolean()) {
    made.kind = SpecValue::Kind::truth;
    made.text = truth->get() ? "true" : "false";
  } else {
    node.visit([&](const auto& value) { made.text = written(value); });
  }
  if (const auto* whole = node.as_integer()) {
    made.kind = SpecValue::Kind::whole;
    made.number = static_cast<double>(whole->get());
  } else if (const auto* number = node.as_floating_point()) {
    made.kind = SpecValue::Kind::number;
    made.number = number->get();
  }
  return made;
}

// toml++ bounds the depth itself (TOML_MAX_NESTED_VALUES, 256).
SpecValue value_of(const toml::node& node) {
  SpecValue made;
  if (const toml::table* table = node.as_table()) {
    made = table_of(*table);
  } else if (const toml::array* array = node.as_array()) {
    made.kind = SpecValue::Kind::list;
    for (const toml::node& one : *array) made.members.push_back(value_of(one));
  } else {
    made = plain_of(node);
  }
  made.place = place_of(node.source());
  return made;
}

Error wrong_kind(const SpecValue& value, std::string_view wanted, std::string_view example) {
  return spec_mistake(value.place, fmt::format("{} is {}", value.name, wanted),
                      fmt::format("{} = {}", value.name, example));
}

}  // namespace

Error spec_mistake(SpecPlace place, std::string what, std::string advice) {
  Error made =
      error(Fault::usage, "line {}, column {}: {}", place.line, place.column, std::move(what));
  made.advice = std::move(advice);
  return made;
}

Result<SpecValue> read_spec(std::string_view toml) {
  try {
    return value_of(toml::parse(toml));
  } catch (const toml::parse_error& fault) {
    return spec_mistake(place_of(fault.source()), std::string(fault.description()), "");
  }
}

Result<SpecTable> SpecTable::of(const SpecValue& value, std::string what,
                                std::initializer_list<std::string_view> names) {
  if (value.kind != SpecValue::Kind::table) {
    return spec_mistake(value.place, fmt::format("{} is a table", what),
                        "[name] or { key = value }");
  }
  for (const SpecValue& member : value.members) {
    if (std::find(names.begin(), names.end(), member.name) != names.end()) continue;
    const std::string_view nearest = closest(member.name, {names.begin(), names.size()});
    return spec_mistake(
        member.place, fmt::format("{} has no '{}'", what, member.name),
        nearest.empty() ? fmt::format("one of: {}", fmt::join(names, ", ")) : std::string(nearest));
  }
  return SpecTable(value);
}

const SpecValue* SpecTable::find(std::string_view name) const {
  const auto found = std::find_if(value_->members.begin(), value_->members.end(),
                                  [&](const SpecValue& one) { return one.name == name; });
  return found == value_->members.end() ? nullptr : &*found;
}

Result<std::string> SpecTable::text(std::string_view name, std::string otherwise) const {
  const SpecValue* value = find(name);
  if (value == nullptr) return otherwise;
  if (value->kind != SpecValue::Kind::text) return wrong_kind(*value, "a text", "\"...\"");
  return value->text;
}

Result<double> SpecTable::number(std::string_view name, double otherwise) const {
  const SpecValue* value = find(name);
  if (value == nullptr) return otherwise;
  const bool is_number =
      value->kind == SpecValue::Kind::whole || value->kind == SpecValue::Kind::number;
  if (!is_number || !(value->number >= 0)) return wrong_kind(*value, "a number", "100");
  return value->number;
}

Result<std::uint64_t> SpecTable::whole(std::string_view name, std::uint64_t otherwise) const {
  const SpecValue* value = find(name);
  if (value == nullptr) return otherwise;
  const bool fits =
      value->kind == SpecValue::Kind::whole && value->number >= 0 && value->number <= whole_max;
  if (!fits) return wrong_kind(*value, "a whole number", "10");
  return static_cast<std::uint64_t>(value->number);
}

Result<Duration> SpecTable::duration(std::string_view name, Duration otherwise) const {
  const SpecValue* value = find(name);
  if (value == nullptr) return otherwise;
  const auto found = value->kind == SpecValue::Kind::text ? parse_duration(value->text)
                                                          : std::optional<Duration>();
  if (!found) return wrong_kind(*value, "a duration", "\"250ms\"   or \"10s\", \"2m\"");
  return *found;
}

Result<bool> SpecTable::truth(std::string_view name) const {
  const SpecValue* value = find(name);
  if (value == nullptr) return false;
  if (value->kind != SpecValue::Kind::truth) return wrong_kind(*value, "true or false", "true");
  return value->text == "true";
}

Result<std::vector<std::string>> SpecTable::texts(std::string_view name) const {
  std::vector<std::string> all;
  const SpecValue* value = find(name);
  if (value == nullptr) return all;
  if (value->kind == SpecValue::Kind::text) return std::vector{value->text};
  for (const SpecValue& one : value->members) {
    if (one.kind != SpecValue::Kind::text)
      return wrong_kind(*value, "a text or a list of them", "[\"...\", \"...\"]");
    all.push_back(one.text);
  }
  if (value->kind != SpecValue::Kind::list) {
    return wrong_kind(*value, "a text or a list of them", "\"...\"");
  }
  return all;
}

}  // namespace culprit
