// HTTP exchanges: messages as they stand on the wire, and as `curl -v` shows them.
#include <algorithm>

#include "parse/bytes.h"
#include "parse/document_parts.h"

namespace culprit {
namespace {

bool is_request(std::string_view line) {
  const std::size_t version = line.rfind(" HTTP/");
  const std::size_t space = line.find(' ');
  const auto capital = [](char c) { return c >= 'A' && c <= 'Z'; };
  return version != line.npos && space != line.npos && space > 0 && space < version &&
         std::all_of(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(space), capital);
}

bool is_response(std::string_view line) { return line.starts_with("HTTP/"); }

std::string lowered(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return lower;
}

// What curl writes before a line of a message ("> ", "< "), and what it says itself ("* ...").
enum class Speaker { none, sent, received, curl };
Speaker speaker_of(std::string_view line) {
  if (line.starts_with("> ") || line == ">") return Speaker::sent;
  if (line.starts_with("< ") || line == "<") return Speaker::received;
  const bool curl = line.starts_with("* ") || line.starts_with("{ [") || line.starts_with("} [");
  return curl ? Speaker::curl : Speaker::none;
}

class Exchange {
 public:
  std::optional<Document> read(std::string_view text) {
    while (!text.empty()) {
      std::string_view line = text.substr(0, text.find('\n'));
      text.remove_prefix(std::min(text.size(), line.size() + 1));
      if (line.ends_with('\r')) line.remove_suffix(1);
      const Speaker speaker = speaker_of(line);
      if (speaker == Speaker::curl) continue;
      if (speaker != Speaker::none) line.remove_prefix(std::min<std::size_t>(2, line.size()));
      take(line);
      if (message_.empty()) return std::nullopt;
    }
    end_body();
    if (message_.empty()) return std::nullopt;
    return std::move(document_);
  }

 private:
  void add(std::vector<std::string> below, std::string_view value, Kind kind = Kind::text) {
    below.insert(below.begin(), message_);
    document_.leaves.push_back({std::move(below), std::string(value), kind});
  }

  void take(std::string_view line) {
    if (is_request(line) || is_response(line)) return start(line);
    if (in_body_) {
      body_ += line;
      body_ += '\n';
      return;
    }
    const std::size_t colon = line.find(':');
    if (line.empty()) {
      in_body_ = true;
    } else if (colon != line.npos) {
      add({"headers", lowered(line.substr(0, colon))}, trimmed(line.substr(colon + 1)));
    }
  }

  void start(std::string_view line) {
    end_body();
    message_ = is_response(line) ? "response" : "request";
    const std::size_t space = line.find(' ');
    if (is_response(line)) {
      add({"version"}, line.substr(0, space));
      add({"status"}, line.substr(std::min(line.size(), space + 1), 3), Kind::number);
      return;
    }
    add({"method"}, line.substr(0, space));
    const std::string_view target = line.substr(space + 1, line.rfind(' ') - space - 1);
    const std::size_t mark = std::min(target.find('?'), target.size());
    add({"path"}, target.substr(0, mark));
    if (mark < target.size()) pairs("query", target.substr(mark + 1));
  }

  void pairs(const char* below, std::string_view text) {
    while (!text.empty()) {
      const std::string_view pair = text.substr(0, text.find('&'));
      text.remove_prefix(std::min(text.size(), pair.size() + 1));
      const std::size_t equals = std::min(pair.find('='), pair.size());
      add({below, std::string(pair.substr(0, equals))},
          pair.substr(std::min(pair.size(), equals + 1)));
    }
  }

  void end_body() {
    while (body_.ends_with('\n')) body_.pop_back();
    const std::string_view body = trimmed(body_);
    const bool json = body.starts_with('{') || body.starts_with('[');
    const Result<Tree> tree = json_tree(body);
    const bool read = json && tree && add_leaves(*tree, {message_, "body"}, document_);
    if (!body.empty() && !read) add({"body"}, body);
    body_.clear();
    in_body_ = false;
  }

  Document document_{"http", {}};
  std::string message_;  // "request", "response"; empty before the first
  std::string body_;
  bool in_body_ = false;
};

}  // namespace

std::optional<Document> http_document(std::string_view text) { return Exchange().read(text); }

}  // namespace culprit
