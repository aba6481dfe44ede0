// Whatever the level, and whatever was read before, a line is the same event: lines of the formats
// that have fast paths, whole and damaged, are read by each level with the memory of the lines
// before, and by the lowest level with none.
#include "parse/simd.h"

#include <array>
#include <map>
#include <random>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "parse/bytes.h"
#include "parse/reader_test.h"

namespace culprit {
namespace {

using Dice = std::mt19937_64;

std::string word_of(Dice& dice) {
  constexpr std::string_view parts[] = {"a",    "order", "7", "0",  "-",  ".",        "12", "true",
                                        "null", "x9",    "_", "/p", "ER", "\xC3\xA9", "%41"};
  std::string word;
  for (auto i = dice() % 9; i > 0; --i) word += parts[dice() % std::size(parts)];
  return word;
}

std::string time_of(Dice& dice) {
  return fmt::format("2025-11-20{}03:3{}:{:02}{}{:03}{}", dice() % 2 == 0 ? 'T' : ' ', dice() % 2,
                     dice() % 62, dice() % 3 == 0 ? ',' : '.', dice() % 1000,
                     dice() % 2 == 0 ? "Z" : "");
}

std::string json_line(Dice& dice) {
  std::string line = fmt::format(R"({{"ts":"{}","msg":"{}")", time_of(dice), word_of(dice));
  for (const char* key : {"user", "took", "ok", "a_key_of_more_than_thirty_two_bytes", "n"}) {
    if (dice() % 5 == 0) continue;
    const char* const quote = dice() % 2 == 0 ? "\"" : "";
    line += fmt::format(",\"{}\":{}{}{}", key, quote, word_of(dice), quote);
    if (dice() % 6 == 0) line += R"(,"in":{"host":"h1","at":17})";
  }
  return line + "}";
}

std::string logfmt_line(Dice& dice) {
  std::string line = fmt::format("ts={} level=info msg={}", time_of(dice), word_of(dice));
  for (const char* key : {"user", "took", "ok", "a_key_of_more_than_thirty_two_bytes", "n"}) {
    if (dice() % 5 == 0) continue;
    const char* const quote = dice() % 3 == 0 ? "\"" : "";
    line += fmt::format(" {}={}{}{}", key, quote, word_of(dice), quote);
  }
  return line;
}

std::string access_line(Dice& dice) {
  constexpr std::string_view users[] = {"-", "ann", "ann lee", "[x", "-"};
  std::string line = dice() % 4 == 0 ? "shop.example " : "";
  line += fmt::format("10.0.0.{} - {} ", dice() % 256, users[dice() % std::size(users)]);
  line += fmt::format("[20/Nov/2025:03:31:{:02} +0{}00] ", dice() % 60, dice() % 3);
  line +=
      fmt::format("\"{} /{}/{}", dice() % 3 == 0 ? "POST" : "GET", word_of(dice), word_of(dice));
  line += (dice() % 2 == 0 ? "?q=" + word_of(dice) : "") + " HTTP/1.1\" ";
  line += fmt::format("{} {} ", 200 + dice() % 2, dice() % 2 == 0 ? "-" : "17");
  line += fmt::format("\"{}\" \"{}\" {}", word_of(dice), word_of(dice), word_of(dice));
  return line;
}

std::string text_line(Dice& dice) {
  constexpr std::string_view levels[] = {"INFO ", "ERROR", "[warn]", "W", "info:", ""};
  constexpr std::string_view threads[] = {"[exec-1]", "[17]", "[a b]", "[x]:", "[INFO/x]", "(y)"};
  constexpr std::string_view loggers[] = {
      "com.shop.Pay - ", "a.b.c.d ", "Pay: ", "app[12]: ", "h app[12]: ", "x::y: ", "KID | ", "- "};
  return fmt::format("{} {} {} {}{} {}", time_of(dice), levels[dice() % std::size(levels)],
                     threads[dice() % std::size(threads)], loggers[dice() % std::size(loggers)],
                     dice() % 3 == 0 ? "[" + word_of(dice) + "]" : word_of(dice), word_of(dice));
}

std::string damaged(Dice& dice, std::string line) {
  constexpr std::string_view bytes = " \t\"\\[]{}=:-|,.'()<>/?#0159aZ_\x80\r%+";
  for (auto i = dice() % 3; i > 0 && !line.empty(); --i) {
    const std::size_t at = dice() % line.size();
    const char byte = bytes[dice() % bytes.size()];
    switch (dice() % 3) {
      case 0: line[at] = byte; break;
      case 1: line.insert(at, 1, byte); break;
      default: line.erase(at, 1 + dice() % 3); break;
    }
  }
  return line;
}

std::string spelled(const Seen& seen) {
  std::string text = fmt::format("{} {}", static_cast<int>(seen.reading), seen.fields);
  if (seen.reading != Reading::event) return text;
  return text + fmt::format(" {} {} {}", to_string(seen.event.time),
                            static_cast<int>(seen.event.level), seen.event.message);
}

struct Maker {
  std::string_view format;
  std::string (*line)(Dice& dice);
};

}  // namespace

TEST_CASE("simd: each level, with the memory of other lines, reads what the lowest reads without") {
  constexpr Maker makers[] = {
      {"ndjson", json_line}, {"logfmt", logfmt_line}, {"access", access_line}, {"text", text_line}};
  for (const Maker& maker : makers) {
    Dice dice(11);
    std::string sample;
    for (int i = 0; i < 50; ++i) sample += maker.line(dice) + "\n";
    std::vector<TestReader> readers = readers_of_all_levels(maker.format, sample);
    for (int i = 0; i < 4000; ++i) {
      const std::string line = damaged(dice, maker.line(dice));
      CAPTURE(maker.format);
      CAPTURE(line);
      TestReader fresh(readers.front().dialect());
      const std::string wanted = spelled(fresh.read(line));
      for (TestReader& reader : readers) REQUIRE(spelled(reader.read(line)) == wanted);
    }
  }
}

TEST_CASE("simd: events whose names have one hash have the same names") {
  Dice dice(12);
  std::map<std::uint64_t, std::string> names;
  for (const Maker& maker : {Maker{"access", access_line}, Maker{"text", text_line},
                             Maker{"logfmt", logfmt_line}, Maker{"ndjson", json_line}}) {
    std::string sample;
    for (int i = 0; i < 50; ++i) sample += maker.line(dice) + "\n";
    TestReader reader(maker.format, sample);
    for (int i = 0; i < 2000; ++i) {
      const std::string line = maker.line(dice);
      const Seen seen = reader.read(line);
      if (seen.reading != Reading::event || seen.event.names == 0) continue;
      std::string all;
      for (const Field& field : seen.event.fields) all += std::string(field.name) + " ";
      CHECK(names.emplace(seen.event.names, all).first->second == all);
    }
  }
  CHECK(names.size() > 20);
}

TEST_CASE("simd: what is searched for is found wherever it stands, and never behind the end") {
  const std::string bytes(100, 'a');
  for (std::size_t from = 0; from < 40; ++from) {
    for (std::size_t size = 0; size < 50; ++size) {
      for (std::size_t at = 0; at < 60; ++at) {
        std::string text = bytes;
        text[from + at] = ' ';
        const char* const begin = text.data() + from;
        const char* const wanted = begin + std::min(at, size);
        REQUIRE(find_first<ScalarBytes>(begin, begin + size, ' ', '"') == wanted);
        REQUIRE(find_first_of<ScalarBytes>(begin, begin + size, ScalarBytes::other_than_names) ==
                wanted);
        REQUIRE(find_either(begin, begin + size, '"', ' ') == wanted);
        REQUIRE(name_end(begin, begin + size) == wanted);
        std::replace(text.begin(), text.end(), 'a', '7');
        REQUIRE(digits_end(begin, begin + size) == wanted);
      }
    }
  }
}

#ifdef __SSE2__
TEST_CASE("simd: the steps of all levels give the same bits") {
  Dice dice(13);
  for (int round = 0; round < 20'000; ++round) {
    std::array<char, 32> bytes{};
    std::array<char, 32> others{};
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      bytes[i] = static_cast<char>(dice());
      others[i] = dice() % 3 == 0 ? static_cast<char>(dice()) : bytes[i];
    }
    const char* const from = bytes.data();
    const std::uint32_t same = Sse2Bytes::same_of_32(from, others.data());
    REQUIRE(ScalarBytes::same_of_32(from, others.data()) == same);
    const std::uint32_t either = Sse2Bytes::either(from, bytes[7], bytes[3]);
    REQUIRE(ScalarBytes::either(from, bytes[7], bytes[3]) == (either & ScalarBytes::all));
    REQUIRE(ScalarBytes::other_than_digits(from) ==
            (Sse2Bytes::other_than_digits(from) & ScalarBytes::all));
    REQUIRE(ScalarBytes::other_than_names(from) ==
            (Sse2Bytes::other_than_names(from) & ScalarBytes::all));
    if (best_simd() < Simd::avx2) continue;
    REQUIRE(Avx2Bytes::same_of_32(from, others.data()) == same);
    REQUIRE((Avx2Bytes::either(from, bytes[7], bytes[3]) & Sse2Bytes::all) == either);
  }
}
#endif

TEST_CASE("simd: levels have names, and only those of this machine are given out") {
  CHECK(simd_named("scalar") == Simd::scalar);
  CHECK(simd_named("avx512") == std::nullopt);
  CHECK((simd_named("avx2") == Simd::avx2) == (best_simd() == Simd::avx2));
}

}  // namespace culprit
