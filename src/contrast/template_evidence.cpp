#include "contrast/template_evidence.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace culprit {
namespace {

constexpr double word_bits_max = 5;
constexpr double keyed_share = 0.4;    // of a word's bits, where it names a parameter
constexpr double texts_imagined = 20;  // beside those there are, so that few texts prove little

// How each kind of place is weighed. Fitted by regression; in natural log odds.
struct WordWeights {
  double base = -2.3;
  double variants = 1.0;  // times ln(variants / 2)
  double many = 1.3;      // five and more
  double support = 0.2;   // times ln(skeletons / 2)
  double around = 0.9;    // times ln(1 + bits around the place)
  double first = -0.7;    // nothing telling stands before it
  double early = -0.8;    // one constant word at most does
  double enclosed = 2.1;
  double preposition = 1.0;
  double colon = 0.8;
  double hole = 1.4;
  double partial = 0.6;  // the rest: times the share of variants
  double identifier = 1.3;
  double participle = -1.0;
  double elsewhere = 0.9;  // seen behind other words as well
  double joined = 0.7;
  double key = 1.0;
  double even = -0.4;  // times evenness()
};
struct PhraseWeights {
  double base = -3.9;
  double variants = 0.9;
  double many = 0.6;
  double support = 0.4;
  double around = 1.8;
  double first = -1.5;
  double enclosed = 1.8;
  double preposition = -0.4;
  double colon = 0.7;
  double hole = 1.9;
  double arguments = -0.6;  // times the share of variants that have holes
  double participle = -0.8;
  double own = -1.1;    // times ln(1 + constant words of a variant)
  double heavy = -1.9;  // a variant says more than what stands around it
  double elsewhere = 1.4;
  double frame = -1.1;  // all that follows the colon behind one or two words
  double reason = 1.0;  // what follows "failed:" and the like
  double even = -0.6;
};
struct OptionalWeights {
  double base = -1.3;
  double around = 1.1;
  double last = -0.7;
  double bracketed = 1.3;
  double preposition = 0.2;
  double key = 1.2;
  double participle = -0.9;
  double negation = -2.5;
  double pairs = 1.2;    // times ln(pairs of texts that differ by the same words)
  double support = 1.0;  // times ln(skeletons of both, multiplied)
  double even = -0.9;
};

// Below these nothing is merged, whatever the weights say.
constexpr std::size_t variants_many = 5;
constexpr std::size_t variants_first_min = 8;  // of plain words that begin a text
constexpr double bits_min = 1;                 // around a word
constexpr double bits_few_variants_min = 3;
constexpr double bits_beside_hole_min = 4;
constexpr std::size_t variants_few = 6;
constexpr double bits_phrase_min = 4;
constexpr double bits_optional_min = 6;
constexpr double bits_optional_wordless_min = 3;  // holes and marks say little that could be missed
constexpr double bits_behind_first = 12;  // so much behind a place makes up for nothing before it
constexpr double bits_first = 2;          // before a place: fewer, and nothing telling stands there
constexpr double frame_share = 0.3;       // of all texts: what so many begin with says nothing
constexpr std::size_t frame_texts_min = 30;
constexpr double bits_of_own_word = 3;
constexpr std::size_t lead_pairs_min = 3;
constexpr std::size_t even_variants_max = 4;
constexpr double even_share = 0.02;  // by which numbers of lines may differ
constexpr double even_max = 6;
constexpr std::size_t optional_holes_max = 2;

double share(std::size_t part, std::size_t whole) {
  return static_cast<double>(part) / static_cast<double>(std::max<std::size_t>(whole, 1));
}

double yes(bool condition) { return condition ? 1 : 0; }

// How unlikely it is by chance that as many lines have each of a few variants, in natural log odds:
// n lines meet n others once in n times. What is said as often as something else is rather said
// together with it ("opened", "closed") than in its stead.
double evenness(const std::vector<double>& lines) {
  const auto [least, most] = std::minmax_element(lines.begin(), lines.end());
  if (lines.size() > even_variants_max || *most - *least > even_share * *most) return 0;
  return std::min(even_max,
                  std::log(std::max(1.0, *least)) * static_cast<double>(lines.size() - 1));
}

// A family, and what there is to see around its place and in its variants.
class Look {
 public:
  Look(const Family& family, const Knowledge& knowledge)
      : family_(family),
        knowledge_(knowledge),
        words_(*family.members.front().like),
        from_(family.members.front().from),
        to_(family.members.front().to) {
    const std::size_t count = family.variants.size();
    before_ = knowledge.frequencies.bits(words_, 0, from_, count);
    around_ = before_ + knowledge.frequencies.bits(words_, to_, words_.size(), count);
    phrases_ = !std::all_of(family.variants.begin(), family.variants.end(),
                            [](const Words& one) { return one.size() == 1; });
    for (const Words& one : family.variants) {
      if (one.size() == 1 && word(one.front()).hole)
        hole_ = true;
      else
        variants_.push_back(&one);
    }
  }

  std::optional<double> evidence() const { return phrases_ ? of_phrases() : of_words(); }

 private:
  const Word& word(WordId id) const { return knowledge_.vocabulary[id]; }
  std::size_t count() const { return family_.variants.size(); }
  char sign_before() const { return from_ > 0 ? word(words_[from_ - 1]).sign : '\0'; }
  char sign_behind() const { return to_ < words_.size() ? word(words_[to_]).sign : '\0'; }
  bool enclosed() const {
    return sign_before() != '\0' && closing_of(sign_before()) == sign_behind() &&
           sign_behind() != '\0';
  }
  bool last() const {
    return to_ == words_.size() ||
           (to_ + 1 == words_.size() && (sign_behind() == '.' || sign_behind() == '!'));
  }
  bool behind_preposition() const { return from_ > 0 && word(words_[from_ - 1]).preposition; }

  std::size_t constants_before() const {
    return static_cast<std::size_t>(
        std::count_if(words_.begin(), words_.begin() + static_cast<std::ptrdiff_t>(from_),
                      [&](WordId id) { return word(id).constant; }));
  }

  double skeletons() const {
    std::size_t sum = 0;
    for (const Gap& one : family_.members) sum += knowledge_.texts.at(*one.text).skeletons;
    return static_cast<double>(sum);
  }

  // In the order of the variants.
  std::vector<double> lines_of_variants() const {
    std::map<Words, double> lines;
    for (const Gap& one : family_.members) {
      const auto begin = one.text->begin();
      lines[Words(begin + static_cast<std::ptrdiff_t>(one.from),
                  begin + static_cast<std::ptrdiff_t>(one.to))] +=
          knowledge_.texts.at(*one.text).lines;
    }
    std::vector<double> made;
    for (const auto& [variant, sum] : lines) made.push_back(sum);
    return made;
  }

  // The share of the variants but for a hole that `is` holds of.
  template <typename Is>
  double part(Is is) const {
    const auto counted = std::count_if(variants_.begin(), variants_.end(),
                                       [&](const Words* one) { return is(*one); });
    return share(static_cast<std::size_t>(counted), variants_.size());
  }
  bool has_hole(const Words& one) const {
    return std::any_of(one.begin(), one.end(),
                       [&](WordId id) { return word(id).hole || word(id).partial; });
  }
  bool begins_with_participle(const Words& one) const {
    const auto first =
        std::find_if(one.begin(), one.end(), [&](WordId id) { return !word(id).mark; });
    return first != one.end() && word(*first).participle;
  }

  // All variants are words of one parameter: "event:done", "event:failed".
  bool one_key() const {
    if (variants_.size() < 2) return false;
    const std::string_view key = word(variants_.front()->front()).key;
    return !key.empty() && std::all_of(variants_.begin(), variants_.end(), [&](const Words* one) {
      return word(one->front()).key == key;
    });
  }

  bool too_little_to_see_in_words(double identifiers, double partial) const {
    const bool codes =
        part([&](const Words& one) { return word(one.front()).code; }) == 1 && !variants_.empty();
    if (codes && count() < variants_first_min) return true;
    const bool named = identifiers == 1 || partial == 1 || enclosed();
    if (constants_before() == 0 && count() < variants_first_min && !hole_ && !named &&
        around_ - before_ < bits_behind_first)
      return true;
    if (around_ < bits_min) return true;
    const bool few = count() < variants_few;
    if (few && around_ < (hole_ ? bits_beside_hole_min : bits_few_variants_min)) return true;
    return hole_ && before_ < bits_first && count() < variants_first_min && !enclosed() &&
           identifiers < 1;
  }

  std::optional<double> of_words() const {
    constexpr WordWeights weight;
    const double identifiers = part([&](const Words& one) { return word(one.front()).identifier; });
    const double partial = part([&](const Words& one) { return word(one.front()).partial; });
    if (too_little_to_see_in_words(identifiers, partial)) return std::nullopt;
    const bool placed = !enclosed() && partial < 1;  // its place in the sentence tells something
    const bool joined = std::any_of(variants_.begin(), variants_.end(),
                                    [&](const Words* one) { return word(one->front()).joined; });
    const double elsewhere =
        part([&](const Words& one) { return knowledge_.contexts.several(one); });
    return weight.base + weight.variants * std::log(static_cast<double>(count()) / 2) +
           weight.many * yes(count() >= variants_many) +
           weight.support * std::log(skeletons() / 2) + weight.around * std::log1p(around_) +
           weight.first * yes(placed && before_ < bits_first) +
           weight.early * yes(placed && constants_before() <= 1) +
           weight.enclosed * yes(enclosed()) + weight.preposition * yes(behind_preposition()) +
           weight.colon * yes(sign_before() == ':') + weight.hole * yes(hole_) +
           weight.partial * partial + weight.identifier * identifiers +
           weight.participle *
               part([&](const Words& one) { return word(one.front()).participle; }) +
           weight.elsewhere * elsewhere + weight.joined * yes(joined) +
           weight.key * yes(one_key()) + weight.even * evenness(lines_of_variants());
  }

  double elsewhere_of_phrases() const {
    std::size_t long_ones = 0;
    std::size_t seen = 0;
    for (const Words& one : family_.variants) {
      if (one.size() == 1) continue;
      ++long_ones;
      seen += knowledge_.contexts.several(one) ? 1 : 0;
    }
    return share(seen, long_ones);
  }

  double own_words() const {
    std::size_t sum = 0;
    for (const Words& one : family_.variants) sum += constants_in(one, knowledge_.vocabulary);
    return share(sum, count());
  }

  bool too_little_to_see_in_phrases(double own, double elsewhere) const {
    const std::size_t texts = knowledge_.frequencies.texts();
    const bool frame = texts >= frame_texts_min &&
                       static_cast<double>(count()) > frame_share * static_cast<double>(texts);
    if (around_ < bits_phrase_min || frame || own == 0) return true;
    return count() == 2 && !enclosed() && !hole_ && sign_before() != ':' && elsewhere < 1;
  }

  std::optional<double> of_phrases() const {
    constexpr PhraseWeights weight;
    const double own = own_words();
    const double elsewhere = elsewhere_of_phrases();
    if (too_little_to_see_in_phrases(own, elsewhere)) return std::nullopt;
    const bool first = before_ < bits_first && !enclosed() &&
                       part([&](const Words& one) { return has_hole(one); }) < 1;
    const double arguments = part([&](const Words& one) { return has_hole(one); });
    const bool frame = last() && sign_before() == ':' && constants_before() <= 2;
    return weight.base + weight.variants * std::log(static_cast<double>(count()) / 2) +
           weight.many * yes(count() >= variants_many) +
           weight.support * std::log(skeletons() / 2) + weight.around * std::log1p(around_) +
           weight.first * yes(first) + weight.enclosed * yes(enclosed()) +
           weight.preposition * yes(behind_preposition()) +
           weight.colon * yes(sign_before() == ':') + weight.hole * yes(hole_) +
           weight.arguments * arguments * yes(!hole_ && !enclosed()) +
           weight.participle * part([&](const Words& one) { return begins_with_participle(one); }) +
           weight.own * std::log1p(own) +
           weight.heavy * yes(bits_of_own_word * own > around_) * (1 - elsewhere) +
           weight.elsewhere * elsewhere + weight.frame * yes(frame) +
           weight.reason *
               yes(sign_before() == ':' && from_ > 1 && word(words_[from_ - 2]).failure) +
           weight.even * evenness(lines_of_variants());
  }

  const Family& family_;
  const Knowledge& knowledge_;
  const Words& words_;  // of a member; what stands around the place is the same in all
  std::size_t from_;
  std::size_t to_;
  double before_ = 0;  // bits
  double around_ = 0;
  bool phrases_ = false;
  bool hole_ = false;
  std::vector<const Words*> variants_;  // but for a hole
};

}  // namespace

Frequencies::Frequencies(const Texts& texts, const Vocabulary& vocabulary)
    : vocabulary_(vocabulary), texts_(texts.size()), counts_(vocabulary.size(), 0) {
  for (const auto& [words, support] : texts) {
    std::set<WordId> own;
    for (const WordId id : words) {
      if (vocabulary[id].constant) own.insert(vocabulary[id].bare);
    }
    for (const WordId id : own) ++counts_[id];
  }
}

double Frequencies::bits(const Words& words, std::size_t from, std::size_t to,
                         std::size_t family) const {
  const auto others = [&](std::size_t all) {
    return static_cast<double>(all > family ? all - family : 0);
  };
  double sum = 0;
  for (std::size_t i = from; i < to; ++i) {
    const Word& word = vocabulary_[words[i]];
    if (!word.constant) continue;
    const double rarity = (others(texts_) + texts_imagined) / (others(counts_[word.bare]) + 1);
    sum += std::min(word_bits_max, std::log2(rarity)) * (word.keyed ? keyed_share : 1);
  }
  return sum;
}

std::optional<double> evidence_of(const Family& family, const Knowledge& knowledge) {
  return Look(family, knowledge).evidence();
}

std::optional<double> evidence_of(const Optional& optional, const Knowledge& knowledge) {
  constexpr OptionalWeights weight;
  const Words& words = *optional.longer;
  const auto word = [&](std::size_t at) -> const Word& { return knowledge.vocabulary[words[at]]; };
  const auto any = [&](auto is) {
    for (std::size_t i = optional.from; i < optional.to; ++i) {
      if (is(word(i))) return true;
    }
    return false;
  };
  std::size_t holes = 0;
  for (std::size_t i = optional.from; i < optional.to; ++i) holes += word(i).hole ? 1 : 0;
  const Word& first = word(optional.from);
  if (holes > optional_holes_max && !first.mark) return std::nullopt;
  const bool says = any([](const Word& one) { return one.constant && !one.keyed; });
  if (optional.from == 0 && says && optional.pairs < lead_pairs_min) return std::nullopt;
  const double around =
      knowledge.frequencies.bits(*optional.shorter, 0, optional.shorter->size(), 2);
  if (around < (says ? bits_optional_min : bits_optional_wordless_min)) return std::nullopt;
  const bool last =
      optional.to == words.size() || (optional.to + 1 == words.size() && word(optional.to).mark);
  const bool bracketed = first.sign == '(' || first.sign == '[' || first.sign == '{';
  const auto skeletons = static_cast<double>(knowledge.texts.at(*optional.longer).skeletons *
                                             knowledge.texts.at(*optional.shorter).skeletons);
  return weight.base + weight.around * std::log1p(around) + weight.last * yes(last) +
         weight.bracketed * yes(bracketed) + weight.preposition * yes(first.preposition) +
         weight.key * yes(!first.key.empty()) +
         weight.participle * yes(any([](const Word& one) { return one.participle; })) +
         weight.negation * yes(any([](const Word& one) { return one.negation; })) +
         weight.pairs * std::log(static_cast<double>(optional.pairs)) +
         weight.support * std::log(skeletons) +
         weight.even * evenness({knowledge.texts.at(*optional.longer).lines,
                                 knowledge.texts.at(*optional.shorter).lines});
}

}  // namespace culprit
