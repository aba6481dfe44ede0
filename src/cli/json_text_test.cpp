#include "cli/json_text.h"

#include <doctest/doctest.h>

#include <random>

namespace culprit {
TEST_CASE("a string is what JSON says, and bytes that are not UTF-8 become U+FFFD") {
  using namespace std::string_view_literals;
  const std::pair<std::string_view, std::string_view> table[] = {
      {"", R"("")"},
      {"plain", R"("plain")"},
      {"a\"b\\c", R"("a\"b\\c")"},
      {"\n\r\t\x1b\x7f"sv, "\"\\n\\r\\t\\u001b\\u007f\""},
      {"a\0b"sv, "\"a\\u0000b\""},
      {"gr\xC3\xBC\xC3\x9F \xE2\x82\xAC \xF0\x9F\x94\xA5",
       "\"gr\xC3\xBC\xC3\x9F \xE2\x82\xAC \xF0\x9F\x94\xA5\""},
      {"\xFF|\xC3|\xE2\x82|\xC0\xAF|\xED\xA0\x80"sv,
       "\"\xEF\xBF\xBD|\xEF\xBF\xBD|\xEF\xBF\xBD\xEF\xBF\xBD|\xEF\xBF\xBD\xEF\xBF\xBD|"
       "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""},
  };
  for (const auto& [text, json] : table) CHECK(json_string(text) == json);
}

namespace {

// By arithmetic, where JsonText goes by the table of the standard.
bool is_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto lead = static_cast<unsigned char>(text[at]);
    const std::size_t length = lead < 0x80 ? 1 : lead >> 5 == 6 ? 2 : lead >> 4 == 14 ? 3 : 4;
    if ((lead >= 0x80 && lead < 0xC0) || lead >= 0xF8 || at + length > text.size()) return false;
    unsigned code = length == 1 ? lead : lead & (0x7FU >> length);
    for (std::size_t i = 1; i < length; ++i) {
      const auto byte = static_cast<unsigned char>(text[at + i]);
      if (byte >> 6 != 2) return false;
      code = code << 6 | (byte & 0x3FU);
    }
    constexpr unsigned least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (code < least[length] || code > 0x10FFFF || code >> 11 == 27) return false;
    at += length;
  }
  return true;
}

std::string unquoted(std::string_view json) {
  REQUIRE(json.size() >= 2);
  std::string text;
  for (json = json.substr(1, json.size() - 2); !json.empty(); json.remove_prefix(1)) {
    if (json.front() != '\\') {
      CHECK(json.front() != '"');
      CHECK(static_cast<unsigned char>(json.front()) >= 0x20);
      text += json.front();
      continue;
    }
    json.remove_prefix(1);
    const std::size_t known = std::string_view("nrt\"\\").find(json.front());
    if (known != std::string_view::npos) {
      text += "\n\r\t\"\\"[known];
    } else {
      REQUIRE(json.starts_with("u00"));
      text += static_cast<char>(std::stoi(std::string(json.substr(1, 4)), nullptr, 16));
      json.remove_prefix(4);
    }
  }
  return text;
}

}  // namespace

TEST_CASE("whatever the bytes, the result is UTF-8; of UTF-8 nothing is lost") {
  std::mt19937_64 dice(1);
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes;
    for (std::size_t i = dice() % 12; i > 0; --i) {
      // Mostly bytes that make up sequences of UTF-8.
      constexpr unsigned char likely[] = {0xC2, 0xE0, 0xED, 0xEF, 0xF0, 0xF4, 0x80, 0x8F,
                                          0x90, 0x9F, 0xA0, 0xBF, '"',  '\\', 'a',  0};
      bytes += static_cast<char>(dice() % 4 == 0 ? dice() % 256 : likely[dice() % 16]);
    }
    const std::string json = json_string(bytes);
    CHECK(is_utf8(json));
    const std::string back = unquoted(json);
    if (is_utf8(bytes)) {
      CHECK(back == bytes);
    } else {
      CHECK(back.find("\xEF\xBF\xBD") != std::string::npos);
    }
  }
}

TEST_CASE("numbers are those of JSON") {
  for (const char* text : {"0", "-0", "12", "-1.5", "1e9", "2.5E-3", "0.1"}) {
    CHECK(is_json_number(text));
  }
  for (const char* text : {"", "-", "01", "+1", "1.", ".5", "1e", "1 ", "0x1", "nan", "1,5"}) {
    CHECK_FALSE(is_json_number(text));
  }
}

}  // namespace culprit
