// Two texts of any kind become changes: with none it is the one, with all the other, and with some
// of them JSON stays JSON.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/verify.h"
#include "parse/differences.h"
#include "parse/document.h"

using namespace culprit;

namespace {

void check(const Differences& made, std::string_view good, std::string_view bad) {
  const std::size_t count = made.names.size();
  VERIFY(count > 0 || good == bad);
  VERIFY(made.subjects.size() == count);
  VERIFY(made.text_with(std::vector<bool>(count, false)) == good);
  VERIFY(made.text_with(std::vector<bool>(count, true)) == bad);
  const bool json = made.kind == DifferenceKind::json || made.kind == DifferenceKind::package_lock;
  std::vector<bool> applied(count);
  for (std::size_t every = 2; every < 5 && count > 1; ++every) {
    for (std::size_t i = 0; i < count; ++i) applied[i] = i % every == 0;
    const std::string text = made.text_with(applied);
    if (json) VERIFY(read_document(text, "a.json").has_value());
    (void)flag_words(text);
    (void)variables_in(text);
  }
}

}  // namespace

// The first byte chooses the kind; a byte of 0 parts the two texts.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t half = std::min(text.find('\0'), text.size());
  const std::string_view good = text.substr(0, half);
  const std::string_view bad = text.substr(std::min(half + 1, text.size()));
  constexpr int kinds = static_cast<int>(DifferenceKind::lines) + 2;
  const int chosen = data[0] % kinds;
  const DifferenceKind kind =
      chosen == kinds - 1 ? kind_of(good, bad, "bad") : static_cast<DifferenceKind>(chosen);
  const Result<Differences> made = differences_of(good, bad, kind);
  if (made) {
    check(*made, good, bad);
  } else {
    VERIFY(!made.error().what.empty());
  }
  return 0;
}
