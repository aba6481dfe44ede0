// What toxics do that look at messages: HTTP's, or the turns that two sides of a connection take.
#include <algorithm>

#include <fnmatch.h>

#include "experiment/proxy/toxic_actions.h"

namespace culprit {
namespace {

bool has_header(std::string_view head, std::string_view wanted) {
  const std::size_t colon = wanted.find(':');
  HttpFramer framer(HttpFramer::Side::request);
  if (framer.next(head).part != HttpFramer::Part::head) return false;
  const auto value = framer.head().header(wanted.substr(0, colon));
  if (!value) return false;
  std::string_view expected = colon == wanted.npos ? "*" : wanted.substr(colon + 1);
  while (expected.starts_with(' ')) expected.remove_prefix(1);
  return ::fnmatch(std::string(expected).c_str(), std::string(*value).c_str(), 0) == 0;
}

bool path_matches(const std::string& glob, const Exchange& exchange) {
  const std::string path = exchange.target.substr(0, exchange.target.find('?'));
  return ::fnmatch(glob.c_str(), path.c_str(), 0) == 0;
}

// `header` and `match` are looked for in what the request's first bytes are.
bool is_chosen(const Toxic& toxic, const Exchange& exchange, std::string_view bytes) {
  const std::string& method = toxic.text("method");
  const std::string& path = toxic.text("path");
  const std::string& header = toxic.text("header");
  const std::string& match = toxic.text("match");
  const std::string_view request = exchange.request.empty() ? bytes : exchange.request;
  if (!method.empty() && exchange.method != method) return false;
  if (!path.empty() && !path_matches(path, exchange)) return false;
  if (!header.empty() && !has_header(request, header)) return false;
  return match.empty() || request.find(match) != request.npos;
}

bool is_for_http(std::string_view type) {
  return type.starts_with("http_") || type == "nth" || type == "truncate_body";
}

// Draws for a message at most once, when it begins.
bool choose(const Passing& passing, const Parcel& parcel) {
  const Toxic& toxic = passing.toxic();
  if (!parcel.exchange || parcel.exchange->unasked) return false;
  if (is_for_http(toxic.type) && !parcel.exchange->http) return false;
  if (!is_chosen(toxic, *parcel.exchange, parcel.bytes)) return false;
  const bool each = toxic.text("per") == "request";
  if (each && passing.dice(parcel.exchange->number).uniform() >= toxic.toxicity) return false;
  const double most = toxic.number(toxic.type == "nth" ? "fail" : "first");
  const bool counted = toxic.type == "nth" || most > 0;
  return static_cast<double>(++passing.stage.shared->chosen) <= most || !counted;
}

std::string_view phrase_of(int status) {
  switch (status) {
    case 200: return "OK";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 429: return "Too Many Requests";
    case 500: return "Internal Server Error";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    default: return "Injected";
  }
}

std::string reply_of(const Toxic& toxic, std::string_view method) {
  const int status = static_cast<int>(toxic.number("status"));
  const std::string body = toxic.type == "nth" ? "" : toxic.text("body");
  return fmt::format("HTTP/1.1 {} {}\r\nContent-Length: {}\r\nContent-Type: text/plain\r\n\r\n{}",
                     status, phrase_of(status), body.size(), method == "HEAD" ? "" : body);
}

void wake_waiting(const Passing& passing) {
  SharedToxic& shared = *passing.stage.shared;
  ++shared.round;
  shared.present = 0;
  if (passing.around.to_wake != nullptr) {
    passing.around.to_wake->insert(passing.around.to_wake->end(), shared.waiting.begin(),
                                   shared.waiting.end());
  }
  shared.waiting.clear();
}

// Waits for others until `timeout` is over, if not enough are there.
void meet(const Passing& passing, Parcel parcel, double count) {
  SharedToxic& shared = *passing.stage.shared;
  const Time at = parcel.at;
  if (static_cast<double>(++shared.present) >= count) {
    passing.tell(parcel, "met", count);
    passing.hold(std::move(parcel), at);
    return wake_waiting(passing);
  }
  passing.tell(parcel, "held", passing.number("timeout"));
  shared.waiting.push_back(passing.around.connection);
  passing.hold_for_round(std::move(parcel), at + passing.milliseconds("timeout"));
}

void pass_on(const Passing& passing, Parcel parcel) {
  const Time at = parcel.at;
  passing.hold(std::move(parcel), at);
}

}  // namespace

bool applies(const Passing& passing, const Parcel& parcel) {
  const Toxic& toxic = passing.toxic();
  Stage& stage = passing.stage;
  if (toxic_kind(toxic.type)->reads == Reads::messages) {
    if (parcel.begins) stage.hits_message = choose(passing, parcel);
    return stage.hits_message && parcel.kind == Parcel::Kind::bytes;
  }
  if (toxic.text("per") != "request") return true;
  if (parcel.begins && parcel.exchange) {
    stage.hits_message = passing.dice(parcel.exchange->number).uniform() < toxic.toxicity;
  }
  return stage.hits_message;
}

void answer_or_replace(const Passing& passing, Parcel parcel) {
  if (!parcel.begins) return;  // of a message that was replaced
  Exchange& exchange = *parcel.exchange;
  const std::string reply = reply_of(passing.toxic(), exchange.method);
  const double status = passing.number("status");
  if (passing.stream == Direction::upstream) {
    passing.tell(parcel, "answered", status);
    exchange.answered = true;
    exchange.status = static_cast<int>(status);
    exchange.answer = reply;
    return;
  }
  passing.tell(parcel, "replaced", status);
  exchange.status = static_cast<int>(status);
  parcel.bytes = reply;
  pass_on(passing, std::move(parcel));
}

void delay_message(const Passing& passing, Parcel parcel) {
  if (!parcel.begins) return pass_on(passing, std::move(parcel));
  const double more =
      passing.number("jitter") * (2 * passing.dice(parcel.exchange->number).uniform() - 1);
  const double delay = std::max(0.0, passing.number("latency") + more);
  passing.tell(parcel, "delayed", delay);
  const Time due = parcel.at + from_seconds(delay * 1e-3);
  passing.hold(std::move(parcel), due);
}

void change_header(const Passing& passing, Parcel parcel) {
  if (!parcel.begins) return pass_on(passing, std::move(parcel));
  const std::string& name = passing.toxic().text("name");
  const std::string& value = passing.toxic().text("value");
  std::string& bytes = parcel.bytes;
  HttpFramer framer(passing.stream == Direction::upstream ? HttpFramer::Side::request
                                                          : HttpFramer::Side::reply);
  if (framer.next(bytes).part == HttpFramer::Part::head) {
    if (const auto old = framer.head().header(name)) {
      const auto at = static_cast<std::size_t>(old->data() - bytes.data());
      const std::size_t from = bytes.rfind('\n', at) + 1;
      bytes.erase(from, bytes.find('\n', at) + 1 - from);
    }
    if (!value.empty()) bytes.insert(bytes.find('\n') + 1, fmt::format("{}: {}\r\n", name, value));
    passing.tell(parcel, value.empty() ? "header_removed" : "header_set", 0);
  }
  pass_on(passing, std::move(parcel));
}

void truncate_body(const Passing& passing, Parcel parcel) {
  std::uint64_t& left = passing.stage.bytes;
  if (parcel.begins) {
    left = static_cast<std::uint64_t>(passing.number("bytes"));
    return pass_on(passing, std::move(parcel));
  }
  if (parcel.bytes.size() <= left) {
    left -= parcel.bytes.size();
    return pass_on(passing, std::move(parcel));
  }
  const Time at = parcel.at;
  parcel.bytes.resize(left);
  passing.tell(parcel, "truncated", passing.number("bytes"));
  passing.on(std::move(parcel));
  passing.end(at, Parcel::Kind::close);
}

void meet_at_barrier(const Passing& passing, Parcel parcel) {
  if (!parcel.begins) return pass_on(passing, std::move(parcel));
  meet(passing, std::move(parcel), passing.number("count"));
}

void send_twice(const Passing& passing, Parcel parcel) {
  const bool first = parcel.begins && passing.stream == Direction::upstream;
  if (!first || passing.around.dialogue == nullptr) return pass_on(passing, std::move(parcel));
  Parcel second = parcel;
  second.exchange = passing.around.dialogue->duplicate_of(*parcel.exchange);
  if (second.exchange) passing.tell(parcel, "duplicated", static_cast<double>(parcel.bytes.size()));
  pass_on(passing, std::move(parcel));
  if (second.exchange) pass_on(passing, std::move(second));
}

void let_next_go_first(const Passing& passing, Parcel parcel) {
  if (!parcel.begins) return pass_on(passing, std::move(parcel));
  constexpr double both = 2;
  meet(passing, std::move(parcel), both);
}

}  // namespace culprit
