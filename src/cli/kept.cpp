#include "cli/kept.h"

#include <cstdio>

#include <fmt/format.h>

namespace culprit {

bool keep_in_case(const Arguments& arguments, Session& session, Entry entry) {
  if (entry.kind.empty()) entry.kind = "investigate";
  entry.command = session.line;
  const std::string warning =
      keep(session.world, {arguments.value("--case"), ""}, std::move(entry));
  if (!warning.empty()) std::fputs(fmt::format("culprit: {}\n", warning).c_str(), stderr);
  return warning.empty();
}

}  // namespace culprit
