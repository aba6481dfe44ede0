#include "store/gather.h"

#include <algorithm>
#include <set>

#include "parse/frames.h"

namespace culprit {
namespace {

constexpr std::size_t sample_bytes = 1 << 18;  // enough lines to see ids repeat
constexpr std::size_t depth_max = 32;          // of folders
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
    found_.push_back(std::move(source));
  }

  void visit(const std::string& path, const FileInfo& info, std::size_t depth) {
    if (found_.size() >= sources_max || depth > depth_max) return;
    if (!seen_.insert(info.identity).second) return;
    if (info.type == FileInfo::Type::directory) return walk(path, depth);
    Source source = source_at(path);
    source.size = info.size;
    source.seekable = info.type == FileInfo::Type::regular;
    source.changed = info.changed;
    if (info.type == FileInfo::Type::other) source.fault = path + " is a device";
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
  std::set<std::uint64_t> seen_;  // identities of files and folders: a loop of links ends
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

Status take_sample(World& world, Source& source) {
  // Standard input, a named pipe, <(COMMAND) of a shell.
  if (!source.seekable) {
    source.spool = TRY(spooled(world, source.path));
    source.size = source.spool->size().value_or(0);
    source.seekable = true;
  }
  Stream stream = TRY(open_source(world, source));
  source.packing = stream.packing();
  source.seekable &= source.packing == Packing::plain;
  // Of thousands of small files no more memory is taken than they are long.
  const bool small = source.seekable && source.size > 0 && source.size < sample_bytes;
  source.sample.resize(small ? static_cast<std::size_t>(source.size) : sample_bytes);
  std::size_t filled = 0;
  while (filled < source.sample.size()) {
    const auto got = stream.read(std::span<char>(source.sample).subspan(filled));
    if (!got && filled == 0) return got.error();
    if (!got || *got == 0) break;
    filled += *got;
  }
  source.sample.resize(filled);
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

// What to say when no source can be read; the first one's fault stands for all of them.
Error nothing_readable(const std::vector<Source>& sources) {
  const bool denied = std::all_of(sources.begin(), sources.end(), [](const Source& source) {
    return source.fault.starts_with("no permission");
  });
  Error made = error(denied ? Fault::denied : Fault::missing, "{}", sources.front().fault);
  const std::size_t others = sources.size() - 1;
  if (others == 1) made.what += ", nor the other source";
  if (others > 1) made.what += fmt::format(", nor any of {} others", others);
  made.advice = "name a file, a folder with logs in it, a glob, or - for standard input";
  return made;
}

}  // namespace

Result<Stream> open_source(World& world, const Source& source) {
  if (source.spool != nullptr) {
    File again = TRY(source.spool->reopened());
    return Stream::of(std::move(again));
  }
  File file = TRY(world.open(source.path));
  return Stream::of(std::move(file));
}

Result<File> open_seekable(World& world, const Source& source) {
  if (source.spool != nullptr) return source.spool->reopened();
  return world.open(source.path);
}

Result<std::vector<Source>> find_sources(World& world, const GatherOptions& options) {
  if (options.sources.empty()) {
    Error made = error(Fault::usage, "no source is named");
    made.advice = "name a file, a folder with logs in it, a glob, or - for standard input";
    return made;
  }
  Finder finder(world);
  for (const std::string& named : options.sources) finder.find(named);
  std::vector<Source> sources = finder.take();
  for (Source& source : sources) {
    if (interrupted()) return interrupted_error();
    if (!source.fault.empty()) continue;
    const Status sampled = take_sample(world, source);
    if (!sampled) {
      if (sampled.error().fault == Fault::interrupted) return sampled.error();
      source.fault = sampled.error().what;
      continue;
    }
    if (looks_binary(source.sample)) {
      source.fault = source.name + " is not text";
      continue;
    }
    RecogniseOptions recognising = options.recognise;
    recognising.zone.set_newest(source.changed != no_time ? source.changed : world.now());
    source.dialect = recognise(judged(source.sample, recognising), recognising);
    if (source.dialect.framing != nullptr) {
      source.sample = framed_sample(*source.dialect.framing, source.sample);
      source.seekable &= in_ranges(*source.dialect.framing);
    }
  }
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
