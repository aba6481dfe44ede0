#include "contrast/pair.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

namespace culprit {
namespace {

Leaf leaf(std::vector<std::string> steps, std::string value, Kind kind = Kind::text) {
  return {std::move(steps), std::move(value), kind};
}

std::string told(const std::vector<Leaf>& good, const std::vector<Leaf>& bad) {
  const PairContrast made = contrast_pair({"json", good}, {"json", bad});
  std::string text;
  for (const PairDifference& one : made.differences) {
    text += fmt::format("{} {} {}: {} -> {}{}\n", name_of(one.meaning), name_of(one.how), one.path,
                        one.good.value_or("-"), one.bad.value_or("-"),
                        one.why.empty() ? "" : " (" + one.why + ")");
  }
  return text + fmt::format("{} alike", made.alike);
}

struct Row {
  const char* name;
  std::vector<Leaf> good;
  std::vector<Leaf> bad;
  const char* said;
};

const Row rows[] = {
    {"nothing differs", {leaf({"a"}, "1")}, {leaf({"a"}, "1")}, "1 alike"},
    {"order does not count",
     {leaf({"a"}, "1"), leaf({"b"}, "2")},
     {leaf({"b"}, "2"), leaf({"a"}, "1")},
     "2 alike"},
    {"a value, how many times as large",
     {leaf({"pool", "size"}, "50", Kind::number)},
     {leaf({"pool", "size"}, "5", Kind::number)},
     "difference changed pool.size: 50 -> 5 (0.1x)\n0 alike"},
    {"the kind of a value",
     {leaf({"port"}, "80", Kind::number)},
     {leaf({"port"}, "80")},
     "difference type port: 80 -> 80 (a number became text)\n0 alike"},
    {"a whole branch is one difference",
     {leaf({"tls", "cert"}, "x"), leaf({"tls", "key"}, "y"), leaf({"a"}, "1")},
     {leaf({"a"}, "1")},
     "difference removed tls:  -> - (2 values below it)\n1 alike"},
    {"ids and times are expected, and stand last",
     {leaf({"trace_id"}, "7d4f1a2b9c"), leaf({"at"}, "2025-11-20T14:03:11Z"),
      leaf({"plan"}, "free"), leaf({"etag"}, "5b8efff798038103")},
     {leaf({"trace_id"}, "0011223344"), leaf({"at"}, "2025-11-20T14:05:12Z"), leaf({"plan"}, "pro"),
      leaf({"etag"}, "aaeffff798038103")},
     "difference changed plan: free -> pro\n"
     "expected changed trace_id: 7d4f1a2b9c -> 0011223344 (differs as ids do)\n"
     "expected changed at: 2025-11-20T14:03:11Z -> 2025-11-20T14:05:12Z (differs as times do)\n"
     "expected changed etag: 5b8efff798038103 -> aaeffff798038103 (differs as ids do)\n0 alike"},
    {"what restates the failure stands behind what could be its cause",
     {leaf({"status"}, "200", Kind::number), leaf({"region"}, "us")},
     {leaf({"status"}, "500", Kind::number), leaf({"region"}, "eu"), leaf({"error"}, "timeout")},
     "difference changed region: us -> eu\n"
     "outcome changed status: 200 -> 500\n"
     "outcome added error: - -> timeout\n0 alike"},
    {"durations count from twice as long on",
     {leaf({"a", "duration_ms"}, "10", Kind::number),
      leaf({"b", "duration_ms"}, "10", Kind::number)},
     {leaf({"a", "duration_ms"}, "15", Kind::number),
      leaf({"b", "duration_ms"}, "900", Kind::number)},
     "difference changed b.duration_ms: 10 -> 900 (90x)\n"
     "expected changed a.duration_ms: 10 -> 15 (1.5x)\n0 alike"},
};

}  // namespace

TEST_CASE("two documents are told apart by what could be the cause") {
  for (const Row& row : rows) {
    CAPTURE(row.name);
    CHECK(told(row.good, row.bad) == row.said);
  }
}

}  // namespace culprit
