#include "experiment/proxy/pipeline.h"

#include <cmath>

#include <doctest/doctest.h>

namespace culprit {
namespace {

constexpr Time start = from_nanoseconds(0);
constexpr Duration ms = std::chrono::milliseconds(1);

// One direction of one connection on a clock that is moved by hand.
struct Bench {
  explicit Bench(std::string_view toxics, std::uint64_t seed = 1, std::uint64_t connection = 1)
      : around{seed, connection, &journal, &to_wake, nullptr},
        shared(shared_of(toxics)),
        pipeline(Direction::downstream, shared, around, start) {}

  static std::vector<std::shared_ptr<SharedToxic>> shared_of(std::string_view text) {
    std::vector<std::shared_ptr<SharedToxic>> all;
    while (!text.empty()) {
      const std::string_view one = text.substr(0, text.find(';'));
      const Result<Toxic> toxic = parse_toxic(one);
      REQUIRE(toxic);
      all.push_back(std::make_shared<SharedToxic>(SharedToxic{*toxic, 0, 1, 0, {}}));
      text.remove_prefix(std::min(one.size() + 1, text.size()));
    }
    return all;
  }

  void push(std::string_view bytes, Time at) {
    Parcel parcel;
    parcel.at = at;
    parcel.offset = offset;
    parcel.bytes = bytes;
    offset += bytes.size();
    pipeline.push(std::move(parcel), around);
    drain();
  }
  void end(Time at) {
    Parcel parcel;
    parcel.kind = Parcel::Kind::end;
    parcel.at = at;
    pipeline.push(std::move(parcel), around);
    drain();
  }
  // Until nothing is held, or as long as asked.
  void run(Time until = start + std::chrono::hours(1)) {
    for (int turn = 0; turn < 100'000; ++turn) {
      const Time due = pipeline.next_due();
      if (due == no_time || due > until) return;
      pipeline.advance(due, around);
      drain();
    }
    FAIL("it never rests");
  }
  void drain() {
    for (Parcel& parcel : pipeline.take_out()) out.push_back(std::move(parcel));
  }
  std::string bytes() const {
    std::string all;
    for (const Parcel& parcel : out) all += parcel.bytes;
    return all;
  }

  std::vector<Injection> journal;
  std::vector<std::uint64_t> to_wake;
  ConnectionPlace around;
  std::vector<std::shared_ptr<SharedToxic>> shared;
  Pipeline pipeline;
  std::uint64_t offset = 0;
  std::vector<Parcel> out;
};

TEST_CASE("without a toxic everything passes at once") {
  Bench bench("");
  bench.push("abc", start);
  CHECK(bench.bytes() == "abc");
  CHECK(bench.pipeline.next_due() == no_time);
}

TEST_CASE("delays add up exactly, and bytes keep their order") {
  Bench bench("latency(latency=5);latency(name=more,latency=7)");
  bench.push("a", start);
  bench.push("b", start + ms);
  bench.run();
  REQUIRE(bench.out.size() == 2);
  CHECK(bench.out[0].at == start + 12 * ms);
  CHECK(bench.out[1].at == start + 13 * ms);
  CHECK(bench.bytes() == "ab");
  CHECK(bench.journal.size() == 4);
}

TEST_CASE("jitter is spread as its distribution says") {
  for (const std::string name : {"uniform", "normal", "pareto"}) {
    CAPTURE(name);
    double sum = 0, squares = 0;
    constexpr int connections = 4000;
    for (std::uint64_t number = 1; number <= connections; ++number) {
      Bench bench("latency(latency=100,jitter=10,distribution=" + name + ")", 7, number);
      bench.push("x", start);
      bench.run();
      const double late = seconds(bench.out[0].at - start) * 1e3 - 100;
      sum += late;
      squares += late * late;
    }
    const double mean = sum / connections;
    const double deviation = std::sqrt(squares / connections - mean * mean);
    if (name == "uniform") CHECK(deviation == doctest::Approx(10 / std::sqrt(3.0)).epsilon(0.05));
    if (name == "normal") CHECK(deviation == doctest::Approx(10).epsilon(0.05));
    if (name == "pareto") CHECK(mean == doctest::Approx(5).epsilon(0.15));  // 1/(3-1) of the jitter
    if (name != "pareto") CHECK(std::abs(mean) < 0.6);
  }
}

TEST_CASE("bandwidth takes as long as the bytes do") {
  Bench bench("bandwidth(rate=100)");
  bench.push(std::string(250'000, 'x'), start);
  bench.end(start + ms);
  bench.run();
  CHECK(bench.out.back().kind == Parcel::Kind::end);
  CHECK(bench.out.back().at == start + 2500 * ms);
  CHECK(bench.bytes().size() == 250'000);
}

TEST_CASE("a slicer cuts without losing") {
  Bench bench("slicer(average_size=100,size_variation=50,delay=1000)");
  std::string text;
  for (int i = 0; i < 2000; ++i) text += static_cast<char>('a' + i % 26);
  bench.push(text, start);
  bench.run();
  CHECK(bench.bytes() == text);
  CHECK(bench.out.size() >= 2000 / 150);
  CHECK(bench.out.size() <= 2000 / 50 + 1);
  CHECK(bench.out.back().at == start + static_cast<long>(bench.out.size() - 1) * ms);
}

TEST_CASE("what ends a connection ends it once, when it should") {
  Bench limited("limit_data(bytes=5)");
  limited.push("abc", start);
  limited.push("defg", start + ms);
  limited.push("h", start + 2 * ms);
  CHECK(limited.bytes() == "abcde");
  CHECK(limited.out.back().kind == Parcel::Kind::close);

  Bench timed("timeout(timeout=50)");
  timed.push("abc", start);
  timed.run();
  REQUIRE(timed.out.size() == 1);
  CHECK(timed.out[0].kind == Parcel::Kind::close);
  CHECK(timed.out[0].at == start + 50 * ms);

  Bench hole("timeout(timeout=0)");
  hole.push("abc", start);
  hole.run();
  CHECK(hole.out.empty());

  Bench reset("reset_peer(timeout=20)");
  reset.push("abc", start + 5 * ms);
  reset.run();
  REQUIRE(reset.out.size() == 1);
  CHECK(reset.out[0].kind == Parcel::Kind::reset);
  CHECK(reset.out[0].at == start + 25 * ms);

  Bench half("half_close(timeout=10)");
  half.push("abc", start);
  half.run();
  CHECK(half.bytes() == "abc");
  CHECK(half.out.back().kind == Parcel::Kind::end);

  Bench slow("slow_close(delay=30)");
  slow.push("abc", start);
  slow.end(start);
  slow.run();
  CHECK(slow.bytes() == "abc");
  CHECK(slow.out.back().at == start + 30 * ms);
}

TEST_CASE("lost packets come again, later, in order, at the rate that is asked") {
  constexpr std::size_t segments = 2000;
  Bench bench("packet_loss(loss_rate=0.1)");
  const std::string text(segments * 1448, 'x');
  bench.push(text, start);
  bench.run();
  CHECK(bench.bytes() == text);
  CHECK(bench.journal.size() > segments / 10 * 8 / 10);
  CHECK(bench.journal.size() < segments / 10 * 12 / 10);
  CHECK(bench.out.back().at >= start + 200 * ms);
}

TEST_CASE("bits are turned at the same places, whatever pieces the bytes come in") {
  const std::string text(100'000, '\0');
  Bench whole("corrupt(rate=0.001)");
  whole.push(text, start);
  Bench cut("corrupt(rate=0.001)");
  Dice dice(3);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t size = std::min(1 + dice.below(5000), text.size() - at);
    cut.push(text.substr(at, size), start);
    at += size;
  }
  CHECK(whole.bytes() == cut.bytes());
  const auto turned = std::count_if(whole.out[0].bytes.begin(), whole.out[0].bytes.end(),
                                    [](char c) { return c != '\0'; });
  CHECK(turned > 60);
  CHECK(turned < 140);
}

TEST_CASE("toxicity is the share of connections, and zero does nothing at all") {
  int hit = 0;
  for (std::uint64_t number = 1; number <= 2000; ++number) {
    Bench bench("latency(latency=10,toxicity=0.25)", 5, number);
    bench.push("x", start);
    bench.run();
    if (bench.out[0].at != start) ++hit;
  }
  CHECK(hit > 430);
  CHECK(hit < 570);
  for (const char* text : {"reset_peer(toxicity=0)", "timeout(timeout=1,toxicity=0)",
                           "half_close(toxicity=0)", "limit_data(bytes=0,toxicity=0)"}) {
    CAPTURE(text);
    Bench bench(text);
    bench.push("abc", start);
    bench.end(start);
    bench.run();
    CHECK(bench.bytes() == "abc");
    CHECK(bench.out.size() == 2);
    CHECK(bench.journal.empty());
  }
}

// Random toxics that lose nothing, random pieces at random times.
TEST_CASE("whatever delays and cuts loses nothing and keeps the order, by seed always the same") {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    CAPTURE(seed);
    Dice dice(seed);
    std::string toxics;
    const char* const kinds[] = {
        "latency(name={},latency=20,jitter=15)",
        "bandwidth(name={},rate=50)",
        "slicer(name={},average_size=40,size_variation=30,delay=500)",
        "packet_loss(name={},loss_rate=0.2)",
        "slow_close(name={},delay=9)",
        "latency(name={},latency=3,toxicity=0.5,distribution=pareto,jitter=4)"};
    for (std::size_t i = 0; i < 1 + dice.below(4); ++i) {
      if (i > 0) toxics += ';';
      toxics += fmt::format(fmt::runtime(kinds[dice.below(std::size(kinds))]), i);
    }
    CAPTURE(toxics);
    std::string text;
    Bench bench(toxics, seed), again(toxics, seed);
    Time now = start;
    for (std::size_t piece = 0; piece < 20; ++piece) {
      std::string bytes;
      for (std::size_t i = 0; i < 1 + dice.below(300); ++i)
        bytes += static_cast<char>('a' + dice.below(26));
      now += ms * static_cast<long>(dice.below(30));
      for (Bench* one : {&bench, &again}) {
        one->run(now);
        one->push(bytes, now);
      }
      text += bytes;
    }
    for (Bench* one : {&bench, &again}) {
      one->end(now);
      one->run();
    }
    REQUIRE(bench.bytes() == text);
    REQUIRE(bench.out.back().kind == Parcel::Kind::end);
    REQUIRE(std::is_sorted(bench.out.begin(), bench.out.end(),
                           [](const Parcel& a, const Parcel& b) { return a.at < b.at; }));
    REQUIRE(bench.out.size() == again.out.size());
    for (std::size_t i = 0; i < bench.out.size(); ++i) REQUIRE(bench.out[i].at == again.out[i].at);
    CHECK(bench.pipeline.bytes_held() == 0);
  }
}

TEST_CASE("toxics that are taken away let go what they hold, in order") {
  for (const std::size_t gone : {0UL, 1UL, 2UL}) {
    CAPTURE(gone);
    Bench bench("latency(name=a,latency=10);latency(name=b,latency=10);latency(name=c,latency=10)");
    bench.push("1", start);
    bench.run(start + 20 * ms);
    bench.push("2", start + 20 * ms);
    bench.run(start + 30 * ms - Duration(1));
    bench.push("3", start + 30 * ms - Duration(1));
    auto left = bench.shared;
    left.erase(left.begin() + static_cast<std::ptrdiff_t>(gone));
    bench.pipeline.change(left, bench.around, start + 30 * ms);
    bench.drain();
    bench.run();
    CHECK(bench.bytes() == "123");
    CHECK(bench.pipeline.bytes_held() == 0);
  }
}

}  // namespace
}  // namespace culprit
