#include "workbench/source_options.h"

#include <fmt/format.h>

namespace culprit {

Result<RecogniseOptions> with_format(RecogniseOptions options, const std::string& format) {
  options.format = format_named(format);
  if (options.format != nullptr) return options;
  Error made = error(Fault::usage, "there is no format {}", format);
  for (const Format& known : formats()) {
    made.advice += fmt::format("{}--format {}", made.advice.empty() ? "" : "   or ", known.name);
  }
  return made;
}

}  // namespace culprit
