#include "contrast/template_cases.h"

#include <algorithm>
#include <optional>

namespace culprit {
namespace {

constexpr std::size_t phrase_words_max = 40;  // between punctuation
constexpr std::size_t filling_words_max = 4;  // elsewhere, beside many constant words
constexpr std::size_t constants_many = 4;
constexpr std::size_t support_min = 2;        // skeletons of a template that others are cases of
constexpr std::size_t constants_telling = 2;  // fewer: it has to stand for many more skeletons
constexpr double case_lines_max = 3;          // times the lines of the template
constexpr std::size_t twins_constants_min = 2;
constexpr std::size_t twins_holes_max = 2;  // by which they may differ

std::size_t holes_in(const Words& words, const Vocabulary& vocabulary) {
  return static_cast<std::size_t>(std::count_if(
      words.begin(), words.end(), [&](WordId word) { return vocabulary[word].hole; }));
}

// Sorted, so that one may be looked for in another.
Words constants_of(const Words& words, const Vocabulary& vocabulary) {
  Words made;
  for (const WordId id : words) {
    if (vocabulary[id].constant) made.push_back(vocabulary[id].bare);
  }
  std::sort(made.begin(), made.end());
  return made;
}

// Whether a text fills the holes of a template; by dynamic programming from the end.
class Filling {
 public:
  Filling(const Words& model, const Words& text, const Vocabulary& vocabulary)
      : model_(model),
        text_(text),
        vocabulary_(vocabulary),
        width_(text.size() + 1),
        holds_((model.size() + 1) * width_, 0),
        many_(constants_in(model, vocabulary) >= constants_many) {}

  bool holds() {
    at(model_.size(), text_.size()) = 1;
    for (std::size_t i = model_.size(); i-- > 0;) {
      for (std::size_t j = text_.size(); j-- > 0;) at(i, j) = holds_from(i, j) ? 1 : 0;
    }
    return at(0, 0) != 0;
  }

 private:
  char& at(std::size_t i, std::size_t j) { return holds_[i * width_ + j]; }
  const Word& word(WordId id) const { return vocabulary_[id]; }

  bool holds_from(std::size_t i, std::size_t j) {
    const Word& expected = word(model_[i]);
    const Word& found = word(text_[j]);
    const bool same = model_[i] == text_[j] || (expected.mark && expected.bare == found.bare);
    if (!same && found.keyed && found.text.ends_with("=<*>")) {
      const bool comma = j + 1 < text_.size() && word(text_[j + 1]).sign == ',';
      if (at(i, j + (comma ? 2 : 1)) != 0) return true;
    }
    if (!expected.hole) return same && at(i + 1, j + 1) != 0;
    const bool between =
        i > 0 && word(model_[i - 1]).mark && (i + 1 == model_.size() || word(model_[i + 1]).mark);
    const std::size_t longest = between ? phrase_words_max : many_ ? filling_words_max : 1;
    const std::size_t last = std::min(text_.size(), j + longest);
    for (std::size_t end = j + 1; end <= last; ++end) {
      if (at(i + 1, end) == 0) continue;
      // What strangers send may open brackets and quotes that it never closes.
      if (many_ || (end == j + 1 ? !found.mark : is_balanced(text_, j, end, vocabulary_))) {
        return true;
      }
    }
    return false;
  }

  const Words& model_;
  const Words& text_;
  const Vocabulary& vocabulary_;
  std::size_t width_;
  std::vector<char> holds_;
  bool many_;
};

struct Model {
  const Words* words = nullptr;
  Words constants;
  Support support;
};

// Templates, the most telling first.
std::vector<Model> models_of(const Texts& texts, const Vocabulary& vocabulary) {
  std::vector<Model> models;
  for (const auto& [words, support] : texts) {
    Model one{&words, constants_of(words, vocabulary), support};
    const bool fits = support.skeletons >= support_min && !one.constants.empty() &&
                      holes_in(words, vocabulary) > 0;
    if (fits) models.push_back(std::move(one));
  }
  std::stable_sort(models.begin(), models.end(), [](const Model& a, const Model& b) {
    return std::pair(a.constants.size(), a.support.skeletons) >
           std::pair(b.constants.size(), b.support.skeletons);
  });
  return models;
}

const Words* model_for(const Words& text, const Support& support, const std::vector<Model>& models,
                       const Vocabulary& vocabulary) {
  const Words constants = constants_of(text, vocabulary);
  for (const Model& one : models) {
    if (one.constants.size() >= constants.size()) continue;
    if (one.constants.size() < constants_telling && support.skeletons * 2 > one.support.skeletons)
      continue;
    if (support.lines > case_lines_max * one.support.lines) continue;
    if (vocabulary[one.words->front()].hole && !vocabulary[text.front()].hole) continue;
    const bool had = std::includes(constants.begin(), constants.end(), one.constants.begin(),
                                   one.constants.end());
    if (had && Filling(*one.words, text, vocabulary).holds()) return one.words;
  }
  return nullptr;
}

}  // namespace

std::map<Words, Words> twins_joined(const Texts& texts, const Vocabulary& vocabulary) {
  std::map<Words, std::vector<const Words*>> by_constants;
  for (const auto& [words, support] : texts) {
    if (constants_in(words, vocabulary) < twins_constants_min) continue;
    Words constants;
    for (const WordId id : words) {
      if (vocabulary[id].constant || vocabulary[id].symbol)
        constants.push_back(vocabulary[id].bare);
    }
    by_constants[constants].push_back(&words);
  }
  std::map<Words, Words> joined;
  for (const auto& [constants, twins] : by_constants) {
    const Words& to =
        **std::min_element(twins.begin(), twins.end(), [&](const Words* a, const Words* b) {
          const std::size_t of_a = texts.at(*a).skeletons;
          const std::size_t of_b = texts.at(*b).skeletons;
          return of_a != of_b ? of_a > of_b : std::pair(a->size(), *a) < std::pair(b->size(), *b);
        });
    const std::size_t holes = holes_in(to, vocabulary);
    for (const Words* one : twins) {
      const std::size_t own = holes_in(*one, vocabulary);
      if (std::max(own, holes) - std::min(own, holes) <= twins_holes_max) joined.emplace(*one, to);
    }
  }
  return joined;
}

std::map<Words, Words> cases_joined(const Texts& texts, const Vocabulary& vocabulary) {
  const std::vector<Model> models = models_of(texts, vocabulary);
  std::map<Words, Words> joined;
  for (const auto& [words, support] : texts) {
    const Words* model = model_for(words, support, models, vocabulary);
    if (model != nullptr) joined.emplace(words, *model);
  }
  // Each step has fewer constant words than the one before.
  for (auto& [words, to] : joined) {
    for (auto next = joined.find(to); next != joined.end(); next = joined.find(to)) {
      to = next->second;
    }
  }
  return joined;
}

}  // namespace culprit
