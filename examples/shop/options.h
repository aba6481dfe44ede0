// Options are what the command line asked for, checked: a kind that exists, a length of time in
// which that kind fits, an instant of onset inside it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "calendar.h"

namespace shop {

enum class Shape { none, step, ramp, spike, recurring, throughout };
enum class Effect { none, fails, wrong, slow, silent };
enum class Format { mixed, ndjson };

// One row of the table of incident kinds. The onset is drawn between two fractions of the length;
// a kind that needs time to show itself says how many minutes.
struct Kind {
  std::string_view name;
  Effect effect;
  Shape shape;
  double onset_from;
  double onset_to;
  int minutes_min;
};

std::span<const Kind> kinds();
std::string_view name_of(Shape shape);

struct Options {
  Kind kind;
  uint64_t seed = 1;
  std::string out;
  int minutes = 40;
  double rate = 60;               // requests per second, on average
  std::optional<double> onset;    // minutes after the start
  std::optional<uint64_t> bytes;  // of log to write; overrules rate
  Format format = Format::mixed;
  std::string repo_info;  // file, empty when there is none
  Instant start = 0;
  bool plan_only = false;
};

std::string_view usage();

// Throws a Refusal.
Options read_options(std::span<const char* const> arguments);

}  // namespace shop
