// An IndexLock is git's own lock of an index, `index.lock`: while it is held, git changes neither
// the index nor, by a commit, HEAD.
//
// It is a second name of a whole file whose first name has a mark that nobody else has, so that
// after a kill the lock is known as ours and taken over. It is not given back when this value goes:
// release() does that, as a kill would not.
#pragma once

#include <functional>
#include <string>

#include "base/result.h"

namespace culprit {

class IndexLock {
 public:
  // `index` empty: there is nothing to lock. `step` is called before what changes something.
  IndexLock(std::string index, const std::string& mark, std::function<void()> step);

  // With the bytes of that file, for put(); empty: without any. Errors: unavailable, where a git
  // holds it.
  Status take(const std::string& content) const;
  // What it was taken with is the index now.
  Status put() const;
  // There is no index now.
  Status remove() const;
  void release() const;

 private:
  bool is_ours() const;
  void step() const {
    if (step_) step_();
  }

  std::string index_;
  std::string made_;
  std::string lock_;
  std::function<void()> step_;
};

}  // namespace culprit
