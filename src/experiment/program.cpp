#include "experiment/program.h"

#include <climits>
#include <cstring>

#include <elf.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <fstream>

namespace culprit {
namespace {

constexpr std::size_t header_bytes_max = 1 << 16;  // program headers and notes stand in the front

#if defined(__x86_64__)
constexpr unsigned own_machine = EM_X86_64;
#elif defined(__aarch64__)
constexpr unsigned own_machine = EM_AARCH64;
#else
constexpr unsigned own_machine = EM_NONE;  // any
#endif

std::string front_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string bytes(header_bytes_max, '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(std::max<std::streamsize>(file.gcount(), 0)));
  return bytes;
}

template <typename T>
std::optional<T> at(std::string_view bytes, std::uint64_t offset) {
  if (offset > bytes.size() || bytes.size() - offset < sizeof(T)) return std::nullopt;
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}

// A part holds several notes where the system's linker made it (programs with cgo).
bool has_go_note(std::string_view bytes, const Elf64_Phdr& part) {
  const std::uint64_t align = part.p_align == 8 ? 8 : 4;
  const auto aligned = [&](std::uint64_t size) { return (size + align - 1) / align * align; };
  for (std::uint64_t offset = 0; offset < part.p_filesz;) {
    const auto note = at<Elf64_Nhdr>(bytes, part.p_offset + offset);
    const auto owner = at<std::array<char, 4>>(bytes, part.p_offset + offset + sizeof(Elf64_Nhdr));
    if (!note || !owner) return false;
    if (note->n_namesz == 4 && std::memcmp(owner->data(), "Go\0\0", 4) == 0) return true;
    offset += sizeof(Elf64_Nhdr) + aligned(note->n_namesz) + aligned(note->n_descsz);
  }
  return false;
}

Linkage linkage_in(std::string_view bytes) {
  const auto header = at<Elf64_Ehdr>(bytes, 0);
  if (!header || std::memcmp(header->e_ident, ELFMAG, SELFMAG) != 0) return Linkage::unknown;
  if (header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_ident[EI_DATA] != ELFDATA2LSB ||
      (own_machine != EM_NONE && header->e_machine != own_machine)) {
    return Linkage::foreign;
  }
  Linkage linkage = Linkage::fixed;
  for (unsigned i = 0; i < header->e_phnum; ++i) {
    const auto part =
        at<Elf64_Phdr>(bytes, header->e_phoff + std::uint64_t{i} * sizeof(Elf64_Phdr));
    if (!part) return Linkage::unknown;
    if (part->p_type == PT_NOTE && has_go_note(bytes, *part)) return Linkage::go;
    if (part->p_type == PT_INTERP) linkage = Linkage::dynamic;
  }
  return linkage;
}

// "#!/usr/bin/env python3" is python3.
std::string interpreter_in(std::string_view bytes, World& world) {
  std::string_view line = bytes.substr(2, bytes.find('\n') - 2);
  std::vector<std::string> words(1);
  for (const char each : line) {
    if (each != ' ' && each != '\t') {
      words.back() += each;
    } else if (!words.back().empty()) {
      words.emplace_back();
    }
  }
  if (words[0].ends_with("/env") && words.size() > 1) return program_path(words[1], world);
  return words[0];
}

bool is_program(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
         ::access(path.c_str(), X_OK) == 0;
}

Error unreached(const std::string& path, std::string_view why) {
  Error made = error(Fault::unavailable, "{} {}: nothing can be preloaded into it", path, why);
  made.advice = "leave this factor out, or run a build that is linked dynamically";
  return made;
}

Status reaches(const std::string& path) {
  switch (linkage_of(path)) {
    case Linkage::fixed: return unreached(path, "is linked statically");
    case Linkage::go: return unreached(path, "is a Go program, which asks the kernel by itself");
    case Linkage::foreign: return unreached(path, "is a program of another kind of machine");
    case Linkage::privileged: return unreached(path, "runs as another user (setuid, setgid)");
    case Linkage::dynamic:
    case Linkage::unknown: break;
  }
  return ok();
}

}  // namespace

Linkage linkage_of(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return Linkage::unknown;
  if ((status.st_mode & (S_ISUID | S_ISGID)) != 0) return Linkage::privileged;
  return linkage_in(front_of(path));
}

std::string program_path(const std::string& word, World& world) {
  if (word.find('/') != std::string::npos) return is_program(word) ? word : "";
  std::string path = world.environment("PATH");
  if (path.empty()) path = "/usr/bin:/bin";
  for (std::size_t from = 0; from <= path.size();) {
    const std::size_t colon = std::min(path.find(':', from), path.size());
    std::string found = path.substr(from, colon - from) + "/" + word;
    if (is_program(found)) return found;
    from = colon + 1;
  }
  return "";
}

Status preload_reaches(const std::vector<std::string>& command, World& world) {
  if (command.empty()) return ok();
  const std::string path = program_path(command[0], world);
  if (path.empty()) return ok();  // that it does not exist is told by whoever starts it
  const std::string bytes = front_of(path);
  if (!bytes.starts_with("#!")) return reaches(path);
  const std::string interpreter = interpreter_in(bytes, world);
  return interpreter.empty() ? ok() : reaches(interpreter);
}

Result<std::string> shim_path(World& world) {
  constexpr std::string_view name = "libculprit-shim.so";
  if (std::string told = world.environment("CULPRIT_SHIM"); !told.empty()) {
    if (::access(told.c_str(), R_OK) == 0) return told;
    return error(Fault::missing, "CULPRIT_SHIM names {}, which cannot be read", told);
  }
  char own[PATH_MAX];
  const ssize_t length = ::readlink("/proc/self/exe", own, sizeof own);
  std::string folder(own, static_cast<std::size_t>(std::max<ssize_t>(length, 0)));
  folder.resize(folder.find_last_of('/') == std::string::npos ? 0 : folder.find_last_of('/'));
  for (const std::string_view beside : {"", "/../lib/culprit"}) {
    std::string path = fmt::format("{}{}/{}", folder, beside, name);
    if (::access(path.c_str(), R_OK) == 0) return path;
  }
  Error made = error(Fault::missing, "{} is not installed", name);
  made.advice = "CULPRIT_SHIM=PATH names it; it belongs beside culprit or in ../lib/culprit";
  return made;
}

std::string faketime_path(World& world) {
  std::string told = world.environment("CULPRIT_FAKETIME");
  if (told == "none") return "";
  if (!told.empty()) return told;
  for (const std::string_view folder : {"/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu",
                                        "/usr/lib64", "/usr/lib", "/usr/local/lib"}) {
    std::string path = fmt::format("{}/faketime/libfaketimeMT.so.1", folder);
    if (::access(path.c_str(), R_OK) == 0) return path;
  }
  return "";
}

}  // namespace culprit
