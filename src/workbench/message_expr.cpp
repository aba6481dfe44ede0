#include "workbench/message_expr.h"

#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "event/expr_text.h"

namespace culprit {
namespace {

// `space`: what stands for a template's.
std::string regex_of(std::string_view text, std::string_view space) {
  constexpr std::string_view special = "\\.^$|()[]{}*+?";
  std::string regex = "^";
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i, 3) == "<*>") {
      regex += ".*";
      i += 2;
      continue;
    }
    if (special.find(text[i]) != special.npos) regex += '\\';
    regex += text[i] == ' ' ? space : text.substr(i, 1);
  }
  return regex + "$";
}

}  // namespace

std::string message_expr(Engine& engine, std::span<const Template* const> messages) {
  std::vector<Place> places;
  for (const Template* one : messages) places.push_back(one->example);
  const std::vector<std::string> lines = engine.lines_at(places);
  std::string text;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    const bool single =
        lines[i].find("  ") == std::string::npos && lines[i].find('\t') == std::string::npos;
    text += fmt::format("{}message ~ {}", text.empty() ? "" : " or ",
                        regex_in_quotes(regex_of(messages[i]->text, single ? " " : "\\s+")));
  }
  return text;
}

}  // namespace culprit
