#include <algorithm>

#include "cli/commands.h"
#include "cli/investigation_json.h"
#include "cli/investigation_text.h"
#include "cli/pair_text.h"
#include "cli/progress.h"
#include "cli/sources.h"
#include "workbench/compare_pair.h"
#include "workbench/populations.h"

namespace culprit {
namespace {

Result<Exit> run_pair(const Arguments& arguments, Session& session) {
  const std::vector<std::string>& words = arguments.words;
  const std::string example = "culprit contrast --pair good.json bad.json";
  if (words.size() != 2) return usage_error("--pair compares two files", example);
  if (arguments.has("--bad")) return usage_error("--pair and --bad exclude each other", example);
  const ComparedPair pair = TRY(compare_pair(session.world, words[0], words[1]));
  TRY(print(arguments.has("--json") ? json_of(pair) : text_of(pair, session.terminal)));
  const bool any =
      std::any_of(pair.contrast.differences.begin(), pair.contrast.differences.end(),
                  [](const auto& one) { return one.meaning != PairDifference::Meaning::expected; });
  return any ? Exit::found : Exit::nothing;
}

Result<Exit> run(const Arguments& arguments, Session& session) {
  if (arguments.has("--pair")) return run_pair(arguments, session);
  if (!arguments.has("--bad")) {
    return usage_error("contrast needs to be told what is bad",
                       "culprit contrast logs/ --bad 'status >= 500'   or --pair GOOD BAD");
  }
  InvestigateOptions options;
  options.gather = TRY(gather_options(arguments, session.world));
  options.reading = reading_flags(arguments);
  options.seed = TRY(seed_flag(arguments));
  Progress progress(session);
  options.gather.progress = progress.callback();
  const Investigation made = TRY(compare_populations(session.world, options));
  progress.clear();
  TRY(print(arguments.has("--json") ? populations_json(made)
                                    : populations_text(made, session.terminal)));
  return differ(made) ? Exit::found : Exit::nothing;
}

}  // namespace

Command contrast_command() {
  std::vector<Flag> flags = source_flags();
  flags.insert(flags.end(), {{"--pair", "", "compares two documents instead: GOOD BAD"},
                             {"--seed", "N", "for the choice of examples (1)"},
                             {"--json", "", "one object with everything (see docs/json.md)"}});
  return {
      "contrast",
      "SOURCE... --bad EXPR | --pair GOOD BAD [flags]",
      "what separates bad from good, whenever it was; or two documents",
      "Of SOURCE, the units for which --bad holds against the others, or against those of --good.\n"
      "--pair compares two JSON, YAML, TOML or INI files, environments, HTTP exchanges (also as\n"
      "curl -v shows them) or traces of OTLP or Jaeger. Exit 0: they differ; 1: nothing tells "
      "them\n"
      "apart.\n\n"
      "  culprit contrast logs/ --bad 'duration_ms > 2s'\n"
      "  culprit contrast logs/ --bad 'version = v2' --good 'version = v1'\n"
      "  culprit contrast --pair staging.env production.env",
      std::move(flags),
      run};
}

}  // namespace culprit
