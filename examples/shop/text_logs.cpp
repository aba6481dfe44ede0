#include "text_logs.h"

#include <fmt/format.h>

#include <iterator>

namespace shop {
namespace {

std::string_view padded(std::string_view level) {
  if (level == "error") return "ERROR";
  if (level == "warn") return "WARN ";
  return level == "debug" ? "DEBUG" : "INFO ";
}

std::string_view browser(uint8_t app) {
  constexpr std::array<std::string_view, 4> browsers = {
      "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0",
      "Shop/5.2 (iPhone; iOS 18.6; Scale/3.00)", "Shop/5.2 (Android 15; SM-S921B)",
      "partner-sync/2.3"};
  return browsers[app];
}

}  // namespace

void add_payments_line(std::string& text, const Note& note, int thread) {
  add_log4j(text, note.at);
  text += ' ';
  text += padded(note.level);
  text += " [pool-";
  add_number(text, static_cast<uint64_t>(thread));
  text += "] ";
  text += note.logger;
  text += " - ";
  text += note.text;
  if (note.trace != 0) {
    text += " trace=";
    add_hex(text, note.trace, 16);
  }
  text += '\n';
}

void add_auth_line(std::string& text, const AuthLine& line) {
  text += "ts=";
  add_rfc3339(text, line.at);
  fmt::format_to(std::back_inserter(text),
                 " level={} service=auth host=auth-{} version={} msg=\"{}\" trace_id={:016x} "
                 "user_id=u-{} scheme={} duration_ms={}\n",
                 line.level, 1 + line.trace % 4, line.version, line.message, line.trace,
                 10'000 + line.user, line.user % 9 == 0 ? "api_key" : "jwt", line.duration);
}

void add_access_line(std::string& text, const AccessLine& line) {
  const uint32_t address = line.user * 2'654'435'761u;
  fmt::format_to(std::back_inserter(text), "{}.{}.{}.{} - - [", 11 + address % 180,
                 (address >> 8) & 255, (address >> 16) & 255, 1 + (address >> 24) % 254);
  add_access(text, line.at);
  fmt::format_to(std::back_inserter(text), "] \"{} {} HTTP/1.1\" {} {} \"{}\" \"{}\"\n",
                 line.method, line.path, line.status, line.bytes,
                 line.app == 0 ? "https://shop.example/" : "-", browser(line.app));
}

std::string_view database_header() {
  return "timestamp,instance,kind,query,duration_ms,rows,connections,pool_wait_ms\n";
}

void add_database_row(std::string& text, const DatabaseRow& row) {
  fmt::format_to(std::back_inserter(text), "{},{},{},", row.at, row.instance, row.kind);
  if (!row.query.empty()) fmt::format_to(std::back_inserter(text), "\"{}\"", row.query);
  fmt::format_to(std::back_inserter(text), ",{},{},{},{:.1f}\n", row.duration, row.rows,
                 row.connections, row.pool_wait);
}

}  // namespace shop
