#include "cli/progress.h"

#include <cstdio>

#include <fmt/format.h>

namespace culprit {
namespace {

constexpr Duration patience = std::chrono::milliseconds(400);  // nothing is shown before that

}  // namespace

Progress::Progress(Session& session) : session_(session), begin_(session.world.now()) {}

std::function<void(std::uint64_t, std::uint64_t)> Progress::callback() {
  if (!session_.terminal.progress) return {};
  return [this](std::uint64_t done, std::uint64_t total) { show(done, total); };
}

void Progress::show(std::uint64_t done, std::uint64_t total) {
  const Duration passed = session_.world.now() - begin_;
  if (passed < patience || total == 0) return;
  const double rate = static_cast<double>(done) / seconds(passed);
  const double left = rate > 0 ? static_cast<double>(total - done) / rate : 0;
  const std::string line =
      fmt::format("\rreading {:.0f} % of {:.1f} MB, {:.0f} MB/s, {} left\x1b[K",
                  100.0 * static_cast<double>(done) / static_cast<double>(total),
                  static_cast<double>(total) / 1e6, rate / 1e6, to_string(from_seconds(left)));
  std::fputs(line.c_str(), stderr);
  std::fflush(stderr);
  shown_ = true;
}

void Progress::clear() {
  if (shown_) std::fputs("\r\x1b[K", stderr);
  shown_ = false;
}

}  // namespace culprit
