// Which of two lists' members belong together where they have no name that tells, or have the same.
//
// Each has signs, the strictest first: all that it says, its name, that it is there at all. Those
// of the same first sign are pairs, in order; of what is left those of the same second one, and so
// on. An empty sign is none. It takes time linear in the members, but for the signs' sizes.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "parse/line_alignment.h"

namespace culprit {

using Signs = std::vector<std::string>;  // as many of each member

// For each of `bad` the place of its partner in `good`; no_item: it has none.
std::vector<std::size_t> partners_of(const std::vector<Signs>& good, const std::vector<Signs>& bad);

// The same in lists, whose order counts: pairs rise in both.
Alignment alike(const std::vector<Signs>& good, const std::vector<Signs>& bad);

// What names a thing among others beside it, the first that it has: Kubernetes' kind with the name
// in its metadata, its name, id or key. `value_of` gives the value of a key, or of one below one
// ("metadata", "name"); empty: there is none.
template <typename ValueOf>
std::string identity_of(ValueOf value_of) {
  const std::string kind = value_of("kind", "");
  const std::string named = value_of("metadata", "name");
  if (!kind.empty() && !named.empty()) {
    return kind + "\n" + named + "\n" + value_of("metadata", "namespace");
  }
  for (const char* key : {"name", "id", "key"}) {
    const std::string value = value_of(key, "");
    if (!value.empty()) return std::string(key) + "\n" + value;
  }
  return "";
}

}  // namespace culprit
