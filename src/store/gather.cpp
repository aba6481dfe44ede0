#include "store/gather.h"

#include <algorithm>
#include <map>
#include <set>

#include "parse/frames.h"
#include "store/changes.h"
#include "store/copies.h"
#include "store/programs.h"

namespace culprit {
namespace {

constexpr std::size_t sample_bytes = 1 << 18;  // enough lines to see ids repeat
// Of thousands of files less is looked at, so that all samples together stay within this.
constexpr std::size_t samples_bytes = 64 << 20;
constexpr std::size_t sample_least = 4 << 10;
constexpr std::size_t held_max = 256;  // of the 1,024 descriptors that a process usually has
constexpr std::size_t depth_max = 32;  // of folders
constexpr std::size_t sources_max = 1'000'000;

// Only the last `*` is ever tried again: what stands between two stars may match where it first
// can.
bool glob_matches(std::string_view pattern, std::string_view name) {
  std::size_t p = 0;
  std::size_t n = 0;
  std::size_t star = std::string_view::npos;
  std::size_t resume = 0;
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = n;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == name[n])) {
      ++p;
      ++n;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      n = ++resume;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

bool has_glob(std::string_view text) { return text.find_first_of("*?") != std::string_view::npos; }

// What stands before and behind the last slash.
std::pair<std::string, std::string> parted(const std::string& path) {
  const std::size_t slash = path.find_last_of('/');
  if (slash == std::string::npos) return {".", path};
  return {slash == 0 ? "/" : path.substr(0, slash), path.substr(slash + 1)};
}

std::string joined(const std::string& directory, const std::string& name) {
  if (directory == ".") return name;
  return directory.ends_with('/') ? directory + name : directory + "/" + name;
}

// Without "./" and doubled slashes.
std::string spelled_plainly(const std::string& path) {
  std::string plain;
  for (std::size_t at = 0; at < path.size();) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    const std::string_view part(path.data() + at, end - at);
    if (!part.empty() && part != ".") plain.append("/").append(part);
    at = end + 1;
  }
  return path.starts_with('/') ? plain : "." + plain;
}

// Walks what the user named and lists files in a fixed order.
class Finder {
 public:
  explicit Finder(World& world) : world_(world) {}

  void find(const std::string& named) {
    if (named == "-") {
      if (!std::exchange(input_found_, true)) found_.push_back(source_at("-"));
      return;
    }
    const auto info = world_.info(named);
    if (info) return visit(named, *info, 0);
    if (is_program(named)) return found_.push_back(source_at(named));
    if (has_glob(named)) return expand(named);
    fault(named, info.error());
  }
  std::vector<Source> take() { return std::move(found_); }

 private:
  static Source source_at(const std::string& path) {
    Source source;
    source.name = path;
    source.path = path;
    return source;
  }

  void fault(const std::string& path, const Error& error) {
    Source source = source_at(path);
    source.fault = error.what;
    if (error.fault == Fault::denied) source.advice = error.advice;
    found_.push_back(std::move(source));
  }

  void visit(const std::string& path, const FileInfo& info, std::size_t depth) {
    if (found_.size() >= sources_max || depth > depth_max) return;
    const auto [known, first] = seen_.emplace(info.identity, path);
    if (!first) return again(path, known->second, info);
    if (info.type == FileInfo::Type::directory) return walk(path, depth);
    Source source = source_at(path);
    source.size = info.size;
    source.seekable = info.type == FileInfo::Type::regular;
    source.changed = info.changed;
    source.identity = info.identity;
    if (info.type == FileInfo::Type::other) source.fault = path + " is a device";
    found_.push_back(std::move(source));
  }

  // The same file under another name is said, unless both are one path in two spellings.
  void again(const std::string& path, const std::string& known, const FileInfo& info) {
    if (info.type != FileInfo::Type::regular || spelled_plainly(path) == spelled_plainly(known)) {
      return;
    }
    Source source = source_at(path);
    source.copy_of = known;
    source.notes.push_back({"duplicate_source",
                            fmt::format("{} is the same file as {} and counts once", path, known)});
    found_.push_back(std::move(source));
  }

  void walk(const std::string& directory, std::size_t depth) {
    const auto names = world_.list(directory);
    if (!names) return fault(directory, names.error());
    for (const std::string& name : *names) {
      if (name.starts_with(".")) continue;
      const std::string path = joined(directory, name);
      const auto info = world_.info(path);
      if (!info) {
        fault(path, info.error());
      } else if (info->type == FileInfo::Type::regular || info->type == FileInfo::Type::directory) {
        visit(path, *info, depth + 1);
      }
    }
  }

  // Of the last part of the pattern; the folders before it are matched level by level.
  void expand(const std::string& pattern) {
    const auto [folder, last] = parted(pattern);
    bool matched = false;
    for (const std::string& directory : folders_matching(folder)) {
      for (const std::string& path : matching(directory, last)) {
        matched = true;
        const auto info = world_.info(path);
        info ? visit(path, *info, 0) : fault(path, info.error());
      }
    }
    if (!matched) fault(pattern, error(Fault::missing, "nothing matches {}", pattern));
  }

  std::vector<std::string> folders_matching(const std::string& folder) {
    if (!has_glob(folder)) return {folder};
    const auto [parent, last] = parted(folder);
    std::vector<std::string> folders;
    for (const std::string& directory : folders_matching(parent)) {
      for (std::string& path : matching(directory, last)) folders.push_back(std::move(path));
    }
    return folders;
  }

  std::vector<std::string> matching(const std::string& directory, const std::string& pattern) {
    std::vector<std::string> paths;
    const auto names = world_.list(directory);
    // What is no folder has nothing in it.
    if (!names && names.error().fault != Fault::missing) fault(directory, names.error());
    if (!names) return paths;
    for (const std::string& name : *names) {
      const bool hidden = name.starts_with(".") && !pattern.starts_with(".");
      if (!hidden && glob_matches(pattern, name)) paths.push_back(joined(directory, name));
    }
    return paths;
  }

  World& world_;
  std::vector<Source> found_;
  // Paths of files and folders by identity: a loop of links ends.
  std::map<std::uint64_t, std::string> seen_;
  bool input_found_ = false;
};

// Copies what can be read only once to a file that can be read again.
Result<std::shared_ptr<File>> spooled(World& world, const std::string& path) {
  File input = TRY(path == "-" ? world.standard_input() : world.open(path));
  File copy = TRY(world.spool());
  std::string buffer(1 << 20, '\0');
  for (;;) {
    const std::size_t got = TRY(input.read_next(buffer));
    if (got == 0) break;
    TRY(copy.append({buffer.data(), got}));
    if (interrupted()) return interrupted_error();
  }
  return std::make_shared<File>(std::move(copy));
}

// Standard input, a named pipe, <(COMMAND) of a shell, what a program writes.
Status spool(World& world, Source& source) {
  if (is_program(source.path) && source.identity == 0) {
    source.held = TRY(program_output(world, source.path, source.notes));
  } else {
    source.held = TRY(spooled(world, source.path));
  }
  source.size = source.held->size().value_or(0);
  source.seekable = true;
  source.identity = 0;
  return ok();
}

// Keeps the file open, so that it is the same one whatever its path names later.
Status hold(World& world, Source& source) {
  File file = TRY(world.open(source.path));
  source.size = file.size().value_or(source.size);
  source.held = std::make_shared<const File>(std::move(file));
  return ok();
}

enum class Holding : std::uint8_t { held, by_path };

Status take_sample(World& world, Source& source, std::size_t bytes, Holding holding) {
  if (!source.seekable) {
    TRY(spool(world, source));
  } else if (holding == Holding::held) {
    TRY(hold(world, source));
  }
  Stream stream = TRY(open_source(world, source));
  source.packing = stream.packing();
  source.encoding = stream.encoding();
  source.seekable &= source.packing == Packing::plain && source.encoding == Encoding::utf8;
  // Of thousands of small files no more memory is taken than they are long.
  const bool small = source.seekable && source.size > 0 && source.size < bytes;
  source.sample.resize(small ? static_cast<std::size_t>(source.size) : bytes);
  std::size_t filled = 0;
  while (filled < source.sample.size()) {
    const auto got = stream.read(std::span<char>(source.sample).subspan(filled));
    if (!got && filled == 0) return got.error();
    source.sample_whole = !got || *got == 0;
    if (source.sample_whole) break;
    filled += *got;
  }
  source.sample_whole |= small;
  source.sample.resize(filled);
  if (source.seekable) source.head = head_of(source.sample);
  return ok();
}

// A file of bytes that no log format has: control bytes other than white space and escapes.
bool looks_binary(std::string_view sample) {
  const std::string_view head = sample.substr(0, 4096);
  const auto control = std::count_if(head.begin(), head.end(), [](char c) {
    return (c >= 0 && c < 9) || (c > 13 && c < 32 && c != 27);
  });
  return control * 10 > static_cast<std::ptrdiff_t>(head.size());
}

// The part of a sample that tells how it is written: documents may end without a line's end, while
// a line without one may be cut.
std::string_view judged(std::string_view sample, const RecogniseOptions& options) {
  const std::size_t last_end = sample.find_last_of('\n');
  if (last_end == sample.npos || framing_of(sample, options.format) != nullptr) return sample;
  return sample.substr(0, last_end + 1);
}

void recognise_source(World& world, const GatherOptions& options, Source& source) {
  RecogniseOptions recognising = options.recognise;
  recognising.zone.set_newest(source.changed != no_time ? source.changed : world.now());
  source.dialect = recognise(judged(source.sample, recognising), recognising);
  if (source.dialect.framing == nullptr) return;
  source.sample = framed_sample(*source.dialect.framing, source.sample);
  source.seekable &= in_ranges(*source.dialect.framing);
}

Status look_into(World& world, const GatherOptions& options, Source& source, std::size_t bytes,
                 Holding holding) {
  const Status sampled = take_sample(world, source, bytes, holding);
  if (!sampled) {
    if (sampled.error().fault == Fault::interrupted) return sampled.error();
    source.fault = sampled.error().what;
    const bool missing = sampled.error().fault == Fault::missing;
    if (!missing || is_program(source.path)) source.advice = sampled.error().advice;
  } else if (looks_binary(source.sample)) {
    source.fault = source.name + " is not text";
  } else {
    recognise_source(world, options, source);
  }
  if (!source.fault.empty()) {
    source.held = nullptr;
    source.sample = {};
  }
  return ok();
}

// A file that was rotated away between two looks: it has another name in the same folder.
Result<File> renamed(World& world, const Source& source) {
  const std::string directory = parted(source.path).first;
  const std::vector<std::string> names = TRY(world.list(directory));
  for (const std::string& name : names) {
    const std::string path = joined(directory, name);
    const auto info = world.info(path);
    if (info && info->identity == source.identity) return world.open(path);
  }
  return error(Fault::missing, "{} was removed while it was read", source.path);
}

// What to say when no source can be read; the first one's fault stands for all of them.
Error nothing_readable(const std::vector<Source>& sources) {
  const bool denied = std::all_of(sources.begin(), sources.end(), [](const Source& source) {
    return source.fault.starts_with("no permission");
  });
  Error made = error(denied ? Fault::denied : Fault::missing, "{}", sources.front().fault);
  const std::size_t others = sources.size() - 1;
  if (others == 1) made.what += ", nor the other source";
  if (others > 1) made.what += fmt::format(", nor any of {} others", others);
  made.advice = sources.front().advice;
  if (made.advice.empty()) {
    made.advice = "name a file, a folder with logs in it, a glob, or - for standard input";
  }
  return made;
}

}  // namespace

Result<Stream> open_source(World& world, const Source& source) {
  File file = TRY(open_seekable(world, source));
  return Stream::of(std::move(file));
}

Result<File> open_seekable(World& world, const Source& source) {
  if (source.held != nullptr) return source.held->reopened();
  auto opened = world.open(source.path);
  if (source.identity == 0 || (!opened && opened.error().fault != Fault::missing)) return opened;
  if (opened) {
    const auto info = opened->info();
    if (info && (info->identity == source.identity || info->identity == 0)) return opened;
  }
  return renamed(world, source);
}

std::vector<Source> list_sources(World& world, const GatherOptions& options) {
  Finder finder(world);
  for (const std::string& named : options.sources) finder.find(named);
  return finder.take();
}

Status look_into(World& world, const GatherOptions& options, Source& source) {
  return look_into(world, options, source, sample_bytes, Holding::by_path);
}

Result<std::vector<Source>> find_sources(World& world, const GatherOptions& options) {
  if (options.sources.empty()) {
    Error made = error(Fault::usage, "no source is named");
    made.advice = "name a file, a folder with logs in it, a glob, or - for standard input";
    return made;
  }
  std::vector<Source> sources = list_sources(world, options);
  const std::size_t bytes = std::clamp(samples_bytes / std::max<std::size_t>(sources.size(), 1),
                                       sample_least, sample_bytes);
  const Holding holding = sources.size() > held_max ? Holding::by_path : Holding::held;
  for (Source& source : sources) {
    if (interrupted()) return interrupted_error();
    source.live = !source.seekable && options.endless == GatherOptions::Endless::left;
    if (!source.counts() || source.live) continue;
    TRY(look_into(world, options, source, bytes, holding));
  }
  TRY(find_copies(world, sources));
  const bool readable = std::any_of(sources.begin(), sources.end(),
                                    [](const Source& source) { return source.fault.empty(); });
  if (sources.empty()) {
    Error made = error(Fault::missing, "no files to read in {}", options.sources.front());
    made.advice = "name a file, a folder with logs in it, a glob, or - for standard input";
    return made;
  }
  if (!readable) return nothing_readable(sources);
  return sources;
}

}  // namespace culprit
