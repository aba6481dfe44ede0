// Proxies, toxics, journals and recorded exchanges as JSON, and back.
//
// The documents of proxies and toxics are those of the Toxiproxy HTTP API. A journal is NDJSON: its
// first line holds the seed and the proxies with their toxics, so that the same traffic gets the
// same faults again; each other line is one fault. A recorded exchange is an Event for
// `investigate`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "experiment/proxy/pipeline.h"
#include "experiment/proxy/plan.h"

namespace culprit {

std::string json_of(const Toxic& toxic);
std::string json_of(const ProxyPlan& plan);
std::string json_of(const std::vector<Toxic>& toxics);
std::string json_of(const std::vector<ProxyPlan>& plans);  // an object, by name
std::string json_of_populated(const std::vector<ProxyPlan>& plans);

// What a body says, over what was there before. Errors: as the API tells them.
Result<Toxic> toxic_of_json(std::string_view body, Toxic before);
Result<ProxyPlan> plan_of_json(std::string_view body, ProxyPlan before);
Result<std::vector<ProxyPlan>> plans_of_json(std::string_view body);
std::string error_json(std::string_view what, int status);

struct JournalStart {
  std::uint64_t seed = 0;
  std::vector<ProxyPlan> proxies;
};
std::string journal_line(const JournalStart& start);
// `since`: when the proxy started, on the clock of the injection.
std::string journal_line(const Injection& injection, std::string_view proxy, Time since);
// Of the last start in a journal.
Result<JournalStart> start_of_journal(std::string_view text);

struct ExchangePlace {
  std::string_view proxy;
  std::uint64_t connection = 0;
  Time wall_began = no_time;  // on the clock of the world
  Time over = no_time;        // of a reply that was not delivered; on the clock of the exchange
};
std::string exchange_line(const Exchange& exchange, const ExchangePlace& place);

}  // namespace culprit
