// What a backslash and the bytes behind it stand for, in JSON and in logfmt.
#pragma once

namespace culprit {

// `at` stands behind the backslash and is moved behind the escape; what it stands for is written
// to `out`, as UTF-8, never more bytes than were read. Returns behind what was written, or nullptr
// where there is no escape (`at` may have moved then). Half of a surrogate pair becomes U+FFFD.
char* unescape(const char*& at, const char* end, char* out);

}  // namespace culprit
