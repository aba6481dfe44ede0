#include <algorithm>

#include "cli/commands.h"
#include "cli/sources.h"
#include "workbench/proxy.h"

namespace culprit {
namespace {

constexpr std::string_view api_usual = "127.0.0.1:8474";  // Toxiproxy's

Result<std::vector<ProxyPlan>> plans_of(const Arguments& arguments) {
  if (!arguments.has("--listen") && !arguments.has("--upstream")) {
    if (arguments.has("--toxic"))
      return usage_error("a toxic needs a proxy", "--listen A --upstream B");
    return std::vector<ProxyPlan>();
  }
  if (!arguments.has("--upstream")) {
    return usage_error("--listen needs to know where to", "--upstream 127.0.0.1:5432");
  }
  ProxyPlan plan;
  plan.name = arguments.value("--name", "proxy");
  plan.listen = arguments.value("--listen", "127.0.0.1:0");
  plan.upstream = arguments.value("--upstream");
  for (const std::string& text : texts_of(arguments, "--toxic")) {
    Toxic toxic = TRY(parse_toxic(text));
    const auto same = std::count_if(plan.toxics.begin(), plan.toxics.end(), [&](const Toxic& one) {
      return one.name.starts_with(toxic.name);
    });
    if (same > 0) toxic.name += fmt::format("_{}", same + 1);
    plan.toxics.push_back(std::move(toxic));
  }
  return std::vector<ProxyPlan>{plan};
}

std::string text_of(const ProxyStarted& started) {
  std::string text;
  for (const ProxyPlan& plan : started.proxies) {
    text += fmt::format("{}: {} -> {}\n", plan.name, plan.listen, plan.upstream);
    for (const Toxic& toxic : plan.toxics) text += fmt::format("  {}\n", json_of_toxic(toxic));
  }
  if (!started.api.empty()) text += fmt::format("api: http://{}\n", started.api);
  return text + fmt::format("seed: {}\n", started.seed);
}

Result<Exit> run(const Arguments& arguments, Session& session) {
  ProxyOptions options;
  options.proxies = TRY(plans_of(arguments));
  options.api = arguments.value("--api", std::string(api_usual));
  if (options.api == "none") options.api.clear();
  options.replay = arguments.value("--replay");
  options.api_wanted =
      arguments.has("--api") || (options.proxies.empty() && options.replay.empty());
  options.seed = TRY(seed_flag(arguments));
  options.record = arguments.value("--record");
  options.journal = arguments.value("--journal");
  TRY(run_proxy(session.world, std::move(options), [&](const ProxyStarted& started) -> Status {
    if (!started.api_missing.empty()) {
      say(fmt::format("culprit: no API: {}\n", started.api_missing));
    }
    return print(arguments.has("--json") ? json_of_started(started) + "\n" : text_of(started));
  }));
  return Exit::found;
}

std::string details() {
  std::string text =
      "Without --listen and --upstream only the API, by which proxies are made. Clients of the\n"
      "Toxiproxy HTTP API work. Toxics, with attributes in milliseconds, bytes or as told:\n\n";
  for (const ToxicKind& kind : toxic_kinds()) {
    std::vector<std::string> names;
    for (const AttributeKind& one : kind.attributes) {
      const bool common = one.name == "per" || one.name == "method" || one.name == "path" ||
                          one.name == "header" || one.name == "match" || one.name == "first";
      if (!common) names.emplace_back(one.name);
    }
    text += fmt::format("  {:13} {}: {}\n", kind.type, kind.help, fmt::join(names, ", "));
  }
  return text +
         "\nEach takes stream=upstream|downstream (downstream), toxicity=0..1 (1) of connections\n"
         "or, with per=request, of requests. Those of messages also choose: method, path, header,\n"
         "match (bytes of the request, of any protocol), first. Ctrl-C ends it.\n\n"
         "  culprit proxy --listen 127.0.0.1:6000 --upstream 127.0.0.1:5432 --toxic "
         "'latency(latency=5ms)'\n"
         "  culprit proxy --listen :6000 --upstream :5432 --toxic 'barrier(match=SELECT balance)'";
}

}  // namespace

Command proxy_command() {
  static const std::string told = details();
  return {"proxy",
          "--listen A --upstream B [--toxic TOXIC]... [flags]",
          "a relay that delays, cuts, corrupts or answers, by seed",
          told,
          {{"--listen", "A", "where clients connect, host:port; port 0 takes a free one"},
           {"--upstream", "B", "where to, host:port"},
           {"--toxic", "TOXIC", "e.g. 'latency(latency=100, jitter=20)'; repeated", true},
           {"--name", "NAME", "of the proxy in the API (proxy)"},
           {"--api", "A", "where the HTTP API listens (127.0.0.1:8474), or none"},
           {"--seed", "N", "of every random choice (1): the same, the same faults"},
           {"--record", "FILE", "one Event per exchange, for `investigate`"},
           {"--journal", "FILE", "every fault that was put in"},
           {"--replay", "FILE", "the proxies, toxics and seed of a journal"},
           {"--json", "", "what listens, as one object (see docs/json.md)"}},
          run};
}

}  // namespace culprit
