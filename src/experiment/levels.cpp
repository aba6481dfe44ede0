#include "experiment/levels.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/time.h"
#include "event/quantity.h"

namespace culprit {
namespace {

using Measure = Amount::Measure;

// Below zero there is nothing to space by logarithms: the least is this part of the most.
constexpr double span_from_zero = 64;

std::optional<double> number(std::string_view text) {
  double value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  if (!(value >= 0 && value < 1e18)) return std::nullopt;
  return value;
}

std::optional<double> whole(std::optional<double> value) {
  return value && *value == std::floor(*value) ? value : std::nullopt;
}

std::optional<double> share(std::string_view text) {
  if (!text.ends_with('%')) return number(text);
  const std::optional<double> percent = number(text.substr(0, text.size() - 1));
  if (!percent) return std::nullopt;
  return *percent / 100;
}

struct Unit {
  double scale;
  std::string_view name;
};

// The largest that leaves one or more of it.
Unit unit_for(double count, Measure measure) {
  static constexpr Unit bytes[] = {{1 << 30, "GiB"}, {1 << 20, "MiB"}, {1 << 10, "KiB"}, {1, "B"}};
  static constexpr Unit times[] = {{1, "s"}, {1e-3, "ms"}, {1e-6, "us"}, {1e-9, "ns"}};
  if (measure == Measure::count) return {1, ""};
  if (measure == Measure::share) return {0.01, "%"};
  for (const Unit& unit : measure == Measure::bytes ? bytes : times) {
    if (count >= unit.scale) return unit;
  }
  return measure == Measure::bytes ? bytes[3] : times[0];
}

// To three digits of its unit: they tell two levels apart.
double rounded(double count, Measure measure) {
  const double scale = unit_for(count, measure).scale;
  const double digit = std::pow(10, std::floor(std::log10(count / scale)) - 2);
  return std::round(count / scale / digit) * digit * scale;
}

Error unreadable(std::string_view range, const Amount& amount) {
  static constexpr std::string_view examples[] = {"1..64", "0..20%", "64KiB..16MiB", "0..500ms"};
  Error made = error(Fault::usage, "{} is no range of such amounts", range);
  made.advice = fmt::format("a range such as {}, one amount, or a list such as off,{}",
                            examples[static_cast<std::size_t>(amount.measure)],
                            count_text(std::max(amount.least, 1e-2), amount.measure));
  if (amount.measure == Measure::count) made.advice = "a range such as 1..64, a number, or 1,2,8";
  return made;
}

Result<double> amount_of(std::string_view text, std::string_view range, const Amount& amount) {
  const std::optional<double> count = count_of(text, amount.measure);
  if (!count) return unreadable(range, amount);
  if (*count < amount.least || *count > amount.most) {
    return error(Fault::usage, "{} is not between {} and {}", text,
                 count_text(amount.least, amount.measure), count_text(amount.most, amount.measure));
  }
  return *count;
}

// From `low` to `high`, each at most twice the one before where `steps_max` allows it.
std::vector<double> log_spaced(double low, double high, int steps_max) {
  const int doublings = static_cast<int>(std::ceil(std::log2(high / low) - 1e-9));
  const int steps = std::clamp(doublings, 1, steps_max);
  std::vector<double> counts;
  for (int step = 0; step <= steps; ++step) {
    counts.push_back(low * std::pow(high / low, double(step) / steps));
  }
  return counts;
}

std::vector<double> counts_between(double low, double high, Measure measure) {
  if (low == high) return {low};
  // Ends are exact.
  const auto between = [&](std::vector<double> spaced) {
    for (std::size_t i = 1; i + 1 < spaced.size(); ++i) spaced[i] = rounded(spaced[i], measure);
    return spaced;
  };
  const bool whole_only = measure == Measure::count || measure == Measure::bytes;
  constexpr int steps_max = static_cast<int>(levels_max) - 1;
  std::vector<double> counts;
  if (low > 0) {
    counts = between(log_spaced(low, high, steps_max));
  } else {
    const double least = whole_only ? std::max(1.0, high / span_from_zero) : high / span_from_zero;
    counts =
        least < high ? between(log_spaced(least, high, steps_max - 1)) : std::vector<double>{high};
    counts.insert(counts.begin(), 0.0);
  }
  for (double& count : counts) {
    if (whole_only && unit_for(count, measure).scale == 1) count = std::round(count);
  }
  return counts;
}

std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> words;
  for (;;) {
    const std::size_t comma = text.find(',');
    words.push_back(text.substr(0, comma));
    if (comma == std::string_view::npos) return words;
    text.remove_prefix(comma + 1);
  }
}

}  // namespace

std::optional<double> count_of(std::string_view text, Measure measure) {
  switch (measure) {
    case Measure::count: return whole(number(text));
    case Measure::share: return share(text);
    case Measure::bytes: {
      const std::optional<double> bytes = number(text);
      return bytes ? whole(bytes) : quantity_in("bytes", text);
    }
    case Measure::time: {
      if (text == "0") return 0.0;
      const std::optional<Duration> time = parse_duration(text);
      if (!time || *time < Duration::zero()) return std::nullopt;
      return seconds(*time);
    }
  }
  return std::nullopt;
}

std::string count_text(double count, Measure measure) {
  const Unit unit = unit_for(count, measure);
  return fmt::format("{:.12g}{}", count / unit.scale, unit.name);
}

Result<std::vector<std::string>> amount_levels(std::string_view range, const Amount& amount) {
  const std::size_t dots = range.find("..");
  if (dots == std::string_view::npos) {
    auto words = TRY(word_levels(range));
    for (const std::string& word : words) {
      if (word != off) TRY(amount_of(word, range, amount));
    }
    return words;
  }
  double low = TRY(amount_of(range.substr(0, dots), range, amount));
  double high = TRY(amount_of(range.substr(dots + 2), range, amount));
  if (low > high) std::swap(low, high);
  if (high == 0) return unreadable(range, amount);
  std::vector<std::string> levels;
  for (const double count : counts_between(low, high, amount.measure)) {
    const bool none = count == 0 && amount.stronger == Amount::Stronger::more;
    std::string text = none ? std::string(off) : count_text(count, amount.measure);
    if (levels.empty() || levels.back() != text) levels.push_back(std::move(text));
  }
  if (amount.stronger == Amount::Stronger::less) std::reverse(levels.begin(), levels.end());
  if (levels.size() == 1) levels.insert(levels.begin(), std::string(off));
  return levels;
}

Result<std::vector<std::string>> word_levels(std::string_view range) {
  std::vector<std::string> levels;
  for (const std::string_view word : split(range)) {
    if (word.empty()) return error(Fault::usage, "an empty level in \"{}\"", range);
    if (std::find(levels.begin(), levels.end(), word) != levels.end()) {
      return error(Fault::usage, "{} stands twice in \"{}\"", word, range);
    }
    levels.emplace_back(word);
  }
  if (levels.size() > levels_max) {
    return error(Fault::usage, "{} levels are too many: {} at most", levels.size(), levels_max);
  }
  if (levels.size() == 1 && levels[0] == off) {
    return error(Fault::usage, "\"{}\" alone varies nothing", off);
  }
  if (levels.size() == 1) levels.insert(levels.begin(), std::string(off));
  return levels;
}

}  // namespace culprit
