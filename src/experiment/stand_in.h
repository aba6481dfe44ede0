// A StandIn is a copy of a folder that a command sees in place of the folder itself.
//
// The copy is mounted over the folder in a mount namespace of the command's own, so whatever knows
// the folder by its absolute path (a build folder, an installed package, the command's words) finds
// the copy, and nothing outside of the command notices. It takes no privilege where the system lets
// users have namespaces; where it does not, can_stand_in() says so. In such a namespace the user is
// who he was, but sudo and other set-uid programs give him nothing.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace culprit {

struct StandIn {
  std::string folder;
  std::string copy;
  // What is shared with the command: `from`, as it is outside, is seen at `to`. Both exist.
  struct Shared {
    enum class Access : std::uint8_t { whole, read_only };
    std::string from;
    std::string to;
    Access access = Access::whole;  // a command that cleans up deletes what it may write to
  };
  std::vector<Shared> shared;
};

// For a process that is about to become the command: allocates nothing, takes no lock. 0 or an
// errno.
int stand_in(const StandIn& what);

// Whether this system lets a process do it; tried once, in a process of its own.
bool can_stand_in();

}  // namespace culprit
