#include "experiment/descendants.h"

#include <csignal>
#include <cstddef>
#include <cstdint>

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace culprit {
namespace {

// pid_max of the kernel's default; more processes than that are reached in the next rounds.
constexpr std::size_t processes_max = 32'768;
constexpr std::size_t stat_bytes = 512;  // its first fields are what is read

struct Process {
  pid_t id;
  pid_t parent;
  bool descends;
};
Process table[processes_max];

struct Entry {  // what getdents64 gives, see getdents(2)
  std::uint64_t inode;
  std::int64_t offset;
  std::uint16_t length;
  std::uint8_t type;
  char name[1];
};

// The number that a text begins with; 0: none.
pid_t number_at(const char* text) {
  pid_t number = 0;
  while (*text >= '0' && *text <= '9') number = number * 10 + (*text++ - '0');
  return number;
}

// "4711 (its name) S 42 ...": the name may hold anything, but the last parenthesis closes it.
pid_t parent_in(const char* stat, std::size_t size) {
  std::size_t at = size;
  while (at > 0 && stat[at - 1] != ')') --at;
  return at + 3 < size ? number_at(stat + at + 3) : 0;
}

pid_t parent_of(int proc, const char* name) {
  char path[32] = {};
  std::size_t length = 0;
  while (length < 20 && name[length] != '\0') {
    path[length] = name[length];
    ++length;
  }
  constexpr char file[] = "/stat";
  for (std::size_t i = 0; i < sizeof file; ++i) path[length + i] = file[i];
  const int opened = ::openat(proc, path, O_RDONLY | O_CLOEXEC);
  if (opened < 0) return 0;
  char stat[stat_bytes + 1] = {};
  const ssize_t got = ::read(opened, stat, stat_bytes);
  ::close(opened);
  return got > 0 ? parent_in(stat, static_cast<std::size_t>(got)) : 0;
}

std::size_t read_table() {
  const int proc = ::open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (proc < 0) return 0;
  std::size_t count = 0;
  alignas(Entry) char buffer[1 << 15];
  for (;;) {
    const long got = ::syscall(SYS_getdents64, proc, buffer, sizeof buffer);
    if (got <= 0) break;
    for (long at = 0; at < got;) {
      const auto* entry = reinterpret_cast<const Entry*>(buffer + at);
      at += entry->length;
      const pid_t id = number_at(entry->name);
      if (id == 0 || count == processes_max) continue;
      table[count++] = {id, parent_of(proc, entry->name), false};
    }
  }
  ::close(proc);
  return count;
}

bool descends_from(pid_t ancestor, std::size_t count, pid_t parent) {
  if (parent == ancestor) return true;
  for (std::size_t i = 0; i < count; ++i) {
    if (table[i].id == parent) return table[i].descends;
  }
  return false;
}

}  // namespace

void signal_descendants(int signal) {
  const pid_t self = ::getpid();
  const std::size_t count = read_table();
  bool found = true;
  while (found) {  // a child may stand before its parent: numbers are used again
    found = false;
    for (std::size_t i = 0; i < count; ++i) {
      if (table[i].descends || !descends_from(self, count, table[i].parent)) continue;
      table[i].descends = true;
      found = true;
    }
  }
  for (std::size_t i = 0; i < count; ++i) {
    if (table[i].descends) ::kill(table[i].id, signal);
  }
}

}  // namespace culprit
