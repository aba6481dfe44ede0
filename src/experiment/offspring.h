// What a process that culprit forked for itself, and that never becomes a program, does first.
//
// Safe between fork and exec.
#pragma once

namespace culprit {

// Closes every descriptor but one (-1: every one): a pipe whose other end somebody reads must not
// stay open in a process that knows nothing of it.
void close_all_but(int descriptor);

}  // namespace culprit
