// in_parallel gives the tasks of one question to all cores, one at a time.
//
// Tasks write to places of their own; which thread takes which does not matter.
#pragma once

#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

namespace culprit {

constexpr std::size_t units_per_thread = 200'000;  // to count; below it a thread costs more

// Calls task(0) to task(count - 1). `work`: how many units or rows all of them look at.
template <typename Task>
void in_parallel(std::size_t count, std::size_t work, Task task) {
  std::atomic<std::size_t> next{0};
  const auto run = [&] {
    for (std::size_t i = next++; i < count; i = next++) task(i);
  };
  std::vector<std::thread> threads;
  const std::size_t cores = work > units_per_thread ? std::thread::hardware_concurrency() : 1;
  for (std::size_t i = 1; i < cores && i < count; ++i) threads.emplace_back(run);
  run();
  for (std::thread& thread : threads) thread.join();
}

}  // namespace culprit
