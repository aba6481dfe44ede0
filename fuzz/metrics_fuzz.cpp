// Metrics: whatever the bytes, a book holds finite values in order of time, and what is written
// from it as text exposition is read back as the same.
#include <cmath>
#include <cstdint>

#include <fmt/format.h>

#include "base/verify.h"
#include "parse/metrics.h"

using namespace culprit;

namespace {

std::string escaped(const std::string& text) {
  std::string out;
  for (const char byte : text) {
    if (byte == '\\' || byte == '"') out += '\\';
    out += byte == '\n' ? std::string("\\n") : std::string(1, byte);
  }
  return out;
}

std::vector<MetricSeries> read(std::string_view text, MetricFormat format) {
  MetricBook book;
  read_metrics(text, format, Zone(), book);
  return book.take();
}

void check(const std::vector<MetricSeries>& all) {
  for (const MetricSeries& series : all) {
    VERIFY(!series.times.empty() && series.times.size() == series.values.size());
    for (std::size_t i = 0; i < series.times.size(); ++i) {
      VERIFY(std::isfinite(series.values[i]));
      VERIFY(i == 0 || series.times[i - 1] < series.times[i]);
    }
  }
}

void check_again(const std::vector<MetricSeries>& all) {
  for (const MetricSeries& series : all) {
    std::string line = "{\"" + escaped(series.name) + "\"";
    for (const auto& [name, value] : series.labels) {
      if (name.empty()) return;
      line += ",\"" + escaped(name) + "\"=\"" + escaped(value) + "\"";
    }
    line += fmt::format("}} {} {}.{:09}\n", series.values[0],
                        nanoseconds(series.times[0]) / 1'000'000'000,
                        nanoseconds(series.times[0]) % 1'000'000'000);
    if (series.name.empty() || series.name.ends_with("_created")) continue;
    if (line.size() > 60'000 || line.find('\r') != line.npos) continue;
    const std::vector<MetricSeries> again = read(line, MetricFormat::exposition);
    VERIFY(again.size() == 1 && again[0].name == series.name && again[0].labels == series.labels);
    VERIFY(again[0].values[0] == series.values[0]);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check(read(text, metric_format_of(text)));
  for (const MetricFormat format :
       {MetricFormat::exposition, MetricFormat::query_range, MetricFormat::csv}) {
    check(read(text, format));
  }
  check_again(read(text, MetricFormat::exposition));
  return 0;
}
