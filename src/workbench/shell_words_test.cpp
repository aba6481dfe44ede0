#include "workbench/shell_words.h"

#include <doctest/doctest.h>

namespace culprit {

TEST_CASE("words of a text that a shell is given, without what ends a command") {
  using Words = std::vector<std::string>;
  CHECK(shell_text_words({"sh", "-c", "./t.sh; (./u 'a b')&& x"}) ==
        Words{"./t.sh", "./u", "a b", "x"});
  CHECK(shell_text_words({"/bin/bash", "-c", "a", "name"}) == Words{"a"});
  CHECK(shell_text_words({"sh", "./t.sh"}).empty());
  CHECK(shell_text_words({"python3", "-c", "print(1)"}).empty());
  CHECK(shell_text_words({"sh", "-c"}).empty());
}

}  // namespace culprit
