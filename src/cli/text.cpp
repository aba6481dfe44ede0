#include "cli/text.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace culprit {
namespace {

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// Bytes that make up the first `columns` code points.
std::size_t bytes_of(std::string_view text, std::size_t columns) {
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    if (continues(text[at])) continue;
    if (columns-- == 0) break;
  }
  return at;
}

std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return !continues(c); }));
}

// How many bytes of a well-formed UTF-8 sequence begin here; 0: none does.
std::size_t sequence_length(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t length = lead < 0x80                   ? 1
                             : lead >= 0xC2 && lead < 0xE0 ? 2
                             : lead >= 0xE0 && lead < 0xF0 ? 3
                             : lead >= 0xF0 && lead < 0xF5 ? 4
                                                           : 0;
  if (length == 0 || length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if (!continues(text[i])) return 0;
  }
  // U+0080 to U+009F are control codes too.
  if (length == 2 && lead == 0xC2 && static_cast<unsigned char>(text[1]) < 0xA0) return 0;
  return length;
}

}  // namespace

std::string figure(double count) {
  if (count >= 1e7) return fmt::format("{:.1f} M", count / 1e6);
  std::string digits = fmt::format("{:.0f}", count);
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, 1, ',');
  return digits;
}

std::string percent(double share) {
  const double value = share * 100;
  if (value >= 0 && value < 1e-8) return "0%";  // what rounding leaves of a zero
  if (value >= 9.95 || value < 0) return fmt::format("{:.0f}%", value);
  if (value >= 0.995) return fmt::format("{:.1f}%", value);
  const std::string rounded = fmt::format("{:.1e}", value);  // 0.0996 is 1.0e-01
  const int exponent = std::stoi(rounded.substr(rounded.find('e') + 1));
  return fmt::format("{:.{}f}%", value, std::min(9, 1 - exponent));
}

std::string frequency(double per_minute) {
  return per_minute < 9.95 ? fmt::format("{:.2g}", per_minute) : figure(per_minute);
}

std::string times(double ratio) {
  if (!std::isfinite(ratio)) return "only there";
  return ratio < 9.95 ? fmt::format("{:.1f}x", ratio) : figure(ratio) + "x";
}

std::string q_text(double q) {
  if (q < 1e-9) return "q < 1e-9";
  if (q < 1e-3) return fmt::format("q < 1e{:.0f}", std::ceil(std::log10(q)));
  return fmt::format("q = {:.2g}", q);
}

std::string fitted(std::string_view text, std::size_t columns) {
  if (width_of(text) <= columns) return std::string(text);
  return std::string(text.substr(0, bytes_of(text, columns > 0 ? columns - 1 : 0))) + "…";
}

std::string safe(std::string_view line, std::size_t columns) {
  std::string made;
  // Four times the columns in bytes hold them all; the rest would be cut anyway.
  line = line.substr(0, columns * 4 + 4);
  while (!line.empty()) {
    const std::size_t length = sequence_length(line);
    const auto byte = static_cast<unsigned char>(line.front());
    if (length == 1 && byte == '\t') {
      made += ' ';
    } else if (length == 0 || byte < 0x20 || byte == 0x7F) {
      made += fmt::format("\\x{:02x}", byte);
    } else {
      made += line.substr(0, length);
    }
    line.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return fitted(made, columns);
}

std::string sparkline(const std::vector<double>& values) {
  static constexpr std::string_view bars[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  const double most = values.empty() ? 0 : *std::max_element(values.begin(), values.end());
  std::string made;
  for (const double value : values) {
    if (value < 0) {
      made += ' ';
      continue;
    }
    const double share = most > 0 ? value / most : 0;
    made += bars[std::min<std::size_t>(7, static_cast<std::size_t>(share * 7.999))];
  }
  return made;
}

std::string styled(std::string_view text, Style style, const Terminal& terminal) {
  if (!terminal.colour) return std::string(text);
  const char* codes[] = {"1", "1;31", "2"};
  return fmt::format("\x1b[{}m{}\x1b[0m", codes[static_cast<std::size_t>(style)], text);
}

std::string wrapped(std::string_view text, std::size_t columns, std::size_t indent) {
  std::string made;
  std::size_t used = indent;
  while (!text.empty()) {
    const std::size_t space = text.find(' ');
    const std::string_view word = text.substr(0, space);
    text.remove_prefix(space == std::string_view::npos ? text.size() : space + 1);
    const std::size_t width = width_of(word);
    const bool first = made.empty() || made.back() == '\n' || used == indent;
    if (!first && used + 1 + width > columns) {
      made += "\n" + std::string(indent, ' ');
      used = indent;
    } else if (!first) {
      made += ' ';
      ++used;
    }
    made += word;
    used += width;
  }
  return made;
}

std::string heading(std::string_view text, const Terminal& terminal) {
  const std::string label = fmt::format("{:<{}}", text, report_indent);
  return text.empty() ? label : styled(label, Style::heading, terminal);
}

std::string headed(std::string_view title, std::string_view text, const Terminal& terminal) {
  return heading(title, terminal) + wrapped(text, terminal.columns, report_indent) + "\n";
}

std::string reasons_text(std::string_view label,
                         const std::map<std::string, std::size_t>& reasons) {
  constexpr std::size_t reasons_shown_max = 3;
  std::vector<std::pair<std::string, std::size_t>> sorted(reasons.begin(), reasons.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  sorted.resize(std::min(sorted.size(), reasons_shown_max));
  std::string text;
  for (const auto& [reason, count] : sorted) {
    text += fmt::format("{}{}, {}\n", text.empty() ? label : "         ", reason,
                        count == 1 ? "once" : fmt::format("{} times", count));
  }
  return text;
}

}  // namespace culprit
