// The World is everything outside the program: clock, files, processes, randomness.
//
// Hands and the workbench reach it only through here, so that a test can give them a SimWorld: a
// clock that moves when told, files in memory that can be made to fail on the n-th operation.
// Minds never see a World. One of the two places where culprit uses inheritance.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace culprit {

struct FileInfo {
  enum class Type : std::uint8_t { regular, directory, pipe, other };
  Type type = Type::other;
  std::uint64_t size = 0;
  std::uint64_t identity = 0;  // device and inode mixed: equal for two names of one file
  Time changed = no_time;      // its bytes, last
};

// A File is open for reading until it is destroyed. It owns its descriptor, or shares the bytes
// of a SimWorld's file with that world (which may replace the file while it is being read).
class File {
 public:
  static File of_descriptor(int descriptor, std::string path);
  static File of_bytes(std::shared_ptr<const std::string> bytes, std::string path);
  File(File&& other) noexcept;
  File& operator=(File&& other) noexcept;
  ~File();

  // Fills `into` from `offset` on; fewer bytes only at the end. Safe from several threads.
  Result<std::size_t> read_at(std::uint64_t offset, std::span<char> into) const;
  // Reads on from wherever the descriptor stands: for pipes and devices.
  Result<std::size_t> read_next(std::span<char> into);
  // Appends; only for files made by World::spool().
  Status append(std::span<const char> bytes);

  // Another view of the same file, standing at its start; the descriptor is duplicated, so
  // read_next() of two views must not be mixed.
  Result<File> reopened() const;

  const std::string& path() const { return path_; }
  // Bytes in a regular file at this moment; nothing for a pipe.
  std::optional<std::uint64_t> size() const;
  // Of the file itself, whatever its path names meanwhile.
  Result<FileInfo> info() const;
  // Whether read_next() has something to give, or the end, within that time. Errors: interrupted.
  Result<bool> readable(Duration within) const;

 private:
  File() = default;
  int descriptor_ = -1;
  std::shared_ptr<const std::string> bytes_;
  std::uint64_t position_ = 0;  // of read_next on bytes_
  std::string path_;
};

struct Ran {
  int exit_code = 0;  // 128 + n when it died of signal n
  std::string out;    // both bounded by output_bytes_max
  std::string error;
  static constexpr std::size_t output_bytes_max = 64 << 20;
};

// A Child is a program that runs beside culprit and is gone when this value is.
class Child {
 public:
  static Child of_process(int id, File out, File errors);
  static Child of_answer(const Ran& ran);  // of a SimWorld: it is over
  Child(Child&& other) noexcept;
  Child& operator=(Child&& other) noexcept;
  ~Child();

  File& out() { return *out_; }  // its standard output, to read_next() of
  // Waits for its end; `out` is empty, `error` the beginning of what it complained.
  Result<Ran> finish();

 private:
  Child() = default;
  int id_ = 0;  // of its process; 0: it is over
  std::optional<File> out_;
  std::optional<File> errors_;
  Ran ran_;
};

class World {
 public:
  virtual ~World() = default;

  // What a Child says on its standard error: kept for finish(), or a part of its output.
  enum class Complaints : std::uint8_t { kept, joined };

  virtual Time now() = 0;
  virtual void sleep(Duration time) = 0;  // a signal ends it early
  virtual std::uint64_t random_seed() = 0;
  virtual std::string environment(std::string_view name) = 0;  // empty: not set
  virtual std::string working_directory() = 0;

  virtual Result<File> open(const std::string& path) = 0;
  virtual Result<File> standard_input() = 0;
  // An unnamed file that is gone with its File; in `TMPDIR`, else /tmp.
  virtual Result<File> spool() = 0;
  virtual Result<FileInfo> info(const std::string& path) = 0;
  virtual Result<std::vector<std::string>> list(const std::string& directory) = 0;  // sorted names
  // Whole or not at all, with the mode that it had. Links are followed; a pipe or a device is
  // written into as it is.
  virtual Status write(const std::string& path, std::string_view bytes) = 0;

  // Runs a program to its end with nothing on its standard input.
  virtual Result<Ran> run(const std::vector<std::string>& command,
                          const std::string& directory) = 0;
  // The same, without waiting for its end, and for any amount of output.
  virtual Result<Child> start(const std::vector<std::string>& command, Complaints complaints) = 0;

  // Whole file, at most `bytes_max` (an Error beyond it).
  Result<std::string> read(const std::string& path, std::size_t bytes_max);
};

// The real one. Errors say the path and what to do about it.
std::unique_ptr<World> real_world();

// Asked for a stop (SIGINT, SIGTERM, ...)? Long loops look here and return Fault::interrupted.
void watch_for_interrupts();
bool interrupted();
int interrupting_signal();  // 0: none
Error interrupted_error();

}  // namespace culprit
