// A FieldRow is the fields of the line in hand, written into a thread's memory one after the other.
//
// The vector behind it only grows, and what stands in it behind the last field is of earlier lines:
// to begin a line costs nothing. A hot loop takes `end` into a register and gives it back.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "event/event.h"

namespace culprit {

class FieldRow {
 public:
  explicit FieldRow(std::vector<Field>& memory)
      : memory_(memory), end_(memory.data()), room_(memory.data() + memory.size()) {}

  // Member by member, as add_field() does.
  void add(std::string_view name, std::string_view value, Kind kind) {
    if (end_ == room_) [[unlikely]]
      make_room();
    put(end_, name, value, kind);
  }
  static void put(Field*& end, std::string_view name, std::string_view value, Kind kind) {
    end->name = name;
    end->value = value;
    end->kind = kind;
    ++end;
  }

  Field* end() const { return end_; }
  const Field* room() const { return room_; }  // where the memory ends
  void set_end(Field* end) { end_ = end; }
  std::size_t size() const { return static_cast<std::size_t>(end_ - memory_.data()); }
  void cut(std::size_t size) { end_ = memory_.data() + size; }
  std::span<Field> all() const { return {memory_.data(), end_}; }

 private:
  void make_room() {
    const std::size_t count = size();
    memory_.resize(2 * count + 32);
    end_ = memory_.data() + count;
    room_ = memory_.data() + memory_.size();
  }

  std::vector<Field>& memory_;
  Field* end_;
  Field* room_;
};

}  // namespace culprit
