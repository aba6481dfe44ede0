// Text for terminals: figures for people, safe lines, sparklines.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command.h"
#include "event/tally.h"

namespace culprit {

// "14,402"; from ten million on "14.4 M".
std::string figure(double count);
// "6.9%", "0.081%", "0.00040%": two significant digits, however small.
std::string percent(double share);
// "0.42", "3.1", "157": of something that happens so often a minute.
std::string frequency(double per_minute);
// "212x", "1.4x".
std::string times(double ratio);
// "q < 1e-9" or "q = 0.003".
std::string q_text(double q);

// Control bytes of a log line as \x1b and such, so that no log can drive the terminal; cut to
// `columns` code points with an ellipsis.
std::string safe(std::string_view line, std::size_t columns);
// Cut only.
std::string fitted(std::string_view text, std::size_t columns);

// One cell per value, from the lowest to the highest bar; empty where there is nothing.
std::string sparkline(const std::vector<double>& values);

// Sets a style on a terminal with colour, else returns the text as it is.
enum class Style : unsigned char { heading, bad, dim };
std::string styled(std::string_view text, Style style, const Terminal& terminal);

// `text` broken at spaces to `columns`, each further line indented by `indent`.
std::string wrapped(std::string_view text, std::size_t columns, std::size_t indent);

// "BY       exit 1, 12 times": why trials ended so, the three oftenest; the label is of the first.
std::string reasons_text(std::string_view label, const std::map<std::string, std::size_t>& reasons);

// Reports stand below headings of one width: "CHANGED  ".
constexpr std::size_t report_indent = 9;
std::string heading(std::string_view text, const Terminal& terminal);
// A heading, or none, and wrapped text beside it.
std::string headed(std::string_view title, std::string_view text, const Terminal& terminal);

}  // namespace culprit
