#include "repo/comment_free.h"

#include <algorithm>
#include <array>
#include <cctype>

#include <fmt/format.h>

namespace culprit {
namespace {

enum class Comments : unsigned char { slashes, hash_python, hash_shell };

struct Ending {
  std::string_view ending;
  Comments comments;
};
constexpr std::array endings = {
    Ending{".c", Comments::slashes},     Ending{".h", Comments::slashes},
    Ending{".cc", Comments::slashes},    Ending{".cpp", Comments::slashes},
    Ending{".cxx", Comments::slashes},   Ending{".hpp", Comments::slashes},
    Ending{".hh", Comments::slashes},    Ending{".java", Comments::slashes},
    Ending{".go", Comments::slashes},    Ending{".cs", Comments::slashes},
    Ending{".kt", Comments::slashes},    Ending{".py", Comments::hash_python},
    Ending{".sh", Comments::hash_shell}, Ending{".bash", Comments::hash_shell},
};

// One pass over a text; each step takes a comment, a string or one byte.
class Stripping {
 public:
  Stripping(std::string_view text, Comments comments) : text_(text), comments_(comments) {}
  std::string run();

 private:
  bool at(std::string_view what) const { return text_.substr(from_).starts_with(what); }
  void keep(std::size_t count);
  void skip_line();
  void skip_block();
  void keep_raw_string();
  void keep_quoted(char quote, std::size_t quotes);
  bool step_slashes();
  bool step_hash();

  std::string_view text_;
  Comments comments_;
  std::size_t from_ = 0;
  std::string kept_;
};

void Stripping::keep(std::size_t count) {
  const std::string_view some = text_.substr(from_, count);
  kept_ += some;
  from_ += some.size();
}

void Stripping::skip_line() { from_ = std::min(text_.find('\n', from_), text_.size()); }

void Stripping::skip_block() {
  const std::size_t end = text_.find("*/", from_ + 2);
  from_ = end == text_.npos ? text_.size() : end + 2;
  kept_ += ' ';  // it separates words
}

// R"x( ... )x"
void Stripping::keep_raw_string() {
  const std::size_t open = text_.find('(', from_);
  if (open == text_.npos || open > from_ + 20) return keep(2);
  const std::string close = fmt::format("){}\"", text_.substr(from_ + 2, open - from_ - 2));
  const std::size_t end = text_.find(close, open);
  keep(end == text_.npos ? text_.size() : end + close.size() - from_);
}

// To its closing quotes; a backslash hides what follows it.
void Stripping::keep_quoted(char quote, std::size_t quotes) {
  const std::string closing(quotes, quote);
  keep(quotes);
  while (from_ < text_.size()) {
    if (at(closing)) return keep(quotes);
    const bool escape =
        text_[from_] == '\\' && !(comments_ == Comments::hash_shell && quote == '\'');
    // A lone quote, such as an apostrophe in a comment of another language, ends with its line.
    const bool line_ends =
        text_[from_] == '\n' && quotes == 1 && comments_ != Comments::hash_shell && quote != '`';
    if (line_ends) return;
    keep(escape ? 2 : 1);
  }
}

bool Stripping::step_slashes() {
  if (at("//")) return skip_line(), true;
  if (at("/*")) return skip_block(), true;
  if (at("R\"")) return keep_raw_string(), true;
  if (at("\"\"\"")) return keep_quoted('"', 3), true;
  const char c = text_[from_];
  // 1'000 is a number.
  const bool digit =
      from_ > 0 && c == '\'' && std::isalnum(static_cast<unsigned char>(text_[from_ - 1]));
  if (digit) return false;
  if (c == '"' || c == '\'' || c == '`') return keep_quoted(c, 1), true;
  return false;
}

bool Stripping::step_hash() {
  const char c = text_[from_];
  const bool first =
      from_ == 0 || text_[from_ - 1] == '\n' || text_[from_ - 1] == ' ' || text_[from_ - 1] == '\t';
  if (c == '#' && from_ == 0 && at("#!")) return false;  // names the interpreter
  if (c == '#' && (first || comments_ == Comments::hash_python)) return skip_line(), true;
  if (comments_ == Comments::hash_python && (at("\"\"\"") || at("'''"))) {
    return keep_quoted(c, 3), true;
  }
  if (comments_ == Comments::hash_shell && c == '\\') return keep(2), true;
  if (c == '"' || c == '\'') return keep_quoted(c, 1), true;
  return false;
}

// Without spaces at the ends of lines, and without lines of nothing else.
std::string without_blanks(const std::string& text) {
  std::string made;
  for (std::size_t from = 0; from < text.size();) {
    const std::size_t to = std::min(text.find('\n', from), text.size());
    std::string_view line = std::string_view(text).substr(from, to - from);
    while (!line.empty() && (line.back() == ' ' || line.back() == '\t' || line.back() == '\r')) {
      line.remove_suffix(1);
    }
    if (!line.empty()) {
      made += line;
      made += '\n';
    }
    from = to + 1;
  }
  return made;
}

std::string Stripping::run() {
  while (from_ < text_.size()) {
    const bool taken = comments_ == Comments::slashes ? step_slashes() : step_hash();
    if (!taken) keep(1);
  }
  return without_blanks(kept_);
}

}  // namespace

std::optional<std::string> comment_free(std::string_view text, std::string_view path) {
  for (const Ending& one : endings) {
    if (!path.ends_with(one.ending)) continue;
    // A document within a script holds lines that are no comments.
    const bool here_document = one.comments == Comments::hash_shell && text.find("<<") != text.npos;
    if (here_document) return std::nullopt;
    return Stripping(text, one.comments).run();
  }
  return std::nullopt;
}

}  // namespace culprit
