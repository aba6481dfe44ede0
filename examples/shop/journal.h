// The Journal is all logs of the shop: it knows which service writes what about a request, and what
// the services write without one. It decides nothing about requests; its own dice are for
// decoration only, so that both formats tell of the same requests.
#pragma once

#include <optional>
#include <string>

#include "options.h"
#include "stream.h"
#include "text_logs.h"

namespace shop {

class Journal {
 public:
  // Makes the files in `directory`, which must exist.
  Journal(const Plan& plan, const Population& population, const Options& options,
          const std::string& directory);

  void record(const Request& request, const Fate& fate);
  // What the services write by themselves in the second that begins here.
  void tick(Instant second_begin);
  // No request that arrives before this instant will be recorded any more.
  void advance(Instant to);
  // Returns the bytes of all files.
  uint64_t close();

 private:
  void note(const Note& note);
  void record_payment(const Entry& entry);
  void record_auth(const Entry& entry);
  void record_access(const Entry& entry);
  void tick_gateway(Instant at);
  void tick_payments(Instant at);
  void tick_database(Instant at);
  bool acts(Instant at) const { return plan_.onset && at >= *plan_.onset; }
  bool is_silent(Stopped what, Instant at) const { return plan_.stopped == what && acts(at); }

  const Plan& plan_;
  const Population& population_;
  bool errors_only_;
  GatewayLog gateway_;
  Dice dice_;
  Stream gateway_stream_;
  std::optional<Stream> payments_stream_;
  std::optional<Stream> auth_stream_;
  std::optional<Stream> access_stream_;
  std::optional<Stream> database_stream_;
};

}  // namespace shop
