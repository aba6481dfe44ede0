#include "contrast/failure_words.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>

#include "contrast/words.h"

namespace culprit {
namespace {

struct Row {
  std::string_view said;  // by reports and errors; one of them is enough
  std::string_view code;
};

constexpr std::array<Row, 14> rows = {{
    {"null nullpointer nullpointerexception nonetype nil nullptr undefined segfault segmentation "
     "sigsegv "
     "dereference unwrap",
     "null none nil nullptr undefined optional unwrap default"},
    {"indexerror outofbounds bounds indexoutofbounds arrayindexoutofboundsexception truncated "
     "overrun slice last final",
     "index range length size len count begin end slice offset limit"},
    {"midnight timezone dst daylight clock utc calendar hour date",
     "utc timezone zone local tz datetime date clock offset now"},
    {"timeout timedout deadline hang hung stuck unresponsive slow latency",
     "timeout deadline wait retry sleep pool limit connect interval"},
    {"twice duplicate duplicated race deadlock deadlocked concurrent concurrency intermittent "
     "intermittently simultaneous parallel",
     "lock mutex synchronized atomic transaction async await thread concurrent unlock"},
    {"belong tenant somebody elses foreign crosstalk mixed",
     "join where key cache owner tenant session scope filter"},
    {"stale cached cache outdated refresh reload", "cache key ttl invalidate evict memo expire"},
    {"garbled umlaut unicode encoding charset utf decode unicodedecodeerror mojibake",
     "encode decode utf charset bytes unicode escape encoding"},
    {"sql query row constraint integrity foreign join",
     "select join where group distinct query insert update sql"},
    {"login denied forbidden unauthorized permission authentication unauthenticated",
     "auth token permission role session scope allow"},
    {"upgrade dependency incompatible nosuchmethoderror importerror modulenotfounderror",
     "version dependency bump upgrade requirement"},
    {"memory oom outofmemory leak leaked exhausted", "close free release buffer pool limit leak"},
    {"keyerror missing unmarshal deserialize deserialise parse malformed schema",
     "json key field parse rename serialize tag alias"},
    {"rounding cent total sum amount overflow precision",
     "round decimal float double precision scale cast int"},
}};

bool names(std::string_view said, const std::set<std::string, std::less<>>& words) {
  bool found = false;
  each_word(said, [&](std::string_view word) { found = found || words.count(stem_of(word)) > 0; });
  return found;
}

}  // namespace

std::vector<std::string_view> failure_words(std::string_view symptom) {
  std::set<std::string, std::less<>> words;
  each_word(symptom, [&](std::string_view word) { words.emplace(stem_of(word)); });
  std::vector<std::string_view> code;
  for (const Row& row : rows) {
    if (!names(row.said, words)) continue;
    std::string_view rest = row.code;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find(' '), rest.size());
      const std::string_view word = rest.substr(0, end);
      if (std::find(code.begin(), code.end(), word) == code.end()) code.push_back(word);
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  return code;
}

}  // namespace culprit
