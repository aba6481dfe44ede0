#include "contrast/circumstances.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>

#include <fmt/format.h>

#include "contrast/failure_kind.h"
#include "contrast/services.h"

namespace culprit {
namespace {

// ln of how much likelier such a message is where a change is guilty than where none is. Judged,
// and held against bench/accuracy_changes.py. Settings hold addresses, sizes and limits: they bring
// such failures more often than code does.
struct KindRow {
  FailureKind kind;
  double code;
  double settings;
};
constexpr std::array<KindRow, 12> kinds = {{{FailureKind::bug, 1.2, 0.3},
                                            {FailureKind::expiry, -6.0, -5.0},
                                            {FailureKind::storage, -5.0, -5.0},
                                            {FailureKind::hardware, -5.0, -5.0},
                                            {FailureKind::standby, -4.0, -3.0},
                                            {FailureKind::contention, -2.0, -1.2},
                                            {FailureKind::network, -3.2, -1.5},
                                            {FailureKind::foreign, -3.5, -2.0},
                                            {FailureKind::overload, -1.8, -0.5},
                                            {FailureKind::memory, -0.3, -0.3},
                                            {FailureKind::customer, -2.8, -2.8},
                                            {FailureKind::slowness, -0.8, 0}}};

constexpr double blamed_min = 0.5;                            // of the failures
constexpr Duration down_after_max = std::chrono::minutes(4);  // what does not start shows at once
constexpr double traffic_same_max = 1.2;
constexpr double overload_alone_log = -0.3;

constexpr double traffic_ratio_min = 1.4;  // less is the time of day
constexpr double traffic_log_each = 5.0;   // per factor e
constexpr double traffic_log_max = 6.0;

constexpr double round_log = -0.5;

constexpr double concentrated = 0.9;  // of the failures, in one place
constexpr double seen_min = 8;
constexpr Duration rollout_usual = std::chrono::minutes(2);
constexpr double one_place_log = -2.8;
constexpr double same_elsewhere_log = -5.5;
constexpr double place_of_wrong_values = 0.1;
constexpr double own_region_log = 2.0;
constexpr double other_region_log = -5.0;

constexpr double customer_log = -4.5;
constexpr double customer_of_settings_log = -2.0;

std::string quoted(std::string_view text) {
  constexpr std::size_t bytes_max = 60;
  return fmt::format("\"{}{}\"", text.substr(0, bytes_max), text.size() > bytes_max ? "..." : "");
}

// Whether, for most of the time since the onset, not all places had it yet.
bool is_rolling(const Change& change, const ChangeEvidence& evidence) {
  if (!evidence.onset || evidence.until == no_time) return false;
  const Time finished = change.finished.value_or(change.at + rollout_usual);
  return finished > evidence.onset->at + (evidence.until - evidence.onset->at) * 2 / 3;
}

bool says_word(std::string_view text, std::string_view value) {
  const auto same = [](char a, char b) {
    return std::tolower(static_cast<unsigned char>(a)) ==
           std::tolower(static_cast<unsigned char>(b));
  };
  const auto at = std::search(text.begin(), text.end(), value.begin(), value.end(), same);
  return !value.empty() && at != text.end();
}

// Whether the list says that it was put in place there.
bool is_put(const Change& change, std::string_view place) {
  return says_word(change.environment, place) || says_word(change.place, place);
}

// "prod-eu" may be all of the places where it fails; "production" is not.
bool is_partial(const Change& change) {
  return !change.place.empty() || change.environment.find_first_of("-_./ ") != std::string::npos;
}

// Whether all that was seen, healthy or not, lies where it was put in place.
bool covers_all(const Change& change, const ChangeEvidence& evidence) {
  return std::any_of(
      evidence.spreads.begin(), evidence.spreads.end(), [&](const PlaceSpread& spread) {
        return spread.places <= 1 && spread.others.empty() && is_put(change, spread.value);
      });
}

bool is_reached(FailureKind kind) {
  return kind == FailureKind::network || kind == FailureKind::foreign ||
         kind == FailureKind::slowness;
}

// Who waits in vain for somebody outside tells of them.
FailureKind kind_of(const ChangeEvidence& evidence) {
  const FailureKind kind = failure_kind_of(evidence.told_first);
  const bool waits = kind == FailureKind::slowness && !evidence.outside.empty();
  return waits ? FailureKind::foreign : kind;
}

bool is_fresh(const Change& change, const ChangeEvidence& evidence) {
  return evidence.onset && evidence.onset->at - change.at <= down_after_max;
}

// Whether others say that they could not reach what it changed.
bool is_blamed(const Change& change, const ChangeEvidence& evidence) {
  return std::any_of(
      evidence.services.begin(), evidence.services.end(), [&](const FailingService& service) {
        return service.named >= blamed_min && same_service(service.name, change.service);
      });
}

}  // namespace

bool is_concentrated(const PlaceSpread& spread) {
  if (spread.places < 2 || spread.seen < seen_min || spread.failures < concentrated) return false;
  return spread.traffic <= 0.5 * (1 + 1.0 / static_cast<double>(spread.places));
}

Clue kind_clue(const Change& change, const ChangeEvidence& evidence) {
  const FailureKind kind = kind_of(evidence);
  // Who is down or slow after its deploy is told by those who call it.
  if (is_reached(kind) && is_fresh(change, evidence) && is_blamed(change, evidence)) return {};
  // Without more load than before, it is the room that shrank.
  if (kind == FailureKind::overload && evidence.traffic < traffic_same_max) {
    return {overload_alone_log, fmt::format("{} tells of {}, and traffic is no more than before",
                                            quoted(evidence.told_first), told(kind))};
  }
  for (const KindRow& row : kinds) {
    if (row.kind != kind) continue;
    const double log_ratio = is_setting(change.kind) ? row.settings : row.code;
    if (kind == FailureKind::foreign && !evidence.outside.empty()) {
      return {log_ratio, fmt::format("{} tells of {}, which none of the changes put in place",
                                     quoted(evidence.told_first), evidence.outside)};
    }
    return {log_ratio, fmt::format("{} tells of {}", quoted(evidence.told_first), told(kind))};
  }
  return {};
}

Clue traffic_clue(const Change&, const ChangeEvidence& evidence) {
  if (evidence.traffic < traffic_ratio_min) return {};
  return {-std::min(traffic_log_max, traffic_log_each * std::log(evidence.traffic)),
          fmt::format("traffic is {:.1f} times what it was before", evidence.traffic)};
}

Clue round_clue(const Change&, const ChangeEvidence& evidence) {
  if (!evidence.onset || !evidence.onset->round) return {};
  return {round_log, "it began at a full or half hour, when jobs start and certificates end"};
}

Clue spread_clue(const Change& change, const ChangeEvidence& evidence) {
  Clue best;
  for (const PlaceSpread& spread : evidence.spreads) {
    if (!is_concentrated(spread)) continue;
    const bool here = is_put(change, spread.value);
    const bool there = std::any_of(spread.others.begin(), spread.others.end(),
                                   [&](const std::string& other) { return is_put(change, other); });
    Clue clue;
    if (here && !there) {
      clue = {own_region_log,
              fmt::format("it was put in place in {}, where the failures are", spread.value)};
    } else if (there && !here) {
      clue = {other_region_log,
              fmt::format("it was put in place in {}; the failures are in {}",
                          change.place.empty() ? change.environment : change.place, spread.value)};
    } else if (spread.elsewhere == PlaceSpread::Elsewhere::same_version) {
      clue = {same_elsewhere_log,
              fmt::format("only {} = {} fails; elsewhere the same version works", spread.field,
                          spread.value)};
    } else if (spread.elsewhere == PlaceSpread::Elsewhere::unknown &&
               !is_rolling(change, evidence) &&
               (!is_partial(change) || covers_all(change, evidence))) {
      clue = {one_place_log, fmt::format("only {} = {} fails", spread.field, spread.value)};
    }
    // A broken machine refuses, or is slow; it does not calculate wrongly.
    if (evidence.values_wrong) clue.log_ratio *= place_of_wrong_values;
    if (std::abs(clue.log_ratio) > std::abs(best.log_ratio)) best = std::move(clue);
  }
  return best;
}

Clue customer_clue(const Change& change, const ChangeEvidence& evidence) {
  if (!evidence.customer) return {};
  return {
      is_setting(change.kind) ? customer_of_settings_log : customer_log,
      fmt::format("only {} = {} is concerned", evidence.customer->field, evidence.customer->value)};
}

}  // namespace culprit
