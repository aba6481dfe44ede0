#include "contrast/commits.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "contrast/commit_effect.h"
#include "contrast/commit_kind.h"
#include "contrast/commit_places.h"
#include "contrast/commit_words.h"

namespace culprit {
namespace {

constexpr std::size_t reasons_max = 4;

// A commit and the one that took it back are both gone from what runs.
constexpr double reverted_prior = 0.1;

// "This reverts commit 3f2c1a9…": as git writes it; empty: it reverts none.
std::string_view reverted_by(std::string_view message) {
  constexpr std::string_view words = "This reverts commit ";
  const std::size_t at = message.find(words);
  if (at == std::string_view::npos) return {};
  message.remove_prefix(at + words.size());
  return message.substr(0, message.find_first_not_of("0123456789abcdef"));
}

void discount(CommitWeight& weight, double factor, std::string note) {
  weight.prior *= factor;
  weight.note = std::move(note);
}

void discount_reverts(std::span<const CommitText* const> commits,
                      std::vector<CommitWeight>& weights) {
  constexpr std::size_t sha_letters_min = 7;
  for (std::size_t i = 0; i < commits.size(); ++i) {
    const std::string_view sha = reverted_by(commits[i]->message);
    if (sha.size() < sha_letters_min) continue;
    for (std::size_t j = 0; j < commits.size(); ++j) {
      if (j == i || commits[j]->sha.compare(0, sha.size(), sha) != 0) continue;
      discount(weights[j], reverted_prior, "was taken back by " + commits[i]->sha.substr(0, 9));
      discount(weights[i], reverted_prior, "only takes back " + commits[j]->sha.substr(0, 9));
    }
  }
}

void discount_formatting(std::span<const CommitText* const> commits,
                         const std::vector<std::string>& formatting,
                         std::vector<CommitWeight>& weights) {
  for (std::size_t i = 0; i < commits.size(); ++i) {
    const auto found = std::find(formatting.begin(), formatting.end(), commits[i]->sha);
    if (found == formatting.end()) continue;
    discount(weights[i], prior_of(CommitKind::formatting), "is listed in .git-blame-ignore-revs");
  }
}

// `clues`: a reader can look at a place at once, so places are told before words.
CommitWeight weight_of(const CommitText& commit, std::vector<CommitClue> clues) {
  CommitWeight weight;
  const CommitKind kind = kind_of_commit(commit);
  const Effect effect = effect_of(commit);
  weight.prior = prior_of(kind) * weight_of(effect) * size_factor(commit);
  for (CommitClue& clue : clues) {
    weight.log_ratio += clue.log;
    if (clue.log > 0 && weight.reasons.size() < reasons_max) {
      weight.reasons.push_back(std::move(clue.text));
    }
  }
  weight.note = note_on(kind);
  if (weight.note.empty() && effect == Effect::silent) {
    weight.note = "changes comments and log lines only";
  }
  return weight;
}

// A literal holds at least half of a message's letters, hence some of its words; a third of the
// words leaves room for long and short ones.
MayPrint may_print(const CommitQuery& query, const std::vector<CommitQuery::Counted>& counted,
                   const std::vector<Symptom>& symptoms) {
  constexpr std::size_t part = 3;
  std::vector<std::vector<std::size_t>> wanted;
  for (const Symptom& symptom : symptoms) wanted.push_back(query.words_in(symptom.text));
  MayPrint result(counted.size());
  for (std::size_t i = 0; i < counted.size(); ++i) {
    const std::vector<std::size_t> words = CommitQuery::words_of(counted[i]);
    for (std::size_t k = 0; k < symptoms.size(); ++k) {
      const auto held = std::count_if(words.begin(), words.end(), [&](std::size_t word) {
        return std::binary_search(wanted[k].begin(), wanted[k].end(), word);
      });
      const bool some = static_cast<std::size_t>(held) * part >= wanted[k].size();
      if (some && (held > 0 || wanted[k].empty())) result[i].push_back(k);
    }
  }
  return result;
}

}  // namespace

std::vector<CommitWeight> weigh_commits(std::span<const CommitText* const> commits,
                                        const CommitQuestion& question) {
  CommitQuery query(question);
  std::vector<CommitQuery::Counted> counted;
  for (const CommitText* commit : commits) counted.push_back(query.count(*commit));
  std::vector<CommitClue> words = query.judge(counted);
  std::vector<std::vector<CommitClue>> clues =
      place_clues(commits, question, may_print(query, counted, question.symptoms));
  std::vector<CommitWeight> weights;
  for (std::size_t i = 0; i < commits.size(); ++i) {
    if (CommitClue named = query.dependency_clue(counted[i], commits.size()); named.log > 0) {
      clues[i].push_back(std::move(named));
    }
    clues[i].push_back(std::move(words[i]));
    weights.push_back(weight_of(*commits[i], std::move(clues[i])));
    const double age = static_cast<double>(i) / static_cast<double>(commits.size());
    weights.back().prior *= std::exp(question.recency * (0.5 - age));
  }
  discount_reverts(commits, weights);
  discount_formatting(commits, question.formatting, weights);
  return weights;
}

std::vector<RankedCommit> share_out(std::span<const CommitText> commits,
                                    std::span<const CommitWeight> weights) {
  double prior_sum = 0;
  double sum = 0;
  for (const CommitWeight& weight : weights) {
    prior_sum += weight.prior;
    sum += weight.prior * std::exp(weight.log_ratio);
  }
  const double none = prior_sum * share_without_commit / (1 - share_without_commit);
  std::vector<RankedCommit> ranked;
  for (std::size_t i = 0; i < commits.size(); ++i) {
    const double probability = weights[i].prior * std::exp(weights[i].log_ratio) / (sum + none);
    ranked.push_back(
        {commits[i].sha, commits[i].subject, probability, weights[i].reasons, weights[i].note});
    if (!weights[i].note.empty()) ranked.back().reasons.push_back(weights[i].note);
  }
  std::stable_sort(ranked.begin(), ranked.end(), [](const RankedCommit& a, const RankedCommit& b) {
    return a.probability > b.probability;
  });
  return ranked;
}

std::vector<RankedCommit> rank_commits(std::span<const CommitText> commits,
                                       const CommitQuestion& question) {
  std::vector<const CommitText*> pointers;
  for (const CommitText& commit : commits) pointers.push_back(&commit);
  return share_out(commits, weigh_commits(pointers, question));
}

}  // namespace culprit
