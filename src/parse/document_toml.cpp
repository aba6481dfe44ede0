// TOML, by toml++.
#include <sstream>

#include <toml++/toml.h>

#include "parse/document_parts.h"

namespace culprit {
namespace {

template <typename Value>
std::string written(const Value& value) {
  std::ostringstream text;
  text << value;
  return text.str();
}

Tree tree_of(const toml::node& node) {
  if (const toml::table* table = node.as_table()) {
    Tree tree = Tree::of(Tree::Shape::object);
    for (const auto& [key, value] : *table) {
      tree.members.push_back(tree_of(value));
      tree.members.back().name = key.str();
    }
    return tree;
  }
  if (const toml::array* array = node.as_array()) {
    Tree tree = Tree::of(Tree::Shape::list);
    for (const toml::node& value : *array) tree.members.push_back(tree_of(value));
    return tree;
  }
  if (const auto* text = node.as_string()) return Tree::of(text->get(), Kind::text);
  if (const auto* truth = node.as_boolean()) {
    return Tree::of(truth->get() ? "true" : "false", Kind::boolean);
  }
  std::string text;
  node.visit([&](const auto& value) { text = written(value); });
  return Tree::of(std::move(text), node.is_number() ? Kind::number : Kind::text);
}

}  // namespace

// toml++ bounds the depth itself (TOML_MAX_NESTED_VALUES, 256).
Result<Document> toml_document(std::string_view text) {
  try {
    return document_of(tree_of(toml::parse(text)), "toml");
  } catch (const toml::parse_error& fault) {
    return error(Fault::malformed, "no TOML at line {}: {}", fault.source().begin.line,
                 fault.description());
  }
}

}  // namespace culprit
