#include "contrast/failure_kind.h"

#include <string_view>
#include <vector>

#include <doctest/doctest.h>

namespace culprit {
namespace {

TEST_CASE("the words of a message tell what kind of failure it is") {
  struct Row {
    std::string_view message;
    FailureKind kind;
  };
  const std::vector<Row> rows = {
      {"TypeError: Cannot read properties of undefined (reading 'id')", FailureKind::bug},
      {"pq: column \"tier\" of relation \"users\" does not exist", FailureKind::bug},
      {"x509: certificate has expired or is not yet valid", FailureKind::expiry},
      {"write /var/lib/app/data: no space left on device", FailureKind::storage},
      {"read error on /dev/sda: Input/output error", FailureKind::hardware},
      {"FATAL: the database system is starting up", FailureKind::standby},
      {"Deadlock found when trying to get lock", FailureKind::contention},
      {"lookup db.internal: no such host", FailureKind::network},
      {"upstream answered 503", FailureKind::foreign},
      {"too many requests, shedding load", FailureKind::overload},
      {"java.lang.OutOfMemoryError: Java heap space", FailureKind::memory},
      {"payload of 81231 bytes is too large", FailureKind::customer},
      {"timed out after 3000 ms", FailureKind::slowness},
      {"cannot merge cart 77", FailureKind::other},
      {"", FailureKind::other},
  };
  for (const Row& row : rows) {
    CAPTURE(row.message);
    CHECK(failure_kind_of(row.message) == row.kind);
    CHECK(told(row.kind).empty() == (row.kind == FailureKind::other));
  }
}

TEST_CASE("a phrase begins where a word begins") {
  CHECK(failure_kind_of("room 12 is closed") == FailureKind::other);
  CHECK(failure_kind_of("killed: oom") == FailureKind::memory);
}

TEST_CASE("what tells more decides over what tells less") {
  CHECK(failure_kind_of("handshake timed out: certificate has expired") == FailureKind::expiry);
  CHECK(failure_kind_of("timed out waiting for a connection from the pool") ==
        FailureKind::overload);
}

}  // namespace
}  // namespace culprit
