// EXPR: what parses prints to a text that parses to the same tree; what does not is explained.
#include <cstdint>

#include "event/expr.h"

using namespace culprit;

namespace {

void check_again(const Expr& expr, std::string_view text) {
  const std::string printed = to_string(expr);
  const Result<Expr> again = parse_expr(printed);
  VERIFY(again && *again == expr);
  VERIFY(to_string(*again) == printed);
  // Every field has the text itself as its value: long values against globs and expressions.
  const ValuesOf values = [text](std::string_view, const auto& each) {
    if (each("")) each(text);
  };
  VERIFY(holds(expr, values) == holds(*again, values));
}

void check_error(const Error& error) {
  VERIFY(error.fault == Fault::usage);
  VERIFY(!error.what.empty());
  for (const char c : error.what + error.advice) {
    VERIFY(static_cast<unsigned char>(c) >= 0x20 || c == '\n');
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Result<Expr> expr = parse_expr(text);
  if (expr) {
    check_again(*expr, text);
  } else {
    check_error(expr.error());
  }
  return 0;
}
