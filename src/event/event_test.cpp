#include "event/event.h"

#include <doctest/doctest.h>

namespace culprit {
namespace {

TEST_CASE("a level is known by its usual names") {
  struct Row {
    Level level;
    const char* names[13];
  };
  const Row rows[] = {
      {Level::trace, {"trace", "TRACE", "TRC", "verbose", "finest", "T", "V", "10"}},
      {Level::debug, {"debug", "DEBUG", "dbg", "DEBG", "DEBU", "D", "fine", "20", "25"}},
      {Level::info, {"info", "INFO", "Information", "informational", "notice", "I", "inf", "30"}},
      {Level::warn, {"warn", "WARNING", "wrn", "W", "40"}},
      {Level::error, {"error", "ERROR", "Err", "ERRO", "E", "severe", "50"}},
      {Level::fatal,
       {"fatal", "FATA", "CRITICAL", "crit", "panic", "PANI", "DPANIC", "emerg", "emergency",
        "alert", "F", "C", "60"}},
      {Level::none,
       {"", "eror", "errors", "70", "05", "500", "informationalX", "emergencies", "0", "x",
        "null"}},
  };
  for (const Row& row : rows) {
    for (const char* name : row.names) {
      if (name == nullptr) break;
      CAPTURE(name);
      CHECK(level_named(name) == row.level);
    }
  }
}

TEST_CASE("a level's own name names it") {
  for (const Level level : {Level::none, Level::trace, Level::debug, Level::info, Level::warn,
                            Level::error, Level::fatal}) {
    CHECK(level_named(name_of(level)) == level);
  }
}

TEST_CASE("a field is found by its name, the first of several") {
  const Field fields[] = {{"a", "1", Kind::number}, {"b", "x"}, {"a", "2", Kind::number}};
  Event event;
  event.fields = fields;
  REQUIRE(event.find("a") != nullptr);
  CHECK(event.find("a")->value == "1");
  CHECK(event.find("c") == nullptr);
}

}  // namespace
}  // namespace culprit
