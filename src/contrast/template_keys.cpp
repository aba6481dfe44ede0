#include "contrast/template_keys.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <vector>

#include <re2/re2.h>

#include "contrast/template_words.h"

namespace culprit {
namespace {

constexpr std::string_view any_run = "<*> ";

// Which run stands for a run.
using Runs = std::map<std::string, std::string>;

const RE2& run_pattern() {
  static const RE2 pattern("((?:[\\w.-]+=[<\"\\[]?<\\*>[>\"\\]]?(?::<\\*>)?[,;]?(?: |$)){2,})");
  return pattern;
}

// The runs of a text, one after the other.
std::string runs_of(std::string_view text) {
  std::string runs;
  re2::StringPiece rest(text.data(), text.size());
  for (std::string run; RE2::FindAndConsume(&rest, run_pattern(), &run);) runs += run;
  return runs;
}

std::string trimmed(std::string text) {
  while (text.ends_with(' ')) text.pop_back();
  return text;
}

std::string without_runs(std::string_view text) {
  std::string shorter(text);
  RE2::GlobalReplace(&shorter, run_pattern(), "<*> ");
  shorter = trimmed(std::move(shorter));
  // Where there are no words beside them, the keys are all that tells messages apart.
  return has_own_words(shorter) ? shorter : std::string(text);
}

std::vector<std::string> pairs_of(std::string_view run) {
  std::vector<std::string> pairs;
  for (std::size_t end = run.find(' '); !run.empty(); end = run.find(' ')) {
    if (end > 0) pairs.emplace_back(run.substr(0, end));
    run.remove_prefix(std::min(run.size(), std::min(end, run.size()) + 1));
  }
  return pairs;
}

std::map<std::string, std::size_t> texts_by_pair(const std::set<std::string>& texts) {
  std::map<std::string, std::size_t> counts;
  for (const std::string& text : texts) {
    const std::vector<std::string> pairs = pairs_of(runs_of(text));
    for (const std::string& pair : std::set<std::string>(pairs.begin(), pairs.end())) {
      ++counts[pair];
    }
  }
  return counts;
}

// What stands for the runs of these texts.
void add_runs(const std::set<std::string>& texts, Runs& runs) {
  const std::map<std::string, std::size_t> counts = texts_by_pair(texts);
  for (const std::string& text : texts) {
    const std::string run = runs_of(text);
    const std::vector<std::string> pairs = pairs_of(run);
    std::string steady;
    std::size_t steady_pairs = 0;
    for (const std::string& pair : pairs) {
      if (counts.at(pair) < texts.size()) continue;
      steady += pair + ' ';
      ++steady_pairs;
    }
    if (steady_pairs * 2 <= pairs.size()) steady = any_run;
    const auto known = runs.try_emplace(run, steady).first;
    if (steady.size() < known->second.size()) known->second = steady;
  }
}

std::string with_runs(const std::string& text, const Runs& runs) {
  const std::string run = runs_of(text);
  const auto known = runs.find(run);
  if (known == runs.end()) return text;
  const std::size_t at = text.find(run);
  if (known->second == any_run || at == text.npos) return without_runs(text);
  return trimmed(std::string(text).replace(at, run.size(), known->second));
}

}  // namespace

void keep_steady_keys(std::map<std::string, std::string>& texts) {
  std::map<std::string, std::set<std::string>> alike;
  for (const auto& [skeleton, text] : texts) alike[without_runs(text)].insert(text);
  Runs runs;
  for (const auto& [shorter, ones] : alike) {
    if (ones.size() > 1) add_runs(ones, runs);
  }
  for (auto& [skeleton, text] : texts) text = with_runs(text, runs);
}

}  // namespace culprit
