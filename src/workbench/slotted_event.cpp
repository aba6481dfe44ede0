#include "workbench/slotted_event.h"

#include "store/embedded/dictionary.h"

namespace culprit {

SlottedEvent::SlottedEvent(const Event& event, SkeletonScratch& scratch) : event_(&event) {
  if (!event.message.empty()) skeleton_ = skeleton_of(event.message, scratch);
}

void SlottedEvent::each_value(std::string_view name,
                              const std::function<bool(std::string_view value)>& visit) const {
  bool found = false;
  for (const std::span<const Field> fields : {event_->fields, skeleton_.slots}) {
    for (const Field& field : fields) {
      if (field.name != name) continue;
      found = true;
      if (!visit(field.value)) return;
    }
  }
  if (found) return;
  if (name == "message" && !event_->message.empty()) visit(event_->message);
  if (name == "level" && event_->level != Level::none) visit(name_of(event_->level));
}

bool SlottedEvent::satisfies(const Expr& expr) const {
  return holds(expr, [this](std::string_view name, const auto& visit) { each_value(name, visit); });
}

std::optional<std::uint64_t> unit_of(const SlottedEvent& event, const UnitRule& rule) {
  std::optional<std::uint64_t> unit;
  for (const std::string& field : rule.fields) {
    event.each_value(field, [&](std::string_view value) {
      if (!value.empty() && value != "-") unit = hash_of(value);
      return !unit;
    });
    if (unit) break;
  }
  return unit;
}

}  // namespace culprit
