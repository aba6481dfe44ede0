#include "search/set_splitting.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/statistics.h"
#include "base/verify.h"

namespace culprit {
namespace {

constexpr double log_negligible = -27;  // a share of 1e-12
constexpr double half = 0.5;

// How unlikely k needed members are believed to be at first, as a logarithm. Mostly it is one to
// four; beyond, whatever falls slower than the tests of one more answer rises will do. Of the
// shapes that were tried this one stays within 1.2 (log2 C(n, k) + k) for one to four of 32 (1 /
// k(k + 1): 1.21 to 1.25).
double log_rarity(double k) {
  const double many = k / 4;
  return std::log((k + 1) * (1 + many * many * many * many));
}

}  // namespace

SetSplitting::SetSplitting(Subset start, Checks checks)
    : checks_(checks),
      kept_(std::move(start)),
      size_(size_of(kept_)),
      open_(members_of(kept_)),
      group_(size_) {
  while (std::size_t{2} << first_left_ <= size_) ++first_left_;
  ++first_left_;
  log_factorial_.reserve(size_ + 1);
  double sum = 0;
  for (std::size_t i = 0; i <= size_; ++i) {
    log_factorial_.push_back(sum);
    sum += std::log(static_cast<double>(i + 1));
  }
  advance();
}

// The logarithm of the probability, up to a factor, that none of the first `size` open members is
// needed: a sum over how many are.
double SetSplitting::log_clean(std::size_t size) const {
  const std::size_t found = needed_.size();
  const std::size_t others = open_.size() - open_begin_ - size;
  const auto log_choose = [&](std::size_t of, std::size_t count) {
    return log_factorial_[of] - log_factorial_[count] - log_factorial_[of - count];
  };
  double sum = -std::numeric_limits<double>::infinity();
  double last = sum;
  for (std::size_t more = found == 0 ? 1 : 0; more <= others; ++more) {
    const auto k = static_cast<double>(found + more);
    const double term = log_choose(others, more) - log_choose(size_, found + more) - log_rarity(k);
    sum = log_add(sum, term);
    if (term < last && term < sum + log_negligible) break;
    last = term;
  }
  return sum;
}

// Of so many members, how many are as likely to hold a needed one as not.
std::size_t SetSplitting::even_split(std::size_t most) const {
  const double any = log_clean(0);
  const double none = group_ > 0 ? std::exp(log_clean(group_) - any) : 0;
  const auto share = [&](std::size_t size) {
    return (std::exp(log_clean(size) - any) - none) / (1 - none);
  };
  std::size_t low = 1;
  std::size_t high = most;
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    if (share(middle) > half) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  const bool less = low > 1 && share(low - 1) - half < half - share(low);
  return less ? low - 1 : low;
}

std::size_t SetSplitting::size_of_group() const {
  if (needed_.empty()) {
    // Halves where one alone would take too long otherwise.
    const std::size_t room = std::size_t{1} << (first_left_ - 1);
    const std::size_t least = group_ > room ? group_ - room : 1;
    return std::clamp(even_split(group_ - 1), least, std::min(room, group_ - 1));
  }
  const std::size_t open = open_.size() - open_begin_;
  if (group_ == 0 && needed_.size() == 1) return open;
  return even_split(group_ > 0 ? group_ - 1 : open);
}

Subset SetSplitting::without(std::size_t count) const {
  Subset set = kept_;
  for (std::size_t i = 0; i < count; ++i) set[open_[open_begin_ + i]] = false;
  return set;
}

SetSplitting::Stage SetSplitting::next_stage() {
  const bool narrow = contradicted_ && checks_ == Checks::each;
  if (stage_ == Stage::checking && (narrow || unjudged_) && size_of(kept_) > 1) {
    ddmin_.emplace(kept_);
    return Stage::narrowing;
  }
  return stage_ == Stage::splitting ? Stage::checking : Stage::done;
}

void SetSplitting::advance() {
  question_.reset();
  while (stage_ != Stage::done && !question_) {
    if (stage_ == Stage::splitting && group_ == 1) {
      needed_.push_back(open_[open_begin_++]);
      group_ = 0;
    } else if (stage_ == Stage::splitting && open_begin_ < open_.size()) {
      tried_ = size_of_group();
      question_ = without(tried_);
    } else if (stage_ == Stage::checking && checked_ < needed_.size() &&
               !(contradicted_ && checks_ == Checks::each)) {
      question_ = kept_;
      (*question_)[needed_[checked_]] = false;
    } else if (stage_ == Stage::narrowing && ddmin_->ask()) {
      question_ = ddmin_->ask();
    } else {
      stage_ = next_stage();
    }
  }
}

void SetSplitting::told_of_group(std::optional<Outcome> outcome) {
  unjudged_ = unjudged_ || !outcome;
  if (first_left_ > 1) --first_left_;
  if (outcome != Outcome::bad) {
    group_ = tried_;
    return;
  }
  kept_ = *question_;
  open_begin_ += tried_;
  if (group_ > 0) group_ -= tried_;
}

void SetSplitting::told_of_check(std::optional<Outcome> outcome) {
  ++checked_;
  if (outcome != Outcome::bad) return;
  contradicted_ = true;
  kept_ = *question_;
}

void SetSplitting::tell(std::optional<Outcome> outcome) {
  VERIFY(question_.has_value());
  if (stage_ == Stage::splitting) told_of_group(outcome);
  if (stage_ == Stage::checking) told_of_check(outcome);
  if (stage_ == Stage::narrowing) {
    ddmin_->tell(outcome);
    kept_ = ddmin_->kept();
  }
  advance();
}

}  // namespace culprit
