// What a BisectRequest asks for, by names in the head of its journal, so that `--resume` alone goes
// on with the same command and the same flags.
//
// Words that change what a run says are its identity; how long and how many at once are settings,
// which may be others when it goes on. Budgets (--runs, --time) and the log are of each run alone.
#pragma once

#include <string>
#include <vector>

#include "workbench/bisect_folder.h"
#include "workbench/bisect_request.h"

namespace culprit {

BisectFolder::Identity identity_of(const BisectRequest& request);  // but for commits and copies
BisectFolder::Identity settings_of(const BisectRequest& request);
// What the user says now goes before what was said when it was begun.
void take_begun(BisectRequest& request, const BisectFolder::Identity& begun);

// "copy.0000", "copy.0001", ...: lists, in their order.
void put_texts(BisectFolder::Identity& all, const std::string& name,
               const std::vector<std::string>& values);
std::vector<std::string> texts_in(const BisectFolder::Identity& all, const std::string& name);
std::string text_in(const BisectFolder::Identity& all, const std::string& name);

}  // namespace culprit
