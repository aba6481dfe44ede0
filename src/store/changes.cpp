#include "store/changes.h"

#include <xxhash.h>

namespace culprit {
namespace {

constexpr std::size_t head_bytes = 4096;

std::string bytes_text(std::uint64_t count) {
  return fmt::format("{} byte{}", count, count == 1 ? "" : "s");
}

// Whether the file still begins as it did; where it is shorter than it was, nothing can be said.
bool rewritten(World& world, const Source& source) {
  auto file = open_seekable(world, source);
  if (!file) return false;
  std::string head(std::min<std::uint64_t>(head_bytes, source.size), '\0');
  const auto got = file->read_at(0, head);
  return got && *got == head.size() && head_of(head) != source.head;
}

std::string change_of(World& world, const Source& source) {
  const auto file = open_seekable(world, source);
  if (!file) return "";
  const auto info = file->info();
  if (!info) return "";
  if (source.lost > 0) {
    return fmt::format("{} was cut to {} while it was read: {} were gone before they were read",
                       source.name, bytes_text(info->size), bytes_text(source.lost));
  }
  if (info->size == source.size && (info->changed == source.changed || info->changed == no_time)) {
    return "";
  }
  if (rewritten(world, source)) {
    return source.name + " was written anew while it was read: lines of both may be missing";
  }
  if (info->size > source.size) {
    return fmt::format("{} grew while it was read: its last {} are not in the answer", source.name,
                       bytes_text(info->size - source.size));
  }
  return "";
}

}  // namespace

std::uint64_t head_of(std::string_view first_bytes) {
  const std::string_view head = first_bytes.substr(0, head_bytes);
  return XXH3_64bits(head.data(), head.size());
}

void note_changes(World& world, std::span<Source> sources) {
  for (Source& source : sources) {
    const bool is_file = source.seekable && source.identity != 0;
    if (!source.counts() || !is_file) continue;
    std::string change = change_of(world, source);
    if (!change.empty()) source.notes.push_back({"changed_while_read", std::move(change)});
  }
}

}  // namespace culprit
