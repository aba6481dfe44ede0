// The fuzzers' corpus reaches every row of the tables: what no seed reads, no mutant is likely to.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "parse/format.h"
#include "parse/frames.h"
#include "parse/framings.h"

namespace culprit {
namespace {

std::vector<std::string> corpus(const char* target) {
  const char* data = std::getenv("CULPRIT_TESTDATA");
  REQUIRE(data != nullptr);
  const auto folder = std::filesystem::path(data) / "../../fuzz/corpus" / target;
  std::vector<std::string> inputs;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::ifstream stream(entry.path(), std::ios::binary);
    inputs.emplace_back(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>());
  }
  return inputs;
}

// How many events there are of it, as fuzz/parse_fuzz.cpp reads it.
std::size_t events_in(std::string_view text, const Format* format) {
  RecogniseOptions options;
  options.format = format;
  options.zone.set_newest(from_nanoseconds(1'763'650'000'000'000'000));
  const Dialect dialect = recognise(text, options);
  if (dialect.format != format) return 0;
  std::string framed;
  if (dialect.framing != nullptr) text = framed = framed_sample(*dialect.framing, text);
  Scratch scratch;
  std::size_t events = 0;
  for (; !text.empty(); text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1)) {
    Event event;
    const std::string_view line = text.substr(0, text.find('\n'));
    events += dialect.format->read(dialect, line, scratch, event) == Reading::event ? 1 : 0;
  }
  return events;
}

}  // namespace

TEST_CASE("the corpus of the parsers has events of every format") {
  const std::vector<std::string> inputs = corpus("parse");
  for (const Format& format : formats()) {
    CAPTURE(std::string(format.name));
    std::size_t events = 0;
    for (const std::string& input : inputs) {
      const std::size_t end = std::min(input.find('\n'), input.size());
      if (input.substr(0, end) == format.name) {
        events +=
            events_in(std::string_view(input).substr(std::min(end + 1, input.size())), &format);
      }
    }
    CHECK(events >= 2);
  }
}

TEST_CASE("the corpus of the framers has records of every layout") {
  std::set<const Framing*> reached;
  for (const std::string& input : corpus("frames")) {
    const std::string_view text = std::string_view(input).substr(2);
    const Framing* framing = recognise(text, {}).framing;
    if (framing != nullptr && !framed_sample(*framing, text).empty()) reached.insert(framing);
  }
  for (const Framing& framing : framings()) {
    CAPTURE(std::string(framing.format));
    CAPTURE(framing.layout == nullptr ? "" : std::string(framing.layout->records));
    CHECK(reached.contains(&framing));
  }
}

}  // namespace culprit
