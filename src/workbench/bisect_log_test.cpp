#include "workbench/bisect_log.h"

#include <doctest/doctest.h>

namespace culprit {
namespace {

std::string told(std::string_view text) {
  const auto log = read_bisect_log(text);
  if (!log) return log.error().what;
  std::string made;
  for (const BisectLog::Line& line : log->lines) {
    made += "gbs"[static_cast<std::size_t>(line.said)];
    made += line.revision + " ";
  }
  return made;
}

TEST_CASE("what git bisect logs is read, with its terms and quotes") {
  CHECK(
      told("git bisect start\n# bad: [b] x\ngit bisect bad b1\n# good: [a] y\ngit bisect good a1\n"
           "git bisect skip s1\n") == "bb1 ga1 ss1 ");
  CHECK(told("git bisect start 'v2' 'v1' '--' 'src'\ngit bisect good c1") == "bv2 gv1 gc1 ");
  CHECK(told("git bisect start --term-new=broken '--term-old' 'fine'\ngit bisect broken b\n"
             "git bisect fine a\n") == "bb ga ");
  CHECK(told("git bisect start\ngit bisect new b\r\ngit-bisect old a\n") == "bb ga ");
  CHECK(told("") == "");
  CHECK(told("git bisect start\ngit bisect run x\n") ==
        "line 2 is no line of `git bisect log`: git bisect run x");
}

TEST_CASE("what is written is read back") {
  using Said = BisectLog::Said;
  const std::string text =
      bisect_log_text({Said::bad, "b1", "it's bad"}, {Said::good, "a1", ""},
                      {{Said::skipped, "s1", ""}, {Said::good, "c1", ""}}, {Said::bad, "d1", "x"});
  CHECK(told(text) == "bb1 ga1 ss1 gc1 ");
  CHECK(text.ends_with("# first bad commit: [d1] x\n"));
}

}  // namespace
}  // namespace culprit
