#include "store/prometheus.h"

#include <algorithm>
#include <map>

#include "base/world.h"
#include "parse/json_parts.h"
#include "store/http.h"

namespace culprit {
namespace {

constexpr std::string_view scheme = "prometheus+";
constexpr std::size_t names_max = 20'000;
// Of one question: servers take 8 KB of address, and fifty million samples at most.
constexpr std::size_t names_bytes_max = 2'000;
constexpr std::size_t names_at_once = 50;
constexpr std::size_t bytes_max = 1'024ULL << 20;  // of all answers
constexpr std::int64_t seconds_max = 7 * 86'400;   // of a window

struct Server {
  std::string shown;
  std::string url;    // "http://host:9090/prefix"
  std::string match;  // a selector without braces' names: `job="shop"`; empty: all
};

Result<Server> server_of(const std::string& source) {
  Server server;
  server.shown = source;
  server.url = source.substr(scheme.size());
  const std::size_t query = server.url.find('?');
  if (query != std::string::npos) {
    const std::string given = server.url.substr(query + 1);
    server.url.resize(query);
    if (!given.starts_with("match={") || !given.ends_with('}')) {
      Error made = error(Fault::usage, "{}: only ?match={{...}} may follow the address", source);
      made.advice = "prometheus+http://127.0.0.1:9090?match={job=\"shop\"}";
      return made;
    }
    server.match = given.substr(7, given.size() - 8);
  }
  const std::size_t host = server.url.find("://") + 3;
  while (server.url.size() > host && server.url.ends_with('/')) server.url.pop_back();
  if (host >= server.url.size()) {
    Error made = error(Fault::usage, "{} names no server", source);
    made.advice = "prometheus+http://127.0.0.1:9090";
    return made;
  }
  return server;
}

Error failed(const Server& server, const std::string& why) {
  Error made = error(Fault::unavailable, "{}: {}", server.shown, why);
  made.advice = "is it a Prometheus server, and running? curl " + server.url + "/-/ready";
  return made;
}

// The body of an answer of its API that says success.
Result<std::string> asked(const Server& server, const std::string& path, std::size_t bytes_left) {
  HttpOptions options;
  options.bytes_max = std::min(options.bytes_max, bytes_left);
  Result<HttpAnswer> answer = http_get(server.url + path, options);
  if (!answer) {
    if (answer.error().fault == Fault::interrupted) return answer.error();
    return failed(server, answer.error().what);
  }
  const std::string_view body = answer->body;
  if (json_bare(json_member(body, "status")) == "success") return std::move(answer).value().body;
  const std::string_view told = json_bare(json_member(body, "error"));
  return failed(server, told.empty()
                            ? fmt::format("answered {} and not as Prometheus does", answer->status)
                            : std::string(told.substr(0, 300)));
}

std::string times_of(const Window& window) {
  return fmt::format("start={}&end={}", nanoseconds(window.from) / 1'000'000'000,
                     nanoseconds(window.to) / 1'000'000'000 + 1);
}

// Names and what is beyond them; only such as need no escaping, as nearly all are.
Result<std::vector<std::string>> names_of(const Server& server, const Window& window,
                                          MetricBook& book) {
  std::string path = "/api/v1/label/__name__/values?" + times_of(window);
  if (!server.match.empty()) path += "&match[]=" + url_escaped("{" + server.match + "}");
  const std::string body = TRY(asked(server, path, bytes_max));
  std::vector<std::string> names;
  each_element(json_member(body, "data"), [&](std::string_view value) {
    const std::string_view name = json_bare(value);
    const bool plain = name.find_first_of("\\\"|()[]{}*+?^$") == std::string_view::npos;
    if (plain && names.size() < names_max) {
      names.emplace_back(name);
    } else {
      book.skip(0, "not asked for: " + std::string(name.substr(0, 100)));
    }
  });
  return names;
}

// What the server knows of their kinds; old ones know nothing.
std::map<std::string, MetricKind> kinds_of(const Server& server) {
  std::map<std::string, MetricKind> kinds;
  const Result<std::string> body = asked(server, "/api/v1/metadata", bytes_max);
  if (!body) return kinds;
  each_member(json_member(*body, "data"), [&](std::string_view key, std::string_view value) {
    each_element(value, [&](std::string_view one) {
      const std::string_view type = json_bare(json_member(one, "type"));
      const std::string name(json_bare(key));
      if (type == "counter") kinds[name] = MetricKind::counter;
      if (type == "gauge") kinds[name] = MetricKind::gauge;
      if (type == "summary") kinds[name] = MetricKind::gauge;  // its quantiles
    });
  });
  return kinds;
}

std::string selector_of(const Server& server, const std::vector<std::string>& names,
                        const Window& window) {
  std::string any;
  for (const std::string& name : names) any += (any.empty() ? "" : "|") + name;
  const std::string more = server.match.empty() ? "" : "," + server.match;
  const std::int64_t seconds = (window.to - window.from) / std::chrono::seconds(1) + 1;
  return fmt::format("{{__name__=~\"{}\"{}}}[{}s]", any, more, seconds);
}

// So many of them as one question may name.
std::vector<std::string> next_names(const std::vector<std::string>& names, std::size_t from) {
  std::vector<std::string> some;
  std::size_t bytes = 0;
  for (std::size_t i = from; i < names.size() && some.size() < names_at_once; ++i) {
    bytes += names[i].size() + 3;
    if (bytes > names_bytes_max && !some.empty()) break;
    some.push_back(names[i]);
  }
  return some;
}

}  // namespace

bool is_prometheus(std::string_view source) {
  return source.starts_with("prometheus+http://") || source.starts_with("prometheus+https://");
}

Status read_prometheus(const std::string& source, const Window& asked_for, MetricBook& book) {
  const Server server = TRY(server_of(source));
  Window window = asked_for;
  window.from = std::max(window.from, window.to - std::chrono::seconds(seconds_max));
  const std::vector<std::string> names = TRY(names_of(server, window, book));
  if (names.empty()) return failed(server, "it has no series of that time");
  for (const auto& [name, kind] : kinds_of(server)) book.set_kind(name, kind);
  std::size_t bytes = 0;
  for (std::size_t at = 0; at < names.size() && !book.full();) {
    const std::vector<std::string> some = next_names(names, at);
    const std::string path = fmt::format("/api/v1/query?query={}&time={}",
                                         url_escaped(selector_of(server, some, window)),
                                         nanoseconds(window.to) / 1'000'000'000 + 1);
    const std::string body = TRY(asked(server, path, bytes_max - bytes));
    bytes += body.size();
    if (!json_member(json_member(body, "data"), "result").starts_with("[]")) {
      read_query_range(body, book);
    }
    at += some.size();
  }
  return ok();
}

}  // namespace culprit
