// What varies in a skeleton's text by its shape alone, made holes: dates with names of months, the
// C library's error texts, dotted names ("cache.service", "www.shop.test"), placeholders
// ("<none>"), lists ("ann, bob, cy"), what an arrow leads from and to, statements of SQL and what
// "statement:", "query:" or "command:" introduces, holes with nothing but punctuation between them;
// and, where the source shows that they vary, the values of `key:value` and the keys of runs of
// `key=<*>` (template_keys.h).
//
// No shape names a product; the texts of errors are those that every C library and every Go
// program share.
#pragma once

#include <map>
#include <string>

namespace culprit {

// Each skeleton's text without what varies by its shape.
std::map<std::string, std::string> without_shapes(const std::map<std::string, double>& skeletons);

}  // namespace culprit
