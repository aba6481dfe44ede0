#include "cli/text.h"

#include <cmath>
#include <random>

#include <doctest/doctest.h>

namespace culprit {
namespace {

template <typename In>
struct Pair {
  In in;
  const char* out;
};

std::size_t columns_of(std::string_view text) {
  std::size_t columns = 0;
  for (const char c : text) columns += (static_cast<unsigned char>(c) & 0xC0) != 0x80 ? 1 : 0;
  return columns;
}

}  // namespace

TEST_CASE("figures have thousands, from ten million on millions") {
  const Pair<double> table[] = {{0, "0"},
                                {999, "999"},
                                {1000, "1,000"},
                                {14'402, "14,402"},
                                {999'999.6, "1,000,000"},
                                {1e7, "10.0 M"},
                                {14.44e6, "14.4 M"}};
  for (const auto& [in, out] : table) CHECK(figure(in) == out);
}

TEST_CASE("percent has two digits that count") {
  const Pair<double> table[] = {{0, "0%"},          {1e-12, "0%"},       {1, "100%"},
                                {0.5, "50%"},       {0.0994, "9.9%"},    {0.0996, "10%"},
                                {0.069, "6.9%"},    {0.01, "1.0%"},      {0.0098, "0.98%"},
                                {0.0008, "0.080%"}, {0.000999, "0.10%"}, {0.0012, "0.12%"},
                                {4e-6, "0.00040%"}, {4.6e-6, "0.00046%"}};
  for (const auto& [in, out] : table) CHECK(percent(in) == std::string(out));
}

TEST_CASE("rates, ratios and q-values are short") {
  CHECK(frequency(0.42) == "0.42");
  CHECK(frequency(3.14) == "3.1");
  CHECK(frequency(157.3) == "157");
  CHECK(times(1.44) == "1.4x");
  CHECK(times(9.96) == "10x");
  CHECK(times(1234) == "1,234x");
  CHECK(times(INFINITY) == "only there");
  CHECK(q_text(0) == "q < 1e-9");
  CHECK(q_text(2e-5) == "q < 1e-4");
  CHECK(q_text(0.0031) == "q = 0.0031");
}

TEST_CASE("no byte of a log drives the terminal") {
  const Pair<std::string_view> table[] = {
      {"plain \xC3\xBC\xE2\x82\xAC\xF0\x9F\x94\xA5", "plain \xC3\xBC\xE2\x82\xAC\xF0\x9F\x94\xA5"},
      {"\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"},
      {"a\tb", "a b"},
      {"a\r\nb\x7f", "a\\x0d\\x0ab\\x7f"},
      {{"a\0b", 3}, "a\\x00b"},
      {"\xC2\x9B"
       "31m",
       "\\xc2\\x9b31m"},  // the control code CSI in one character
      {"\xC2\xA0", "\xC2\xA0"},
      {"\xFF\xC3", "\\xff\\xc3"},
      {"\xE2\x82|", "\\xe2\\x82|"},
      {"\xC0\xAF", "\\xc0\\xaf"},
  };
  for (const auto& [in, out] : table) CHECK(safe(in, 80) == out);
}

TEST_CASE("safe text never holds a control byte or more columns than asked for") {
  std::mt19937_64 random(3);
  for (int round = 0; round < 2000; ++round) {
    std::string line;
    for (std::uint64_t i = random() % 60; i > 0; --i) line += static_cast<char>(random() % 256);
    const std::size_t columns = 1 + random() % 30;
    const std::string made = safe(line, columns);
    CHECK(columns_of(made) <= columns);
    for (const char c : made) CHECK((static_cast<unsigned char>(c) >= 0x20 && c != 0x7F));
    CHECK(made.find("\xC2\x9B") == std::string::npos);
  }
}

TEST_CASE("what is cut ends with an ellipsis, and characters stay whole") {
  CHECK(fitted("eight ch", 8) == "eight ch");
  CHECK(fitted("nine char", 8) == "nine ch…");
  CHECK(fitted("üüüü", 4) == "üüüü");
  CHECK(fitted("üüüüü", 4) == "üüü…");
  CHECK(fitted("", 0) == "");
  CHECK(safe(std::string(1000, 'x'), 5) == "xxxx…");
  CHECK(safe("🔥🔥🔥🔥🔥🔥", 5) == "🔥🔥🔥🔥…");
  CHECK(safe("\x1b\x1b", 5) == "\\x1b…");
}

TEST_CASE("a sparkline has a cell for each value, by its height") {
  CHECK(sparkline({0, 1, 2, 3, 4, 5, 6, 7, 8}) == "▁▁▂▃▄▅▆▇█");
  CHECK(sparkline({5, 5}) == "██");
  CHECK(sparkline({0, 0}) == "▁▁");
  CHECK(sparkline({-1, 8, -1}) == " █ ");
  CHECK(sparkline({}) == "");
}

TEST_CASE("a style is set on a terminal with colour only") {
  Terminal terminal;
  CHECK(styled("a", Style::bad, terminal) == "a");
  terminal.colour = true;
  CHECK(styled("a", Style::bad, terminal) == "\x1b[1;31ma\x1b[0m");
  CHECK(styled("a", Style::dim, terminal) == "\x1b[2ma\x1b[0m");
}

TEST_CASE("text breaks at spaces, and further lines are indented") {
  CHECK(wrapped("one two three", 80, 2) == "one two three");
  CHECK(wrapped("one two three", 9, 2) == "one two\n  three");
  CHECK(wrapped("one two three", 8, 2) == "one\n  two\n  three");
  CHECK(wrapped("a looooooooong word", 6, 2) == "a\n  looooooooong\n  word");
  CHECK(wrapped("über öl", 7, 0) == "über öl");
  CHECK(wrapped("über öl", 6, 0) == "über\nöl");
  CHECK(wrapped("", 10, 2) == "");
}

TEST_CASE("wrapped lines keep the width where words allow, and lose no word") {
  std::mt19937_64 random(4);
  for (int round = 0; round < 500; ++round) {
    std::string text;
    for (std::uint64_t word = 1 + random() % 20; word > 0; --word) {
      text += std::string(1 + random() % 6, 'w') + (word > 1 ? " " : "");
    }
    const std::size_t indent = random() % 4;
    const std::size_t columns = 10 + random() % 20;
    std::string made = wrapped(text, columns, indent);
    std::string line = std::string(indent, ' ');  // the caller has printed a label there
    for (const char c : made + "\n") {
      if (c != '\n') line += c;
      if (c != '\n') continue;
      CHECK(line.size() <= columns);
      CHECK(line.substr(0, indent) == std::string(indent, ' '));
      line.clear();
    }
    const std::string breaks = "\n" + std::string(indent, ' ');
    for (auto at = made.find(breaks); at != std::string::npos; at = made.find(breaks)) {
      made.replace(at, breaks.size(), " ");
    }
    CHECK(made == text);
  }
}

}  // namespace culprit
