#include "repo/index_lock.h"

#include <cerrno>
#include <cstdio>
#include <utility>

#include <sys/stat.h>
#include <unistd.h>

#include "repo/tree_copy.h"
#include "repo/tree_nodes.h"

namespace culprit {

IndexLock::IndexLock(std::string index, const std::string& mark, std::function<void()> step)
    : index_(std::move(index)),
      made_(index_ + ".culprit-try-" + mark),
      lock_(index_ + ".lock"),
      step_(std::move(step)) {}

bool IndexLock::is_ours() const {
  struct stat of_made {};
  struct stat of_lock {};
  return ::stat(made_.c_str(), &of_made) == 0 && ::stat(lock_.c_str(), &of_lock) == 0 &&
         of_made.st_ino == of_lock.st_ino && of_made.st_dev == of_lock.st_dev;
}

Status IndexLock::take(const std::string& content) const {
  if (index_.empty()) return ok();
  step();
  release();  // of one that was killed
  TreeNode node{TreeNode::Kind::file, 0600, 0, ""};
  if (!content.empty()) node = TRY(node_at(content));
  TRY(copy_node(content.empty() ? "/dev/null" : content, node, made_, CopiedTime::now));
  give_owner_of(index_, made_);
  step();
  if (::link(made_.c_str(), lock_.c_str()) == 0) return ok();
  const int code = errno;
  ::unlink(made_.c_str());
  Error failed = path_error("cannot lock the index with", lock_, code);
  failed.advice = "is git running there? If not, remove that file; then: culprit try --restore";
  return failed;
}

Status IndexLock::put() const {
  if (index_.empty()) return ok();
  step();
  if (::rename(lock_.c_str(), index_.c_str()) != 0)
    return path_error("cannot write", index_, errno);
  step();
  return ok();
}

Status IndexLock::remove() const {
  if (index_.empty()) return ok();
  step();
  if (::unlink(index_.c_str()) != 0 && errno != ENOENT)
    return path_error("cannot remove", index_, errno);
  return ok();
}

void IndexLock::release() const {
  if (index_.empty()) return;
  if (is_ours()) ::unlink(lock_.c_str());
  ::unlink(made_.c_str());
}

}  // namespace culprit
