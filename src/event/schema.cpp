#include "event/schema.h"

#include <algorithm>

namespace culprit {

const FieldSummary* Schema::field(std::string_view name) const {
  const auto found = std::find_if(fields.begin(), fields.end(),
                                  [&](const FieldSummary& field) { return field.name == name; });
  return found == fields.end() ? nullptr : &*found;
}

}  // namespace culprit
