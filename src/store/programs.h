// Sources that a program has to be asked for: `journald:`, `journald:UNIT`, `docker:NAME`.
//
// What it writes is copied to a nameless file, as standard input is, since lines have to be shown
// again. The journal comes as JSON. Of a container its lines come with the times that the daemon
// gave them, in the spelling of CRI, so that whatever format stands behind them is recognised too.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/world.h"
#include "event/schema.h"

namespace culprit {

bool is_program(std::string_view name);

// What writes it, and goes on writing where `follow`. Errors: usage, for a name that is none.
enum class Following : std::uint8_t { no, yes };
Result<std::vector<std::string>> program_of(std::string_view name, Following following);
World::Complaints complaints_of(std::string_view name);

// A line of the program as it is kept.
std::string program_line(std::string_view name, std::string_view line);

// Errors: the program is missing, or complains and writes nothing. Where it complains after having
// written something, that is added to `notes`.
Result<std::shared_ptr<File>> program_output(World& world, const std::string& name,
                                             std::vector<SourceNote>& notes);

}  // namespace culprit
