// Writes a log of one shape to standard output, for measuring how fast it is read.
//
//     logs SHAPE BYTES [SEED]
//
// The shapes hold the same traffic: requests of two or three lines, joined by trace, sixty-four at
// once, over an hour and a half; background errors are one in 500 requests and come in clusters.
// From the middle on half of the requests with plan=pro in region=eu fail too. A line of `flat` has
// 24 fields in about 340 bytes, the measure that the figures of issue 4 are about. The same
// arguments give the same bytes.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/time.h"

namespace culprit {
namespace {

constexpr std::int64_t first_second = 1'763'642'400;  // 2025-11-20T12:40:00Z
constexpr std::int64_t seconds_in_log = 5400;
constexpr std::size_t requests_at_once = 64;  // whose lines lie among each other
constexpr std::size_t buffer_bytes = 1 << 20;

// splitmix64, Steele et al. 2014: its constants.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}
  std::uint64_t roll() {
    std::uint64_t z = (state_ += 0x9E37'79B9'7F4A'7C15ULL);
    z = (z ^ (z >> 30)) * 0xBF58'476D'1CE4'E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D0'49BB'1331'11EBULL;
    return z ^ (z >> 31);
  }
  std::uint64_t below(std::uint64_t limit) { return (roll() >> 32) * limit >> 32; }
  bool one_in(std::uint64_t count) { return below(count) == 0; }
  // The lower the likelier, as popularity goes.
  std::uint64_t skewed(std::uint64_t limit) { return below(below(limit) + 1); }

 private:
  std::uint64_t state_;
};

template <std::size_t N>
std::string_view one_of(const std::array<std::string_view, N>& words, std::uint64_t at) {
  return words[at % N];
}

constexpr std::array<std::string_view, 6> services{"gw", "order", "pay", "find", "cart", "me"};
constexpr std::array<std::string_view, 4> regions{"us", "eu", "ap", "sa"};
constexpr std::array<std::string_view, 3> plans{"free", "basic", "pro"};
constexpr std::array<std::string_view, 8> routes{"/order", "/pay", "/cart",   "/search",
                                                 "/me",    "/out", "/wallet", "/items"};
constexpr std::array<std::string_view, 8> countries{"US", "DE", "FR", "IN", "BR", "JP", "GB", "ES"};
constexpr std::array<std::string_view, 4> devices{"web", "ios", "android", "tv"};
constexpr std::array<std::string_view, 4> methods{"GET", "POST", "PUT", "GET"};
constexpr std::array<std::string_view, 3> providers{"card", "link", "bank"};

struct Request {
  std::uint64_t trace = 0;
  std::uint64_t user = 0;
  std::uint64_t host = 0;
  std::uint64_t draw = 0;  // what its constant fields are chosen by
  std::string_view region, plan, route;
  bool fails = false;
};

struct Line {
  std::string time;
  std::string_view level;
  std::string message;
  std::string_view service;
  int status = 0;
  std::uint64_t duration = 0;
  std::uint64_t bytes = 0;
};

struct Pair {
  std::string_view key;
  std::string value;
  bool bare = false;  // a number or boolean: no quotes in JSON
};

Request make_request(Dice& dice, double progress) {
  Request made;
  made.trace = dice.roll();
  made.user = dice.skewed(40'000);
  made.host = dice.below(24);
  made.draw = dice.roll();
  made.region = one_of(regions, dice.skewed(4));
  made.plan = one_of(plans, dice.skewed(3));
  made.route = one_of(routes, dice.skewed(8));
  const bool planted = made.plan == "pro" && made.region == "eu" && progress > 0.5;
  const bool cluster = static_cast<std::uint64_t>(progress * 400) % 7 == 0;
  made.fails = (planted && dice.one_in(2)) || dice.one_in(cluster ? 200 : 1000);
  return made;
}

Line make_line(Dice& dice, const Request& request, std::uint64_t step, std::int64_t milliseconds) {
  Line line;
  line.time = to_string(from_nanoseconds((first_second * 1000 + milliseconds) * 1'000'000));
  const bool last = step == 0;
  line.service = last ? services[0] : services[1 + (request.draw >> 8) % 5];
  line.duration = 3 + dice.skewed(400) + (request.fails && last ? 3000 : 0);
  line.bytes = 200 + dice.below(20'000);
  line.status = last && request.fails ? 504 : 200;
  line.level = last && request.fails ? "error" : dice.one_in(50) ? "warn" : "info";
  line.message = last && request.fails ? "payment timeout"
                 : last                ? "done"
                 : dice.one_in(3)      ? fmt::format("miss {}", dice.below(90'000))
                                       : std::string("upstream");
  return line;
}

std::vector<Pair> pairs_of(const Request& request, const Line& line) {
  const std::uint64_t draw = request.draw;
  return {{"ts", line.time},
          {"level", std::string(line.level)},
          {"msg", line.message},
          {"svc", std::string(line.service)},
          {"trace", fmt::format("{:016x}", request.trace)},
          {"host", fmt::format("h{:02}", request.host)},
          {"az", std::string(1, static_cast<char>('a' + request.host % 3))},
          {"region", std::string(request.region)},
          {"ver", request.host < 12 ? "1.8.1" : "1.9.0"},
          {"env", "live"},
          {"do", std::string(one_of(methods, draw >> 12))},
          {"route", std::string(request.route)},
          {"status", fmt::format("{}", line.status), true},
          {"took", fmt::format("{}", line.duration), true},
          {"user", fmt::format("u{}", request.user)},
          {"org", fmt::format("t{}", request.user % 350)},
          {"plan", std::string(request.plan)},
          {"cc", std::string(one_of(countries, request.user))},
          {"dev", std::string(one_of(devices, draw >> 20))},
          {"app", fmt::format("5.{}", (draw >> 24) % 7)},
          {"psp", std::string(one_of(providers, draw >> 28))},
          {"hit", (draw >> 32) % 4 == 0 ? "true" : "false", true},
          {"try", fmt::format("{}", (draw >> 36) % 16 == 0 ? 1 : 0), true},
          {"size", fmt::format("{}", line.bytes), true}};
}

void put_json(std::string& out, const std::vector<Pair>& pairs) {
  out += '{';
  for (const Pair& pair : pairs) {
    if (out.back() != '{') out += ',';
    const char* const quote = pair.bare ? "" : "\"";
    fmt::format_to(std::back_inserter(out), "\"{}\":{}{}{}", pair.key, quote, pair.value, quote);
  }
  out += '}';
}

using Writer = void (*)(std::string& out, Dice& dice, const Request& request, const Line& line);

void write_flat(std::string& out, Dice&, const Request& request, const Line& line) {
  put_json(out, pairs_of(request, line));
}

// The order of the keys changes from line to line.
void write_shuffled(std::string& out, Dice& dice, const Request& request, const Line& line) {
  std::vector<Pair> pairs = pairs_of(request, line);
  for (std::size_t i = pairs.size(); i > 1; --i) std::swap(pairs[i - 1], pairs[dice.below(i)]);
  put_json(out, pairs);
}

// Many shapes in one file: each of sixty-four kinds of lines leaves other fields out.
void write_shapes(std::string& out, Dice& dice, const Request& request, const Line& line) {
  constexpr std::size_t always = 5;
  std::uint64_t kept = dice.skewed(64) * 0x9E37'79B9'7F4A'7C15ULL | ((1U << always) - 1);
  std::vector<Pair> pairs;
  for (Pair& pair : pairs_of(request, line)) {
    if ((kept & 1) != 0 || pair.key == "status") pairs.push_back(std::move(pair));
    kept >>= 1;
  }
  put_json(out, pairs);
}

void write_nested(std::string& out, Dice&, const Request& request, const Line& line) {
  const std::vector<Pair> pairs = pairs_of(request, line);
  const auto part = [&](std::size_t from, std::size_t to, std::string_view name) {
    if (!name.empty()) fmt::format_to(std::back_inserter(out), ",\"{}\":", name);
    put_json(out, {pairs.begin() + static_cast<std::ptrdiff_t>(from),
                   pairs.begin() + static_cast<std::ptrdiff_t>(to)});
  };
  part(0, 5, "");
  out.pop_back();
  part(5, 10, "resource");
  part(10, 14, "http");
  part(14, 19, "user");
  out.pop_back();
  part(19, 24, "client");
  out += "}}";
}

void write_logfmt(std::string& out, Dice&, const Request& request, const Line& line) {
  for (const Pair& pair : pairs_of(request, line)) {
    if (!out.empty() && out.back() != '\n') out += ' ';
    const char* const quote = pair.value.find(' ') == std::string::npos ? "" : "\"";
    fmt::format_to(std::back_inserter(out), "{}={}{}{}", pair.key, quote, pair.value, quote);
  }
}

void write_access(std::string& out, Dice& dice, const Request& request, const Line& line) {
  const std::string_view at = line.time;
  fmt::format_to(std::back_inserter(out),
                 "10.{}.{}.{} - u{} [{}/Nov/2025:{} +0000] \"{} {}?page={} HTTP/1.1\" {} {} "
                 "\"https://shop.example/{}\" \"Mozilla/5.0 (X11; Linux x86_64) {}\"",
                 request.host, request.user % 256, request.user / 256, request.user,
                 at.substr(8, 2), at.substr(11, 8), one_of(methods, request.draw), request.route,
                 dice.below(9), line.status, line.bytes, request.plan,
                 one_of(devices, request.draw >> 20));
}

// Free text: a logger's frame around messages of twelve kinds.
void write_text(std::string& out, Dice& dice, const Request& request, const Line& line) {
  std::string time(line.time);
  time[10] = ' ';
  time[19] = ',';
  time.pop_back();
  const std::string_view level = line.level == "error"  ? "ERROR"
                                 : line.level == "warn" ? "WARN"
                                                        : "INFO";
  fmt::format_to(std::back_inserter(out), "{} {:5} [exec-{}] com.shop.{} - ", time, level,
                 request.host, line.service);
  auto to = std::back_inserter(out);
  if (line.status == 504) {
    fmt::format_to(to, "payment timeout gateway_host=pg-{} after {} ms", request.host,
                   line.duration);
    return;
  }
  switch (request.draw % 11) {
    case 0: fmt::format_to(to, "order {} paid in {} ms", dice.below(90'000), line.duration); break;
    case 1:
      fmt::format_to(to, "user u{} logged in from 10.1.{}.7", request.user, dice.below(200));
      break;
    case 2: fmt::format_to(to, "cache miss for item {}", dice.below(90'000)); break;
    case 3: fmt::format_to(to, "GET {} 200 {} bytes", request.route, line.bytes); break;
    case 4:
      fmt::format_to(to, "connection to {} opened", one_of(providers, request.draw >> 9));
      break;
    case 5:
      fmt::format_to(to, "retry {} of 3 for trace {:016x}", request.draw >> 20 & 3, request.trace);
      break;
    case 6:
      fmt::format_to(to, "wrote /var/lib/shop/{:08x}.dat ({} bytes)", dice.roll() >> 32,
                     line.bytes);
      break;
    case 7: fmt::format_to(to, "session {:016x} expired", dice.roll()); break;
    case 8: fmt::format_to(to, "health check passed"); break;
    case 9:
      fmt::format_to(to, "pool size={} idle={} waiting={}", 32, dice.below(32), dice.below(5));
      break;
    default:
      fmt::format_to(to, "published event order.paid to partition {}", dice.below(48));
      break;
  }
}

struct Shape {
  std::string_view name;
  Writer write;
};
constexpr std::array<Shape, 7> shapes{{{"flat", write_flat},
                                       {"shuffled", write_shuffled},
                                       {"shapes", write_shapes},
                                       {"nested", write_nested},
                                       {"logfmt", write_logfmt},
                                       {"access", write_access},
                                       {"text", write_text}}};

// A request that is being served.
struct Open {
  Request request;
  std::uint64_t lines = 0;  // that it has yet to write
};

void write_log(Writer write, std::uint64_t bytes, std::uint64_t seed) {
  Dice dice(seed);
  std::string out;
  std::uint64_t written = 0;
  std::vector<Open> open(requests_at_once);
  while (written + out.size() < bytes) {
    const double progress = static_cast<double>(written + out.size()) / static_cast<double>(bytes);
    const auto now = static_cast<std::int64_t>(progress * seconds_in_log * 1000);
    Open& one = open[dice.below(open.size())];
    if (one.lines == 0) one = {make_request(dice, progress), 1 + dice.below(4)};
    write(out, dice, one.request, make_line(dice, one.request, --one.lines, now));
    out += '\n';
    if (out.size() < buffer_bytes) continue;
    std::fwrite(out.data(), 1, out.size(), stdout);
    written += out.size();
    out.clear();
  }
  std::fwrite(out.data(), 1, out.size(), stdout);
}

int run(int count, char** arguments) {
  const std::string_view wanted = count > 1 ? arguments[1] : "";
  const auto shape = std::find_if(shapes.begin(), shapes.end(),
                                  [&](const Shape& one) { return one.name == wanted; });
  const double bytes = count > 2 ? std::strtod(arguments[2], nullptr) : 0;
  if (shape == shapes.end() || !(bytes > 0)) {
    std::fputs("usage: logs flat|shuffled|shapes|nested|logfmt|access|text BYTES [SEED]\n", stderr);
    return 2;
  }
  const std::uint64_t seed = count > 3 ? std::strtoull(arguments[3], nullptr, 10) : 1;
  write_log(shape->write, static_cast<std::uint64_t>(bytes), seed);
  return 0;
}

}  // namespace
}  // namespace culprit

int main(int count, char** arguments) { return culprit::run(count, arguments); }
