// Which changes of a document only go together. Of YAML those of an anchor that stands at another
// place. Of TOML a path may be one thing only: a value, a table with a heading, one by dotted keys,
// or a list of [[x]]. What GOOD and BAD make of it in different ways changes as one.
#include <map>
#include <numeric>

#include <fmt/ranges.h>

#include "parse/difference_items.h"
#include "parse/outline_merge.h"

namespace culprit {
namespace {

// What an entry makes of a path; `through`: of what lies above it, without saying so.
enum class Made : std::uint8_t { value, heading, dotted, list, through };

struct Claim {
  Made made;
  Side side;
  std::size_t change;
};

bool go_together(Made one, Made other) {
  const auto table = [](Made made) { return made == Made::heading || made == Made::through; };
  return (table(one) && table(other)) || (one == Made::dotted && other == Made::dotted);
}

// Those that bring an entry; what a list of [[x]] holds is looked at no further.
void put_changes(const MergedEntry& entry, std::vector<std::size_t>& changes) {
  if (entry.change != no_item) changes.push_back(entry.change);
  for (const MergedEntry& one : entry.nested) put_changes(one, changes);
}

class Claims {
 public:
  explicit Claims(std::size_t changes) : first_(changes) {
    std::iota(first_.begin(), first_.end(), 0);
  }

  void read(const MergedEntry& entry) {
    const OutlineEntry& source = entry.bad != nullptr ? *entry.bad : *entry.good;
    if (entry.side != Side::both && !source.path.empty()) claim(entry, source);
    const bool list = source.form == OutlineEntry::Form::group && !source.path.empty();
    for (const MergedEntry& one : entry.nested) {
      if (!list) {
        read(one);
      } else if (one.side == Side::both) {  // paths below each of these are its own
        Claims own(first_.size());
        for (const MergedEntry& held : one.nested) own.read(held);
        for (std::size_t i = 0; i < first_.size(); ++i) unite(i, own.first(i));
      }
    }
  }

  // What GOOD and BAD both name, "&base", at different places: a candidate has it once.
  void read_names(const MergedEntry& root) {
    Named all;
    put_names(root, all);
    for (auto& [name, sides] : all) {
      if (sides.size() < 2 || sides.begin()->second.empty()) continue;
      for (auto& [side, changes] : sides) {
        for (const std::size_t change : changes) unite(sides.begin()->second[0], change);
      }
    }
  }

  std::size_t first(std::size_t change) const {
    while (first_[change] != change) change = first_[change];
    return change;
  }

 private:
  using Named = std::map<std::string, std::map<Side, std::vector<std::size_t>>>;
  void put_names(const MergedEntry& entry, Named& all) {
    const auto put = [&](const OutlineEntry* source, const OutlineEntry* other, Side side) {
      if (source == nullptr) return;
      for (const std::string& name : names_in(source->line, '&')) {
        if (other != nullptr && names_in(other->line, '&').contains(name)) continue;
        std::vector<std::size_t> changes;
        if (entry.side != Side::both) put_changes(entry, changes);
        if (entry.side == Side::both && entry.change != no_item) changes.push_back(entry.change);
        std::vector<std::size_t>& known = all[name][side];
        known.insert(known.end(), changes.begin(), changes.end());
      }
    };
    put(entry.good, entry.bad, Side::good);
    put(entry.bad, entry.good, Side::bad);
    for (const MergedEntry& one : entry.nested) put_names(one, all);
  }

  void claim(const MergedEntry& entry, const OutlineEntry& source) {
    std::vector<std::size_t> changes;
    put_changes(entry, changes);
    const bool section = source.key.starts_with('[');
    const bool list = section && source.form == OutlineEntry::Form::group;
    std::string path;
    for (std::size_t i = 0; i < source.path.size(); ++i) {
      path += fmt::format("{}\n", source.path[i]);
      const bool last = i + 1 == source.path.size();
      const Made made = last && list       ? Made::list
                        : last && section  ? Made::heading
                        : last             ? Made::value
                        : section          ? Made::through
                        : i < source.given ? Made::heading
                                           : Made::dotted;
      for (const std::size_t change : changes) meet(path, {made, entry.side, change});
    }
  }

  // Whatever has met something is one change with it: of those one is enough to meet the next.
  void meet(const std::string& path, Claim claim) {
    for (auto& [kind, changes] : claims_[path]) {
      if (kind.first == claim.side || go_together(kind.second, claim.made)) continue;
      for (const std::size_t other : changes) unite(other, claim.change);
      changes.resize(1);
    }
    claims_[path][{claim.side, claim.made}].push_back(claim.change);
  }

  void unite(std::size_t one, std::size_t other) {
    one = first(one);
    other = first(other);
    first_[std::max(one, other)] = std::min(one, other);
  }

  std::vector<std::size_t> first_;
  using Kinds = std::map<std::pair<Side, Made>, std::vector<std::size_t>>;
  std::map<std::string, Kinds> claims_;
};

}  // namespace

std::vector<std::size_t> united_changes(const MergedEntry& root, std::size_t changes) {
  Claims claims(changes);
  claims.read(root);
  claims.read_names(root);
  std::vector<std::size_t> united(changes);
  for (std::size_t i = 0; i < changes; ++i) united[i] = claims.first(i);
  return united;
}

}  // namespace culprit
