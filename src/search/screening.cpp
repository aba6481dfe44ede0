#include "search/screening.h"

#include <algorithm>
#include <cmath>

#include "base/verify.h"

namespace culprit {
namespace {

constexpr std::size_t columns_min = 7;

bool is_prime(std::size_t number) {
  for (std::size_t i = 2; i * i <= number; ++i) {
    if (number % i == 0) return false;
  }
  return number > 1;
}

// The primes that Paley's first construction takes: one below a multiple of four.
std::size_t columns_for(std::size_t factor_count) {
  std::size_t columns = std::max(factor_count, columns_min);
  while (columns % 4 != 3 || !is_prime(columns)) ++columns;
  return columns;
}

// Whether each remainder is a square, zero taken as one.
std::vector<char> squares(std::size_t prime) {
  std::vector<char> square(prime, 0);
  for (std::size_t i = 0; i < prime; ++i) square[i * i % prime] = 1;
  return square;
}

}  // namespace

std::vector<FactorSet> plackett_burman(std::size_t factor_count) {
  VERIFY(factor_count <= factors_max);
  const std::size_t columns = columns_for(factor_count);
  const std::vector<char> square = squares(columns);
  std::vector<FactorSet> rows(columns, 0);
  for (std::size_t row = 0; row < columns; ++row) {
    for (std::size_t factor = 0; factor < factor_count; ++factor) {
      if (square[(factor + row) % columns] != 0) rows[row] |= set_of(factor);
    }
  }
  return rows;
}

std::vector<MainEffect> main_effects(const ConditionCounts& counts, std::size_t factor_count) {
  std::vector<MainEffect> effects(factor_count);
  for (std::size_t factor = 0; factor < factor_count; ++factor) {
    TrialCounts sides[2];  // off, on
    for (const auto& [condition, counted] : counts) {
      TrialCounts& side = sides[condition.levels[factor] > 0 ? 1 : 0];
      side.bad += counted.bad;
      side.good += counted.good;
    }
    const auto odds = [](const TrialCounts& side) {
      return std::log((side.bad + 0.5) / (side.good + 0.5));
    };
    const auto variance = [](const TrialCounts& side) {
      return 1 / (side.bad + 0.5) + 1 / (side.good + 0.5);
    };
    effects[factor] = {odds(sides[1]) - odds(sides[0]),
                       std::sqrt(variance(sides[0]) + variance(sides[1]))};
  }
  return effects;
}

}  // namespace culprit
