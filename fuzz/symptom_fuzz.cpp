// A written symptom: any bytes give frames and messages within their limits; the same bytes as a
// source file give functions that hold the line asked for.
#include <cstdint>
#include <string_view>

#include "base/verify.h"
#include "contrast/enclosing.h"
#include "contrast/written_symptom.h"

using namespace culprit;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const WrittenSymptom symptom = read_symptom(text);
  VERIFY(symptom.words.size() <= 3 * size + 2);
  for (const Frame& frame : symptom.frames) VERIFY(!frame.path.empty());
  const auto lines = lines_of(text);
  for (std::size_t line = 1; line <= lines.size() && line <= 50; ++line) {
    const LineRange range = enclosing_function(lines, line);
    VERIFY(range.first >= 1 && range.first <= line);
    VERIFY(range.last >= line && range.last <= lines.size());
    (void)enclosing_headers(lines, line);
  }
  (void)literal_matches(text.substr(0, 200), text);
  return 0;
}
