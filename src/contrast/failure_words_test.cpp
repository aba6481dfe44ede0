#include "contrast/failure_words.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

namespace culprit {
namespace {

bool means(std::string_view symptom, std::string_view code) {
  const auto words = failure_words(symptom);
  return std::find(words.begin(), words.end(), code) != words.end();
}

}  // namespace

TEST_CASE("reports are understood in the words of code") {
  CHECK(means("AttributeError: 'NoneType' object has no attribute 'card'", "none"));
  CHECK(means("the order is dated one day off around midnight", "utc"));
  CHECK(means("payments timed out: deadline exceeded", "timeout"));
  CHECK(means("some mails are sent twice", "lock"));
  CHECK(means("java.lang.IndexOutOfBoundsException: 3", "length"));
  CHECK(!means("some mails are sent twice", "utc"));
  CHECK(failure_words("").empty());
  CHECK(failure_words("the page is blue").empty());
}

TEST_CASE("each word comes once, whatever the report repeats") {
  const auto words = failure_words("timeout timeout stale cache cached twice race limit memory");
  const std::set<std::string_view> once(words.begin(), words.end());
  CHECK(once.size() == words.size());
}

}  // namespace culprit
