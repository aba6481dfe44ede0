#include "workbench/repro_request.h"

#include <algorithm>
#include <set>

#include "experiment/conditioned_trials.h"
#include "experiment/constraint.h"
#include "experiment/event_file.h"
#include "experiment/levels.h"
#include "repo/git_program.h"
#include "workbench/repro_prior.h"
#include "workbench/repro_spec.h"

namespace culprit {
namespace {

constexpr std::size_t file_bytes_max = std::size_t{64} << 20;
constexpr std::string_view ours = "culprit repro";  // stands in each file that is written

std::string inside(const std::string& folder, std::string_view name) {
  return folder == "." ? std::string(name) : fmt::format("{}/{}", folder, name);
}

// One Factor of the search for each of --vary, or one for each value where values have no order.
class Varied {
 public:
  Status add(World& world, const std::string& text, const ReproRequest& request,
             ReproOptions& options);

  std::vector<std::string> left_out;
  // Names of factors as the user knows them: of "tz=Asia/Kolkata" it is "tz".
  std::map<std::string, std::string> names;

 private:
  void add_amounts(const Factor& factor, ReproOptions& options);
  Status add_values(const Factor& factor, ReproOptions& options);

  std::size_t groups_ = 0;
};

Status Varied::add(World& world, const std::string& text, const ReproRequest& request,
                   ReproOptions& options) {
  const Factor factor = TRY(read_factor(text));
  const Status available = factor.available(options.setup, world);
  const bool usage = !available && available.error().fault == Fault::usage;
  if (!available && (usage || request.impossible == ReproRequest::Impossible::refused)) {
    Error made = available.error();
    if (!usage)
      made.advice += made.advice.empty() ? "--skip-impossible leaves it out"
                                         : "; --skip-impossible leaves it out";
    return made;
  }
  if (!available) {
    left_out.push_back(fmt::format("{}: {}", factor.name(), available.error().what));
    return ok();
  }
  static const std::set<std::string_view> without_order = {"tz", "clock", "env", "locale"};
  if (without_order.contains(factor.constraint->name)) return add_values(factor, options);
  add_amounts(factor, options);
  return ok();
}

void Varied::add_amounts(const Factor& factor, ReproOptions& options) {
  names[factor.name()] = factor.name();
  ReproFactor made;
  made.factor = {factor.name(), factor.levels, 0};
  made.apply = [factor](std::size_t level, TrialSetup& setup) {
    return factor.apply(factor.levels[level], setup);
  };
  options.factors.push_back(std::move(made));
}

// The first value holds where none of the others does.
Status Varied::add_values(const Factor& factor, ReproOptions& options) {
  TRY(factor.apply(factor.levels[0], options.setup));
  ++groups_;
  for (std::size_t i = 1; i < factor.levels.size(); ++i) {
    const std::string& value = factor.levels[i];
    const std::string name = fmt::format("{}={}", factor.name(), value);
    names[name] = factor.name();
    ReproFactor made;
    made.factor = {name, {factor.levels[0], value}, groups_};
    made.apply = [factor, value](std::size_t level, TrialSetup& setup) {
      return level == 0 ? ok() : factor.apply(value, setup);
    };
    options.factors.push_back(std::move(made));
  }
  return ok();
}

Result<std::vector<ProxyPlan>> plans_of(const std::vector<std::string>& upstreams) {
  std::vector<ProxyPlan> plans;
  for (const std::string& text : upstreams) {
    ProxyPlan plan = TRY(parse_upstream(text));
    plans.push_back(std::move(plan));
  }
  return plans;
}

Result<std::optional<Expr>> signature_of(const std::string& text) {
  if (text.empty()) return std::optional<Expr>();
  Expr signature = TRY(parse_expr(text));
  TRY(check_signature(signature));
  return std::optional<Expr>(std::move(signature));
}

// Somebody else's file of that name stays as it is.
Status check_is_ours(World& world, const std::string& path) {
  if (!world.info(path)) return ok();
  const std::string text = TRY(world.read(path, file_bytes_max));
  if (text.empty() || text.find(ours) != text.npos) return ok();
  Error made = error(Fault::usage, "{} was not written by culprit and stays as it is", path);
  made.advice = "--out FOLDER writes elsewhere";
  return made;
}

constexpr std::string_view journal_head = "# culprit repro: one trial a line\n";

Result<std::string> history_of(World& world, const ReproRequest& request, const std::string& path) {
  if (request.begin == ReproRequest::Begin::anew) return std::string();
  Result<std::string> text = world.read(path, file_bytes_max);
  if (!text) {
    Error made = text.error();
    made.advice = "--resume goes on with a search that was begun here";
    return made;
  }
  return text->substr(std::min(text->size(), journal_head.size()));
}

std::vector<std::string> toxic_lines(const TrialSetup& setup) {
  std::vector<std::string> lines;
  for (const auto& [upstream, toxics] : setup.toxics) {
    for (const std::string& toxic : toxics) lines.push_back(fmt::format("{}: {}", upstream, toxic));
  }
  return lines;
}

// Of the code under test: where it is exactly that of a commit, bisect can take the rate for it.
std::string commit_here(World& world) {
  const GitProgram git = GitProgram::of_world(world);
  const Result<Ran> changed =
      git.ran({"status", "--porcelain", "--untracked-files=no"}, world.working_directory());
  if (!changed || changed->exit_code != 0 || !changed->out.empty()) return "";
  const Result<Ran> head = git.ran({"rev-parse", "--verify", "HEAD"}, world.working_directory());
  if (!head || head->exit_code != 0) return "";
  return head->out.substr(0, head->out.find('\n'));
}

Result<ReproRecord> complete_record(World& world, const ReproRequest& request,
                                    const ReproOptions& options, const Varied& varied,
                                    const Reproduction& made) {
  ReproRecord record = TRY(record_of(options, made));
  record.toxics = toxic_lines(record.setup);
  record.upstreams = request.upstreams;
  for (ReproCondition& one : record.conditions) {
    const auto known = varied.names.find(one.factor);
    if (known != varied.names.end()) one.factor = known->second;
  }
  const std::string& clock = record.setup.clock;
  if (clock.starts_with('+') || clock.starts_with('-')) record.faketime = clock;
  record.versions["culprit"] = request.version;
  record.program = request.program;
  record.commit = commit_here(world);
  return record;
}

constexpr double matters_least = 0.5;

// Each once, in the order of --vary.
std::vector<std::string> needless_of(const Varied& varied, const Reproduction& made,
                                     const ReproRecord& record) {
  std::vector<std::string> names;
  for (const Reproduction::Belief& belief : made.beliefs) {
    const auto known = varied.names.find(belief.factor);
    const std::string& name = known == varied.names.end() ? belief.factor : known->second;
    const bool needed = belief.matters >= matters_least ||
                        std::any_of(record.conditions.begin(), record.conditions.end(),
                                    [&](const ReproCondition& one) { return one.factor == name; });
    if (!needed && std::find(names.begin(), names.end(), name) == names.end()) {
      names.push_back(name);
    }
  }
  return names;
}

Result<std::string> write_files(World& world, const ReproRequest& request,
                                const ReproRecord& record) {
  const std::string toml = inside(request.folder, "repro.toml");
  const std::string script = inside(request.folder, "repro.sh");
  TRY(world.write(toml, "# Written by culprit repro.\n" + repro_toml(record)));
  TRY(world.write(script, repro_sh(record)));
  TRY(world.run({"chmod", "755", script}, ""));
  return script;
}

// What nothing answers says nothing about a failure: exit 5 of `load` is 125.
std::vector<std::string> load_command_of(const ReproRequest& request) {
  const std::string program = request.program.empty() ? "culprit" : request.program;
  std::string connections;
  for (const std::string& text : request.vary) {
    if (text.starts_with("concurrency")) connections = " --connections {concurrency}";
  }
  return {
      "/bin/sh", "-c",
      fmt::format("{} load --spec {}{} {{burst}}; code=$?; [ $code -eq 5 ] && exit 125; exit $code",
                  shell_word(program), shell_word(request.load), connections)};
}

}  // namespace

Result<Reproduced> run_repro(World& world, const ReproRequest& request) {
  const std::string journal_path = inside(request.folder, "repro.journal");
  ReproOptions options;
  options.setup.command = request.load.empty() ? request.command : load_command_of(request);
  options.setup.environment = request.environment;
  options.setup.timeout = request.timeout;
  const std::vector<ProxyPlan> plans = TRY(plans_of(request.upstreams));
  for (const ProxyPlan& plan : plans) options.setup.toxics[plan.name];
  Varied varied;
  std::vector<std::string> vary = request.vary;
  std::vector<std::string> names;
  for (const ProxyPlan& plan : plans) names.push_back(plan.name);
  const std::vector<std::string> proposed = TRY(factors_of_prior(world, request.prior, names));
  vary.insert(vary.end(), proposed.begin(), proposed.end());
  for (const std::string& text : vary) TRY(varied.add(world, text, request, options));
  options.signature = TRY(signature_of(request.signature));
  for (const char* name : {"repro.toml", "repro.sh", "repro.journal"}) {
    TRY(check_is_ours(world, inside(request.folder, name)));
  }
  options.rate_at_least = request.rate_at_least;
  options.confidence = request.confidence;
  options.trials_max = request.trials_max;
  options.time_max = request.time_max;
  options.workers = request.workers;
  options.seed = request.seed;
  options.progress = request.progress;
  options.history = TRY(history_of(world, request, journal_path));
  const bool anew = options.history.empty();
  EventFile journal =
      TRY(EventFile::open(journal_path, anew ? EventFile::Begin::empty : EventFile::Begin::behind));
  if (anew) journal.append(journal_head);
  // A full disk costs the resumption, not the result.
  options.journal = [&](std::string_view line) { journal.append(line); };
  ConditionedTrials trials(world, plans, request.seed);
  options.run = [&](const TrialSetup& setup, const TrialWatch& watch) {
    return trials.run(setup, watch);
  };
  Reproduced done;
  done.made = TRY(reproduce(world, options));
  done.record = TRY(complete_record(world, request, options, varied, done.made));
  done.needless = needless_of(varied, done.made, done.record);
  done.left_out = std::move(varied.left_out);
  if (done.made.verdict == Reproduction::Verdict::reproduced) {
    const Result<std::string> script = write_files(world, request, done.record);
    if (script) done.script = *script;
    if (!script) done.unwritten = script.error().what;
  }
  return done;
}

Status read_repro_spec(World& world, const std::string& path, ReproRequest& request) {
  const std::string text = TRY(world.read(path, file_bytes_max));
  const ReproRecord record = TRY(read_repro_toml(text, path));
  if (request.command.empty()) request.command = record.setup.command;
  if (request.upstreams.empty()) request.upstreams = record.upstreams;
  if (request.signature.empty()) request.signature = record.signature;
  if (request.timeout == Duration::zero()) request.timeout = record.setup.timeout;
  request.vary.insert(request.vary.end(), record.vary.begin(), record.vary.end());
  for (const auto& [name, value] : record.setup.environment) request.environment[name] = value;
  TrialSetup varied;  // what the conditions themselves set is not there when they are off
  for (const ReproCondition& one : record.conditions) {
    request.vary.push_back(fmt::format("{}=off,{}", one.factor, one.level));
    const Factor factor = TRY(read_factor(request.vary.back()));
    TRY(factor.apply(one.level, varied));
  }
  for (const auto& [name, value] : varied.environment) request.environment.erase(name);
  return ok();
}

Result<OnceDone> run_repro_once(World& world, const std::string& toml) {
  const std::string text = TRY(world.read(toml, file_bytes_max));
  ReproRecord record = TRY(read_repro_toml(text, toml));
  const std::vector<ProxyPlan> plans = TRY(plans_of(record.upstreams));
  for (const ProxyPlan& plan : plans) record.setup.toxics[plan.name];
  for (const ReproCondition& one : record.conditions) {
    const Factor factor = TRY(read_factor(fmt::format("{}=off,{}", one.factor, one.level)));
    TRY(factor.available(record.setup, world));
    TRY(factor.apply(one.level, record.setup));
  }
  const std::optional<Expr> signature = TRY(signature_of(record.signature));
  ConditionedTrials trials(world, plans, world.random_seed());
  OnceDone done;
  record.setup.output_bytes_max = output_bytes_for(signature);
  done.trial = TRY(trials.run(record.setup, {}));
  done.judgement = judge(done.trial, signature);
  shorten_output(done.trial);
  return done;
}

}  // namespace culprit
