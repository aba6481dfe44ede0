#include "contrast/template_families.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "contrast/template_cases.h"
#include "contrast/template_evidence.h"
#include "contrast/template_frames.h"
#include "contrast/template_gaps.h"
#include "contrast/template_shapes.h"
#include "contrast/template_words.h"

namespace culprit {
namespace {

constexpr std::size_t rounds_max = 60;
constexpr std::size_t rounds_of_many_max = 6;     // 20,000 texts take 0.2 s a round
constexpr std::size_t skeletons_max = 20'000;     // beyond that merging is skipped: free prose
constexpr std::size_t phrases_texts_max = 3'000;  // phrases are sought among fewer only
// What is merged in one round has at least so much of the best evidence of it: the rest may look
// different once that is done. 0.5 and 0.85 give the same templates of the labelled logs.
constexpr double of_the_best = 0.7;
constexpr double steps = 1000;  // evidence is compared in thousandths, the same on any machine

// Which text each one becomes.
using Moves = std::map<Words, Words>;

struct Proposal {
  std::int64_t evidence = 0;  // in steps
  std::size_t texts = 0;
  Moves moves;
};

Words with_hole(const Gap& gap, Vocabulary& vocabulary) {
  const Words& words = *gap.like;
  Words made(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(gap.from));
  made.push_back(vocabulary.hole_for(words[gap.from]));
  made.insert(made.end(), words.begin() + static_cast<std::ptrdiff_t>(gap.to), words.end());
  return made;
}

class Merge {
 public:
  Merge(Vocabulary& vocabulary, Texts texts) : vocabulary_(vocabulary), texts_(std::move(texts)) {}

  // The text that each of those given has become.
  Moves run() {
    for (const auto& [words, support] : texts_) now_.emplace(words, words);
    if (texts_.size() <= phrases_texts_max) apply(frames_joined(texts_, vocabulary_));
    std::size_t of_many = 0;
    for (std::size_t round = 0; round < rounds_max && texts_.size() <= skeletons_max; ++round) {
      const bool many = texts_.size() > phrases_texts_max;
      if (many && ++of_many > rounds_of_many_max) break;
      if (!apply(best_of(proposals()))) break;
    }
    if (texts_.size() <= phrases_texts_max) {
      apply(twins_joined(texts_, vocabulary_));
      apply(cases_joined(texts_, vocabulary_));
    }
    return std::move(now_);
  }

 private:
  std::vector<Proposal> proposals() {
    const bool few = texts_.size() <= phrases_texts_max;
    for (const auto& [words, support] : texts_) {
      if (few && seen_.insert(words).second) contexts_.see(words, vocabulary_);
    }
    const Frequencies frequencies(texts_, vocabulary_);
    const Knowledge knowledge{texts_, vocabulary_, frequencies, contexts_};
    std::vector<Proposal> proposals;
    const auto propose = [&](std::optional<double> evidence, std::size_t texts, auto moves) {
      const std::int64_t value = evidence ? std::llround(*evidence * steps) : 0;
      if (value > 0) proposals.push_back({value, texts, moves()});
    };
    for (const Family& one :
         families_of(texts_, vocabulary_, few ? Parts::phrases : Parts::words)) {
      propose(evidence_of(one, knowledge), one.members.size(), [&] {
        Moves moves;
        for (const Gap& gap : one.members) moves[*gap.text] = with_hole(gap, vocabulary_);
        return moves;
      });
    }
    if (!few) return proposals;
    for (const Optional& one : optionals_of(texts_, vocabulary_)) {
      propose(evidence_of(one, knowledge), 0, [&] {
        return Moves{{*one.longer, *one.shorter}, {*one.shorter, *one.shorter}};
      });
    }
    return proposals;
  }

  // Proposals near the best that do not move a text twice.
  static Moves best_of(std::vector<Proposal> proposals) {
    std::sort(proposals.begin(), proposals.end(), [](const Proposal& a, const Proposal& b) {
      return std::tie(b.evidence, b.texts, a.moves) < std::tie(a.evidence, a.texts, b.moves);
    });
    Moves moves;
    for (const Proposal& one : proposals) {
      const double best = static_cast<double>(proposals.front().evidence);
      if (static_cast<double>(one.evidence) < best * of_the_best) break;
      const bool taken = std::any_of(one.moves.begin(), one.moves.end(),
                                     [&](const auto& move) { return moves.contains(move.first); });
      if (!taken) moves.insert(one.moves.begin(), one.moves.end());
    }
    return moves;
  }

  // Whether it changed anything.
  bool apply(const Moves& moves) {
    bool changed = false;
    for (const auto& [from, to] : moves) changed |= from != to;
    if (!changed) return false;
    const auto moved = [&](const Words& words) -> const Words& {
      const auto found = moves.find(words);
      return found == moves.end() ? words : found->second;
    };
    Texts texts;
    for (const auto& [words, support] : texts_) texts[moved(words)] += support;
    texts_ = std::move(texts);
    for (auto& [given, words] : now_) words = moved(words);
    return true;
  }

  Vocabulary& vocabulary_;
  Texts texts_;
  Moves now_;
  Contexts contexts_;
  std::set<Words> seen_;
};

}  // namespace

std::map<std::string, std::string> template_texts(const std::map<std::string, double>& skeletons) {
  Vocabulary vocabulary;
  std::map<std::string, Words> shaped;
  Texts texts;
  for (const auto& [text, shape] : without_shapes(skeletons)) {
    texts[shaped[text] = vocabulary.words_of(shape)] += {1, skeletons.at(text)};
  }
  const Moves merged = Merge(vocabulary, std::move(texts)).run();
  std::map<std::string, std::string> made;
  for (const auto& [text, words] : shaped) made[text] = vocabulary.text_of(merged.at(words));
  return made;
}

}  // namespace culprit
