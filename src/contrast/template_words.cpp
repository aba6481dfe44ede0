#include "contrast/template_words.h"

#include <algorithm>
#include <array>
#include <utility>

namespace culprit {
namespace {

constexpr std::string_view hole = "<*>";
constexpr std::array<std::string_view, 20> prepositions = {
    "while", "during", "after", "before", "until", "since", "of",  "for",   "to",      "from",
    "by",    "in",     "on",    "at",     "as",    "with",  "via", "using", "because", "into"};
constexpr std::array<std::string_view, 6> negations = {"not",   "no",      "un",
                                                       "never", "without", "cannot"};
constexpr std::array<std::string_view, 12> failures = {
    "failed",    "failure", "error", "reason", "refused", "denied",
    "exception", "because", "fault", "fails",  "aborted", "rejected"};
constexpr std::size_t code_letters_max = 4;
constexpr std::size_t code_digits_min = 4;

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) {
  return is_upper(c) || is_lower(c) || static_cast<unsigned char>(c) >= 128;
}

std::string without_holes(std::string_view text) {
  std::string rest(text);
  for (std::size_t at = rest.find(hole); at != rest.npos; at = rest.find(hole, at)) {
    rest.erase(at, hole.size());
  }
  return rest;
}

std::string lowered(std::string_view text) {
  std::string made(text);
  for (char& c : made) c = is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c;
  return made;
}

template <std::size_t size>
bool is_one_of(const std::array<std::string_view, size>& all, std::string_view text) {
  return std::find(all.begin(), all.end(), text) != all.end();
}

// Words of a sentence are small, capitalised or shouted.
bool is_identifier(std::string_view text) {
  if (!std::all_of(text.begin(), text.end(), is_letter)) return true;
  const auto small = [](char c) { return !is_upper(c); };
  return !std::all_of(text.begin() + 1, text.end(), small) &&
         !std::all_of(text.begin(), text.end(), is_upper);
}

// "AH01626", "ORA-00942"
bool is_code(std::string_view text) {
  std::size_t letters = 0;
  while (letters < text.size() && is_upper(text[letters])) ++letters;
  std::size_t from = letters;
  if (from < text.size() && text[from] == '-') ++from;
  return letters >= 1 && letters <= code_letters_max && text.size() >= from + code_digits_min &&
         std::all_of(text.begin() + static_cast<std::ptrdiff_t>(from), text.end(), is_digit);
}

// "event:" of "event:done"
std::string_view key_of(std::string_view text) {
  const std::size_t sign = text.find_first_of(":=");
  if (sign == text.npos || sign == 0) return {};
  const std::string_view key = text.substr(0, sign);
  const bool named = std::all_of(key.begin(), key.end(), [](char c) {
    return is_letter(c) || is_digit(c) || c == '_' || c == '.' || c == '-';
  });
  return named ? text.substr(0, sign + 1) : std::string_view();
}

void look_at(Word& word) {
  const std::string_view bare =
      std::string_view(word.text).substr(word.text.starts_with(' ') ? 1 : 0);
  const std::string own = without_holes(bare);
  word.hole = bare == hole;
  word.partial = !word.hole && own.size() < bare.size();
  word.constant = std::any_of(own.begin(), own.end(), is_letter);
  word.mark =
      !word.partial && !word.hole && !bare.empty() &&
      std::none_of(bare.begin(), bare.end(), [](char c) { return is_letter(c) || is_digit(c); });
  if (word.mark) word.sign = bare.front();
  word.symbol = word.mark && bare.size() > 1 && bare != "...";
  word.preposition = is_one_of(prepositions, lowered(bare));
  word.negation = is_one_of(negations, lowered(bare));
  word.failure = is_one_of(failures, lowered(bare));
  word.identifier = !bare.empty() && is_identifier(bare);
  word.joined = bare.find_first_of("-_/") != bare.npos;
  word.participle = bare.ends_with("ed") || bare.ends_with("ing");
  word.code = is_code(bare);
  word.key = key_of(bare);
  word.keyed = word.partial && !word.key.empty();
}

}  // namespace

WordId Vocabulary::id_of(std::string text) {
  const auto found = ids_.find(text);
  if (found != ids_.end()) return found->second;
  const bool spaced = text.starts_with(' ') && text.size() > 1;
  const WordId bare = spaced ? id_of(text.substr(1)) : static_cast<WordId>(words_.size());
  const auto id = static_cast<WordId>(words_.size());
  Word word;
  word.bare = bare;
  words_.push_back(std::move(word));
  const auto known = ids_.emplace(std::move(text), id).first;
  words_.back().text = known->first;
  look_at(words_.back());
  // The vector may move short texts; the map's keys stay where they are.
  const std::size_t skipped = spaced ? 1 : 0;
  words_.back().key = std::string_view(known->first).substr(skipped, words_.back().key.size());
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

bool has_own_words(std::string_view text) {
  const std::string rest = without_holes(text);
  return std::any_of(rest.begin(), rest.end(), is_letter);
}

std::size_t constants_in(const Words& words, const Vocabulary& vocabulary) {
  return static_cast<std::size_t>(std::count_if(
      words.begin(), words.end(), [&](WordId word) { return vocabulary[word].constant; }));
}

char closing_of(char sign) {
  switch (sign) {
    case '(': return ')';
    case '[': return ']';
    case '{': return '}';
    case '<': return '>';
    case '"': return '"';
    case '\'':
    case '`': return '\'';
    default: return '\0';
  }
}

bool is_balanced(const Words& words, std::size_t from, std::size_t to,
                 const Vocabulary& vocabulary) {
  std::string open;
  std::size_t quotes[2] = {0, 0};
  for (std::size_t i = from; i < to; ++i) {
    const char sign = vocabulary[words[i]].sign;
    if (sign == '"' || sign == '\'') ++quotes[sign == '"' ? 0 : 1];
    if (sign == '(' || sign == '[' || sign == '{') open += closing_of(sign);
    if (sign != ')' && sign != ']' && sign != '}') continue;
    if (open.empty() || open.back() != sign) return false;
    open.pop_back();
  }
  return open.empty() && quotes[0] % 2 == 0 && quotes[1] % 2 == 0;
}

}  // namespace culprit
