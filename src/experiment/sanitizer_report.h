// sanitizer_report finds what a sanitizer of gcc or clang, or of Go, complained of in an output.
#pragma once

#include <string>
#include <string_view>

namespace culprit {

// "AddressSanitizer: heap-use-after-free", "ThreadSanitizer: data race", "runtime error: signed
// integer overflow ..."; the first there is; empty: none.
std::string sanitizer_report(std::string_view output);

}  // namespace culprit
