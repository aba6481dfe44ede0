#include "store/embedded/dictionary.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace culprit {

TEST_CASE("texts stay readable while a vector of dictionaries grows") {
  std::vector<Dictionary> dictionaries;
  for (int i = 0; i < 100; ++i) {
    dictionaries.emplace_back();
    dictionaries.back().add("value " + std::to_string(i));
  }
  for (std::size_t i = 0; i < dictionaries.size(); ++i) {
    const std::string text = "value " + std::to_string(i);
    CHECK(dictionaries[i][0] == text);
    CHECK(dictionaries[i].find(text) == 0);
  }
}

}  // namespace culprit
