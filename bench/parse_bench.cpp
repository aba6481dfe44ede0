// How fast is a line read? GB/s of NDJSON and messages/s of skeletons, on one core. And what does
// it cost where the records are elements of a document?
//
// The lines are shaped like a service's: 24 flat fields in about 300 bytes, half of them strings,
// a fifth of the lines with a field left out, and messages of about 60 bytes with three variables.
#include <algorithm>
#include <chrono>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "parse/format.h"
#include "parse/frames.h"
#include "parse/skeleton.h"

namespace culprit {
namespace {

constexpr int rounds = 7;  // the best of these counts: others share the machine

std::vector<std::string> json_lines() {
  std::mt19937 dice(1);
  std::vector<std::string> lines;
  for (int i = 0; i < 20'000; ++i) {
    std::string line = fmt::format(
        R"({{"ts":"2025-11-20T03:{:02}:{:02}.{:03}Z","level":"{}","msg":"order {} paid",)"
        R"("svc":"pay","host":"p{}","rid":"{:08x}","n":{},"ok":{})",
        i / 1200 % 60, i / 20 % 60, dice() % 1000, dice() % 9 == 0 ? "error" : "info",
        dice() % 9999, dice() % 9, dice(), dice() % 1000, dice() % 2 == 0);
    for (int key = 0; key < 16; ++key) {
      if (key == 7 && dice() % 5 == 0) continue;
      line += key % 2 == 0 ? fmt::format(R"(,"k{}":{})", key, dice() % 10'000)
                           : fmt::format(R"(,"k{}":"v{}")", key, dice() % 100);
    }
    lines.push_back(line + "}");
  }
  return lines;
}

std::vector<std::string> logfmt_lines() {
  std::mt19937 dice(3);
  std::vector<std::string> lines;
  for (int i = 0; i < 20'000; ++i) {
    lines.push_back(fmt::format(
        R"(ts=2025-11-20T03:{:02}:{:02}.{:03}Z level=info msg="order {} paid" svc=pay host=p{} )"
        R"(rid={:08x} n={} ok={} took={}ms route=/orders/pay status=200 user=u{} region=eu-west)",
        i / 1200 % 60, i / 20 % 60, dice() % 1000, dice() % 9999, dice() % 9, dice(), dice() % 1000,
        dice() % 2 == 0, dice() % 300, dice() % 5000));
  }
  return lines;
}

std::vector<std::string> access_lines() {
  std::mt19937 dice(4);
  std::vector<std::string> lines;
  for (int i = 0; i < 20'000; ++i) {
    lines.push_back(
        fmt::format(R"(10.0.{}.{} - - [20/Nov/2025:03:{:02}:{:02} +0000] )"
                    R"("GET /orders/{}/items?page={} HTTP/1.1" 200 {} "https://shop.example/cart" )"
                    R"("Mozilla/5.0 (X11; Linux) Firefox")",
                    dice() % 256, dice() % 256, i / 1200 % 60, i / 20 % 60, dice() % 9999,
                    dice() % 9, dice() % 50'000));
  }
  return lines;
}

std::vector<std::string> csv_lines() {
  std::mt19937 dice(5);
  std::vector<std::string> lines{"time,level,service,host,route,status,took_ms,user,message"};
  for (int i = 0; i < 20'000; ++i) {
    lines.push_back(fmt::format(
        R"(2025-11-20T03:{:02}:{:02}Z,info,pay,p{},/orders/pay,200,{},u{},"order {}, paid")",
        i / 1200 % 60, i / 20 % 60, dice() % 9, dice() % 300, dice() % 5000, dice() % 9999));
  }
  return lines;
}

std::vector<std::string> text_lines() {
  std::mt19937 dice(6);
  std::vector<std::string> lines;
  for (int i = 0; i < 20'000; ++i) {
    lines.push_back(fmt::format(
        "2025-11-20 03:{:02}:{:02},{:03} INFO [exec-{}] com.shop.Pay - order {} paid in {} ms",
        i / 1200 % 60, i / 20 % 60, dice() % 1000, dice() % 9, dice() % 9999, dice() % 300));
  }
  return lines;
}

std::vector<std::string> messages() {
  std::mt19937 dice(2);
  std::vector<std::string> lines;
  for (int i = 0; i < 20'000; ++i) {
    lines.push_back(fmt::format("payment timeout gateway_host=pg-{} order {:08x} after {} ms",
                                dice() % 9, dice(), 1000 + dice() % 9000));
  }
  return lines;
}

double best_seconds(const std::function<void()>& work) {
  double best = 1e9;
  for (int round = 0; round < rounds; ++round) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - begin;
    best = std::min(best, spent.count());
  }
  return best;
}

double bytes_in(const std::vector<std::string>& lines) {
  double bytes = 0;
  for (const std::string& line : lines) bytes += static_cast<double>(line.size() + 1);
  return bytes;
}

void measure_reading(const char* name, const std::vector<std::string>& lines) {
  std::string sample;
  for (std::size_t i = 0; i < 100; ++i) sample += lines[i] + "\n";
  const Dialect dialect = recognise(sample, {});
  Scratch scratch;
  std::size_t fields = 0;
  const double spent = best_seconds([&] {
    fields = 0;
    for (const std::string& line : lines) {
      Event event;
      if (read_line(dialect, line, scratch, event) == Reading::event) fields += event.fields.size();
    }
  });
  const auto count = static_cast<double>(lines.size());
  fmt::print("{} as {}: {:.2f} GB/s, {:.2f} M lines/s, {:.0f} bytes and {:.1f} fields a line\n",
             name, dialect.format->name, bytes_in(lines) / spent * 1e-9, count / spent * 1e-6,
             bytes_in(lines) / count, static_cast<double>(fields) / count);
}

// Cut into lines first, and then read; as `culprit` does it, a megabyte at a time.
void measure_framing(const char* name, const std::string& document) {
  constexpr std::size_t piece_bytes = 1 << 20;
  const Dialect dialect = recognise(std::string_view(document).substr(0, 1 << 18), {});
  if (dialect.framing == nullptr) return;
  Scratch scratch;
  std::size_t fields = 0;
  std::size_t records = 0;
  const auto run = [&](bool reading) {
    Framer framer(*dialect.framing);
    fields = records = 0;
    for (std::size_t at = 0; at < document.size(); at += piece_bytes) {
      const Frames& frames = framer.feed(std::string_view(document).substr(at, piece_bytes));
      records += frames.records.size();
      for (const Frames::Record& record : frames.records) {
        Event event;
        if (!reading || record.damaged) continue;
        read_line(dialect, frames.line(record), scratch, event);
        fields += event.fields.size();
      }
    }
  };
  const double framed = best_seconds([&] { run(false); });
  const double read = best_seconds([&] { run(true); });
  const auto bytes = static_cast<double>(document.size());
  fmt::print(
      "{} as {}: {:.0f} MB/s cut into {} records, {:.0f} MB/s read too, {:.1f} fields each\n", name,
      format_text(dialect), bytes / framed * 1e-6, records, bytes / read * 1e-6,
      static_cast<double>(fields) / static_cast<double>(records));
}

std::string joined(const std::vector<std::string>& lines, const char* between) {
  std::string text;
  for (const std::string& line : lines) text += (text.empty() ? "" : between) + line;
  return text;
}

std::string docker_lines() {
  std::string text;
  for (const std::string& line : logfmt_lines()) {
    std::string escaped;
    for (const char c : line) escaped += c == '"' ? std::string("\\\"") : std::string(1, c);
    text += R"({"log":")" + escaped +
            R"(\n","stream":"stdout","time":"2025-11-20T03:31:08.5Z"})"
            "\n";
  }
  return text;
}

void measure_skeletons() {
  const std::vector<std::string> lines = messages();
  SkeletonScratch scratch;
  std::uint64_t sum = 0;
  const double spent = best_seconds([&] {
    for (const std::string& line : lines) sum += skeleton_of(line, scratch).hash;
  });
  const auto count = static_cast<double>(lines.size());
  fmt::print("skeletons: {:.2f} M messages/s, {:.0f} bytes each ({:x})\n", count / spent * 1e-6,
             bytes_in(lines) / count, sum & 0xF);
}

}  // namespace
}  // namespace culprit

int main() {
  culprit::measure_reading("json", culprit::json_lines());
  culprit::measure_reading("logfmt", culprit::logfmt_lines());
  culprit::measure_reading("access", culprit::access_lines());
  culprit::measure_reading("csv", culprit::csv_lines());
  culprit::measure_reading("text", culprit::text_lines());
  culprit::measure_framing("array", "[" + culprit::joined(culprit::json_lines(), ",") + "]");
  culprit::measure_framing("docker", culprit::docker_lines());
  culprit::measure_skeletons();
}
