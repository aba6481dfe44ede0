// signal_descendants reaches the children of this process, their children, and so on.
#pragma once

namespace culprit {

// All that /proc shows at this instant; who forks meanwhile is reached by the next call. Allocates
// nothing and takes no lock, so that the fork of a program with threads may call it; not from two
// threads.
void signal_descendants(int signal);

}  // namespace culprit
