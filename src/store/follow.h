// A Follower gives the Records that are written to sources from some moment on, as `tail -F` does.
//
// A file that is rotated away is read to its end, then the one that took its name from its start; a
// file that is cut (copytruncate) is read from its start; what logrotate made a copy of is not
// shown again. Files that appear where the user pointed are followed too. Pipes, `journald:` and
// `docker:NAME` are read as they come. Within one look Records are in the order of time; a Record
// is given out when the next one begins, or when nothing continued it until the next look. Records
// that are not lines (parse/frames.h) are given out when they are whole; a line in parts whose end
// does not come, after five seconds.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "store/gather.h"
#include "store/records.h"

namespace culprit {

// Whether what is written to it can be read from some offset on: files that are not packed.
bool followable(const Source& source);

// Where the lines end that are there: what stands behind is to be followed.
Status find_ends(World& world, std::span<Source> sources);

class Follower {
 public:
  static constexpr Duration look_every = std::chrono::milliseconds(200);

  // `world` outlives it. `sources` are those of `options`, with endless ones left and `read_to`
  // set by find_ends().
  Follower(World& world, GatherOptions options, std::vector<Source> sources);
  ~Follower();
  Follower(const Follower&) = delete;
  Follower& operator=(const Follower&) = delete;

  // What came since the last look, without waiting. Errors: interrupted.
  Result<std::vector<Record>> look();
  bool ended() const;  // all of its sources were pipes or programs, and they are over

  const std::deque<Source>& sources() const { return sources_; }
  // What happened to sources since this was last asked, in words.
  std::vector<std::string> take_news() { return std::exchange(news_, {}); }

 private:
  struct Lane;
  Status start(Lane& lane);
  Status look_at(Lane& lane);
  Status read_file(Lane& lane);
  Status read_pipe(Lane& lane);
  void check_name(Lane& lane);
  void find_others();
  void add_lane(std::uint32_t source, std::uint64_t offset);
  bool known(const Source& source) const;
  bool copied(const Source& source) const;
  void take_lines(Lane& lane);
  void recognise_lane(Lane& lane);
  bool framed(const Lane& lane) const;
  Status begin_frames(Lane& lane);
  void take_frames(Lane& lane);
  void take_records(Lane& lane, const Frames& frames);
  void end_frames(Lane& lane);
  void take_line(Lane& lane, const FedLine& line);
  void give(Lane& lane);
  void note(std::string text) { news_.push_back(std::move(text)); }

  World& world_;
  GatherOptions options_;
  std::deque<Source> sources_;
  std::vector<std::unique_ptr<Lane>> lanes_;
  std::vector<Record> given_;
  std::vector<std::string> news_;
  std::map<std::uint64_t, std::string> known_;  // by identity: how the file began, if it was read
  std::size_t looks_ = 0;
};

}  // namespace culprit
