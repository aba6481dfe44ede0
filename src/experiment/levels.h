// Levels are the strengths of one factor, as texts, from harmless to strongest: what a search
// chooses from. They are made from what a user writes behind `--vary NAME=`.
//
//   0..500ms    amounts, log-spaced: each about twice the one before, at most eight
//   1..64       where 0 is no amount
//   500ms       without it, and with it
//   off,1,2     exactly these, in this order
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace culprit {

constexpr std::size_t levels_max = 8;
// The level at which nothing is done.
constexpr std::string_view off = "off";

// An Amount says how a number is written and which end of its range is the stronger one.
struct Amount {
  enum class Measure : std::uint8_t { count, share, bytes, time };
  enum class Stronger : std::uint8_t { more, less };
  Measure measure = Measure::count;
  Stronger stronger = Stronger::more;
  double least = 0;  // in units of `count_of`
  double most = 1e9;
};

// "5" -> 5; "20%" and "0.2" -> 0.2; "64KiB" -> 65536; "5ms" -> 0.005 (seconds); `off` -> nothing.
std::optional<double> count_of(std::string_view text, Amount::Measure measure);
std::string count_text(double count, Amount::Measure measure);

Result<std::vector<std::string>> amount_levels(std::string_view range, const Amount& amount);
// "a,b,c": two to eight of them, no two alike; one alone comes behind `off`.
Result<std::vector<std::string>> word_levels(std::string_view range);

}  // namespace culprit
