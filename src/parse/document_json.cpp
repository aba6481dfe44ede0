// JSON as a Tree. Members stay in order, and of two with one name both are there: the files that
// are compared by hand are those in which such a thing went wrong.
#include "parse/bytes.h"
#include "parse/document_parts.h"
#include "parse/unescape.h"

namespace culprit {
namespace {

constexpr int depth_max = 64;

class JsonText {
 public:
  explicit JsonText(std::string_view text) : text_(text) {}

  Result<Tree> read() {
    Tree tree;
    if (!value(tree, 0)) return fault();
    space();
    if (at_ < text_.size()) return fault();
    return tree;
  }

 private:
  Error fault() const {
    if (deep_) return error(Fault::malformed, "deeper than {} levels", depth_max);
    return error(Fault::malformed, "no JSON at byte {}", at_ + 1);
  }
  void space() {
    while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != text_.npos) ++at_;
  }
  bool take(char wanted) {
    space();
    if (at_ >= text_.size() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }

  bool value(Tree& made, int depth) {
    deep_ = deep_ || depth > depth_max;
    if (deep_) return false;
    space();
    if (at_ >= text_.size()) return false;
    if (text_[at_] == '{' || text_[at_] == '[') return members(made, depth);
    if (text_[at_] != '"') return word(made);
    std::string text;
    if (!string(text)) return false;
    made = Tree::of(std::move(text), Kind::text);
    return true;
  }

  bool members(Tree& made, int depth) {
    const bool object = text_[at_++] == '{';
    const char close = object ? '}' : ']';
    made = Tree::of(object ? Tree::Shape::object : Tree::Shape::list);
    if (take(close)) return true;
    for (;;) {
      Tree& member = made.members.emplace_back();
      std::string key;
      space();
      if (object && (!string(key) || !take(':'))) return false;
      if (!value(member, depth + 1)) return false;
      member.name = std::move(key);
      if (take(close)) return true;
      if (!take(',')) return false;
    }
  }

  bool string(std::string& made) {
    if (at_ >= text_.size() || text_[at_] != '"') return false;
    const char* at = text_.data() + at_ + 1;
    const char* end = text_.data() + text_.size();
    while (at < end && *at != '"') {
      if (*at != '\\') {
        made += *at++;
        continue;
      }
      char bytes[8];
      char* behind = unescape(++at, end, bytes);
      if (behind == nullptr) return false;
      made.append(bytes, static_cast<std::size_t>(behind - bytes));
    }
    at_ = static_cast<std::size_t>(at - text_.data());
    return take('"');
  }

  // true, false, null and numbers, which stay as they are written.
  bool word(Tree& made) {
    const std::size_t end = std::min(text_.find_first_of(",]} \t\r\n", at_), text_.size());
    const std::string text(text_.substr(at_, end - at_));
    const bool number = !text.empty() && text.find_first_not_of("0123456789+-.eE") == text.npos &&
                        text.find_first_of("0123456789") != text.npos;
    if (text == "true" || text == "false") {
      made = Tree::of(text, Kind::boolean);
    } else if (text == "null" || number) {
      made = Tree::of(text, number ? Kind::number : Kind::null);
    } else {
      return false;
    }
    at_ = end;
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  bool deep_ = false;
};

}  // namespace

Result<Tree> json_tree(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  return JsonText(text).read();
}

Result<Document> json_document(std::string_view text) {
  const Tree tree = TRY(json_tree(text));
  return document_of(tree, "json");
}

}  // namespace culprit
