// The commands, one function a file each; the table of them is commands.cpp.
#pragma once

#include "cli/command.h"

namespace culprit {

Command investigate_command();
Command inputs_command();
Command logs_command();
Command contrast_command();
Command case_command();
Command repro_command();
Command proxy_command();
Command load_command();
Command shrink_command();
Command try_command();
Command bisect_command();

}  // namespace culprit
