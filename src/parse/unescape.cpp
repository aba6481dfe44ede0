#include "parse/unescape.h"

#include "parse/bytes.h"

namespace culprit {
namespace {

// Four hex digits, or a negative number.
int hex4(const char*& at, const char* end) {
  if (end - at < 4) return -1;
  int value = 0;
  for (int i = 0; i < 4; ++i) {
    const char byte = *at++;
    const char lower = static_cast<char>(byte | 32);
    if (is_digit(byte)) {
      value = value * 16 + (byte - '0');
    } else if (lower >= 'a' && lower <= 'f') {
      value = value * 16 + (lower - 'a' + 10);
    } else {
      return -1;
    }
  }
  return value;
}

char* utf8(char* out, int code) {
  const auto tail = [code](int shift) {
    return static_cast<char>(0x80 | ((code >> shift) & 0x3F));
  };
  if (code < 0x80) {
    *out++ = static_cast<char>(code);
  } else if (code < 0x800) {
    *out++ = static_cast<char>(0xC0 | (code >> 6));
    *out++ = tail(0);
  } else if (code < 0x10000) {
    *out++ = static_cast<char>(0xE0 | (code >> 12));
    *out++ = tail(6);
    *out++ = tail(0);
  } else {
    *out++ = static_cast<char>(0xF0 | (code >> 18));
    *out++ = tail(12);
    *out++ = tail(6);
    *out++ = tail(0);
  }
  return out;
}

char* unicode(const char*& at, const char* end, char* out) {
  int code = hex4(at, end);
  if (code < 0) return nullptr;
  if (code >= 0xD800 && code < 0xDC00 && end - at >= 6 && at[0] == '\\' && at[1] == 'u') {
    const char* behind = at + 2;
    const int low = hex4(behind, end);
    if (low >= 0xDC00 && low < 0xE000) {
      at = behind;
      return utf8(out, 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00));
    }
  }
  if (code >= 0xD800 && code < 0xE000) code = 0xFFFD;
  return utf8(out, code);
}

}  // namespace

char* unescape(const char*& at, const char* end, char* out) {
  if (at == end) return nullptr;
  const char kind = *at++;
  switch (kind) {
    case '"':
    case '\\':
    case '/': *out = kind; return out + 1;
    case 'n': *out = '\n'; return out + 1;
    case 't': *out = '\t'; return out + 1;
    case 'r': *out = '\r'; return out + 1;
    case 'b': *out = '\b'; return out + 1;
    case 'f': *out = '\f'; return out + 1;
    case 'u': return unicode(at, end, out);
    default: return nullptr;
  }
}

}  // namespace culprit
