#include "contrast/pair.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <map>
#include <set>

#include <fmt/format.h>

#include "event/roles.h"

namespace culprit {
namespace {

using Steps = std::vector<std::string>;
using How = PairDifference::How;
using Meaning = PairDifference::Meaning;

constexpr double slower_min = 2;     // durations of one request vary by less
constexpr std::size_t id_bytes = 8;  // shorter hex is a number or a word
constexpr std::size_t path_max = 400;

std::string path_of(const Steps& steps) {
  std::string path;
  for (const std::string& step : steps) {
    const bool plain = step.find_first_of(" .") == std::string::npos || step.starts_with('[');
    if (!path.empty() && !step.starts_with('[')) path += '.';
    path += plain ? step : "\"" + step + "\"";
  }
  return path.empty() ? "." : path.substr(0, path_max);
}

std::optional<double> number_of(const std::string& text) {
  double number = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return number;
}

bool holds(const std::string& text, std::string_view bytes) {
  return std::all_of(text.begin(), text.end(), [&](char c) { return bytes.find(c) != bytes.npos; });
}

// Hex, perhaps with hyphens, with a digit in it: a trace id, a UUID, a digest.
bool looks_id(const std::string& text) {
  return text.size() >= id_bytes && holds(text, "0123456789abcdefABCDEF-") &&
         text.find_first_of("0123456789") != std::string::npos && !number_of(text);
}

// "2025-11-20T14:03:11Z", "Thu, 20 Nov 2025 14:03:11 GMT", seconds or finer since 1970.
bool looks_time(const std::string& text) {
  const auto colon = text.find(':');
  const bool clock = colon != std::string::npos && colon >= 2 && colon + 3 < text.size() &&
                     holds(text.substr(colon - 2, 2) + text.substr(colon + 1, 2), "0123456789");
  const std::optional<double> number = number_of(text);
  constexpr double year_2001 = 1e9;  // in seconds
  const bool epoch = number && *number >= year_2001 && text.find('.') == std::string::npos;
  return (clock && text.size() >= 16) || epoch;
}

std::string times_text(double good, double bad) {
  if (good == 0 || bad == 0 || (good < 0) != (bad < 0)) return "";
  return fmt::format("{:.3g}x", bad / good);
}

// What a difference of two values means, by the field's name first, then by the values.
void judge(const std::string& name, const Leaf& good, const Leaf& bad, PairDifference& made) {
  const Role role = role_of(name);
  const auto numbers = std::pair(number_of(good.value), number_of(bad.value));
  if (numbers.first && numbers.second) made.why = times_text(*numbers.first, *numbers.second);
  if (role == Role::duration && numbers.first && numbers.second) {
    const double low = std::min(*numbers.first, *numbers.second);
    const double high = std::max(*numbers.first, *numbers.second);
    if (high < slower_min * low) made.meaning = Meaning::expected;
    return;
  }
  const bool restates = role == Role::status || role == Role::success || role == Role::level ||
                        role == Role::exception || role == Role::error;
  if (restates) {
    made.meaning = Meaning::outcome;
    made.why.clear();
  }
  const bool ids = role == Role::correlation || (looks_id(good.value) && looks_id(bad.value));
  const bool times = role == Role::time || (looks_time(good.value) && looks_time(bad.value));
  if (!restates && (ids || times)) {
    made.meaning = Meaning::expected;
    made.why = ids ? "differs as ids do" : "differs as times do";
  }
}

// Kinds matter where both notations tell them: `"500"` for `500` may be what broke it.
bool same_kind(const Leaf& a, const Leaf& b) { return a.kind == b.kind; }

PairDifference changed(const Leaf& good, const Leaf& bad) {
  PairDifference made{path_of(good.steps), good.value, bad.value, How::changed, {}, ""};
  judge(good.steps.empty() ? "" : good.steps.back(), good, bad, made);
  if (!same_kind(good, bad) && good.value == bad.value) {
    constexpr std::string_view kinds[] = {"text", "a number", "a boolean", "null"};
    made.how = How::type;
    made.why = fmt::format("{} became {}", kinds[static_cast<std::size_t>(good.kind)],
                           kinds[static_cast<std::size_t>(bad.kind)]);
  }
  return made;
}

// All beginnings of a document's paths.
std::set<Steps> branches_of(const Document& document) {
  std::set<Steps> branches;
  for (const Leaf& leaf : document.leaves) {
    Steps branch;
    for (const std::string& step : leaf.steps) {
      branch.push_back(step);
      branches.insert(branch);
    }
  }
  return branches;
}

// What one document has and the other has not, by the longest branch that is missing whole.
struct Missing {
  const Leaf* first = nullptr;
  std::size_t leaves = 0;
};

std::map<Steps, Missing> missing_from(const std::set<Steps>& branches,
                                      const std::vector<const Leaf*>& leaves) {
  std::map<Steps, Missing> missing;
  for (const Leaf* leaf : leaves) {
    Steps branch;
    for (const std::string& step : leaf->steps) {
      branch.push_back(step);
      if (!branches.contains(branch)) break;
    }
    Missing& one = missing[branch];
    if (one.first == nullptr) one.first = leaf;
    ++one.leaves;
  }
  return missing;
}

void add_missing(const std::map<Steps, Missing>& missing, How how, PairContrast& made) {
  for (const auto& [branch, one] : missing) {
    PairDifference difference;
    difference.path = path_of(branch);
    difference.how = how;
    const bool leaf = one.leaves == 1 && branch == one.first->steps;
    const std::string value = leaf ? one.first->value : "";
    (how == How::added ? difference.bad : difference.good) = value;
    if (!leaf)
      difference.why = fmt::format("{} value{} below it", one.leaves, one.leaves == 1 ? "" : "s");
    const Role role = branch.empty() ? Role::none : role_of(branch.back());
    const bool restates = role == Role::success || role == Role::exception || role == Role::error;
    if (restates) difference.meaning = Meaning::outcome;
    made.differences.push_back(std::move(difference));
  }
}

}  // namespace

PairContrast contrast_pair(const Document& good, const Document& bad) {
  PairContrast made;
  std::multimap<Steps, const Leaf*> of_bad;
  for (const Leaf& leaf : bad.leaves) of_bad.emplace(leaf.steps, &leaf);
  std::vector<const Leaf*> removed;
  for (const Leaf& leaf : good.leaves) {
    const auto found = of_bad.find(leaf.steps);
    if (found == of_bad.end()) {
      removed.push_back(&leaf);
      continue;
    }
    const Leaf& other = *found->second;
    of_bad.erase(found);
    if (leaf.value == other.value && same_kind(leaf, other)) {
      ++made.alike;
    } else {
      made.differences.push_back(changed(leaf, other));
    }
  }
  std::vector<const Leaf*> added;
  for (const auto& [steps, leaf] : of_bad) added.push_back(leaf);
  add_missing(missing_from(branches_of(bad), removed), How::removed, made);
  add_missing(missing_from(branches_of(good), added), How::added, made);
  std::stable_sort(
      made.differences.begin(), made.differences.end(),
      [](const PairDifference& a, const PairDifference& b) { return a.meaning < b.meaning; });
  return made;
}

std::string_view name_of(How how) {
  switch (how) {
    case How::added: return "added";
    case How::removed: return "removed";
    case How::changed: return "changed";
    case How::type: return "type";
  }
  return "";
}

std::string_view name_of(Meaning meaning) {
  switch (meaning) {
    case Meaning::difference: return "difference";
    case Meaning::outcome: return "outcome";
    case Meaning::expected: return "expected";
  }
  return "";
}

}  // namespace culprit
