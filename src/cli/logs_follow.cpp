#include "cli/logs_follow.h"

#include <cstdio>

#include <fmt/format.h>

#include "cli/log_rows.h"
#include "workbench/logs_follow.h"

namespace culprit {
namespace {

Status refuse(const Arguments& arguments) {
  for (const std::string_view flag :
       {"--at", "--around", "--until", "--units", "--template", "--fix-clocks"}) {
    if (!arguments.has(flag)) continue;
    Error made = error(Fault::usage,
                       "{} needs lines that are all there, --follow shows those to come", flag);
    made.advice =
        flag == "--at" || flag == "--around" ? "--follow --since -10m" : "leave one of them out";
    return made;
  }
  return ok();
}

}  // namespace

Result<Exit> follow_logs(const Arguments& arguments, Session& session, LogsOptions options) {
  TRY(refuse(arguments));
  options.gather.progress = {};
  LogFollow follow = TRY(LogFollow::open(session.world, options));
  std::uint64_t shown = 0;
  for (;;) {
    auto rows = follow.next();
    for (const std::string& news : follow.take_news()) {
      std::fputs(fmt::format("culprit: {}\n", news).c_str(), stderr);
    }
    if (!rows && rows.error().fault == Fault::interrupted) return Exit::interrupted;
    if (!rows) return rows.error();
    const LogRows format(follow.sources(), session.terminal);
    std::string text;
    for (const LogRow& row : *rows) text += options.details ? json_of(row) : format.text_of(row);
    shown += rows->size();
    if (!text.empty()) {
      TRY(print(text));
    }
    if (rows->empty() && follow.ended()) return shown > 0 ? Exit::found : Exit::nothing;
  }
}

}  // namespace culprit
