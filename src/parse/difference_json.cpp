// JSON documents: nodes that were added, removed or changed. Of a lock file, the entries of one
// package are one change.
#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>

#include "parse/bytes.h"
#include "parse/difference_items.h"
#include "parse/difference_pairs.h"
#include "parse/document_parts.h"
#include "parse/line_alignment.h"

namespace culprit {
namespace {

using Steps = std::vector<std::string>;

// A value with its place in the text.
struct Node {
  enum class Shape : std::uint8_t { scalar, object, list };
  Shape shape = Shape::scalar;
  std::string_view text;    // of the value
  std::string_view before;  // white space before it, or before its key
  std::string_view key;     // with its quotes
  std::string_view colon;   // and the space around it
  std::string_view tail;    // white space before the closing bracket
  std::vector<Node> members;
};

// Of a text that json_tree() has read: nothing is checked here.
class NodeReader {
 public:
  explicit NodeReader(std::string_view text) : text_(text) {}

  Node read() {
    Node root;
    root.before = space();
    value(root);
    root.tail = root.members.empty() ? root.tail : root.tail;
    return root;
  }
  std::string_view rest() const { return text_.substr(at_); }

 private:
  std::string_view space() {
    const std::size_t from = at_;
    while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != text_.npos) ++at_;
    return text_.substr(from, at_ - from);
  }
  std::string_view string() {
    const std::size_t from = at_++;
    while (at_ < text_.size() && text_[at_] != '"') at_ += text_[at_] == '\\' ? 2 : 1;
    at_ = std::min(at_ + 1, text_.size());
    return text_.substr(from, at_ - from);
  }

  void value(Node& made) {
    const std::size_t from = at_;
    if (at_ >= text_.size()) return;
    if (text_[at_] == '{' || text_[at_] == '[') {
      members(made);
    } else if (text_[at_] == '"') {
      string();
    } else {
      at_ = std::min(text_.find_first_of(",]} \t\r\n", at_), text_.size());
    }
    made.text = text_.substr(from, at_ - from);
  }

  void members(Node& made) {
    const char close = text_[at_] == '{' ? '}' : ']';
    made.shape = close == '}' ? Node::Shape::object : Node::Shape::list;
    ++at_;
    while (at_ < text_.size()) {
      const std::string_view before = space();
      if (at_ < text_.size() && text_[at_] == close) {
        made.tail = before;
        break;
      }
      Node& member = made.members.emplace_back();
      member.before = before;
      if (close == '}') {
        member.key = string();
        const std::size_t from = at_;
        space();
        at_ = std::min(at_ + 1, text_.size());
        space();
        member.colon = text_.substr(from, at_ - from);
      }
      value(member);
      made.tail = space();
      if (at_ >= text_.size() || text_[at_] == close) break;
      ++at_;  // the comma
    }
    at_ = std::min(at_ + 1, text_.size());
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

// What a node has around its value.
struct Frame {
  std::string before, key, colon, tail;
};

// A node of either document, or of both.
struct Merged {
  enum class There : std::uint8_t { always, without, with, below };
  There there = There::always;   // below: with its change or with any node below it
  std::size_t change = no_item;  // of its being there; of a scalar in both: of its value
  Frame frame;                   // as BAD has it, or the one that has the node
  std::optional<Frame> old;      // as GOOD has it, where both do
  std::string good, bad;
  bool scalar = true;
  char open = '{';
  std::vector<Merged> members;
  std::vector<std::size_t> old_order;  // of these, as GOOD has it; empty: it is the same
};

enum class Manner : std::uint8_t { good, bad };  // whose order and white space

bool is_there(const Merged& node, const std::vector<bool>& applied) {
  switch (node.there) {
    case Merged::There::always: return true;
    case Merged::There::without: return !applied[node.change];
    case Merged::There::with: return applied[node.change];
    case Merged::There::below: break;
  }
  return applied[node.change] ||
         std::any_of(node.members.begin(), node.members.end(),
                     [&](const Merged& member) { return is_there(member, applied); });
}

void write(const Merged& node, const std::vector<bool>& applied, Manner manner, std::string& text) {
  const Frame& frame = manner == Manner::good && node.old ? *node.old : node.frame;
  text += frame.before;
  text += frame.key;
  text += frame.colon;
  if (node.scalar) {
    const bool changed = node.change != no_item && applied[node.change];
    text += changed ? node.bad : node.good;
    return;
  }
  text += node.open;
  bool first = true;
  for (std::size_t i = 0; i < node.members.size(); ++i) {
    const bool old = manner == Manner::good && !node.old_order.empty();
    const Merged& member = node.members[old ? node.old_order[i] : i];
    if (!is_there(member, applied)) continue;
    if (!first) text += ',';
    write(member, applied, manner, text);
    first = false;
  }
  text += frame.tail;
  text += node.open == '{' ? '}' : ']';
}

std::string plain_key(std::string_view key) {
  return std::string(key.size() >= 2 ? key.substr(1, key.size() - 2) : key);
}

std::string path_of(const Steps& steps) {
  std::string path = "$";
  for (const std::string& step : steps) {
    const bool name = !step.empty() && !is_digit(step.front()) && step.front() != '[' &&
                      std::all_of(step.begin(), step.end(), [](char c) {
                        return is_letter(c) || is_digit(c) || c == '_' || c == '-';
                      });
    if (step.starts_with('['))
      path += step;
    else
      path += name ? "." + step : fmt::format("[\"{}\"]", step);
  }
  return path;
}

// The package that an entry of a lock file is about; empty: none.
std::string package_of(const Steps& steps) {
  if (steps.size() < 2) return "";
  constexpr std::string_view modules = "node_modules/";
  if (steps[0] == "packages") {
    const std::size_t at = steps[1].rfind(modules);
    if (at != std::string::npos) return steps[1].substr(at + modules.size());
    return steps.size() > 3 && steps[2].ends_with("ependencies") ? steps[3] : "";
  }
  if (steps[0] != "dependencies") return "";
  std::string name = steps[1];
  for (std::size_t i = 2; i + 1 < steps.size() && steps[i] == "dependencies"; i += 2) {
    name = steps[i + 1];
  }
  return name;
}

std::string_view version_in(const Node& node) {
  for (const Node& member : node.members) {
    if (member.key == "\"version\"") return member.text;
  }
  return {};
}

class Merging {
 public:
  Merging(DifferenceKind kind, std::size_t depth_max) : kind_(kind), depth_max_(depth_max) {}

  Merged merge_roots(const Node& good, const Node& bad) {
    see_frames(good, bad, Place::same);
    return merge(good, bad);
  }
  Merged alone(const Node& node, Merged::There there);
  Merged broken_up(const Node& node);  // each node a change
  std::vector<std::string> names() const;
  std::vector<std::string> subjects() const;
  // The documents differ in what has no name.
  bool styled() const { return styled_; }

 private:
  struct Change {
    std::string path, good, bad;
    std::string package = {};  // where it is one's; then the others are versions
    std::string alone = {};    // the value of a node that was broken up
  };

  Merged merge(const Node& good, const Node& bad);
  void merge_objects(const Node& good, const Node& bad, Merged& made);
  void merge_lists(const Node& good, const Node& bad, Merged& made);
  void merge_gap(const Node& good, Slice olds, const Node& bad, Slice news, Merged& made);
  void merge_rest(const Node& good, Slice olds, const Node& bad, Slice news, Merged& made);
  template <typename Make>
  void put(std::size_t place, Merged& made, Make make);
  void put_pair(const Node& good, std::size_t i, const Node& bad, std::size_t j, Merged& made);
  std::size_t change_of(std::string_view good, std::string_view bad);
  void see_version(std::size_t change, std::string_view good, std::string_view bad);

  DifferenceKind kind_;
  std::size_t depth_max_;                           // what is deeper is not broken up
  enum class Place : std::uint8_t { same, other };  // as the first one of its list, or a later one
  void see_frames(const Node& good, const Node& bad, Place place);

  bool styled_ = false;
  Steps steps_;
  std::vector<Change> changes_;
  std::map<std::string, std::size_t> packages_;
};

void Merging::see_version(std::size_t change, std::string_view good, std::string_view bad) {
  Change& one = changes_[change];
  if (one.package.empty()) return;
  if (one.good.empty()) one.good = plain_key(good);
  if (one.bad.empty()) one.bad = plain_key(bad);
}

std::size_t Merging::change_of(std::string_view good, std::string_view bad) {
  const std::string package = kind_ == DifferenceKind::package_lock ? package_of(steps_) : "";
  if (package.empty()) {
    changes_.push_back({path_of(steps_), shown(good), shown(bad)});
    return changes_.size() - 1;
  }
  const auto [known, fresh] = packages_.try_emplace(package, changes_.size());
  if (fresh) changes_.push_back({path_of(steps_), "", "", package});
  const bool version = steps_.back() == "version";
  if (version) see_version(known->second, good, bad);
  return known->second;
}

std::vector<std::string> Merging::names() const {
  std::vector<std::string> names;
  for (const Change& one : changes_) {
    const std::string what = one.package.empty() ? one.path + ":" : one.package;
    if (one.good.empty() && one.bad.empty()) {
      names.push_back(one.package.empty() ? one.path + one.alone : one.package);
    } else if (one.good.empty()) {
      names.push_back(fmt::format("added {} {}", what, one.bad));
    } else if (one.bad.empty()) {
      names.push_back(fmt::format("removed {} {}", what, one.good));
    } else {
      names.push_back(fmt::format("{} {} -> {}", what, one.good, one.bad));
    }
  }
  return names;
}

std::vector<std::string> Merging::subjects() const {
  std::vector<std::string> subjects;
  for (const Change& one : changes_) subjects.push_back(one.package.empty() ? one.path : "");
  return subjects;
}

Merged frame_of(const Node& node) {
  Merged made;
  made.frame = {std::string(node.before), std::string(node.key), std::string(node.colon),
                std::string(node.tail)};
  made.scalar = node.shape == Node::Shape::scalar;
  made.open = node.shape == Node::Shape::list ? '[' : '{';
  return made;
}

Merged Merging::alone(const Node& node, Merged::There there) {
  Merged made = frame_of(node);
  made.scalar = true;
  made.there = there;
  made.good = made.bad = node.text;
  const bool with = there == Merged::There::with;
  made.change = change_of(with ? "" : node.text, with ? node.text : "");
  const std::string_view version = version_in(node);
  see_version(made.change, with ? "" : version, with ? version : "");
  return made;
}

Merged Merging::broken_up(const Node& node) {
  Merged made = frame_of(node);
  made.there = steps_.empty() ? Merged::There::always : Merged::There::below;
  made.good = made.bad = node.text;
  changes_.push_back({path_of(steps_), "", ""});
  made.change = changes_.size() - 1;
  made.scalar = made.scalar || steps_.size() >= depth_max_;
  if (made.scalar) changes_.back().alone = ": " + shown(node.text);
  if (made.scalar) return made;
  std::size_t place = 0;
  for (const Node& member : node.members) {
    const bool list = node.shape == Node::Shape::list;
    steps_.push_back(list ? fmt::format("[{}]", place++) : plain_key(member.key));
    made.members.push_back(broken_up(member));
    steps_.pop_back();
  }
  return made;
}

void count_nodes(const Node& node, std::size_t depth, std::vector<std::size_t>& counts) {
  if (counts.size() <= depth) counts.resize(depth + 1);
  ++counts[depth];
  for (const Node& member : node.members) count_nodes(member, depth + 1, counts);
}

std::size_t depth_of(const Node& root) {
  std::vector<std::size_t> counts;
  count_nodes(root, 0, counts);
  return counts.size() - 1;
}

// To which depth a document's nodes are few enough to be a change each.
std::size_t searchable_depth(const Node& root) {
  std::vector<std::size_t> counts;
  count_nodes(root, 0, counts);
  std::size_t nodes = 0;
  for (std::size_t depth = 0; depth < counts.size(); ++depth) {
    nodes += counts[depth];
    if (nodes > differences_max) return depth > 0 ? depth - 1 : 0;
  }
  return counts.size();
}

// A first one that was removed leaves its place to one that has other white space: that says
// nothing.
void Merging::see_frames(const Node& good, const Node& bad, Place place) {
  const bool tails = good.members.empty() == bad.members.empty() && good.tail != bad.tail;
  const bool before = place == Place::same && good.before != bad.before;
  styled_ = styled_ || before || tails || good.colon != bad.colon || good.key != bad.key;
}

Merged Merging::merge(const Node& good, const Node& bad) {
  Merged made = frame_of(bad);
  made.old = frame_of(good).frame;
  const bool containers = good.shape == bad.shape && good.shape != Node::Shape::scalar;
  if (!containers) {
    made.scalar = true;
    made.good = good.text;
    made.bad = bad.text;
    if (good.text != bad.text) made.change = change_of(good.text, bad.text);
  } else if (good.text == bad.text) {
    made.scalar = true;
    made.good = made.bad = bad.text;
  } else if (good.shape == Node::Shape::object) {
    merge_objects(good, bad, made);
  } else {
    merge_lists(good, bad, made);
  }
  return made;
}

// Members of one name belong together, in BAD's order; what only GOOD has stays behind the member
// that it stood behind.
void Merging::merge_objects(const Node& good, const Node& bad, Merged& made) {
  std::multimap<std::string_view, std::size_t> places;
  for (std::size_t i = 0; i < good.members.size(); ++i) places.emplace(good.members[i].key, i);
  std::vector<std::size_t> partner(bad.members.size(), no_item);
  std::vector<bool> paired(good.members.size(), false);
  for (std::size_t j = 0; j < bad.members.size(); ++j) {
    const auto known = places.find(bad.members[j].key);
    if (known == places.end()) continue;
    partner[j] = known->second;
    paired[known->second] = true;
    places.erase(known);
  }
  const auto step = [&](const Node& member, auto make) {
    steps_.push_back(plain_key(member.key));
    made.members.push_back(make());
    steps_.pop_back();
  };
  std::vector<std::size_t> olds(good.members.size());
  std::vector<std::size_t> news;
  std::vector<bool> written(good.members.size(), false);
  const auto removed_from = [&](std::size_t from) {
    for (std::size_t i = from; i < good.members.size() && !paired[i] && !written[i]; ++i) {
      written[i] = true;
      olds[i] = made.members.size();
      step(good.members[i], [&] { return alone(good.members[i], Merged::There::without); });
    }
  };
  removed_from(0);
  std::size_t last = 0;
  for (std::size_t j = 0; j < bad.members.size(); ++j) {
    const Node& member = bad.members[j];
    news.push_back(made.members.size());
    if (partner[j] == no_item) {
      step(member, [&] { return alone(member, Merged::There::with); });
    } else {
      const Node& was = good.members[partner[j]];
      olds[partner[j]] = made.members.size();
      styled_ = styled_ || partner[j] < last;
      last = partner[j];
      see_frames(was, member, (partner[j] == 0) == (j == 0) ? Place::same : Place::other);
      step(member, [&] { return merge(was, member); });
      removed_from(partner[j] + 1);
    }
  }
  made.old_order = ordered(olds, news, made.members.size());
}

// Of "name" or of what is below it; with its quotes.
std::string value_in(const Node& node, std::string_view key, std::string_view below) {
  for (const Node& one : node.members) {
    if (one.key.size() < 2 || one.key.substr(1, one.key.size() - 2) != key) continue;
    if (!below.empty()) return value_in(one, below, "");
    return one.shape == Node::Shape::scalar ? std::string(one.text) : "";
  }
  return "";
}

// By which members of a list that differ are one: what names it, its keys, that it is an object.
Signs signs_of(const Node& node) {
  if (node.shape != Node::Shape::object || node.members.empty()) return {"", "", ""};
  const std::string own = identity_of(
      [&](std::string_view key, std::string_view below) { return value_in(node, key, below); });
  std::string keys;
  for (const Node& one : node.members) keys += fmt::format("{}\n", one.key);
  return {own, own.empty() ? keys : "", own.empty() ? "." : ""};
}

template <typename Make>
void Merging::put(std::size_t place, Merged& made, Make make) {
  steps_.push_back(fmt::format("[{}]", place));
  made.members.push_back(make());
  steps_.pop_back();
}

void Merging::put_pair(const Node& good, std::size_t i, const Node& bad, std::size_t j,
                       Merged& made) {
  const Node& was = good.members[i];
  const Node& is = bad.members[j];
  see_frames(was, is, (i == 0) == (j == 0) ? Place::same : Place::other);
  put(j, made, [&] { return merge(was, is); });
}

// Those that stand for each other, as many here as there, are merged.
void Merging::merge_rest(const Node& good, Slice olds, const Node& bad, Slice news, Merged& made) {
  std::size_t i = olds.from;
  std::size_t j = news.from;
  const bool pairs = olds.to - i == news.to - j;
  for (; pairs && i < olds.to; ++i, ++j) put_pair(good, i, bad, j, made);
  for (; i < olds.to; ++i) {
    put(i, made, [&] { return alone(good.members[i], Merged::There::without); });
  }
  for (; j < news.to; ++j) {
    put(j, made, [&] { return alone(bad.members[j], Merged::There::with); });
  }
}

void Merging::merge_gap(const Node& good, Slice olds, const Node& bad, Slice news, Merged& made) {
  const auto signs = [](const Node& node, Slice of) {
    std::vector<Signs> some;
    for (std::size_t i = of.from; i < of.to; ++i) some.push_back(signs_of(node.members[i]));
    return some;
  };
  walk(
      alike(signs(good, olds), signs(bad, news)), olds, news,
      [&](Slice older, Slice newer) { merge_rest(good, older, bad, newer, made); },
      [&](std::size_t i, std::size_t j) { put_pair(good, i, bad, j, made); });
}

void Merging::merge_lists(const Node& good, const Node& bad, Merged& made) {
  const auto texts = [](const Node& node) {
    std::vector<std::string_view> all;
    for (const Node& member : node.members) all.push_back(member.text);
    return all;
  };
  walk(
      aligned(texts(good), texts(bad)), {0, good.members.size()}, {0, bad.members.size()},
      [&](Slice older, Slice newer) { merge_gap(good, older, bad, newer, made); },
      [&](std::size_t i, std::size_t j) { put_pair(good, i, bad, j, made); });
}

struct MergedText {
  struct Ends {
    std::string head, rest;  // a byte order mark; white space behind it all
    bool operator==(const Ends& other) const = default;
  };
  Merged root;
  Ends old_ends, ends;
  std::string good, bad;
  bool styled = false;  // the last change is how it is written

  std::string with(const std::vector<bool>& applied) const {
    const auto count = static_cast<std::size_t>(std::count(applied.begin(), applied.end(), true));
    if (count == 0) return good;
    if (count == applied.size()) return bad;
    const Manner manner = styled && !applied.back() ? Manner::good : Manner::bad;
    const Ends& around = manner == Manner::good ? old_ends : ends;
    std::string text = around.head;
    write(root, applied, manner, text);
    return text + around.rest;
  }
};

bool blank(std::string_view text) { return text.find_first_not_of(" \t\r\n") == text.npos; }

}  // namespace

Result<Differences> json_differences(std::string_view good, std::string_view bad,
                                     DifferenceKind kind) {
  if (!blank(good)) TRY(json_tree(good).during("reading the good one as JSON"));
  TRY(json_tree(bad).during("reading the bad one as JSON"));
  auto made = std::make_shared<MergedText>();
  made->good = good;
  made->bad = bad;
  const auto head = [](std::string_view text) {
    return std::string(text.starts_with(byte_order_mark) ? byte_order_mark : "");
  };
  NodeReader bad_reader(without_mark(bad));
  const Node bad_root = bad_reader.read();
  made->ends = {head(bad), std::string(bad_reader.rest())};
  const std::size_t depth = searchable_depth(bad_root);
  Merging merging(kind, depth);
  Differences differences;
  if (blank(good)) {
    made->root = merging.broken_up(bad_root);
    if (depth <= depth_of(bad_root)) {
      differences.note = fmt::format("not broken up below level {}: it has more than {} nodes",
                                     depth, differences_max);
    }
  } else {
    NodeReader good_reader(without_mark(good));
    const Node good_root = good_reader.read();
    made->old_ends = {head(good), std::string(good_reader.rest())};
    made->root = merging.merge_roots(good_root, bad_root);
    made->styled = merging.styled() || made->old_ends != made->ends;
  }
  differences.names = merging.names();
  differences.subjects = merging.subjects();
  made->styled = made->styled && !differences.names.empty();
  if (made->styled) add_style(differences);
  differences.text_with = [made](const std::vector<bool>& applied) { return made->with(applied); };
  return differences;
}

}  // namespace culprit
