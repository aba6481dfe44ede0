#include "parse/outline_merge.h"

#include <algorithm>
#include <map>
#include <numeric>

#include <fmt/ranges.h>

#include "parse/bytes.h"
#include "parse/difference_items.h"
#include "parse/difference_pairs.h"
#include "parse/line_alignment.h"

namespace culprit {
namespace {

using Form = OutlineEntry::Form;
using Shape = OutlineEntry::Shape;
using Entries = std::vector<OutlineEntry>;

// All that it says, as one line.
std::string whole_text(const OutlineEntry& entry) {
  std::string text = entry.form == Form::member ? "-" : entry.line;
  for (const OutlineEntry& one : entry.nested) {
    if (!text.empty()) text += entry.form == Form::member && &one == &entry.nested[0] ? " " : "\n";
    text += whole_text(one);
  }
  return text;
}

// Of a document, without the line that parts it from the one before.
std::string held_text(const OutlineEntry& document) {
  std::string text;
  for (const OutlineEntry& one : document.nested) {
    text += (text.empty() ? "" : "\n") + whole_text(one);
  }
  return text;
}

std::string on_one_line(std::string_view text) {
  std::string made;
  for (const char c : trimmed(text)) c == '\n' ? made += "\\n" : made += c;
  return made;
}

std::string_view name_in(std::string_view line) {
  return trimmed(line.substr(0, std::min(line.find_first_of("=:"), line.size())));
}

// Where it stands in what is named: "pool", "- name: x", "[a]".
std::string step_of(const OutlineEntry& entry) {
  if (entry.form == Form::member || entry.key.empty()) return first_line(entry);
  return entry.key;
}

bool is_section(const OutlineEntry& entry) { return entry.key.starts_with('['); }

// Of two that change as a whole only the first has been given a place: the other is right behind.
void add_behind(MergedEntry& made) {
  std::vector<bool> placed(made.nested.size() + 1, false);
  for (const std::size_t one : made.bad_order) placed[one] = true;
  placed.back() = true;
  for (auto* order : {&made.good_order, &made.bad_order}) {
    std::vector<std::size_t> all;
    for (const std::size_t one : *order) {
      all.push_back(one);
      if (!placed[one + 1]) all.push_back(one + 1);
    }
    *order = std::move(all);
  }
}

class Merging {
 public:
  MergedEntry merge(const OutlineEntry& good, const OutlineEntry& bad);
  void put_names(const std::vector<std::size_t>& united, bool fresh, Differences& made) const;
  std::size_t count() const { return changes_.size(); }

 private:
  struct Change {
    std::string path, removed, added, subject;
  };
  enum class Extent : std::uint8_t { parts, whole };

  MergedEntry alone(const OutlineEntry& entry, Side side, std::size_t change, Extent extent);
  void merge_map(const Entries& good, const Entries& bad, MergedEntry& made);
  void merge_list(const Entries& good, const Entries& bad, MergedEntry& made);
  void merge_gap(const Entries& good, Slice olds, const Entries& bad, Slice news,
                 MergedEntry& made);
  void merge_rest(const Entries& good, Slice olds, const Entries& bad, Slice news,
                  MergedEntry& made);
  void put_pair(const Entries& good, std::size_t i, const Entries& bad, std::size_t j,
                MergedEntry& made);
  void put(const OutlineEntry* good, const OutlineEntry* bad, MergedEntry& made);
  std::size_t change_of(const OutlineEntry& entry);
  template <typename Work>
  void within(const OutlineEntry& entry, Work work);

  std::vector<std::string> steps_;
  std::vector<std::string> names_;
  std::size_t document_ = 0;
  std::vector<Change> changes_;
};

template <typename Work>
void Merging::within(const OutlineEntry& entry, Work work) {
  const bool document = is_document(entry);
  if (entry.form == Form::group) return work();
  steps_.push_back(document ? fmt::format("document {}", document_ + 1) : step_of(entry));
  names_.emplace_back(entry.key.empty() ? name_in(first_line(entry)) : entry.key);
  if (document) names_.back() = "-";
  work();
  steps_.pop_back();
  names_.pop_back();
}

std::size_t Merging::change_of(const OutlineEntry& entry) {
  const std::string line = first_line(entry);
  const bool member = entry.key.empty() && line.find_first_of("=:") == line.npos;
  std::string name(member ? "-" : entry.key.empty() ? name_in(line) : entry.key);
  std::string subject;
  for (const std::string& one : names_) subject += one + (one.starts_with('[') ? " " : ".");
  std::string path = fmt::format("{}", fmt::join(steps_, "."));
  if (!path.empty()) path += ' ';
  changes_.push_back({std::move(path), "", "", is_section(entry) ? "" : subject + name});
  return changes_.size() - 1;
}

MergedEntry Merging::alone(const OutlineEntry& entry, Side side, std::size_t change,
                           Extent extent) {
  MergedEntry made;
  made.side = side;
  made.form = entry.form;
  (side == Side::good ? made.good : made.bad) = &entry;
  const bool holds = entry.form == Form::group || is_document(entry);
  if (change == no_item && !(holds && !entry.nested.empty())) {
    change = change_of(entry);
    Change& one = changes_[change];
    (side == Side::good ? one.removed : one.added) =
        entry.nested.empty() ? on_one_line(entry.line) : first_line(entry);
  }
  made.change = change;
  within(entry, [&] {
    for (const OutlineEntry& one : entry.nested) {
      const bool first = entry.form == Form::member && &one == &entry.nested[0];
      const bool same = first || extent == Extent::whole;
      made.nested.push_back(alone(one, side, same ? change : no_item, extent));
    }
  });
  made.good_order.resize(made.nested.size());
  std::iota(made.good_order.begin(), made.good_order.end(), 0);
  made.bad_order = made.good_order;
  return made;
}

// Whether entries of both may stand in one.
bool fit(const OutlineEntry& good, const OutlineEntry& bad) {
  const auto holds = [](const OutlineEntry& entry) { return entry.shape != Shape::leaf; };
  if (good.form != bad.form && !(is_document(good) && is_document(bad))) return false;
  if (good.shape == bad.shape) return true;
  return holds(good) && holds(bad) && (good.shape == Shape::empty || bad.shape == Shape::empty);
}

void Merging::put(const OutlineEntry* good, const OutlineEntry* bad, MergedEntry& made) {
  if (good == nullptr) return made.nested.push_back(alone(*bad, Side::bad, no_item, Extent::parts));
  if (bad == nullptr)
    return made.nested.push_back(alone(*good, Side::good, no_item, Extent::parts));
  if (fit(*good, *bad)) return made.nested.push_back(merge(*good, *bad));
  const bool documents = is_document(*bad);
  std::size_t change = no_item;
  const auto add = [&] { change = change_of(*bad); };
  documents ? within(*bad, add) : add();
  changes_[change].removed = on_one_line(documents ? held_text(*good) : whole_text(*good));
  changes_[change].added = on_one_line(documents ? held_text(*bad) : whole_text(*bad));
  made.nested.push_back(alone(*good, Side::good, change, Extent::whole));
  made.nested.push_back(alone(*bad, Side::bad, change, Extent::whole));
}

MergedEntry Merging::merge(const OutlineEntry& good, const OutlineEntry& bad) {
  MergedEntry made;
  made.form = good.form;
  made.good = &good;
  made.bad = &bad;
  if (!is_document(bad) && trimmed(good.line) != trimmed(bad.line)) {
    made.change = change_of(bad);
    changes_.back().removed = on_one_line(good.line);
    changes_.back().added = on_one_line(bad.line);
  }
  within(bad, [&] {
    const bool list = (bad.nested.empty() ? good.shape : bad.shape) == Shape::list;
    list ? merge_list(good.nested, bad.nested, made) : merge_map(good.nested, bad.nested, made);
  });
  return made;
}

// Those of one key belong together; sections of TOML stand behind the keys.
void Merging::merge_map(const Entries& good, const Entries& bad, MergedEntry& made) {
  std::multimap<std::string_view, std::size_t> places;
  for (std::size_t i = 0; i < good.size(); ++i) places.emplace(good[i].key, i);
  std::vector<std::size_t> partner(good.size(), no_item);
  std::vector<std::size_t> of(bad.size(), no_item);
  for (std::size_t j = 0; j < bad.size(); ++j) {
    const auto known = places.find(bad[j].key);
    if (known == places.end()) continue;
    of[j] = known->second;
    partner[known->second] = j;
    places.erase(known);
  }
  std::vector<std::size_t> olds(good.size());
  std::vector<std::size_t> news(bad.size());
  const auto remove = [&](std::size_t i) {
    olds[i] = made.nested.size();
    put(&good[i], nullptr, made);
  };
  for (std::size_t i = 0; i < good.size() && partner[i] == no_item; ++i) remove(i);
  for (std::size_t j = 0; j < bad.size(); ++j) {
    news[j] = made.nested.size();
    if (of[j] == no_item) {
      put(nullptr, &bad[j], made);
      continue;
    }
    olds[of[j]] = made.nested.size();
    put(&good[of[j]], &bad[j], made);
    for (std::size_t i = of[j] + 1; i < good.size() && partner[i] == no_item; ++i) remove(i);
  }
  made.good_order = ordered(olds, news, made.nested.size());
  made.bad_order = ordered(news, olds, made.nested.size());
  add_behind(made);
  const auto is_key = [&](std::size_t at) {
    const MergedEntry& one = made.nested[at];
    return !is_section(one.bad != nullptr ? *one.bad : *one.good);
  };
  std::stable_partition(made.good_order.begin(), made.good_order.end(), is_key);
  std::stable_partition(made.bad_order.begin(), made.bad_order.end(), is_key);
}

// What a value says, without its quotes: "a" of `name: 'a'`.
std::string value_in(const OutlineEntry& entry, std::string_view key, std::string_view below) {
  for (const OutlineEntry& one : entry.nested) {
    if (one.key != key) continue;
    if (!below.empty()) return value_in(one, below, "");
    if (one.shape != Shape::leaf) return "";
    std::string_view value = trimmed(one.line);
    value = trimmed(value.substr(std::min(value.find_first_of("=:") + 1, value.size())));
    const bool quoted = value.size() > 1 && value[0] == value.back() && !is_letter(value[0]);
    return std::string(quoted ? value.substr(1, value.size() - 2) : value);
  }
  return "";
}

// By which members of a list that differ are one: what names it, its first line, its keys. Of what
// stands below no dash it is enough that there is nothing else.
Signs signs_of(const OutlineEntry& entry) {
  const bool leaf = entry.nested.empty() || entry.shape == Shape::leaf;
  if (leaf) return {"", "", "", !entry.nested.empty() ? "." : ""};  // a document that is a text
  const std::string own = identity_of(
      [&](std::string_view key, std::string_view below) { return value_in(entry, key, below); });
  if (entry.form == Form::member) {
    const auto shape = static_cast<int>(entry.nested[0].shape);
    return {own, fmt::format("{}{}", shape, first_line(entry)), "", ""};
  }
  std::string keys;
  for (const OutlineEntry& one : entry.nested) keys += one.key + "\n";
  return {own, "", keys, own.empty() ? "." : ""};
}

// Sections and documents that stand for each other, as many here as there, are merged. A document
// that is a text, or a list in brackets, changes as a whole: beside it nothing can stand.
void Merging::merge_rest(const Entries& good, Slice olds, const Entries& bad, Slice news,
                         MergedEntry& made) {
  std::size_t i = olds.from;
  std::size_t j = news.from;
  const bool pairs = olds.to - i == news.to - j && i < olds.to && !good[i].line.starts_with("- ") &&
                     good[i].form != Form::member &&
                     (is_document(good[i]) || good[i].shape != Shape::leaf);
  for (; pairs && i < olds.to; ++i, ++j) put_pair(good, i, bad, j, made);
  for (; i < olds.to; ++i) {
    document_ = i;
    put(&good[i], nullptr, made);
  }
  for (; j < news.to; ++j) {
    document_ = j;
    put(nullptr, &bad[j], made);
  }
}

void Merging::put_pair(const Entries& good, std::size_t i, const Entries& bad, std::size_t j,
                       MergedEntry& made) {
  document_ = j;
  put(&good[i], &bad[j], made);
}

void Merging::merge_gap(const Entries& good, Slice olds, const Entries& bad, Slice news,
                        MergedEntry& made) {
  const auto signs = [](const Entries& entries, Slice of) {
    std::vector<Signs> some;
    for (std::size_t i = of.from; i < of.to; ++i) some.push_back(signs_of(entries[i]));
    return some;
  };
  walk(
      alike(signs(good, olds), signs(bad, news)), olds, news,
      [&](Slice older, Slice newer) { merge_rest(good, older, bad, newer, made); },
      [&](std::size_t i, std::size_t j) { put_pair(good, i, bad, j, made); });
}

void Merging::merge_list(const Entries& good, const Entries& bad, MergedEntry& made) {
  const auto texts = [](const Entries& entries) {
    std::vector<std::string> all;
    for (const OutlineEntry& one : entries) all.push_back(whole_text(one));
    return all;
  };
  const std::vector<std::string> olds = texts(good);
  const std::vector<std::string> news = texts(bad);
  walk(
      aligned({olds.begin(), olds.end()}, {news.begin(), news.end()}), {0, good.size()},
      {0, bad.size()}, [&](Slice older, Slice newer) { merge_gap(good, older, bad, newer, made); },
      [&](std::size_t i, std::size_t j) { put_pair(good, i, bad, j, made); });
  made.bad_order.resize(made.nested.size());
  std::iota(made.bad_order.begin(), made.bad_order.end(), 0);
  made.good_order = made.bad_order;
}

// Of several that go together the first speaks, and says how many more there are.
void Merging::put_names(const std::vector<std::size_t>& united, bool fresh,
                        Differences& made) const {
  std::vector<std::size_t> more(changes_.size(), 0);
  for (std::size_t i = 0; i < united.size(); ++i) more[united[i]] += united[i] == i ? 0 : 1;
  for (std::size_t i = 0; i < changes_.size(); ++i) {
    if (united[i] != i) continue;
    const Change& one = changes_[i];
    const std::string removed = shown(one.path + one.removed);
    const std::string added = shown(one.path + one.added);
    std::string name = one.added.empty()      ? "removed " + removed
                       : !one.removed.empty() ? fmt::format("{} -> {}", removed, added)
                       : fresh                ? added
                                              : "added " + added;
    if (more[i] > 0) name += fmt::format(" (and {} more)", more[i]);
    made.names.push_back(std::move(name));
    made.subjects.push_back(one.subject);
  }
}

void renumber(MergedEntry& entry, const std::vector<std::size_t>& numbers) {
  if (entry.change != no_item) entry.change = numbers[entry.change];
  for (MergedEntry& one : entry.nested) renumber(one, numbers);
}

}  // namespace

MergedEntry merged_outlines(const Outline& good, const Outline& bad, Differences& made) {
  Merging merging;
  MergedEntry root = merging.merge(good.root, bad.root);
  const std::vector<std::size_t> united = united_changes(root, merging.count());
  const auto says = [](const OutlineEntry& one) { return !one.nested.empty(); };
  const bool fresh = std::none_of(good.root.nested.begin(), good.root.nested.end(), says);
  merging.put_names(united, fresh, made);
  std::vector<std::size_t> numbers(united.size());
  std::size_t count = 0;
  for (std::size_t i = 0; i < united.size(); ++i) {
    numbers[i] = united[i] == i ? count++ : numbers[united[i]];
  }
  renumber(root, numbers);
  return root;
}

}  // namespace culprit
