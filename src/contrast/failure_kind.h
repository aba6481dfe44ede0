// A FailureKind is what a message says has gone wrong, as far as its words tell.
//
// Some failures are what faulty code looks like (a null pointer, a missing key), some hardly ever
// come with a deploy (an expired certificate, a full disk). The table knows phrases of operating
// systems, runtimes and protocols, of no product.
#pragma once

#include <cstdint>
#include <string_view>

namespace culprit {

enum class FailureKind : std::uint8_t {
  other,       // its words tell nothing
  bug,         // what a runtime says of faulty code
  expiry,      // a certificate, key or licence is too old
  storage,     // a disk is full or read-only
  hardware,    // a device or its data is broken
  standby,     // a database is starting, in recovery, read-only
  contention,  // work waits for locks that other work holds
  network,     // names are not found, hosts not reached
  foreign,     // somebody else answers that they cannot
  overload,    // too much is asked for
  memory,      // memory, handles or threads are used up
  customer,    // what one customer sent is too large, or beyond their quota
  slowness,    // something took too long
};

FailureKind failure_kind_of(std::string_view message);

// "a full or read-only disk"; empty for `other`.
std::string_view told(FailureKind kind);

}  // namespace culprit
