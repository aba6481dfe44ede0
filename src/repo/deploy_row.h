// A DeployRow is one row of a deploy list, whatever its syntax: names and texts, flattened.
//
// Names are compared in lower case without '_', '-', ' ' and '@' ("created_at" and "createdAt" are
// "createdat"); nested ones are dotted. Envelopes that say nothing ("payload.") are taken off.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/zone.h"
#include "repo/deploys.h"

namespace culprit {

struct DeployRow {
  std::size_t line = 0;
  std::vector<std::pair<std::string, std::string>> fields;  // by plain name, in the row's order

  void add(std::string_view name, std::string_view value);
  // The value of the first of these names that has one; else empty.
  std::string_view find(std::initializer_list<std::string_view> names) const;
};

std::string plain_name(std::string_view name);

// Whether one of a list's columns could say when.
bool names_a_time(std::string_view name);

struct DeployRead {
  Deploy deploy;
  bool zoned = true;
  std::string fault;  // why it is no deploy; empty: it is one
};

DeployRead deploy_of(const DeployRow& row, const Zone& zone);

}  // namespace culprit
