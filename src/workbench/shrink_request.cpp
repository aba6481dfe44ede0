#include "workbench/shrink_request.h"

#include <algorithm>
#include <set>

namespace culprit {
namespace {

constexpr std::string_view place = "{}";

bool is_nothing(const std::string& path) { return path == "empty" || path == "/dev/null"; }

std::string file_of(const std::string& path) {
  const std::string file = path.substr(path.rfind('/') + 1);
  return file.empty() || file == "-" ? "input" : file;
}

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == path.npos ? "" : path.substr(0, slash + 1);
}

std::string replaced(std::string word, const std::string& path) {
  for (std::size_t at = word.find(place); at != word.npos; at = word.find(place, at)) {
    word.replace(at, place.size(), path);
    at += path.size();
  }
  return word;
}

bool has_place(const std::vector<std::string>& command) {
  return std::any_of(command.begin(), command.end(),
                     [](const std::string& word) { return word.find(place) != word.npos; });
}

// Checksums of both: a version of GOOD beside one of BAD needs its own.
Result<std::string> go_sum_of(World& world, const ShrinkRequest& request) {
  std::set<std::string> lines;
  for (const std::string& mod : {request.from, request.to}) {
    const std::string path = folder_of(mod) + "go.sum";
    if (is_nothing(mod) || !world.info(path)) continue;
    const std::string text = TRY(world.read(path, differences_bytes_max));
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = std::min(text.find('\n', at), text.size());
      lines.insert(text.substr(at, end - at));
      at = end + 1;
    }
  }
  std::string sum;
  for (const std::string& line : lines) sum += line + "\n";
  return sum;
}

// A set of differences, put before the command.
class Placing {
 public:
  Placing(World& world, const ShrinkRequest& request, const Differences& differences)
      : world_(world),
        request_(request),
        differences_(differences),
        named_(has_place(request.command)) {}

  Status prepare();
  Result<Trial> run(const Subset& applied, const TrialSetup& setup, const TrialWatch& watch) const;

 private:
  void set_variables(const std::string& text, TrialSetup& setup) const;
  void set_flags(const std::string& text, TrialSetup& setup) const;

  World& world_;
  const ShrinkRequest& request_;
  const Differences& differences_;
  bool named_;
  std::set<std::string> variables_;  // of both ends
  std::string go_sum_;
};

Status Placing::prepare() {
  const std::size_t count = differences_.names.size();
  if (differences_.kind == DifferenceKind::go_mod) go_sum_ = TRY(go_sum_of(world_, request_));
  if (differences_.kind != DifferenceKind::environment) return ok();
  for (const std::string& text : {differences_.text_with(Subset(count, false)),
                                  differences_.text_with(Subset(count, true))}) {
    for (const auto& [name, value] : variables_in(text)) variables_.insert(name);
  }
  return ok();
}

void Placing::set_variables(const std::string& text, TrialSetup& setup) const {
  setup.unset = variables_;
  for (const auto& [name, value] : variables_in(text)) {
    setup.unset.erase(name);
    setup.environment[name] = value;
  }
}

void Placing::set_flags(const std::string& text, TrialSetup& setup) const {
  const std::vector<std::string> words = flag_words(text);
  std::vector<std::string>& command = setup.command;
  if (!named_) command.emplace_back(place);
  auto at = std::find(command.begin(), command.end(), place);
  while (at != command.end()) {
    at = command.erase(at);
    at = command.insert(at, words.begin(), words.end());
    at = std::find(at + static_cast<std::ptrdiff_t>(words.size()), command.end(), place);
  }
}

Result<Trial> Placing::run(const Subset& applied, const TrialSetup& setup,
                           const TrialWatch& watch) const {
  TrialSetup own = setup;
  const std::string text = differences_.text_with(applied);
  const std::string folder = setup.environment.at("TMPDIR");
  const std::string path = fmt::format("{}/{}", folder, file_of(request_.to));
  TRY(world_.write(path, text));
  if (!go_sum_.empty()) TRY(world_.write(folder + "/go.sum", go_sum_));
  if (differences_.kind == DifferenceKind::flags) set_flags(text, own);
  if (differences_.kind == DifferenceKind::environment && !named_) set_variables(text, own);
  for (std::string& word : own.command) word = replaced(word, path);
  own.environment["CULPRIT_INPUT"] = path;
  return run_trial(own, watch);
}

Result<std::string> text_at(World& world, const std::string& path) {
  if (is_nothing(path)) return std::string();
  return world.read(path, differences_bytes_max);
}

Result<std::optional<Expr>> signature_of(const std::string& text) {
  if (text.empty()) return std::optional<Expr>();
  Expr signature = TRY(parse_expr(text));
  return std::optional<Expr>(std::move(signature));
}

}  // namespace

Result<ShrinkDone> run_shrink(World& world, const ShrinkRequest& request) {
  const std::string good = TRY(text_at(world, request.from));
  const std::string bad = TRY(text_at(world, request.to));
  ShrinkDone done;
  done.kind = request.kind.value_or(kind_of(good, bad, request.to));
  const Differences differences = TRY(
      differences_of(good, bad, done.kind).during("comparing {} and {}", request.from, request.to));
  done.differences = differences.names.size();
  Placing placing(world, request, differences);
  TRY(placing.prepare());
  ShrinkOptions options;
  options.count = differences.names.size();
  options.run = [&](const Subset& applied, const TrialSetup& setup, const TrialWatch& watch) {
    return placing.run(applied, setup, watch);
  };
  options.setup.command = request.command;
  options.setup.timeout = request.timeout;
  options.signature = TRY(signature_of(request.signature));
  options.search = request.search;
  options.trials_max = request.trials_max;
  options.workers = request.workers;
  options.progress = request.progress;
  done.made = TRY(shrink(world, options));
  const bool failed = request.search.rates || done.made.bad_counts.bad > 0;
  if (done.made.verdict == Shrunk::Verdict::no_difference || !failed) return done;
  for (const std::size_t one : members_of(done.made.kept)) {
    done.kept.push_back(differences.names[one]);
  }
  if (request.out.empty()) return done;
  // What cannot be written costs the file, not the answer.
  const Status written = world.write(request.out, differences.text_with(done.made.kept));
  if (written) done.out = request.out;
  if (!written) done.unwritten = written.error().what;
  return done;
}

}  // namespace culprit
