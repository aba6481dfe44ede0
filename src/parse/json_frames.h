// A JsonFramer finds the records of JSON documents while they stream past, by a JsonLayout.
//
// It walks only the containers that lead to records, copies records and what is joined to them,
// and checks nothing but the structure: whether an element is an event is for its format to say.
// Strings cannot hold a line's end, so a string that was cut off does not swallow what follows.
// Behind damage it goes on where the broken value ends, or earlier at the next object that begins
// with the key that records begin with, or with the next document.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "parse/frames.h"

namespace culprit {

constexpr std::size_t contexts_max = 2;

// A record and what its document says about it; all compact JSON, empty: not there.
struct JsonRecord {
  std::string_view element;
  std::array<std::string_view, contexts_max> context;
};

// Where a document has its records. Paths are written "data.result[].values[]".
struct JsonLayout {
  std::string_view records;  // empty: every document, or each element of one that is an array
  std::array<std::string_view, contexts_max> context{};  // beside them or around them; or empty
  // The only keys that the object at this path may have, for a document to be of this layout.
  std::string_view keys_at;
  std::span<const std::string_view> keys;
  // The line that a record becomes; nothing: it is none of this layout. Null: the element itself.
  std::optional<std::string> (*line_of)(const JsonRecord& record) = nullptr;
};

class JsonFramer {
 public:
  explicit JsonFramer(const JsonLayout& layout) : layout_(&layout) {}

  void feed(std::string_view bytes);
  void finish();
  const Frames& frames() const { return frames_; }
  std::uint64_t lines() const { return line_ - 1; }
  // A document has a key that the layout does not know.
  bool foreign() const { return foreign_; }

 private:
  enum class State : std::uint8_t {
    value,         // has to follow; outside of documents too
    value_or_end,  // behind '['
    key,           // behind ',' in an object
    key_or_end,    // behind '{'
    colon,
    comma_or_end,
    string,
    escape,
    scalar,
    garbage,  // between elements, up to the line's end or the next brace
    lost,     // behind damage
  };
  enum class Target : std::uint8_t { none, element, context, ignored };

  // A container on the way to records.
  struct Level {
    bool array = false;
    std::size_t path_size = 0;  // of the path without it
  };

  void consume(std::string_view bytes, std::uint64_t offset);
  const char* step(const char* at, const char* end);
  const char* target_part(const char* at, const char* end);
  const char* token_in_target(const char* at);
  const char* string_part(const char* at, const char* end);
  const char* scalar_part(const char* at, const char* end);
  const char* garbage_part(const char* at, const char* end);
  void structure(char byte, std::uint64_t offset);
  void token(char byte, std::uint64_t offset);
  void open(char byte, std::uint64_t offset);
  void close(char byte, std::uint64_t offset);
  void begin_value(std::uint64_t offset, char byte);
  bool leads_further(std::string_view path, char byte) const;
  void take(Target target, std::uint64_t offset);
  void descend(char byte, std::size_t parent);
  void end_level();
  void key_done();
  void value_done();
  void target_done();
  void emit(Frames::Place place, std::string_view element);
  void compose(Frames::Place place, const JsonRecord& record);
  void release();

  void broken(std::uint64_t offset, char byte);
  void lost_byte(char byte, std::uint64_t offset);
  void lost_mark(char byte);
  bool probe(char byte);
  void probe_failed();
  bool may_resume() const;
  bool among_objects() const;
  void end_garbage();

  void store(const char* from, const char* to);
  void store(char byte) { store(&byte, &byte + 1); }
  bool between_records() const;

  const JsonLayout* layout_;
  Frames frames_;
  std::uint64_t fed_ = 0;
  std::uint64_t line_ = 1;       // of the source
  std::uint64_t base_ = 0;       // offset of what consume() looks at,
  const char* begin_ = nullptr;  // which begins here

  State state_ = State::value;
  bool string_is_key_ = false;
  std::string kinds_;          // of all open containers: '{' and '['
  std::vector<Level> levels_;  // of the outermost of them, which are walked
  std::string path_;           // of the innermost level
  std::string key_;            // the last one read on a level

  Target target_ = Target::none;
  std::size_t context_index_ = 0;
  Frames::Place target_place_;
  std::string text_;  // of the target so far
  bool foreign_ = false;

  std::array<std::string, contexts_max> context_;
  struct Held {
    Frames::Place place;
    std::string element;
    std::string context;  // the second one; the first is what it waits for
  };
  std::vector<Held> held_;
  std::size_t held_bytes_ = 0;

  std::string garbage_;
  Frames::Place garbage_place_;

  std::size_t lost_depth_ = 0;  // containers to be closed until the broken value ends
  bool lost_in_string_ = false;
  bool lost_escape_ = false;
  bool lost_on_line_ = false;        // between records: until the line's end instead
  std::array<char, 2> lost_last_{};  // the last bytes, but for white ones
  bool line_start_ = false;
  std::string first_key_;  // `{"name"`, as the last record began; empty: there was none
  std::string probe_;      // what looks like it so far
  Frames::Place probe_place_;
  bool probe_at_line_start_ = false;
};

}  // namespace culprit
