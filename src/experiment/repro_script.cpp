#include "experiment/repro_script.h"

#include <algorithm>
#include <cctype>
#include <string_view>

#include <fmt/format.h>

namespace culprit {
namespace {

// A TOML basic string: in double quotes, control bytes as \uXXXX.
std::string toml_text(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (c == '\n') {
      quoted += "\\n";
    } else if (byte < 0x20 || byte == 0x7f) {
      quoted += fmt::format("\\u{:04X}", byte);
    } else {
      quoted += c;
    }
  }
  return quoted + "\"";
}

std::string toml_texts(const std::vector<std::string>& texts) {
  std::vector<std::string> quoted;
  for (const std::string& text : texts) quoted.push_back(toml_text(text));
  return fmt::format("[{}]", fmt::join(quoted, ", "));
}

std::string toml_table(std::string_view name, const std::map<std::string, std::string>& table) {
  if (table.empty()) return {};
  std::string text = fmt::format("\n[{}]\n", name);
  for (const auto& [key, value] : table) {
    text += fmt::format("{} = {}\n", toml_text(key), toml_text(value));
  }
  return text;
}

std::string toml_limits(const TrialSetup& setup) {
  const Limits& limits = setup.limits;
  std::string text;
  const auto row = [&](std::string_view name, const auto& value) {
    if (value) text += fmt::format("{} = {}\n", name, *value);
  };
  row("memory_bytes_max", limits.memory_bytes_max);
  row("descriptors_max", limits.descriptors_max);
  row("file_bytes_max", limits.file_bytes_max);
  row("processors", limits.processors);
  if (limits.idle) text += "idle = true\n";
  if (setup.hogs > 0) text += fmt::format("hogs = {}\n", setup.hogs);
  if (setup.stalls.share > 0) {
    text += fmt::format("stalls_share = {:.4f}\nstalls_seed = {}\n", setup.stalls.share,
                        toml_text(std::to_string(setup.stalls.seed)));
  }
  return text.empty() ? text : "\n[limits]\n" + text;
}

std::string toml_rate(std::string_view name, double rate, const Interval& interval,
                      std::size_t trials, std::size_t failures) {
  return fmt::format(
      "\n[{}]\nrate = {:.4f}\nlow = {:.4f}\nhigh = {:.4f}\ntrials = {}\nfailures = {}\n", name,
      rate, interval.low, interval.high, trials, failures);
}

// A comment's line must not end early.
std::string one_line(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return std::iscntrl(static_cast<unsigned char>(c)); },
      ' ');
  return text;
}

std::string summary(const ReproRecord& record) {
  std::string text = fmt::format("# Fails in {:.1f}% of runs ({:.1f}..{:.1f}%, {} of {} trials)",
                                 100 * record.rate, 100 * record.interval.low,
                                 100 * record.interval.high, record.failures, record.trials);
  if (record.conditions.empty()) return text + ", whatever the conditions.\n";
  text += fmt::format("; without these conditions in {:.1f}% ({} of {}):\n",
                      100 * record.baseline_rate, record.baseline_failures, record.baseline_trials);
  for (const ReproCondition& one : record.conditions) {
    text += one_line(fmt::format("#   {} = {}", one.factor, one.level)) + "\n";
  }
  return text;
}

// What only culprit can apply; empty: nothing.
std::vector<std::string> only_with_culprit(const ReproRecord& record) {
  std::vector<std::string> needs;
  if (!record.toxics.empty()) needs.emplace_back("faults between it and its upstreams");
  if (record.toxics.empty() && !record.upstreams.empty()) {
    needs.emplace_back("a proxy before its upstreams");
  }
  if (record.setup.copies > 1) needs.emplace_back("copies of it at once");
  if (!record.setup.clock.empty() && record.faketime.empty()) needs.emplace_back("another clock");
  if (record.setup.disk_full) needs.emplace_back("a full disk");
  if (record.setup.disk_delay) needs.emplace_back("a slow disk");
  if (!record.setup.fresh_numbers.empty()) needs.emplace_back("numbers that are fresh each time");
  if (record.setup.hogs > 0) needs.emplace_back("busy processes beside it");
  if (record.setup.stalls.share > 0) needs.emplace_back("threads that stand still");
  if (!record.signature.empty()) needs.emplace_back("a signature of the failure");
  return needs;
}

std::string seconds_text(Duration duration) { return fmt::format("{:.3f}", seconds(duration)); }

std::string assignments(const std::map<std::string, std::string>& environment) {
  std::string text;
  for (const auto& [name, value] : environment) text += " " + shell_word(name + "=" + value);
  return text;
}

// One word after the other that starts the next: taskset, chrt, faketime, timeout, env.
std::string prefixes(const ReproRecord& record) {
  std::string text;
  const Limits& limits = record.setup.limits;
  if (limits.processors) text += "taskset -c \"$processors\" ";
  if (limits.idle) text += "chrt --idle 0 ";
  if (record.setup.timeout > Duration::zero()) {
    text += fmt::format("timeout --kill-after=1 {} ", seconds_text(record.setup.timeout));
  }
  if (!record.faketime.empty()) {
    // Without the second a program that waits for a time to pass hangs (libfaketime 0.9.10).
    text += "env FAKETIME_DONT_FAKE_MONOTONIC=1 faketime -f " + shell_word(record.faketime) + " ";
  }
  if (!record.setup.environment.empty()) {
    text += "env" + assignments(record.setup.environment) + " ";
  }
  return text;
}

std::string limit_lines(const Limits& limits) {
  std::string text;
  if (limits.memory_bytes_max) {
    text += fmt::format("ulimit -v {} || exit 125\n", *limits.memory_bytes_max / 1024);
  }
  if (limits.descriptors_max) {
    text += fmt::format("ulimit -n {} || exit 125\n", *limits.descriptors_max);
  }
  if (limits.file_bytes_max) {  // in blocks of 512 bytes (POSIX)
    text += fmt::format("ulimit -f {} || exit 125\n", *limits.file_bytes_max / 512);
  }
  if (limits.processors) {
    text += fmt::format(
        "# The first {0} of the processors that may be used.\n"
        "processors=$(taskset -cp $$ | sed 's/.*: //' | tr , '\\n' | awk -F- '{{ for (i = $1; i <= "
        "(NF > 1 ? $2 : $1); i++) print i }}' |\n  head -n {0} | paste -sd ,)\n",
        *limits.processors);
  }
  return text;
}

std::string command_words(const std::vector<std::string>& command) {
  std::string text;
  for (const std::string& word : command) text += (text.empty() ? "" : " ") + shell_word(word);
  return text;
}

// What a worker's trial has for itself (worker_place.h). Ports below 30,000 are none that the
// system gives to whoever asks for any.
constexpr std::string_view place_lines =
    "export CULPRIT_WORKER=\"${CULPRIT_WORKER:-0}\"\n"
    "export CULPRIT_PORT=\"${CULPRIT_PORT:-$(shuf -i 20000-29999 -n 1)}\"\n"
    "TMPDIR=$(mktemp -d) || exit 125\n"
    "export TMPDIR\n"
    "trap 'rm -rf \"$TMPDIR\"' EXIT\n";

std::string run_lines(const ReproRecord& record) {
  std::string text = prefixes(record) + command_words(record.setup.command) + "\ncode=$?\n";
  if (record.setup.timeout > Duration::zero()) {
    text +=
        "# 124 and 137 are timeout's: it took too long, which is no failure.\n"
        "if [ \"$code\" -eq 124 ] || [ \"$code\" -eq 137 ]; then exit 125; fi\n";
  }
  return text +
         "# It died of a signal, which is one.\n"
         "if [ \"$code\" -gt 128 ] && [ \"$code\" -le 192 ]; then exit 1; fi\nexit \"$code\"\n";
}

std::string alone_lines(const ReproRecord& record) {
  const std::vector<std::string> needs = only_with_culprit(record);
  if (!needs.empty()) {
    return fmt::format("echo 'repro.sh: culprit is not in PATH, and this takes {}' >&2\nexit 125\n",
                       fmt::join(needs, ", "));
  }
  std::string text(place_lines);
  if (!record.setup.directory.empty()) {
    text += "cd " + shell_word(record.setup.directory) + " || exit 125\n";
  }
  if (!record.faketime.empty()) {
    text +=
        "command -v faketime >/dev/null || { echo 'repro.sh: needs faketime (Debian: faketime)'"
        " >&2; exit 125; }\n";
  }
  return text + limit_lines(record.setup.limits) + run_lines(record);
}

}  // namespace

std::string shell_word(const std::string& word) {
  const bool plain = !word.empty() && std::all_of(word.begin(), word.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           std::string_view("_-./:=,+@%").find(c) != std::string_view::npos;
  });
  if (plain) return word;
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

std::string repro_toml(const ReproRecord& record) {
  const TrialSetup& setup = record.setup;
  std::string text = summary(record) + "schema_version = 1\n";
  text += "command = " + toml_texts(setup.command) + "\n";
  if (!setup.directory.empty()) text += "directory = " + toml_text(setup.directory) + "\n";
  if (setup.timeout > Duration::zero()) {
    text += "timeout_seconds = " + seconds_text(setup.timeout) + "\n";
  }
  if (!record.signature.empty()) text += "signature = " + toml_text(record.signature) + "\n";
  // A seed has 64 bits, an integer of TOML 63.
  text += "seed = " + toml_text(std::to_string(record.seed)) + "\n";
  if (!record.commit.empty()) text += "commit = " + toml_text(record.commit) + "\n";
  if (!record.faketime.empty()) text += "faketime = " + toml_text(record.faketime) + "\n";
  if (!record.upstreams.empty()) text += "upstreams = " + toml_texts(record.upstreams) + "\n";
  if (!record.toxics.empty()) text += "toxics = " + toml_texts(record.toxics) + "\n";
  text += fmt::format("confidence = {}\n", record.confidence);
  text += toml_rate("expected", record.rate, record.interval, record.trials, record.failures);
  text += toml_rate("baseline", record.baseline_rate, record.baseline, record.baseline_trials,
                    record.baseline_failures);
  text += toml_limits(setup);
  text += toml_table("environment", setup.environment);
  text += toml_table("versions", record.versions);
  for (const ReproCondition& one : record.conditions) {
    text += fmt::format("\n[[condition]]\nfactor = {}\nlevel = {}\n", toml_text(one.factor),
                        toml_text(one.level));
  }
  return text;
}

std::string repro_sh(const ReproRecord& record, const std::string& toml_name) {
  return "#!/bin/sh\n# Written by culprit repro.\n" + summary(record) +
         "# One trial: exits 0 if it went well, 1 to 127 if it failed, 125 if it cannot be "
         "judged.\n"
         "culprit=$(command -v culprit || echo " +
         shell_word(record.program.empty() ? "culprit" : record.program) +
         ")\n"
         "if command -v \"$culprit\" >/dev/null; then\n"
         "  exec \"$culprit\" repro --spec \"$(dirname \"$0\")\"/" +
         shell_word(toml_name) + " --once\nfi\n" + alone_lines(record);
}

}  // namespace culprit
