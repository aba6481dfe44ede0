#include "store/seek.h"

#include <algorithm>
#include <map>
#include <vector>

namespace culprit {
namespace {

constexpr std::uint64_t whole_max = 256 << 10;   // read at once faster than searched
constexpr std::uint64_t near_enough = 32 << 10;  // bytes that are read rather than halved again
// Probes spread over the file to see whether it is in order: one for each 4 MB, at least 4.
constexpr std::uint64_t probe_spacing = 4 << 20;
constexpr std::uint64_t probes_least = 4;
constexpr std::uint64_t probes_most = 16;
constexpr std::size_t probe_events = 32;
constexpr std::size_t probe_lines_max = 4096;  // without a time; then the probe is given up
constexpr std::uint64_t probe_bytes_max = 4 << 20;
// Steps back in time: within a probe larger ones are wrong times, between probes they mean that
// the file is not in order.
constexpr Duration disorder_max = std::chrono::minutes(10);
constexpr std::size_t first_events = 64;
constexpr std::uint64_t tail_bytes_most = 64 << 20;

// Some events that follow each other.
struct Probe {
  std::uint64_t first = 0;  // offset of the first one
  std::uint64_t last = 0;   // offset of the last one
  Time median = no_time;
  Duration disorder{0};  // the largest step back among them
};

class Seeker {
 public:
  Seeker(World& world, const Source& source, std::uint64_t size)
      : world_(world), source_(source), size_(size) {}

  Result<ByteRange> find(const Window& window) {
    const std::uint64_t probes = std::clamp(size_ / probe_spacing, probes_least, probes_most);
    for (std::uint64_t i = 0; i < probes; ++i) {
      TRY(probe(size_ / probes * i));
    }
    if (!ordered()) return ByteRange{};
    const Duration slack = std::max(reorder_least, 2 * disorder_);
    ByteRange range;
    if (window.from > Time::min() + slack) {
      TRY(approach(window.from - slack));
      range.from = lower_bound(window.from - slack);
    }
    if (window.to < Time::max() - slack) {
      TRY(approach(window.to + slack));
      range.to = upper_bound(window.to + slack);
    }
    return range;
  }

 private:
  Status probe(std::uint64_t offset) {
    LineFeed feed = TRY(LineFeed::open(world_, source_, {offset, UINT64_MAX}));
    Event event;
    Probe made;
    std::vector<Time> times;
    for (std::size_t lines = 0; lines < probe_lines_max && times.size() < probe_events; ++lines) {
      const std::optional<FedLine> line = feed.next();
      if (!line || line->offset > offset + probe_bytes_max) break;
      if (read_line(source_.dialect, *line, scratch_, event) != Reading::event) continue;
      if (event.time == no_time) continue;
      if (times.empty()) made.first = line->offset;
      made.last = line->offset;
      times.push_back(event.time);
    }
    if (times.empty()) return ok();
    made.disorder = disorder_of(times);
    disorder_ = std::max(disorder_, made.disorder);
    std::nth_element(times.begin(), times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2),
                     times.end());
    made.median = times[times.size() / 2];
    probes_[made.first] = made;
    return ok();
  }

  static Duration disorder_of(const std::vector<Time>& times) {
    Duration most{0};
    for (std::size_t i = 1; i < times.size(); ++i) {
      for (std::size_t before = 0; before < i; ++before) {
        const Duration step = times[before] - times[i];
        if (step <= disorder_max) most = std::max(most, step);
      }
    }
    return most;
  }

  // Whether later probes are never much earlier than those before them.
  bool ordered() {
    Time latest = no_time;
    for (const auto& [offset, one] : probes_) {
      if (latest != no_time && latest - one.median > disorder_max) return false;
      if (latest != no_time) disorder_ = std::max(disorder_, latest - one.median);
      latest = std::max(latest, one.median);
    }
    return true;
  }

  // Probes between the last one before `time` and the first one after it until they are close.
  Status approach(Time time) {
    for (int halvings = 0; halvings < 64; ++halvings) {
      std::uint64_t low = 0;
      std::uint64_t high = size_;
      for (const auto& [offset, one] : probes_) {
        if (one.median < time) {
          low = offset;
        } else {
          high = offset;
          break;
        }
      }
      const auto before = probes_.find(low);
      if (before != probes_.end()) low = std::max(low, before->second.last);
      if (high <= low + near_enough) break;
      const std::size_t known = probes_.size();
      TRY(probe(low + (high - low) / 2));
      // Nothing with a time between the middle and `high`: the rest is read, not halved.
      if (probes_.size() == known) break;
    }
    return ok();
  }

  std::uint64_t lower_bound(Time time) const {
    std::uint64_t found = 0;
    for (const auto& [offset, one] : probes_) {
      if (one.median >= time) break;
      found = offset;
    }
    return found;
  }

  std::uint64_t upper_bound(Time time) const {
    std::uint64_t found = UINT64_MAX;
    for (auto at = probes_.rbegin(); at != probes_.rend() && at->second.median >= time; ++at) {
      found = at->second.last + 1;
    }
    return found;
  }

  World& world_;
  const Source& source_;
  std::uint64_t size_;
  Scratch scratch_;
  std::map<std::uint64_t, Probe> probes_;  // by offset of their first event
  Duration disorder_{0};
};

}  // namespace

Result<ByteRange> range_of(World& world, const Source& source, const Window& window) {
  if (!source.seekable || source.size < whole_max || window == Window{}) return ByteRange{};
  return Seeker(world, source, source.size).find(window);
}

Time first_time(const Source& source) {
  Scratch scratch;
  Event event;
  Time first = no_time;
  std::size_t events = 0;
  std::string_view rest = source.sample;
  while (!rest.empty() && events < first_events) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const Reading reading = read_line(source.dialect, rest.substr(0, end), scratch, event);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (reading != Reading::event || event.time == no_time) continue;
    first = first == no_time ? event.time : std::min(first, event.time);
    ++events;
  }
  return first;
}

Result<Time> newest_time(World& world, const Source& source) {
  Scratch scratch;
  Event event;
  for (std::uint64_t bytes = whole_max;; bytes *= 8) {
    const std::uint64_t from = source.size > bytes ? source.size - bytes : 0;
    LineFeed feed = TRY(LineFeed::open(world, source, {from, UINT64_MAX}));
    Time newest = no_time;
    while (const std::optional<FedLine> line = feed.next()) {
      if (read_line(source.dialect, *line, scratch, event) == Reading::event) {
        newest = std::max(newest, event.time);
      }
    }
    if (newest != no_time || from == 0 || bytes >= tail_bytes_most) return newest;
  }
}

}  // namespace culprit
