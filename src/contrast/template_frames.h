// A frame is what a program puts before its messages: who speaks, on whose behalf, where. Frames
// that stand before the same messages are one, and none if these messages stand alone too:
//
//     "cid:<*> - [PING]"  "cid:<*> - [PONG]"  "cid:<*> - too late"  "cid:<*> - unknown client"
//     "rid:<*> - [PING]"  "rid:<*> - [PONG]"  "rid:<*> - too late"
//     -> "<*> - [PING]"   "<*> - [PONG]"      "<*> - too late"      "<*> - unknown client"
//
// A frame ends with punctuation. Frames that say different things in plain words stay apart, since
// "started the server -" and "stopped the server -" are messages; names, keys and what brackets
// hold are not plain words. Few messages in common may be alike by chance, but for frames that say
// nothing: what else could "<*>: disk is full" and "disk is full" be.
#pragma once

#include <map>

#include "contrast/template_gaps.h"

namespace culprit {

// Where texts go whose frames are one with others.
std::map<Words, Words> frames_joined(const Texts& texts, Vocabulary& vocabulary);

}  // namespace culprit
