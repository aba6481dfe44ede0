#include "cli/commands.h"

#include <array>

namespace culprit {

std::span<const Command> commands() {
  static const std::array table = {investigate_command(), inputs_command(), contrast_command(),
                                   logs_command(),        case_command(),   repro_command(),
                                   proxy_command(),       load_command(),   bisect_command(),
                                   shrink_command(),      try_command()};
  return table;
}

}  // namespace culprit
