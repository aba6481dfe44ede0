#include "experiment/surroundings.h"

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <semaphore.h>
#include <unistd.h>

#include <atomic>
#include <utility>

#include "base/dice.h"
#include "experiment/clock.h"
#include "experiment/program.h"

namespace culprit {
namespace {

// The kernel knows files by their real path.
std::string real_path(const std::string& folder, const std::string& directory) {
  const bool relative = !folder.starts_with('/') && !directory.empty();
  const std::string path = relative ? directory + "/" + folder : folder;
  char real[PATH_MAX];
  return ::realpath(path.c_str(), real) == nullptr ? path : real;
}

std::string unique_name() {
  static std::atomic<unsigned> made{0};
  return fmt::format("culprit-{}-{}", ::getpid(), ++made);
}

}  // namespace

Result<Surroundings> Surroundings::of(const TrialSetup& setup, std::uint64_t seed, World& world) {
  Surroundings made;
  made.environment_ = setup.environment;
  Dice dice(seed);
  for (const std::string& name : setup.fresh_numbers) {
    made.environment_[name] = std::to_string(dice.bits() >> 33);  // 31 bits: any language reads it
  }
  if (setup.stalls.share > 0) made.leave_leaks(world);
  TRY(made.set_clock(setup, world));
  TRY(made.set_disk(setup, world));
  const auto preloads = made.environment_.find("LD_PRELOAD");
  const std::string outside = world.environment("LD_PRELOAD");
  const bool own = setup.environment.contains("LD_PRELOAD");
  if (preloads != made.environment_.end() && !own && !outside.empty()) {
    preloads->second += ":" + outside;
  }
  return made;
}

// LeakSanitizer looks for leaks by ptrace, at the end of a program, and lets it fail where that is
// taken: a failure of our making. What it would have found shows in trials without stalls.
void Surroundings::leave_leaks(World& world) {
  for (const std::string name : {"ASAN_OPTIONS", "LSAN_OPTIONS"}) {
    const auto own = environment_.find(name);
    const std::string options = own == environment_.end() ? world.environment(name) : own->second;
    environment_[name] = options.empty() ? "detect_leaks=0" : options + ":detect_leaks=0";
  }
}

void Surroundings::preload(const std::string& library) {
  std::string& all = environment_["LD_PRELOAD"];
  all = all.empty() ? library : all + ":" + library;
}

Status Surroundings::set_disk(const TrialSetup& setup, World& world) {
  if (!setup.disk_full && !setup.disk_delay) return ok();
  const std::string shim = TRY(shim_path(world));
  preload(shim);
  if (setup.disk_delay) {
    environment_["CULPRIT_DISK_DELAY_FOLDER"] =
        real_path(setup.disk_delay->folder, setup.directory);
    environment_["CULPRIT_DISK_DELAY_NS"] = std::to_string(setup.disk_delay->each.count());
  }
  if (!setup.disk_full) return ok();
  std::string folder = world.environment("TMPDIR");
  if (folder.empty()) folder = "/tmp";
  environment_["CULPRIT_DISK_FULL_FOLDER"] = real_path(setup.disk_full->folder, setup.directory);
  environment_["CULPRIT_DISK_FULL_BYTES"] = std::to_string(setup.disk_full->bytes_max);
  std::string tally = TRY(zeros(folder + "/" + unique_name(), sizeof(std::uint64_t)));
  environment_["CULPRIT_DISK_FULL_TALLY"] = std::move(tally);
  return ok();
}

Status Surroundings::set_clock(const TrialSetup& setup, World& world) {
  if (setup.clock.empty()) return ok();
  const auto own_zone = setup.environment.find("TZ");
  std::string zone = own_zone == setup.environment.end() ? "local" : own_zone->second;
  if (zone.starts_with(':')) zone.erase(0, 1);
  const Duration shift = TRY(clock_shift(setup.clock, zone, world.now()));
  if (shift == Duration::zero()) return ok();
  if (const std::string library = faketime_path(world); !library.empty()) {
    preload(library);
    return use_faketime(shift);
  }
  const std::string shim = TRY(shim_path(world));
  preload(shim);
  environment_["CULPRIT_CLOCK_SHIFT_NS"] = std::to_string(shift.count());
  return ok();
}

// libfaketime makes a semaphore and a segment of shared memory, which it leaves behind where its
// program is killed; those that FAKETIME_SHARED names it only uses.
Status Surroundings::use_faketime(Duration shift) {
  constexpr std::size_t shared_bytes = 4096;  // of 80 that 0.9.10 uses
  environment_["FAKETIME"] = fmt::format("{:+.9f}", seconds(shift));
  environment_["FAKETIME_DONT_FAKE_MONOTONIC"] = "1";
  environment_["NO_FAKE_STAT"] = "1";
  const std::string name = unique_name();
  sem_t* semaphore = ::sem_open(("/" + name).c_str(), O_CREAT | O_EXCL, 0600, 1);
  if (semaphore == SEM_FAILED) return ok();  // it makes its own
  ::sem_close(semaphore);
  files_.push_back("/dev/shm/sem." + name);
  TRY(zeros("/dev/shm/" + name, shared_bytes));
  environment_["FAKETIME_SHARED"] = fmt::format("/{} /{}", name, name);
  return ok();
}

Result<std::string> Surroundings::zeros(std::string path, std::size_t bytes) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) {
    return error(Fault::unavailable, "cannot make {}: {}", path, std::strerror(errno));
  }
  files_.push_back(path);
  const int failed = ::ftruncate(file, static_cast<off_t>(bytes));
  ::close(file);
  if (failed != 0) return error(Fault::unavailable, "cannot make {}: no space", path);
  return path;
}

Surroundings::Surroundings(Surroundings&& other) noexcept { *this = std::move(other); }

Surroundings& Surroundings::operator=(Surroundings&& other) noexcept {
  std::swap(environment_, other.environment_);
  std::swap(files_, other.files_);
  return *this;
}

Surroundings::~Surroundings() {
  for (const std::string& file : files_) ::unlink(file.c_str());
}

}  // namespace culprit
