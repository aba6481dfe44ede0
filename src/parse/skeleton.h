// A Skeleton is a message with its variable parts taken out: what a line of code printed.
//
//     "payment timeout gateway_host=pg-2 after 3000 ms"
//      -> text "payment timeout gateway_host=<*> after <*> ms", slots gateway_host=pg-2, after=3000
//
// A token is variable when its shape says so: it has a digit (so numbers, ids, hex, addresses,
// dates, durations, sizes), holds an @, is a path that begins with '/', './', '~/' or a drive, a
// URL, or a quoted string; the value in `key=value` always is, and so is a balanced {..} or [..]
// that holds JSON. A path is variable even without a digit: what is constant in it is better
// compared as a slot's value than spread over many skeletons. Three or more variables with commas
// between them are one. Words that vary without looking so are found later by comparing skeletons
// (contrast/templates.h). The skeleton depends on the message alone, so threads and files may be
// read in any order and merged. White space counts as one space; bytes beyond the first 2,048 do
// not count.
//
// A slot is named by the key that stands before it (`key=value`, `key: value`), else by the
// nearest constant word before it, else by the first behind it; a repeated name gets a number
// ("to", "to.2").
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "event/event.h"

namespace culprit {

// Working memory of one thread.
struct SkeletonScratch {
  std::vector<Field> slots;
  std::vector<std::string_view> words;  // the word that each slot is named by
  std::string names;                    // names that had to be made
  std::string text;                     // of the last skeleton
};

struct Skeleton {
  std::uint64_t hash = 0;             // of the constant parts; 0 only for an empty message
  std::span<const Field> slots = {};  // live in the scratch and the message
  std::string_view text = {};         // constants with <*> for each variable; lives in the scratch
};

Skeleton skeleton_of(std::string_view message, SkeletonScratch& scratch);

// The text that belongs to it: constants with <*> for each variable.
std::string skeleton_text(std::string_view message);

// A skeleton's first words and <*> for the rest, as more messages are told apart than there is room
// for: four words, two, one, none. Coarseness 0 leaves it as it is, and so is a text that has no
// more words.
constexpr unsigned coarseness_max = 4;
std::string coarse_skeleton(std::string_view text, unsigned coarseness);

}  // namespace culprit
