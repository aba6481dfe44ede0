#include "store/widths.h"

#include <unordered_set>

#include "event/expr.h"
#include "parse/skeleton.h"

namespace culprit {
namespace {

// In eighths of a byte, measured on bench/logs.cpp and examples/shop.cpp.
constexpr std::uint32_t few = 9;      // one byte, and the table of a block
constexpr std::uint32_t number = 24;  // of many: whole ones take two bytes, decimals four
constexpr std::uint32_t text = 32;    // of many: its hash, once there are too many
constexpr std::uint32_t listed = 16;  // the row of each value
constexpr std::uint32_t unknown = text + listed;
constexpr std::size_t many_share = 4;               // one value in so many is another
constexpr std::size_t events_least = 8;             // fewer tell nothing
constexpr std::size_t samples_bytes_max = 4 << 20;  // of a hundred thousand sources the first tell

struct Seen {
  std::uint64_t events = 0;
  std::uint64_t values = 0;
  std::uint64_t numbers = 0;
  std::unordered_set<std::string> distinct;
};

void observe(const Source& source, std::map<std::string, Seen, std::less<>>& fields,
             std::uint64_t& events) {
  Scratch scratch;
  SkeletonScratch skeleton_scratch;
  const auto add = [&](const Field& field) {
    auto found = fields.find(field.name);
    if (found == fields.end()) found = fields.emplace(std::string(field.name), Seen{}).first;
    Seen& seen = found->second;
    ++seen.values;
    seen.numbers += number_in(field.value) ? 1 : 0;
    seen.distinct.emplace(field.value);
  };
  std::string_view rest = source.sample;
  for (std::size_t end = rest.find('\n'); end != rest.npos; end = rest.find('\n')) {
    Event event;
    if (read_line(source.dialect, rest.substr(0, end), scratch, event) == Reading::event) {
      ++events;
      for (const Field& field : event.fields) add(field);
      if (!event.message.empty()) {
        for (const Field& slot : skeleton_of(event.message, skeleton_scratch).slots) add(slot);
      }
    }
    rest.remove_prefix(end + 1);
  }
}

std::uint32_t width_of(const Seen& seen, std::uint64_t events) {
  const std::uint32_t rows = seen.values == events ? 0 : listed;
  if (seen.values < events_least) return unknown;
  if (seen.distinct.size() * many_share < seen.values) return few + rows;
  return (seen.numbers == seen.values ? number : text) + rows;
}

}  // namespace

Widths::Widths(const std::vector<Source>& sources) {
  std::map<std::string, Seen, std::less<>> fields;
  std::uint64_t events = 0;
  std::size_t bytes = 0;
  for (const Source& source : sources) {
    if (!source.counts() || bytes >= samples_bytes_max) continue;
    observe(source, fields, events);
    bytes += source.sample.size();
  }
  for (const auto& [name, seen] : fields) widths_.emplace(name, width_of(seen, events));
}

std::uint32_t Widths::of(std::string_view field) const {
  const auto found = widths_.find(field);
  return found == widths_.end() ? unknown : found->second;
}

}  // namespace culprit
