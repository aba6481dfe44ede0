#include "parse/keys.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include <xxhash.h>

#include "event/roles.h"
#include "parse/bytes.h"

namespace culprit {
namespace {

constexpr std::size_t slots_first = 256;

std::size_t hash_of(Keys::Id parent, std::string_view written) {
  return static_cast<std::size_t>(XXH3_64bits_withSeed(written.data(), written.size(), parent));
}

Keys::Use use_of(std::string_view name) {
  if (name == "version") return Keys::Use::version;
  if (name == "__REALTIME_TIMESTAMP") return Keys::Use::journal;
  if (name == "short_message") return Keys::Use::short_message;
  switch (role_of(name)) {
    case Role::time: return Keys::Use::time;
    case Role::level: return Keys::Use::level;
    case Role::message: return Keys::Use::message;
    default: return Keys::Use::plain;
  }
}

}  // namespace

void Keys::forget() {
  keys_.assign(1, Key{});
  slots_.assign(slots_first, none);
  texts_.clear();
}

std::string_view Keys::keep(std::string text) {
  texts_.push_back(std::move(text));
  return texts_.back();
}

Keys::Id Keys::find(std::size_t hash, Id parent, std::string_view written) const {
  for (std::size_t i = hash;; ++i) {
    const Id id = slots_[i & (slots_.size() - 1)];
    if (id == none) return none;
    const Key& key = keys_[id];
    // Behind the written form stands its mark.
    if (key.parent == parent && key.written.substr(0, key.written.size() - 1) == written) return id;
  }
}

void Keys::rehash() {
  slots_.assign(slots_.size() * 2, none);
  for (Id id = 1; id < keys_.size(); ++id) {
    const std::string_view written = keys_[id].written;
    std::size_t i = hash_of(keys_[id].parent, written.substr(0, written.size() - 1));
    while (slots_[i & (slots_.size() - 1)] != none) ++i;
    slots_[i & (slots_.size() - 1)] = id;
  }
}

Keys::Promise Keys::promise_of(std::string_view name) { return {use_of(name), rank_in_role(name)}; }

Keys::Id Keys::add(std::size_t hash, Id parent, const Spelling& spelling) {
  Key key;
  key.written = keep(std::string(spelling.written) + spelling.mark);
  std::memcpy(key.head.data(), key.written.data(), std::min<std::size_t>(key.written.size(), 32));
  std::string name(keys_[parent].name);
  if (parent != root) name += '.';
  key.name = keep(name + std::string(spelling.plain));
  key.parent = parent;
  key.promise = promise_of(key.name);
  const auto id = static_cast<Id>(keys_.size());
  keys_.push_back(key);
  if (keys_.size() * 2 > slots_.size()) {
    rehash();
    return id;
  }
  std::size_t i = hash;
  while (slots_[i & (slots_.size() - 1)] != none) ++i;
  slots_[i & (slots_.size() - 1)] = id;
  return id;
}

Keys::Id Keys::learn(Id parent, Id previous, const Spelling& spelling) {
  const std::size_t hash = hash_of(parent, spelling.written);
  Id id = find(hash, parent, spelling.written);
  if (id == none) id = add(hash, parent, spelling);
  auto& guesses = previous == none ? keys_[parent].first : keys_[previous].next;
  guesses[guesses[0] == none ? 0 : 1] = id;
  return id;
}

}  // namespace culprit
