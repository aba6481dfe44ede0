#include "contrast/templates.h"

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>

#include "base/statistics.h"
#include "contrast/template_families.h"

namespace culprit {
namespace {

constexpr double p_max = 0.001;
constexpr double surge_min = 3;     // times the rate before
constexpr double new_expected = 3;  // failures that the rate before would have shown

std::uint64_t fnv(std::string_view text) {
  std::uint64_t hash = 0xCBF2'9CE4'8422'2325ULL;  // FNV-1a: stable across builds and machines
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100'0000'01B3ULL;
  return hash;
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
  std::map<std::string, double> lines;
  for (const SkeletonTally& skeleton : skeletons) lines[skeleton.text] += skeleton.all_events;
  std::map<std::string, std::string> final_text = template_texts(lines);
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
