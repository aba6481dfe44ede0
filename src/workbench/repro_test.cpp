#include "workbench/repro.h"

#include <csignal>
#include <filesystem>

#include <sys/wait.h>
#include <unistd.h>

#include <doctest/doctest.h>

#include "workbench/repro_journal.h"

namespace culprit {
namespace {

TrialSetup shell(const std::string& script) {
  TrialSetup setup;
  setup.command = {"sh", "-c", script};
  return setup;
}

// A factor that is a variable of the command's environment: empty, or its level's number.
ReproFactor variable(const std::string& name, std::size_t levels = 2) {
  ReproFactor made;
  made.factor.name = name;
  made.factor.levels.emplace_back("off");
  for (std::size_t i = 1; i < levels; ++i) made.factor.levels.push_back(std::to_string(i));
  made.apply = [name](std::size_t level, TrialSetup& setup) {
    if (level > 0) setup.environment[name] = std::to_string(level);
    return ok();
  };
  return made;
}

Reproduction run(const ReproOptions& options) {
  const auto world = real_world();
  auto made = reproduce(*world, options);
  REQUIRE_MESSAGE(made.has_value(), made.error().what);
  return std::move(made).value();
}

ReproOptions two_of_six() {
  ReproOptions options;
  // Fails nine times in ten, by the clock's nanoseconds, when B is at least 2 and E is set.
  options.setup = shell(
      "[ \"${B:-0}\" -ge 2 ] && [ -n \"$E\" ] && "
      "[ $(( 1$(date +%N) / 1000 % 10 )) -ne 0 ] && { echo lost; exit 1; }; exit 0");
  for (const char* name : {"A", "B", "C", "D", "E", "F"}) {
    options.factors.push_back(variable(name, name[0] == 'B' ? 4 : 2));
  }
  return options;
}

}  // namespace

TEST_CASE("without factors it says how often the command fails") {
  ReproOptions options;
  options.setup = shell("exit 1");
  options.trials_max = 20;
  const Reproduction made = run(options);
  CHECK(made.verdict == Reproduction::Verdict::reproduced);
  CHECK(made.end == Reproduction::End::trials_spent);
  CHECK(made.rate == 1);
  CHECK(made.interval.low == doctest::Approx(clopper_pearson(20, 20).low));
  CHECK(made.trials == 20);
  CHECK(made.bad_reasons.at("exit 1") == 20);
  CHECK(made.failures.size() == Reproduction::failures_kept_max);
}

TEST_CASE("a question about the rate ends as soon as it is decided, either way") {
  ReproOptions options;
  options.rate_at_least = 0.5;
  options.setup = shell("exit 1");
  const Reproduction yes = run(options);
  CHECK(yes.end == Reproduction::End::decided);
  CHECK(yes.at_least == true);
  CHECK(yes.trials < 10);
  options.setup = shell("exit 0");
  const Reproduction no = run(options);
  CHECK(no.at_least == false);
  CHECK(no.verdict == Reproduction::Verdict::not_reproduced);
  CHECK(no.trials < 15);
}

TEST_CASE("two of six conditions of a real command are found, and written down to be run again") {
  ReproOptions options = two_of_six();
  options.workers = 2;
  std::string last_phase;
  options.progress = [&](const ReproProgress& progress) { last_phase = progress.phase; };
  const Reproduction made = run(options);
  CHECK(made.verdict == Reproduction::Verdict::reproduced);
  CHECK(made.end == Reproduction::End::searched);
  CHECK(last_phase == "finished");
  REQUIRE(made.conditions.size() == 2);
  CHECK(made.conditions[0].factor == "B");
  CHECK(made.conditions[0].level == "2");
  CHECK(made.conditions[1].factor == "E");
  CHECK(made.rate > 0.7);
  CHECK(made.baseline_counts.bad == 0);
  CHECK(made.failures.at(0).trial.out.text == "lost\n");
  CHECK(made.beliefs.at(1).matters > 0.9);
  CHECK(made.beliefs.at(0).matters < 0.1);
  const auto record = record_of(options, made);
  REQUIRE(record.has_value());
  CHECK(record->setup.environment == std::map<std::string, std::string>{{"B", "2"}, {"E", "1"}});
  CHECK(record->failures == static_cast<std::size_t>(made.counts.bad));
}

TEST_CASE("a search ends too once a condition is known to fail often enough") {
  ReproOptions options = two_of_six();
  options.rate_at_least = 0.5;
  const Reproduction made = run(options);
  CHECK(made.end == Reproduction::End::decided);
  CHECK(made.at_least == true);
  CHECK(made.conditions.size() == 2);
  CHECK(made.trials < 80);  // the confirming trials alone are fifty
  options.setup = shell("exit 1");
  const Reproduction anyhow = run(options);
  CHECK(anyhow.at_least == true);
  CHECK(anyhow.conditions.empty());
  CHECK(anyhow.trials < 10);
}

TEST_CASE("a search that was broken off goes on where it was") {
  ReproOptions options = two_of_six();
  std::string journal;
  options.journal = [&](std::string_view line) { journal += line; };
  options.trials_max = 150;
  options.time_max = std::chrono::milliseconds(150);
  const Reproduction first = run(options);
  CHECK(first.end == Reproduction::End::time_spent);
  CHECK(first.trials > 0);
  options.time_max = Duration::zero();
  options.history = journal;
  options.seed = 99;  // the journal's counts
  const Reproduction whole = run(options);
  CHECK(whole.seed == 1);
  CHECK(whole.conditions.size() == 2);
  CHECK(whole.trials > first.trials);
  CHECK(std::count(journal.begin(), journal.end(), '\n') ==
        static_cast<std::ptrdiff_t>(whole.trials) + 1);
}

TEST_CASE("a journal of another search, or none at all, is refused") {
  const auto world = real_world();
  ReproOptions options = two_of_six();
  ReproJournal journal{7, {}, {"true"}, {}};
  options.history = head_line(journal);
  CHECK(reproduce(*world, options).error().fault == Fault::usage);
  options.history = "something else\n";
  CHECK(reproduce(*world, options).error().fault == Fault::malformed);
}

TEST_CASE("journals are read back as they were written, but for a line that was cut off") {
  ReproJournal journal{7, {{"a", {"0", "1"}}, {"b", {"x", "y", "z"}}}, {"sh", "-c", "a\tb"}, {}};
  const ReproJournal::Row rows[] = {{{{0, 2}}, Outcome::bad, 1.25, "exit 1"},
                                    {{{1, 0}}, std::nullopt, 0, "timed out\nafter"},
                                    {{{1, 1}}, Outcome::good, 2, "exit 0"}};
  std::string text = head_line(journal);
  for (const ReproJournal::Row& row : rows) text += row_line(row);
  const auto read = read_journal(text + "1,0\tba", journal);
  REQUIRE(read.has_value());
  CHECK(read->seed == 7);
  REQUIRE(read->rows.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(read->rows[i].condition == rows[i].condition);
    CHECK(read->rows[i].outcome == rows[i].outcome);
    CHECK(read->rows[i].seconds == rows[i].seconds);
  }
  for (const char* line :
       {"0,9\tbad\t1\tx\n", "0\tbad\t1\tx\n", "0,1\tbaad\t1\tx\n", "nonsense\n"}) {
    CAPTURE(line);
    const auto broken = read_journal(head_line(journal) + line, journal);
    REQUIRE(!broken.has_value());
    CHECK(broken.error().what == "line 2 of the journal cannot be read");
  }
}

TEST_CASE("a command that cannot be run is no failing test") {
  const auto world = real_world();
  ReproOptions options;
  options.setup = shell("no-such-command-1");
  const auto ran = reproduce(*world, options);
  REQUIRE(!ran.has_value());
  CHECK(ran.error().fault == Fault::usage);
  CHECK(ran.error().advice.find("no-such-command-1") != std::string::npos);
  options.setup.command = {"no-such-command-1"};
  CHECK(reproduce(*world, options).error().fault == Fault::usage);
}

TEST_CASE("questions that make no sense are refused before anything runs") {
  const auto world = real_world();
  ReproOptions options;
  options.setup = shell("exit 1");
  const auto refused = [&](const ReproOptions& asked) {
    const auto ran = reproduce(*world, asked);
    return !ran && ran.error().fault == Fault::usage && !ran.error().advice.empty();
  };
  ReproOptions asked = options;
  asked.rate_at_least = 1.5;
  CHECK(refused(asked));
  asked.rate_at_least = 0;
  CHECK(refused(asked));
  asked = options;
  asked.confidence = 95;
  CHECK(refused(asked));
  asked = options;
  asked.trials_max = 0;
  CHECK(refused(asked));
  asked = options;
  asked.factors = {variable("A", 1)};
  CHECK(refused(asked));
  asked.factors.assign(65, variable("A"));
  CHECK(refused(asked));
  asked = options;
  asked.signature = *parse_expr("stdot = x");
  CHECK(refused(asked));
}

TEST_CASE("factors that hide a failure do not water down how often it fails without them") {
  ReproOptions options;
  options.setup = shell("[ -z \"$A\" ] && exit 1; exit 0");
  options.factors = {variable("A"), variable("B")};
  options.trials_max = 60;
  const Reproduction made = run(options);
  CHECK(made.verdict == Reproduction::Verdict::reproduced);
  CHECK(made.conditions.empty());
  CHECK(made.rate > 0.9);
}

TEST_CASE("a factor that cannot be applied says which") {
  const auto world = real_world();
  ReproOptions options;
  options.setup = shell("exit 0");
  options.factors = {variable("A")};
  options.factors[0].apply = [](std::size_t level, TrialSetup&) -> Status {
    if (level == 0) return ok();
    return error(Fault::unavailable, "faketime is not installed");
  };
  const auto ran = reproduce(*world, options);
  REQUIRE(!ran.has_value());
  CHECK(ran.error().during.at(0) == "setting A to 1");
}

TEST_CASE("a command may ask to stop, and what is never judged ends early") {
  ReproOptions options;
  options.setup = shell("exit 200");
  CHECK(run(options).end == Reproduction::End::asked_to_stop);
  options.setup = shell("exit 125");
  const Reproduction made = run(options);
  CHECK(made.end == Reproduction::End::untestable);
  CHECK(made.trials == 10);
  CHECK(made.unjudged_reasons.at("exit 125: cannot be tested") == 10);
}

TEST_CASE("a Ctrl-C gives what is known so far") {
  const pid_t child = ::fork();
  if (child == 0) {
    watch_for_interrupts();
    ReproOptions options;
    options.setup = shell("sleep 0.02; exit 1");
    options.trials_max = 100'000;
    options.progress = [](const ReproProgress& progress) {
      if (progress.trials == 5) ::kill(::getpid(), SIGINT);
    };
    const auto world = real_world();
    const auto made = reproduce(*world, options);
    const bool right = made && made->end == Reproduction::End::interrupted && made->rate == 1 &&
                       made->trials >= 5 && made->trials < 100;
    ::_exit(right ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
}

}  // namespace culprit
