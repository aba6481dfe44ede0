#include "workbench/kept_findings.h"

#include <algorithm>

#include "case/case.h"
#include "parse/document.h"

namespace culprit {

Result<std::string> kept_findings(World& world, const std::string& prior) {
  if (prior != "case") return world.read(prior, document_bytes_max);
  const Case kept = TRY(Case::open(world, {}));
  const std::vector<Entry> entries = TRY(kept.entries());
  const auto found = std::find_if(entries.rbegin(), entries.rend(),
                                  [](const Entry& one) { return one.kind == "investigate"; });
  if (found == entries.rend()) {
    Error made = error(Fault::missing, "the case holds no investigation");
    made.advice = "culprit investigate logs/   comes first, or --prior FILE of its --json";
    return made;
  }
  Entry whole = TRY(kept.entry(found->number));
  return std::move(whole.result);
}

}  // namespace culprit
