#include "parse/difference_items.h"

#include <map>
#include <memory>
#include <unordered_map>

#include "parse/bytes.h"
#include "parse/line_alignment.h"

namespace culprit {
namespace {

constexpr std::size_t name_bytes_max = 120;

enum class Side : std::uint8_t { both, good, bad };

// One item of either text, or of both.
struct Entry {
  std::string text;
  Side side;
  std::size_t change = no_item;
  std::size_t parent = no_item;  // among the entries
  bool replaced = false;         // another one is there in its place where this one is not
  std::size_t closes = no_item;  // among the entries: it is there where that is
};

// What a text has around its items.
struct Frame {
  bool ended = true;    // by what stands between them
  bool marked = false;  // with a byte order mark
  bool operator==(const Frame& other) const = default;
};

struct Merged {
  std::vector<Entry> entries;
  std::string join;
  Frame good_frame, bad_frame;
  std::string good;
  std::string bad;
  bool styled = false;  // the last change is how it is written

  std::string with(const std::vector<bool>& applied) const;
};

std::string Merged::with(const std::vector<bool>& applied) const {
  const auto count = static_cast<std::size_t>(std::count(applied.begin(), applied.end(), true));
  if (count == 0) return good;
  if (count == applied.size()) return bad;
  std::vector<bool> there(entries.size());
  for (std::size_t i = entries.size(); i-- > 0;) {
    const Entry& one = entries[i];
    const bool own = one.side == Side::both || applied[one.change] == (one.side == Side::bad);
    there[i] = there[i] || own;
    const bool brings = there[i] && one.parent != no_item && !entries[one.parent].replaced;
    if (brings) there[one.parent] = true;
  }
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (entries[i].closes != no_item) there[i] = there[entries[i].closes];
  }
  const Frame& frame = styled && !applied.back() ? good_frame : bad_frame;
  std::string text(frame.marked ? byte_order_mark : "");
  bool first = true;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (!there[i]) continue;
    if (!first) text += join;
    text += entries[i].text;
    first = false;
  }
  if (frame.ended && !first) text += join;
  return text;
}

// Puts two lists into one, each in its own order, and says which changes there are.
class Merging {
 public:
  Merging(const ItemList& before, const ItemList& after, Places places)
      : before_(before.items),
        after_(after.items),
        places_(places),
        old_entry_(before_.size(), no_item),
        new_entry_(after_.size(), no_item) {}

  void run();
  std::vector<Entry> entries = {};
  std::vector<std::string> names = {};
  std::vector<std::string> subjects = {};

 private:
  struct Change {
    std::vector<std::size_t> removed, added;
  };

  void pair(const Alignment& same);
  void pair_gap(std::size_t i, std::size_t old_end, std::size_t j, std::size_t new_end);
  void add_gap(Slice olds, Slice news);
  void add(const Item& item, Side side, std::size_t change);
  std::size_t change_of(const Item& item);
  std::string name_of(const Change& change) const;
  const Item& item_of(const Change& change) const;  // that it is named for
  std::string told(const Item& item, std::size_t place) const;

  const std::vector<Item>& before_;
  const std::vector<Item>& after_;
  Places places_;
  std::map<std::string, std::size_t> keyed_;
  std::vector<Change> changes_;
  std::vector<std::size_t> old_change_, new_change_;  // of each item; no_item: in both
  std::vector<std::size_t> old_entry_, new_entry_;
};

std::size_t Merging::change_of(const Item& item) {
  if (!item.key.empty()) {
    const auto known = keyed_.find(item.key);
    if (known != keyed_.end()) return known->second;
    keyed_[item.key] = changes_.size();
  }
  changes_.emplace_back();
  return changes_.size() - 1;
}

// Lines without a key that stand for each other are one change, as many here as there.
void Merging::pair_gap(std::size_t i, std::size_t old_end, std::size_t j, std::size_t new_end) {
  const auto plain = [](const std::vector<Item>& items, std::size_t from, std::size_t to) {
    return std::all_of(items.begin() + static_cast<std::ptrdiff_t>(from),
                       items.begin() + static_cast<std::ptrdiff_t>(to),
                       [](const Item& item) { return item.key.empty(); });
  };
  const bool replaced =
      old_end - i == new_end - j && plain(before_, i, old_end) && plain(after_, j, new_end);
  for (std::size_t at = i; at < old_end; ++at) {
    old_change_[at] = change_of(before_[at]);
    changes_[old_change_[at]].removed.push_back(at);
  }
  for (std::size_t at = j; at < new_end; ++at) {
    new_change_[at] = replaced ? old_change_[i + at - j] : change_of(after_[at]);
    changes_[new_change_[at]].added.push_back(at);
  }
}

void Merging::pair(const Alignment& same) {
  old_change_.assign(before_.size(), no_item);
  new_change_.assign(after_.size(), no_item);
  std::size_t i = 0;
  std::size_t j = 0;
  for (const auto& [old_at, new_at] : same) {
    pair_gap(i, old_at, j, new_at);
    i = old_at + 1;
    j = new_at + 1;
  }
  pair_gap(i, before_.size(), j, after_.size());
}

void Merging::add(const Item& item, Side side, std::size_t change) {
  const std::vector<std::size_t>& places = side == Side::bad ? new_entry_ : old_entry_;
  const std::size_t parent = item.parent == no_item ? no_item : places[item.parent];
  const std::size_t closes = item.closes == no_item ? no_item : places[item.closes];
  entries.push_back({std::string(item.text), side, change, parent, false, closes});
}

// What is added stands right behind what it replaces.
void Merging::add_gap(Slice olds, Slice news) {
  std::size_t i = olds.from;
  std::size_t j = news.from;
  const std::size_t old_end = olds.to;
  const auto add_old = [&](std::size_t at) {
    old_entry_[at] = entries.size();
    add(before_[at], Side::good, old_change_[at]);
  };
  std::unordered_map<std::size_t, std::vector<std::size_t>>
      places;  // of each change, the last first
  for (std::size_t at = old_end; at-- > i;) places[old_change_[at]].push_back(at);
  const auto partner_of = [&](std::size_t change) {
    const auto known = places.find(change);
    if (known == places.end()) return old_end;
    while (!known->second.empty() && known->second.back() < i) known->second.pop_back();
    return known->second.empty() ? old_end : known->second.back();
  };
  for (; j < news.to; ++j) {
    const std::size_t partner = partner_of(new_change_[j]);
    const bool replaces = partner < old_end;
    while (replaces && i <= partner) add_old(i++);
    if (replaces) entries.back().replaced = true;
    new_entry_[j] = entries.size();
    add(after_[j], Side::bad, new_change_[j]);
    entries.back().replaced = replaces;
  }
  while (i < old_end) add_old(i++);
}

void Merging::run() {
  const auto texts = [](const std::vector<Item>& items) {
    std::vector<std::string> all;
    for (const Item& item : items) all.push_back(fmt::format("{}\n{}", item.within, item.text));
    return all;
  };
  const std::vector<std::string> olds = texts(before_);
  const std::vector<std::string> news = texts(after_);
  const Alignment same = aligned({olds.begin(), olds.end()}, {news.begin(), news.end()});
  pair(same);
  walk(
      same, {0, before_.size()}, {0, after_.size()},
      [&](Slice older, Slice newer) { add_gap(older, newer); },
      [&](std::size_t i, std::size_t j) {
        old_entry_[i] = new_entry_[j] = entries.size();
        add(before_[i], Side::both, no_item);
      });
  for (const Change& change : changes_) {
    names.push_back(name_of(change));
    subjects.push_back(item_of(change).subject);
  }
}

// What cannot be seen, as it is written in C.
std::string visible(std::string_view text) {
  std::string made;
  for (const char c : text) {
    if (c == '\r') {
      made += "\\r";
    } else if (c == '\t') {
      made += "\\t";
    } else {
      made += c;
    }
  }
  return made.ends_with(' ') ? fmt::format("\"{}\"", made) : made;
}

std::string Merging::told(const Item& item, std::size_t place) const {
  std::string text = shown(item.value.empty() ? trimmed(item.text) : item.value);
  if (places_ == Places::untold) return text;
  return fmt::format("line {}: {}", place + 1, text);
}

// Of a name that is set twice the last one counts.
std::size_t speaker(const std::vector<Item>& items, const std::vector<std::size_t>& places) {
  const auto last = std::find_if(places.rbegin(), places.rend(),
                                 [&](std::size_t place) { return !items[place].goes_on; });
  return last == places.rend() ? places[0] : *last;
}

const Item& Merging::item_of(const Change& change) const {
  const auto& [removed, added] = change;
  return added.empty() ? before_[speaker(before_, removed)] : after_[speaker(after_, added)];
}

std::string Merging::name_of(const Change& change) const {
  const auto& [removed, added] = change;
  const Item& item = item_of(change);
  if (item.key == comments_key) return "comments and empty lines";
  const std::string label = item.label.empty() ? "" : item.label + " ";
  if (added.empty()) return fmt::format("removed {}{}", label, told(item, removed[0]));
  if (removed.empty()) {
    return fmt::format("{}{}{}", before_.empty() ? "" : "added ", label, told(item, added[0]));
  }
  const Item& was = before_[speaker(before_, removed)];
  std::string old_text = shown(was.value.empty() ? trimmed(was.text) : was.value);
  std::string new_text = shown(item.value.empty() ? trimmed(item.text) : item.value);
  if (old_text == new_text && was.text != item.text) {
    old_text = shown(visible(was.text));
    new_text = shown(visible(item.text));
  }
  const std::string place = places_ == Places::told ? fmt::format("line {}: ", added[0] + 1) : "";
  return fmt::format("{}{}{} -> {}", place, label, old_text, new_text);
}

Frame frame_of(std::string_view text, const ItemList& list) {
  const bool kept = !list.items.empty() && list.items[0].text.starts_with(byte_order_mark);
  return {list.ended, text.starts_with(byte_order_mark) && !kept};
}

}  // namespace

std::vector<std::size_t> ordered(const std::vector<std::size_t>& own,
                                 const std::vector<std::size_t>& other, std::size_t count) {
  std::vector<bool> has(count, false);
  for (const std::size_t one : own) has[one] = true;
  std::vector<std::vector<std::size_t>> behind(count + 1);  // the last: before all
  std::size_t last = count;
  for (const std::size_t one : other) {
    if (has[one]) {
      last = one;
    } else {
      behind[last].push_back(one);
    }
  }
  std::vector<std::size_t> order = behind[count];
  for (const std::size_t one : own) {
    order.push_back(one);
    order.insert(order.end(), behind[one].begin(), behind[one].end());
  }
  return order;
}

std::string shown(std::string_view text) {
  if (text.size() <= name_bytes_max) return std::string(text);
  std::size_t end = name_bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return fmt::format("{}...", text.substr(0, end));
}

Result<Differences> differences_of_items(std::string_view good, const ItemList& before,
                                         std::string_view bad, const ItemList& after,
                                         Places places) {
  Merging merging(before, after, places);
  merging.run();
  auto merged = std::make_shared<Merged>();
  merged->entries = std::move(merging.entries);
  merged->join = after.join;
  merged->good_frame = frame_of(good, before);
  merged->bad_frame = frame_of(bad, after);
  merged->good = good;
  merged->bad = bad;
  Differences made;
  made.names = std::move(merging.names);
  made.subjects = std::move(merging.subjects);
  const bool two = !before.items.empty() && !after.items.empty() && !made.names.empty();
  merged->styled = two && merged->good_frame != merged->bad_frame;
  if (merged->styled) add_style(made);
  made.text_with = [merged](const std::vector<bool>& applied) { return merged->with(applied); };
  return made;
}

}  // namespace culprit
