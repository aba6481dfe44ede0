#include "contrast/template_gaps.h"

#include <algorithm>
#include <optional>
#include <set>
#include <span>
#include <tuple>

namespace culprit {
namespace {

constexpr std::size_t places_max = 64;  // words of a text that are looked at
constexpr std::size_t phrase_words_max = 8;
constexpr std::size_t long_words_max = 40;  // in brackets, or from a colon to the end
constexpr std::size_t optional_words_max = 4;
constexpr std::size_t optional_edge_words_max = 8;  // at the beginning or the end
constexpr std::size_t optional_beside_min = 2;      // constant words that both texts have
constexpr std::size_t support_min = 4;              // skeletons of a text that others are held to
constexpr std::size_t common_min = 2;               // constant words that both have then
constexpr std::size_t models_max = 8;               // that one text is held to

std::uint64_t mixed(std::uint64_t hash, std::uint64_t value) {
  hash = (hash ^ value) * 0x9E37'79B9'7F4A'7C15ULL;  // the golden ratio, as splitmix64 has it
  return hash ^ (hash >> 29);
}

// A text with the hashes of what stands before and behind each place.
struct Sentence {
  const Words* words = nullptr;
  std::size_t skeletons = 0;
  std::vector<std::uint64_t> before;
  std::vector<std::uint64_t> behind;
};

std::vector<Sentence> sentences_of(const Texts& texts) {
  std::vector<Sentence> sentences;
  sentences.reserve(texts.size());
  for (const auto& [words, support] : texts) {
    Sentence made{&words, support.skeletons, {}, {}};
    made.before.assign(words.size() + 1, 1);
    made.behind.assign(words.size() + 1, 2);
    for (std::size_t i = 0; i < words.size(); ++i) {
      made.before[i + 1] = mixed(made.before[i], words[i] + 1);
    }
    for (std::size_t i = words.size(); i > 0; --i) {
      made.behind[i - 1] = mixed(made.behind[i], words[i - 1] + 1);
    }
    sentences.push_back(std::move(made));
  }
  return sentences;
}

bool is_spaced(const Words& words, std::size_t at, const Vocabulary& vocabulary) {
  return vocabulary[words[at]].text.starts_with(' ');
}

// The gaps of one text, each told to `add(from, to)`.
class Gaps {
 public:
  Gaps(const Words& words, const Vocabulary& vocabulary) : words_(words), vocabulary_(vocabulary) {}

  template <typename Add>
  void each_word(Add add) const {
    for (std::size_t i = 0; i < std::min(words_.size(), places_max); ++i) {
      if (!word(i).mark) add(i, i + 1);
    }
  }

  template <typename Add>
  void each_phrase(Add add) const {
    for (std::size_t i = 1; i < std::min(words_.size(), places_max); ++i) {
      if (!introduces(i - 1)) continue;
      const std::size_t last = std::min(words_.size(), i + phrase_words_max);
      for (std::size_t end = i + 1; end <= last; ++end) {
        if (end == i + 1 && !word(i).mark) continue;
        if (end < words_.size() && !word(end).mark) continue;
        if (is_balanced(words_, i, end, vocabulary_)) add(i, end);
      }
      if (const std::optional<std::size_t> end = long_end(i)) add(i, *end);
    }
  }

 private:
  const Word& word(std::size_t at) const { return vocabulary_[words_[at]]; }

  bool introduces(std::size_t at) const {
    return word(at).mark || word(at).preposition || word(at).hole;
  }

  // What brackets or quotes hold, and what a colon, a semicolon or a dash introduces, may be long.
  std::optional<std::size_t> long_end(std::size_t from) const {
    const char sign = word(from - 1).sign;
    if (sign == ':' || sign == '-' || sign == ';') {
      const char last = word(words_.size() - 1).sign;
      const std::size_t end = words_.size() - (last == '.' || last == '!' ? 1 : 0);
      const bool fits = end > from + phrase_words_max && end <= from + long_words_max;
      if (fits && is_balanced(words_, from, end, vocabulary_)) return end;
      return std::nullopt;
    }
    const char close = closing_of(sign);
    if (close == '\0' || sign == '<') return std::nullopt;
    const std::size_t last = std::min(words_.size(), from + long_words_max);
    for (std::size_t end = from + phrase_words_max + 1; end < last; ++end) {
      if (word(end).sign == close && is_balanced(words_, from, end, vocabulary_)) return end;
    }
    return std::nullopt;
  }

  const Words& words_;
  const Vocabulary& vocabulary_;
};

struct Candidate {
  std::uint64_t family = 0;
  std::size_t order = 0;  // of the text
  Gap gap;
  bool operator<(const Candidate& other) const {
    return std::tuple(family, order, gap.from, gap.to) <
           std::tuple(other.family, other.order, other.gap.from, other.gap.to);
  }
};

std::uint64_t family_of(const Sentence& sentence, std::size_t from, std::size_t to,
                        const Vocabulary& vocabulary) {
  const bool spaced = is_spaced(*sentence.words, from, vocabulary);
  return mixed(mixed(sentence.before[from], spaced ? 3 : 5), sentence.behind[to]);
}

// The one word by which `text` differs from what could fill the holes of `model`.
std::optional<std::size_t> odd_word(const Words& model, const Words& text,
                                    const Vocabulary& vocabulary) {
  std::optional<std::size_t> odd;
  std::size_t filled = 0;
  std::size_t common = 0;
  for (std::size_t i = 0; i < model.size(); ++i) {
    const Word& a = vocabulary[model[i]];
    const Word& b = vocabulary[text[i]];
    if (model[i] == text[i]) {
      common += a.constant ? 1 : 0;
      continue;
    }
    if (b.mark || a.text.starts_with(' ') != b.text.starts_with(' ')) return std::nullopt;
    if (a.hole) {
      ++filled;
    } else if (odd || a.mark) {
      return std::nullopt;
    } else {
      odd = i;
    }
  }
  return filled > 0 && common >= common_min ? odd : std::nullopt;
}

void add_filled(const std::vector<Sentence>& sentences, const Vocabulary& vocabulary,
                std::vector<Candidate>& candidates) {
  std::map<std::size_t, std::vector<const Sentence*>> models;  // by length
  for (const Sentence& sentence : sentences) {
    const bool holes = std::any_of(sentence.words->begin(), sentence.words->end(),
                                   [&](WordId word) { return vocabulary[word].hole; });
    if (holes && sentence.skeletons >= support_min && sentence.words->size() <= places_max) {
      models[sentence.words->size()].push_back(&sentence);
    }
  }
  for (std::size_t order = 0; order < sentences.size(); ++order) {
    const Sentence& text = sentences[order];
    const auto same = models.find(text.words->size());
    if (same == models.end()) continue;
    std::size_t found = 0;
    for (const Sentence* model : same->second) {
      if (found == models_max) break;
      if (model->words == text.words || text.skeletons > model->skeletons) continue;
      const std::optional<std::size_t> at = odd_word(*model->words, *text.words, vocabulary);
      if (!at) continue;
      ++found;
      const std::uint64_t family = family_of(*model, *at, *at + 1, vocabulary);
      candidates.push_back({family, order, {text.words, model->words, *at, *at + 1}});
    }
  }
}

// Of candidates that belong to one family, if they are more than one text with more than one
// variant; a phrase whose variants all begin or end alike is wider than it has to be.
std::optional<Family> family_among(std::span<const Candidate> candidates) {
  Family family;
  std::set<Words> variants;
  for (const Candidate& one : candidates) {
    if (!family.members.empty() && family.members.back().text == one.gap.text) continue;
    family.members.push_back(one.gap);
    const auto begin = one.gap.text->begin();
    variants.emplace(begin + static_cast<std::ptrdiff_t>(one.gap.from),
                     begin + static_cast<std::ptrdiff_t>(one.gap.to));
  }
  if (family.members.size() < 2 || variants.size() < 2) return std::nullopt;
  family.variants.assign(variants.begin(), variants.end());
  const auto alike = [&](auto word) {
    return std::all_of(family.variants.begin(), family.variants.end(), [&](const Words& one) {
      return word(one) == word(family.variants.front());
    });
  };
  const bool phrases = std::any_of(family.variants.begin(), family.variants.end(),
                                   [](const Words& one) { return one.size() > 1; });
  if (phrases && (alike([](const Words& one) { return one.front(); }) ||
                  alike([](const Words& one) { return one.back(); }))) {
    return std::nullopt;
  }
  return family;
}

// Whether a few words may stand at the beginning of a text: marks and holes, or up to a mark.
bool may_lead(const Words& words, std::size_t to, const Vocabulary& vocabulary) {
  return vocabulary[words[to - 1]].mark ||
         std::none_of(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(to),
                      [&](WordId word) { return vocabulary[word].constant; });
}

// Texts by the hashes of their two parts, for each place where they can be cut.
class Cuts {
 public:
  explicit Cuts(const std::vector<Sentence>& sentences) {
    for (const Sentence& one : sentences) {
      if (one.words->size() > places_max) continue;
      for (std::size_t i = 0; i <= one.words->size(); ++i) {
        cuts_[mixed(one.before[i], one.behind[i])] = &one;
      }
    }
  }
  const Sentence* find(std::uint64_t before, std::uint64_t behind) const {
    const auto found = cuts_.find(mixed(before, behind));
    return found == cuts_.end() ? nullptr : found->second;
  }

 private:
  std::unordered_map<std::uint64_t, const Sentence*> cuts_;
};

std::uint64_t phrase_hash(const Words& words, std::size_t from, std::size_t to) {
  std::uint64_t hash = 7;
  for (std::size_t i = from; i < to; ++i) hash = mixed(hash, words[i] + 1);
  return hash;
}

void add_optionals(
    const Sentence& text, const Cuts& cuts, const Vocabulary& vocabulary,
    std::map<const Words*, std::pair<std::tuple<std::size_t, bool, std::size_t>, Optional>>& best) {
  const Words& words = *text.words;
  for (std::size_t from = 0; from < words.size(); ++from) {
    const std::size_t last = std::min(words.size(), from + optional_edge_words_max);
    for (std::size_t to = from + 1; to <= last; ++to) {
      const bool edge = from == 0 || to == words.size();
      if (to - from > optional_words_max && !edge) continue;
      if (to - from == words.size() || (from == 0 && !may_lead(words, to, vocabulary))) continue;
      std::uint64_t behind = text.behind[to];
      if (from == 0) behind = mixed(text.behind[to + 1], vocabulary[words[to]].bare + 1);
      const Sentence* shorter = cuts.find(text.before[from], behind);
      if (shorter == nullptr || shorter->words->size() != words.size() - (to - from)) continue;
      if (!is_balanced(words, from, to, vocabulary)) continue;
      if (constants_in(*shorter->words, vocabulary) < optional_beside_min) continue;
      const Word& first = vocabulary[words[from]];
      const std::tuple rank(to - from, !(first.mark || first.preposition), from);
      const auto known = best.find(shorter->words);
      if (known != best.end() && known->second.first <= rank) continue;
      best[shorter->words] = {rank, {text.words, shorter->words, from, to, 0}};
    }
  }
}

}  // namespace

std::vector<Family> families_of(const Texts& texts, const Vocabulary& vocabulary, Parts parts) {
  const std::vector<Sentence> sentences = sentences_of(texts);
  std::vector<Candidate> candidates;
  for (std::size_t order = 0; order < sentences.size(); ++order) {
    const Sentence& sentence = sentences[order];
    const auto add = [&](std::size_t from, std::size_t to) {
      candidates.push_back({family_of(sentence, from, to, vocabulary),
                            order,
                            {sentence.words, sentence.words, from, to}});
    };
    const Gaps gaps(*sentence.words, vocabulary);
    gaps.each_word(add);
    if (parts == Parts::phrases) gaps.each_phrase(add);
  }
  if (parts == Parts::phrases) add_filled(sentences, vocabulary, candidates);
  std::stable_sort(candidates.begin(), candidates.end());
  std::vector<Family> families;
  for (std::size_t begin = 0; begin < candidates.size();) {
    std::size_t end = begin + 1;
    while (end < candidates.size() && candidates[end].family == candidates[begin].family) ++end;
    if (end - begin > 1) {
      std::optional<Family> family =
          family_among(std::span(candidates).subspan(begin, end - begin));
      if (family) families.push_back(std::move(*family));
    }
    begin = end;
  }
  return families;
}

std::vector<Optional> optionals_of(const Texts& texts, const Vocabulary& vocabulary) {
  const std::vector<Sentence> sentences = sentences_of(texts);
  const Cuts cuts(sentences);
  std::vector<Optional> optionals;
  std::unordered_map<std::uint64_t, std::size_t> pairs;
  for (const Sentence& text : sentences) {
    if (text.words->size() > places_max) continue;
    std::map<const Words*, std::pair<std::tuple<std::size_t, bool, std::size_t>, Optional>> best;
    add_optionals(text, cuts, vocabulary, best);
    for (const auto& [shorter, ranked] : best) {
      const Optional& one = ranked.second;
      ++pairs[phrase_hash(*one.longer, one.from, one.to)];
      optionals.push_back(one);
    }
  }
  for (Optional& one : optionals) one.pairs = pairs[phrase_hash(*one.longer, one.from, one.to)];
  return optionals;
}

void Contexts::see(const Words& text, const Vocabulary& vocabulary) {
  std::uint64_t before = 11;
  for (std::size_t from = 0; from < std::min(text.size(), places_max); ++from) {
    std::uint64_t hash = 7;
    const std::size_t last = std::min(text.size(), from + phrase_words_max);
    for (std::size_t to = from + 1; to <= last; ++to) {
      hash = mixed(hash, text[to - 1] + 1);
      const auto [known, fresh] = phrases_.try_emplace(hash, Seen{before, false});
      if (!fresh) known->second.several |= known->second.before != before;
    }
    const Word& word = vocabulary[text[from]];
    if (word.constant) before = mixed(before, word.bare + 1);
  }
}

bool Contexts::several(const Words& phrase) const {
  const auto known = phrases_.find(phrase_hash(phrase, 0, phrase.size()));
  return known != phrases_.end() && known->second.several;
}

}  // namespace culprit
