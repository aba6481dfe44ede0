#include "contrast/template_frames.h"

#include <algorithm>
#include <set>

namespace culprit {
namespace {

constexpr std::size_t frame_words_max = 12;
constexpr std::size_t shared_min = 3;    // messages that two frames have in common
constexpr std::size_t partners_max = 8;  // frames of a message that all others are compared with

struct Cut {
  Words frame;
  Words message;
};

// The words from there on, the first without the space before it.
Words bare_at_first(const Words& words, std::size_t from, const Vocabulary& vocabulary) {
  Words made(words.begin() + static_cast<std::ptrdiff_t>(from), words.end());
  made.front() = vocabulary[made.front()].bare;
  return made;
}

bool ends_frame(const Word& word) {
  const bool spaced = word.text.starts_with(' ');
  return word.mark &&
         std::string_view(spaced ? "-|" : ":])").find(word.text.back()) != std::string_view::npos;
}

// Where a text may be cut, the longest frame first; last without one.
std::vector<Cut> cuts_of(const Words& words, const Vocabulary& vocabulary) {
  std::vector<Cut> cuts;
  if (words.empty()) return cuts;
  for (std::size_t to = std::min(words.size() - 1, frame_words_max); to > 0; --to) {
    const bool spaced = vocabulary[words[to]].text.starts_with(' ');
    if (!spaced || !ends_frame(vocabulary[words[to - 1]])) continue;
    if (!is_balanced(words, 0, to, vocabulary)) continue;
    cuts.push_back({Words(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(to)),
                    bare_at_first(words, to, vocabulary)});
  }
  cuts.push_back({{}, bare_at_first(words, 0, vocabulary)});
  return cuts;
}

// What a frame says in words; names, keys and what stands in brackets only tell who speaks.
Words said_in(const Words& frame, const Vocabulary& vocabulary) {
  Words said;
  for (std::size_t i = 0; i < frame.size(); ++i) {
    const Word& word = vocabulary[frame[i]];
    const bool enclosed =
        i > 0 && i + 1 < frame.size() && closing_of(vocabulary[frame[i - 1]].sign) != '\0' &&
        closing_of(vocabulary[frame[i - 1]].sign) == vocabulary[frame[i + 1]].sign;
    if (word.constant && !word.partial && !word.identifier && !enclosed) said.push_back(word.bare);
  }
  return said;
}

// Holes, marks and keys alone: one message in common is enough to tell that it may be left out.
bool is_silent(const Words& frame, const Vocabulary& vocabulary) {
  return std::none_of(frame.begin(), frame.end(),
                      [&](WordId id) { return vocabulary[id].constant && !vocabulary[id].keyed; });
}

// One may say more than the other, but nothing else.
bool are_alike(const Words& a, const Words& b, const Vocabulary& vocabulary) {
  const Words first = said_in(a, vocabulary);
  const Words second = said_in(b, vocabulary);
  const Words& longer = first.size() < second.size() ? second : first;
  const Words& shorter = first.size() < second.size() ? first : second;
  return std::search(longer.begin(), longer.end(), shorter.begin(), shorter.end()) !=
             longer.end() ||
         shorter.empty();
}

// Frames by each other: those that are one have the same first one.
class Classes {
 public:
  const Words& first_of(const Words& frame) const {
    const Words* one = &frame;
    for (auto next = to_.find(*one); next != to_.end(); next = to_.find(*one)) one = &next->second;
    return *one;
  }
  void join(const Words& a, const Words& b) {
    const Words& first = first_of(a);
    const Words& second = first_of(b);
    if (first == second) return;
    if (first < second)
      to_.emplace(second, first);
    else
      to_.emplace(first, second);
  }
  std::map<Words, std::set<Words>> members() const {
    std::map<Words, std::set<Words>> made;
    for (const auto& [frame, to] : to_) {
      const Words& first = first_of(frame);
      made[first].insert(first);
      made[first].insert(frame);
    }
    return made;
  }

 private:
  std::map<Words, Words> to_;
};

// A hole and the mark behind the frame, but for a bracket that would not be opened.
Words hole_for(const Words& frame, Vocabulary& vocabulary) {
  Words made = {vocabulary.hole_for(frame.front())};
  const char sign = vocabulary[frame.back()].sign;
  if (sign != ')' && sign != ']') made.push_back(frame.back());
  return made;
}

// What stands for frames that are one: nothing if one of them is nothing.
Words frame_for(const std::set<Words>& frames, Vocabulary& vocabulary) {
  Words made = *frames.begin();
  for (const Words& one : frames) {
    if (made.empty()) return made;
    if (one.size() != made.size()) return hole_for(*frames.begin(), vocabulary);
    for (std::size_t i = 0; i < made.size(); ++i) {
      if (made[i] != one[i]) made[i] = vocabulary.hole_for(made[i]);
    }
  }
  return made;
}

using Frames = std::set<Words>;

// The frames that each message has; an empty one where it stands alone.
std::map<Words, Frames> frames_by_message(const Texts& texts, const Vocabulary& vocabulary) {
  std::map<Words, Frames> made;
  for (const auto& [words, support] : texts) {
    for (Cut& cut : cuts_of(words, vocabulary)) {
      if (constants_in(cut.message, vocabulary) == 0) continue;
      made[std::move(cut.message)].insert(std::move(cut.frame));
    }
  }
  return made;
}

// How many messages two frames have in common.
std::map<std::pair<Words, Words>, std::size_t> shared_messages(
    const std::map<Words, Frames>& frames_by_message) {
  std::map<std::pair<Words, Words>, std::size_t> shared;
  for (const auto& [message, frames] : frames_by_message) {
    std::size_t partners = 0;
    for (auto a = frames.begin(); a != frames.end() && partners < partners_max; ++a, ++partners) {
      for (auto b = std::next(a); b != frames.end(); ++b) ++shared[{*a, *b}];
    }
  }
  return shared;
}

// What each frame becomes that is one with others.
std::map<Words, Words> frames_by_class(const Texts& texts, Vocabulary& vocabulary) {
  Classes classes;
  for (const auto& [frames, count] : shared_messages(frames_by_message(texts, vocabulary))) {
    const auto& [one, other] = frames;
    const bool enough = count >= shared_min || (one.empty() && is_silent(other, vocabulary));
    if (enough && are_alike(one, other, vocabulary)) classes.join(one, other);
  }
  std::map<Words, Words> made;
  for (const auto& [first, frames] : classes.members()) {
    const Words one = frame_for(frames, vocabulary);
    for (const Words& frame : frames) made.emplace(frame, one);
  }
  return made;
}

Words with_frame(const Words& frame, const Words& words, std::size_t from,
                 const Vocabulary& vocabulary) {
  Words made = frame;
  made.insert(made.end(), words.begin() + static_cast<std::ptrdiff_t>(from), words.end());
  if (frame.empty()) made.front() = vocabulary[made.front()].bare;
  return made;
}

}  // namespace

std::map<Words, Words> frames_joined(const Texts& texts, Vocabulary& vocabulary) {
  const std::map<Words, Words> to = frames_by_class(texts, vocabulary);
  std::map<Words, Words> joined;
  for (const auto& [words, support] : texts) {
    for (const Cut& cut : cuts_of(words, vocabulary)) {
      const auto known = to.find(cut.frame);
      if (known == to.end() || cut.frame.empty()) continue;
      joined.emplace(words, with_frame(known->second, words, cut.frame.size(), vocabulary));
      break;
    }
  }
  return joined;
}

}  // namespace culprit
