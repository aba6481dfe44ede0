#include "repo/tree_parts.h"

#include <charconv>
#include <optional>

namespace culprit {
namespace {

constexpr std::string_view last_line = "end";
constexpr std::size_t words_of_part = 9;    // a path, and four for each of its nodes
constexpr std::string_view kinds = "-flF";  // absent, file, link, folder

char letter_of(TreeNode::Kind kind) { return kinds[static_cast<std::size_t>(kind)]; }

std::string text_of(const TreeNode& node) {
  return fmt::format("{} {:o} {} {}.", letter_of(node.kind), node.mode, node.size,
                     word_of_bytes(node.target));
}

int hex_of(char digit) {
  const std::size_t at = std::string_view("0123456789abcdef").find(digit);
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

template <typename Number>
std::optional<Number> number_of(std::string_view text, int base) {
  Number number{};
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (fault != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  for (;;) {
    const std::size_t end = line.find(' ');
    words.push_back(line.substr(0, end));
    if (end == std::string_view::npos) return words;
    line.remove_prefix(end + 1);
  }
}

// Four words; a target ends with a dot, so that an empty one is a word too.
Result<TreeNode> node_of(const std::vector<std::string_view>& words, std::size_t from) {
  const auto kind = kinds.find(words[from]);
  const auto mode = number_of<unsigned>(words[from + 1], 8);
  const auto size = number_of<std::uint64_t>(words[from + 2], 10);
  std::string_view target = words[from + 3];
  if (words[from].size() != 1 || kind == std::string_view::npos || !mode || !size ||
      !target.ends_with('.')) {
    return error(Fault::malformed, "no node of a tree");
  }
  target.remove_suffix(1);
  TreeNode node;
  node.kind = static_cast<TreeNode::Kind>(kind);
  node.mode = *mode;
  node.size = *size;
  node.target = TRY(bytes_of_word(target));
  return node;
}

Result<TreeChange::Part> part_of(std::string_view line) {
  const std::vector<std::string_view> words = words_of(line);
  if (words.size() != words_of_part) return error(Fault::malformed, "no part of a change");
  TreeChange::Part part;
  part.path = TRY(bytes_of_word(words[0]));
  part.without = TRY(node_of(words, 1));
  part.with = TRY(node_of(words, 5));
  const bool inside = !part.path.empty() && part.path.front() != '/' &&
                      ("/" + part.path + "/").find("/../") == std::string::npos;
  if (!inside) return error(Fault::malformed, "a path outside of the tree");
  return part;
}

}  // namespace

std::string word_of_bytes(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) {
    const auto value = static_cast<unsigned char>(byte);
    if (value <= ' ' || value >= 0x7f || byte == '\\') {
      text += fmt::format("\\{:02x}", value);
    } else {
      text += byte;
    }
  }
  return text;
}

Result<std::string> bytes_of_word(std::string_view text) {
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      bytes += text[i];
      continue;
    }
    const bool whole = i + 2 < text.size();
    const int high = whole ? hex_of(text[i + 1]) : -1;
    const int low = whole ? hex_of(text[i + 2]) : -1;
    if (high < 0 || low < 0) return error(Fault::malformed, "a broken escape in {}", text);
    bytes += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return bytes;
}

std::string text_of(const std::vector<TreeChange::Part>& parts) {
  std::string text;
  for (const TreeChange::Part& part : parts) {
    text += fmt::format("{} {} {}\n", word_of_bytes(part.path), text_of(part.without),
                        text_of(part.with));
  }
  return text + std::string(last_line) + "\n";
}

Result<std::vector<TreeChange::Part>> read_parts(std::string_view text) {
  std::vector<TreeChange::Part> parts;
  for (std::size_t number = 1;; ++number) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    if (end == std::string_view::npos) return error(Fault::malformed, "line {}: cut off", number);
    text.remove_prefix(end + 1);
    if (line == last_line) return parts;
    TreeChange::Part part = TRY(part_of(line).during("reading line {}", number));
    parts.push_back(std::move(part));
  }
}

}  // namespace culprit
