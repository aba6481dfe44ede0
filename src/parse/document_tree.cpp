// Trees as leaves.
#include <array>
#include <set>

#include "parse/document_parts.h"

namespace culprit {
namespace {

constexpr std::size_t depth_max = 64;
constexpr std::size_t leaves_max = 200'000;

// The key whose values name the elements of a list, each another; empty: there is none.
std::string naming_key(const Tree& list) {
  constexpr std::array<const char*, 6> names = {"name", "id", "key", "path", "host", "route"};
  for (const char* name : names) {
    std::set<std::string> seen;
    for (const Tree& element : list.members) {
      const Tree* value = element.member(name);
      const bool named = value != nullptr && value->shape == Tree::Shape::scalar;
      if (!named || !seen.insert(value->text).second) break;
    }
    if (seen.size() == list.members.size()) return name;
  }
  return {};
}

class Leaves {
 public:
  explicit Leaves(Document& document) : document_(document) {}

  bool add(const Tree& value) {
    if (steps.size() > depth_max || document_.leaves.size() >= leaves_max) return false;
    if (value.members.empty()) {
      document_.leaves.push_back({steps, value.text, value.kind});
      return true;
    }
    const std::string name = value.shape == Tree::Shape::list ? naming_key(value) : "";
    for (std::size_t i = 0; i < value.members.size(); ++i) {
      const Tree& member = value.members[i];
      steps.push_back(value.shape == Tree::Shape::object ? member.name
                      : name.empty()                     ? fmt::format("[{}]", i)
                                     : fmt::format("[{}={}]", name, member.member(name)->text));
      const bool added = add(member);
      steps.pop_back();
      if (!added) return false;
    }
    return true;
  }

  std::vector<std::string> steps;

 private:
  Document& document_;
};

}  // namespace

Tree Tree::of(std::string text, Kind kind) {
  Tree tree;
  tree.kind = kind;
  tree.text = std::move(text);
  return tree;
}

Tree Tree::of(Shape shape) {
  Tree tree = of(shape == Shape::list ? "[]" : "{}", Kind::text);
  tree.shape = shape;
  return tree;
}

const Tree* Tree::member(std::string_view wanted) const {
  for (const Tree& one : members) {
    if (one.name == wanted) return &one;
  }
  return nullptr;
}

bool add_leaves(const Tree& tree, const std::vector<std::string>& steps, Document& document) {
  Leaves leaves(document);
  leaves.steps = steps;
  return leaves.add(tree);
}

Result<Document> document_of(const Tree& tree, std::string_view format) {
  Document document;
  document.format = format;
  if (add_leaves(tree, {}, document)) return document;
  return error(Fault::malformed, "deeper than {} levels, or more than {} values", depth_max,
               leaves_max);
}

}  // namespace culprit
