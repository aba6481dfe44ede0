// A Plan is the whole incident, drawn before the first request: what fails, for whom, from when,
// how often, and what else happens that has nothing to do with it. It depends on the options and
// the seed only, and asks for enough traffic to leave at least 120 affected requests.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cause.h"
#include "options.h"
#include "repo_info.h"

namespace shop {

// One row of the table of incidents that log an error: what the failing requests answer and who
// logs it. The text itself is made in notes.cpp; `fragment` is its constant part.
struct Incident {
  std::string_view name;
  std::string_view fragment;
  std::string_view logger;
  int status;
  int duration_median;  // milliseconds of a failing request
};

inline constexpr std::array<Incident, 5> incidents = {
    {{"payment_timeout", "payment timeout gateway_host=", "payments.client", 504, 410},
     {"idempotency_key", "idempotency key already used by request", "payments.ledger", 500, 35},
     {"ledger_shard", "no ledger shard for account", "payments.ledger", 503, 22},
     {"exchange_rate", "exchange rate missing", "payments.pricing", 500, 28},
     {"database_refused", "connection refused upstream=", "orders.store", 503, 15}}};
// The last row is no commit's work: it is what a shop without a guilty commit suffers from.
inline constexpr size_t incidents_of_code = 4;

enum class Wrong { total, currency };
enum class Stopped { none, orders, heartbeats, auth };

struct Deploy {
  Instant at;
  std::string version;
  std::string service;
  std::string environment;
  std::string sha;
};

struct Span {
  Instant from;
  Instant to;
};

struct Plan {
  Kind kind;
  Span log;
  std::optional<Instant> onset;
  std::optional<Instant> end;  // of a spike
  Cause cause;
  double probability = 0;  // at full intensity, of a request that meets the cause
  size_t incident = 0;     // in the table
  Wrong wrong = Wrong::total;
  Stopped stopped = Stopped::none;
  Instant ramp = 0;    // how long it rises
  Instant period = 0;  // of recurring bursts
  Instant burst = 0;   // length of each
  Span wave;           // of benign traffic
  std::vector<Deploy> deploys;
  Release before;
  Release released;   // the gateway's during the log
  std::string decoy;  // version
  Instant decoy_at = 0;
  bool code_caused = false;        // whether a commit brought the incident
  std::vector<Instant> switch_at;  // by host: when it begins to run `released`

  // How much of the planted probability acts on a request that arrives at this instant: 0 to 1.
  double intensity(Instant at) const;
  Version version_at(uint32_t host, Instant at) const {
    return at >= switch_at[host] ? Version::released : Version::before;
  }
};

// Throws a Refusal where the traffic is too thin for a finding.
Plan drawn_plan(const Options& options, const Population& population, const RepoInfo& repo);

}  // namespace shop
