#include "search/sprt.h"

#include <algorithm>
#include <cmath>

#include "base/verify.h"

namespace culprit {
namespace {

constexpr double doubt_min = 1e-6;  // no rate is exactly 0 or 1: one trial would decide everything

// The rate at which trials speak for neither of two.
double undecided_at(double high, double low) {
  const double good = std::log1p(-low) - std::log1p(-high);
  return good / (std::log(high / low) + good);
}

}  // namespace

Sprt::Sprt(Options options) {
  VERIFY(options.at_most < options.at_least);
  const double yes = std::clamp(options.at_least, doubt_min, 1 - doubt_min);
  const double no = std::clamp(options.at_most, doubt_min / 2, 1 - 2 * doubt_min);
  of_bad_ = std::log(yes / no);
  of_good_ = std::log1p(-yes) - std::log1p(-no);
  yes_ = std::log((1 - options.false_no) / options.false_yes);
  no_ = std::log(options.false_no / (1 - options.false_yes));
}

Sprt Sprt::of_rate(double rate, double error) {
  return Sprt({.at_least = rate, .at_most = rate / 2, .false_yes = error, .false_no = error});
}

Sprt::Options Sprt::around(double toss, double at_least, double error) {
  double low = doubt_min;
  double high = at_least;
  for (int i = 0; i < 50; ++i) {
    const double middle = std::sqrt(low * high);
    (undecided_at(at_least, middle) < toss ? low : high) = middle;
  }
  return {.at_least = at_least, .at_most = low, .false_yes = error, .false_no = error};
}

void Sprt::tell(Outcome outcome) {
  tell(outcome == Outcome::bad ? 1 : 0, outcome == Outcome::good ? 1 : 0);
}

void Sprt::tell(double bad, double good) {
  if (verdict_) return;
  trials_ += static_cast<std::size_t>(bad + good);
  log_ratio_ += bad * of_bad_ + good * of_good_;
  if (log_ratio_ >= yes_) verdict_ = Verdict::at_least;
  if (log_ratio_ <= no_) verdict_ = Verdict::at_most;
}

}  // namespace culprit
