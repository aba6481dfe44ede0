#include "workbench/proxy.h"

#include <algorithm>

#include "experiment/event_file.h"
#include "experiment/proxy/json.h"
#include "experiment/proxy/server.h"

namespace culprit {
namespace {

constexpr std::size_t journal_bytes_max = std::size_t{1} << 30;
constexpr Duration turn_max = std::chrono::milliseconds(200);  // then signals and files have a look
constexpr std::size_t waiting_bytes_max = 256 << 10;
constexpr Duration flush_each = std::chrono::seconds(1);

// Lines for a file, written together: one write each would cost more than what they tell of.
class Lines {
 public:
  static Result<Lines> of(const std::string& path);

  std::function<void(std::string_view)> adder();  // null: nobody wants them
  Status flush();

 private:
  std::optional<EventFile> file_;
  std::string waiting_;
};

Result<Lines> Lines::of(const std::string& path) {
  Lines lines;
  if (!path.empty()) lines.file_ = TRY(EventFile::open(path));
  return lines;
}

std::function<void(std::string_view)> Lines::adder() {
  if (!file_) return nullptr;
  return [this](std::string_view line) {
    waiting_ += line;
    waiting_ += '\n';
    if (waiting_.size() >= waiting_bytes_max) static_cast<void>(flush());
  };
}

Status Lines::flush() {
  if (!file_) return ok();
  file_->append(std::exchange(waiting_, {}));
  return file_->written();
}

Status take_replay(World& world, ProxyOptions& options) {
  if (options.replay.empty()) return ok();
  const std::string text = TRY(world.read(options.replay, journal_bytes_max));
  JournalStart start = TRY(start_of_journal(text).during("reading {}", options.replay));
  options.seed = start.seed;
  options.proxies = std::move(start.proxies);
  return ok();
}

Status begin_api(ProxyServer& server, const ProxyOptions& options, ProxyStarted& started) {
  if (options.api.empty()) return ok();
  const Address address = TRY(parse_address(options.api));
  const Status serving = server.serve_api(address);
  if (serving) started.api = to_string(address);
  if (!serving && options.api_wanted) return serving.error();
  if (!serving) started.api_missing = serving.error().what;
  return ok();
}

}  // namespace

std::string json_of_started(const ProxyStarted& started) {
  return fmt::format("{{\"schema_version\":1,\"proxies\":{},\"api\":\"{}\",\"seed\":{}}}",
                     json_of(started.proxies), started.api, started.seed);
}

std::string json_of_toxic(const Toxic& toxic) { return json_of(toxic); }

Status run_proxy(World& world, ProxyOptions options,
                 const std::function<Status(const ProxyStarted&)>& started) {
  TRY(take_replay(world, options));
  Lines record = TRY(Lines::of(options.record));
  Lines journal = TRY(Lines::of(options.journal));
  ProxyServer server =
      TRY(ProxyServer::open({options.seed, world.now(), record.adder(), journal.adder()}));
  for (const ProxyPlan& plan : options.proxies) {
    TRY(server.create(plan).during("setting up {}", plan.name));
  }
  ProxyStarted told;
  TRY(begin_api(server, options, told));
  told.proxies = server.plans();
  told.seed = options.seed;
  TRY(started(told));
  Time flushed = monotonic_now();
  while (!interrupted()) {
    server.turn(monotonic_now() + turn_max);
    if (monotonic_now() - flushed < flush_each) continue;
    flushed = monotonic_now();
    TRY(record.flush());
    TRY(journal.flush());
  }
  TRY(record.flush());
  return journal.flush();
}

}  // namespace culprit
