// A TestReader reads lines for a test and writes what they became as one readable text.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "parse/format.h"

namespace culprit {

// The fields as "name=value", a number with ":n", a boolean ":b", a null ":0" behind it.
struct Seen {
  Reading reading = Reading::unreadable;
  std::string fields;
  Event event;  // good until the next line
};

class TestReader {
 public:
  // `sample`: what the format is prepared with.
  explicit TestReader(std::string_view format, std::string_view sample = {},
                      Simd simd = best_simd()) {
    RecogniseOptions options;
    options.simd = simd;
    options.format = format_named(format);
    REQUIRE(options.format != nullptr);
    dialect_ = recognise(sample, options);
  }

  // Reads as another does, without having read what that one has.
  explicit TestReader(Dialect dialect) : dialect_(std::move(dialect)) {}

  Seen read(std::string_view line) {
    Seen seen;
    seen.reading = read_line(dialect_, line, scratch_, seen.event);
    if (seen.reading != Reading::event) return seen;
    constexpr std::string_view kinds[] = {"", ":n", ":b", ":0"};
    for (const Field& field : seen.event.fields) {
      if (!seen.fields.empty()) seen.fields += ' ';
      seen.fields += std::string(field.name) + "=" + std::string(field.value);
      seen.fields += kinds[static_cast<std::size_t>(field.kind)];
    }
    return seen;
  }

  const Dialect& dialect() const { return dialect_; }

 private:
  Dialect dialect_;
  Scratch scratch_;
};

// One for each level of this machine, the lowest first.
inline std::vector<TestReader> readers_of_all_levels(std::string_view format,
                                                     std::string_view sample = {}) {
  std::vector<TestReader> readers;
  for (const Simd level : {Simd::scalar, Simd::sse2, Simd::avx2}) {
    if (level <= best_simd()) readers.emplace_back(format, sample, level);
  }
  return readers;
}

}  // namespace culprit
