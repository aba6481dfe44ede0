// A LoadScript is a LoadPlan made ready: text cut at its {{names}}, patterns compiled, routes and
// values numbered. All threads read the same one.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "experiment/load/reply_rules.h"
#include "experiment/load/text_template.h"
#include "experiment/load_plan.h"

namespace culprit {

// The id that a server's logs are joined by, as a `traceparent` header carries it.
struct TraceId {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
};
std::string to_string(const TraceId& id);  // 32 hexadecimal digits

// One request of a scenario.
struct LoadStep {
  std::string whole;  // the bytes of the request where they are always the same
  TextTemplate line;
  TextTemplate headers;
  TextTemplate body;
  bool has_body = false;
  bool head_only = false;   // HEAD: the reply has no body
  bool repeatable = false;  // RFC 9110, 9.2.2: asking twice does what asking once does
  ReplyRules rules;
  std::size_t route = 0;
  Duration think{};
};

class LoadScript {
 public:
  struct Scenario {
    std::string name;
    double weight_up_to = 0;  // of the scenarios up to this one, of 1
    std::vector<LoadStep> steps;
  };
  enum class Tracing : std::uint8_t { off, on };

  // Errors: usage, where the plan does not fit together.
  static Result<LoadScript> of(const LoadPlan& plan, Tracing tracing);

  const std::vector<Scenario>& scenarios() const { return scenarios_; }
  std::span<const std::string> routes() const { return routes_; }
  // Whether runs have no values of their own: nothing is filled in and nothing captured.
  bool plain() const { return plain_; }

  // Which scenario a run is of, and what its values are at its beginning; the same for each seed.
  std::size_t scenario_of(std::uint64_t run) const;
  std::vector<std::string> values_at_start(std::uint64_t run, std::size_t connection) const;
  // The bytes of a request that is not always the same.
  std::string request(const LoadStep& step, std::span<const std::string> values,
                      const TraceId& trace) const;

 private:
  Result<LoadStep> step_of(const LoadRequest& request, std::vector<std::string>& names);
  std::size_t route_of(const LoadRequest& request);

  const LoadPlan* plan_ = nullptr;  // its owner keeps it while the script is used
  Tracing tracing_ = Tracing::off;
  std::vector<Scenario> scenarios_;
  std::vector<std::string> routes_;
  std::size_t slots_ = 0;  // values of a run, at most
  bool plain_ = true;
};

}  // namespace culprit
