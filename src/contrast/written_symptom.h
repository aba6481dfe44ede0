// A WrittenSymptom is what somebody wrote down or pasted: prose, a stack trace, an excerpt of logs.
//
// Three things are taken out of it: messages that a program printed (their constant words, for the
// search of the line that prints them), frames of stack traces, and all other words. Times, ids,
// addresses and the lines of foreign code say nothing about a program and are left out.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "contrast/commits.h"
#include "contrast/frames.h"

namespace culprit {

struct WrittenSymptom {
  std::vector<Symptom> messages = {};  // as templates, strongest first; prose is none
  std::vector<Frame> frames = {};      // of code that may be the program's own
  std::string words = {};              // all that was said, without what means nothing
};

WrittenSymptom read_symptom(std::string_view text);

}  // namespace culprit
