#include "search/set_search.h"

#include <algorithm>
#include <cmath>

#include "base/statistics.h"
#include "base/verify.h"

namespace culprit {
namespace {

constexpr std::size_t good_failures_max = 3;  // on end: GOOD fails, and not by chance
constexpr double unjudged_max = 3;            // runs of a set without a judgement
// Runs at each end to know the rates: at BAD until it failed so often, and at most.
constexpr double flaky_runs_min = 20;
constexpr double flaky_failures = 10;
constexpr double flaky_runs_max = 60;
// Runs of what was found where differences seem to hide each other. With 12 a search of 128 whose
// BAD fails nine times in ten takes a fifth more runs and is right no oftener.
constexpr double contradicted_runs = 6;
constexpr double same_rate_min = 0.05;  // Fisher's test of the two ends
// Of an answer on the way, which is looked at once more before it counts: with 0.02 a search of 128
// takes a third more runs and is right as often (bench/search_sets.cpp).
constexpr double error_loose = 0.1;
constexpr double rate_share =
    0.1;                         // of the way from BAD to GOOD: a set may fail a little less often
constexpr double runs_max = 80;  // for one answer; the likelier then
constexpr std::size_t suspicious = 12;  // answers on end without a failure: one search in 4,096
constexpr std::size_t restarts_max = 6;

}  // namespace

SetSearch::SetSearch(std::size_t count, Options options)
    : options_(options), none_(count, false), all_(count, true), history_{all_} {
  VERIFY(options_.calibrate > 0);
  advance();
}

std::optional<Subset> SetSearch::ask(std::size_t running) const {
  return running < wanted_ ? question_ : std::nullopt;
}

TrialCounts SetSearch::counts(const Subset& set) const {
  const auto known = counts_.find(set);
  return known == counts_.end() ? TrialCounts{} : known->second;
}

void SetSearch::tell(const Subset& tried, std::optional<Outcome> outcome) {
  const bool checks = phase_ == Phase::ends || (phase_ == Phase::confirming && !flaky_);
  ++(checks ? checks_ : tests_);
  const auto add = [&](TrialCounts& counts) {
    ++(!outcome ? counts.unjudged : outcome == Outcome::bad ? counts.bad : counts.good);
  };
  TrialCounts& all = counts_[tried];
  add(all);
  if (doubt_ && tried == history_[doubt_->probed]) add(fresh_[tried]);
  if (!flaky_ && all.bad > 0 && all.good > 0) become_flaky();
  advance();
}

void SetSearch::become_flaky() {
  flaky_ = true;
  options_.rates.reset();
  phase_ = Phase::ends;
  history_ = {all_};
  splitting_.reset();
}

void SetSearch::put(const Subset& set, std::size_t runs) {
  question_ = set;
  wanted_ = runs;
}

void SetSearch::finish(Verdict verdict) {
  verdict_ = verdict;
  phase_ = Phase::finished;
}

void SetSearch::advance() {
  question_.reset();
  while (!question_ && phase_ != Phase::finished) {
    if (doubt_) {
      advance_doubt();
    } else if (phase_ == Phase::ends) {
      flaky_ ? advance_flaky_ends() : advance_ends();
    } else if (phase_ == Phase::searching) {
      advance_search();
    } else {
      advance_confirming();
    }
  }
}

void SetSearch::advance_ends() {
  if (options_.rates) {
    rates_ = *options_.rates;
    flaky_ = rates_.good > 0 || rates_.bad < 1;
    return begin_search();
  }
  const TrialCounts good = counts(none_);
  const TrialCounts bad = counts(all_);
  const auto wanted = static_cast<double>(std::min<std::size_t>(2, options_.calibrate));
  for (const TrialCounts& end : {good, bad}) {
    if (end.total() == 0 && end.unjudged >= unjudged_max) return finish(Verdict::unjudged);
  }
  const std::size_t failures_max = std::min(options_.calibrate, good_failures_max);
  if (good.bad >= static_cast<double>(failures_max)) return finish(Verdict::good_fails);
  if (good.bad > 0 || good.good < wanted) return put(none_, 1);
  if (bad.good >= static_cast<double>(options_.calibrate)) return finish(Verdict::bad_passes);
  if (bad.good > 0 || bad.bad < wanted) return put(all_, 1);
  begin_search();
}

void SetSearch::advance_flaky_ends() {
  const double least = std::max(flaky_runs_min, static_cast<double>(options_.calibrate));
  const double most = std::max(flaky_runs_max, least);
  const TrialCounts good = counts(none_);
  const TrialCounts bad = counts(all_);
  const auto runs = [](const TrialCounts& end) { return end.total() + end.unjudged; };
  const auto up_to = [&](const Subset& end, double wanted) {
    put(end, static_cast<std::size_t>(wanted - runs(counts(end))));
  };
  if (runs(good) < least) return up_to(none_, least);
  if (runs(bad) < least) return up_to(all_, least);
  if (good.total() == 0 || bad.total() == 0) return finish(Verdict::unjudged);
  if (bad.bad < flaky_failures && runs(bad) < most) return put(all_, 1);
  const double chance = fisher_tail(bad.bad, bad.total(), good.bad, good.total());
  if (chance > same_rate_min && runs(bad) < most) return up_to(all_, most);
  if (chance > same_rate_min && runs(good) < most) return up_to(none_, most);
  if (chance > same_rate_min) return finish(Verdict::same_rate);
  rates_.good = (good.bad + 0.5) / (good.total() + 1);
  rates_.bad = (bad.bad + 0.5) / (bad.total() + 1);
  // Rather too low: where it is too high, what fails as BAD does seems to fail too seldom.
  const double error = std::sqrt(rates_.bad * (1 - rates_.bad) / (bad.total() + 1));
  rates_.bad = std::max(rates_.bad - error, (rates_.good + rates_.bad) / 2);
  begin_search();
}

void SetSearch::begin_search() {
  phase_ = Phase::searching;
  trusted_ = 0;
  passed_ = 0;
  splitting_.emplace(all_, flaky_ ? SetSplitting::Checks::implied : SetSplitting::Checks::each);
}

// As sure as all of them together are to be.
double SetSearch::error() const {
  const bool loose = !doubt_ && splitting_->stage() == SetSplitting::Stage::splitting;
  const auto answers = static_cast<double>(size_of(splitting_->kept()) + 1);
  return loose ? error_loose : std::min(error_loose, (1 - options_.confidence) / 2 / answers);
}

Sprt SetSearch::test_of(const TrialCounts& counts, double error) const {
  const double toss = (rates_.good + rates_.bad) / 2;
  const double high = std::min(0.98, rates_.bad - rate_share * (rates_.bad - rates_.good));
  Sprt test(Sprt::around(toss, high, error));
  test.tell(counts.bad, counts.good);
  return test;
}

std::optional<SetSearch::Answer> SetSearch::answer(const TrialCounts& counts, double error) const {
  const double unjudged = flaky_ ? unjudged_max : 1;
  if (counts.total() == 0 && counts.unjudged >= unjudged) return Answer{};
  if (!flaky_) {
    if (counts.total() == 0) return std::nullopt;
    return Answer{counts.bad > 0 ? Outcome::bad : Outcome::good};
  }
  const Sprt test = test_of(counts, error);
  const bool spent = counts.total() + counts.unjudged >= runs_max;
  if (!test.decided() && !spent) return std::nullopt;
  const Sprt::Verdict verdict = test.decided().value_or(test.leaning());
  return Answer{verdict == Sprt::Verdict::at_least ? Outcome::bad : Outcome::good};
}

bool SetSearch::leans(const Subset& set) const {
  const TrialCounts known = counts(set);
  return known.total() + known.unjudged >= runs_max && !test_of(known, error()).decided();
}

bool SetSearch::unsure() const {
  if (!flaky_ || phase_ != Phase::finished || verdict_ != Verdict::found) return false;
  if (leans(kept())) return true;
  for (const std::size_t member : members_of(kept())) {
    Subset less = kept();
    less[member] = false;
    if (size_of(less) > 0 && leans(less)) return true;
  }
  return false;
}

// Before which it cannot be decided.
std::size_t SetSearch::runs_wanted(const TrialCounts& counts, double error) const {
  if (!flaky_) return 1;
  const auto until = [&](Outcome outcome) {
    Sprt test = test_of(counts, error);
    std::size_t runs = 0;
    for (; !test.decided() && static_cast<double>(runs) < runs_max; ++runs) test.tell(outcome);
    return runs;
  };
  return std::max<std::size_t>(1, std::min(until(Outcome::bad), until(Outcome::good)));
}

void SetSearch::advance_search() {
  const std::optional<Subset>& asked = splitting_->ask();
  if (!asked) {
    phase_ = Phase::confirming;
    return;
  }
  const TrialCounts known = counts(*asked);
  const std::optional<Answer> told = answer(known, error());
  if (!told) return put(*asked, runs_wanted(known, error()));
  const bool splits = splitting_->stage() == SetSplitting::Stage::splitting;
  splitting_->tell(told->outcome);
  contradicted_ = contradicted_ || splitting_->contradicted();
  if (splitting_->kept() != history_.back()) {
    history_.push_back(splitting_->kept());
    passed_ = 0;
  } else if (splits) {
    ++passed_;
  }
  if (flaky_ && passed_ >= suspicious) begin_doubt();
}

void SetSearch::advance_confirming() {
  if (flaky_) return trusted_ + 1 < history_.size() ? begin_doubt() : advance_proof();
  if (options_.calibrate == 1) return advance_proof();
  // Of one alone the ends have told what it is without it.
  const std::vector<std::size_t> members = members_of(kept());
  const double times = members.size() == 1 ? 2 : 3;
  const auto too_few = [&](const Subset& set, double wanted) {
    const TrialCounts known = counts(set);
    return known.total() + known.unjudged < wanted;
  };
  const bool doubtful =
      contradicted_ && static_cast<double>(options_.calibrate) >= contradicted_runs;
  if (too_few(kept(), doubtful ? contradicted_runs : times)) return put(kept(), 1);
  for (const std::size_t member : members) {
    Subset less = kept();
    less[member] = false;
    if (too_few(less, times)) return put(less, 1);
  }
  advance_proof();
}

// What was never asked because all said the same (--rates: nothing was run at the ends): whether
// BAD fails at all where nothing could be left out, and GOOD not where nearly all could.
void SetSearch::advance_proof() {
  const std::size_t size = size_of(kept());
  const auto asked = [&](const Subset& set) {
    const std::optional<Answer> told = answer(counts(set), error());
    if (!told) put(set, runs_wanted(counts(set), error()));
    return told;
  };
  if (size == 0 || (options_.rates && size == 1)) {
    const std::optional<Answer> good = asked(none_);
    if (!good) return;
    if (good->outcome == Outcome::bad) return finish(Verdict::good_fails);
    if (size == 0) return finish(Verdict::inconsistent);
  }
  const double failures = counts(kept()).bad;
  if (failures > 0 && !(options_.rates && kept() == all_)) return finish(Verdict::found);
  const std::optional<Answer> bad = asked(kept());
  if (!bad) return;
  if (bad->outcome == Outcome::bad) return finish(Verdict::found);
  if (!bad->outcome) return finish(Verdict::unjudged);
  finish(counts(kept()).bad > 0 ? Verdict::inconsistent : Verdict::bad_passes);
}

void SetSearch::begin_doubt() {
  passed_ = 0;
  const std::size_t last = history_.size() - 1;
  if (trusted_ == last) return;
  fresh_.clear();
  doubt_ = Doubt{trusted_, last + 1, last};
}

void SetSearch::advance_doubt() {
  const Subset& probed = history_[doubt_->probed];
  const TrialCounts known = fresh_[probed];
  const std::optional<Answer> told = answer(known, error());
  if (!told) return put(probed, runs_wanted(known, error()));
  (told->outcome == Outcome::bad ? doubt_->low : doubt_->high) = doubt_->probed;
  if (doubt_->high - doubt_->low > 1) {
    doubt_->probed = (doubt_->low + doubt_->high) / 2;
    return;
  }
  const std::size_t low = doubt_->low;
  doubt_.reset();
  trusted_ = low;
  if (low + 1 < history_.size()) restart(low);
}

void SetSearch::restart(std::size_t from) {
  if (++restarts_ > restarts_max) return finish(Verdict::inconsistent);
  history_.resize(from + 1);
  phase_ = Phase::searching;
  splitting_.emplace(history_[from], SetSplitting::Checks::implied);
}

}  // namespace culprit
