#include "experiment/verdict.h"

#include <csignal>

#include <doctest/doctest.h>

#include "experiment/sanitizer_report.h"

namespace culprit {
namespace {

Trial ended(int code, std::string out = "", std::string errors = "") {
  Trial trial;
  trial.exit_code = code;
  trial.seconds = 1.5;
  trial.out.text = std::move(out);
  trial.error.text = std::move(errors);
  return trial;
}

Trial killed(int signal) {
  Trial trial = ended(0);
  trial.exit_code.reset();
  trial.signal = signal;
  return trial;
}

Trial late() {
  Trial trial = ended(0, "waiting for lock\n");
  trial.exit_code.reset();
  trial.timed_out = true;
  return trial;
}

std::optional<Expr> signature(const std::string& text) {
  if (text.empty()) return std::nullopt;
  auto expr = parse_expr(text);
  REQUIRE(expr.has_value());
  REQUIRE(check_signature(*expr).has_value());
  return *expr;
}

std::string said(const Trial& trial, const std::string& expr = "") {
  const Judgement made = judge(trial, signature(expr));
  if (made.stops) return "stops";
  if (!made.outcome) return "unjudged";
  return *made.outcome == Outcome::bad ? "bad" : "good";
}

}  // namespace

TEST_CASE("a command speaks as git bisect's test does") {
  CHECK(said(ended(0)) == "good");
  for (const int code : {1, 2, 124, 126, 127}) CHECK(said(ended(code)) == "bad");
  CHECK(said(ended(125)) == "unjudged");
  for (const int code : {128, 139, 255}) CHECK(said(ended(code)) == "stops");
  CHECK(said(killed(SIGSEGV)) == "bad");
  CHECK(said(late()) == "unjudged");
}

TEST_CASE("what a shell gives for a fatal signal is named, and stops as other codes do") {
  struct Row {
    int code;
    std::string death;
    std::string reason;
  };
  for (const Row& row :
       {Row{139, "SIGSEGV", "exit 139 (a shell's SIGSEGV): asks to stop"},
        Row{134, "SIGABRT", "exit 134 (a shell's SIGABRT): asks to stop"},
        Row{136, "SIGFPE", "exit 136 (a shell's SIGFPE): asks to stop"},
        Row{143, "", "exit 143: asks to stop"}, Row{128, "", "exit 128: asks to stop"},
        Row{11, "", "exit 11"}, Row{0, "", "exit 0"}}) {
    CAPTURE(row.code);
    CHECK(shell_death(row.code) == row.death);
    CHECK(judge(ended(row.code), std::nullopt).reason == row.reason);
  }
}

TEST_CASE("with a signature only the failure that matches is bad") {
  const std::string lost = "output ~ \"lost update\"";
  CHECK(said(ended(1, "lost update of 3\n"), lost) == "bad");
  CHECK(said(ended(1, "", "lost update of 3\n"), lost) == "bad");
  CHECK(said(ended(1, "connection refused\n"), lost) == "unjudged");
  CHECK(said(killed(SIGSEGV), lost) == "unjudged");
  CHECK(said(ended(0), lost) == "good");
  CHECK(said(ended(125, "lost update\n"), lost) == "unjudged");
  CHECK(said(ended(200), lost) == "stops");
}

TEST_CASE("a signature may be what an exit code of 0 does not tell") {
  CHECK(said(ended(0, "lost update\n"), "stdout ~ \"lost update\"") == "bad");
  CHECK(said(ended(0), "seconds > 1") == "bad");
  CHECK(said(ended(0), "seconds > 2s") == "good");
}

TEST_CASE("fields of a signature: exit, signal by number and name, timed_out") {
  CHECK(said(ended(3), "exit = 3") == "bad");
  CHECK(said(ended(139), "exit = 139") == "bad");
  CHECK(said(killed(SIGSEGV), "signal = SIGSEGV") == "bad");
  CHECK(said(killed(SIGSEGV), "signal = 11") == "bad");
  CHECK(said(killed(SIGABRT), "signal = SIGSEGV") == "unjudged");
  CHECK(said(late(), "timed_out = true") == "bad");
  CHECK(said(late(), "stdout ~ \"lock\"") == "unjudged");
  CHECK(said(late(), "timed_out = true and stdout ~ \"lock\"") == "bad");
}

TEST_CASE("a typo in a signature is told with what there is") {
  auto expr = parse_expr("stdot ~ \"x\"");
  REQUIRE(expr.has_value());
  const Status checked = check_signature(*expr);
  REQUIRE(!checked.has_value());
  CHECK(checked.error().fault == Fault::usage);
  CHECK(checked.error().advice.find("seconds, stdout, stderr") != std::string::npos);
}

TEST_CASE("reports of sanitizers are named, without what differs between runs") {
  struct Row {
    std::string output, report;
  };
  for (const Row& row :
       {Row{"==4711==ERROR: AddressSanitizer: heap-use-after-free on address 0x602 at pc 0x1\n",
            "AddressSanitizer: heap-use-after-free"},
        Row{"==================\nWARNING: ThreadSanitizer: data race (pid=4711)\n  Write of\n",
            "ThreadSanitizer: data race"},
        Row{"pool.cpp:12:7: runtime error: signed integer overflow: 1 + 2147483647\n",
            "runtime error: signed integer overflow: 1 + 2147483647"},
        Row{"==9==ERROR: LeakSanitizer: detected memory leaks\n",
            "LeakSanitizer: detected memory leaks"},
        Row{"WARNING: DATA RACE\nRead at 0x00c\n", "DATA RACE"},
        Row{"ruby: runtime error: nothing of ours\n", ""},
        Row{"ERROR: connection refused\n", ""}}) {
    CHECK(sanitizer_report(row.output) == row.report);
  }
  // UBSan goes on to exit 0 unless it is told not to.
  const Trial trial = ended(0, "", "a.cpp:1:2: runtime error: division by zero\n");
  CHECK(said(trial) == "bad");
  CHECK(judge(trial, std::nullopt).reason == "runtime error: division by zero (exit 0)");
}

TEST_CASE("one trial can be passed on to git bisect") {
  const auto code = [](const Trial& trial, const std::string& expr = "") {
    return bisect_code(trial, judge(trial, signature(expr)));
  };
  CHECK(code(ended(0)) == 0);
  CHECK(code(ended(7)) == 7);
  CHECK(code(ended(200)) == 200);
  CHECK(code(killed(SIGSEGV)) == 1);
  CHECK(code(late()) == 125);
  CHECK(code(ended(7), "exit = 8") == 125);
  CHECK(code(ended(0, "lost"), "stdout ~ \"lost\"") == 1);
  CHECK(code(ended(139), "exit = 139") == 1);
}

TEST_CASE("every judgement has a reason") {
  CHECK(judge(ended(3), std::nullopt).reason == "exit 3");
  CHECK(judge(killed(SIGSEGV), std::nullopt).reason == "killed by SIGSEGV");
  CHECK(judge(late(), std::nullopt).reason == "timed out after 1.5 s");
  CHECK(judge(ended(1), signature("exit = 3")).reason ==
        "exit 1, which the signature does not match");
}

TEST_CASE(
    "where a signature could not see all of an output and did not match, the reason says so") {
  struct Row {
    const char* expr;
    int code;
    const char* reason;
  };
  for (const Row& row : std::initializer_list<Row>{
           {"stdout ~ deadlock", 0, "exit 0; 7 bytes amid its output were not searched"},
           {"output ~ deadlock", 1,
            "exit 1, which the signature does not match; 7 bytes amid its output were not "
            "searched"},
           {"stderr ~ deadlock", 0, "exit 0"},
           {"stdout ~ seen", 0, "exit 0"},
           {"exit = 3", 0, "exit 0"}}) {
    Trial trial = ended(row.code, "seen");
    trial.out.bytes_discarded = 7;
    CHECK(judge(trial, signature(row.expr)).reason == row.reason);
  }
}

}  // namespace culprit
