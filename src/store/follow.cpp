#include "store/follow.h"

#include <algorithm>

#include "store/copies.h"
#include "store/programs.h"

namespace culprit {
namespace {

constexpr std::size_t head_bytes = 4096;
constexpr std::size_t heads_kept = 4;  // of one file, which is cut at each rotation
constexpr std::size_t read_bytes = 1 << 20;
constexpr std::size_t look_bytes_max = 16 << 20;  // of one source, so that the others have a turn
constexpr std::size_t line_bytes_max = 16 << 20;
constexpr std::size_t record_bytes_max = 1 << 20;
constexpr std::size_t others_every = 5;    // looks: files that appear are seen within a second
constexpr std::size_t retired_looks = 50;  // a writer goes on in a file that was rotated away
constexpr std::size_t held_max = 256;      // of the 1,024 descriptors that a process usually has
constexpr std::uint64_t tail_bytes = 64 << 10;
constexpr std::uint64_t primed_bytes = 1 << 20;  // before the end: where the open record begins
constexpr std::size_t open_looks = 25;           // five seconds, for the rest of a line in parts

}  // namespace

// One file, pipe or program that is read on and on.
struct Follower::Lane {
  std::uint32_t source = 0;
  std::uint64_t identity = 0;
  std::uint64_t size_seen = 0;
  std::uint64_t offset = 0;        // of buffer's first byte
  std::string buffer;              // read, not yet a whole line
  std::vector<std::string> heads;  // how the file began, the last one as it does
  std::optional<File> file;
  std::optional<Child> child;
  bool recognised = false;
  bool over = false;
  std::size_t retired = 0;  // looks since its name was given to another file; 0: it has its name

  std::optional<Framer> framer;
  std::uint64_t framed_from = 0;  // offset of the first byte that was fed
  std::size_t open_for = 0;       // looks in which a line in parts did not go on

  Scratch scratch;
  std::optional<Record> open;  // may be continued
  bool fresh = false;          // it was begun or continued in this look
  Time last_time = no_time;
};

bool followable(const Source& source) {
  if (source.seekable) return true;
  const bool plain = source.packing == Packing::plain && source.encoding == Encoding::utf8;
  return plain && !source.live && source.identity != 0 && source.dialect.framing != nullptr;
}

Status find_ends(World& world, std::span<Source> sources) {
  for (Source& source : sources) {
    if (!source.counts() || !followable(source)) continue;
    File file = TRY(open_seekable(world, source));
    std::uint64_t end = file.size().value_or(0);
    if (!source.seekable) {  // of documents, in which lines mean nothing
      source.read_to = end;
      continue;
    }
    std::string tail(tail_bytes, '\0');
    source.read_to = 0;
    while (end > 0) {
      const std::uint64_t from = end - std::min(end, tail_bytes);
      const std::size_t got = TRY(file.read_at(from, std::span<char>(tail).first(end - from)));
      const std::size_t last = std::string_view(tail).substr(0, got).find_last_of('\n');
      source.read_to = last == std::string_view::npos ? 0 : from + last + 1;
      if (source.read_to > 0) break;
      end = from;
    }
  }
  return ok();
}

Follower::Follower(World& world, GatherOptions options, std::vector<Source> sources)
    : world_(world), options_(std::move(options)) {
  for (Source& source : sources) sources_.push_back(std::move(source));
  for (std::uint32_t i = 0; i < sources_.size(); ++i) {
    const Source& source = sources_[i];
    if (source.identity != 0) known_.emplace(source.identity, "");
    if (source.counts() && (followable(source) || source.live)) add_lane(i, source.read_to);
  }
}

Follower::~Follower() = default;

void Follower::add_lane(std::uint32_t source, std::uint64_t offset) {
  auto lane = std::make_unique<Lane>();
  lane->source = source;
  lane->identity = sources_[source].identity;
  lane->offset = sources_[source].live ? 0 : offset;
  lane->recognised = !sources_[source].live && !sources_[source].sample.empty();
  lanes_.push_back(std::move(lane));
}

bool Follower::ended() const {
  return std::all_of(lanes_.begin(), lanes_.end(), [](const auto& lane) { return lane->over; });
}

Result<std::vector<Record>> Follower::look() {
  for (std::size_t i = 0; i < lanes_.size(); ++i) {
    if (interrupted()) return interrupted_error();
    Lane& lane = *lanes_[i];
    lane.fresh = false;
    const Status looked = look_at(lane);
    if (!looked && looked.error().fault == Fault::interrupted) return looked.error();
    if (!looked) {
      note(looked.error().what);
      lane.over = true;
    }
    const bool waits = lane.framer && lane.framer->open_streams() != 0;
    if (waits && ++lane.open_for > open_looks) end_frames(lane);
    if (!lane.fresh || lane.over) give(lane);
  }
  std::erase_if(lanes_, [](const auto& lane) { return lane->over && lane->retired > 0; });
  if (++looks_ % others_every == 0) find_others();
  std::stable_sort(given_.begin(), given_.end(),
                   [](const Record& a, const Record& b) { return a.time < b.time; });
  return std::exchange(given_, {});
}

Status Follower::look_at(Lane& lane) {
  if (lane.over) return ok();
  if (sources_[lane.source].live) {
    TRY(start(lane));
    return read_pipe(lane);
  }
  // A file that nobody wrote to is not even opened.
  const auto named = world_.info(sources_[lane.source].path);
  const bool same = named && named->identity == lane.identity;
  if (same && lane.retired == 0 && named->size == lane.size_seen && lane.size_seen > 0) return ok();
  TRY(read_file(lane));
  if (lane.retired > 0) {
    lane.over = ++lane.retired > retired_looks;
  } else if (!same) {
    check_name(lane);
  }
  if (lanes_.size() > held_max && lane.retired == 0) lane.file.reset();
  return ok();
}

Status Follower::start(Lane& lane) {
  Source& source = sources_[lane.source];
  if (lane.file || lane.child) return ok();
  if (!is_program(source.path) || source.identity != 0) {
    File opened = TRY(source.path == "-" ? world_.standard_input() : world_.open(source.path));
    lane.file = std::move(opened);
    return ok();
  }
  const std::vector<std::string> command = TRY(program_of(source.path, Following::yes));
  auto started = world_.start(command, complaints_of(source.path));
  if (!started) return error(Fault::missing, "{}: {} cannot be run", source.name, command.front());
  lane.child = std::move(started).value();
  return ok();
}

Status Follower::read_pipe(Lane& lane) {
  File& file = lane.child ? lane.child->out() : *lane.file;
  for (std::size_t taken = 0; taken < look_bytes_max;) {
    const bool ready = TRY(file.readable(Duration{0}));
    if (!ready) break;
    const std::size_t had = lane.buffer.size();
    lane.buffer.resize(had + read_bytes);
    const std::size_t got = TRY(file.read_next(std::span<char>(lane.buffer).subspan(had)));
    lane.buffer.resize(had + got);
    taken += got;
    lane.over = got == 0;
    if (lane.over) break;
  }
  take_lines(lane);
  if (!lane.over || !lane.child) return ok();
  const Ran ran = TRY(lane.child->finish());
  if (ran.exit_code != 0) {
    note(fmt::format("{} ended with exit code {}: {}", sources_[lane.source].name, ran.exit_code,
                     ran.error.substr(0, ran.error.find('\n'))));
  }
  return ok();
}

Status Follower::read_file(Lane& lane) {
  const Source& source = sources_[lane.source];
  if (!lane.file) {
    File opened = TRY(open_seekable(world_, source));
    lane.file = std::move(opened);
  }
  TRY(begin_frames(lane));
  const std::uint64_t size = lane.file->size().value_or(0);
  if (size == lane.size_seen && lane.size_seen > 0) return ok();
  std::string head(head_bytes, '\0');
  const std::size_t begun = TRY(lane.file->read_at(0, head));
  head.resize(begun);
  const bool shorter = size < lane.offset + lane.buffer.size();
  if (shorter || (!lane.heads.empty() && !head.starts_with(lane.heads.back()))) {
    note(fmt::format("{} was cut and is read from its start", source.name));
    end_frames(lane);
    if (!lane.buffer.empty()) take_line(lane, {lane.offset, lane.buffer});
    give(lane);
    lane.buffer.clear();
    lane.offset = 0;
    lane.heads.push_back("");
    if (lane.heads.size() > heads_kept) lane.heads.erase(lane.heads.begin());
  }
  if (lane.heads.empty()) lane.heads.push_back("");
  known_[lane.identity] = head;
  lane.heads.back() = std::move(head);
  lane.size_seen = size;
  for (std::size_t taken = 0; taken < look_bytes_max;) {
    const std::size_t had = lane.buffer.size();
    lane.buffer.resize(had + read_bytes);
    const std::size_t got =
        TRY(lane.file->read_at(lane.offset + had, std::span<char>(lane.buffer).subspan(had)));
    lane.buffer.resize(had + got);
    taken += got;
    if (got < read_bytes) break;
    lane.size_seen = 0;  // there may be more
  }
  take_lines(lane);
  return ok();
}

// The file has lost its name: to another one, which is followed from its start unless it came here
// by a rotation, too; or for good.
void Follower::check_name(Lane& lane) {
  Source& source = sources_[lane.source];
  const auto named = world_.info(source.path);
  if (!named || named->identity == lane.identity) return;
  lane.retired = 1;
  Source there = source;
  there.identity = named->identity;
  there.held = nullptr;
  if (known(there)) return;  // one that is followed by its own name, or was
  source.identity = named->identity;
  source.held = nullptr;
  note(fmt::format("{} was replaced: the new file is followed", source.name));
  const std::uint32_t index = lane.source;
  add_lane(index, 0);
  lanes_.back()->recognised = lane.recognised;
}

void Follower::find_others() {
  for (Source& source : list_sources(world_, options_)) {
    const bool is_file = source.seekable && source.identity != 0;
    if (!is_file || !source.counts() || source.size == 0 || known(source)) continue;
    const Status looked = look_into(world_, options_, source);
    if (!looked) return;  // whoever looks next is told
    known_[source.identity] = source.sample.substr(0, head_bytes);
    if (!source.fault.empty() || !followable(source) || copied(source)) continue;
    note(fmt::format("{} appeared and is followed", source.name));
    sources_.push_back(std::move(source));
    add_lane(static_cast<std::uint32_t>(sources_.size() - 1), 0);
  }
}

// An inode may be given to another file once the first is gone; that begins differently.
bool Follower::known(const Source& source) const {
  const auto found = known_.find(source.identity);
  if (found == known_.end()) return false;
  if (found->second.empty()) return true;
  const auto file = open_seekable(world_, source);
  std::string head(found->second.size(), '\0');
  const auto got = file ? file->read_at(0, head) : Result<std::size_t>(std::size_t{0});
  head.resize(got ? *got : 0);
  return found->second.starts_with(head);
}

// Whether it holds what was shown already: logrotate's copytruncate makes such a file.
bool Follower::copied(const Source& source) const {
  const std::string_view begin = std::string_view(source.sample).substr(0, head_bytes);
  return std::any_of(lanes_.begin(), lanes_.end(), [&](const auto& lane) {
    const Source& other = sources_[lane->source];
    if (!of_one_rotation(source, other)) return false;
    return std::any_of(lane->heads.begin(), lane->heads.end(), [&](const std::string& head) {
      return head.starts_with(begin) || (!head.empty() && begin.starts_with(head));
    });
  });
}

void Follower::recognise_lane(Lane& lane) {
  const std::string_view bytes = lane.buffer;
  if (lane.recognised || bytes.find('\n') == std::string_view::npos) return;
  Source& source = sources_[lane.source];
  RecogniseOptions recognising = options_.recognise;
  recognising.zone.set_newest(world_.now());
  std::string sample;
  for (std::string_view left = bytes; !left.empty() && sample.size() < tail_bytes;) {
    const std::size_t end = std::min(left.find('\n'), left.size() - 1);
    sample += program_line(source.path, left.substr(0, end));
    left.remove_prefix(end + 1);
  }
  source.dialect = recognise(sample, recognising);
  lane.recognised = true;
}

// What a program writes has been made lines already.
bool Follower::framed(const Lane& lane) const {
  const Source& source = sources_[lane.source];
  return source.dialect.framing != nullptr && !(source.live && is_program(source.path));
}

// The record that is open where following begins was begun before.
Status Follower::begin_frames(Lane& lane) {
  if (lane.framer || lane.offset == 0 || !framed(lane)) return ok();
  lane.framed_from = lane.offset - std::min(lane.offset, primed_bytes);
  std::string before(lane.offset - lane.framed_from, '\0');
  const std::size_t got = TRY(lane.file->read_at(lane.framed_from, before));
  lane.framer.emplace(*sources_[lane.source].dialect.framing);
  lane.framer->feed(std::string_view(before).substr(0, got));
  return ok();
}

// Parts are of whole lines; documents may have none.
void Follower::take_frames(Lane& lane) {
  const Framing& framing = *sources_[lane.source].dialect.framing;
  if (!lane.framer) {
    lane.framer.emplace(framing);
    lane.framed_from = lane.offset;
  }
  const std::string_view bytes = lane.buffer;
  const bool all = lane.over || !in_ranges(framing) || bytes.size() > line_bytes_max;
  const std::size_t size = all ? bytes.size() : bytes.find_last_of('\n') + 1;
  if (size > 0) lane.open_for = 0;
  take_records(lane, lane.framer->feed(bytes.substr(0, size)));
  lane.buffer.erase(0, size);
  lane.offset += size;
  if (lane.over) end_frames(lane);
}

void Follower::take_records(Lane& lane, const Frames& frames) {
  for (const Frames::Record& record : frames.records) {
    take_line(lane, {lane.framed_from + record.offset, frames.line(record), record.damaged});
  }
}

void Follower::end_frames(Lane& lane) {
  if (!lane.framer) return;
  take_records(lane, lane.framer->finish());
  lane.framer.reset();
  lane.open_for = 0;
}

void Follower::take_lines(Lane& lane) {
  recognise_lane(lane);
  if (framed(lane)) return take_frames(lane);
  std::string_view rest = lane.buffer;
  for (std::size_t end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
    take_line(lane, {lane.offset, rest.substr(0, end)});
    rest.remove_prefix(end + 1);
    lane.offset += end + 1;
  }
  const bool last = lane.over && !rest.empty();
  if (last || rest.size() > line_bytes_max) {
    take_line(lane, {lane.offset, rest});
    lane.offset += rest.size();
    rest = {};
  }
  lane.buffer.erase(0, lane.buffer.size() - rest.size());
}

void Follower::take_line(Lane& lane, const FedLine& fed) {
  const Source& source = sources_[lane.source];
  if (source.dialect.format == nullptr) return;
  FedLine line = fed;
  std::string kept;
  if (source.live && is_program(source.path)) {
    kept = program_line(source.path, line.text);
    kept.pop_back();
    line.text = kept;
  }
  Event event;
  const Reading reading = read_line(source.dialect, line, lane.scratch, event);
  if (reading == Reading::blank) return;
  lane.fresh = true;
  if (reading == Reading::continuation && lane.open &&
      lane.open->text.size() + line.text.size() < record_bytes_max) {
    lane.open->text.append("\n").append(line.text);
    return;
  }
  give(lane);
  Record& record = lane.open.emplace();
  const bool timed = reading == Reading::event && event.time != no_time;
  if (timed) lane.last_time = event.time;
  record.time = lane.last_time;
  record.timed = timed;
  record.reading = reading;
  record.level = reading == Reading::event ? event.level : Level::none;
  record.source = lane.source;
  record.offset = line.offset;
  record.text = line.text;
}

void Follower::give(Lane& lane) {
  if (lane.open) given_.push_back(std::move(*lane.open));
  lane.open.reset();
}

}  // namespace culprit
