// A BisectFolder is where a bisection is kept while it runs and after: journal, outputs, patch.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/world.h"
#include "experiment/event_file.h"
#include "workbench/bisect_journal.h"
#include "workbench/commit_trials.h"

namespace culprit {

class BisectFolder {
 public:
  // What makes two bisections the same, by names: then they have one folder.
  using Identity = std::map<std::string, std::string>;

  static std::string id_of(const Identity& identity);

  // Begun anew, with settings that are remembered but make no other bisection of it. What was there
  // of the same one lies in ID.old then, which is no bisection to resume; of two the one with more
  // runs. Errors: denied, missing
  // (cannot be written), usage (another culprit is at it).
  static Result<BisectFolder> begin(World& world, const Identity& identity,
                                    const Identity& settings);
  // Errors: missing, where none was begun; malformed.
  static Result<BisectFolder> resume(World& world, const Identity& identity);
  // The identity of the newest one, and its settings.
  static Result<Identity> newest(World& world);

  const std::string& path() const { return path_; }
  const std::vector<BisectRow>& history() const { return history_; }
  std::string old_path() const;
  std::size_t old_runs() const { return old_runs_; }  // that begin() found, and are there

  // A CULPRIT_RUN that no run had before, one that was cut or killed neither.
  std::size_t next_number(World& world);

  void add(World& world, const BisectRow& row, const CommitTrial& trial);
  Result<std::string> write(World& world, const std::string& name, const std::string& text) const;
  std::string output_path(std::size_t run) const;  // of a run, from 1

 private:
  BisectFolder(std::string path, EventFile journal)
      : path_(std::move(path)), journal_(std::move(journal)) {}

  std::string path_;
  EventFile journal_;
  std::vector<BisectRow> history_;
  std::size_t runs_ = 0;
  std::size_t old_runs_ = 0;
  std::size_t number_ = 0;
  std::size_t numbers_taken_ = 0;
};

}  // namespace culprit
