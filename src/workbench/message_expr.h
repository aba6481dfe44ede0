// The EXPR that holds for the messages of templates, in words that other tools know too.
//
//     no shard (of <*>) for account   ->   message ~ "^no shard \\(of .*\\) for account$"
#pragma once

#include <span>
#include <string>

#include "contrast/templates.h"
#include "store/engine.h"

namespace culprit {

// Several are joined by `or`. The engine is asked for one line of each: any white space is one
// space in a template, and only the line tells which it is.
std::string message_expr(Engine& engine, std::span<const Template* const> messages);

}  // namespace culprit
