// The logs of the services that do not write JSON: payments (plain text as Log4j lays it out), auth
// (logfmt), the frontend's nginx (combined format) and the database (CSV). Each function appends
// one line.
#pragma once

#include <string>

#include "gateway_log.h"

namespace shop {

void add_payments_line(std::string& text, const Note& note, int thread);

struct AuthLine {
  Instant at;
  std::string_view level;
  std::string_view message;
  std::string_view version;
  uint32_t user;
  uint64_t trace;
  int duration;  // milliseconds
};
void add_auth_line(std::string& text, const AuthLine& line);

// A page or picture that the frontend serves itself, or a request that it hands to the gateway.
struct AccessLine {
  Instant at;
  uint32_t user;
  uint8_t app;
  std::string_view method;
  std::string path;
  int status;
  uint64_t bytes;
};
void add_access_line(std::string& text, const AccessLine& line);

struct DatabaseRow {
  Instant at;
  std::string_view instance;
  std::string_view kind;   // stat or slow
  std::string_view query;  // empty for stat
  int duration;            // milliseconds
  int rows;
  int connections;
  double pool_wait;  // milliseconds
};
std::string_view database_header();
void add_database_row(std::string& text, const DatabaseRow& row);

}  // namespace shop
