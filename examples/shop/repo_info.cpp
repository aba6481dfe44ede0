#include "repo_info.h"

#include <fmt/format.h>

#include <fstream>
#include <iterator>

#include "dice.h"
#include "refusal.h"

namespace shop {
namespace {

constexpr uint64_t sha_stream = 7;

// The JSON string that follows `"key":` at or after `from`, which is moved behind it. Enough for
// what make-repo writes; not a JSON parser.
std::string string_after(std::string_view text, std::string_view key, size_t& from) {
  const std::string quoted = fmt::format("\"{}\"", key);
  const size_t at = text.find(quoted, from);
  if (at == text.npos) return {};
  const size_t open = text.find('"', at + quoted.size());
  if (open == text.npos) return {};
  size_t close = open + 1;
  while (close < text.size() && text[close] != '"') close += text[close] == '\\' ? 2 : 1;
  if (close >= text.size()) return {};
  from = close + 1;
  return std::string(text.substr(open + 1, close - open - 1));
}

std::string string_of(std::string_view text, std::string_view key) {
  size_t from = 0;
  return string_after(text, key, from);
}

}  // namespace

std::string RepoInfo::sha_of(std::string_view version) const {
  for (const Tag& tag : tags) {
    if (tag.name == version) return tag.sha;
  }
  uint64_t seed = 0;
  for (char letter : version) seed = seed * 131 + static_cast<unsigned char>(letter);
  Dice dice(seed, sha_stream);
  const uint64_t first = dice.next(), middle = dice.next();
  return fmt::format("{:016x}{:016x}{:08x}", first, middle, dice.next() >> 32);
}

RepoInfo read_repo_info(const std::string& path) {
  if (path.empty()) return {};
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    throw Refusal{Fault::missing, fmt::format("cannot read {}", path),
                  "examples/make-repo DIR --seed N > FILE"};
  }
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  RepoInfo info;
  info.culprit_sha = string_of(text, "culprit_sha");
  info.subject = string_of(text, "subject");
  info.incident = string_of(text, "incident");
  size_t from = text.find("\"tags\"");
  while (from != text.npos) {
    Tag tag{string_after(text, "name", from), string_after(text, "sha", from)};
    if (tag.name.empty() || tag.sha.empty()) break;
    info.tags.push_back(std::move(tag));
  }
  if (info.culprit_sha.size() == 40 && info.tags.size() >= 2) return info;
  throw Refusal{Fault::missing, fmt::format("{} does not hold what make-repo prints", path),
                "examples/make-repo DIR --seed N > FILE"};
}

}  // namespace shop
