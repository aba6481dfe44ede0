// Documents of any notation, and what differs between the two halves of an input.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "contrast/pair.h"
#include "parse/document.h"

// The first byte chooses the name, which decides the notation where the text leaves it open.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace culprit;
  if (size == 0) return 0;
  constexpr std::string_view names[] = {"a", "a.json", "a.yaml", "a.toml"};
  const std::string_view name = names[data[0] % std::size(names)];
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t half = text.find('\0');
  const Result<Document> good = read_document(text.substr(0, half), name);
  const Result<Document> bad =
      read_document(half == text.npos ? text : text.substr(half + 1), name);
  if (!good || !bad) return 0;
  const PairContrast made = contrast_pair(*good, *bad);
  if (half == text.npos && !made.differences.empty()) __builtin_trap();  // the same text twice
  return 0;
}
