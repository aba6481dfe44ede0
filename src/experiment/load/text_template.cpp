#include "experiment/load/text_template.h"

#include <algorithm>

#include "base/closest.h"

namespace culprit {
namespace {

constexpr std::string_view blanks = " \t";

std::string_view trimmed(std::string_view text) {
  const std::size_t from = text.find_first_not_of(blanks);
  return from == text.npos ? std::string_view()
                           : text.substr(from, text.find_last_not_of(blanks) + 1 - from);
}

Error no_such_name(std::string_view name, std::span<const std::string> names) {
  Error made = error(Fault::usage, "nothing is called {{{{{}}}}} here", name);
  const std::vector<std::string_view> views(names.begin(), names.end());
  const std::string_view nearest = closest(name, views);
  if (!nearest.empty())
    made.advice = fmt::format("{{{{{}}}}}", nearest);
  else
    made.advice = fmt::format("capture it before, or one of: {}", fmt::join(views, ", "));
  return made;
}

}  // namespace

Result<TextTemplate> TextTemplate::parse(std::string_view text,
                                         std::span<const std::string> names) {
  TextTemplate made;
  for (;;) {
    const std::size_t open = text.find("{{");
    const std::size_t close = open == text.npos ? open : text.find("}}", open);
    if (close == text.npos) break;
    const std::string_view name = trimmed(text.substr(open + 2, close - open - 2));
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) return no_such_name(name, names);
    made.pieces_.push_back(
        {std::string(text.substr(0, open)), static_cast<std::size_t>(found - names.begin())});
    text.remove_prefix(close + 2);
  }
  if (!text.empty()) made.pieces_.push_back({std::string(text), no_slot});
  return made;
}

bool TextTemplate::plain() const {
  return std::all_of(pieces_.begin(), pieces_.end(),
                     [](const Piece& piece) { return piece.slot == no_slot; });
}

std::string TextTemplate::filled(std::span<const std::string> values) const {
  std::string text;
  for (const Piece& piece : pieces_) {
    text += piece.text;
    if (piece.slot != no_slot) text += values[piece.slot];
  }
  return text;
}

}  // namespace culprit
