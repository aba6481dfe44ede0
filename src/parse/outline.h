// An Outline is a YAML or TOML document as entries within entries, each with its lines as written.
//
// An entry is what stands or goes as one: a key with its whole value (a block scalar, a list over
// lines), a member of a list, a section. What it says further down is relative to its own column,
// so that it may be written at another one. It is no parser: of a text that one has read it says
// where its parts are, and of what it does not know (tabs, "? " keys, directives, text behind
// "---") that there is no outline.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace culprit {

struct OutlineEntry {
  enum class Shape : std::uint8_t { leaf, empty, map, list };  // empty: a key that holds nothing
  enum class Form : std::uint8_t {
    line,
    member,  // a dash; what it holds begins behind it
    group,   // has no line: a document, all [[x]] of one name
  };
  Shape shape = Shape::leaf;
  Form form = Form::line;
  std::string key = {};    // by which it is known among those beside it; of a member: none
  std::string line = {};   // without indentation; further lines relative to it
  std::string lead = {};   // comments and empty lines above it, as written
  std::size_t column = 0;  // at which it was written; TOML: 0, its lines are whole
  std::size_t indent = 0;  // of what it holds, more than its own
  std::vector<std::string> path = {};  // TOML: the steps from the root, of sections and keys
  std::size_t given = 0;               // TOML, of a key: so many of these are its section's
  std::vector<OutlineEntry> nested = {};
};

struct Outline {
  OutlineEntry root;  // of documents; TOML: of one
  std::string head;   // "---" above the first one
  std::string tail;   // comments at the end
  std::string_view newline = "\n";
  bool marked = false;  // with a byte order mark
  bool ended = true;    // by a newline

  bool holds() const;  // a document that is more than a text
};

// Nothing: it is written in a way that is not known here. TOML has to be some that toml_document()
// reads. An empty text has an outline of nothing.
std::optional<Outline> yaml_outline(std::string_view text);
std::optional<Outline> toml_outline(std::string_view text);

// Names of YAML, "&base" or "*base", in a line; some may be in a text or a comment.
std::set<std::string> names_in(std::string_view text, char sign);

// Of YAML: the first has no line, the others "---", with "..." above it where the one before is
// ended by that. (TOML: the one there is.)
bool is_document(const OutlineEntry& entry);

// Its first line; of a member with that of what stands behind its dash: "- name: x".
std::string first_line(const OutlineEntry& entry);

// The lines of a text, without their ends.
std::vector<std::string_view> outline_lines(std::string_view text);

// What each outline has beside its entries; takes the byte order mark away.
Outline outline_frame(std::string_view& text);

}  // namespace culprit
