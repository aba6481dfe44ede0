// Log files for the tests of seeking and merging: random, as much out of order as wanted.
#pragma once

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "base/sim_world.h"
#include "store/gather.h"

namespace culprit::log_files {

constexpr Time start = from_nanoseconds(1'763'645'400'000'000'000);  // 2025-11-20T13:30:00Z

struct Line {
  std::uint64_t offset = 0;
  Time time = no_time;  // no_time: the line has none
  bool wrong = false;   // a clock that was not set
};

struct LogFile {
  std::string bytes;
  std::vector<Line> lines;

  void add(Time time, std::size_t padding) {
    lines.push_back({bytes.size(), time, false});
    bytes += time == no_time ? "{" : "{\"ts\":\"" + to_string(time) + "\",";
    bytes += "\"msg\":\"line " + std::to_string(lines.size()) + "\",\"pad\":\"" +
             std::string(padding, 'x') + "\"}\n";
  }
};

struct FileShape {
  std::size_t lines = 10'000;
  Duration step_max = std::chrono::milliseconds(200);
  Duration disorder{0};  // a line may be stamped so much earlier than those before it
  double untimed = 0;    // share of lines
  double wrong = 0;      // share of lines with a time of 1970 or 2099
};

inline LogFile random_file(std::mt19937_64& dice, const FileShape& shape) {
  const auto share = [&] { return std::uniform_real_distribution<double>()(dice); };
  const auto milliseconds = [&](Duration most) {
    const auto count = static_cast<std::uint64_t>(most / std::chrono::milliseconds(1)) + 1;
    return std::chrono::milliseconds(static_cast<std::int64_t>(dice() % count));
  };
  LogFile file;
  Time clock = start + milliseconds(std::chrono::minutes(1));
  for (std::size_t i = 0; i < shape.lines; ++i) {
    clock += milliseconds(shape.step_max);
    const std::size_t padding = dice() % 300;
    if (share() < shape.untimed) {
      file.add(no_time, padding);
    } else if (share() < shape.wrong) {
      file.add(from_nanoseconds(dice() % 2 == 0 ? 1 : 4'070'908'800'000'000'000), padding);
      file.lines.back().wrong = true;
    } else {
      file.add(clock - milliseconds(shape.disorder), padding);
    }
  }
  return file;
}

// The sources as find_sources() sees them, named by their place in the list.
inline std::vector<Source> sources_of(SimWorld& world, const std::vector<LogFile>& files) {
  GatherOptions options;
  for (std::size_t i = 0; i < files.size(); ++i) {
    options.sources.push_back("log" + std::to_string(i));
    world.put(options.sources.back(), files[i].bytes);
  }
  auto found = find_sources(world, options);
  VERIFY(found.has_value());
  return std::move(found).value();
}

}  // namespace culprit::log_files
