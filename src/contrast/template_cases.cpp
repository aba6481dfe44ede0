#include "contrast/template_cases.h"

#include <algorithm>
#include <optional>

namespace culprit {
namespace {

constexpr std::size_t phrase_words_max = 8;
constexpr std::size_t optional_words_max = 3;
constexpr std::size_t optional_beside_min = 3;  // constant words that both texts have

std::size_t constants_in(const Words& words, const Vocabulary& vocabulary) {
  return static_cast<std::size_t>(std::count_if(
      words.begin(), words.end(), [&](WordId word) { return vocabulary[word].constant; }));
}

// Whether `text` fills the holes of `family`; by dynamic programming from the end.
bool fills(const Words& family, const Words& text, const Vocabulary& vocabulary) {
  const std::size_t width = text.size() + 1;
  std::vector<char> holds((family.size() + 1) * width, 0);
  holds[family.size() * width + text.size()] = 1;
  for (std::size_t i = family.size(); i-- > 0;) {
    const bool between = i > 0 && i + 1 < family.size() && vocabulary[family[i - 1]].mark &&
                         vocabulary[family[i + 1]].mark;
    const std::size_t longest = between ? phrase_words_max : 1;
    for (std::size_t j = 0; j < text.size(); ++j) {
      char& here = holds[i * width + j];
      if (!vocabulary[family[i]].hole) {
        here = family[i] == text[j] ? holds[(i + 1) * width + j + 1] : 0;
        continue;
      }
      for (std::size_t end = j + 1; end <= std::min(text.size(), j + longest) && here == 0; ++end) {
        if (is_balanced(text, j, end, vocabulary)) here = holds[(i + 1) * width + end];
      }
    }
  }
  return holds[0] != 0;
}

struct Ranked {
  Words words;
  std::size_t constants = 0;
};

// Families, the most telling first.
std::vector<Ranked> ranked(const std::set<Words>& texts, const std::set<Words>& families,
                           const Vocabulary& vocabulary) {
  std::vector<Ranked> made;
  for (const Words& words : families) {
    const std::size_t constants = constants_in(words, vocabulary);
    if (constants > 0 && texts.contains(words)) made.push_back({words, constants});
  }
  std::stable_sort(made.begin(), made.end(), [](const Ranked& a, const Ranked& b) {
    return a.constants != b.constants ? a.constants > b.constants : a.words.size() < b.words.size();
  });
  return made;
}

std::optional<Words> family_for(const Words& text, const std::vector<Ranked>& families,
                                const Vocabulary& vocabulary) {
  const std::size_t constants = constants_in(text, vocabulary);
  for (const Ranked& one : families) {
    if (one.constants >= constants || one.words == text) continue;
    const WordId first = one.words.front();
    if (first != text.front() && !vocabulary[first].hole) continue;
    if (fills(one.words, text, vocabulary)) return one.words;
  }
  return std::nullopt;
}

// The text that lacks a few words of this one.
std::optional<Words> shorter_of(const Words& text, const std::set<Words>& texts,
                                const Vocabulary& vocabulary) {
  for (std::size_t from = 1; from < text.size(); ++from) {
    const std::size_t last = std::min(text.size(), from + optional_words_max);
    for (std::size_t to = from + 1; to <= last; ++to) {
      if (!is_balanced(text, from, to, vocabulary)) continue;
      Words shorter(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(from));
      shorter.insert(shorter.end(), text.begin() + static_cast<std::ptrdiff_t>(to), text.end());
      const bool there = texts.contains(shorter);
      if (there && constants_in(shorter, vocabulary) >= optional_beside_min) return shorter;
    }
  }
  return std::nullopt;
}

}  // namespace

char closing_of(char sign) {
  switch (sign) {
    case '(': return ')';
    case '[': return ']';
    case '{': return '}';
    case '"': return '"';
    default: return '\0';
  }
}

bool is_balanced(const Words& words, std::size_t from, std::size_t to,
                 const Vocabulary& vocabulary) {
  std::string open;
  std::size_t quotes[2] = {0, 0};
  for (std::size_t i = from; i < to; ++i) {
    const char sign = vocabulary[words[i]].sign;
    if (sign == '"' || sign == '\'') ++quotes[sign == '"' ? 0 : 1];
    if (sign == '(' || sign == '[' || sign == '{') open += closing_of(sign);
    if (sign != ')' && sign != ']' && sign != '}') continue;
    if (open.empty() || open.back() != sign) return false;
    open.pop_back();
  }
  return open.empty() && quotes[0] % 2 == 0 && quotes[1] % 2 == 0;
}

std::map<Words, Words> cases_joined(const std::set<Words>& texts, const std::set<Words>& families,
                                    const Vocabulary& vocabulary) {
  const std::vector<Ranked> known = ranked(texts, families, vocabulary);
  std::map<Words, Words> joined;
  for (const Words& text : texts) {
    std::optional<Words> to = family_for(text, known, vocabulary);
    if (!to) to = shorter_of(text, texts, vocabulary);
    if (to) joined.emplace(text, std::move(*to));
  }
  // Each step has fewer constant words, or fewer words, than the one before.
  for (auto& [text, to] : joined) {
    for (auto next = joined.find(to); next != joined.end(); next = joined.find(to))
      to = next->second;
  }
  return joined;
}

}  // namespace culprit
