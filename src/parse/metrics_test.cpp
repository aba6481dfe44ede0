#include "parse/metrics.h"

#include <doctest/doctest.h>

#include <fmt/format.h>

using namespace culprit;

namespace {

struct Read {
  std::vector<MetricSeries> series;
  MetricBook::Skipped skipped;
};

Read read(std::string_view text) {
  MetricBook book;
  read_metrics(text, metric_format_of(text), Zone(), book);
  const MetricBook::Skipped skipped = book.skipped();
  return {book.take(), skipped};
}

std::string shown(const MetricSeries& series) {
  std::string text = series.name;
  for (const auto& [name, value] : series.labels) text += fmt::format(",{}={}", name, value);
  constexpr std::string_view kinds[] = {" ?", " gauge", " counter"};
  text += kinds[static_cast<std::size_t>(series.kind)];
  for (std::size_t i = 0; i < series.times.size(); ++i) {
    text += fmt::format(" {}={}", nanoseconds(series.times[i]) / 1'000'000 % 1'000'000,
                        series.values[i]);
  }
  return text;
}

}  // namespace

TEST_CASE("text exposition gives series with kinds, labels and times of either unit") {
  const Read got = read(
      "# HELP shop_requests Requests.\n"
      "# TYPE shop_requests counter\n"
      "shop_requests_total{path=\"/pay\",code=\"500\"} 3 1763647392.5 # {trace_id=\"a\"} 1 2\n"
      "shop_requests_total{code=\"500\",path=\"/pay\"} 5 1763647402500\n"
      "shop_requests_created{code=\"500\",path=\"/pay\"} 1763640000 1763647402500\n"
      "# TYPE wait histogram\n"
      "wait_bucket{le=\"+Inf\"} 7 1763647392\n"
      "# TYPE depth gauge\n"
      "depth -1.5e3 1763647392\n"
      "depth NaN 1763647393\n"
      "depth +Inf 1763647394\n"
      "odd{text=\"a\\\"b\\\\c\\n,}\"} 1 1763647392\n"
      "{\"my.metric\",a=\"b\"} 2 1763647392\n"
      "# EOF\n");
  CHECK(got.skipped.count == 0);
  REQUIRE(got.series.size() == 5);
  CHECK(shown(got.series[0]) == "depth gauge 392000=-1500");
  CHECK(shown(got.series[1]) == "my.metric,a=b ? 392000=2");
  CHECK(shown(got.series[2]) == "odd,text=a\"b\\c\n,} ? 392000=1");
  CHECK(shown(got.series[3]) == "shop_requests_total,code=500,path=/pay counter 392500=3 402500=5");
  CHECK(shown(got.series[4]) == "wait_bucket,le=+Inf counter 392000=7");
}

TEST_CASE("what cannot be read is counted, and the first of it told with its line") {
  struct Row {
    const char* text;
    std::uint64_t count, line;
    const char* why;
  };
  const Row rows[] = {
      {"up 1\nup 1 1763647392\n", 1, 1, "the sample has no timestamp"},
      {"up 1 1763647392\nup{a=\"b 1 1763647392\n", 1, 2, "a label's quotes are not closed"},
      {"up 1 1763647392\nup{a=b} 1 1763647392\nup{ 1 2\n", 2, 2, "a label's value has no quotes"},
      {"up 1 1763647392\n\nup x 1763647392\n", 1, 3, "no number: x"},
      {"up 1 1763647392\nup 1 yesterday\n", 1, 2, "no timestamp: yesterday"},
      {"time,cpu\n2025-11-20T14:03:12Z,1\nnever,2\n", 1, 3, "no time: never"},
      {"time,cpu\n2025-11-20T14:03:12Z,1,2\n", 1, 2,
       "a row with more or fewer cells than the header"},
      {"time,cpu\n2025-11-20T14:03:12Z,much\n", 1, 2, "no number: much"},
      {"{\"status\":\"success\",\"data\":{}}", 1, 1, "JSON without data.result of Prometheus"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const Read got = read(row.text);
    CHECK(got.skipped.count == row.count);
    CHECK(got.skipped.first_line == row.line);
    CHECK(got.skipped.first == row.why);
  }
}

TEST_CASE("query_range answers are read, several in one file and one that is cut off too") {
  const std::string answer =
      "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":["
      "{\"metric\":{\"__name__\":\"up\",\"job\":\"s\\u0068op\"},\"values\":"
      "[[1763647392.5,\"1\"],[1763647407.5,\"NaN\"],[1763647422.5,\"0\"]]},"
      "{\"metric\":{},\"values\":[[1763647392,\"2\"]]}]}}\n";
  std::string other = answer;
  other.replace(other.find("1763647392.5"), 12, "1763647377.5");
  const Read got = read(answer + other + answer.substr(0, 120));
  REQUIRE(got.series.size() == 2);
  CHECK(shown(got.series[0]) == "expression ? 392000=2");
  CHECK(shown(got.series[1]) == "up,job=shop ? 377500=1 392500=1 422500=0");
}

TEST_CASE("CSV is read long and wide, whatever its separator") {
  const Read long_one = read(
      "timestamp;metric;host;value\n"
      "2025-11-20T14:03:12Z;cpu;\"a;b\";1.5\n"
      "2025-11-20T14:03:22Z;cpu;\"a;b\";2\n");
  REQUIRE(long_one.series.size() == 1);
  CHECK(shown(long_one.series[0]) == "cpu,host=a;b ? 392000=1.5 402000=2");
  const Read wide = read("Time,cpu,\"queue \"\"a\"\"\"\n1763647392,1,\n1763647402,2,7\n");
  REQUIRE(wide.series.size() == 2);
  CHECK(shown(wide.series[0]) == "cpu ? 392000=1 402000=2");
  CHECK(shown(wide.series[1]) == "queue \"a\" ? 402000=7");
}

TEST_CASE("points come out in order of time, the last of equal times") {
  const Read got = read("up 1 1763647402\nup 2 1763647392\nup 3 1763647402\n");
  REQUIRE(got.series.size() == 1);
  CHECK(shown(got.series[0]) == "up ? 392000=2 402000=3");
}

TEST_CASE("a book is full at its bound, and says so") {
  MetricBook book;
  for (std::size_t i = 0; i <= MetricBook::series_max; ++i) {
    book.series(fmt::format("m{}", i), {}, MetricKind::gauge);
  }
  CHECK(book.full());
  CHECK(book.series("m1", {}, MetricKind::gauge) == 1);
  CHECK(book.series("other", {}, MetricKind::gauge) == MetricBook::none);
  book.add(MetricBook::none, from_nanoseconds(1), 1);
  CHECK(book.take().empty());
}
