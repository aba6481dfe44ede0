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

TEST_CASE("each text has one number, in the order of first sight") {
  Dictionary dictionary;
  std::vector<std::string> texts;
  for (int i = 0; i < 20'000; ++i) texts.push_back("text number " + std::to_string(i * 7919));
  texts.push_back("");
  texts.push_back(std::string(100'000, 'x'));  // larger than a chunk of the arena
  texts.push_back(std::string("a\0b", 3));
  for (std::size_t i = 0; i < texts.size(); ++i) REQUIRE(dictionary.add(texts[i]) == i);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    REQUIRE(dictionary.add(texts[i]) == i);
    REQUIRE(dictionary.find(texts[i]) == i);
    REQUIRE(dictionary[static_cast<std::uint32_t>(i)] == texts[i]);
  }
  CHECK(dictionary.size() == texts.size());
  CHECK(dictionary.find("another") == Dictionary::none);
}

TEST_CASE("texts of one hash are told apart") {
  Dictionary dictionary;
  CHECK(dictionary.add("a", 5, 10) == 0);
  CHECK(dictionary.add("b", 5, 10) == 1);
  CHECK(dictionary.add("a", 5, 10) == 0);
  CHECK(dictionary.find("b", 5) == 1);
  CHECK(dictionary.find("c", 5) == Dictionary::none);
}

TEST_CASE("a full dictionary knows its texts and takes no others") {
  Dictionary dictionary;
  CHECK(dictionary.add("a", hash_of("a"), 2) == 0);
  CHECK(dictionary.add("b", hash_of("b"), 2) == 1);
  CHECK(dictionary.add("c", hash_of("c"), 2) == Dictionary::none);
  CHECK(dictionary.add("a", hash_of("a"), 2) == 0);
  CHECK(dictionary.size() == 2);
}

TEST_CASE("an empty dictionary has nothing, and is empty again when cleared") {
  Dictionary dictionary;
  CHECK(dictionary.find("a") == Dictionary::none);
  dictionary.add("a");
  dictionary.clear();
  CHECK(dictionary.size() == 0);
  CHECK(dictionary.find("a") == Dictionary::none);
  CHECK(dictionary.add("b") == 0);
}

}  // namespace culprit
