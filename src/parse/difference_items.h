// Items are the parts of which a text is made, in order: lines, or words; what differs between two
// lists of them becomes Differences.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "parse/differences.h"

namespace culprit {

constexpr std::size_t no_item = static_cast<std::size_t>(-1);

struct Item {
  std::string_view text;     // as written; of the source
  std::string key = {};      // items of one key are one change, wherever they stand; may be empty
  std::string label = {};    // of a version: the name before it; else empty
  std::string value = {};    // what is shown of it; empty: the text
  std::string subject = {};  // the name of what is set, with what it stands in; no version has one
  std::string within = {};   // names what it stands in; lines of different ones are never the same
  std::size_t parent = no_item;  // an earlier one, which is there where this one is
  bool goes_on = false;          // with one before it, which has the name of both
  std::size_t closes = no_item;  // the "{" of an earlier one: it is there where that is
};

// The key of all comments and empty lines, where they say nothing.
constexpr std::string_view comments_key = "\n#";

struct ItemList {
  std::vector<Item> items;
  std::string_view join = "\n";  // between them
  bool ended = true;             // a join stands behind the last
};

// `lines`: whether names say at which place an item stands.
enum class Places : std::uint8_t { told, untold };
Result<Differences> differences_of_items(std::string_view good, const ItemList& before,
                                         std::string_view bad, const ItemList& after,
                                         Places places);

// The items of a text; of kinds that are made of items.
ItemList items_of(std::string_view text, DifferenceKind kind);

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
std::string_view without_mark(std::string_view text);

// Two lists that were put into one of `count`, by their places in it: what only `other` has stands
// behind what it stood behind there.
std::vector<std::size_t> ordered(const std::vector<std::size_t>& own,
                                 const std::vector<std::size_t>& other, std::size_t count);

// Of several lines of one name in one place each is a change of its own, with the one of the other
// text that is most like it: the same, or the same but for what stands behind the second word.
void pair_names(ItemList& good, ItemList& bad);

// A go.mod without its blocks: each of their lines says its verb. No set of changes can then leave
// half a block.
std::string without_blocks(std::string_view go_mod);

// What JSON documents and HTTP requests differ in (difference_json.cpp, difference_http.cpp).
Result<Differences> json_differences(std::string_view good, std::string_view bad,
                                     DifferenceKind kind);
Result<Differences> http_differences(std::string_view good, std::string_view bad);

// What two YAML or TOML documents differ in (difference_outline.cpp).
struct Outline;
Differences outline_differences(std::string_view good_text, Outline good, std::string_view bad_text,
                                Outline bad);

// One more change, of what has no name: comments, order, white space.
void add_style(Differences& differences);

// Cut to what a name may hold.
std::string shown(std::string_view text);

}  // namespace culprit
