// The gateway's log in NDJSON: one line a request, written at its end, with 27 fields; beside them
// lines without a request. Also the place of the other services' notes where `--format ndjson`
// asks for this file only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fate.h"

namespace shop {

// A request with what became of it and the names under which all services log it.
struct Entry {
  const Request& request;
  const Fate& fate;
  uint64_t trace;
  uint64_t order;
  Instant end;
};

// What a service says besides the gateway's own line.
struct Note {
  Instant at;
  std::string_view level;  // in lower case
  std::string_view service;
  std::string_view logger;
  std::string_view text;
  uint64_t trace = 0;  // 0 where it belongs to no request
};

// Keeps the texts that do not change from line to line, by user and by host.
class GatewayLog {
 public:
  GatewayLog(const Plan& plan, const Population& population);

  void add(std::string& text, const Entry& entry) const;
  void add_health(std::string& text, Instant at, uint32_t host) const;
  void add_note(std::string& text, const Note& note) const;

 private:
  const std::string& host_text(uint32_t host, Instant at) const;
  void add_money(std::string& text, const Entry& entry) const;

  const Plan& plan_;
  const Population& population_;
  std::vector<std::string> users_;
  std::vector<std::string> hosts_before_;
  std::vector<std::string> hosts_released_;
};

std::string_view method_of(const Request& request);
void add_hex(std::string& text, uint64_t value, int digits);
void add_number(std::string& text, uint64_t value);

}  // namespace shop
