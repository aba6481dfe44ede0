// What a line of a log says, in the order in which people read it.
//
//     {"ts":"2025-11-20T13:50:15.314Z","level":"error","service":"gateway","msg":"no route","n":3}
//     13:50:15.314 error no route service=gateway n=3
//
// Of lines of JSON or logfmt, whose time, level and message stand among other fields; a screen has
// no room for all of them. Other lines are written for people already and stay as they are.
#pragma once

#include <string>
#include <string_view>

namespace culprit {

std::string told_line(std::string_view line);

}  // namespace culprit
