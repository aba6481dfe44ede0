// Random evidence and random questions about it, from a seed, for tests that compare engines.
//
// Small pools of names and values make collisions likely: the same id in two sources, a slot with
// the name of a field, two events at one instant, a number as text, a field that is absent.
#pragma once

#include <random>
#include <string>
#include <vector>

#include <zlib.h>

#include "base/sim_world.h"
#include "store/engine.h"
#include "store/gather.h"

namespace culprit {

class OracleDice {
 public:
  explicit OracleDice(std::uint64_t seed) : twister_(seed) {}
  std::size_t below(std::size_t count) { return static_cast<std::size_t>(twister_() % count); }
  bool one_in(std::size_t count) { return below(count) == 0; }
  template <typename T>
  const T& of(const std::vector<T>& pool) {
    return pool[below(pool.size())];
  }

 private:
  std::mt19937_64 twister_;
};

struct OracleField {
  std::string name;
  std::vector<std::string> values;  // as they stand in JSON
};

inline const std::vector<OracleField>& oracle_fields() {
  static const std::vector<OracleField> fields = {
      {"region", {R"("eu-west")", R"("eu-east")", R"("us")", R"("")", "null", R"("é ü")"}},
      {"status", {"200", R"("200")", "404", "500", R"("503")", R"("ok")", "99"}},
      {"success", {"true", "false", R"("true")", R"("maybe")"}},
      {"cart", {"0", "1", "9", "10", "-3", "536870911", "536870912", "007"}},
      {"latency_ms",
       {"0.5", "1.25", "12.3456", "12.345678", "999.99951", "5.0", "5", "1e3", "0.1"}},
      {"version", {R"("1.1")", R"("1.10")", R"("v2")", "1.1", R"("2e1")"}},
      {"tags", {R"(["a","b"])", R"(["a","a"])", R"(["c",1,2.5])", "[]", R"(["b","a","c","a"])"}},
      {"ctx", {R"({"zone":"z1","cores":4})", R"({"zone":"z2"})"}},
      {"exception", {R"("boom")", "null", R"("")"}},
      {"user_id", {"1", "2", "3", "4", "5"}},
      {"route", {R"("/a")", R"("/b")", R"("/c")"}},
      {"size", {"123456789012", "1073741824", "12345678901234567890123456789", "3.4e400"}},
      {"source", {R"("app")", R"("db")"}},
  };
  return fields;
}

inline const std::vector<std::string>& oracle_messages() {
  static const std::vector<std::string> messages = {
      "payment timeout gateway_host=pg-2 after 3000 ms",
      "payment timeout gateway_host=pg-7 after 40 ms",
      "cache miss for key 17",
      "cache miss for key 18",
      "cache miss for key <*>",
      "upstream said status 502",
      "region=eu-west is slow",
      "started",
      "took 3 of 7, 8, 9 items",
  };
  return messages;
}

// One event of the generator, before it is written in some format.
struct OracleEvent {
  std::int64_t milliseconds = -1;  // since 14:00; -1: no time
  std::string level;
  std::string id_field;
  std::string id;
  std::string message;
  std::vector<std::pair<std::string, std::string>> fields;  // values as in JSON
};

inline std::string oracle_time(std::int64_t milliseconds) {
  return to_string(from_nanoseconds(1'763'647'200'000'000'000 + milliseconds * 1'000'000));
}

inline OracleEvent oracle_event(OracleDice& dice, std::size_t ids) {
  OracleEvent event;
  if (!dice.one_in(12)) event.milliseconds = static_cast<std::int64_t>(dice.below(40)) * 7'000;
  static const std::vector<std::string> levels = {"", "info", "info", "warn", "error", "debug"};
  event.level = dice.of(levels);
  if (ids > 0 && !dice.one_in(6)) {
    event.id_field = dice.one_in(3) ? "trace_id" : "request_id";
    event.id = dice.one_in(15) ? "-" : "id-" + std::to_string(1000 + dice.below(ids));
  }
  if (!dice.one_in(4)) event.message = dice.of(oracle_messages());
  for (const OracleField& field : oracle_fields()) {
    if (dice.one_in(2)) event.fields.emplace_back(field.name, dice.of(field.values));
  }
  return event;
}

inline std::string as_json(const OracleEvent& event, OracleDice& dice) {
  std::string line = "{";
  const auto add = [&](const std::string& name, const std::string& value) {
    line += (line.size() > 1 ? "," : "") + ("\"" + name + "\":") + value;
  };
  if (event.milliseconds >= 0) add("ts", "\"" + oracle_time(event.milliseconds) + "\"");
  if (!event.level.empty()) add("level", "\"" + event.level + "\"");
  if (!event.id.empty()) add(event.id_field, "\"" + event.id + "\"");
  if (event.id.empty() && dice.one_in(3)) add("request_id", "null");
  if (!event.message.empty()) add("msg", "\"" + event.message + "\"");
  for (const auto& [name, value] : event.fields) add(name, value);
  return line + "}";
}

inline std::string without_quotes(std::string value) {
  if (value.size() >= 2 && value.front() == '"') value = value.substr(1, value.size() - 2);
  return value;
}

inline std::string as_logfmt(const OracleEvent& event) {
  std::string line;
  if (event.milliseconds >= 0) line += "ts=" + oracle_time(event.milliseconds) + " ";
  if (!event.level.empty()) line += "level=" + event.level + " ";
  if (!event.id.empty()) line += event.id_field + "=" + event.id + " ";
  if (!event.message.empty()) line += "msg=\"" + event.message + "\" ";
  for (const auto& [name, value] : event.fields) {
    if (value.front() != '[' && value.front() != '{') line += name + "=" + value + " ";
  }
  return line + "end=1";
}

inline std::string as_text(const OracleEvent& event) {
  std::string line = oracle_time(std::max<std::int64_t>(0, event.milliseconds)) + " ";
  line += (event.level.empty() ? "info" : event.level) + " ";
  line += event.message.empty() ? "nothing" : event.message;
  if (!event.id.empty()) line += " request_id=" + event.id;
  for (const auto& [name, value] : event.fields) {
    if (name == "status" || name == "cart") line += " " + name + "=" + without_quotes(value);
  }
  return line;
}

inline std::string as_csv(const OracleEvent& event) {
  std::string line = event.milliseconds < 0 ? "" : oracle_time(event.milliseconds);
  line += "," + event.level + "," + event.id;
  for (const char* column : {"region", "status", "cart", "latency_ms", "exception"}) {
    line += ",";
    for (const auto& [name, value] : event.fields) {
      if (name == column) line += without_quotes(value);
    }
  }
  return line;
}

// As containerd writes it: now and then in parts, with a line of the other stream between them.
inline std::string as_cri(const OracleEvent& event, OracleDice& dice) {
  const std::string stamp = oracle_time(std::max<std::int64_t>(0, event.milliseconds)) +
                            (dice.one_in(5) ? " stderr " : " stdout ");
  std::string rest = as_json(event, dice);
  std::string lines;
  while (dice.one_in(2)) {
    const std::size_t size = dice.below(rest.size());
    lines += stamp + "P " + rest.substr(0, size) + "\n";
    rest.erase(0, size);
    if (dice.one_in(4)) lines += "2025-11-20T14:00:00Z stderr F {\"level\":\"error\"}\n";
  }
  return lines + stamp + "F " + rest;
}

enum class OracleFormat : std::uint8_t { json, logfmt, text, csv, array, cri };

inline std::string oracle_source(OracleDice& dice, OracleFormat format, std::size_t events,
                                 std::size_t ids) {
  std::string text;
  if (format == OracleFormat::csv) {
    text = "ts,level,request_id,region,status,cart,latency_ms,exception\n";
  }
  for (std::size_t i = 0; i < events; ++i) {
    const OracleEvent event = oracle_event(dice, ids);
    switch (format) {
      case OracleFormat::json: text += as_json(event, dice); break;
      case OracleFormat::logfmt: text += as_logfmt(event); break;
      case OracleFormat::text: text += as_text(event); break;
      case OracleFormat::csv: text += as_csv(event); break;
      case OracleFormat::array: text += (i == 0 ? "[" : ",") + as_json(event, dice); break;
      case OracleFormat::cri: text += as_cri(event, dice); break;
    }
    if (format == OracleFormat::array && !dice.one_in(4)) continue;
    text += dice.one_in(20) ? "\r\n" : "\n";
    if (dice.one_in(25)) text += dice.one_in(2) ? "\n" : "{ broken\n";
    if (format == OracleFormat::text && dice.one_in(10))
      text += "    at com.shop.Cart(Cart.java:7)\n";
  }
  if (dice.one_in(2)) text.pop_back();
  return text;
}

inline std::string gzipped(const std::string& text) {
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string packed(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(packed.size() - stream.avail_out);
  deflateEnd(&stream);
  return packed;
}

// Fills `world` with one to four sources and names them.
inline std::vector<std::string> oracle_sources(OracleDice& dice, SimWorld& world,
                                               std::size_t events, std::size_t ids) {
  std::vector<std::string> names;
  const std::size_t count = 1 + dice.below(4);
  for (std::size_t i = 0; i < count; ++i) {
    names.push_back("source-" + std::to_string(i) + ".log");
    const auto format = static_cast<OracleFormat>(dice.below(6));
    std::string text = oracle_source(dice, format, 1 + dice.below(events), ids);
    world.put(names.back(), dice.one_in(4) ? gzipped(text) : std::move(text));
  }
  return names;
}

// EXPR about a field of the pool, up to `depth` connectives deep.
inline std::string oracle_expr(OracleDice& dice, std::size_t depth) {
  if (depth > 0 && dice.one_in(2)) {
    const std::string left = oracle_expr(dice, depth - 1);
    if (dice.one_in(4)) return "not (" + left + ")";
    const char* connective = dice.one_in(2) ? ") and (" : ") or (";
    return "(" + left + connective + oracle_expr(dice, depth - 1) + ")";
  }
  static const std::vector<std::string> leaves = {"region = eu-west",
                                                  "region != eu-west",
                                                  "region = eu-*",
                                                  "region = \"\"",
                                                  "region = null",
                                                  "has(region)",
                                                  "has(retry)",
                                                  "status >= 500",
                                                  "status = 200",
                                                  "status != 200",
                                                  "status in (404, 500)",
                                                  "status < 300",
                                                  "success = true",
                                                  "cart > 9",
                                                  "cart <= 0",
                                                  "cart = 10",
                                                  "cart = 007",
                                                  "latency_ms > 5",
                                                  "latency_ms <= 12.3457",
                                                  "latency_ms = 5.0",
                                                  "latency_ms > 2s",
                                                  "version = 1.1",
                                                  "version = 1.10",
                                                  "version ~ \"^1\"",
                                                  "tags = a",
                                                  "tags != a",
                                                  "tags = 2.5",
                                                  "ctx.zone = z1",
                                                  "ctx.cores >= 4",
                                                  "exception = boom",
                                                  "has(exception)",
                                                  "user_id in (1, 2)",
                                                  "gateway_host = pg-2",
                                                  "after > 100",
                                                  "key = 17",
                                                  "level = error",
                                                  "size > 1000000",
                                                  "size = 123456789012",
                                                  "nothing = 1",
                                                  "source = app",
                                                  "has(\"end\")"};
  return dice.of(leaves);
}

}  // namespace culprit
