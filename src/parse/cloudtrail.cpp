// AWS CloudTrail: the files that a trail delivers, with all calls of some minutes in one document.
//
//     {"Records":[{"eventTime":"2025-11-20T14:03:12Z","eventName":"GetItem","errorCode":...}]}
//
// A call that was refused has an error's code, which is its level; what it was is its message.
#include <array>
#include <string>

#include "parse/framings.h"
#include "parse/json_parts.h"

namespace culprit {
namespace {

using std::string_view_literals::operator""sv;

constexpr std::array keys{"Records"sv};

std::optional<std::string> line_of(const JsonRecord& record) {
  const std::string_view name = json_bare(json_member(record.element, "eventName"));
  if (name.empty() || json_member(record.element, "eventTime").empty()) return std::nullopt;
  const std::string_view code = json_bare(json_member(record.element, "errorCode"));
  const std::string_view why = json_bare(json_member(record.element, "errorMessage"));
  std::string message(name);
  if (!code.empty()) message.append(": ").append(why.empty() ? code : why);
  JsonLineWriter line;
  line.add_text("level", code.empty() ? "info" : "error");
  line.add_text("msg", message);
  line.add_all(record.element);
  return line.take();
}

}  // namespace

constexpr JsonLayout cloudtrail_records{"Records[]", {}, "", keys, line_of};

}  // namespace culprit
