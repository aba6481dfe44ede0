#include "experiment/verdict.h"

#include <algorithm>
#include <array>
#include <csignal>
#include <cstring>
#include <string_view>

#include "experiment/sanitizer_report.h"

namespace culprit {
namespace {

constexpr std::array<std::string_view, 7> signature_fields{
    "exit", "signal", "timed_out", "seconds", "stdout", "stderr", "output"};
constexpr int untestable = 125;  // git bisect run(1)
constexpr int stops_from = 128;

std::string signal_name(int signal) {
  const char* name = ::sigabbrev_np(signal);
  return name == nullptr ? std::to_string(signal) : std::string("SIG") + name;
}

// A process dies of these by its own fault; others come from outside.
constexpr std::array fatal_signals{SIGABRT, SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGSYS};

bool asks_for(const Expr& signature, std::string_view field) {
  const std::vector<std::string> fields = fields_of(signature);
  return std::find(fields.begin(), fields.end(), field) != fields.end();
}

// The values that a trial has for a field of a signature.
std::vector<std::string> values_of(const Trial& trial, std::string_view field) {
  if (field == "exit" && trial.exit_code) return {std::to_string(*trial.exit_code)};
  if (field == "signal" && trial.signal != 0) {
    return {std::to_string(trial.signal), signal_name(trial.signal)};
  }
  if (field == "timed_out") return {trial.timed_out ? "true" : "false"};
  if (field == "seconds") return {fmt::format("{:.6f}", trial.seconds)};
  if (field == "stdout") return {trial.out.text};
  if (field == "stderr") return {trial.error.text};
  if (field == "output") return {trial.out.text + trial.error.text};
  return {};
}

bool matches(const Trial& trial, const Expr& signature) {
  return holds(signature, [&](std::string_view field, const auto& each) {
    for (const std::string& value : values_of(trial, field)) {
      if (!each(value)) return;
    }
  });
}

constexpr std::size_t searched_bytes_max = std::size_t{64} << 20;  // of each stream

// What a signature that did not match was not shown; empty: nothing.
std::string unseen(const Trial& trial, const Expr& signature) {
  const bool both = asks_for(signature, "output");
  std::uint64_t bytes = 0;
  if (both || asks_for(signature, "stdout")) bytes += trial.out.bytes_discarded;
  if (both || asks_for(signature, "stderr")) bytes += trial.error.bytes_discarded;
  if (bytes == 0) return "";
  return fmt::format("; {} bytes amid its output were not searched", bytes);
}

std::string ending(const Trial& trial) {
  if (trial.timed_out) return fmt::format("timed out after {:.3g} s", trial.seconds);
  if (trial.signal != 0) return "killed by " + signal_name(trial.signal);
  return fmt::format("exit {}", *trial.exit_code);
}

// What is said of it without a signature.
Judgement plainly(const Trial& trial) {
  const std::string end = ending(trial);
  if (trial.timed_out) return {std::nullopt, false, end};
  std::string report = sanitizer_report(trial.error.text);
  if (report.empty()) report = sanitizer_report(trial.out.text);
  if (!report.empty()) return {Outcome::bad, false, fmt::format("{} ({})", report, end)};
  if (trial.signal != 0) return {Outcome::bad, false, end};
  const int code = *trial.exit_code;
  if (code == 0) return {Outcome::good, false, end};
  if (code == untestable) return {std::nullopt, false, "exit 125: cannot be tested"};
  if (const std::string death = shell_death(code); !death.empty()) {
    return {std::nullopt, true, fmt::format("{} (a shell's {}): asks to stop", end, death)};
  }
  if (code >= stops_from) return {std::nullopt, true, end + ": asks to stop"};
  return {Outcome::bad, false, end};
}

}  // namespace

std::string shell_death(int exit_code) {
  const auto* found = std::find(fatal_signals.begin(), fatal_signals.end(), exit_code - stops_from);
  return found == fatal_signals.end() ? "" : signal_name(*found);
}

std::size_t output_bytes_for(const std::optional<Expr>& signature) {
  const bool searched =
      signature && (asks_for(*signature, "stdout") || asks_for(*signature, "stderr") ||
                    asks_for(*signature, "output"));
  return searched ? searched_bytes_max : TrialSetup().output_bytes_max;
}

Judgement judge(const Trial& trial, const std::optional<Expr>& signature) {
  Judgement plain = plainly(trial);
  if (!signature) return plain;
  const bool untold_timeout = trial.timed_out && !asks_for(*signature, "timed_out");
  const bool skips = trial.exit_code == untestable && !asks_for(*signature, "exit");
  if (untold_timeout || skips) return plain;
  if (matches(trial, *signature)) return {Outcome::bad, false, plain.reason};
  if (plain.outcome == Outcome::bad) {
    plain.outcome.reset();
    plain.reason += ", which the signature does not match";
  }
  plain.reason += unseen(trial, *signature);
  return plain;
}

int bisect_code(const Trial& trial, const Judgement& judgement) {
  const int own = trial.exit_code.value_or(0);
  if (judgement.stops) return own;
  if (!judgement.outcome) return untestable;
  if (*judgement.outcome == Outcome::good) return 0;
  return own > 0 && own < stops_from && own != untestable ? own : 1;
}

Status check_signature(const Expr& signature) {
  for (const std::string& field : fields_of(signature)) {
    if (std::find(signature_fields.begin(), signature_fields.end(), field) !=
        signature_fields.end()) {
      continue;
    }
    Error made = error(Fault::usage, "a signature has no field {}", field);
    made.advice = fmt::format("it may ask for {}", fmt::join(signature_fields, ", "));
    return made;
  }
  return ok();
}

}  // namespace culprit
