// Copies among sources are found by their content and count once.
//
// A source whose unpacked bytes are all there is of another one, or its beginning, is a copy of
// that: app.log.1 beside app.log.1.gz, what copytruncate has copied but not yet cut, a file and the
// backup of its first half. The first bytes are compared for all, which costs a sort of samples;
// sources that agree in them are read side by side until they differ. Lines without a time may
// well be the same in two logs, so those are copies only under names of one rotation.
#pragma once

#include <span>

#include "store/gather.h"

namespace culprit {

// Sets `copy_of` and a note. Errors: interrupted.
Status find_copies(World& world, std::span<Source> sources);

// "app.log" of "logs/app.log.2.gz", "app.log-20251120", "app.log.old": what a rotation goes by.
std::string_view rotation_of(std::string_view path);
bool of_one_rotation(const Source& a, const Source& b);  // in one folder

}  // namespace culprit
