// How fast do lines become columns? GB/s and lines/s of one core: lines read into Events, Events
// into a Shard's blocks, blocks into units.
//
//     reading FILE    its first 256 MB, in memory
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/world.h"
#include "store/embedded/evidence.h"
#include "store/embedded/shard.h"
#include "store/gather.h"

namespace culprit {
namespace {

constexpr int rounds = 5;  // the best of these counts: others share the machine
constexpr std::size_t bytes_max = 256 << 20;

double seconds_of(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

void tell(const char* name, double seconds, std::size_t bytes, std::size_t lines) {
  fmt::print("{:8} {:6.3f} s  {:5.2f} GB/s  {:5.2f} M lines/s\n", name, seconds,
             static_cast<double>(bytes) / 1e9 / seconds,
             static_cast<double>(lines) / 1e6 / seconds);
}

std::string head_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string bytes(bytes_max, '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(file.gcount()));
  bytes.resize(bytes.rfind('\n') + 1);
  return bytes;
}

std::size_t read_lines(const Source& source, std::string_view bytes) {
  Scratch scratch;
  std::size_t events = 0;
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t end = bytes.find('\n', at);
    Event event;
    events +=
        read_line(source.dialect, bytes.substr(at, end - at), scratch, event) == Reading::event ? 1
                                                                                                : 0;
    at = end + 1;
  }
  return events;
}

void fill(Shard& shard, const Source& source, std::string_view bytes, std::size_t chunk_bytes) {
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t end = std::min(bytes.size(), bytes.find('\n', at + chunk_bytes - 1));
    const std::size_t to = std::min(bytes.size(), end + 1);
    shard.read(source, 0, bytes.substr(at, to - at), at, Sampling{});
    at = to;
  }
  shard.finish();
}

int run(const std::string& path) {
  const auto world = real_world();
  GatherOptions options;
  options.sources = {path};
  auto found = find_sources(*world, options);
  if (!found || found->empty() || !found->front().fault.empty()) {
    fmt::print(stderr, "reading: {} cannot be read\n", path);
    return 3;
  }
  const std::vector<Source> sources = std::move(*found);
  const UnitRule unit = find_units(sources, options);
  const Widths widths(sources);
  const std::string bytes = head_of(path);
  double best[3] = {1e9, 1e9, 1e9};
  std::size_t events = 0;
  for (int round = 0; round < rounds; ++round) {
    best[0] = std::min(best[0], seconds_of([&] { events = read_lines(sources.front(), bytes); }));
    std::vector<std::unique_ptr<Shard>> shards;
    shards.push_back(std::make_unique<Shard>(options, unit, widths));
    best[1] = std::min(best[1], seconds_of([&] {
                         fill(*shards.front(), sources.front(), bytes, options.chunk_bytes);
                       }));
    best[2] = std::min(best[2], seconds_of([&] {
                         Evidence evidence =
                             join_shards(sources, std::move(shards), unit, Sampling{});
                         join_units(evidence);
                       }));
  }
  fmt::print("{} events, units by {}\n", events,
             unit.fields.empty() ? "line" : unit.fields.front());
  tell("events", best[0], bytes.size(), events);
  tell("blocks", best[1], bytes.size(), events);
  tell("joined", best[2], bytes.size(), events);
  return 0;
}

}  // namespace
}  // namespace culprit

int main(int count, char** arguments) {
  if (count == 2) return culprit::run(arguments[1]);
  std::fputs("usage: reading FILE\n", stderr);
  return 2;
}
