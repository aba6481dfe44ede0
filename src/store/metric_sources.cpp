#include "store/metric_sources.h"

#include "base/stream.h"
#include "store/gather.h"

namespace culprit {
namespace {

constexpr std::size_t text_bytes_max = 1'024ULL << 20;  // of one file, unpacked

// As far as it can be unpacked.
Result<std::string> text_of(World& world, const Source& source) {
  const bool piped = source.path == "-";
  File file = TRY(piped ? world.standard_input() : world.open(source.path));
  Stream stream = TRY(Stream::of(std::move(file)));
  std::string text;
  std::string buffer(1 << 20, '\0');
  for (;;) {
    if (interrupted()) return interrupted_error();
    const auto got = stream.read(buffer);
    if (!got && text.empty()) return got.error();
    if (!got || *got == 0) return text;
    if (text.size() + *got > text_bytes_max) {
      return error(Fault::unavailable, "{} has more than {} MB of metrics", source.name,
                   text_bytes_max >> 20);
    }
    text.append(buffer.data(), *got);
  }
}

// Why nothing of it was read; empty: it was.
Result<std::string> read_file(World& world, const Source& source, const Zone& zone,
                              MetricBook& book) {
  if (!source.fault.empty()) return source.fault;
  const Result<std::string> text = text_of(world, source);
  if (!text) {
    if (text.error().fault == Fault::interrupted) return text.error();
    return text.error().what;
  }
  const MetricFormat format = metric_format_of(*text);
  const std::size_t points = book.points();
  read_metrics(*text, format, zone, book);
  if (book.points() > points) return std::string();
  const bool exposed = format == MetricFormat::exposition && book.skipped().count > 0;
  return fmt::format("{} holds no metrics {}", source.name,
                     exposed ? "with timestamps" : "that could be read");
}

MetricNote skipped_note(const Source& source, const MetricBook::Skipped& skipped,
                        std::uint64_t before) {
  return {"skipped_lines", source.name,
          fmt::format("{}: {} of its samples could not be read; the first, line {}: {}",
                      source.name, skipped.count - before, skipped.first_line, skipped.first)};
}

}  // namespace

Result<std::vector<MetricNote>> read_metric_files(World& world,
                                                  const std::vector<std::string>& named,
                                                  const Zone& zone, MetricBook& book) {
  GatherOptions options;
  options.sources = named;
  std::vector<MetricNote> notes;
  std::size_t read = 0;
  for (const Source& source : list_sources(world, options)) {
    if (!source.copy_of.empty()) continue;
    const std::uint64_t skipped = book.skipped().count;
    const std::string fault = TRY(read_file(world, source, zone, book));
    if (!fault.empty()) {
      notes.push_back({"unreadable", source.name, fault});
      continue;
    }
    ++read;
    if (book.skipped().count > skipped) {
      notes.push_back(skipped_note(source, book.skipped(), skipped));
    }
  }
  if (read > 0) return notes;
  Error made = error(Fault::missing, "{}",
                     notes.empty() ? "no files with metrics in " + named.front() : notes[0].text);
  made.advice =
      "--metrics takes OpenMetrics or Prometheus text with timestamps, query_range JSON, CSV, or "
      "prometheus+http://HOST:PORT";
  return made;
}

}  // namespace culprit
