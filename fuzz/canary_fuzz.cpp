// The canary has a bug on purpose: one byte is read beyond the end of the heap. A fuzzing set-up
// that does not find it finds nothing, so this target must fail.
#include <cstddef>
#include <cstdint>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::vector<std::uint8_t> copy(data, data + size);
  const bool at_the_bug = size > 3 && copy[0] == 'b' && copy[1] == 'u' && copy[2] == 'g';
  volatile std::uint8_t seen = 0;
  if (at_the_bug) seen = *(copy.data() + size);
  return seen == 1 ? -1 : 0;
}
