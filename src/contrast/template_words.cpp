#include "contrast/template_words.h"

#include <algorithm>
#include <array>
#include <utility>

#include <re2/re2.h>

namespace culprit {
namespace {

constexpr std::string_view hole = "<*>";

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 128;
}

std::string without_holes(std::string_view text) {
  std::string rest(text);
  for (std::size_t at = rest.find(hole); at != rest.npos; at = rest.find(hole, at)) {
    rest.erase(at, hole.size());
  }
  return rest;
}

bool has_letter(std::string_view text) { return std::any_of(text.begin(), text.end(), is_letter); }

Word word_of(std::string text) {
  constexpr std::array<std::string_view, 14> prepositions = {
      "of", "for", "to",   "from", "by",    "in",      "on",
      "at", "as",  "with", "via",  "using", "because", "into"};
  Word word;
  word.text = std::move(text);
  const std::string_view bare =
      std::string_view(word.text).substr(word.text.starts_with(' ') ? 1 : 0);
  const std::string own = without_holes(bare);
  word.hole = bare == hole;
  word.constant = has_letter(own);
  word.mark = own.size() == bare.size() && !bare.empty() &&
              std::none_of(bare.begin(), bare.end(),
                           [](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
  if (word.mark) word.sign = bare.front();
  word.preposition =
      std::find(prepositions.begin(), prepositions.end(), bare) != prepositions.end();
  return word;
}

}  // namespace

std::string without_shapes(std::string_view text) {
  static const RE2 placeholder("<[A-Za-z][\\w -]{0,40}>");
  static const RE2 dotted("(^|[^\\w<.-])[A-Za-z_][\\w-]*(?:\\.[\\w-]+)+");
  static const RE2 joined("<\\*>(?:[:,./#@+|-]*<\\*>)+");
  std::string made(text);
  RE2::GlobalReplace(&made, placeholder, "<*>");
  RE2::GlobalReplace(&made, dotted, "\\1<*>");
  RE2::GlobalReplace(&made, joined, "<*>");
  return made;
}

std::string without_pairs(std::string_view text) {
  static const RE2 pairs("(?:[\\w.-]+=[<\"\\[]?<\\*>[>\"\\]]?(?::<\\*>)?[,;]?(?: |$)){2,}");
  std::string shorter(text);
  RE2::GlobalReplace(&shorter, pairs, "<*> ");
  while (shorter.ends_with(' ')) shorter.pop_back();
  // Where there are no words beside them, the keys are all that tells messages apart.
  return has_letter(without_holes(shorter)) ? shorter : std::string(text);
}

WordId Vocabulary::id_of(std::string text) {
  const auto found = ids_.find(text);
  if (found != ids_.end()) return found->second;
  const auto id = static_cast<WordId>(words_.size());
  words_.push_back(word_of(text));
  ids_.emplace(std::move(text), id);
  return id;
}

WordId Vocabulary::hole_for(WordId word) {
  return id_of((words_[word].text.starts_with(' ') ? " " : "") + std::string(hole));
}

// A piece without brackets: what quotes and punctuation stand around it are words of their own.
void Vocabulary::add_piece(std::string_view piece, std::string space, Words& words) {
  const auto add = [&](std::string_view text) {
    words.push_back(id_of(space + std::string(text)));
    space.clear();
  };
  while (!piece.empty() &&
         (piece.front() == '\'' || (piece.front() == '<' && !piece.starts_with(hole)))) {
    add(piece.substr(0, 1));
    piece.remove_prefix(1);
  }
  std::vector<std::string_view> behind;
  while (!piece.empty() && !piece.ends_with(hole) &&
         std::string_view(">,.;:!?'").find(piece.back()) != std::string_view::npos) {
    const std::size_t size = piece.ends_with("...") ? 3 : 1;
    behind.push_back(piece.substr(piece.size() - size));
    piece.remove_suffix(size);
  }
  if (!piece.empty()) add(piece);
  for (auto one = behind.rbegin(); one != behind.rend(); ++one) add(*one);
}

Words Vocabulary::words_of(std::string_view text) {
  constexpr std::string_view brackets = "()[]{}\"`";
  Words words;
  for (std::string space; !text.empty(); space = " ") {
    std::string_view rest = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(text.size(), rest.size() + 1));
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find_first_of(brackets), rest.size());
      if (end > 0) add_piece(rest.substr(0, end), std::exchange(space, ""), words);
      if (end < rest.size()) words.push_back(id_of(std::exchange(space, "") + rest[end]));
      rest.remove_prefix(std::min(rest.size(), end + 1));
    }
  }
  return words;
}

std::string Vocabulary::text_of(const Words& words) const {
  std::string text;
  for (const WordId word : words) text += words_[word].text;
  return text;
}

}  // namespace culprit
