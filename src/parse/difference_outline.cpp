// What two YAML or TOML documents differ in: entries that were added, removed or changed, each with
// its whole value.
//
// Entries of one key belong together; members of lists are aligned. What is a leaf in one and holds
// entries in the other changes as a whole. So each set of changes is a document again: what is
// there stands in what holds it, at the column of those beside it, and what a name refers to is
// there.
#include <algorithm>
#include <map>
#include <memory>
#include <numeric>
#include <set>

#include "parse/bytes.h"
#include "parse/difference_items.h"
#include "parse/line_alignment.h"
#include "parse/outline.h"
#include "parse/outline_merge.h"

namespace culprit {
namespace {

using Form = OutlineEntry::Form;

bool is_there(const MergedEntry& entry, const std::vector<bool>& applied) {
  if (entry.side == Side::both) return true;
  if (entry.change != no_item && applied[entry.change] == (entry.side == Side::bad)) return true;
  return std::any_of(entry.nested.begin(), entry.nested.end(),
                     [&](const MergedEntry& one) { return is_there(one, applied); });
}

const OutlineEntry& shown_of(const MergedEntry& entry, Manner style) {
  if (entry.good == nullptr) return *entry.bad;
  if (entry.bad == nullptr) return *entry.good;
  return style == Manner::good ? *entry.good : *entry.bad;
}

// Whose line it has.
const OutlineEntry& source_of(const MergedEntry& entry, const std::vector<bool>& applied,
                              Manner style) {
  if (entry.side != Side::both || entry.change == no_item) return shown_of(entry, style);
  return applied[entry.change] ? *entry.bad : *entry.good;
}

// What stands in it, in order.
std::vector<const MergedEntry*> held(const MergedEntry& entry, const std::vector<bool>& applied,
                                     Manner style) {
  std::vector<const MergedEntry*> all;
  const bool line = entry.form == Form::member && entry.side != Side::both;
  for (const std::size_t at : style == Manner::good ? entry.good_order : entry.bad_order) {
    const bool stays = line && at == 0;  // it is the dash's line
    if (stays || is_there(entry.nested[at], applied)) all.push_back(&entry.nested[at]);
  }
  return all;
}

class Writer {
 public:
  Writer(const std::vector<bool>& applied, Manner style) : applied_(applied), style_(style) {}

  // The documents. Which of them is the first depends on what is applied, so that what parts two
  // belongs to none.
  void put_all(const MergedEntry& root) {
    bool first = true;
    for (const MergedEntry* document : held(root, applied_, style_)) {
      const OutlineEntry& shown = shown_of(*document, style_);
      leads(*document, 0);
      if (!first) text += shown.line.empty() ? "---\n" : shown.line + "\n";
      for (const auto* one : held(*document, applied_, style_)) put(*one, indent_in(*document));
      first = false;
    }
  }
  std::string text = {};

 private:
  void put(const MergedEntry& entry, std::size_t column) {
    leads(entry, column);
    if (entry.form != Form::group) text.append(column, ' ');
    said(entry, column);
  }

  // Comments stand above the dash of what they are in.
  void leads(const MergedEntry& entry, std::size_t column) {
    const OutlineEntry& shown = shown_of(entry, style_);
    if (shown.column == column) {
      text += shown.lead;
    } else {
      for (const std::string_view line : outline_lines(shown.lead)) {
        text.append(trimmed(line).empty() ? 0 : column, ' ');
        text += trimmed(line);
        text += '\n';
      }
    }
    if (entry.form != Form::member) return;
    const auto members = held(entry, applied_, style_);
    if (!members.empty()) leads(*members.front(), column + shown.indent);
  }

  // Of what it holds.
  std::size_t indent_in(const MergedEntry& entry) const {
    const OutlineEntry& shown = shown_of(entry, style_);
    const bool other = shown.nested.empty() && entry.side == Side::both;
    return other ? std::max(entry.good->indent, entry.bad->indent) : shown.indent;
  }

  void said(const MergedEntry& entry, std::size_t column) {
    const OutlineEntry& source = source_of(entry, applied_, style_);
    const std::size_t indent = indent_in(entry);
    auto members = held(entry, applied_, style_);
    std::size_t first = 0;
    if (entry.form == Form::member && !members.empty()) {
      text += '-';
      text.append(indent - 1, ' ');
      said(*members[first++], column + indent);
    } else if (entry.form != Form::group) {
      line(source.line, column);
    }
    for (; first < members.size(); ++first) put(*members[first], column + indent);
  }

  void line(std::string_view said, std::size_t column) {
    bool first = true;
    for (std::size_t at = 0; at <= said.size(); first = false) {
      const std::size_t end = std::min(said.find('\n', at), said.size());
      if (!first && end > at) text.append(column, ' ');
      text += said.substr(at, end - at);
      text += '\n';
      at = end + 1;
    }
  }

  const std::vector<bool>& applied_;
  Manner style_;
};

bool blank(std::string_view text) { return text.find_first_not_of(" \t\r\n") == text.npos; }

struct MergedOutline {
  std::shared_ptr<const Outline> good, bad;
  std::string good_text, bad_text;
  MergedEntry root;
  std::size_t changes = 0;  // that have names of their own
  bool styles = false;      // one more: how it is written
  bool names = false;       // some entries refer to others

  std::string with(const std::vector<bool>& applied) const;
  std::string written(const std::vector<bool>& wanted, Manner style) const;
  std::vector<bool> with_named(std::vector<bool> applied, Manner manner) const;
  bool dangles(const MergedEntry& entry, std::set<std::string>& known,
               std::set<std::string>& wanted, const std::vector<bool>& applied,
               Manner manner) const;
  bool bring_named(const MergedEntry& entry, const MergedEntry& document,
                   std::set<std::string>& known, std::vector<bool>& applied, Manner style) const;
  bool bring(const MergedEntry& entry, Side side, const std::string& name,
             std::vector<bool>& applied) const;
};

// Makes what has the name on that side be there. False: it is, or nothing has.
bool MergedOutline::bring(const MergedEntry& entry, Side side, const std::string& name,
                          std::vector<bool>& applied) const {
  const OutlineEntry* source = side == Side::good ? entry.good : entry.bad;
  const bool wanted = side == Side::bad;
  if (source != nullptr && entry.change != no_item && applied[entry.change] != wanted &&
      names_in(source->line, '&').contains(name)) {
    applied[entry.change] = wanted;
    return true;
  }
  return std::any_of(entry.nested.begin(), entry.nested.end(),
                     [&](const MergedEntry& one) { return bring(one, side, name, applied); });
}

// Looks for a name that stands for nothing, in the order of the text; true: something was brought.
bool MergedOutline::bring_named(const MergedEntry& entry, const MergedEntry& document,
                                std::set<std::string>& known, std::vector<bool>& applied,
                                Manner style) const {
  const OutlineEntry& source = source_of(entry, applied, style);
  for (const std::string& name : names_in(source.line, '*')) {
    if (known.contains(name)) continue;
    const bool old = &source == entry.good && entry.side != Side::both;
    const Side own = old ? Side::good : Side::bad;
    const Side other = old ? Side::bad : Side::good;
    if (bring(document, own, name, applied)) return true;
    if (bring(document, other, name, applied)) return true;
  }
  known.merge(names_in(source.line, '&'));
  const auto entries = held(entry, applied, style);
  return std::any_of(entries.begin(), entries.end(), [&](const MergedEntry* one) {
    return bring_named(*one, document, known, applied, style);
  });
}

// What is applied with all that it refers to.
std::vector<bool> MergedOutline::with_named(std::vector<bool> applied, Manner manner) const {
  for (std::size_t i = 0; names && i <= changes; ++i) {
    const auto documents = held(root, applied, manner);
    const bool brought = std::any_of(documents.begin(), documents.end(), [&](const auto* one) {
      std::set<std::string> known;
      return bring_named(*one, *one, known, applied, manner);
    });
    if (!brought) break;
  }
  return applied;
}

// Whether what has a name comes behind what uses it: GOOD and BAD have them in different orders.
bool MergedOutline::dangles(const MergedEntry& entry, std::set<std::string>& known,
                            std::set<std::string>& wanted, const std::vector<bool>& applied,
                            Manner manner) const {
  const std::string& line = source_of(entry, applied, manner).line;
  for (const std::string& name : names_in(line, '*')) {
    if (!known.contains(name)) wanted.insert(name);
  }
  for (const std::string& name : names_in(line, '&')) {
    if (wanted.contains(name)) return true;
    known.insert(name);
  }
  const auto entries = held(entry, applied, manner);
  return std::any_of(entries.begin(), entries.end(), [&](const MergedEntry* one) {
    return dangles(*one, known, wanted, applied, manner);
  });
}

std::string MergedOutline::written(const std::vector<bool>& wanted, Manner style) const {
  const Outline& frame = style == Manner::good ? *good : *bad;
  Manner order = style;
  std::vector<bool> applied = with_named(wanted, style);
  const auto any_dangles = [&] {
    const auto documents = held(root, applied, order);
    return std::any_of(documents.begin(), documents.end(), [&](const auto* one) {
      std::set<std::string> known;
      std::set<std::string> missing;
      return dangles(*one, known, missing, applied, order);
    });
  };
  if (names && any_dangles()) {
    order = style == Manner::good ? Manner::bad : Manner::good;
    applied = with_named(wanted, order);
  }
  Writer writer(applied, order);
  writer.text = frame.head;
  writer.put_all(root);
  std::string text = std::move(writer.text) + frame.tail;
  if (!frame.ended && !text.empty()) text.pop_back();
  std::string made = frame.marked ? "\xEF\xBB\xBF" : "";
  if (frame.newline == "\n") return made + text;
  for (const char c : text) c == '\n' ? made += frame.newline : made += c;
  return made;
}

std::string MergedOutline::with(const std::vector<bool>& applied) const {
  const auto count = static_cast<std::size_t>(std::count(applied.begin(), applied.end(), true));
  if (count == 0) return good_text;
  if (count == applied.size()) return bad_text;
  const bool good_style = styles ? !applied.back() : blank(bad_text);
  return written(applied, good_style ? Manner::good : Manner::bad);
}

// Whether the two are written in different ways, whatever is applied.
bool differ_in_style(const MergedOutline& merged) {
  const std::vector<bool> none(merged.changes, false);
  const std::vector<bool> all(merged.changes, true);
  const std::string good = merged.written(none, Manner::good);
  const std::string bad = merged.written(all, Manner::bad);
  return good != merged.good_text || bad != merged.bad_text ||
         merged.written(none, Manner::bad) != good || merged.written(all, Manner::good) != bad;
}

}  // namespace

Differences outline_differences(std::string_view good_text, Outline good, std::string_view bad_text,
                                Outline bad) {
  auto merged = std::make_shared<MergedOutline>();
  merged->good = std::make_shared<const Outline>(std::move(good));
  merged->bad = std::make_shared<const Outline>(std::move(bad));
  merged->good_text = good_text;
  merged->bad_text = bad_text;
  const auto refers = [](std::string_view text) {
    return text.find('&') != text.npos && text.find('*') != text.npos;
  };
  merged->names = refers(good_text) || refers(bad_text);
  Differences made;
  merged->root = merged_outlines(*merged->good, *merged->bad, made);
  merged->changes = made.names.size();
  merged->styles =
      merged->changes > 0 && !blank(good_text) && !blank(bad_text) && differ_in_style(*merged);
  if (merged->styles) add_style(made);
  made.text_with = [merged](const std::vector<bool>& applied) { return merged->with(applied); };
  return made;
}

}  // namespace culprit
