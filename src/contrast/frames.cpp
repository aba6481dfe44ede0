#include "contrast/frames.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <optional>

#include "contrast/enclosing.h"

namespace culprit {
namespace {

constexpr std::size_t frames_max = 200;
constexpr std::size_t line_bytes_max = 2'000;  // of a line of text that is looked at
constexpr std::size_t line_number_max = 10'000'000;
constexpr std::size_t meant_max = 3;  // a name that more files have tells nothing

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_inner(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }
bool is_path(char c) {
  return is_inner(c) || c == '/' || c == '.' || c == '-' || c == '\\' || c == '@' || c == '+' ||
         c == '$' || c == '~' || c == '[' || c == ']' || static_cast<unsigned char>(c) >= 0x80;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

std::size_t number_at(std::string_view text) {
  std::size_t value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  return fault == std::errc{} && end != text.data() && value <= line_number_max ? value : 0;
}

// "/" for "\", without the scheme of a bundler ("webpack:///./src/x.ts") or a drive.
std::string plain_path(std::string_view path) {
  std::string plain(path);
  std::replace(plain.begin(), plain.end(), '\\', '/');
  if (const std::size_t scheme = plain.find("://"); scheme != std::string::npos) {
    plain.erase(0, scheme + 3);
  }
  if (plain.size() > 2 && plain[1] == ':' && plain[2] == '/') plain.erase(0, 2);
  while (plain.rfind("./", 0) == 0 || plain.rfind("/./", 0) == 0) {
    plain.erase(0, plain.find('/') + 1);
  }
  while (plain.rfind("../", 0) == 0) plain.erase(0, 3);
  return plain;
}

// Of text that a person wrote or a compiler printed, only what ends like a source file is a path.
bool ends_like_source(std::string_view path) {
  static constexpr std::array<std::string_view, 52> endings = {
      ".c",   ".cc",  ".cpp",   ".cxx",    ".h",      ".hh",   ".hpp", ".hxx", ".ipp",
      ".inc", ".inl", ".rs",    ".go",     ".py",     ".pyx",  ".rb",  ".erb", ".java",
      ".kt",  ".kts", ".scala", ".groovy", ".clj",    ".cljs", ".ts",  ".tsx", ".js",
      ".jsx", ".mjs", ".cjs",   ".vue",    ".svelte", ".cs",   ".fs",  ".vb",  ".php",
      ".ex",  ".exs", ".erl",   ".hrl",    ".swift",  ".m",    ".mm",  ".hs",  ".ml",
      ".lua", ".pl",  ".pm",    ".sh",     ".sql",    ".dart", ".zig"};
  const std::size_t dot = path.rfind('.');
  if (dot == std::string_view::npos || dot == 0) return false;
  return std::find(endings.begin(), endings.end(), path.substr(dot)) != endings.end();
}

std::string_view between(std::string_view text, std::string_view before, std::string_view after) {
  const std::size_t at = text.find(before);
  if (at == std::string_view::npos) return {};
  text.remove_prefix(at + before.size());
  const std::size_t end = text.find(after);
  return end == std::string_view::npos ? std::string_view{} : text.substr(0, end);
}

// The last "path:12" or "path:12:5" of a text whose path ends like source.
struct Place {
  std::string_view path;
  std::size_t line = 0;
  std::size_t begin = 0;  // in the text
};

std::optional<Place> place_in(std::string_view text) {
  for (std::size_t colon = text.rfind(':'); colon != std::string_view::npos && colon > 0;
       colon = text.rfind(':', colon - 1)) {
    if (colon + 1 >= text.size() || !is_digit(text[colon + 1])) continue;
    std::size_t begin = colon;
    while (begin > 0 && is_path(text[begin - 1])) --begin;
    // C:\shop\api.cs and webpack:///src/x.ts
    if (begin > 1 && text[begin - 1] == ':' && (text[begin] == '/' || text[begin] == '\\')) {
      std::size_t scheme = begin - 1;
      while (scheme > 0 && is_inner(text[scheme - 1])) --scheme;
      begin = scheme;
    }
    const std::string_view path = text.substr(begin, colon - begin);
    if (ends_like_source(path)) return Place{path, number_at(text.substr(colon + 1)), begin};
  }
  return std::nullopt;
}

// The name before a parenthesis: "shop.(*Pool).Get" of "shop.(*Pool).Get(0xc0001)". Go puts the
// receiver in parentheses of its own.
std::string name_before_arguments(std::string_view text) {
  text = trimmed(text);
  std::size_t end = text.size();
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '(' && text[i - 1] != '.') {
      end = i;
      break;
    }
  }
  text = trimmed(text.substr(0, end));
  const std::size_t space = text.rfind(' ');
  std::string name(space == std::string_view::npos ? text : text.substr(space + 1));
  // shop/internal/pool.(*Pool).Get: the function is what follows the folder.
  if (const std::size_t slash = name.rfind('/'); slash != std::string::npos)
    name.erase(0, slash + 1);
  name.erase(std::remove_if(name.begin(), name.end(),
                            [](char c) { return c == '(' || c == ')' || c == '*' || c == '&'; }),
             name.end());
  return name;
}

// File "/app/shop/pool.py", line 12, in charge
std::optional<Frame> python_frame(std::string_view line) {
  const std::string_view path = between(line, "File \"", "\", line ");
  if (path.empty()) return std::nullopt;
  Frame frame{plain_path(path), 0, {}, 0};
  const std::string_view rest = line.substr(line.find("\", line ") + 8);
  frame.line = number_at(rest);
  const std::size_t in = rest.find(", in ");
  if (in != std::string_view::npos) frame.function = std::string(trimmed(rest.substr(in + 5)));
  if (frame.function == "<module>") frame.function.clear();
  return frame;
}

// at com.shop.pay.Gateway$Client.charge(Gateway.java:12)
std::optional<Frame> java_frame(std::string_view line) {
  const std::size_t at = line.find("at ");
  const std::size_t open = line.rfind('(');
  if (at == std::string_view::npos || open == std::string_view::npos || open < at) {
    return std::nullopt;
  }
  const std::string_view inside = between(line.substr(open), "(", ")");
  const std::size_t colon = inside.find(':');
  const std::string_view file = inside.substr(0, colon);
  if (!ends_like_source(file) || file.find('/') != file.npos) return std::nullopt;
  std::string_view name = trimmed(line.substr(at + 3, open - at - 3));
  // java.base/java.util.ArrayList.get, app//com.shop.Gateway.charge
  name.remove_prefix(name.rfind('/') == name.npos ? 0 : name.rfind('/') + 1);
  const std::size_t method = name.rfind('.');
  if (method == name.npos || name.find(' ') != name.npos) return std::nullopt;
  const std::string_view type = name.substr(0, method);
  const std::size_t package = type.rfind('.');
  Frame frame;
  if (package != type.npos) frame.path = std::string(type.substr(0, package)) + "/";
  std::replace(frame.path.begin(), frame.path.end(), '.', '/');
  frame.path += file;
  frame.line = colon == inside.npos ? 0 : number_at(inside.substr(colon + 1));
  std::string_view short_type = package == type.npos ? type : type.substr(package + 1);
  short_type = short_type.substr(0, short_type.find('$'));
  frame.function = std::string(short_type) + "." + std::string(name.substr(method + 1));
  return frame;
}

// at charge (/app/src/pay.js:12:5), at async charge (…), at /app/src/pay.js:12:5, and Firefox's
// charge@https://shop/pay.js:12:5
std::optional<Frame> javascript_frame(std::string_view line) {
  line = trimmed(line);
  const auto place = place_in(line);
  if (!place) return std::nullopt;
  std::string_view before = line.substr(0, place->begin);
  const std::size_t at_sign = line.find('@');
  if (before.substr(0, 3) != "at ") {
    if (at_sign == 0 || at_sign == line.npos || at_sign > place->begin + place->path.size()) {
      return std::nullopt;
    }
    if (line.find(' ') < at_sign) return std::nullopt;
    const std::string_view path = place->path.substr(place->path.find('@') + 1);
    return Frame{plain_path(path), place->line, std::string(line.substr(0, at_sign)), 0};
  }
  before.remove_prefix(3);
  if (before.substr(0, 6) == "async ") before.remove_prefix(6);
  if (before.substr(0, 4) == "new ") before.remove_prefix(4);
  Frame frame{plain_path(place->path), place->line, {}, 0};
  const std::size_t open = before.rfind('(');
  if (open != before.npos) frame.function = std::string(trimmed(before.substr(0, open)));
  if (const std::size_t as = frame.function.find(" [as "); as != std::string::npos) {
    frame.function.resize(as);
  }
  if (frame.function.find("<anonymous>") != std::string::npos) {
    const std::size_t dot = frame.function.rfind('.');
    frame.function.resize(dot == std::string::npos ? 0 : dot);
  }
  return frame;
}

// #3  0x0000 in shop::Pool::get (this=0x0, id=7) at src/pool.cpp:12, #3 0x0 in f(int) pool.cc:12:3
std::optional<Frame> native_frame(std::string_view line) {
  line = trimmed(line);
  if (line.size() < 3 || line[0] != '#' || !is_digit(line[1])) return std::nullopt;
  const auto place = place_in(line);
  std::string_view rest = line.substr(line.find(' ') == line.npos ? line.size() : line.find(' '));
  if (const std::size_t in = rest.find(" in "); in != rest.npos) rest.remove_prefix(in + 4);
  Frame frame;
  if (place) {
    frame.path = plain_path(place->path);
    frame.line = place->line;
    if (const std::size_t end = rest.find(place->path); end != rest.npos)
      rest = rest.substr(0, end);
  } else {
    // #0 /app/src/Pay.php(12): Shop\Pay->charge()
    const std::size_t open = rest.find('(');
    const std::string_view path = trimmed(rest.substr(0, open));
    if (open == rest.npos || !ends_like_source(path)) return std::nullopt;
    frame.path = plain_path(path);
    frame.line = number_at(rest.substr(open + 1));
    rest.remove_prefix(
        std::min(rest.size(), rest.find(": ") == rest.npos ? 0 : rest.find(": ") + 2));
  }
  frame.function = name_before_arguments(rest);
  return frame;
}

// from app/models/cart.rb:12:in `total', lib/x.rb:12:in 'Cart#total'
std::optional<Frame> ruby_frame(std::string_view line) {
  const std::size_t in = line.find(":in ");
  if (in == std::string_view::npos || in + 5 >= line.size()) return std::nullopt;
  const auto place = place_in(line.substr(0, in));
  if (!place || (line[in + 4] != '`' && line[in + 4] != '\'')) return std::nullopt;
  const std::string_view name = line.substr(in + 5);
  Frame frame{plain_path(place->path), place->line, std::string(name.substr(0, name.find('\''))),
              0};
  if (frame.function.rfind("block in ", 0) == 0) frame.function.erase(0, 9);
  return frame;
}

// at Shop.Pay.Charge(Order order) in C:\shop\Pay.cs:line 12
std::optional<Frame> dotnet_frame(std::string_view line) {
  const std::size_t in = line.rfind(") in ");
  const std::size_t number = line.rfind(":line ");
  const std::size_t at = line.find("at ");
  if (in == line.npos || number == line.npos || at > in || number < in) return std::nullopt;
  const std::string_view path = line.substr(in + 5, number - in - 5);
  if (!ends_like_source(path)) return std::nullopt;
  return Frame{plain_path(path), number_at(line.substr(number + 6)),
               name_before_arguments(line.substr(at + 3, in - at - 3)), 0};
}

std::optional<Frame> frame_of(std::string_view line) {
  for (const auto read :
       {python_frame, dotnet_frame, java_frame, ruby_frame, native_frame, javascript_frame}) {
    if (auto frame = read(line)) return frame;
  }
  return std::nullopt;
}

// Go writes the function on one line and "\t/src/pool.go:12 +0x1d" on the next; Rust
// "  3: shop::pool::get" and "at src/pool.rs:12:5".
std::string name_on_line_before(std::string_view before) {
  before = trimmed(before);
  if (before.substr(0, 11) == "created by ") before.remove_prefix(11);
  if (before.empty() || place_in(before)) return {};
  std::size_t digits = 0;
  while (digits < before.size() && is_digit(before[digits])) ++digits;
  if (digits > 0 && before.substr(digits, 2) == ": ") {
    before = trimmed(before.substr(digits + 2));
    const std::size_t dash = before.find(" - ");  // "3: 0x4f - shop::pool::get"
    if (before.substr(0, 2) == "0x" && dash != before.npos) before.remove_prefix(dash + 3);
    return std::string(before);
  }
  return before.back() == ')' && before.find(' ') > before.rfind('(')
             ? name_before_arguments(before)
             : std::string{};
}

// Whatever else names a line of source: a compiler, a logger, a panic, a person.
std::optional<Frame> plain_frame(std::string_view line) {
  const auto place = place_in(line);
  if (!place) return std::nullopt;
  return Frame{plain_path(place->path), place->line, {}, 0};
}

std::string name_told_before(std::string_view line, std::string_view before) {
  const std::string_view bare = trimmed(line);
  const bool of_trace =
      bare.substr(0, 3) == "at " || line.front() == '\t' || bare.find(" +0x") != bare.npos;
  return of_trace ? name_on_line_before(before) : std::string{};
}

// Depths within one trace; Python's runs the other way.
void number_depths(std::vector<Frame>& frames, const std::vector<std::size_t>& lines,
                   const std::vector<char>& python) {
  for (std::size_t begin = 0; begin < frames.size();) {
    std::size_t end = begin + 1;
    // Frames of one trace stand on neighbouring lines (source or a name may be between them).
    while (end < frames.size() && lines[end] - lines[end - 1] <= 4 &&
           python[end] == python[begin]) {
      ++end;
    }
    for (std::size_t i = begin; i < end; ++i) {
      frames[i].depth = python[begin] != 0 ? end - 1 - i : i - begin;
    }
    begin = end;
  }
}

std::size_t components_shared(std::string_view a, std::string_view b) {
  std::size_t shared = 0;
  std::size_t i = 0;
  while (i < a.size() && i < b.size() && a[a.size() - 1 - i] == b[b.size() - 1 - i]) {
    ++i;
    const bool a_ends = i == a.size() || a[a.size() - 1 - i] == '/';
    const bool b_ends = i == b.size() || b[b.size() - 1 - i] == '/';
    if (a_ends && b_ends) ++shared;
  }
  return shared;
}

}  // namespace

std::vector<Frame> frames_of(std::string_view text) {
  std::vector<Frame> frames;
  std::vector<std::size_t> at;
  std::vector<char> python;
  const std::vector<std::string_view> lines = lines_of(text);
  for (std::size_t i = 0; i < lines.size() && frames.size() < frames_max; ++i) {
    const std::string_view line = lines[i].substr(0, line_bytes_max);
    auto frame = frame_of(line);
    if (!frame && !line.empty()) frame = plain_frame(line);
    if (!frame || frame->path.empty()) continue;
    if (frame->function.empty() && i > 0) frame->function = name_told_before(line, lines[i - 1]);
    frames.push_back(std::move(*frame));
    at.push_back(i);
    python.push_back(python_frame(line) ? 1 : 0);
  }
  number_depths(frames, at, python);
  return frames;
}

bool is_frame_line(std::string_view line) {
  line = line.substr(0, line_bytes_max);
  if (frame_of(line)) return true;
  const std::string_view bare = trimmed(line);
  const auto place = place_in(bare);
  return place && (bare.find(" +0x") != bare.npos || bare.substr(0, 3) == "at ");
}

bool is_foreign_path(std::string_view path) {
  static constexpr std::array<std::string_view, 17> parts = {
      "site-packages/",   "dist-packages/",  "node_modules/",  "/usr/lib/",   "/usr/include/",
      "lib/python3",      "<frozen",         "/usr/local/go/", "go/pkg/mod/", "node:internal",
      "internal/process", ".cargo/registry", "/rustc/",        "/gems/",      "lib/ruby/",
      "jdk.internal",     "internal/modules"};
  if (std::any_of(parts.begin(), parts.end(),
                  [&](std::string_view part) { return path.find(part) != path.npos; })) {
    return true;
  }
  static constexpr std::array<std::string_view, 7> begins = {"java/",  "javax/",  "sun/", "jdk/",
                                                             "scala/", "kotlin/", "node:"};
  return std::any_of(begins.begin(), begins.end(),
                     [&](std::string_view begin) { return path.substr(0, begin.size()) == begin; });
}

std::vector<std::string> paths_meant(std::string_view path, const std::vector<std::string>& tree) {
  std::vector<std::string> meant;
  if (path.empty() || is_foreign_path(path)) return meant;
  std::size_t most = 1;
  const std::string_view name = path.substr(path.rfind('/') == path.npos ? 0 : path.rfind('/') + 1);
  for (const std::string& candidate : tree) {
    if (candidate.size() < name.size() ||
        candidate.compare(candidate.size() - name.size(), name.size(), name) != 0) {
      continue;
    }
    const std::size_t shared = components_shared(path, candidate);
    if (shared < most) continue;
    if (shared > most) meant.clear();
    most = shared;
    meant.push_back(candidate);
  }
  if (meant.size() > meant_max) meant.clear();
  return meant;
}

}  // namespace culprit
