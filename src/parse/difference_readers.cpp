// Texts as Items, one function for each kind that is made of lines or words.
#include <algorithm>
#include <cctype>
#include <map>

#include "parse/bytes.h"
#include "parse/difference_items.h"
#include "parse/difference_pairs.h"
#include "parse/shell_words.h"

namespace culprit {
namespace {

constexpr std::size_t none = std::string_view::npos;

// A file of lines. What has no newline at its end is one line as well.
ItemList lines_of(std::string_view text) {
  ItemList list;
  list.ended = text.empty() || text.back() == '\n';
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    Item item;
    item.text = text.substr(0, end);
    list.items.push_back(std::move(item));
    text.remove_prefix(std::min(text.size(), end + 1));
  }
  return list;
}

bool is_comment(std::string_view line) {
  return line.empty() || line.front() == '#' || line.front() == ';' || line.starts_with("//");
}

// All of them are one change.
bool read_comment(Item& item, std::string_view line) {
  if (!is_comment(line)) return false;
  item.key = comments_key;
  return true;
}

// A line without a name of its own goes on with a value.
ItemList read_environment(std::string_view text) {
  ItemList list;
  list.ended = text.empty() || text.back() == '\n';
  std::string key;
  for (const Assignment& one : assignments_in(text)) {
    Item& item = list.items.emplace_back();
    item.text = one.text;
    if (read_comment(item, trimmed(one.text))) continue;
    if (!one.name.empty()) key = one.name;
    item.goes_on = one.name.empty();
    item.key = item.subject = key;
  }
  return list;
}

std::size_t indent_of(std::string_view line) {
  return std::min(line.find_first_not_of(" \t"), line.size());
}

bool is_member(std::string_view line) { return line.starts_with("- ") || line == "-"; }

std::string_view first_word(std::string_view line) {
  return line.substr(0, std::min(line.find_first_of(" \t"), line.size()));
}

// "max size = 1", "max size: 1", "size 1".
std::string_view setting_name(std::string_view line) {
  const std::string_view word = first_word(line);
  const std::size_t sign = line.find_first_of("=:");
  if (sign == line.npos) return word;
  const std::string_view name = trimmed(line.substr(0, sign));
  const bool parted = is_space(line[sign - (sign > 0 ? 1 : 0)]) || sign + 1 == line.size() ||
                      is_space(line[sign + 1]);
  const bool words =
      parted && std::all_of(name.begin(), name.end(), [](char c) {
        return is_letter(c) || is_digit(c) || std::string_view("_-. ").find(c) != none;
      });
  return sign < word.size() || words ? name : word;
}

// The name of what a line sets; "-": of a text or a member of a list.
std::string named_in(std::string_view line) {
  const std::string_view word = first_word(line);
  const std::string_view rest = trimmed(line.substr(word.size()));
  for (const char* sets : {"set", "setenv", "SetEnv", "env", "fastcgi_param", "proxy_set_header"}) {
    if (word == sets) return fmt::format("{} {}", word, first_word(rest.substr(0, rest.find('='))));
  }
  const bool named = line.find_first_of("=:") != line.npos || !rest.empty();
  return named && !is_member(line) ? std::string(setting_name(line)) : "-";
}

void read_sections(ItemList& list) {
  std::size_t section = no_item;
  for (std::size_t i = 0; i < list.items.size(); ++i) {
    Item& item = list.items[i];
    const std::string_view line = trimmed(item.text);
    if (read_comment(item, line)) continue;
    if (line.front() == '[' && line.find('=') == line.npos) {
      section = i;
      item.key = line;
      continue;
    }
    item.parent = section;
    const std::string heading = section == no_item ? "" : list.items[section].key;
    item.within = heading;
    item.subject = fmt::format("{} {}", heading, named_in(line));
    item.key = fmt::format("{}\n{}", heading, setting_name(line));
    if (!heading.empty()) item.value = fmt::format("{} {}", heading, line);
  }
}

// "hosts:", also with a comment, an anchor or a tag behind it.
bool opens(std::string_view line) {
  const std::size_t end = std::min(line.find(':'), line.size() - 1);
  const std::string_view value = trimmed(line.substr(end + 1));
  return line[end] == ':' &&
         (value.empty() || std::string_view("#&!").find(value[0]) != value.npos);
}

// Whether a line of YAML stands in one above it: that is indented less, or as much where this is a
// member of its list.
bool stands_in(std::string_view text, std::string_view above) {
  if (indent_of(above) != indent_of(text)) return indent_of(above) < indent_of(text);
  return is_member(trimmed(text)) && !is_member(trimmed(above)) && opens(trimmed(above));
}

// Whether a line that says something stands in the one at `at`: "frontend web" of HAProxy.
bool holds_lines(const ItemList& list, std::size_t at) {
  for (std::size_t i = at + 1; i < list.items.size(); ++i) {
    if (is_comment(trimmed(list.items[i].text))) continue;
    return indent_of(list.items[i].text) > indent_of(list.items[at].text);
  }
  return false;
}

// The one among those that are open whose "{" a line "}" closes, indented as much; no_item: none.
std::size_t closed_by(const ItemList& list, const std::vector<std::size_t>& open,
                      std::string_view text) {
  if (!trimmed(text).starts_with('}')) return no_item;
  const auto opener = std::find_if(open.rbegin(), open.rend(), [&](std::size_t one) {
    return indent_of(list.items[one].text) == indent_of(text);
  });
  const bool opens = opener != open.rend() && trimmed(list.items[*opener].text).ends_with('{');
  return opens ? *opener : no_item;
}

// A line belongs to the nearest one before it that it stands in.
void read_indented(ItemList& list) {
  std::vector<std::size_t> open;
  for (std::size_t i = 0; i < list.items.size(); ++i) {
    Item& item = list.items[i];
    const std::string_view line = trimmed(item.text);
    if (read_comment(item, line)) continue;
    item.closes = closed_by(list, open, item.text);
    while (!open.empty() && !stands_in(item.text, list.items[open.back()].text)) open.pop_back();
    item.parent = open.empty() ? no_item : open.back();
    const std::string above = open.empty() ? "" : list.items[open.back()].key + "\n";
    item.within = above;
    item.subject = fmt::format("{}{}", open.empty() ? "" : list.items[open.back()].subject + ".",
                               named_in(line));
    if (item.closes != no_item) {
      item.goes_on = true;
      item.within += list.items[item.closes].text;
      item.key = list.items[item.closes].key;
      continue;
    }
    const bool whole = is_member(line) || (!opens(line) && holds_lines(list, i));
    item.key = above + std::string(whole ? line : setting_name(line));
    if (!above.empty()) {
      std::string path = above.substr(0, above.size() - 1);
      std::replace(path.begin(), path.end(), '\n', '.');
      item.value = fmt::format("{} {}", path, line);
    }
    open.push_back(i);
  }
}

// Two of one key in one file are two changes.
void number_keys(ItemList& list) {
  std::map<std::string, int> seen;
  for (Item& item : list.items) {
    if (item.key.empty() || item.key == comments_key) continue;
    const int times = ++seen[item.key];
    if (times > 1) item.key += fmt::format("\n#{}", times);
  }
}

void read_settings(ItemList& list) {
  const bool sections = std::any_of(list.items.begin(), list.items.end(), [](const Item& item) {
    const std::string_view line = trimmed(item.text);
    return line.size() > 2 && line.front() == '[' && line.back() == ']';
  });
  sections ? read_sections(list) : read_indented(list);
}

void set_version(Item& item, std::string_view name, std::string_view version) {
  item.label = name;
  item.value = trimmed(version);
}

std::string lowered_name(std::string_view name) {
  std::string made(name);
  for (char& c : made) {
    c = c == '_' || c == '.' ? '-' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return made;
}

// "django[async]==4.1 ; python_version > '3'"; a backslash goes on with hashes.
void read_requirements(ItemList& list) {
  std::string key;
  bool goes_on = false;
  for (Item& item : list.items) {
    const std::string_view line = trimmed(item.text);
    const bool continued = goes_on;
    goes_on = line.ends_with('\\');
    if (continued) {
      item.key = key;
      item.goes_on = true;
      continue;
    }
    if (read_comment(item, line)) continue;
    const std::size_t egg = line.find("#egg=");
    if (egg != none || line.front() == '-') {
      const std::size_t from = egg == none ? 0 : egg + 5;
      const std::string_view name = line.substr(from, line.find_first_of("=&[ \t", from) - from);
      item.key = key = egg == none ? std::string(name) : lowered_name(name);
      if (egg != none) set_version(item, name, line);
      continue;
    }
    const std::size_t end = std::min(line.find_first_of("=<>!~[;@ \t"), line.size());
    const std::string_view name = line.substr(0, end);
    item.key = key = lowered_name(name);
    std::string_view version = line.substr(end);
    if (version.ends_with('\\')) version.remove_suffix(1);
    set_version(item, name, version.starts_with("==") ? version.substr(2) : version);
  }
}

// Each line says its verb (without_blocks).
void read_go_mod(ItemList& list) {
  for (Item& item : list.items) {
    std::string_view line = trimmed(item.text);
    if (read_comment(item, line)) continue;
    const std::size_t space = std::min(line.find_first_of(" \t"), line.size());
    const std::string verb(line.substr(0, space));
    line = trimmed(line.substr(space));
    const std::size_t end = std::min(line.find_first_of(" \t"), line.size());
    const bool module = verb == "require" || verb == "replace" || verb == "exclude";
    const std::string name(line.substr(0, module ? end : 0));
    item.key = verb + "\n" + name;
    const std::string label = verb == "require" ? name : module ? verb + " " + name : verb;
    set_version(item, label, line.substr(name.size()));
  }
  number_keys(list);
}

void read_apt(ItemList& list) {
  for (Item& item : list.items) {
    const std::string_view line = trimmed(item.text);
    if (read_comment(item, line)) continue;
    const std::size_t end = std::min(line.find_first_of("= \t"), line.size());
    item.key = line.substr(0, end);
    const std::size_t version = std::min(line.find_first_not_of("= \t", end), line.size());
    set_version(item, line.substr(0, end), line.substr(version));
  }
  number_keys(list);
}

bool is_flag(std::string_view word) { return word.size() > 1 && word.front() == '-'; }

// "--name": behind it a negative number is its value, as argparse has it.
bool is_long(std::string_view word) { return word.size() > 2 && word.starts_with("--"); }

bool is_negative(std::string_view word) {
  const std::size_t at = word.starts_with("-.") ? 2 : 1;
  return word.starts_with('-') && at < word.size() && is_digit(word[at]);
}

// Words with their place in the text. A line that begins with # is a comment.
struct Word {
  std::size_t begin, end;
};
std::vector<Word> words_in(std::string_view text) {
  std::vector<Word> words;
  for (std::size_t at = 0;;) {
    const std::size_t begin = text.find_first_not_of(" \t\r\n", at);
    if (begin == text.npos) return words;
    const bool line_begins = at == 0 || text.substr(at, begin - at).find('\n') != text.npos;
    if (line_begins && text[begin] == '#') {
      at = std::min(text.find('\n', begin), text.size());
      continue;
    }
    at += word_end(text.substr(at));
    words.push_back({begin, at});
  }
}

// A flag takes the word behind it along where that is none. Comments have no candidate that keeps
// them.
ItemList read_flags(std::string_view text) {
  ItemList list;
  list.join = " ";
  list.ended = false;
  std::map<std::string, int> seen;
  const std::vector<Word> words = words_in(text);
  for (std::size_t i = 0; i < words.size(); ++i) {
    auto [begin, end] = words[i];
    const std::string_view word = text.substr(begin, end - begin);
    Item& item = list.items.emplace_back();
    if (is_flag(word)) {
      const std::string name(word.substr(0, word.find('=')));
      const int times = ++seen[name];
      item.key = times > 1 ? fmt::format("{}\n{}", name, times) : name;
      item.subject = name;
      const Word next = i + 1 < words.size() ? words[i + 1] : Word{end, end};
      const std::string_view value = text.substr(next.begin, next.end - next.begin);
      const bool near = text.substr(end, next.begin - end).find('#') == text.npos;
      const bool other = is_flag(value) && !(is_long(word) && is_negative(value));
      const bool takes = name == word && near && !value.empty() && !other;
      if (takes) end = words[++i].end;
    }
    item.text = text.substr(begin, end - begin);
  }
  return list;
}

// By which of several lines of one name are the same: all, the word behind the name, their place.
Signs signs_of(std::string_view line) {
  const std::string_view rest =
      trimmed(line.substr(std::min(line.find_first_of(" \t="), line.size())));
  return {std::string(line), std::string(first_word(rest)), "."};
}

std::string numbered(const std::string& key, std::size_t number) {
  return fmt::format("{}\n#{}", key, number);
}

}  // namespace

std::string_view without_mark(std::string_view text) {
  return text.starts_with(byte_order_mark) ? text.substr(byte_order_mark.size()) : text;
}

ItemList items_of(std::string_view text, DifferenceKind kind) {
  if (kind == DifferenceKind::lines) return lines_of(text);
  text = without_mark(text);
  if (kind == DifferenceKind::flags) return read_flags(text);
  if (kind == DifferenceKind::environment) return read_environment(text);
  ItemList list = lines_of(text);
  switch (kind) {
    case DifferenceKind::settings: read_settings(list); break;
    case DifferenceKind::requirements: read_requirements(list); break;
    case DifferenceKind::go_mod: read_go_mod(list); break;
    case DifferenceKind::apt: read_apt(list); break;
    default: break;
  }
  return list;
}

void pair_names(ItemList& good, ItemList& bad) {
  struct Named {
    std::vector<Item*> good, bad;
  };
  std::map<std::string, Named> all;
  for (auto& [list, side] : {std::pair{&good, &Named::good}, std::pair{&bad, &Named::bad}}) {
    for (Item& item : list->items) {
      const bool one_name = item.key.empty() || item.key == comments_key || !item.label.empty();
      if (!one_name && !item.goes_on) (all[item.key].*side).push_back(&item);
    }
  }
  const auto signs = [](const std::vector<Item*>& items) {
    std::vector<Signs> made;
    for (const Item* item : items) made.push_back(signs_of(trimmed(item->text)));
    return made;
  };
  for (auto& [key, named] : all) {
    if (named.good.size() < 2 && named.bad.size() < 2) continue;
    const std::vector<std::size_t> partners = partners_of(signs(named.good), signs(named.bad));
    for (std::size_t i = 0; i < named.good.size(); ++i) named.good[i]->key = numbered(key, i);
    for (std::size_t j = 0; j < named.bad.size(); ++j) {
      const bool alone = partners[j] == no_item;
      named.bad[j]->key = numbered(key, alone ? named.good.size() + j : partners[j]);
    }
  }
  for (ItemList* list : {&good, &bad}) {
    for (std::size_t i = 1; i < list->items.size(); ++i) {
      Item& item = list->items[i];
      const std::size_t named = item.closes == no_item ? i - 1 : item.closes;
      if (item.goes_on) item.key = list->items[named].key;
    }
  }
}

std::string without_blocks(std::string_view go_mod) {
  std::string flat;
  std::string verb;  // of the block
  for (const Item& item : lines_of(go_mod).items) {
    const std::string_view line = trimmed(item.text);
    const std::string_view said = trimmed(line.substr(0, line.find("//")));
    if (verb.empty() && said.ends_with("(") && said.find_first_of(" \t(") > 0) {
      verb = said.substr(0, said.find_first_of(" \t("));
    } else if (!verb.empty() && said == ")") {
      verb.clear();
    } else {
      flat += verb.empty() || is_comment(line) ? fmt::format("{}\n", item.text)
                                               : fmt::format("{} {}\n", verb, line);
    }
  }
  return flat;
}

std::vector<std::string> flag_words(std::string_view text) {
  std::vector<std::string> words;
  text = without_mark(text);
  for (const auto& [begin, end] : words_in(text)) {
    words.push_back(unquoted_word(text.substr(begin, end - begin)));
  }
  return words;
}

std::vector<std::pair<std::string, std::string>> variables_in(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> variables;
  const auto put = [&](const std::string& name, std::string value) {
    for (auto& [known, old] : variables) {
      if (known == name) return void(old = std::move(value));
    }
    variables.emplace_back(name, std::move(value));
  };
  std::string name;
  std::string value;
  for (const Assignment& one : assignments_in(without_mark(text))) {
    if (is_comment(trimmed(one.text)) || (one.name.empty() && name.empty())) continue;
    if (one.name.empty()) {
      value += fmt::format("\n{}", one.text);
    } else {
      name = one.name;
      value = assigned(one.value);
    }
    put(name, value);
  }
  return variables;
}

std::vector<std::string> referring_variables(std::string_view text) {
  std::vector<std::string> names;
  for (const Assignment& one : assignments_in(without_mark(text))) {
    const bool known = std::find(names.begin(), names.end(), one.name) != names.end();
    if (!one.name.empty() && !known && refers(one.value)) names.emplace_back(one.name);
  }
  return names;
}

}  // namespace culprit
