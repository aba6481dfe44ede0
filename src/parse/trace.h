// Lines of a stack trace, a crash report or wrapped words, which belong to the event before them.
#pragma once

#include <string_view>

namespace culprit {

// Indented lines, and what Java, Python, Go, Rust, Node and .NET begin a trace's lines with.
bool continues_trace(std::string_view line);

// For lines that a strict format could not read: indented words, but no damaged piece of JSON, and
// what a crash begins with: "panic: ...", "Traceback (most recent call last):",
// "java.lang.NullPointerException: ...".
bool begins_trace(std::string_view line);

}  // namespace culprit
