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

}  // namespace

std::string index_folder_here(World& world) {
  return index_folder(case_folder(world.working_directory()));
}

std::string keep_indexes(World& world, const Embedded& evidence, const GatherOptions& options) {
  if (options.index.folder.empty() || !evidence.worth_indexing(options)) return {};
  Status kept = make_index_folder(case_folder(world.working_directory()));
  if (kept) kept = evidence.keep_indexes(options);
  if (kept) return {};
  return fmt::format("no index was kept: {} (free some room there, or keep nothing with --no-case)",
                     kept.error().what);
}

std::string keep(World& world, const KeepOptions& options, Entry entry) {
  entry.time = time_of_record(world);
  const Status kept = append(world, options, entry);
  if (kept) return {};
  const Error& fault = kept.error();
  return fmt::format("not kept in the case: {}{}", fault.what,
                     fault.advice.empty() ? "" : fmt::format(" ({})", fault.advice));
}

}  // namespace culprit
