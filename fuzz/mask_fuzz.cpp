// Masking: any bytes, in time linear in them; strings of JSON stay whole.
#include <cstdint>
#include <string>

#include "base/verify.h"
#include "case/mask.h"

using namespace culprit;

namespace {

// A JSON string of the bytes: quotes, backslashes and control bytes escaped.
std::string json_string(std::string_view bytes) {
  std::string text = "\"";
  for (const char c : bytes) {
    if (static_cast<unsigned char>(c) < 0x20) {
      text += c % 2 == 0 ? "\\n" : "\\u0001";
      continue;
    }
    if (c == '"' || c == '\\') text += '\\';
    text += c;
  }
  return text + '"';
}

// One string, and nothing behind it.
void check_whole(std::string_view json) {
  VERIFY(json.size() >= 2 && json.front() == '"' && json.back() == '"');
  std::size_t at = 1;
  while (json[at] != '"') {
    if (json[at] == '\\') {
      ++at;
      VERIFY(std::string_view("\"\\nu").find(json[at]) != std::string_view::npos);
      VERIFY(json[at] != 'u' || json.substr(at, 5) == "u0001");
    }
    ++at;
  }
  VERIFY(at + 1 == json.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  masked(text);
  masked_json(text);
  check_whole(masked_json(json_string(text)));
  check_whole(masked_json(json_string(json_string(text))));
  return 0;
}
