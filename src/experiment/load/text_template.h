// A TextTemplate is text with {{name}} in it, whose names are numbered once and looked up never
// again.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace culprit {

class TextTemplate {
 public:
  struct Piece {
    std::string text;      // stands before the value
    std::size_t slot = 0;  // of the value; no_slot: none follows
  };
  static constexpr std::size_t no_slot = SIZE_MAX;

  TextTemplate() = default;
  // Errors: usage, for a name that is none of `names`, with the nearest one.
  static Result<TextTemplate> parse(std::string_view text, std::span<const std::string> names);

  bool plain() const;  // without any value
  std::span<const Piece> pieces() const { return pieces_; }
  std::string filled(std::span<const std::string> values) const;

 private:
  std::vector<Piece> pieces_;
};

}  // namespace culprit
