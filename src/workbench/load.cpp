#include "workbench/load.h"

#include <algorithm>
#include <array>

#include "base/closest.h"
#include "base/usage_error.h"
#include "experiment/load_spec.h"

namespace culprit {
namespace {

constexpr std::size_t spec_bytes_max = 1 << 20;
constexpr std::size_t data_bytes_max = 256 << 20;
constexpr std::size_t body_bytes_max = 64 << 20;

// Of a file that a spec names: beside the spec, if its path is no whole one.
std::string beside(const std::string& spec, const std::string& path) {
  const std::size_t slash = spec.rfind('/');
  if (path.starts_with('/') || slash == std::string::npos) return path;
  return spec.substr(0, slash + 1) + path;
}

Result<std::vector<LoadHeader>> headers_of(const std::vector<std::string>& lines) {
  std::vector<LoadHeader> headers;
  for (const std::string& line : lines) {
    const std::size_t colon = line.find(':');
    const bool broken = line.find_first_of("\r\n") != std::string::npos;
    if (colon == std::string::npos || colon == 0 || broken) {
      return usage_error(fmt::format("'{}' is no header", line), "--header 'Accept: text/html'");
    }
    const std::size_t value = std::min(line.find_first_not_of(' ', colon + 1), line.size());
    headers.push_back({line.substr(0, colon), line.substr(value)});
  }
  return headers;
}

bool same_letters(const std::string& a, const std::string& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
    return std::tolower(x) == std::tolower(y);
  });
}

void add_headers(LoadRequest& request, const std::vector<LoadHeader>& headers) {
  for (const LoadHeader& header : headers) {
    std::erase_if(request.headers,
                  [&](const LoadHeader& one) { return same_letters(one.name, header.name); });
  }
  request.headers.insert(request.headers.end(), headers.begin(), headers.end());
}

Result<LoadPlan> plan_of_url(World& world, const LoadAsked& asked) {
  LoadPlan plan;
  plan.connections = 0;
  plan.target = TRY(parse_load_target(asked.url));
  LoadRequest request;
  request.path = plan.target.path;
  request.body = asked.body;
  if (asked.body.starts_with('@')) {
    request.body = TRY(world.read(asked.body.substr(1), body_bytes_max).during("reading --body"));
  }
  request.method = !asked.method.empty() ? asked.method : asked.body.empty() ? "GET" : "POST";
  plan.scenarios = {{"url", 1, {std::move(request)}}};
  return plan;
}

Result<LoadPlan> plan_of_spec(World& world, const LoadAsked& asked) {
  if (!asked.method.empty() || !asked.body.empty()) {
    return usage_error("--method and --body are of the one request to a URL; a spec has its own",
                       "method and body below [[request]] in the spec");
  }
  std::optional<LoadTarget> target;
  if (!asked.url.empty()) target = TRY(parse_load_target(asked.url));
  const std::string text = TRY(world.read(asked.spec, spec_bytes_max));
  return parse_load_spec(text, target,
                         [&](const std::string& path) {
                           return world.read(beside(asked.spec, path), data_bytes_max);
                         })
      .during("reading {}", asked.spec);
}

// The pace is of one kind; a flag of another one than the spec's overrules it.
Status set_pace(LoadPlan& plan, const LoadAsked& asked) {
  if (asked.pace == LoadAsked::Pace::burst && asked.rate) {
    return usage_error("a burst has no rate: all its requests are released at once",
                       "--burst --connections 20   or --rate 1000");
  }
  const LoadPlan::Pace before = plan.pace;
  if (asked.pace == LoadAsked::Pace::burst) plan.pace = LoadPlan::Pace::burst;
  if (asked.rate) {
    plan.pace = LoadPlan::Pace::open;
    plan.rate = *asked.rate;
  } else if (asked.connections && before == LoadPlan::Pace::open && !asked.spec.empty()) {
    plan.connections = *asked.connections;
  }
  if (asked.arrivals == LoadPlan::Arrivals::poisson) plan.arrivals = asked.arrivals;
  if (plan.arrivals == LoadPlan::Arrivals::poisson && plan.pace != LoadPlan::Pace::open) {
    return usage_error("--poisson is how the requests of a rate are spread",
                       "--rate 1000 --poisson");
  }
  if (plan.pace != before) plan.connections = 0;
  if (asked.connections) plan.connections = *asked.connections;
  if (plan.connections == 0) plan.connections = connections_by_default(plan.pace);
  if (plan.pace == LoadPlan::Pace::burst && before != LoadPlan::Pace::burst) {
    plan.duration = Duration::zero();
  }
  if (asked.duration) plan.duration = *asked.duration;
  return ok();
}

Status set_bad(LoadPlan& plan, const std::string& text) {
  if (text.empty()) return ok();
  plan.bad = TRY(parse_expr(text).during("reading --bad"));
  const auto known = load_event_fields();
  for (const std::string& field : fields_of(*plan.bad)) {
    if (std::find(known.begin(), known.end(), field) != known.end()) continue;
    const std::string_view nearest = closest(field, known);
    return usage_error(
        fmt::format("requests of a load have no field '{}'", field),
        nearest.empty() ? fmt::format("one of: {}", fmt::join(known, ", ")) : std::string(nearest));
  }
  return ok();
}

}  // namespace

Result<LoadPlan> load_plan(World& world, const LoadAsked& asked) {
  if (asked.url.empty() && asked.spec.empty()) {
    return usage_error("load needs to be told where to", "culprit load http://127.0.0.1:8080/");
  }
  LoadPlan plan = TRY(asked.spec.empty() ? plan_of_url(world, asked) : plan_of_spec(world, asked));
  TRY(set_pace(plan, asked));
  TRY(set_bad(plan, asked.bad));
  if (asked.timeout) plan.timeout = *asked.timeout;
  if (asked.threads) plan.threads = *asked.threads;
  if (asked.seed) plan.seed = *asked.seed;
  if (asked.certificates == LoadPlan::Certificates::taken) plan.certificates = asked.certificates;
  const std::vector<LoadHeader> headers = TRY(headers_of(asked.headers));
  for (LoadScenario& scenario : plan.scenarios) {
    for (LoadRequest& request : scenario.requests) add_headers(request, headers);
  }
  if (plan.timeout <= Duration::zero())
    return usage_error("a timeout is above zero", "--timeout 5s");
  if (plan.duration <= Duration::zero() && plan.pace != LoadPlan::Pace::burst) {
    return usage_error("a duration is above zero", "--duration 10s");
  }
  return plan;
}

Result<LoadReport> put_load(World& world, LoadPlan plan, const LoadOptions& options) {
  LoadReport report{std::move(plan), {}, options.record};
  report.result = TRY(run_load(world, report.plan, options));
  return report;
}

}  // namespace culprit
