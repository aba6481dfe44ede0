// A TryRecord is what is kept of one try beside the case: what was tried, how far it came, and what
// is still owed to the tree.
//
// Tries lie in `.culprit/tries/`, a folder for each, by number: `record` (this), the change with
// both of its states (repo/tree_change.h), `change.patch`. A record is written before each step
// that could be cut short, so that whoever finds it knows what to put right. One culprit at a time
// works on the tries of a tree: Tries holds a lock, which the kernel takes from a process that
// dies.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/world.h"

namespace culprit {

struct TryRecord {
  // owing: the tree is being changed; the state without the change is owed to it until that is
  // over.
  enum class Phase : std::uint8_t { trials, owing, ended };
  enum class Place : std::uint8_t { elsewhere, in_tree };  // where the change is, once it ended

  std::string id;
  std::string hypothesis;
  std::string prediction;
  std::string verdict;  // empty: none yet
  Phase phase = Phase::trials;
  Place place = Place::elsewhere;
  enum class Origin : std::uint8_t { tree, command };
  Origin origin = Origin::tree;  // of the change: it was in the tree, or --apply made it
  std::string root;              // of the tree, as it was called then
  std::string head;              // of the tree, then
  std::string temporary;         // a folder that has to go; empty: none
};

class Tries {
 public:
  // Made where it is missing. `root`: of the working tree. Errors: usage, while another culprit
  // tries something there; denied, unavailable.
  static Result<Tries> open(World& world, const std::string& root);

  std::string folder_of(const TryRecord& record) const { return folder_ + "/" + record.id; }
  // Oldest first. A folder without a record was cut short before anything was done, and is removed.
  Result<std::vector<TryRecord>> all() const;
  // Whether the folder that the record names is that of a try of this tree, whatever path the tree
  // was known by: of a copied tree it may be the original's, in which trials are running.
  bool has_made(const TryRecord& record) const;
  // Gives it a number and a folder.
  Result<TryRecord> begin(TryRecord record) const;
  Status write(const TryRecord& record) const;
  // On the disk, by all of them.
  std::uint64_t bytes() const;
  // As root: all that is kept there belongs to whom the tree does.
  void give_to_owner(const std::string& root) const;

 private:
  struct Lock;
  Tries(World& world, std::string folder, std::shared_ptr<Lock> lock)
      : world_(&world), folder_(std::move(folder)), lock_(std::move(lock)) {}

  World* world_;
  std::string folder_;
  std::shared_ptr<Lock> lock_;
};

}  // namespace culprit
