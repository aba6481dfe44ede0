#include "workbench/source_options.h"

#include <fmt/format.h>

namespace culprit {

Result<RecogniseOptions> with_format(RecogniseOptions options, const std::string& format) {
  options.format = format_named(format);
  if (options.format != nullptr) return options;
  std::string names;
  for (const Format& known : formats()) {
    names += fmt::format("{}{}", names.empty() ? "" : ", ", known.name);
  }
  Error made = error(Fault::usage, "there is no format {}; there are {}", format, names);
  made.advice = "leave out --format: it is recognised";
  return made;
}

}  // namespace culprit
