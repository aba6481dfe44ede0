#include "store/embedded/code.h"

#include <random>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "event/expr.h"
#include "store/embedded/dictionary.h"

namespace culprit {

TEST_CASE("a number that fits gives its text and its number back") {
  for (const std::string text :
       {"0", "7", "-3", "500", "536870911", "-536870911", "0.5", "1.1", "-0.25", "12.3456", "0.1",
        "0.000012", "99999.9", "-123.456", "0.00000000000000000001"}) {
    CAPTURE(text);
    const auto made = code::of_text(text);
    REQUIRE(made);
    CHECK(code::is_number(*made));
    CHECK(code::text(*made) == text);
    CHECK(code::number(*made) == number_in(text));
  }
}

TEST_CASE("digits read all at once are read as one by one") {
  std::mt19937 dice(1);
  for (int i = 0; i < 200'000; ++i) {
    std::string text;
    const std::size_t size = dice() % 11;
    while (text.size() < size) text += static_cast<char>('0' + dice() % 10);
    if (!text.empty() && dice() % 4 == 0) text[dice() % size] = static_cast<char>(dice());
    if (!text.empty() && dice() % 3 == 0) text[dice() % size] = '.';
    CAPTURE(text);
    REQUIRE(code::of_digits(text) == code::of_text(text).value_or(code::no_number));
  }
}

TEST_CASE("what is not told apart by its number stays a text") {
  for (const std::string text :
       {"",      "-",   "-0",      "007",       "00",
        "1.10",  "5.0", "0.0",     "1.",        ".5",
        "1.2.3", "1e3", "12e4567", "536870912", "9876543210",
        "0x10",  "1a",  "1.5s",    "-1-",       "1.2345678901234567890123456"}) {
    CAPTURE(text);
    CHECK_FALSE(code::of_text(text));
  }
}

TEST_CASE("a measurement is known to six digits") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"0.1234567", "0.123457"}, {"12.345678", "12.3457"}, {"999.99951", "1000"},
      {"-2.00000049", "-2"},     {"4.0000005", "4"},       {"1234567.5", "1234570"},
      {"0.99999951", "1"},       {"123456.7", "123457"},   {"0.00000123456789", "0.00000123457"},
      {"9999995.1", "10000000"}, {"100.0000", "100"},      {"5368709129.5", "5368710000"},
  };
  for (const auto& row : cases) {
    const auto& text = row.first;
    const auto& known = row.second;
    CAPTURE(text);
    const auto made = code::of_text(text);
    REQUIRE(made);
    CHECK(code::text(*made) == known);
    CHECK(code::number(*made) == number_in(known));
  }
}

TEST_CASE("a number has one code, however it was written") {
  CHECK(code::of_text("1234567.5") == code::of_text("1234570"));
  CHECK(code::of_text("999.99951") == code::of_text("1000"));
  CHECK(code::of_text("0.1234567") == code::of_text("0.123457"));
  CHECK(code::of_text("1.1") != code::of_text("-1.1"));
}

TEST_CASE("a number that the dictionary has no room for keeps six digits, a text its hash") {
  const std::vector<std::pair<std::string, double>> cases = {
      {"1073741824", 1073740000},
      {"12345678901", 12345700000},
      {"-9876543210", -9876540000},
      {"007", 7},
      {"1e3", 1000},
      {"1.50", 1.5},
      {"+2.5e-7", 2.5e-7},
      {"0.0", 0},
      {"-0", 0},
      {"123456789012345678901234567890", 1.23457e29}};
  for (const auto& row : cases) {
    const auto& text = row.first;
    const auto& number = row.second;
    CAPTURE(text);
    const Code made = code::without_text(text, hash_of(text));
    REQUIRE(code::is_number(made));
    CHECK(code::number(made) == doctest::Approx(number).epsilon(1e-12));
  }
  CHECK(code::without_text("eu-west", 5) == code::of_hash(5));
  CHECK(code::is_hash(code::without_text("1e308", 7)));  // its power does not fit
}

}  // namespace culprit
