// Keys that come and go: runs of `key=<*>` that one line of code prints with more or fewer keys.
//
//     "sent to=<*>, delay=<*>, status=<*> (ok)"  "sent to=<*>, via=<*>, delay=<*>, status=<*> (ok)"
//
// Texts that are alike but for such a run show which keys come and go. Those that all of them have
// stay, if they are most of the run; else the run becomes one hole. What is said of a run in one
// place holds of the same run elsewhere too. Keys stay where they are always the same.
#pragma once

#include <map>
#include <string>

namespace culprit {

// Takes the keys out that come and go; `texts`: what each skeleton has become.
void keep_steady_keys(std::map<std::string, std::string>& texts);

}  // namespace culprit
