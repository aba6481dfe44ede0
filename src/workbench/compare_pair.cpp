#include "workbench/compare_pair.h"

#include "parse/document.h"

namespace culprit {
namespace {

Result<Document> document_at(World& world, const std::string& path) {
  const std::string text = TRY(world.read(path, document_bytes_max).during("reading {}", path));
  return read_document(text, path).during("reading {}", path);
}

bool of_lines(const Document& document) { return document.format == "text"; }

}  // namespace

Result<ComparedPair> compare_pair(World& world, const std::string& good, const std::string& bad) {
  const Document works = TRY(document_at(world, good));
  const Document fails = TRY(document_at(world, bad));
  if (of_lines(works) != of_lines(fails) && !works.leaves.empty() && !fails.leaves.empty()) {
    Error made = error(Fault::malformed, "{} is {}, {} is {}: nothing in them can be compared",
                       good, works.format, bad, fails.format);
    made.advice = "give two documents of one kind: JSON, YAML, TOML, INI, environment, HTTP, trace";
    return made;
  }
  return ComparedPair{good, bad, works.format, fails.format, contrast_pair(works, fails)};
}

}  // namespace culprit
