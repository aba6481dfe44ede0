// The XXH3 of bytes that come piece by piece.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

struct XXH3_state_s;

namespace culprit {

class ContentHash {
 public:
  ContentHash();
  void restart();
  void add(std::string_view bytes);
  std::uint64_t value() const;

 private:
  struct Freed {
    void operator()(XXH3_state_s* state) const;
  };
  std::unique_ptr<XXH3_state_s, Freed> state_;
};

}  // namespace culprit
