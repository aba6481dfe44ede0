// A SlottedEvent is an Event with the slots of its message among its fields, as findings see it.
#pragma once

#include <cstdint>
#include <optional>

#include "event/expr.h"
#include "event/query.h"
#include "parse/skeleton.h"

namespace culprit {

// A view like the Event, and of the scratch; it must not outlive either.
class SlottedEvent {
 public:
  SlottedEvent(const Event& event, SkeletonScratch& scratch);

  const Event& event() const { return *event_; }
  std::uint64_t skeleton() const { return skeleton_.hash; }  // 0: there is no message
  std::span<const Field> slots() const { return skeleton_.slots; }

  // Of the fields, then the slots; `level` and `message` are also found where no field says them.
  void each_value(std::string_view name,
                  const std::function<bool(std::string_view value)>& visit) const;
  bool satisfies(const Expr& expr) const;

 private:
  const Event* event_;
  Skeleton skeleton_;
};

// The hash of the id that joins the event to others; nothing: it stands alone.
std::optional<std::uint64_t> unit_of(const SlottedEvent& event, const UnitRule& rule);

}  // namespace culprit
