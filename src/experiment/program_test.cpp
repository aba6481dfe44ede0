#include "experiment/program.h"

#include <fstream>

#include <doctest/doctest.h>

#include "experiment/scratch_test.h"

namespace culprit {
namespace {

// The least ELF file of one program header.
std::string tiny_program(std::uint32_t part_type, std::string_view part) {
  std::string bytes("\177ELF\2\1\1", 7);
  const auto put = [&](std::uint64_t value, int size) {
    for (int i = 0; i < size; ++i) bytes += static_cast<char>(i < 8 ? value >> (8 * i) : 0);
  };
  bytes.resize(16, '\0');
#ifdef __aarch64__
  const std::uint64_t machine = 183;
#else
  const std::uint64_t machine = 62;
#endif
  put(2, 2), put(machine, 2), put(1, 4), put(0, 8), put(64, 8), put(0, 8), put(0, 4);
  put(64, 2), put(56, 2), put(1, 2), put(0, 6);
  put(part_type, 4), put(4, 4), put(120, 8), put(0, 16), put(part.size(), 8), put(0, 16);
  return bytes.append(part);
}

std::string write_program(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
  std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  return path;
}

}  // namespace

TEST_CASE("what kind of program a file is") {
  const TestFolder folder;
  using namespace std::string_literals;
  const std::string go_note = "\4\0\0\0\4\0\0\0\4\0\0\0Go\0\0abcd"s;
  const std::string gnu_note = "\4\0\0\0\4\0\0\0\3\0\0\0GNU\0abcd"s;
  struct Row {
    std::string path;
    Linkage linkage;
  };
  const Row rows[] = {
      {"/bin/sh", Linkage::dynamic},
      {"/proc/self/exe", Linkage::dynamic},
      {write_program(folder.file("fixed"), tiny_program(1, "code")), Linkage::fixed},
      {write_program(folder.file("dynamic"), tiny_program(3, "ld.so")), Linkage::dynamic},
      {write_program(folder.file("go"), tiny_program(4, go_note)), Linkage::go},
      {write_program(folder.file("cgo"), tiny_program(4, gnu_note + go_note)), Linkage::go},
      {write_program(folder.file("noted"), tiny_program(4, gnu_note)), Linkage::fixed},
      {write_program(folder.file("cut"), tiny_program(3, "").substr(0, 100)), Linkage::unknown},
      {write_program(folder.file("32"), "\177ELF\1"s + std::string(200, '\0')), Linkage::foreign},
      {write_program(folder.file("empty"), ""), Linkage::unknown},
      {folder.file("missing"), Linkage::unknown},
  };
  for (const Row& row : rows) {
    CAPTURE(row.path);
    CHECK(linkage_of(row.path) == row.linkage);
  }
  const std::string privileged = write_program(folder.file("su"), tiny_program(3, "ld.so"));
  std::filesystem::permissions(privileged, std::filesystem::perms::set_uid,
                               std::filesystem::perm_options::add);
  CHECK(linkage_of(privileged) == Linkage::privileged);
}

TEST_CASE("a command that nothing can be preloaded into is named with the reason") {
  const std::unique_ptr<World> world = real_world();
  const TestFolder folder;
  const std::string fixed = write_program(folder.file("fixed"), tiny_program(1, "code"));
  CHECK(preload_reaches({"sh", "-c", "true"}, *world));
  CHECK(preload_reaches({}, *world));
  CHECK(preload_reaches({folder.file("missing")}, *world));
  const Status refused = preload_reaches({fixed}, *world);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().what == fixed + " is linked statically: nothing can be preloaded into it");
  const std::string script = write_program(folder.file("script"), "#!" + fixed + "\n");
  CHECK_FALSE(preload_reaches({script}, *world));
  const std::string by_env = write_program(folder.file("by-env"), "#!/usr/bin/env sh\n");
  CHECK(preload_reaches({by_env}, *world));
}

TEST_CASE("the shim is found where it was told, or its absence is explained") {
  const std::unique_ptr<World> world = real_world();
  const TestFolder folder;
  CHECK(shim_path(*world));
  ::setenv("CULPRIT_SHIM", "/nowhere.so", 1);
  CHECK(shim_path(*world).error().what == "CULPRIT_SHIM names /nowhere.so, which cannot be read");
  ::unsetenv("CULPRIT_SHIM");
  CHECK(shim_path(*world).error().fault == Fault::missing);  // tests do not lie beside culprit
}

}  // namespace culprit
