#include "contrast/written_symptom.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

namespace culprit {
namespace {

bool has_message(const WrittenSymptom& symptom, const std::string& text) {
  return std::any_of(symptom.messages.begin(), symptom.messages.end(),
                     [&](const Symptom& message) { return message.text == text; });
}

double weight_of(const WrittenSymptom& symptom, const std::string& text) {
  for (const Symptom& message : symptom.messages) {
    if (message.text == text) return message.weight;
  }
  return 0;
}

}  // namespace

TEST_CASE("the message of a line is found behind whatever a logger puts before it") {
  struct Row {
    const char* line;
    const char* message;
  };
  const Row rows[] = {
      {"2025-11-20T13:47:38.718Z ERROR [pool-6] payments.client - payment timeout host=gw-3 after "
       "400 ms",
       "payment timeout host=gw-3 after <*> ms"},
      {"{\"ts\":\"2025-11-20T13:47:38Z\",\"level\":\"error\",\"msg\":\"stock lease expired for sku "
       "24\"}",
       "stock lease expired for sku <*>"},
      {"ts=2025-11-20T13:47:38Z level=error msg=\"cannot lock order 7\" order=7",
       "cannot lock order <*>"},
      {"ValueError: invalid literal for amount: '12,5'", "invalid literal for amount: '<*>,<*>'"},
      {"The page says \"payment could not be completed\" since noon.",
       "payment could not be completed"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.line);
    const WrittenSymptom symptom = read_symptom(row.line);
    CHECK(has_message(symptom, row.message));
  }
}

TEST_CASE("errors weigh more than what a program says all day") {
  const WrittenSymptom symptom = read_symptom(
      "2026-03-01 10:00:00 INFO  cart - cart 7 was opened by 9\n"
      "2026-03-01 10:00:01 ERROR cart - cart 7 cannot be priced\n");
  CHECK(weight_of(symptom, "cart <*> cannot be priced") >
        weight_of(symptom, "cart <*> was opened by <*>"));
  CHECK(symptom.words.find("priced") != std::string::npos);
  CHECK(symptom.words.find("opened") == std::string::npos);
}

TEST_CASE("lines that differ in numbers only count once") {
  const WrittenSymptom symptom = read_symptom(
      "ERROR cannot price cart 1\nERROR cannot price cart 2\nERROR cannot price cart 3\n");
  CHECK(symptom.words == "ERROR cannot price cart <*>\n");
}

TEST_CASE("frames of libraries and of the language are left out") {
  const WrittenSymptom symptom = read_symptom(
      "Traceback (most recent call last):\n"
      "  File \"/usr/lib/python3/site-packages/web/app.py\", line 8, in dispatch\n"
      "  File \"/srv/shop/pay.py\", line 12, in charge\n"
      "KeyError: 'owner_id'\n");
  REQUIRE(symptom.frames.size() == 1);
  CHECK(symptom.frames[0].path == "/srv/shop/pay.py");
  CHECK(symptom.frames[0].depth == 0);
  CHECK(symptom.words.find("owner_id") != std::string::npos);
  CHECK(symptom.words.find("dispatch") == std::string::npos);
}

TEST_CASE("an empty symptom says nothing") {
  for (const char* text : {"", "\n \n", "\t"}) {
    const WrittenSymptom symptom = read_symptom(text);
    CHECK(symptom.messages.empty());
    CHECK(symptom.frames.empty());
    CHECK(symptom.words.empty());
  }
}

}  // namespace culprit
