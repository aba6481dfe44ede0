#include "contrast/templates.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "base/statistics.h"

namespace culprit {
namespace {

constexpr std::size_t family_min = 6;  // distinct words at one place: a variable
constexpr std::size_t rounds_max = 6;
constexpr std::size_t skeletons_max = 20'000;  // beyond that merging is skipped: free prose
constexpr std::size_t places_max = 64;         // words of a text that are looked at
constexpr std::string_view variable = "<*>";
constexpr double p_max = 0.001;
constexpr double surge_min = 3;     // times the rate before
constexpr double new_expected = 3;  // failures that the rate before would have shown

using Words = std::vector<std::string>;

Words words_of(const std::string& text) {
  Words words;
  std::size_t at = 0;
  while (at <= text.size()) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    words.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

std::string joined(const Words& words, std::size_t without = SIZE_MAX) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += ' ';
    text += i == without ? variable : std::string_view(words[i]);
  }
  return text;
}

std::uint64_t fnv(std::string_view text) {
  std::uint64_t hash = 0xCBF2'9CE4'8422'2325ULL;  // FNV-1a: stable across builds and machines
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100'0000'01B3ULL;
  return hash;
}

// The places of a text that may turn out to vary.
std::vector<std::size_t> places_in(const Words& words) {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < words.size() && words.size() > 1 && i < places_max; ++i) {
    if (words[i] != variable) places.push_back(i);
  }
  return places;
}

// How many distinct words stand at the place of each family, by the hash of its text: families are
// too many to keep their texts.
std::unordered_map<std::uint64_t, std::size_t> family_sizes(const std::set<std::string>& texts) {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> words_seen;  // a family's, and the word's
  for (const std::string& text : texts) {
    const Words words = words_of(text);
    for (const std::size_t i : places_in(words)) {
      words_seen.emplace_back(fnv(joined(words, i)), fnv(words[i]));
    }
  }
  std::sort(words_seen.begin(), words_seen.end());
  words_seen.erase(std::unique(words_seen.begin(), words_seen.end()), words_seen.end());
  std::unordered_map<std::uint64_t, std::size_t> sizes;
  for (const auto& [family, word] : words_seen) ++sizes[family];
  std::erase_if(sizes, [](const auto& one) { return one.second < family_min; });
  return sizes;
}

// For each text the place whose variation makes the largest family, as the text with <*> there.
std::map<std::string, std::string> merged_once(const std::set<std::string>& texts) {
  const std::unordered_map<std::uint64_t, std::size_t> sizes = family_sizes(texts);
  std::map<std::string, std::string> merged;
  for (const std::string& text : texts) {
    const Words words = words_of(text);
    std::size_t largest = family_min - 1;
    for (const std::size_t i : places_in(words)) {
      std::string family = joined(words, i);
      const auto found = sizes.find(fnv(family));
      if (found == sizes.end() || found->second <= largest) continue;
      largest = found->second;
      merged[text] = std::move(family);
    }
  }
  return merged;
}

void add(Template& to, const SkeletonTally& skeleton) {
  if (to.events.empty()) {
    to.events.resize(skeleton.events.size());
    to.example = skeleton.example;
  }
  for (std::size_t w = 0; w < to.events.size(); ++w) to.events[w] += skeleton.events[w];
  const bool later = to.events.empty()
                         ? false
                         : skeleton.events.back() > 0 && to.events.back() == skeleton.events.back();
  if (later) to.example = skeleton.example;
  to.bad_events += skeleton.bad_events;
  to.all_events += skeleton.all_events;
  to.level = std::max(to.level, skeleton.level);
  if (skeleton.first != no_time && (to.first == no_time || skeleton.first < to.first)) {
    to.first = skeleton.first;
  }
  to.last = std::max(to.last, skeleton.last);
  to.skeletons.push_back(skeleton.hash);
}

}  // namespace

std::vector<Template> merge_skeletons(const std::vector<SkeletonTally>& skeletons) {
  std::map<std::string, std::string> final_text;
  std::set<std::string> texts;
  for (const SkeletonTally& skeleton : skeletons) texts.insert(skeleton.text);
  for (const std::string& text : texts) final_text[text] = text;
  for (std::size_t round = 0; round < rounds_max && texts.size() <= skeletons_max; ++round) {
    const std::map<std::string, std::string> merged = merged_once(texts);
    if (merged.empty()) break;
    std::set<std::string> next;
    for (auto& [text, now] : final_text) {
      const auto found = merged.find(now);
      if (found != merged.end()) now = found->second;
      next.insert(now);
    }
    texts = std::move(next);
  }
  std::map<std::string, Template> templates;
  for (const SkeletonTally& skeleton : skeletons) {
    Template& one = templates[final_text[skeleton.text]];
    one.text = final_text[skeleton.text];
    add(one, skeleton);
  }
  std::vector<Template> made;
  for (auto& [text, one] : templates) {
    one.id = fmt::format("t{:08x}", fnv(text) >> 32);
    made.push_back(std::move(one));
  }
  return made;
}

std::string_view name_of(TemplateStatus status) {
  switch (status) {
    case TemplateStatus::fresh: return "new";
    case TemplateStatus::surged: return "surged";
    case TemplateStatus::stopped: return "stopped";
  }
  return "";
}

std::vector<ChangedTemplate> changed_templates(const std::vector<Template>& templates,
                                               const TemplateOptions& options) {
  std::vector<ChangedTemplate> changed;
  const double tests = static_cast<double>(std::max<std::size_t>(templates.size(), 1));
  for (const Template& one : templates) {
    ChangedTemplate entry{one, TemplateStatus::fresh, one.events[0], one.events[1], 1};
    const double expected = (entry.before + 0.5) * options.exposure;
    const double phi = options.dispersion;
    const double up = poisson_upper(entry.after / phi, expected / phi);
    const double down = poisson_lower(entry.after / phi, entry.before * options.exposure / phi);
    if (entry.before == 0 && entry.after >= new_expected && one.first >= options.onset_from) {
      entry.status = TemplateStatus::fresh;
      entry.p_value = up;
    } else if (entry.after > surge_min * expected && up * tests < p_max) {
      entry.status = TemplateStatus::surged;
      entry.p_value = up;
    } else if (entry.after * surge_min < entry.before * options.exposure && down * tests < p_max) {
      entry.status = TemplateStatus::stopped;
      entry.p_value = down;
    } else {
      continue;
    }
    changed.push_back(std::move(entry));
  }
  // Told first: what goes with the failures, then what changed most.
  const auto weight = [](const ChangedTemplate& entry) {
    const double bad_share = entry.what.bad_events / std::max(1.0, entry.what.all_events);
    return bad_share * std::abs(entry.after - entry.before) +
           0.01 * std::abs(entry.after - entry.before);
  };
  std::stable_sort(changed.begin(), changed.end(),
                   [&](const ChangedTemplate& a, const ChangedTemplate& b) {
                     if (a.status != b.status) return a.status < b.status;
                     return weight(a) > weight(b);
                   });
  if (changed.size() > options.count_max) changed.resize(options.count_max);
  return changed;
}

}  // namespace culprit
