#include "experiment/proxy/server.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <unordered_map>

#include <sys/eventfd.h>
#include <sys/resource.h>

#include "experiment/proxy/api_connections.h"
#include "experiment/proxy/json.h"
#include "experiment/proxy/link.h"
#include "experiment/proxy/timers.h"
#include "experiment/proxy/tokens.h"

namespace culprit {
namespace {

constexpr std::size_t buffer_bytes = 256 << 10;  // one read: as much as a socket usually holds
constexpr int accepts_max = 64;                  // at once, before connections have their turn
constexpr Duration full_pause = std::chrono::milliseconds(50);  // when no descriptor is left

struct Listening {
  ProxyPlan plan;
  std::uint64_t number = 0;
  Socket listener;
  Endpoint upstream;
  Link::Toxics toxics;
};

struct Linked {
  Link link;
  std::uint64_t proxy = 0;  // its number
  Interest client = Interest::none;
  Interest server = Interest::none;
  bool server_added = false;
  Time timer = no_time;  // that is set for it
};

Link::Messages messages_for(const Link::Toxics& toxics, bool recorded) {
  bool seen = recorded;
  bool whole = false;
  for (const auto& shared : toxics) {
    const Toxic& toxic = shared->toxic;
    const bool messages = toxic_kind(toxic.type)->reads == Reads::messages;
    seen |= messages || toxic.text("per") == "request";
    const bool body = messages && !toxic.text("match").empty();
    whole |= toxic.stream == Direction::upstream && (body || toxic.type == "duplicate");
  }
  if (whole) return Link::Messages::seen_whole;
  return seen ? Link::Messages::seen : Link::Messages::unseen;
}

Error no_proxy() { return error(Fault::missing, "proxy not found"); }

}  // namespace

struct ProxyServer::State {
  Options options;
  Poller poller;
  Timers timers;
  LinkShared shared;
  Time began = monotonic_now();
  std::uint64_t proxies_made = 0;
  std::uint64_t links_made = 0;
  std::vector<std::unique_ptr<Listening>> proxies;
  std::unordered_map<std::uint64_t, Linked> links;
  ApiConnections api;
  Socket bell;  // an eventfd

  Listening* find(std::string_view name);
  Listening* find_number(std::uint64_t number);
  Status listen(Listening& proxy);
  void close_links(std::uint64_t proxy);
  void apply_toxics(Listening& proxy);
  void journal_start();

  void accept(Listening& proxy, Time now);
  void begin(Listening& proxy, Socket client, Time now);
  void call_upstream(std::uint64_t number, Linked& linked);
  void handle_link(std::uint64_t number, Who side, const Ready& ready, Time now);
  void settle(std::uint64_t number, Linked& linked);
  void settle_interest(Linked& linked);
  void wake(Time now);
  void ring(Time now);
  void report(Linked& linked);
  void write_journal();
  void record(const Exchange& exchange, const Linked& linked);
};

Listening* ProxyServer::State::find(std::string_view name) {
  for (const auto& one : proxies) {
    if (one->plan.name == name) return one.get();
  }
  return nullptr;
}

Listening* ProxyServer::State::find_number(std::uint64_t number) {
  for (const auto& one : proxies) {
    if (one->number == number) return one.get();
  }
  return nullptr;
}

Status ProxyServer::State::listen(Listening& proxy) {
  const Address upstream = TRY(parse_address(proxy.plan.upstream));
  const Address address = TRY(parse_address(proxy.plan.listen));
  proxy.upstream = TRY(resolve(upstream));
  proxy.listener = TRY(listen_on(address));
  proxy.plan.listen = to_string(Address{address.host, proxy.listener.port()});
  poller.add(proxy.listener, token_of(Who::listener, proxy.number), Interest::read);
  return ok();
}

void ProxyServer::State::close_links(std::uint64_t proxy) {
  std::vector<std::uint64_t> numbers;
  for (const auto& [number, linked] : links) {
    if (linked.proxy == proxy) numbers.push_back(number);
  }
  for (const std::uint64_t number : numbers) {
    Linked& linked = links.at(number);
    linked.link.close();
    settle(number, linked);
  }
}

void ProxyServer::State::apply_toxics(Listening& proxy) {
  Link::Toxics before = std::exchange(proxy.toxics, {});
  for (const Toxic& toxic : proxy.plan.toxics) {
    // One that is as it was goes on with what it has counted.
    const auto same = std::find_if(before.begin(), before.end(), [&](const auto& one) {
      return json_of(one->toxic) == json_of(toxic);
    });
    proxy.toxics.push_back(same != before.end()
                               ? *same
                               : std::make_shared<SharedToxic>(SharedToxic{toxic, 0, 1, 0, {}}));
  }
  const Link::Messages messages = messages_for(proxy.toxics, options.record != nullptr);
  std::vector<std::uint64_t> numbers;
  for (const auto& [number, linked] : links) {
    if (linked.proxy == proxy.number) numbers.push_back(number);
  }
  for (const std::uint64_t number : numbers) {
    links.at(number).link.set_toxics(proxy.toxics, messages, monotonic_now());
    settle(number, links.at(number));
  }
  journal_start();
}

void ProxyServer::State::journal_start() {
  if (!options.journal) return;
  JournalStart start{options.seed, {}};
  for (const auto& one : proxies) start.proxies.push_back(one->plan);
  options.journal(journal_line(start));
}

void ProxyServer::State::accept(Listening& proxy, Time now) {
  for (int turn = 0; turn < accepts_max; ++turn) {
    std::optional<Socket> client = accept_from(proxy.listener);
    if (!client && (errno == EMFILE || errno == ENFILE)) {
      // It waits in the kernel until another connection has ended.
      poller.remove(proxy.listener);
      timers.set(now + full_pause, token_of(Who::listener, proxy.number));
    }
    if (!client) return;
    begin(proxy, std::move(*client), now);
  }
}

void ProxyServer::State::begin(Listening& proxy, Socket client, Time now) {
  const std::uint64_t number = ++links_made;
  Linked& linked =
      links
          .emplace(number, Linked{Link(number, std::move(client), shared), proxy.number,
                                  Interest::none, Interest::none, false, no_time})
          .first->second;
  poller.add(linked.link.client(), token_of(Who::client, number), Interest::none);
  linked.link.set_toxics(proxy.toxics, messages_for(proxy.toxics, options.record != nullptr), now);
  Duration delay = Duration::zero();
  for (const auto& toxic : proxy.toxics) {
    if (toxic->toxic.type == "accept_delay") {
      delay += from_seconds(toxic->toxic.number("delay") * 1e-3);
    }
  }
  if (delay > Duration::zero()) {
    linked.link.connect_later(now + delay);
  } else {
    call_upstream(number, linked);
  }
  settle(number, linked);
}

void ProxyServer::State::call_upstream(std::uint64_t number, Linked& linked) {
  const Listening* proxy = find_number(linked.proxy);
  if (proxy == nullptr) return linked.link.close();
  linked.link.connect(proxy->upstream);
  if (linked.link.over()) return;
  linked.server = Interest::write;
  linked.server_added = true;
  poller.add(linked.link.server(), token_of(Who::server, number), Interest::write);
}

void ProxyServer::State::handle_link(std::uint64_t number, Who side, const Ready& ready, Time now) {
  const auto found = links.find(number);
  if (found == links.end()) return;
  Link& link = found->second.link;
  if (!link.connected()) {
    if (side == Who::server) link.finish_connecting();
    if (side == Who::client && ready.broken) link.close();
  } else if (side == Who::client) {
    if (ready.writable) link.write_client();
    if (ready.readable || ready.broken) link.read_client(now);
  } else {
    if (ready.writable) link.write_server();
    if (ready.readable || ready.broken) link.read_server(now);
  }
  settle(number, found->second);
}

// What is to be waited for after a link was touched; `linked` is gone if it is over.
void ProxyServer::State::settle(std::uint64_t number, Linked& linked) {
  report(linked);
  if (linked.link.over()) {
    if (!shared.injections.empty()) write_journal();  // while it is known whose they are
    linked.link.close();
    links.erase(number);
    return;
  }
  settle_interest(linked);
  const Time due = linked.link.next_due();
  if (due != no_time && (linked.timer == no_time || due < linked.timer)) {
    linked.timer = due;
    timers.set(due, token_of(Who::client, number));
  }
}

void ProxyServer::State::settle_interest(Linked& linked) {
  const std::uint64_t number = linked.link.number();
  const Interest client = linked.link.client_interest();
  if (client != linked.client) {
    linked.client = client;
    poller.change(linked.link.client(), token_of(Who::client, number), client);
  }
  const Interest server = linked.link.server_interest();
  if (linked.server_added && server != linked.server) {
    linked.server = server;
    poller.change(linked.link.server(), token_of(Who::server, number), server);
  }
}

// Links whose barrier has opened.
void ProxyServer::State::wake(Time now) {
  while (!shared.to_wake.empty()) {
    for (const std::uint64_t number : std::exchange(shared.to_wake, {})) {
      const auto found = links.find(number);
      if (found == links.end()) continue;
      found->second.link.advance(now);
      settle(number, found->second);
    }
  }
}

void ProxyServer::State::ring(Time now) {
  while (const std::optional<std::uint64_t> token = timers.take(now)) {
    const std::uint64_t number = *token >> who_bits;
    if (*token == token_of(Who::listener, number)) {
      const Listening* proxy = find_number(number);
      if (proxy != nullptr) poller.add(proxy->listener, *token, Interest::read);
      continue;
    }
    const auto found = links.find(number);
    if (found == links.end()) continue;
    Linked& linked = found->second;
    linked.timer = no_time;
    const Time connect_at = linked.link.connect_at();
    if (connect_at != no_time && connect_at <= now) call_upstream(number, linked);
    linked.link.advance(now);
    settle(number, linked);
    wake(now);
  }
}

void ProxyServer::State::report(Linked& linked) {
  if (!options.record) return;
  for (const auto& exchange : linked.link.take_finished()) record(*exchange, linked);
  if (!linked.link.over()) return;
  for (const auto& exchange : linked.link.unanswered()) record(*exchange, linked);
}

void ProxyServer::State::record(const Exchange& exchange, const Linked& linked) {
  const Listening* proxy = find_number(linked.proxy);
  ExchangePlace place;
  place.proxy = proxy == nullptr ? std::string_view() : proxy->plan.name;
  place.connection = linked.link.number();
  place.wall_began = options.wall + (exchange.began - began);
  place.over = monotonic_now();
  options.record(exchange_line(exchange, place));
}

void ProxyServer::State::write_journal() {
  for (const Injection& injection : shared.injections) {
    const auto found = links.find(injection.connection);
    const Listening* proxy = found == links.end() ? nullptr : find_number(found->second.proxy);
    options.journal(journal_line(injection, proxy ? proxy->plan.name : "", began));
  }
  shared.injections.clear();
}

// Each connection takes two: as many as we may have.
static void raise_descriptors() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

Result<ProxyServer> ProxyServer::open(Options options) {
  raise_descriptors();
  Poller poller = TRY(Poller::open());
  auto state =
      std::make_unique<State>(State{.options = std::move(options),
                                    .poller = std::move(poller),
                                    .timers = {},
                                    .shared = {},
                                    .proxies = {},
                                    .links = {},
                                    .api = {},
                                    .bell = Socket(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC))});
  if (!state->bell) return error(Fault::unavailable, "no eventfd: {}", std::strerror(errno));
  state->poller.add(state->bell, token_of(Who::bell, 0), Interest::read);
  state->shared.seed = state->options.seed;
  state->shared.buffer.resize(buffer_bytes);
  state->shared.journal = state->options.journal != nullptr;
  return ProxyServer(std::move(state));
}

ProxyServer::ProxyServer(std::unique_ptr<State> state) : state_(std::move(state)) {}
ProxyServer::ProxyServer(ProxyServer&&) noexcept = default;
ProxyServer& ProxyServer::operator=(ProxyServer&&) noexcept = default;
ProxyServer::~ProxyServer() = default;

Status ProxyServer::serve_api(const Address& address) {
  return state_->api.listen(state_->poller, address);
}

void ProxyServer::turn(Time until) {
  State& state = *state_;
  const Time timer = state.timers.next();
  Time wake_at = until;
  if (timer != no_time && (until == no_time || timer < until)) wake_at = timer;
  const std::span<const Ready> ready = state.poller.wait(wake_at);
  const Time now = monotonic_now();
  for (const Ready& one : ready) {
    const std::uint64_t number = one.token >> who_bits;
    const auto who = static_cast<Who>(one.token & ((1U << who_bits) - 1));
    switch (who) {
      case Who::listener:
        if (Listening* proxy = state.find_number(number)) state.accept(*proxy, now);
        break;
      case Who::client:
      case Who::server: state.handle_link(number, who, one, now); break;
      case Who::api_listener: state.api.accept(state.poller); break;
      case Who::api: state.api.handle(state.poller, one, state.shared.buffer, *this); break;
      case Who::bell: {
        eventfd_t rings = 0;
        ::eventfd_read(state.bell.descriptor(), &rings);
        break;
      }
    }
    state.wake(now);
  }
  state.ring(monotonic_now());
  if (!state.shared.injections.empty()) state.write_journal();
}

void ProxyServer::wake() const { ::eventfd_write(state_->bell.descriptor(), 1); }

std::vector<ProxyPlan> ProxyServer::plans() const {
  std::vector<ProxyPlan> plans;
  for (const auto& one : state_->proxies) plans.push_back(one->plan);
  return plans;
}

const ProxyPlan* ProxyServer::plan(std::string_view name) const {
  const Listening* found = state_->find(name);
  return found == nullptr ? nullptr : &found->plan;
}

Result<ProxyPlan> ProxyServer::create(ProxyPlan plan) {
  if (state_->find(plan.name) != nullptr) {
    return error(Fault::usage, "proxy already exists");
  }
  auto made = std::make_unique<Listening>();
  made->plan = std::move(plan);
  made->number = ++state_->proxies_made;
  if (made->plan.listen.empty()) made->plan.listen = "127.0.0.1:0";
  if (made->plan.enabled) TRY(state_->listen(*made));
  state_->proxies.push_back(std::move(made));
  Listening& proxy = *state_->proxies.back();
  state_->apply_toxics(proxy);
  return proxy.plan;
}

// A proxy that listens elsewhere, or nowhere, loses its connections.
Result<ProxyPlan> ProxyServer::update(std::string_view name, ProxyPlan plan) {
  Listening* found = state_->find(name);
  if (found == nullptr) return no_proxy();
  const bool moved = plan.listen != found->plan.listen || plan.upstream != found->plan.upstream;
  const bool same = !moved && plan.enabled == found->plan.enabled;
  if (same) return found->plan;
  plan.name = found->plan.name;
  plan.toxics = found->plan.toxics;
  const ProxyPlan before = std::exchange(found->plan, std::move(plan));
  Socket listener = std::exchange(found->listener, Socket());
  if (found->plan.listen == before.listen) listener.close();
  if (found->plan.enabled) {
    const Status listening = state_->listen(*found);
    if (!listening) {
      found->plan = before;
      found->listener = std::move(listener);
      return listening.error();
    }
  }
  state_->close_links(found->number);
  return found->plan;
}

Status ProxyServer::remove(std::string_view name) {
  const Listening* found = state_->find(name);
  if (found == nullptr) return no_proxy();
  state_->close_links(found->number);
  std::erase_if(state_->proxies, [&](const auto& one) { return one.get() == found; });
  return ok();
}

Status ProxyServer::set_toxics(std::string_view name, std::vector<Toxic> toxics) {
  Listening* found = state_->find(name);
  if (found == nullptr) return no_proxy();
  found->plan.toxics = std::move(toxics);
  state_->apply_toxics(*found);
  return ok();
}

Status ProxyServer::reset() {
  for (const ProxyPlan& plan : plans()) {
    TRY(set_toxics(plan.name, {}));
    ProxyPlan enabled = plan;
    enabled.enabled = true;
    TRY(update(plan.name, std::move(enabled)));
  }
  return ok();
}

std::size_t ProxyServer::connections() const { return state_->links.size(); }

}  // namespace culprit
