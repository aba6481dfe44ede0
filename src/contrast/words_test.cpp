#include "contrast/words.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace culprit {
namespace {

std::string words_of(std::string_view text) {
  std::string all;
  each_word(text,
            [&](std::string_view word) { all += (all.empty() ? "" : " ") + std::string(word); });
  return all;
}

TEST_CASE("identifiers give their parts and themselves") {
  struct Row {
    std::string text;
    std::string words;
  };
  const std::vector<Row> rows = {
      {"payment_timeout", "payment timeout paymenttimeout"},
      {"paymentTimeout", "payment timeout paymenttimeout"},
      {"HTTPServerError", "http server error httpservererror"},
      {"eu-west gateway_host=<*>", "west gateway host gatewayhost"},
      {"clients, retries and status", "client retrie and status"},
      {"v2 3000 ab x", ""},
      {"zu_größe", "größe zugröße"},
      {"__init__", "init"},
      {"", ""},
      {std::string(100, 'a'), std::string(48, 'a')},
  };
  for (const Row& row : rows) CHECK(words_of(row.text) == row.words);
}

TEST_CASE("words that say nothing are known") {
  CHECK(is_stop_word("the"));
  CHECK(is_stop_word("return"));
  CHECK_FALSE(is_stop_word("timeout"));
  CHECK_FALSE(is_stop_word(""));
}

}  // namespace
}  // namespace culprit
