#include "experiment/proxy/api.h"

#include <algorithm>
#include <vector>

#include "experiment/proxy/json.h"
#include "experiment/proxy/server.h"

namespace culprit {
namespace {

constexpr std::string_view version = "2.12.0";  // of the API that is spoken

ApiReply failed(std::string_view what, int status) {
  // Toxiproxy says text/plain, and its clients look at the status first.
  return {status, error_json(what, status), "text/plain; charset=utf-8"};
}

ApiReply failed(const Error& made) {
  const bool exists = made.what.ends_with("already exists");
  if (exists) return failed(made.what, 409);
  if (made.fault == Fault::missing) return failed(made.what, 404);
  if (made.fault == Fault::usage || made.fault == Fault::malformed) return failed(made.what, 400);
  return failed(made.what, 500);
}

ApiReply no_such_proxy() { return failed("proxy not found", 404); }
ApiReply no_such_toxic() { return failed("toxic not found", 404); }

std::vector<std::string_view> parts_of(std::string_view path) {
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    const std::size_t slash = std::min(path.find('/'), path.size());
    if (slash > 0) parts.push_back(path.substr(0, slash));
    path.remove_prefix(std::min(slash + 1, path.size()));
  }
  return parts;
}

ApiReply create_proxy(ProxyServer& server, std::string_view body) {
  const Result<ProxyPlan> asked = plan_of_json(body, {});
  if (!asked) return failed(asked.error());
  const Result<ProxyPlan> made = server.create(*asked);
  if (!made) return failed(made.error());
  return {201, json_of(*made)};
}

// Those that are there already and differ are set up anew.
ApiReply populate(ProxyServer& server, std::string_view body) {
  const Result<std::vector<ProxyPlan>> asked = plans_of_json(body);
  if (!asked) return failed(asked.error());
  std::vector<ProxyPlan> made;
  for (const ProxyPlan& plan : *asked) {
    const ProxyPlan* before = server.plan(plan.name);
    const bool same = before != nullptr && before->upstream == plan.upstream &&
                      (before->listen == plan.listen || plan.listen.ends_with(":0"));
    if (before != nullptr && !same) static_cast<void>(server.remove(plan.name));
    const Result<ProxyPlan> one = same ? server.update(plan.name, plan) : server.create(plan);
    if (!one) return failed(one.error());
    made.push_back(*one);
  }
  return {201, json_of_populated(made)};
}

ApiReply update_proxy(ProxyServer& server, const ProxyPlan& before, std::string_view body) {
  const Result<ProxyPlan> asked = plan_of_json(body, before);
  if (!asked) return failed(asked.error());
  const Result<ProxyPlan> made = server.update(before.name, *asked);
  if (!made) return failed(made.error());
  return {200, json_of(*made)};
}

ApiReply removed(const Status& status) {
  if (!status) return failed(status.error());
  return {204, ""};
}

ApiReply create_toxic(ProxyServer& server, const ProxyPlan& plan, std::string_view body) {
  const Result<Toxic> asked = toxic_of_json(body, {});
  if (!asked) return failed(asked.error());
  const bool exists = std::any_of(plan.toxics.begin(), plan.toxics.end(),
                                  [&](const Toxic& one) { return one.name == asked->name; });
  if (exists) return failed("toxic already exists", 409);
  std::vector<Toxic> toxics = plan.toxics;
  toxics.push_back(*asked);
  const Status set = server.set_toxics(plan.name, std::move(toxics));
  if (!set) return failed(set.error());
  return {200, json_of(*asked)};
}

ApiReply update_toxic(ProxyServer& server, const ProxyPlan& plan, std::size_t at,
                      std::string_view body) {
  const Result<Toxic> asked = toxic_of_json(body, plan.toxics[at]);
  if (!asked) return failed(asked.error());
  std::vector<Toxic> toxics = plan.toxics;
  toxics[at] = *asked;
  const Status set = server.set_toxics(plan.name, std::move(toxics));
  if (!set) return failed(set.error());
  return {200, json_of(*asked)};
}

ApiReply one_toxic(ProxyServer& server, const ProxyPlan& plan, std::string_view name,
                   const ApiRequest& request) {
  const auto found = std::find_if(plan.toxics.begin(), plan.toxics.end(),
                                  [&](const Toxic& toxic) { return toxic.name == name; });
  if (found == plan.toxics.end()) return no_such_toxic();
  const auto at = static_cast<std::size_t>(found - plan.toxics.begin());
  if (request.method == "GET") return {200, json_of(*found)};
  if (request.method == "POST" || request.method == "PATCH") {
    return update_toxic(server, plan, at, request.body);
  }
  if (request.method != "DELETE") return failed("method not allowed", 405);
  std::vector<Toxic> toxics = plan.toxics;
  toxics.erase(toxics.begin() + static_cast<std::ptrdiff_t>(at));
  return removed(server.set_toxics(plan.name, std::move(toxics)));
}

ApiReply one_proxy(ProxyServer& server, const std::vector<std::string_view>& parts,
                   const ApiRequest& request) {
  const ProxyPlan* found = server.plan(parts[1]);
  if (found == nullptr) return no_such_proxy();
  const ProxyPlan plan = *found;  // what follows may move it
  const bool toxics = parts.size() > 2 && parts[2] == "toxics";
  if (parts.size() > 2 && !toxics) return failed("not found", 404);
  if (toxics && parts.size() == 4) return one_toxic(server, plan, parts[3], request);
  if (toxics && request.method == "GET") return {200, json_of(plan.toxics)};
  if (toxics && request.method == "POST") return create_toxic(server, plan, request.body);
  if (!toxics && request.method == "GET") return {200, json_of(plan)};
  if (!toxics && request.method == "DELETE") return removed(server.remove(plan.name));
  if (!toxics && (request.method == "POST" || request.method == "PATCH")) {
    return update_proxy(server, plan, request.body);
  }
  return failed("method not allowed", 405);
}

ApiReply metrics(const ProxyServer& server) {
  std::string text = "# TYPE culprit_proxy_connections gauge\n";
  text += fmt::format("culprit_proxy_connections {}\n", server.connections());
  return {200, text, "text/plain; version=0.0.4"};
}

}  // namespace

ApiReply answer(ProxyServer& server, const ApiRequest& request) {
  // A page that the user looks at must not be able to change his proxies.
  if (request.agent.starts_with("Mozilla/")) return failed("User agent not allowed", 403);
  const std::vector<std::string_view> parts = parts_of(request.path);
  const std::string_view first = parts.empty() ? "" : parts[0];
  if (first == "proxies" && parts.size() > 1) return one_proxy(server, parts, request);
  if (first == "proxies" && request.method == "GET") return {200, json_of(server.plans())};
  if (first == "proxies" && request.method == "POST") return create_proxy(server, request.body);
  if (first == "populate" && request.method == "POST") return populate(server, request.body);
  if (first == "reset" && request.method == "POST") return removed(server.reset());
  if (first == "version") return {200, fmt::format("{{\"version\":\"{}\"}}", version)};
  if (first == "metrics") return metrics(server);
  return failed("not found", 404);
}

std::string wire_text(const ApiReply& reply) {
  const std::string_view phrase = reply.status < 300 ? "OK" : "Error";
  if (reply.status == 204) return "HTTP/1.1 204 No Content\r\n\r\n";
  return fmt::format("HTTP/1.1 {} {}\r\nContent-Type: {}\r\nContent-Length: {}\r\n\r\n{}",
                     reply.status, phrase, reply.type, reply.body.size(), reply.body);
}

}  // namespace culprit
