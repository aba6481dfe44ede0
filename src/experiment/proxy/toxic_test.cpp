#include "experiment/proxy/toxic.h"

#include <doctest/doctest.h>

namespace culprit {
namespace {

TEST_CASE("a toxic is read as it is written, with its defaults") {
  const Result<Toxic> toxic =
      parse_toxic("latency(latency=1.5s, jitter=20, toxicity=0.5, stream=upstream)");
  REQUIRE(toxic);
  CHECK(toxic->name == "latency_upstream");
  CHECK(toxic->number("latency") == 1500);
  CHECK(toxic->number("jitter") == 20);
  CHECK(toxic->text("distribution") == "uniform");
  CHECK(toxic->toxicity == 0.5);
  CHECK(parse_toxic("slicer(delay=2ms)")->number("delay") == 2000);
  CHECK(parse_toxic("barrier(match=SELECT balance, count=3)")->text("match") == "SELECT balance");
  CHECK(parse_toxic("duplicate")->stream == Direction::upstream);
}

TEST_CASE("a mistake in a toxic is named, with what was meant") {
  struct Row {
    const char* text;
    const char* what;
    const char* advice;
  };
  for (const Row& row : {
           Row{"latnecy(latency=3)", "no toxic 'latnecy'", "did you mean latency?"},
           Row{"latency(latncy=3)", "no attribute 'latncy'", "did you mean latency?"},
           Row{"latency(latency=x)", "is a number, not 'x'", ""},
           Row{"latency(latency=3", "no closing", ""},
           Row{"latency(3)", "no name=value", ""},
           Row{"latency(toxicity=2)", "toxicity is 0 to 1", ""},
           Row{"latency(latency=-1)", "cannot be -1", ""},
           Row{"latency(stream=sideways)", "upstream or downstream", ""},
       }) {
    CAPTURE(row.text);
    const Result<Toxic> toxic = parse_toxic(row.text);
    REQUIRE(!toxic);
    CHECK(toxic.error().what.find(row.what) != std::string::npos);
    CHECK(toxic.error().advice.starts_with(row.advice));
  }
}

TEST_CASE("every kind can be made with nothing but its name") {
  for (const ToxicKind& kind : toxic_kinds()) {
    CAPTURE(kind.type);
    CHECK(parse_toxic(kind.type));
  }
}

}  // namespace
}  // namespace culprit
