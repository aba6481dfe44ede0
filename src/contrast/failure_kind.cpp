#include "contrast/failure_kind.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

namespace culprit {
namespace {

// Phrases are separated by '|'; the first row with one of them in the message decides, so that
// what tells more stands above what tells less.
struct Row {
  FailureKind kind;
  std::string_view told;
  std::string_view phrases;
};

constexpr std::array<Row, 12> rows = {{
    {FailureKind::bug, "a fault of code",
     "null pointer|nullpointer|nil pointer|nil map|cannot read propert|of undefined|is undefined|"
     "is not a function|is not defined|keyerror|typeerror|attributeerror|indexerror|nameerror|"
     "valueerror|importerror|modulenotfound|rangeerror|syntaxerror|no attribute|out of range|"
     "out of bounds|outofbounds|unwrap()|illegalstate|illegalargument|classcast|nosuchmethod|"
     "classnotfound|nosuchelement|concurrentmodification|interface conversion|assertion|"
     "unmarshal|deserializ|unexpected token|unsupported operand|unknown column|no such column|"
     "does not exist|segmentation fault|sigsegv|stack overflow|division by zero|divide by zero"},
    {FailureKind::expiry, "something that expired",
     "has expired|cert_has_expired|certificate expired|key expired|license expired|"
     "licence expired|expired certificate|not yet valid|certificate verify failed|"
     "certificate is not valid"},
    {FailureKind::storage, "a full or read-only disk",
     "no space left|enospc|disk full|disk is full|disk quota|read-only file system|erofs|"
     "not enough space|could not extend file|out of disk"},
    {FailureKind::hardware, "broken hardware",
     "input/output error|read error on|write error on|medium error|uncorrect|bad sector|bad block|"
     "checksum mismatch|checksum error|machine check|hardware error|bad file system|"
     "corrupt"},
    {FailureKind::standby, "a database that is not ready",
     "is starting up|is shutting down|in recovery|read-only transaction|recovery mode|failover|"
     "not master|not primary|not the primary|no primary|too many clients|administrator command|"
     "readonly you can't write"},
    {FailureKind::contention, "work that waits for other work",
     "lock wait timeout|deadlock|statement timeout|could not serialize|lock timeout"},
    {FailureKind::memory, "memory, handles or threads that are used up",
     "out of memory|outofmemory|cannot allocate|heap limit|heap space|oom|too many open files|"
     "unable to create new native thread|gc overhead"},
    {FailureKind::overload, "more load than there is room for",
     "pool exhausted|pool is exhausted|connection pool|from the pool|queue is full|queue full|"
     "too many requests|rate limit|ratelimit|shedding|no free worker|overload|throttl|"
     "backpressure|too busy|capacity exceeded|resource exhausted"},
    {FailureKind::customer, "what one customer asks for",
     "too large|quota exceeded|exceeded the quota|exceeds the quota|over quota|quota of|"
     "too many rows"},
    {FailureKind::network, "a network that does not get through",
     "no route to host|network is unreachable|host is unreachable|name resolution|no such host|"
     "name or service not known|nxdomain|i/o timeout|connection reset|connection refused|"
     "broken pipe|prematurely closed|handshake|econnrefused|econnreset|ehostunreach|enotfound|"
     "connect timeout|connect to|dial tcp|connection timed out|could not connect|cannot "
     "connect|failed to connect"},
    {FailureKind::foreign, "an answer of somebody else",
     "answered 502|answered 503|answered 504|returned 502|returned 503|returned 504|status 502|"
     "status 503|status 504|bad gateway|service unavailable|gateway timeout|temporarily "
     "unavailable"},
    {FailureKind::slowness, "something that takes too long",
     "timed out|timeout|time out|deadline|too slow|took too long"},
}};

bool is_letter(char c) { return c >= 'a' && c <= 'z'; }

// Where a word begins: there is no "oom" in "room".
bool has(std::string_view text, std::string_view phrase) {
  for (std::size_t at = text.find(phrase); at != text.npos; at = text.find(phrase, at + 1)) {
    if (at == 0 || !is_letter(text[at - 1])) return true;
  }
  return false;
}

bool has_any(std::string_view text, std::string_view phrases) {
  while (!phrases.empty()) {
    const std::size_t end = std::min(phrases.find('|'), phrases.size());
    if (has(text, phrases.substr(0, end))) return true;
    phrases.remove_prefix(std::min(end + 1, phrases.size()));
  }
  return false;
}

}  // namespace

FailureKind failure_kind_of(std::string_view message) {
  std::string text(message);
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  const auto found = std::find_if(rows.begin(), rows.end(),
                                  [&](const Row& row) { return has_any(text, row.phrases); });
  return found == rows.end() ? FailureKind::other : found->kind;
}

std::string_view told(FailureKind kind) {
  const auto found =
      std::find_if(rows.begin(), rows.end(), [&](const Row& row) { return row.kind == kind; });
  return found == rows.end() ? std::string_view{} : found->told;
}

}  // namespace culprit
