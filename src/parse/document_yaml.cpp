// YAML, by yaml-cpp.
#include <algorithm>
#include <charconv>
#include <string>
#include <vector>

#include <yaml-cpp/yaml.h>

#include "parse/document_parts.h"

namespace culprit {
namespace {

constexpr int depth_max = 64;
constexpr std::size_t documents_max = 1'000;  // of one file
constexpr std::size_t nodes_max = 400'000;    // an alias of an alias of an alias grows without end

// A plain scalar as YAML 1.2's core schema reads it; a quoted one is text.
Tree scalar_of(const YAML::Node& node) {
  const std::string& text = node.Scalar();
  if (node.Tag() == "!") return Tree::of(text, Kind::text);
  if (text == "true" || text == "false") return Tree::of(text, Kind::boolean);
  if (text == "null" || text == "~" || text.empty()) return {};
  double number = 0;
  const auto end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  const bool whole = read.ec == std::errc() && read.ptr == end;
  return Tree::of(text, whole ? Kind::number : Kind::text);
}

// nullopt: too deep or too much.
std::optional<Tree> tree_of(const YAML::Node& node, int depth, std::size_t& nodes) {
  if (depth > depth_max || ++nodes > nodes_max) return std::nullopt;
  if (node.IsScalar()) return scalar_of(node);
  Tree tree;
  if (node.IsMap()) tree = Tree::of(Tree::Shape::object);
  if (node.IsSequence()) tree = Tree::of(Tree::Shape::list);
  for (const auto& entry : node) {
    std::optional<Tree> value = tree_of(node.IsMap() ? entry.second : entry, depth + 1, nodes);
    if (!value) return std::nullopt;
    const bool named = node.IsMap() && entry.first.IsScalar();
    tree.members.push_back(std::move(*value));
    if (named) tree.members.back().name = entry.first.Scalar();
  }
  return tree;
}

// Documents begin at lines of "---". yaml-cpp's own LoadAll makes documents without end of text
// that is damaged.
std::vector<std::string> parts_of(std::string_view text) {
  std::vector<std::string> parts(1);
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    const bool begins = line.starts_with("---") && parts.size() < documents_max;
    if (begins && !parts.back().empty()) parts.emplace_back();
    parts.back() += std::string(line) + "\n";
    text.remove_prefix(std::min(text.size(), line.size() + 1));
  }
  return parts;
}

}  // namespace

Result<Document> yaml_document(std::string_view text) {
  Tree all = Tree::of(Tree::Shape::list);
  std::size_t nodes = 0;
  std::size_t lines = 0;
  for (const std::string& part : parts_of(text)) {
    try {
      std::optional<Tree> tree = tree_of(YAML::Load(part), 0, nodes);
      if (!tree) return error(Fault::malformed, "deeper or larger than is read");
      all.members.push_back(std::move(*tree));
    } catch (const YAML::Exception& fault) {
      const auto line = static_cast<std::size_t>(std::max(0, fault.mark.line));
      return error(Fault::malformed, "no YAML at line {}: {}", lines + line + 1, fault.msg);
    }
    lines += static_cast<std::size_t>(std::count(part.begin(), part.end(), '\n'));
  }
  return document_of(all.members.size() == 1 ? all.members.front() : all, "yaml");
}

}  // namespace culprit
