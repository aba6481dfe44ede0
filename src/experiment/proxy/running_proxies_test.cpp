#include "experiment/proxy/running_proxies.h"

#include <doctest/doctest.h>

#include "experiment/poller.h"
#include "experiment/socket.h"

namespace culprit {
namespace {

TEST_CASE("proxies run beside their owner, who changes their toxics, and end with him") {
  const Socket upstream = listen_on({"", 0}).value();
  ProxyPlan plan;
  plan.name = "db";
  plan.upstream = fmt::format("127.0.0.1:{}", upstream.port());
  Address listen;
  {
    RunningProxies running = RunningProxies::start({plan}, 1).value();
    listen = parse_address(running.plans()[0].listen).value();
    CHECK(running.set_toxics("db", {*parse_toxic("http_error(status=418, stream=upstream)")}));
    CHECK(running.set_toxics("queue", {}).error().fault == Fault::missing);
    const Socket client = connect_to(*resolve(listen)).value();
    Poller poller = Poller::open().value();
    poller.add(client, 1, Interest::write);
    const Time deadline = monotonic_now() + std::chrono::seconds(5);
    poller.wait(deadline);
    client.write("GET / HTTP/1.1\r\n\r\n");
    poller.change(client, 1, Interest::read);
    poller.wait(deadline);
    std::vector<char> reply(100);
    client.read(reply);
    CHECK(std::string_view(reply.data(), 12) == "HTTP/1.1 418");
  }
  const Socket late = connect_to(*resolve(listen)).value();
  Poller poller = Poller::open().value();
  poller.add(late, 1, Interest::write);
  poller.wait(monotonic_now() + std::chrono::seconds(5));
  CHECK(late.connect_error() != 0);
}

}  // namespace
}  // namespace culprit
