// Text exposition: `name{label="value"} 1.5 1763647392.5 # {trace_id="a"} 1`, one sample a line.
//
//     # TYPE requests counter
//     requests_total{path="/pay"} 1027 1763647392
//
// OpenMetrics writes seconds, Prometheus milliseconds; their size tells which. A family's TYPE goes
// for its samples with endings; `_created` is a time and no metric. Names may be quoted in braces.
#include <string>
#include <unordered_map>

#include "parse/bytes.h"
#include "parse/metrics.h"
#include "parse/timestamp.h"

namespace culprit {
namespace {

constexpr std::size_t line_bytes_max = 1 << 16;
constexpr std::size_t labels_max = 64;

enum class Family : std::uint8_t { unknown, gauge, counter, distribution };

struct Sample {
  std::string name;
  MetricLabels labels;
  std::string_view value;
  std::string_view time;
};

bool is_name_byte(char byte) {
  return is_letter(byte) || is_digit(byte) || byte == '_' || byte == ':' || byte == '.';
}

// Reads one line from left to right; a failed step leaves why().
class SampleLine {
 public:
  explicit SampleLine(std::string_view line) : rest_(line) {}

  std::optional<Sample> read() {
    Sample sample;
    sample.name = taken_name();
    skip_space();
    if (rest_.starts_with('{') && !read_labels(sample)) return std::nullopt;
    if (sample.name.empty()) return fail("no metric's name");
    sample.value = taken_word();
    sample.time = taken_word();
    if (sample.time.starts_with('#')) sample.time = {};
    if (sample.value.empty()) return fail("no value");
    return sample;
  }
  const std::string& why() const { return why_; }

 private:
  std::nullopt_t fail(const char* why) {
    if (why_.empty()) why_ = why;
    return std::nullopt;
  }
  void skip_space() {
    while (!rest_.empty() && is_space(rest_.front())) rest_.remove_prefix(1);
  }
  std::string taken_name() {
    std::size_t end = 0;
    while (end < rest_.size() && is_name_byte(rest_[end])) ++end;
    std::string name(rest_.substr(0, end));
    rest_.remove_prefix(end);
    return name;
  }
  std::string_view taken_word() {
    skip_space();
    const std::size_t end = std::min(rest_.find_first_of(" \t"), rest_.size());
    const std::string_view word = rest_.substr(0, end);
    rest_.remove_prefix(end);
    return word;
  }

  // `"..."` with \\, \" and \n in it.
  std::optional<std::string> taken_quoted() {
    if (!rest_.starts_with('"')) return fail("a label's value has no quotes");
    std::string text;
    for (std::size_t i = 1; i < rest_.size(); ++i) {
      if (rest_[i] == '"') {
        rest_.remove_prefix(i + 1);
        return text;
      }
      if (rest_[i] == '\\' && i + 1 < rest_.size()) {
        ++i;
        text += rest_[i] == 'n' ? '\n' : rest_[i];
      } else {
        text += rest_[i];
      }
    }
    return fail("a label's quotes are not closed");
  }

  bool read_label(Sample& sample) {
    std::string name;
    if (rest_.starts_with('"')) {
      auto quoted = taken_quoted();
      if (!quoted) return false;
      name = std::move(*quoted);
    } else {
      name = taken_name();
    }
    skip_space();
    if (!rest_.starts_with('=')) {
      if (name.empty() || !sample.name.empty()) return fail("a label has no value"), false;
      sample.name = std::move(name);  // {"my.metric", path="/"}
      return true;
    }
    rest_.remove_prefix(1);
    skip_space();
    auto value = taken_quoted();
    if (!value) return false;
    sample.labels.emplace_back(std::move(name), std::move(*value));
    return true;
  }

  bool read_labels(Sample& sample) {
    rest_.remove_prefix(1);
    for (;;) {
      skip_space();
      if (rest_.starts_with('}')) return rest_.remove_prefix(1), true;
      if (sample.labels.size() >= labels_max) return fail("more than 64 labels"), false;
      if (rest_.empty()) return fail("the labels' brace is not closed"), false;
      if (!read_label(sample)) return false;
      skip_space();
      if (rest_.starts_with(',')) {
        rest_.remove_prefix(1);
      } else if (!rest_.starts_with('}')) {
        return fail("the labels' brace is not closed"), false;
      }
    }
  }

  std::string_view rest_;
  std::string why_;
};

class Exposition {
 public:
  explicit Exposition(MetricBook& book) : book_(book) {}

  void read(std::string_view line, std::uint64_t number) {
    if (line.size() > line_bytes_max) return book_.skip(number, "a line of more than 64 KiB");
    if (line.starts_with('#')) return comment(line);
    SampleLine reader(line);
    const std::optional<Sample> sample = reader.read();
    if (!sample) return book_.skip(number, reader.why());
    if (sample->name.ends_with("_created")) return;
    const std::optional<double> value = metric_value(sample->value);
    if (!value) return book_.skip(number, "no number: " + std::string(sample->value));
    if (sample->time.empty()) return book_.skip(number, "the sample has no timestamp");
    const std::optional<Time> time = epoch_time(sample->time);
    if (!time) return book_.skip(number, "no timestamp: " + std::string(sample->time));
    book_.add(book_.series(sample->name, sample->labels, kind_of(sample->name)), *time, *value);
  }

 private:
  // "# TYPE requests counter"
  void comment(std::string_view line) {
    line.remove_prefix(1);
    line = trimmed(line);
    if (!line.starts_with("TYPE ") || families_.size() > MetricBook::series_max) return;
    line = trimmed(line.substr(5));
    const std::size_t end = line.find_first_of(" \t");
    if (end == std::string_view::npos) return;
    const std::string_view type = trimmed(line.substr(end));
    Family family = Family::unknown;
    if (type == "counter") family = Family::counter;
    if (type == "gauge" || type == "gaugehistogram" || type == "stateset" || type == "info") {
      family = Family::gauge;
    }
    if (type == "histogram" || type == "summary") family = Family::distribution;
    families_[std::string(line.substr(0, end))] = family;
  }

  MetricKind kind_of(const std::string& name) const {
    const auto whole = families_.find(name);
    if (whole != families_.end()) {
      if (whole->second == Family::counter) return MetricKind::counter;
      // The samples of a summary that bear its own name are quantiles.
      return whole->second == Family::unknown ? MetricKind::unknown : MetricKind::gauge;
    }
    for (const std::string_view ending : {"_total", "_count", "_sum", "_bucket"}) {
      if (!name.ends_with(ending)) continue;
      const auto family = families_.find(name.substr(0, name.size() - ending.size()));
      if (family == families_.end() || family->second == Family::unknown) continue;
      return family->second == Family::gauge ? MetricKind::gauge : MetricKind::counter;
    }
    return MetricKind::unknown;
  }

  MetricBook& book_;
  std::unordered_map<std::string, Family> families_;
};

}  // namespace

void read_exposition(std::string_view text, MetricBook& book) {
  Exposition exposition(book);
  std::uint64_t number = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = trimmed(text.substr(0, end));
    ++number;
    if (!line.empty()) exposition.read(line, number);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

}  // namespace culprit
