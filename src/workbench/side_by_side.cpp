#include "workbench/side_by_side.h"

#include <atomic>
#include <thread>

namespace culprit {

void side_by_side(std::size_t count, const std::function<void(std::size_t)>& one) {
  constexpr std::size_t few = 64;  // a thread costs as much as some of them
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < count; i = next++) one(i);
  };
  if (count < few || std::thread::hardware_concurrency() < 2) return work();
  std::thread other(work);
  work();
  other.join();
}

}  // namespace culprit
