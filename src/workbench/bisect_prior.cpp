#include "workbench/bisect_prior.h"

#include <algorithm>
#include <charconv>
#include <map>

#include "parse/document.h"

namespace culprit {
namespace {

// Against a commit of code. syzkaller's list of wrong answers (issue 1271) begins with commits of
// comments and documents.
constexpr double weight_seldom = 0.01;
constexpr double weight_same = 1e-6;  // its build is another one's, byte for byte

constexpr double share_of_findings = 0.8;  // DESIGN, "what one verb tells the next"
// The ends were tested: that nothing changed between them is seldom true, whatever logs say.
constexpr double no_change_max = 0.5;

double number_in(const std::string& text) {
  double number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number > 0 && number <= 1 ? number : 0;
}

// The commits that findings name, with their joint probabilities.
std::map<std::string, double> named_commits(const Document& document) {
  struct Named {
    std::string sha;
    double probability = 0;
  };
  std::map<std::string, Named> by_place;
  for (const Leaf& leaf : document.leaves) {
    const auto& steps = leaf.steps;
    if (steps.size() != 5 || steps[0] != "changes" || steps[2] != "commits") continue;
    Named& one = by_place[steps[1] + "/" + steps[3]];
    if (steps[4] == "sha") one.sha = leaf.value;
    if (steps[4] == "probability") one.probability = number_in(leaf.value);
  }
  std::map<std::string, double> all;
  for (const auto& [place, one] : by_place) {
    if (one.sha.size() >= 7) all[one.sha] += one.probability;
  }
  return all;
}

}  // namespace

BisectPrior plain_prior(const BisectRange& range, const std::vector<CommitTouch>& touches) {
  BisectPrior prior;
  prior.weights.resize(range.shas.size(), 1);
  for (std::size_t i = 0; i < range.shas.size(); ++i) {
    using What = CommitTouch::What;
    const What what = touches[i].what;
    if (what == What::comments || what == What::beside) prior.weights[i] = weight_seldom;
    const auto equal = [&](Point parent) { return range.marks[parent] == range.marks[i]; };
    const bool first = range.parents[i].empty();
    const bool same = first ? range.marks[i] == TreeMark()
                            : std::any_of(range.parents[i].begin(), range.parents[i].end(), equal);
    if (!same) continue;
    prior.weights[i] = what == What::beside ? weight_seldom : weight_same;
  }
  return prior;
}

Result<BisectPrior> prior_of_findings(const BisectPrior& plain, const BisectRange& range,
                                      std::string_view json) {
  const Document document = TRY(read_document(json, "findings.json"));
  const std::map<std::string, double> named = named_commits(document);
  std::vector<double> found(range.shas.size(), 0);
  double inside = 0;
  for (std::size_t i = 0; i < range.shas.size(); ++i) {
    for (const auto& [sha, probability] : named) {
      if (range.shas[i].starts_with(sha)) found[i] += probability;
    }
    inside += found[i];
  }
  if (inside <= 0) {
    Error made = error(Fault::usage, "the findings name no commit of this range");
    made.advice = "--prior none, or another range";
    return made;
  }
  double sum = 0;
  for (const double weight : plain.weights) sum += weight;
  BisectPrior prior;
  const double outside = std::max(0.0, 1 - inside);
  const double rest = 1 - share_of_findings;
  prior.no_change = share_of_findings * outside + rest * plain.no_change;
  for (std::size_t i = 0; i < found.size(); ++i) {
    const double share = plain.weights[i] / sum * (1 - plain.no_change);
    prior.weights.push_back(share_of_findings * found[i] + rest * share);
  }
  prior.no_change = std::min(prior.no_change, no_change_max);
  return prior;
}

}  // namespace culprit
