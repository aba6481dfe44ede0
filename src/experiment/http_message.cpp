#include "experiment/http_message.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace culprit {
namespace {

constexpr std::size_t head_bytes_max = 64 << 10;  // servers refuse beyond 8 to 64 KiB
constexpr std::size_t line_bytes_max = 4 << 10;   // of what frames a chunk

bool same_letters(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char one, char other) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 32) : c; };
    return lower(one) == lower(other);
  });
}

std::string_view trimmed(std::string_view text) {
  const std::size_t from = text.find_first_not_of(" \t");
  if (from == text.npos) return {};
  return text.substr(from, text.find_last_not_of(" \t\r") + 1 - from);
}

template <typename Number>
std::optional<Number> number_in(std::string_view text, int base) {
  Number number{};
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (code != std::errc() || end == text.data()) return std::nullopt;
  return number;
}

bool starts_request(std::string_view line, HttpHead& head) {
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == line.npos || last == first || !line.substr(last + 1).starts_with("HTTP/1.")) {
    return false;
  }
  head.method = line.substr(0, first);
  head.target = line.substr(first + 1, last - first - 1);
  head.closes = line.back() == '0';
  return true;
}

bool starts_reply(std::string_view line, HttpHead& head) {
  constexpr std::size_t status_at = 9;  // behind "HTTP/1.1 "
  if (!line.starts_with("HTTP/1.") || line.size() < status_at + 3) return false;
  head.status = number_in<int>(line.substr(status_at, 3), 10).value_or(0);
  head.closes = line[7] == '0';
  return head.status >= 100;
}

void read_headers(std::string_view lines, HttpHead& head) {
  while (!lines.empty()) {
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    const std::string_view line = lines.substr(0, end);
    const std::size_t colon = line.find(':');
    if (colon != line.npos) {
      head.headers.push_back({line.substr(0, colon), trimmed(line.substr(colon + 1))});
    }
    lines.remove_prefix(std::min(end + 1, lines.size()));
  }
}

// Where the head ends, with the empty line; npos: not yet.
std::size_t end_of_head(std::string_view bytes) {
  const std::size_t usual = bytes.find("\r\n\r\n");
  if (usual != bytes.npos) return usual + 4;
  const std::size_t bare = bytes.find("\n\n");
  return bare == bytes.npos ? bare : bare + 2;
}

// RFC 9110 and 5789, WebDAV's (RFC 4918, 3253, 5323) and what caches add. Other protocols begin
// with words, too, and would wait for ever for the rest of a head that never comes.
constexpr std::array<std::string_view, 22> methods = {
    "GET",    "POST",   "PUT",   "HEAD", "DELETE", "PATCH",    "OPTIONS",   "CONNECT",
    "TRACE",  "COPY",   "MOVE",  "LOCK", "UNLOCK", "PROPFIND", "PROPPATCH", "MKCOL",
    "REPORT", "SEARCH", "PURGE", "BAN",  "LINK",   "UNLINK"};

// Whether it still can become a head, by what is there of its first line.
bool may_be_http(std::string_view bytes, HttpFramer::Side side) {
  const auto begins = [&](std::string_view word) {
    const std::size_t size = std::min(word.size(), bytes.size());
    return bytes.substr(0, size) == word.substr(0, size);
  };
  if (side == HttpFramer::Side::reply) return begins("HTTP/1.");
  const std::size_t line_end = bytes.find('\n');
  if (line_end != bytes.npos && bytes.substr(0, line_end).find(" HTTP/1.") == bytes.npos)
    return false;
  return std::any_of(methods.begin(), methods.end(), [&](std::string_view method) {
    return begins(method) && (bytes.size() <= method.size() || bytes[method.size()] == ' ');
  });
}

}  // namespace

std::optional<std::string_view> HttpHead::header(std::string_view name) const {
  for (const HttpHeader& one : headers) {
    if (same_letters(one.name, name)) return one.value;
  }
  return std::nullopt;
}

std::string_view HttpHead::path() const { return target.substr(0, target.find('?')); }

HttpFramer::Piece HttpFramer::next(std::string_view bytes) {
  switch (state_) {
    case State::head: return read_head(bytes);
    case State::counted: return read_counted(bytes, State::ended);
    case State::chunk: return read_counted(bytes, State::chunk_end);
    case State::chunk_size:
    case State::chunk_end:
    case State::trailer: return read_line(bytes);
    case State::ended: state_ = State::head; return {Part::end, 0, {}};
    case State::until_close:
      if (bytes.empty()) return {};
      return {Part::body, bytes.size(), bytes};
    case State::opaque: return {bytes.empty() ? Part::more : Part::opaque, bytes.size(), {}};
  }
  return {};
}

HttpFramer::Piece HttpFramer::read_head(std::string_view bytes) {
  if (bytes.empty()) return {};
  const std::size_t end = end_of_head(bytes);
  const bool strange =
      !may_be_http(bytes, side_) || (end == bytes.npos && bytes.size() > head_bytes_max);
  if (!strange && end == bytes.npos) return {};
  head_ = HttpHead{.method = {}, .target = {}, .headers = std::move(head_.headers)};
  head_.headers.clear();
  const std::size_t line_end = std::min(bytes.find('\n'), bytes.size());
  const std::string_view line = trimmed(bytes.substr(0, line_end));
  const bool right = !strange && (side_ == Side::request ? starts_request(line, head_)
                                                         : starts_reply(line, head_));
  if (!right) {
    state_ = State::opaque;
    return {Part::opaque, bytes.size(), {}};
  }
  read_headers(bytes.substr(line_end + 1, end - line_end - 1), head_);
  state_ = state_after_head();
  return {Part::head, end, {}};
}

HttpFramer::State HttpFramer::state_after_head() {
  if (const auto connection = head_.header("connection")) {
    if (same_letters(*connection, "close")) head_.closes = true;
    if (same_letters(*connection, "keep-alive")) head_.closes = false;
  }
  if (side_ == Side::reply) return body_of_reply();
  if (head_.method == "CONNECT") return State::opaque;
  if (head_.header("transfer-encoding")) return State::chunk_size;
  left_ = number_in<std::uint64_t>(head_.header("content-length").value_or("0"), 10).value_or(0);
  return left_ == 0 ? State::ended : State::counted;
}

HttpFramer::State HttpFramer::body_of_reply() {
  if (head_.status == 101) return State::opaque;
  if (head_.status < 200) return State::ended;  // the real one follows
  if (no_body_ || head_.status == 204 || head_.status == 304) return State::ended;
  if (head_.header("transfer-encoding")) return State::chunk_size;
  const auto length = head_.header("content-length");
  const auto count = length ? number_in<std::uint64_t>(*length, 10) : std::nullopt;
  if (!count) {
    head_.closes = true;
    return State::until_close;
  }
  left_ = *count;
  return left_ == 0 ? State::ended : State::counted;
}

HttpFramer::Piece HttpFramer::read_counted(std::string_view bytes, State after) {
  if (bytes.empty()) return {};
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
  left_ -= size;
  if (left_ == 0) state_ = after;
  return {Part::body, size, bytes.substr(0, size)};
}

// The lines between chunks: their sizes, the empty one behind each, those of the trailer.
HttpFramer::Piece HttpFramer::read_line(std::string_view bytes) {
  const std::size_t end = bytes.substr(0, line_bytes_max).find('\n');
  if (end == bytes.npos && bytes.size() < line_bytes_max) return {};
  const std::string_view line = trimmed(bytes.substr(0, std::min(end, bytes.size())));
  const auto size = number_in<std::uint64_t>(line, 16);
  const bool broken = end == bytes.npos || (state_ == State::chunk_size && !size) ||
                      (state_ == State::chunk_end && !line.empty() && line != "\r");
  if (broken) {
    state_ = State::opaque;
    return {Part::opaque, bytes.size(), {}};
  }
  switch (state_) {
    case State::chunk_size:
      left_ = *size;
      state_ = left_ == 0 ? State::trailer : State::chunk;
      break;
    case State::chunk_end: state_ = State::chunk_size; break;
    default:
      if (line.empty()) state_ = State::ended;
  }
  return {Part::body, end + 1, {}};
}

}  // namespace culprit
