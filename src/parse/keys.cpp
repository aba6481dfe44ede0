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

std::size_t hash_below(const Keys::Key& parent, std::string_view written) {
  return static_cast<std::size_t>(
      XXH3_64bits_withSeed(written.data(), written.size(), parent.hash));
}

// Behind the written form stands its mark.
std::string_view without_mark(const Keys::Key& key) {
  return key.written.substr(0, key.written.size() - 1);
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

std::uint64_t Keys::hash_of(std::string_view name) { return XXH3_64bits(name.data(), name.size()); }

void Keys::forget() {
  keys_.clear();
  keys_.emplace_back();
  slots_.assign(slots_first, nullptr);
  texts_.clear();
}

std::string_view Keys::keep(std::string text) {
  texts_.push_back(std::move(text));
  return texts_.back();
}

Keys::Key* Keys::find(std::size_t hash, const Key& parent, std::string_view written) const {
  for (std::size_t i = hash;; ++i) {
    Key* const key = slots_[i & (slots_.size() - 1)];
    if (key == nullptr || (key->parent == &parent && without_mark(*key) == written)) return key;
  }
}

void Keys::place(std::size_t hash, Key& key) {
  while (slots_[hash & (slots_.size() - 1)] != nullptr) ++hash;
  slots_[hash & (slots_.size() - 1)] = &key;
}

void Keys::rehash() {
  slots_.assign(slots_.size() * 2, nullptr);
  for (Key& key : keys_) {
    if (key.parent != nullptr) place(hash_below(*key.parent, without_mark(key)), key);
  }
}

Keys::Promise Keys::promise_of(std::string_view name) { return {use_of(name), rank_in_role(name)}; }

Keys::Key& Keys::add(std::size_t hash, const Key& parent, const Spelling& spelling) {
  Key& key = keys_.emplace_back();
  key.written = keep(std::string(spelling.written) + spelling.mark);
  if (key.written.size() <= head_bytes) {
    std::memcpy(key.head.data(), key.written.data(), key.written.size());
    key.head_mask = static_cast<std::uint32_t>((std::uint64_t{1} << key.written.size()) - 1);
  }
  std::string name(parent.name);
  if (&parent != &root()) name += '.';
  key.name = keep(name + std::string(spelling.plain));
  key.hash = hash_of(key.name);
  key.parent = &parent;
  key.promise = promise_of(key.name);
  if (keys_.size() * 2 > slots_.size()) {
    rehash();
  } else {
    place(hash, key);
  }
  return key;
}

const Keys::Key& Keys::learn(const Key& parent, const Key* previous, const Spelling& spelling) {
  const std::size_t hash = hash_below(parent, spelling.written);
  Key* key = find(hash, parent, spelling.written);
  if (key == nullptr) key = &add(hash, parent, spelling);
  Guesses& guesses = previous == nullptr ? parent.first : previous->next;
  guesses[guesses[0] == nullptr ? 0 : 1] = key;
  return *key;
}

}  // namespace culprit
