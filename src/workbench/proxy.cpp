#include "workbench/proxy.h"

#include <algorithm>

#include "experiment/line_file.h"
#include "experiment/proxy/json.h"
#include "experiment/proxy/server.h"

namespace culprit {
namespace {

constexpr std::size_t journal_bytes_max = std::size_t{1} << 30;
constexpr Duration turn_max = std::chrono::milliseconds(200);  // then signals and files have a look
constexpr Duration flush_each = std::chrono::seconds(1);

Result<std::optional<LineFile>> file_for(const std::string& path) {
  if (path.empty()) return std::optional<LineFile>();
  LineFile file = TRY(LineFile::open(path));
  return std::optional<LineFile>(std::move(file));
}

std::function<void(std::string_view)> adder(std::optional<LineFile>& file) {
  if (!file) return nullptr;
  return [&file](std::string_view line) { file->add(line); };
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

Status flush(std::optional<LineFile>& file) {
  if (!file) return ok();
  return file->flush();
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
  std::optional<LineFile> record = TRY(file_for(options.record));
  std::optional<LineFile> journal = TRY(file_for(options.journal));
  ProxyServer server =
      TRY(ProxyServer::open({options.seed, world.now(), adder(record), adder(journal)}));
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
    TRY(flush(record));
    TRY(flush(journal));
  }
  TRY(flush(record));
  return flush(journal);
}

}  // namespace culprit
