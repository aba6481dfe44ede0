// A Layout is what events of one shape have in common: which of their fields are kept, tell the
// unit or may tell a failure.
//
// Events have one shape if they name the same fields in the same order (Event::names) and their
// messages have the same skeleton. A log has some dozens of shapes and millions of lines, so what
// a name means is found out once a shape, and per line only values are looked at. What events carry
// is counted by shape as well, and handed on to the fields in the end.
//
// Layouts holds those of one Shard; beyond `layouts_max` shapes (keys that are ids or counters) it
// begins anew.
#pragma once

#include <cstdint>
#include <vector>

namespace culprit {

struct ShardField;

struct Layout {
  // A value: of the event's field `at`, or behind those of the message's slot.
  struct Part {
    ShardField* field = nullptr;
    std::uint32_t at = 0;
  };

  std::uint64_t names = 0;     // Event::names
  std::uint32_t skeleton = 0;  // of the message
  std::size_t named = 0;       // fields that the event itself has
  std::size_t slots = 0;       // of its message

  std::vector<Part> kept;            // those of the event first
  std::size_t kept_named = 0;        // so many
  std::vector<Part> told_by;         // fields that may hold the unit's id
  std::vector<Part> judged;          // a status, a success, an exception
  std::vector<Part> from_message;    // slots whose names the line does not take itself
  std::vector<ShardField*> carried;  // all fields, each once
  std::uint64_t bytes = 0;           // that a row takes
  std::uint64_t events = 0;          // since they were handed on
  std::uint64_t error_events = 0;

  // As new, but for its memory.
  void restart() {
    kept.clear();
    told_by.clear();
    judged.clear();
    from_message.clear();
    carried.clear();
    names = kept_named = 0;
    events = error_events = 0;
  }
};

class Layouts {
 public:
  // nullptr: that shape was not seen yet.
  Layout* find(std::uint64_t names, std::uint32_t skeleton);
  // `layout.names` is not 0. What it gives is valid until the next call.
  Layout* add(Layout layout);
  bool full() const { return layouts_.size() >= layouts_max; }
  std::vector<Layout>& all() { return layouts_; }
  void clear();

 private:
  // The logs of a shop with sixty-four kinds of lines have five hundred.
  static constexpr std::size_t layouts_max = 4096;
  static constexpr std::size_t slots_max = 2 * layouts_max;

  static std::size_t slot_of(std::uint64_t names, std::uint32_t skeleton);
  bool is(std::size_t number, std::uint64_t names, std::uint32_t skeleton) const;

  std::vector<Layout> layouts_;
  std::vector<std::uint16_t> slots_;  // number + 1; 0: free
  std::size_t last_ = 0;              // the latest found
};

}  // namespace culprit
