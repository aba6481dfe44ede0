#include <algorithm>
#include <array>
#include <cmath>

#include "contrast/first_mover.h"

namespace culprit {
namespace {

constexpr std::size_t cells_max = 4096;
constexpr double least = 1e-12;  // of a probability that still matters

// Gauss and Legendre's three points in a cell: exact where five others tie within it.
constexpr std::array<double, 3> nodes{0.1127016653792583, 0.5, 0.8872983346207417};
constexpr std::array<double, 3> weights{5.0 / 18, 8.0 / 18, 5.0 / 18};

struct Grid {
  double from = 0;
  double width = 1;
  std::size_t cells = 1;
};

Grid grid_of(std::span<const MetricOnset> onsets) {
  double from = 1e300, to = -1e300, narrowest = 1e300;
  for (const MetricOnset& onset : onsets) {
    for (const OnsetCell& cell : onset.cells) {
      if (cell.mass <= least) continue;
      from = std::min(from, cell.from);
      to = std::max(to, cell.to);
      narrowest = std::min(narrowest, cell.to - cell.from);
    }
  }
  if (to <= from) return {};
  const double wanted = std::ceil(2 * (to - from) / std::max(narrowest, 1e-9));
  Grid grid{from, 0, static_cast<std::size_t>(std::clamp<double>(wanted, 1, cells_max))};
  grid.width = (to - from) / static_cast<double>(grid.cells);
  return grid;
}

std::vector<double> spread(const MetricOnset& onset, const Grid& grid) {
  std::vector<double> mass(grid.cells, 0);
  for (const OnsetCell& cell : onset.cells) {
    if (cell.mass <= 0 || cell.to <= cell.from) continue;
    const double begin =
        std::clamp((cell.from - grid.from) / grid.width, 0.0, static_cast<double>(grid.cells));
    const double end =
        std::clamp((cell.to - grid.from) / grid.width, 0.0, static_cast<double>(grid.cells));
    if (end <= begin) continue;
    for (auto i = static_cast<std::size_t>(begin); i < grid.cells; ++i) {
      const auto left = static_cast<double>(i);
      if (left >= end) break;
      const double share = std::min(end, left + 1) - std::max(begin, left);
      mass[i] += cell.mass * share / (end - begin);
    }
  }
  return mass;
}

// The product of all factors but one, for each one.
std::vector<double> products_without(const std::vector<double>& factors) {
  std::vector<double> products(factors.size(), 1);
  double before = 1;
  for (std::size_t i = 0; i < factors.size(); ++i) {
    products[i] = before;
    before *= factors[i];
  }
  double behind = 1;
  for (std::size_t i = factors.size(); i-- > 0;) {
    products[i] *= behind;
    behind *= factors[i];
  }
  return products;
}

}  // namespace

std::vector<double> precedence(std::span<const MetricOnset> onsets) {
  const Grid grid = grid_of(onsets);
  std::vector<std::vector<double>> masses;
  for (const MetricOnset& onset : onsets) masses.push_back(spread(onset, grid));
  std::vector<double> later(onsets.size(), 1);  // P(not yet moved) at the cell's beginning
  std::vector<double> first(onsets.size(), 0);
  std::vector<double> factors(onsets.size());
  double nobody = 1;
  for (std::size_t cell = 0; cell < grid.cells && nobody > least; ++cell) {
    for (std::size_t node = 0; node < nodes.size(); ++node) {
      for (std::size_t i = 0; i < onsets.size(); ++i) {
        factors[i] = std::max(0.0, later[i] - nodes[node] * masses[i][cell]);
      }
      const std::vector<double> others = products_without(factors);
      for (std::size_t i = 0; i < onsets.size(); ++i) {
        first[i] += weights[node] * masses[i][cell] * others[i];
      }
    }
    nobody = 1;
    for (std::size_t i = 0; i < onsets.size(); ++i) {
      later[i] = std::max(0.0, later[i] - masses[i][cell]);
      nobody *= later[i];
    }
  }
  double sum = 0;
  for (const double one : first) sum += one;
  for (double& one : first) one /= sum > 0 ? sum : 1;
  return first;
}

}  // namespace culprit
