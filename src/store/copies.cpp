#include "store/copies.h"

#include <algorithm>
#include <array>
#include <numeric>

#include "store/seek.h"

namespace culprit {
namespace {

constexpr std::size_t strangers_least = 256;  // bytes: shorter logs may well say the same
constexpr std::size_t untimed_least = 4096;   // the beginning of a log may be the same each time
constexpr std::size_t compared_bytes = 1 << 18;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool cut_ending(std::string_view& name, std::string_view ending) {
  if (name.size() <= ending.size() || !name.ends_with(ending)) return false;
  name.remove_suffix(ending.size());
  return true;
}

// ".1", "-20251120", ".2025-11-20_03".
bool cut_number(std::string_view& name) {
  const std::size_t last = name.find_last_not_of("0123456789-_.");
  if (last == std::string_view::npos || last + 1 == name.size()) return false;
  const std::string_view number = name.substr(last + 1);
  if (is_digit(number.front()) || !is_digit(number.back())) return false;
  name = name.substr(0, last + 1);
  return true;
}

std::string_view folder_of(std::string_view path) {
  const std::size_t slash = path.find_last_of('/');
  return slash == std::string_view::npos ? "" : path.substr(0, slash);
}

// What is said of a source's whole content, read in order.
class Content {
 public:
  static Result<Content> open(World& world, const Source& source) {
    Content content;
    content.stream_ = TRY(open_source(world, source));
    return content;
  }

  // Empty at the end; what is damaged ends there.
  std::string_view more() {
    while (begin_ == end_ && !ended_) {
      const auto got = stream_->read(std::span<char>(buffer_));
      begin_ = 0;
      end_ = got ? *got : 0;
      ended_ = end_ == 0;
    }
    return std::string_view(buffer_).substr(begin_, end_ - begin_);
  }
  void take(std::size_t bytes) { begin_ += bytes; }

 private:
  std::optional<Stream> stream_;
  std::string buffer_ = std::string(compared_bytes, '\0');
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  bool ended_ = false;
};

enum class Likeness : std::uint8_t { different, same, first_begins_second, second_begins_first };

Result<Likeness> compare(World& world, const Source& a, const Source& b) {
  Content one = TRY(Content::open(world, a));
  Content other = TRY(Content::open(world, b));
  for (;;) {
    if (interrupted()) return interrupted_error();
    const std::string_view left = one.more();
    const std::string_view right = other.more();
    if (left.empty() && right.empty()) return Likeness::same;
    if (left.empty()) return Likeness::first_begins_second;
    if (right.empty()) return Likeness::second_begins_first;
    const std::size_t count = std::min(left.size(), right.size());
    if (left.substr(0, count) != right.substr(0, count)) return Likeness::different;
    one.take(count);
    other.take(count);
  }
}

// Of two equal ones the plain one stays, then the shorter name.
bool rather(const Source& a, const Source& b) {
  if (a.seekable != b.seekable) return a.seekable;
  if (a.name.size() != b.name.size()) return a.name.size() < b.name.size();
  return a.name < b.name;
}

bool may_be_copy(const Source& copy, const Source& whole, Likeness likeness) {
  const bool timed = first_time(copy) != no_time;
  if (!of_one_rotation(copy, whole)) return timed && copy.sample.size() >= strangers_least;
  return likeness == Likeness::same || timed || copy.sample.size() >= untimed_least;
}

class Copies {
 public:
  Copies(World& world, std::span<Source> sources) : world_(world), sources_(sources) {}

  // In the order of their samples, what begins like a source comes right behind it.
  Status find() {
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < sources_.size(); ++i) {
      if (sources_[i].counts() && !sources_[i].sample.empty()) order.push_back(i);
    }
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      const int by_text = sources_[a].sample.compare(sources_[b].sample);
      return by_text != 0 ? by_text < 0 : a < b;
    });
    for (std::size_t at = 0; at < order.size(); ++at) {
      if (interrupted()) return interrupted_error();
      TRY(look_behind(order, at));
    }
    for (const Found& one : found_) tell(one);
    return ok();
  }

 private:
  Status look_behind(const std::vector<std::size_t>& order, std::size_t at) {
    Source& one = sources_[order[at]];
    for (std::size_t next = at + 1; next < order.size() && one.copy_of.empty(); ++next) {
      Source& other = sources_[order[next]];
      if (!other.copy_of.empty()) continue;
      if (!other.sample.starts_with(one.sample)) break;
      const Likeness likeness = TRY(likeness_of(one, other));
      judge(one, other, likeness);
    }
    return ok();
  }

  // The sample of `other` begins with that of `one`.
  Result<Likeness> likeness_of(const Source& one, const Source& other) {
    const bool same = one.sample.size() == other.sample.size();
    if (one.sample_whole && other.sample_whole && same) return Likeness::same;
    if (one.sample_whole) return Likeness::first_begins_second;
    if (!same) return Likeness::different;  // samples of different sizes are whole
    auto compared = compare(world_, one, other);
    // What cannot be opened any more is told by whoever reads it.
    if (!compared && compared.error().fault != Fault::interrupted) return Likeness::different;
    return compared;
  }

  void judge(Source& one, Source& other, Likeness likeness) {
    if (likeness == Likeness::different) return;
    const bool one_goes = likeness == Likeness::first_begins_second ||
                          (likeness == Likeness::same && rather(other, one));
    Source& copy = one_goes ? one : other;
    const Source& whole = one_goes ? other : one;
    if (!may_be_copy(copy, whole, likeness)) return;
    copy.copy_of = whole.name;
    copy.held = nullptr;
    copy.sample = {};
    found_.push_back({&copy, &whole, likeness});
  }

  struct Found {
    Source* copy = nullptr;
    const Source* whole = nullptr;  // which may turn out to be a copy itself
    Likeness likeness = Likeness::same;
  };

  void tell(const Found& found) {
    Likeness likeness = found.likeness;
    const Source* whole = found.whole;
    for (;;) {
      const auto further = std::find_if(found_.begin(), found_.end(),
                                        [&](const Found& one) { return one.copy == whole; });
      if (further == found_.end()) break;
      whole = further->whole;
      if (further->likeness != Likeness::same) likeness = further->likeness;
    }
    Source& copy = *found.copy;
    copy.copy_of = whole->name;
    const std::string_view what =
        likeness == Likeness::same ? "holds the same lines as" : "holds the first lines of";
    copy.notes.push_back({"duplicate_source", fmt::format("{} {} {} and is not counted again",
                                                          copy.name, what, whole->name)});
  }

  World& world_;
  std::span<Source> sources_;
  std::vector<Found> found_;
};

}  // namespace

std::string_view rotation_of(std::string_view path) {
  std::string_view name = path.substr(path.find_last_of('/') + 1);
  for (const std::string_view ending : {".gz", ".zst", ".xz", ".bz2", ".Z"}) {
    cut_ending(name, ending);
  }
  bool cut = true;
  while (cut) {
    cut = cut_number(name) || cut_ending(name, ".old") || cut_ending(name, ".bak") ||
          cut_ending(name, ".orig") || cut_ending(name, "~");
  }
  return name;
}

bool of_one_rotation(const Source& a, const Source& b) {
  return folder_of(a.path) == folder_of(b.path) && rotation_of(a.path) == rotation_of(b.path);
}

Status find_copies(World& world, std::span<Source> sources) {
  return Copies(world, sources).find();
}

}  // namespace culprit
