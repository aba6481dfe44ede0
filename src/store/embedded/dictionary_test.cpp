#include "store/embedded/dictionary.h"

#include <map>
#include <random>
#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace culprit {

TEST_CASE("each text has one number, in the order of first sight") {
  Dictionary dictionary;
  std::vector<std::string> texts;
  for (int i = 0; i < 20'000; ++i) texts.push_back("no " + std::to_string(i * 7919));
  for (int i = 0; i < 20'000; ++i) texts.push_back("a longer text " + std::to_string(i * 7919));
  texts.push_back("");
  texts.push_back(std::string(100'000, 'x'));
  texts.push_back(std::string("a\0b", 3));
  texts.push_back(std::string("a\0", 2));
  texts.push_back("a");
  for (std::size_t i = 0; i < texts.size(); ++i) {
    REQUIRE(dictionary.find(texts[i]).number == Dictionary::none);
    REQUIRE(dictionary.add(texts[i], i % 3 == 0 ? Kind::number : Kind::text, Dictionary::none) ==
            i);
  }
  for (std::size_t i = 0; i < texts.size(); ++i) {
    REQUIRE(dictionary.find(texts[i]).number == i);
    REQUIRE(dictionary.find(texts[i]).numeric == (i % 3 == 0));
    REQUIRE(dictionary[static_cast<std::uint32_t>(i)] == texts[i]);
  }
  CHECK(dictionary.size() == texts.size());
  CHECK(dictionary.find("another").number == Dictionary::none);
}

TEST_CASE("texts of every length and of few letters are told apart as a map does") {
  std::mt19937 dice(7);
  Dictionary dictionary;
  std::map<std::string, std::uint32_t> known;
  for (int i = 0; i < 50'000; ++i) {
    std::string text;
    for (std::size_t size = dice() % 20; text.size() < size;) text += "ab\0"[dice() % 3];
    const auto [entry, fresh] = known.emplace(text, static_cast<std::uint32_t>(known.size()));
    REQUIRE((dictionary.find(text).number == Dictionary::none) == fresh);
    if (fresh) REQUIRE(dictionary.add(text, Kind::text, Dictionary::none) == entry->second);
    REQUIRE(dictionary.find(text).number == entry->second);
  }
}

TEST_CASE("a full dictionary knows its texts and takes no others") {
  Dictionary dictionary;
  CHECK(dictionary.add("a", Kind::text, 2) == 0);
  CHECK(dictionary.add("b", Kind::text, 2) == 1);
  CHECK(dictionary.add("c", Kind::text, 2) == Dictionary::none);
  CHECK(dictionary.find("a").number == 0);
  CHECK(dictionary.find("c").number == Dictionary::none);
  CHECK(dictionary.size() == 2);
}

TEST_CASE("an empty dictionary has nothing, and is empty again when cleared") {
  Dictionary dictionary;
  CHECK(dictionary.find("a").number == Dictionary::none);
  dictionary.add("a", Kind::text, Dictionary::none);
  dictionary.clear();
  CHECK(dictionary.size() == 0);
  CHECK(dictionary.find("a").number == Dictionary::none);
  CHECK(dictionary.add("b", Kind::text, Dictionary::none) == 0);
}

}  // namespace culprit
