#include "journal.h"

#include <fmt/format.h>

#include <algorithm>

namespace shop {
namespace {

constexpr uint64_t journal_stream = 5;
constexpr double decoy_message_share = 0.12;
constexpr double page_share = 0.6;  // pages the frontend serves itself, per gateway request
constexpr int payment_pods = 4;
constexpr int heartbeat_seconds = 5;
constexpr int health_seconds = 10;
constexpr int database_seconds = 10;

// What payments says about a request that goes well, by route.
std::string payment_text(const Entry& entry, const User& user, Dice& dice) {
  const auto order = static_cast<uint32_t>(entry.order) % 10'000'000;
  const std::string_view provider = providers[user.provider].name;
  switch (entry.request.route) {
    case route_checkout:
      return fmt::format("payment authorised order=o-{} provider={} in {} ms", order, provider,
                         dice.whole(12, 70));
    case route_cart: return fmt::format("cart priced items={}", entry.request.cart_size);
    case 2: return fmt::format("quote computed items={}", entry.request.cart_size);
    case 3: return fmt::format("payment state read order=o-{}", order);
    case 4: return fmt::format("wallet balance read provider={}", provider);
    case route_export: return fmt::format("statement exported rows={}", dice.whole(20, 4000));
    default: return fmt::format("refund queued order=o-{} provider={}", order, provider);
  }
}

std::string access_path(const Entry& entry) {
  const std::string_view route = routes[entry.request.route].name;
  if (entry.request.route == 3) return fmt::format("/api{}/{}", route, entry.order % 10'000'000);
  return fmt::format("/api{}", route);
}

std::string page_path(Dice& dice) {
  constexpr std::array<std::string_view, 4> pages = {"/", "/search?q=lamp", "/static/app.js",
                                                     "/static/app.css"};
  if (dice.chance(0.5)) return fmt::format("/products/{}", dice.whole(1000, 4999));
  return std::string(pages[dice.below(pages.size())]);
}

}  // namespace

Journal::Journal(const Plan& plan, const Population& population, const Options& options,
                 const std::string& directory)
    : plan_(plan),
      population_(population),
      errors_only_(plan.kind.name == "errors_only"),
      gateway_(plan, population),
      dice_(options.seed, journal_stream),
      gateway_stream_(directory + "/gateway.ndjson", plan.log.from) {
  if (options.format == Format::ndjson) return;
  payments_stream_.emplace(directory + "/payments.log", plan.log.from);
  if (errors_only_) return;
  auth_stream_.emplace(directory + "/auth.log", plan.log.from);
  access_stream_.emplace(directory + "/nginx-access.log", plan.log.from);
  database_stream_.emplace(directory + "/database.csv", plan.log.from);
  database_stream_->at(plan.log.from) += database_header();
}

void Journal::note(const Note& note) {
  if (errors_only_ && note.level != "error") return;
  if (!payments_stream_) return gateway_.add_note(gateway_stream_.at(note.at), note);
  add_payments_line(payments_stream_->at(note.at), note, dice_.whole(1, 8));
}

void Journal::record(const Request& request, const Fate& fate) {
  const uint64_t trace = dice_.next();
  const uint64_t order = dice_.next() >> 32;
  const Entry entry{request, fate, trace, order, request.at + fate.duration};
  if (!errors_only_ || fate.outcome == Outcome::failed) {
    gateway_.add(gateway_stream_.at(entry.end), entry);
  }
  record_payment(entry);
  record_auth(entry);
  if (access_stream_) record_access(entry);
}

void Journal::record_payment(const Entry& entry) {
  const Fate& fate = entry.fate;
  const Instant done = entry.end - std::min(fate.duration / 10, 6);
  const bool complains = !fate.trouble.empty();
  // With one file only, the failing request's own line says it.
  if (complains && (payments_stream_ || fate.outcome == Outcome::recovered)) {
    const Instant at =
        fate.outcome == Outcome::recovered ? entry.request.at + fate.duration / 2 : done;
    note({at, "error", "payments", fate.logger, fate.trouble, entry.trace});
  }
  if (fate.outcome == Outcome::failed || fate.outcome == Outcome::rejected) return;
  const uint8_t route = entry.request.route;
  const User& user = population_.users[entry.request.user];
  if (payments_stream_ && !errors_only_) {
    note({done - 2, "info", "payments", "payments.service", payment_text(entry, user, dice_),
          entry.trace});
  }
  if (route != route_checkout || is_silent(Stopped::orders, done)) return;
  const std::string text = fmt::format("order confirmed order=o-{}", entry.order % 10'000'000);
  note({done, "info", "payments", "payments.orders", text, entry.trace});
}

void Journal::record_auth(const Entry& entry) {
  const Request& request = entry.request;
  const bool decoy = request.at >= plan_.decoy_at && dice_.chance(decoy_message_share);
  if (!auth_stream_) {
    if (decoy)
      note({request.at + 3, "info", "auth", "auth", "token format v2 accepted", entry.trace});
    return;
  }
  if (is_silent(Stopped::auth, request.at)) return;
  const bool expired = entry.fate.status == 401;
  const Instant at = std::min(request.at + dice_.whole(1, 4), entry.end);
  AuthLine line{at,
                expired ? "warn" : "info",
                expired ? "token expired" : "token verified",
                "",
                request.user,
                entry.trace,
                dice_.whole(1, 9)};
  line.version = request.at >= plan_.decoy_at ? plan_.decoy : std::string_view("v1.8.0");
  add_auth_line(auth_stream_->at(at), line);
  if (!decoy) return;
  line.message = "token format v2 accepted";
  add_auth_line(auth_stream_->at(at), line);
}

void Journal::record_access(const Entry& entry) {
  const uint8_t app = population_.users[entry.request.user].app;
  add_access_line(access_stream_->at(entry.end),
                  {entry.end, entry.request.user, app, method_of(entry.request), access_path(entry),
                   entry.fate.status, entry.fate.status >= 500 ? 157 : 200 + entry.order % 4000});
  if (!dice_.chance(page_share)) return;
  const Instant at = entry.request.at + dice_.whole(0, 900);
  add_access_line(access_stream_->at(at),
                  {at, entry.request.user, app, "GET", page_path(dice_),
                   dice_.chance(0.01) ? 404 : 200, 900 + dice_.below(30'000)});
}

void Journal::tick(Instant second_begin) {
  if (errors_only_) return;
  tick_gateway(second_begin);
  tick_payments(second_begin);
  if (database_stream_) tick_database(second_begin);
}

void Journal::tick_gateway(Instant at) {
  const auto count = static_cast<uint32_t>(population_.hosts.size());
  for (uint32_t host = 0; host < count; ++host) {
    if ((at / second + host) % health_seconds != 0) continue;
    const Instant when = at + (host * 37) % 1000;
    gateway_.add_health(gateway_stream_.at(when), when, host);
  }
  if (!dice_.chance(0.7)) return;
  const Instant when = at + dice_.whole(0, 999);
  const std::string text = fmt::format("price cache refreshed entries={}", dice_.whole(800, 1200));
  gateway_.add_note(gateway_stream_.at(when), {when, "debug", "gateway", "", text});
}

void Journal::tick_payments(Instant at) {
  for (int pod = 0; pod < payment_pods; ++pod) {
    if ((at / second + pod) % heartbeat_seconds != 0) continue;
    const Instant when = at + 120 + pod * 190 + dice_.whole(0, 40);
    const std::string text =
        fmt::format("heartbeat pod=payments-{} queued={}", pod + 1, dice_.whole(0, 12));
    if (is_silent(Stopped::heartbeats, when)) continue;
    note({when, "info", "payments", "payments.heartbeat", text});
  }
  if (!payments_stream_ || !dice_.chance(0.5)) return;
  const Instant when = at + dice_.whole(0, 999);
  const int busy = dice_.whole(1, 12);
  note({when, "debug", "payments", "payments.pool",
        fmt::format("pool busy={} idle={}", busy, 16 - busy)});
}

// The wait for a connection grows some seconds before requests begin to fail.
void Journal::tick_database(Instant at) {
  const bool strained = plan_.kind.effect == Effect::fails && plan_.intensity(at + 7 * second) > 0;
  const bool slow = plan_.kind.effect == Effect::slow && acts(at);
  if (at / second % database_seconds == 0) {
    for (const std::string_view instance : {"db-1", "db-2"}) {
      const Instant when = at + (instance == "db-1" ? 211 : 640);
      const double wait = dice_.exponential(1.6) + (strained ? dice_.between(12, 60) : 0.3);
      add_database_row(database_stream_->at(when),
                       {when, instance, "stat", "", 0, 0, dice_.whole(20, 64), wait});
    }
  }
  if (!dice_.chance(slow ? 0.8 : 0.06)) return;
  const Instant when = at + dice_.whole(0, 999);
  constexpr std::array<std::string_view, 3> queries = {
      "SELECT * FROM orders WHERE account = ? ORDER BY placed, id",
      "UPDATE carts SET total = ?, items = ? WHERE id = ?",
      "SELECT id, total FROM payments WHERE order_id = ?"};
  add_database_row(
      database_stream_->at(when),
      {when, dice_.chance(0.5) ? "db-1" : "db-2", "slow", queries[dice_.below(queries.size())],
       dice_.whole(220, 900), dice_.whole(1, 900), dice_.whole(20, 64), 0.4});
}

void Journal::advance(Instant to) {
  gateway_stream_.advance(to);
  if (payments_stream_) payments_stream_->advance(to);
  if (auth_stream_) auth_stream_->advance(to);
  if (access_stream_) access_stream_->advance(to);
  if (database_stream_) database_stream_->advance(to);
}

uint64_t Journal::close() {
  uint64_t bytes = 0;
  const auto finish = [&](Stream& stream) {
    stream.close();
    bytes += stream.bytes();
  };
  finish(gateway_stream_);
  if (payments_stream_) finish(*payments_stream_);
  if (auth_stream_) finish(*auth_stream_);
  if (access_stream_) finish(*access_stream_);
  if (database_stream_) finish(*database_stream_);
  return bytes;
}

}  // namespace shop
