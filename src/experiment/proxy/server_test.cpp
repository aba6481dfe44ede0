#include "experiment/proxy/server.h"

#include <atomic>
#include <thread>

#include <doctest/doctest.h>

namespace culprit {
namespace {

// A server that sends back what it gets, on a thread of its own, until it is destroyed.
class Echo {
 public:
  Echo() : listener_(listen_on({"", 0}).value()), port_(listener_.port()) {
    thread_ = std::thread([this] { serve(); });
  }
  ~Echo() {
    over_ = true;
    thread_.join();
  }
  std::uint16_t port() const { return port_; }

 private:
  void serve() {
    Poller poller = Poller::open().value();
    poller.add(listener_, 0, Interest::read);
    std::vector<Socket> sockets;
    std::vector<char> buffer(64 << 10);
    while (!over_) {
      for (const Ready& ready : poller.wait(monotonic_now() + std::chrono::milliseconds(5))) {
        if (ready.token == 0) {
          while (std::optional<Socket> socket = accept_from(listener_)) {
            poller.add(*socket, sockets.size() + 1, Interest::read);
            sockets.push_back(std::move(*socket));
          }
          continue;
        }
        Socket& socket = sockets[ready.token - 1];
        const Transfer transfer = socket.read(buffer);
        if (transfer.moved == Moved::some) socket.write({buffer.data(), transfer.bytes});
        if (transfer.moved == Moved::end || transfer.moved == Moved::lost) socket.close();
      }
    }
  }

  Socket listener_;
  std::uint16_t port_;
  std::atomic<bool> over_ = false;
  std::thread thread_;
};

// A proxy before an Echo, turned by hand.
struct Bench {
  explicit Bench(const std::vector<std::string>& toxics, std::uint64_t seed = 1)
      : server(ProxyServer::open({seed, from_nanoseconds(0),
                                  [this](std::string_view line) { recorded.emplace_back(line); },
                                  [this](std::string_view line) { journal.emplace_back(line); }})
                   .value()) {
    ProxyPlan plan;
    plan.name = "echo";
    plan.upstream = fmt::format("127.0.0.1:{}", echo.port());
    for (const std::string& text : toxics) plan.toxics.push_back(*parse_toxic(text));
    const Result<ProxyPlan> made = server.create(plan);
    REQUIRE(made);
    listen = parse_address(made->listen).value();
  }

  Socket connect() const { return connect_to(*resolve(listen)).value(); }
  // Turns the proxy until a reply has that length, the connection ends, or it takes too long.
  std::string ask(const Socket& socket, std::string_view bytes, std::size_t length) {
    std::string reply;
    std::vector<char> buffer(64 << 10);
    const Time deadline = monotonic_now() + std::chrono::seconds(5);
    while (reply.size() < length && monotonic_now() < deadline) {
      if (!bytes.empty()) bytes.remove_prefix(socket.write(bytes).bytes);
      server.turn(monotonic_now() + std::chrono::milliseconds(1));
      const Transfer transfer = socket.read(buffer);
      if (transfer.moved == Moved::end || transfer.moved == Moved::lost) return reply + "|";
      reply.append(buffer.data(), transfer.bytes);
    }
    return reply;
  }

  Echo echo;
  std::vector<std::string> recorded;
  std::vector<std::string> journal;
  ProxyServer server;
  Address listen;
};

TEST_CASE("bytes go there and back, with and without toxics") {
  for (const std::vector<std::string>& toxics :
       {std::vector<std::string>{},
        {"latency(latency=2)"},
        {"slicer(average_size=500,size_variation=100,delay=10,stream=upstream)",
         "bandwidth(rate=90000)"}}) {
    Bench bench(toxics);
    const Socket socket = bench.connect();
    std::string text;
    for (int i = 0; i < 60'000; ++i) text += static_cast<char>('a' + i % 23);
    CHECK(bench.ask(socket, text, text.size()) == text);
  }
}

TEST_CASE("the same seed puts in the same faults") {
  const auto told = [](std::uint64_t seed) {
    Bench bench({"latency(latency=1,jitter=1)", "corrupt(rate=0.01,stream=upstream)"}, seed);
    for (int i = 0; i < 4; ++i) {
      const Socket socket = bench.connect();
      for (int j = 0; j < 3; ++j) bench.ask(socket, std::string(200, 'x'), 200);
    }
    std::string all;
    for (const std::string& line : bench.journal) {
      const std::size_t from = line.find("\"connection\"");
      if (from != line.npos) all += line.substr(from) + "\n";  // without its time
    }
    return all;
  };
  CHECK(told(3) == told(3));
  CHECK(told(3) != told(4));
}

TEST_CASE("two connections meet at a barrier; one alone goes on after its bound") {
  Bench bench({"barrier(match=READ,count=2,timeout=300)"});
  const Socket one = bench.connect();
  const Socket two = bench.connect();
  const Time began = monotonic_now();
  std::vector<char> buffer(100);
  one.write("READ 1");
  while (monotonic_now() < began + std::chrono::milliseconds(60)) {
    bench.server.turn(monotonic_now() + std::chrono::milliseconds(1));
  }
  CHECK(one.read(buffer).moved == Moved::nothing);
  CHECK(bench.ask(two, "READ 2", 6) == "READ 2");
  CHECK(bench.ask(one, "", 6) == "READ 1");
  CHECK(monotonic_now() - began < std::chrono::milliseconds(250));
  const Time alone = monotonic_now();
  CHECK(bench.ask(one, "READ 3", 6) == "READ 3");
  CHECK(monotonic_now() - alone >= std::chrono::milliseconds(300));
  CHECK(bench.ask(two, "WRITE", 5) == "WRITE");  // not what it waits for
}

TEST_CASE("an upstream that refuses ends the connection, and the proxy lives on") {
  Bench bench({});
  Socket listener = listen_on({"", 0}).value();
  ProxyPlan plan;
  plan.name = "gone";
  plan.upstream = fmt::format("127.0.0.1:{}", listener.port());
  plan.listen = "127.0.0.1:0";
  listener.close();
  const Result<ProxyPlan> made = bench.server.create(plan);
  REQUIRE(made);
  const Socket socket = connect_to(*resolve(*parse_address(made->listen))).value();
  CHECK(bench.ask(socket, "x", 1) == "|");
  const Socket other = bench.connect();
  CHECK(bench.ask(other, "hello", 5) == "hello");
}

TEST_CASE("a port in use is an error, and the proxy that has it stays") {
  Bench bench({});
  ProxyPlan plan;
  plan.name = "second";
  plan.listen = to_string(bench.listen);
  plan.upstream = "127.0.0.1:1";
  const Result<ProxyPlan> made = bench.server.create(plan);
  REQUIRE(!made);
  CHECK(made.error().fault == Fault::unavailable);
  CHECK(bench.server.plans().size() == 1);
}

}  // namespace
}  // namespace culprit
