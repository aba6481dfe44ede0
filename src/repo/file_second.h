// A FileSecond is the whole second in which a file was last written: all that some programs see.
//
// Python takes a compiled file for fresh where its source has the size and the second that it was
// compiled from, whatever the bytes; some file systems keep no more either. Where two states of a
// file are shown to the same program, the second of one has to be another than that of the other,
// and later than all that was derived before, or make would not build. A time ahead of the clock
// is no way to that: make warns of it, and ninja never ends. So whoever writes waits.
#pragma once

#include <cstdint>
#include <limits>
#include <string>

#include "base/result.h"

namespace culprit {

using FileSecond = std::int64_t;  // since 1970
constexpr FileSecond never_written = std::numeric_limits<FileSecond>::min();

// Of a link itself; never_written, where nothing is.
FileSecond second_of(const std::string& path);

// The one in which a file would be written at this moment.
FileSecond file_second_now();

// Returns once what is written is of a later second: after one at most. What is dated ahead of the
// clock is not waited for.
void outlast(FileSecond second);

// As if it were written at this moment; its bytes stay.
Status touch(const std::string& path);

}  // namespace culprit
