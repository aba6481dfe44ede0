// Whether this user can start more processes: a test that says that none could be started may say
// what is true of the machine, or only what it was made to say.
#pragma once

namespace culprit {

// Whether one cannot be started, or the limits of the user and of the control groups are near.
bool processes_are_scarce();

}  // namespace culprit
