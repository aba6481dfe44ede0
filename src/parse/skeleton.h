// A Skeleton is a message with its variable parts taken out: what a line of code printed.
//
//     "payment timeout gateway_host=pg-2 after 3000 ms"
//      -> text "payment timeout gateway_host=<*> after <*> ms", slots gateway_host=pg-2, after=3000
//
// A token is variable when its shape says so: it has a digit, or is an id, hex, an address, a
// path, a quoted string, a duration or a size. Words that vary without looking so are found
// later by comparing skeletons (contrast/templates.h). The skeleton depends on the message
// alone, so threads and files may be read in any order and merged.
//
// A slot is named by the key that stands before it (`key=value`, `key: value`), else by the
// nearest constant word before it; a repeated name gets a number ("to", "to.2").
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "event/event.h"

namespace culprit {

struct SkeletonScratch {
  std::vector<Field> slots;
  std::string text;  // names that had to be made
};

struct Skeleton {
  std::uint64_t hash = 0;        // of the constant parts; 0 only for an empty message
  std::span<const Field> slots;  // live in the scratch and the message
};

// The hash and slots of a message; the text is not made (a hot loop needs it once per hash).
Skeleton skeleton_of(std::string_view message, SkeletonScratch& scratch);

// The text that belongs to it: constants with <*> for each variable.
std::string skeleton_text(std::string_view message);

}  // namespace culprit
