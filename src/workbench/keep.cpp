#include "workbench/keep.h"

namespace culprit {
namespace {

Status append(World& world, const KeepOptions& options, const Entry& entry) {
  Case record =
      TRY(Case::open(world, {options.directory, options.case_id, Case::Missing::is_made}));
  TRY(record.append(entry));
  return ok();
}

}  // namespace

std::string keep(World& world, const KeepOptions& options, Entry entry) {
  entry.time = time_of_record(world);
  const Status kept = append(world, options, entry);
  if (kept) return {};
  const Error& fault = kept.error();
  return fmt::format("not kept in the case: {}{}", fault.what,
                     fault.advice.empty() ? "" : fmt::format(" ({})", fault.advice));
}

}  // namespace culprit
