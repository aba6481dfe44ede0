#include "experiment/offspring.h"

#include <unistd.h>

namespace culprit {
namespace {

// Before Linux 5.9 there is no close_range; culprit opens far fewer than these.
constexpr unsigned descriptors_max = 4096;

void close_from_to(unsigned first, unsigned last) {
  if (first > last || ::close_range(first, last, 0) == 0) return;
  for (unsigned each = first; each <= last && each < descriptors_max; ++each) {
    ::close(static_cast<int>(each));
  }
}

}  // namespace

void close_all_but(int descriptor) {
  if (descriptor > 0) close_from_to(0, static_cast<unsigned>(descriptor) - 1);
  close_from_to(static_cast<unsigned>(descriptor + 1), ~0U);
}

}  // namespace culprit
