#include "workbench/keep.h"

#include "case/folder.h"

namespace culprit {
namespace {

Status append(World& world, const KeepOptions& options, const Entry& entry) {
  Case record =
      TRY(Case::open(world, {options.directory, options.case_id, Case::Missing::is_made}));
  TRY(record.append(entry));
  return ok();
}

std::string told(const Error& fault) {
  return fmt::format("{}{}", fault.what,
                     fault.advice.empty() ? "" : fmt::format(" ({})", fault.advice));
}

}  // namespace

std::string index_folder_here(World& world) {
  return index_folder(case_folder(world.working_directory()));
}

std::string keep_indexes(World& world, const Embedded& evidence, const GatherOptions& options) {
  if (options.index.folder.empty() || !evidence.worth_indexing(options)) return {};
  Status kept = make_index_folder(case_folder(world.working_directory()));
  if (kept) kept = evidence.keep_indexes(options);
  return kept ? std::string() : "no index was kept: " + told(kept.error());
}

std::string keep(World& world, const KeepOptions& options, Entry entry) {
  entry.time = time_of_record(world);
  const Status kept = append(world, options, entry);
  if (kept) return {};
  return "not kept in the case: " + told(kept.error());
}

}  // namespace culprit
