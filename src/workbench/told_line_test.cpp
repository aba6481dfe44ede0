#include "workbench/told_line.h"

#include <doctest/doctest.h>

namespace culprit {

TEST_CASE("a line for programs is told as people read it, others stay") {
  struct Row {
    const char* line;
    const char* told;
  };
  for (const Row& row : {
           Row{R"({"ts":"2025-11-20T13:50:15.314Z","level":"error","service":"gateway",)"
               R"("msg":"no route","n":3,"none":null})",
               "13:50:15.314 error no route service=gateway n=3"},
           Row{R"({"status":500,"path":"/a"})", "status=500 path=/a"},
           Row{R"(ts=2025-11-20T13:50:15Z level=warn msg="disk is full" disk=sda)",
               "13:50:15.000 warn disk is full disk=sda"},
           Row{"2025-11-20 13:50:15,308 ERROR [pool-6] a - no route",
               "2025-11-20 13:50:15,308 ERROR [pool-6] a - no route"},
           Row{"{not json", "{not json"},
           Row{"", ""},
       }) {
    CAPTURE(row.line);
    CHECK(told_line(row.line) == row.told);
  }
}

}  // namespace culprit
