// The notations of parse/document.h, one function each; Trees are what most of them become first.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "event/document.h"

namespace culprit {

struct Tree {
  enum class Shape : std::uint8_t { scalar, object, list };
  Shape shape = Shape::scalar;
  Kind kind = Kind::null;
  std::string text = "null";  // of a scalar
  std::string name;           // as a member of an object
  std::vector<Tree> members;

  static Tree of(std::string text, Kind kind);
  static Tree of(Shape shape);
  const Tree* member(std::string_view wanted) const;  // nullptr: none
};

Result<Document> document_of(const Tree& tree, std::string_view format);
// Adds the leaves of a tree below `steps`; false: too deep, or too many.
bool add_leaves(const Tree& tree, const std::vector<std::string>& steps, Document& document);

Result<Tree> json_tree(std::string_view text);
Result<Document> json_document(std::string_view text);
Result<Document> yaml_document(std::string_view text);
Result<Document> toml_document(std::string_view text);

// nullopt: it is not written so.
std::optional<Document> trace_document(std::string_view text);
std::optional<Document> http_document(std::string_view text);
std::optional<Document> settings_document(std::string_view text);  // INI, properties, environment

// Every line is a value of its own.
Document text_document(std::string_view text);

}  // namespace culprit
