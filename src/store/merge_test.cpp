#include "store/merge.h"

#include <doctest/doctest.h>

#include <tuple>

#include "store/log_files_test.h"

namespace culprit {
namespace {

using log_files::Line;
using log_files::LogFile;
using std::chrono::milliseconds;
using std::chrono::minutes;
using Seconds = std::chrono::seconds;

struct Merged {
  std::vector<Record> records;
  MergeCounts counts;
  std::vector<std::string> faults;
};

Merged merged(SimWorld& world, const std::vector<Source>& sources, MergeOptions options = {}) {
  Merge merge(world, sources, std::move(options));
  Merged all;
  for (;;) {
    auto record = merge.next();
    REQUIRE(record);
    if (!*record) break;
    all.records.push_back(**record);
  }
  all.counts = merge.counts();
  for (const SourceFault& fault : merge.faults()) all.faults.push_back(fault.error.what);
  return all;
}

using Key = std::tuple<Time, std::uint32_t, std::uint64_t>;

std::vector<Key> keys_of(const std::vector<Record>& records) {
  std::vector<Key> keys;
  for (const Record& record : records) keys.emplace_back(record.time, record.source, record.offset);
  return keys;
}

// What sorting everything in memory gives.
std::vector<Key> sorted(const std::vector<LogFile>& files, const Window& window) {
  std::vector<Key> keys;
  for (std::uint32_t i = 0; i < files.size(); ++i) {
    for (const Line& line : files[i].lines) {
      if (window.contains(line.time)) keys.emplace_back(line.time, i, line.offset);
    }
  }
  std::sort(keys.begin(), keys.end());
  return keys;
}

std::string text_of(const std::vector<Record>& records) {
  std::string text;
  for (const Record& record : records) text += (record.late ? "late " : "") + record.text + "|\n";
  return text;
}

std::vector<Source> written(SimWorld& world, const std::vector<std::string>& texts) {
  std::vector<LogFile> files;
  for (const std::string& text : texts) files.push_back({text, {}});
  return log_files::sources_of(world, files);
}

}  // namespace

TEST_CASE("merging files that are slightly out of order equals sorting them") {
  std::mt19937_64 dice(11);
  for (int round = 0; round < 12; ++round) {
    std::vector<LogFile> files;
    for (std::uint64_t i = 0; i < 1 + dice() % 8; ++i) {
      files.push_back(log_files::random_file(
          dice, {.lines = 1 + dice() % 3'000, .disorder = milliseconds(1'900)}));
    }
    SimWorld world;
    const std::vector<Source> sources = log_files::sources_of(world, files);
    const Merged all = merged(world, sources);
    CHECK(keys_of(all.records) == sorted(files, {}));
    CHECK(all.counts.late == 0);

    MergeOptions options;
    const Time from = log_files::start + Seconds(dice() % 300);
    options.selection.window = {from, from + Seconds(dice() % 120)};
    const Merged part = merged(world, sources, options);
    CHECK(keys_of(part.records) == sorted(files, options.selection.window));
  }
}

TEST_CASE("what comes later than the window of two seconds is shown, flagged and counted") {
  LogFile file;
  for (int i = 0; i < 500; ++i) file.add(log_files::start + Seconds(i), 1);
  file.add(log_files::start + Seconds(100), 1);
  file.add(log_files::start + milliseconds(498'500), 1);  // within the window
  for (int i = 500; i < 1'000; ++i) file.add(log_files::start + Seconds(i), 1);
  SimWorld world;
  const Merged all = merged(world, log_files::sources_of(world, {file}));
  REQUIRE(all.records.size() == 1'002);
  CHECK(all.counts.late == 1);
  std::size_t late = 0;
  for (std::size_t i = 0; i < all.records.size(); ++i) {
    if (all.records[i].late) late = i;
  }
  CHECK(all.records[late].offset == file.lines[500].offset);
  CHECK(all.records[late].time == log_files::start + Seconds(100));
  // It stands near where it was read, not at the end.
  CHECK(late > 400);
  CHECK(late < 600);
  // Without it everything is in order.
  std::vector<Record> others = all.records;
  others.erase(others.begin() + static_cast<std::ptrdiff_t>(late));
  const std::vector<Key> keys = keys_of(others);
  CHECK(std::is_sorted(keys.begin(), keys.end()));
}

TEST_CASE("one line with a time far ahead does not make the others late") {
  std::mt19937_64 dice(12);
  std::vector<LogFile> files;
  for (int i = 0; i < 3; ++i) {
    files.push_back(log_files::random_file(dice, {.lines = 2'000, .disorder = Seconds(1)}));
  }
  LogFile wrong = log_files::random_file(dice, {.lines = 1'000, .disorder = Seconds(1)});
  wrong.add(log_files::start + minutes(60 * 24 * 365), 10);
  Time clock = wrong.lines[wrong.lines.size() - 2].time;
  for (int i = 0; i < 1'000; ++i) wrong.add(clock += milliseconds(100), 10);
  files.push_back(wrong);
  SimWorld world;
  const Merged all = merged(world, log_files::sources_of(world, files));
  CHECK(all.counts.late == 0);
  CHECK(keys_of(all.records) == sorted(files, {}));
}

TEST_CASE("lines that continue an event stay with it, at their own offsets") {
  SimWorld world;
  const auto sources = written(world, {"2025-11-20 14:00:00 ERROR boom\n"
                                       "  at f (a.c:1)\n"
                                       "\n"
                                       "  at g (a.c:2)\n"
                                       "2025-11-20 14:00:02 INFO  done\n",
                                       "2025-11-20 14:00:01 INFO  other\n"});
  const Merged all = merged(world, sources);
  CHECK(text_of(all.records) ==
        "2025-11-20 14:00:00 ERROR boom\n  at f (a.c:1)\n\n  at g (a.c:2)|\n"
        "2025-11-20 14:00:01 INFO  other|\n"
        "2025-11-20 14:00:02 INFO  done|\n");
}

TEST_CASE("an event that is not wanted takes its continuation with it") {
  SimWorld world;
  const auto sources = written(world, {"2025-11-20 14:00:00 ERROR boom\n  at f (a.c:1)\n"
                                       "2025-11-20 14:00:01 INFO  fine\n  and more\n"});
  MergeOptions options;
  options.selection.keep = [](const Source&, const Event& event) {
    return event.level == Level::info;
  };
  CHECK(text_of(merged(world, sources, options).records) ==
        "2025-11-20 14:00:01 INFO  fine\n  and more|\n");
}

TEST_CASE("lines without a time stay where they are; in a window they go with their neighbours") {
  SimWorld world;
  const auto sources = written(world, {"{\"n\":0}\n"
                                       "{\"ts\":\"2025-11-20T14:00:00Z\",\"n\":1}\n"
                                       "{\"n\":2}\n"
                                       "not json\n"
                                       "{\"ts\":\"2025-11-20T14:00:05Z\",\"n\":3}\n",
                                       "{\"ts\":\"2025-11-20T14:00:01Z\",\"n\":9}\n"});
  CHECK(text_of(merged(world, sources).records) ==
        "{\"n\":0}|\n"
        "{\"ts\":\"2025-11-20T14:00:00Z\",\"n\":1}|\n"
        "{\"n\":2}|\n"
        "not json|\n"
        "{\"ts\":\"2025-11-20T14:00:01Z\",\"n\":9}|\n"
        "{\"ts\":\"2025-11-20T14:00:05Z\",\"n\":3}|\n");
  MergeOptions options;
  options.selection.window = {log_files::start, log_files::start + minutes(30) + Seconds(1)};
  const Merged part = merged(world, sources, options);
  CHECK(text_of(part.records) ==
        "{\"ts\":\"2025-11-20T14:00:00Z\",\"n\":1}|\n{\"n\":2}|\nnot json|\n");
  CHECK(part.counts.untimed == 1);
  CHECK(part.counts.unreadable == 1);
}

TEST_CASE("memory is bounded: a full lane gives its earliest Record away") {
  std::mt19937_64 dice(13);
  const LogFile file = log_files::random_file(
      dice, {.lines = 5'000, .step_max = milliseconds(1), .disorder = milliseconds(1'500)});
  SimWorld world;
  const std::vector<Source> sources = log_files::sources_of(world, {file});
  MergeOptions options;
  options.reorder_lines_max = 10;
  const Merged all = merged(world, sources, options);
  CHECK(all.records.size() == 5'000);
  CHECK(all.counts.late > 1'000);
}

TEST_CASE("a source that is gone is named and the others go on") {
  std::mt19937_64 dice(14);
  std::vector<LogFile> files;
  for (int i = 0; i < 3; ++i) files.push_back(log_files::random_file(dice, {.lines = 100}));
  SimWorld world;
  std::vector<Source> sources = log_files::sources_of(world, files);
  for (Source& source : sources) source.held = nullptr;  // as of more than may be held open
  world.deny("log1");
  const Merged all = merged(world, sources);
  CHECK(all.records.size() == 200);
  REQUIRE(all.faults.size() == 1);
  CHECK(all.faults[0].find("log1") != std::string::npos);
}

}  // namespace culprit
