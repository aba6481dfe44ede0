#include "workbench/source_notes.h"

#include <fmt/format.h>

namespace culprit {
namespace {

constexpr std::string_view duplicate = "duplicate_source";
constexpr std::size_t copies_told = 3;  // each by its name

}  // namespace

void SourceNotes::add(const std::string& source, const std::vector<SourceNote>& notes) {
  for (const SourceNote& note : notes) {
    (note.code == duplicate ? copies_ : others_).push_back({note.code, source, note.text});
  }
}

// A folder of links to the logs beside it is nothing odd.
std::vector<Warning> SourceNotes::told() const {
  std::vector<Warning> told = others_;
  if (copies_.size() <= copies_told) {
    told.insert(told.end(), copies_.begin(), copies_.end());
  } else {
    told.push_back({std::string(duplicate), "",
                    fmt::format("{} sources are copies of others and count once; the first: {}",
                                copies_.size(), copies_.front().text)});
  }
  return told;
}

}  // namespace culprit
