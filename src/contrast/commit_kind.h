// A CommitKind is what a commit changes: code, or what seldom breaks a running system.
//
// It is read off paths and lines: tests, prose, formatting, lock files, the build's own settings.
#pragma once

#include <cstdint>
#include <string_view>

#include "contrast/commits.h"

namespace culprit {

enum class CommitKind : std::uint8_t {
  code,
  settings,      // yaml, toml, sql, env...: often at fault, and with code alone in being so
  dependencies,  // manifests and lock files
  build,         // CI, editors, ignore files
  beside,        // examples, benchmarks
  formatting,    // white space only
  tests,
  prose,
  unknown,  // its diff could not be read
};

CommitKind kind_of_file(const FileDiff& file);

// The kind of its likeliest file.
CommitKind kind_of_commit(const CommitText& commit);

// How likely it breaks production, against code.
double prior_of(CommitKind kind);

// About 0.6 for one line, 1 for ten, 2 for a hundred, 4 for a thousand: lines added are what tells
// faulty commits best, of all that a commit says by itself, yet each line less than the one before.
double size_factor(const CommitText& commit);

// "changes tests only"; empty for code and settings.
std::string_view note_on(CommitKind kind);

}  // namespace culprit
