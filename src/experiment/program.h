// What culprit can preload into a command: nothing into one that no dynamic linker starts.
//
// It is read from the file itself (ELF program headers: PT_INTERP is the dynamic linker, a note of
// owner "Go" the Go compiler's, whose programs ask the kernel without the C library). A script
// counts as its interpreter; the programs that it starts in turn are not looked at.
#pragma once

#include <string>
#include <vector>

#include "base/world.h"

namespace culprit {

enum class Linkage : std::uint8_t { dynamic, fixed, go, foreign, privileged, unknown };

// Of a file; `unknown`: unreadable, or no program of this system.
Linkage linkage_of(const std::string& path);

// The file that a word of a command names, by PATH; empty: none.
std::string program_path(const std::string& word, World& world);

// Whether what is preloaded reaches the command; the Error says why not.
Status preload_reaches(const std::vector<std::string>& command, World& world);

// libculprit-shim.so: CULPRIT_SHIM, else beside culprit, else in ../lib/culprit.
Result<std::string> shim_path(World& world);
// libfaketime for programs with threads: CULPRIT_FAKETIME ("none": not to be used), else where
// Debian and others install it; empty: not there.
std::string faketime_path(World& world);

}  // namespace culprit
