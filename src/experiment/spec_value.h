// A SpecValue is one value of a TOML file that tells culprit what to do, with its place in it, so
// that a mistake can be told with line, column and the nearest word that is known.
//
// toml++ is included by the one file that reads (it takes seconds to compile); those who know what
// a spec may say ask a SpecTable.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace culprit {

struct SpecPlace {
  std::uint32_t line = 0;  // from 1
  std::uint32_t column = 0;
};

struct SpecValue {
  enum class Kind : std::uint8_t { table, list, text, whole, number, truth, time };
  Kind kind = Kind::table;
  std::string name;  // of a member of a table
  std::string text;  // as it is spelled, without quotes
  double number = 0;
  SpecPlace place;                 // of its name, if it has one
  std::vector<SpecValue> members;  // of a table or list, in the order of the file
};

// Errors: usage, at line and column.
Result<SpecValue> read_spec(std::string_view toml);
Error spec_mistake(SpecPlace place, std::string what, std::string advice);

class SpecTable {
 public:
  // What it stands for is told in mistakes: "a request". The value must outlive the table. Errors:
  // a value that is no table; a name that is none of those, with the nearest.
  static Result<SpecTable> of(const SpecValue& value, std::string what,
                              std::initializer_list<std::string_view> names);

  const SpecValue* find(std::string_view name) const;  // nullptr: it is not there
  const SpecValue& value() const { return *value_; }

  // Each with what holds where the name is not there. Errors: another kind of value.
  Result<std::string> text(std::string_view name, std::string otherwise) const;
  Result<double> number(std::string_view name, double otherwise) const;  // of zero or more
  Result<std::uint64_t> whole(std::string_view name, std::uint64_t otherwise) const;
  Result<Duration> duration(std::string_view name, Duration otherwise) const;
  Result<bool> truth(std::string_view name) const;  // false where it is not there
  // One text, or a list of them; none where the name is not there.
  Result<std::vector<std::string>> texts(std::string_view name) const;

 private:
  explicit SpecTable(const SpecValue& value) : value_(&value) {}
  const SpecValue* value_;
};

}  // namespace culprit
