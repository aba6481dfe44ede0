#include "contrast/template_families.h"

#include <algorithm>
#include <array>
#include <optional>
#include <unordered_map>

#include "contrast/template_cases.h"
#include "contrast/template_words.h"

namespace culprit {
namespace {

constexpr std::size_t rounds_max = 8;
constexpr std::size_t phrase_words_max = 8;
constexpr std::size_t places_max = 64;            // words of a text that are looked at
constexpr std::size_t reason_words_min = 3;       // before a colon that a reason follows to the end
constexpr std::size_t skeletons_max = 20'000;     // beyond that merging is skipped: free prose
constexpr std::size_t phrases_texts_max = 3'000;  // phrases are sought among fewer only

// Variants that make a part of a text a variable, by the constant words beside it (0, 1, 2, 3 and
// more). Measured on the labelled logs of tests/data/templates; a first word is rarely a variable.
constexpr std::size_t never = SIZE_MAX;
constexpr std::array<std::size_t, 4> for_word{never, 6, 4, 3};
constexpr std::array<std::size_t, 4> for_first_word{never, 8, 6, 6};
constexpr std::array<std::size_t, 4> for_phrase{never, 8, 4, 3};
constexpr std::size_t beside_hole = 2;  // constant words; then one variant beside a hole will do

// A part of a text.
struct Gap {
  std::size_t from = 0;
  std::size_t to = 0;
  const std::array<std::size_t, 4>* enough = nullptr;
};

std::uint64_t mixed(std::uint64_t hash, std::uint64_t value) {
  hash = (hash ^ value) * 0x9E37'79B9'7F4A'7C15ULL;  // the golden ratio, as splitmix64 has it
  return hash ^ (hash >> 29);
}

// A text with what gaps of it need.
struct Sentence {
  const Words* words = nullptr;
  std::vector<std::uint64_t> before;  // hash of the words before each place
  std::vector<std::uint64_t> behind;
  std::vector<std::size_t> constants;  // before each place
};

Sentence sentence_of(const Words& words, const Vocabulary& vocabulary) {
  Sentence made;
  made.words = &words;
  made.before.assign(words.size() + 1, 1);
  made.behind.assign(words.size() + 1, 2);
  made.constants.assign(words.size() + 1, 0);
  for (std::size_t i = 0; i < words.size(); ++i) {
    made.before[i + 1] = mixed(made.before[i], words[i] + 1);
    made.constants[i + 1] = made.constants[i] + (vocabulary[words[i]].constant ? 1 : 0);
  }
  for (std::size_t i = words.size(); i > 0; --i) {
    made.behind[i - 1] = mixed(made.behind[i], words[i - 1] + 1);
  }
  return made;
}

// Whether a phrase from `from` may end before `to`.
bool ends_phrase(const Sentence& sentence, const Vocabulary& vocabulary, std::size_t from,
                 std::size_t to) {
  const Words& words = *sentence.words;
  const Word& introduced = vocabulary[words[from - 1]];
  if (to == words.size()) {
    return introduced.sign == ':' && sentence.constants[from] >= reason_words_min;
  }
  if (!vocabulary[words[to]].mark) return false;
  const char close = closing_of(introduced.sign);
  return close == '\0' || vocabulary[words[to]].sign == close;
}

std::vector<Gap> gaps_of(const Sentence& sentence, const Vocabulary& vocabulary, bool phrases) {
  const Words& words = *sentence.words;
  std::vector<Gap> gaps;
  for (std::size_t i = 0; i < std::min(words.size(), places_max); ++i) {
    if (!vocabulary[words[i]].mark)
      gaps.push_back({i, i + 1, i == 0 ? &for_first_word : &for_word});
    if (i == 0 || !phrases) continue;
    const Word& left = vocabulary[words[i - 1]];
    if (!left.mark && !left.preposition) continue;
    const std::size_t last = std::min(words.size(), i + phrase_words_max);
    for (std::size_t end = i + 1; end <= last; ++end) {
      const bool word = end == i + 1 && !vocabulary[words[i]].mark && end < words.size();
      if (word || !ends_phrase(sentence, vocabulary, i, end)) continue;
      if (is_balanced(words, i, end, vocabulary)) gaps.push_back({i, end, &for_phrase});
    }
  }
  return gaps;
}

std::uint64_t family_of(const Sentence& sentence, const Gap& gap, const Vocabulary& vocabulary) {
  const bool spaced = vocabulary[(*sentence.words)[gap.from]].text.front() == ' ';
  return mixed(mixed(sentence.before[gap.from], spaced ? 3 : 5), sentence.behind[gap.to]);
}

bool is_hole(const Sentence& sentence, const Gap& gap, const Vocabulary& vocabulary) {
  return gap.to == gap.from + 1 && vocabulary[(*sentence.words)[gap.from]].hole;
}

struct Family {
  std::size_t variants = 0;
  bool has_hole = false;
};

using Families = std::unordered_map<std::uint64_t, Family>;

struct Variant {
  std::uint64_t family = 0;
  std::uint64_t words = 0;  // hash
  bool hole = false;
  bool operator<(const Variant& other) const {
    return std::pair(family, words) < std::pair(other.family, other.words);
  }
};

Families families_of(const std::vector<Sentence>& sentences, const Vocabulary& vocabulary,
                     bool phrases) {
  std::vector<Variant> variants;
  for (const Sentence& sentence : sentences) {
    for (const Gap& gap : gaps_of(sentence, vocabulary, phrases)) {
      std::uint64_t hash = 7;
      for (std::size_t i = gap.from; i < gap.to; ++i) hash = mixed(hash, (*sentence.words)[i] + 1);
      variants.push_back(
          {family_of(sentence, gap, vocabulary), hash, is_hole(sentence, gap, vocabulary)});
    }
  }
  std::sort(variants.begin(), variants.end());
  Families families;
  for (std::size_t i = 0; i < variants.size(); ++i) {
    const Variant& one = variants[i];
    if (i > 0 && !(variants[i - 1] < one)) continue;
    Family& family = families[one.family];
    ++family.variants;
    family.has_hole |= one.hole;
  }
  return families;
}

// The part of a text that has most variants, if they are enough.
std::optional<Gap> widest(const Sentence& sentence, const Families& families,
                          const Vocabulary& vocabulary, bool phrases) {
  std::optional<Gap> best;
  std::size_t most = 0;
  for (const Gap& gap : gaps_of(sentence, vocabulary, phrases)) {
    if (is_hole(sentence, gap, vocabulary)) continue;
    const Family& family = families.at(family_of(sentence, gap, vocabulary));
    const std::size_t constants =
        sentence.constants.back() - sentence.constants[gap.to] + sentence.constants[gap.from];
    const bool beside = family.has_hole && constants >= beside_hole && family.variants >= 2;
    if (!beside && family.variants < (*gap.enough)[std::min<std::size_t>(constants, 3)]) continue;
    const bool shorter = best && gap.to - gap.from < best->to - best->from;
    if (!best || family.variants > most || (family.variants == most && shorter)) {
      best = gap;
      most = family.variants;
    }
  }
  return best;
}

Words with_hole(const Words& words, const Gap& gap, Vocabulary& vocabulary) {
  Words made(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(gap.from));
  made.push_back(vocabulary.hole_for(words[gap.from]));
  made.insert(made.end(), words.begin() + static_cast<std::ptrdiff_t>(gap.to), words.end());
  return made;
}

// What one round makes of each text that is in a family.
std::map<Words, Words> merged_once(const std::set<Words>& texts, Vocabulary& vocabulary) {
  const bool phrases = texts.size() <= phrases_texts_max;
  std::vector<Sentence> sentences;
  for (const Words& words : texts) sentences.push_back(sentence_of(words, vocabulary));
  const Families families = families_of(sentences, vocabulary, phrases);
  std::map<Words, Words> merged;
  for (const Sentence& sentence : sentences) {
    const std::optional<Gap> gap = widest(sentence, families, vocabulary, phrases);
    if (gap) merged.emplace(*sentence.words, with_hole(*sentence.words, *gap, vocabulary));
  }
  return merged;
}

// Each skeleton's text without what varies by its shape. The keys of `key=<*>` stay where they are
// always the same.
std::map<std::string, std::string> shapeless(const std::set<std::string>& skeletons) {
  std::map<std::string, std::string> made;
  std::map<std::string, std::set<std::string>> with_pairs;
  for (const std::string& text : skeletons) {
    const std::string& shaped = made[text] = without_shapes(text);
    with_pairs[without_pairs(shaped)].insert(shaped);
  }
  for (auto& [text, shaped] : made) {
    std::string shorter = without_pairs(shaped);
    if (with_pairs.at(shorter).size() > 1) shaped = std::move(shorter);
  }
  return made;
}

}  // namespace

std::map<std::string, std::string> template_texts(const std::set<std::string>& skeletons) {
  Vocabulary vocabulary;
  std::map<std::string, Words> now;
  std::set<Words> texts;
  for (const auto& [text, shaped] : shapeless(skeletons)) {
    const Words words = vocabulary.words_of(shaped);
    now.emplace(text, words);
    texts.insert(words);
  }
  std::set<Words> families;
  for (std::size_t round = 0; round < rounds_max && texts.size() <= skeletons_max; ++round) {
    const std::map<Words, Words> merged = merged_once(texts, vocabulary);
    if (merged.empty()) break;
    texts.clear();
    for (auto& [text, words] : now) {
      const auto found = merged.find(words);
      if (found != merged.end()) families.insert(words = found->second);
      texts.insert(words);
    }
  }
  const std::map<Words, Words> joined = texts.size() <= phrases_texts_max
                                            ? cases_joined(texts, families, vocabulary)
                                            : std::map<Words, Words>{};
  std::map<std::string, std::string> made;
  for (const auto& [text, words] : now) {
    const auto found = joined.find(words);
    made.emplace(text, vocabulary.text_of(found == joined.end() ? words : found->second));
  }
  return made;
}

}  // namespace culprit
