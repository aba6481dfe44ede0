// What a relay adds: culprit's proxy beside a plain epoll relay, HAProxy and nginx, in one run.
//
//   build/bench/proxy --culprit build/culprit [--rounds 20] [--json]
//
// Each round measures all, one after the other: the median of 64-byte round trips on one
// connection, round trips a second over 50 connections, bytes a second one way, and how far a delay
// of 5 ms is off. At the end nearly ten thousand connections at rest. HAProxy and nginx run with
// one thread.
#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>

#include "base/statistics.h"
#include "experiment/poller.h"
#include "experiment/socket.h"

namespace {

using namespace culprit;

constexpr std::size_t message_bytes = 64;
constexpr int round_trips = 2000;
constexpr int connections = 50;
constexpr Duration rate_time = std::chrono::milliseconds(500);
constexpr std::size_t bulk_bytes = std::size_t{256} << 20;
constexpr int idle_connections = 9'900;  // two descriptors each, of 20,000 that many machines allow

// Relays with nothing but reads and writes: what no proxy can be faster than.
[[noreturn]] void relay(const Address& listen, const Address& upstream) {
  Socket listener = listen_on(listen).value();
  const Endpoint endpoint = resolve(upstream).value();
  Poller poller = Poller::open().value();
  poller.add(listener, 0, Interest::read);
  std::vector<Socket> sockets(1);
  std::vector<char> buffer(256 << 10);
  for (;;) {
    for (const Ready& ready : poller.wait(no_time)) {
      if (ready.token == 0) {
        while (std::optional<Socket> client = accept_from(listener)) {
          Socket server = connect_to(endpoint).value();
          poller.add(*client, sockets.size(), Interest::read);
          poller.add(server, sockets.size() + 1, Interest::read);
          sockets.push_back(std::move(*client));
          sockets.push_back(std::move(server));
        }
        continue;
      }
      const std::size_t at = ready.token;
      const std::size_t other = at % 2 == 1 ? at + 1 : at - 1;
      const Transfer got = sockets[at].read(buffer);
      if (got.moved == Moved::end || got.moved == Moved::lost) {
        sockets[at].close();
        sockets[other].close();
        continue;
      }
      for (std::size_t sent = 0; sent < got.bytes;) {
        const Transfer put = sockets[other].write({buffer.data() + sent, got.bytes - sent});
        if (put.moved == Moved::lost) break;
        sent += put.bytes;
      }
    }
  }
}

// Sends back what it gets, but for bulk (first byte 'B'), of which it answers the last byte.
class Target {
 public:
  Target() : listener_(listen_on({"", 0}).value()), port_(listener_.port()) {
    thread_ = std::thread([this] { serve(); });
  }
  ~Target() {
    over_ = true;
    thread_.join();
  }
  std::uint16_t port() const { return port_; }

 private:
  struct Client {
    Socket socket;
    std::uint64_t bulk = 0;
  };
  void serve() {
    Poller poller = Poller::open().value();
    poller.add(listener_, 0, Interest::read);
    std::vector<Client> clients(1);
    std::vector<char> buffer(256 << 10);
    while (!over_) {
      for (const Ready& ready : poller.wait(monotonic_now() + std::chrono::milliseconds(50))) {
        if (ready.token == 0) {
          while (std::optional<Socket> socket = accept_from(listener_)) {
            poller.add(*socket, clients.size(), Interest::read);
            clients.push_back({std::move(*socket), 0});
          }
          continue;
        }
        Client& client = clients[ready.token];
        const Transfer got = client.socket.read(buffer);
        if (got.moved == Moved::end || got.moved == Moved::lost) client.socket.close();
        if (got.moved != Moved::some) continue;
        if (client.bulk == 0 && buffer[0] != 'B') {
          client.socket.write({buffer.data(), got.bytes});
          continue;
        }
        client.bulk += got.bytes;
        if (client.bulk >= bulk_bytes) client.socket.write("E");
      }
    }
  }
  Socket listener_;
  std::uint16_t port_;
  std::atomic<bool> over_ = false;
  std::thread thread_;
};

struct Contender {
  std::string name;
  Address address;
  pid_t process = 0;
};

pid_t start(const std::vector<std::string>& command) {
  const pid_t child = ::fork();
  if (child != 0) return child;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  std::vector<char*> words;
  for (const std::string& word : command) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  if (!std::freopen("/dev/null", "w", stdout)) std::_Exit(127);
  if (!std::freopen("/dev/null", "w", stderr)) std::_Exit(127);
  ::execvp(words[0], words.data());
  std::_Exit(127);
}

std::uint16_t free_port() { return listen_on({"", 0}).value().port(); }

Socket connected(const Address& address) {
  const Time deadline = monotonic_now() + std::chrono::seconds(10);
  while (monotonic_now() < deadline) {
    Socket socket = connect_to(resolve(address).value()).value();
    Poller poller = Poller::open().value();
    poller.add(socket, 1, Interest::write);
    poller.wait(monotonic_now() + std::chrono::seconds(1));
    if (socket.connect_error() == 0) return socket;
    ::usleep(20'000);
  }
  fmt::print(stderr, "nothing listens on {}\n", to_string(address));
  std::exit(1);
}

void send_all(const Socket& socket, std::string_view bytes) {
  while (!bytes.empty()) bytes.remove_prefix(socket.write(bytes).bytes);
}

// Seconds of each round trip.
std::vector<double> round_trip_times(const Address& address, int count) {
  const Socket socket = connected(address);
  Poller poller = Poller::open().value();
  poller.add(socket, 1, Interest::read);
  const std::string message(message_bytes, 'p');
  std::vector<char> buffer(message_bytes);
  std::vector<double> times;
  for (int i = 0; i < count; ++i) {
    const Time began = monotonic_now();
    send_all(socket, message);
    for (std::size_t got = 0; got < message_bytes;) {
      poller.wait(began + std::chrono::seconds(2));
      got += socket.read(buffer).bytes;
    }
    times.push_back(seconds(monotonic_now() - began));
  }
  return times;
}

double trips_a_second(const Address& address) {
  Poller poller = Poller::open().value();
  std::vector<Socket> sockets;
  for (int i = 0; i < connections; ++i) sockets.push_back(connected(address));
  const std::string message(message_bytes, 'p');
  std::vector<char> buffer(4096);
  for (std::size_t i = 0; i < sockets.size(); ++i) {
    poller.add(sockets[i], i, Interest::read);
    send_all(sockets[i], message);
  }
  std::size_t trips = 0;
  const Time began = monotonic_now();
  while (monotonic_now() - began < rate_time) {
    for (const Ready& ready : poller.wait(began + rate_time)) {
      const Socket& socket = sockets[ready.token];
      if (socket.read(buffer).moved != Moved::some) continue;
      ++trips;
      send_all(socket, message);
    }
  }
  return static_cast<double>(trips) / seconds(monotonic_now() - began);
}

double bytes_a_second(const Address& address) {
  const Socket socket = connected(address);
  const std::string bulk(1 << 20, 'B');
  const Time began = monotonic_now();
  Poller writing = Poller::open().value();
  writing.add(socket, 1, Interest::write);
  for (std::size_t sent = 0; sent < bulk_bytes;) {
    const Transfer put =
        socket.write(std::string_view(bulk).substr(0, std::min(bulk.size(), bulk_bytes - sent)));
    sent += put.bytes;
    if (put.moved == Moved::nothing) writing.wait(began + std::chrono::seconds(20));
  }
  Poller reading = Poller::open().value();
  std::vector<char> buffer(1);
  writing.change(socket, 1, Interest::read);
  while (socket.read(buffer).moved != Moved::some) writing.wait(began + std::chrono::seconds(20));
  return static_cast<double>(bulk_bytes) / seconds(monotonic_now() - began);
}

std::size_t memory_of(pid_t process) {
  std::ifstream status(fmt::format("/proc/{}/status", process));
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) return std::strtoul(line.c_str() + 6, nullptr, 10) * 1024;
  }
  return 0;
}

double percentile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}

std::string write_config(const std::string& name, const std::string& text) {
  std::ofstream(name) << text;
  return name;
}

std::vector<Contender> contenders(const std::string& self, const std::string& culprit,
                                  const std::string& folder, const Address& target) {
  std::vector<Contender> all = {{"direct", target, 0}};
  const auto add = [&](const std::string& name, const Address& address,
                       const std::vector<std::string>& command) {
    all.push_back({name, address, start(command)});
  };
  const Address of_relay{"127.0.0.1", free_port()};
  add("relay", of_relay, {self, "--relay", to_string(of_relay), to_string(target)});
  const Address ours{"127.0.0.1", free_port()};
  add("culprit", ours,
      {culprit, "proxy", "--api", "none", "--listen", to_string(ours), "--upstream",
       to_string(target)});
  const Address late{"127.0.0.1", free_port()};
  add("culprit 5ms", late,
      {culprit, "proxy", "--api", "none", "--listen", to_string(late), "--upstream",
       to_string(target), "--toxic", "latency(latency=5)"});
  const Address of_haproxy{"127.0.0.1", free_port()};
  add("haproxy", of_haproxy,
      {"/usr/sbin/haproxy", "-db", "-f",
       write_config(folder + "/haproxy.cfg",
                    fmt::format("global\n  nbthread 1\n  maxconn 9000\ndefaults\n  mode tcp\n"
                                "  timeout connect 5s\n  timeout client 1h\n  timeout server 1h\n"
                                "listen relay\n  bind {}\n  server target {}\n",
                                to_string(of_haproxy), to_string(target)))});
  const Address of_nginx{"127.0.0.1", free_port()};
  add("nginx", of_nginx,
      {"/usr/sbin/nginx", "-p", folder, "-e", folder + "/error.log", "-c",
       write_config(
           folder + "/nginx.conf",
           fmt::format("load_module /usr/lib/nginx/modules/ngx_stream_module.so;\n"
                       "daemon off;\nmaster_process off;\nworker_processes 1;\npid {0}/pid;\n"
                       "events {{ worker_connections 9000; }}\nstream {{ server {{\n"
                       "listen {1};\nproxy_pass {2};\nproxy_timeout 1h;\n"
                       "tcp_nodelay on; }} }}\n",
                       folder, to_string(of_nginx), to_string(target)))});
  return all;
}

// Two descriptors for each connection at rest; root may have them.
void raise_descriptors() {
  constexpr rlim_t wanted = 65536;
  rlimit limit{wanted, wanted};
  if (::setrlimit(RLIMIT_NOFILE, &limit) == 0) return;
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

struct Figures {
  std::vector<double> trip, rate, bulk;
};

struct Measured {
  std::vector<Contender> all;
  std::vector<Figures> figures;
  std::vector<double> late;  // seconds of round trips with the delay, less those of the relay
  double idle_bytes = 0;
};

// An interval of the median that holds 95 % by the binomial distribution.
std::string interval_text(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const double half = 0.98 * std::sqrt(static_cast<double>(values.size()));
  const double middle = static_cast<double>(values.size() - 1) / 2;
  const auto at = [&](double place) {
    const double most = static_cast<double>(values.size() - 1);
    return values[static_cast<std::size_t>(std::clamp(place, 0.0, most))];
  };
  return fmt::format("{:.3f} ({:.3f} .. {:.3f})", median(values), at(std::floor(middle - half)),
                     at(std::ceil(middle + half)));
}

void measure_idle(Measured& measured) {
  const Contender& ours = measured.all[3];  // has had little traffic
  std::vector<Socket> idle;
  for (int i = 0; i < idle_connections; ++i) idle.push_back(connected(ours.address));
  ::usleep(300'000);
  measured.idle_bytes = static_cast<double>(memory_of(ours.process));
}

Measured measure(std::vector<Contender> all, int rounds) {
  Measured measured{std::move(all), {}, {}, 0};
  measured.figures.resize(measured.all.size());
  for (int round = 0; round < rounds; ++round) {
    for (std::size_t i = 0; i < measured.all.size(); ++i) {
      const std::size_t at = (i + static_cast<std::size_t>(round)) % measured.all.size();
      const Contender& one = measured.all[at];
      Figures& figures = measured.figures[at];
      if (one.name == "culprit 5ms") {
        const std::vector<double> times = round_trip_times(one.address, 60);
        measured.late.insert(measured.late.end(), times.begin(), times.end());
        continue;
      }
      figures.trip.push_back(percentile(round_trip_times(one.address, round_trips), 0.5));
      figures.rate.push_back(trips_a_second(one.address));
      figures.bulk.push_back(bytes_a_second(one.address));
    }
    fmt::print(stderr, "\rround {} of {}", round + 1, rounds);
  }
  fmt::print(stderr, "\n");
  measure_idle(measured);
  return measured;
}

std::vector<double> pairs(const std::vector<double>& a, const std::vector<double>& b,
                          double (*of)(double, double)) {
  std::vector<double> all;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) all.push_back(of(a[i], b[i]));
  return all;
}

void print(const Measured& measured) {
  const Figures& base = measured.figures[1];
  fmt::print("{:12} {:>10} {:>26} {:>12} {:>26} {:>8} {:>26}\n", "", "p50 us",
             "more than the relay, us", "trips/s", "of the relay's", "GB/s", "of the relay's");
  for (std::size_t i = 0; i < measured.all.size(); ++i) {
    const Figures& own = measured.figures[i];
    if (own.trip.empty()) continue;
    const auto more = [](double a, double b) { return (a - b) * 1e6; };
    const auto share = [](double a, double b) { return a / b; };
    fmt::print("{:12} {:10.1f} {:>26} {:12.0f} {:>26} {:8.2f} {:>26}\n", measured.all[i].name,
               median(own.trip) * 1e6, interval_text(pairs(own.trip, base.trip, more)),
               median(own.rate), interval_text(pairs(own.rate, base.rate, share)),
               median(own.bulk) / 1e9, interval_text(pairs(own.bulk, base.bulk, share)));
  }
  const double trip = median(measured.figures[2].trip);
  fmt::print(
      "a delay of 5 ms: off by {:.3f} ms at p50, {:.3f} at p99 (beside a round trip of {:.3f})\n",
      percentile(measured.late, 0.5) * 1e3 - 5 - trip * 1e3,
      percentile(measured.late, 0.99) * 1e3 - 5 - trip * 1e3, trip * 1e3);
  fmt::print("{} connections at rest: {:.1f} MB\n", idle_connections, measured.idle_bytes / 1e6);
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv, argv + argc);
  if (words.size() == 4 && words[1] == "--relay") {
    relay(parse_address(words[2]).value(), parse_address(words[3]).value());
  }
  const auto value = [&](const char* flag, const char* otherwise) {
    const auto found = std::find(words.begin(), words.end(), flag);
    return found == words.end() || found + 1 == words.end() ? std::string(otherwise) : found[1];
  };
  raise_descriptors();
  std::string folder = "/tmp/culprit-proxy-XXXXXX";
  if (::mkdtemp(folder.data()) == nullptr) return 1;
  const Target target;
  const std::vector<Contender> all = contenders(words[0], value("--culprit", "build/culprit"),
                                                folder, {"127.0.0.1", target.port()});
  const Measured measured = measure(all, std::atoi(value("--rounds", "20").c_str()));
  print(measured);
  for (const Contender& one : all) {
    if (one.process != 0) ::kill(one.process, SIGTERM);
    if (one.process != 0) ::waitpid(one.process, nullptr, 0);
  }
  return std::system(("rm -r " + folder).c_str());
}
