#include "store/embedded/skeleton_table.h"

#include <algorithm>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "base/sim_world.h"
#include "store/embedded/dictionary.h"
#include "store/embedded/evidence.h"

namespace culprit {
namespace {

std::uint32_t add(SkeletonTable& table, const std::string& text) {
  std::uint32_t number = table.add(hash_of(text), text).number;
  while (table.too_large()) {
    table.coarsen();
    number = table.add(hash_of(text), text).number;
  }
  return number;
}

// A word without digits for each number.
std::string word(std::size_t number) {
  std::string text = "w";
  for (; number > 0; number /= 26) text += static_cast<char>('a' + number % 26);
  return text;
}

}  // namespace

TEST_CASE("a skeleton is shortened by words") {
  const std::string text = "card <*> was refused by the bank";
  CHECK(coarse_skeleton(text, 0) == text);
  CHECK(coarse_skeleton(text, 1) == "card <*> was refused <*>");
  CHECK(coarse_skeleton(text, 2) == "card <*> <*>");
  CHECK(coarse_skeleton(text, 3) == "card <*>");
  CHECK(coarse_skeleton(text, 4) == "<*>");
  CHECK(coarse_skeleton("was refused", 2) == "was refused");
  CHECK(coarse_skeleton("refused", 3) == "refused");
}

TEST_CASE("a table of skeletons never has more entries than it may") {
  SkeletonTable table;
  for (std::size_t i = 0; i < 40'000; ++i) add(table, "user " + word(i) + " said " + word(i * 7));
  CHECK(table.entries().size() <= SkeletonTable::entries_max + 1);
  CHECK(table.coarseness() == 3);
  const std::uint32_t number = add(table, "user aaa said hello");
  CHECK(table.entries()[number].text == "user <*>");
}

TEST_CASE("prose is told apart by its first words, however it is read") {
  SimWorld world;
  std::string log;
  for (std::size_t i = 0; i < 20'000; ++i) {
    log += fmt::format("{{\"ts\":{},\"level\":\"{}\",\"msg\":\"{} told {} of {}\"}}\n",
                       1'763'647'200 + i, i % 50 == 0 ? "error" : "info",
                       i % 2 == 0 ? "somebody" : "nobody", word(i), word(i * 3));
  }
  world.put("prose.log", log);
  GatherOptions options;
  options.sources = {"prose.log"};
  std::vector<std::string> first;
  for (const unsigned threads : {1U, 3U}) {
    options.threads = threads;
    options.chunk_bytes = threads == 1 ? 4 << 20 : 5000;
    const Evidence evidence = std::move(read_evidence(world, options)).value();
    std::vector<std::string> texts;
    for (const EvidenceSkeleton& skeleton : evidence.skeletons) texts.push_back(skeleton.text);
    CHECK(texts == std::vector<std::string>{"", "nobody told <*>", "somebody told <*>"});
  }
}

}  // namespace culprit
