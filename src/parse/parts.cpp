#include "parse/parts.h"

#include <algorithm>
#include <utility>

#include "parse/bytes.h"

namespace culprit {
namespace {

constexpr std::size_t held_bytes_max = 16 << 20;

// The end of a JSON string's content: its closing quote.
std::size_t quote_in(std::string_view json) {
  const char* const end = json.data() + json.size();
  for (const char* at = json.data();;) {
    at = find_either(at, end, '"', '\\');
    if (at == end) return json.npos;
    if (*at == '"') return static_cast<std::size_t>(at - json.data());
    at = std::min(at + 2, end);
  }
}

// The end of a docker line's content, found from the line's end where nothing stands behind it but
// its stream and time, whose strings hold no quotes; attributes of the user's may hold anything.
std::size_t content_end(std::string_view line, std::size_t begin) {
  constexpr std::string_view stream = "\",\"stream\":\"";
  constexpr std::string_view time = "\",\"time\":\"";
  const std::size_t found = line.rfind(stream);
  if (found != line.npos && found >= begin && line.ends_with("\"}")) {
    const std::string_view tail = line.substr(found + stream.size());
    const std::size_t name_end = tail.find('"');
    const std::string_view rest = tail.substr(name_end);
    const bool usual = rest.starts_with(time) && rest.find('"', time.size()) == rest.size() - 2;
    if (usual) return found;
  }
  const std::size_t quote = quote_in(line.substr(begin));
  return quote == line.npos ? quote : begin + quote;
}

// Whether escaped text ends in a newline, and not in an n behind an escaped backslash.
bool ends_line(std::string_view escaped) {
  if (!escaped.ends_with("\\n")) return false;
  const std::size_t other = escaped.find_last_not_of('\\', escaped.size() - 2);
  const std::size_t backslashes = escaped.size() - 2 - (other == escaped.npos ? 0 : other + 1) + 1;
  return backslashes % 2 == 1;
}

}  // namespace

PartJoiner::PartJoiner(Runtime runtime, const FrameRange& range)
    : runtime_(runtime), range_(range), offset_(range.from) {
  for (std::size_t i = 0; i < streams_max; ++i)
    passed_over_[i] = (range.open_streams >> i & 1) != 0;
}

unsigned PartJoiner::open_streams() const {
  unsigned open = 0;
  for (std::size_t i = 0; i < streams_max; ++i) {
    if (open_[i] != nullptr) open |= 1U << i;
  }
  return open;
}

void PartJoiner::feed(std::string_view bytes) {
  frames_.clear();
  while (!bytes.empty()) {
    const std::size_t end = std::min(bytes.find('\n'), bytes.size());
    const bool whole = end < bytes.size();
    if (pending_.empty() && whole) {
      take(bytes.substr(0, end));
    } else {
      pending_.append(bytes.substr(0, end));
      if (whole || pending_.size() > record_bytes_most) {
        const std::string line = std::exchange(pending_, {});
        take(line);
        if (!whole) --offset_;  // it has no end yet
      }
    }
    bytes.remove_prefix(whole ? end + 1 : end);
  }
}

void PartJoiner::finish() {
  frames_.clear();
  const std::string line = std::exchange(pending_, {});
  if (!line.empty()) take(line);
  for (std::size_t stream = 0; stream < streams_max; ++stream) close(stream);
  give_out();
}

void PartJoiner::take(std::string_view line) {
  const bool within = offset_ < range_.to;
  const Frames::Place place{offset_, lines_ + 1};
  offset_ += line.size() + 1;
  lines_ += within ? 1 : 0;
  const Part part = part_of(line);
  if (part.stream == streams_max) {
    if (within) hold(line, part, place);
    return;
  }
  if (passed_over_[part.stream]) {
    passed_over_[part.stream] = !part.last;
  } else if (Held* const begun = open_[part.stream]) {
    begun->text += part.content;
    held_bytes_ += part.content.size();
    if (part.last) close(part.stream);
    give_out();
  } else if (within) {
    hold(line, part, place);
  }
}

void PartJoiner::hold(std::string_view line, const Part& part, Frames::Place place) {
  if (part.last && held_.empty()) {
    frames_.add(place, line);
    return;
  }
  held_bytes_ += line.size();
  if (part.last) {
    held_.push_back({place, std::string(line), {}, true});
  } else {
    std::string text(part.head);
    if (part.tag > 0) text[part.tag] = 'F';
    text += part.content;
    held_.push_back({place, std::move(text), std::string(part.tail), false});
    open_[part.stream] = &held_.back();
  }
  give_out();
}

// Parts of it that still come are lines of their own.
void PartJoiner::close(std::size_t stream) {
  Held* const begun = std::exchange(open_[stream], nullptr);
  if (begun == nullptr) return;
  begun->text += begun->tail;
  begun->whole = true;
}

void PartJoiner::give_out() {
  if (held_bytes_ > held_bytes_max) {
    for (std::size_t stream = 0; stream < streams_max; ++stream) close(stream);
  }
  while (!held_.empty() && held_.front().whole) {
    frames_.add(held_.front().place, held_.front().text);
    held_.pop_front();
  }
  if (held_.empty()) held_bytes_ = 0;
}

PartJoiner::Part PartJoiner::part_of(std::string_view line) const {
  return runtime_ == Runtime::docker ? part_of_docker(line) : part_of_cri(line);
}

PartJoiner::Part PartJoiner::part_of_docker(std::string_view line) const {
  constexpr std::string_view begin = "{\"log\":\"";
  if (!line.starts_with(begin)) return {};
  const std::size_t end = content_end(line, begin.size());
  if (end == line.npos) return {};
  Part part;
  part.head = begin;
  part.content = line.substr(begin.size(), end - begin.size());
  part.tail = line.substr(end);
  part.stream = part.tail.find("\"stream\":\"stderr\"") != part.tail.npos ? 1 : 0;
  part.last = ends_line(part.content);
  return part;
}

PartJoiner::Part PartJoiner::part_of_cri(std::string_view line) const {
  const std::size_t space = line.find(' ');
  if (space == line.npos) return {};
  const std::string_view rest = line.substr(space);
  const bool out = rest.starts_with(" stdout ");
  if (!out && !rest.starts_with(" stderr ")) return {};
  constexpr std::size_t tag_at = 8;
  const std::size_t tag_end = std::min(rest.find(' ', tag_at), rest.size());
  if (tag_end == tag_at || (rest[tag_at] != 'P' && rest[tag_at] != 'F')) return {};
  Part part;
  part.stream = out ? 0 : 1;
  part.last = rest[tag_at] == 'F';
  part.content = rest.substr(std::min(tag_end + 1, rest.size()));
  part.head = line.substr(0, line.size() - part.content.size());
  part.tag = space + tag_at;
  return part;
}

}  // namespace culprit
