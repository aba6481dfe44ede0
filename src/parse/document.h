// Reads one document whole: JSON, YAML, TOML, INI, an environment, an HTTP exchange, a trace, or
// plain lines.
//
// Recognised by what it says; the ending of its name only decides what the text leaves open. The
// elements of a list are known by a name they all have ("[name=pg-2]"), else by their place. Of
// OTLP's and Jaeger's JSON the spans are the values, each below the spans that called it.
//
// Bounded: 64 MB, 64 levels, 200,000 values (aliases of YAML count each time).
#pragma once

#include <string_view>

#include "base/result.h"
#include "event/document.h"

namespace culprit {

constexpr std::size_t document_bytes_max = 64 << 20;

// Errors: malformed, where the name or the beginning promises a notation that the rest does not
// keep, or a bound is passed; with the place.
Result<Document> read_document(std::string_view text, std::string_view name);

}  // namespace culprit
