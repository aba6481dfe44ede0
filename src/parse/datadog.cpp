// Datadog: what the logs API answers to a search.
//
//     {"data":[{"id":"A","type":"log","attributes":{"timestamp":"..","status":"error",
//      "service":"shop","message":"refused","tags":["env:prod"],"attributes":{"order":7}}}]}
#include <array>

#include "parse/framings.h"
#include "parse/json_parts.h"

namespace culprit {
namespace {

using std::string_view_literals::operator""sv;

constexpr std::array keys{"data"sv, "meta"sv, "links"sv};

// What a service logged beside its message stands one level deeper than it was written; tags are
// fields. Datadog's `status` is the level.
std::optional<std::string> line_of(const JsonRecord& record) {
  if (!record.element.starts_with('{')) return std::nullopt;
  JsonLineWriter line;
  each_member(record.element, [&](std::string_view key, std::string_view value) {
    const std::string_view name = json_bare(key);
    if (name == "attributes" && value.starts_with('{')) {
      line.add_all(value);
    } else if (name == "status") {
      line.add("level", value);
    } else if (name == "tags") {
      each_element(value, [&](std::string_view tag) {
        const std::string_view text = json_bare(tag);
        const std::size_t colon = text.find(':');
        if (colon == text.npos || colon == 0) return line.add("tag", tag);
        line.add_text(text.substr(0, colon), text.substr(colon + 1));
      });
    } else {
      line.add_member(key, value);
    }
  });
  return line.take();
}

}  // namespace

constexpr JsonLayout datadog_logs{"data[].attributes", {}, "", keys, line_of};

}  // namespace culprit
