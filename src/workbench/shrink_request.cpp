#include "workbench/shrink_request.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include <fmt/ranges.h>

#include "case/mask.h"
#include "workbench/shrink_rounds.h"

namespace culprit {
namespace {

constexpr std::string_view place = "{}";
// Of one NAME=value with the byte that ends it: MAX_ARG_STRLEN of Linux, 32 pages.
constexpr std::size_t variable_bytes_max = 131'072;

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

// What the kernel would refuse with "argument list too long", whatever the command.
Status check_size(const std::string& name, const std::string& value, const std::string& file) {
  const std::size_t size = name.size() + value.size() + 2;
  if (size <= variable_bytes_max) return ok();
  Error made = error(Fault::usage, "{} of {} is too long for an environment: {} bytes, at most {}",
                     name, file, size, variable_bytes_max);
  made.advice = "put {} into the command: it stands for the file, and no variable is set";
  return made;
}

// Who may do what with the candidate: its owner what BAD's may, and read and write; nobody else.
std::filesystem::perms mode_of(const std::string& bad) {
  using std::filesystem::perms;
  std::error_code failed;
  const perms mode = std::filesystem::status(bad, failed).permissions();
  const perms base = perms::owner_read | perms::owner_write;
  return failed ? base : (mode & perms::owner_all) | base;
}

// A set of differences, put before the command.
class Placing {
 public:
  Placing(World& world, const ShrinkRequest& request, const Differences& differences)
      : world_(world),
        request_(request),
        differences_(differences),
        named_(has_place(request.command)) {}

  Status prepare(std::string_view bad);
  Result<Trial> run(const Subset& applied, const TrialSetup& setup, const TrialWatch& watch) const;

 private:
  void set_variables(const std::string& text, TrialSetup& setup) const;
  std::vector<std::string> words(const std::vector<std::string>& command, const std::string& text,
                                 const std::string& path) const;

  World& world_;
  const ShrinkRequest& request_;
  const Differences& differences_;
  bool named_;
  std::string nothing_;  // in BAD's notation, where GOOD is nothing at all: a parser reads it
  std::filesystem::perms mode_ = std::filesystem::perms::none;
  std::set<std::string> variables_;  // of both ends
  std::string go_sum_;
};

Status Placing::prepare(std::string_view bad_text) {
  const std::size_t count = differences_.names.size();
  if (is_nothing(request_.from)) nothing_ = nothing_like(bad_text, differences_.kind);
  mode_ = mode_of(request_.to);
  if (differences_.kind == DifferenceKind::go_mod) go_sum_ = TRY(go_sum_of(world_, request_));
  if (differences_.kind != DifferenceKind::environment) return ok();
  for (const bool bad : {false, true}) {
    for (const auto& [name, value] : variables_in(differences_.text_with(Subset(count, bad)))) {
      if (!named_) TRY(check_size(name, value, bad ? request_.to : request_.from));
      variables_.insert(name);
    }
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

// The command's own words are filled in; flags are taken as they are written.
std::vector<std::string> Placing::words(const std::vector<std::string>& command,
                                        const std::string& text, const std::string& path) const {
  const bool flags = differences_.kind == DifferenceKind::flags;
  const std::vector<std::string> inserted = flags ? flag_words(text) : std::vector<std::string>();
  std::vector<std::string> made;
  for (const std::string& word : command) {
    if (flags && word == place) {
      made.insert(made.end(), inserted.begin(), inserted.end());
    } else {
      made.push_back(replaced(word, path));
    }
  }
  if (!named_) made.insert(made.end(), inserted.begin(), inserted.end());
  return made;
}

Result<Trial> Placing::run(const Subset& applied, const TrialSetup& setup,
                           const TrialWatch& watch) const {
  TrialSetup own = setup;
  const bool nothing = !nothing_.empty() && size_of(applied) == 0;
  const std::string text = nothing ? nothing_ : differences_.text_with(applied);
  const std::string folder = setup.environment.at("TMPDIR");
  const std::string path = fmt::format("{}/{}", folder, file_of(request_.to));
  TRY(world_.write(path, text));
  std::error_code failed;  // a file system without modes has none to keep
  std::filesystem::permissions(path, mode_, failed);
  if (!go_sum_.empty()) TRY(world_.write(folder + "/go.sum", go_sum_));
  own.command = words(setup.command, text, path);
  if (differences_.kind == DifferenceKind::environment && !named_) set_variables(text, own);
  own.environment["CULPRIT_INPUT"] = path;
  return run_trial(own, watch);
}

Result<std::string> text_at(World& world, const std::string& path) {
  if (is_nothing(path)) return std::string();
  return world.read(path, differences_bytes_max);
}

// The report is written there. A terminal or /dev/null may take both.
bool is_report(World& world, const std::string& path) {
  const Result<FileInfo> out = world.info(path);
  const Result<FileInfo> report = world.info("/dev/stdout");
  return path == "-" || (out && report && out->identity == report->identity &&
                         report->type != FileInfo::Type::other);
}

// By any of its names: what is to be compared must not be written over.
Status check_out(World& world, const ShrinkRequest& request) {
  if (request.out.empty()) return ok();
  if (is_report(world, request.out)) {
    Error made =
        error(Fault::usage, "--out {} is standard output, which takes the report", request.out);
    made.advice = "--out small.txt writes a file of its own";
    return made;
  }
  const Result<FileInfo> out = world.info(request.out);
  for (const std::string& input : {request.from, request.to}) {
    const Result<FileInfo> info = world.info(input);
    if (!out || !info || out->identity != info->identity || is_nothing(input)) continue;
    Error made = error(Fault::usage, "--out {} would write over {}", request.out, input);
    made.advice = "give --out a name of its own";
    return made;
  }
  return ok();
}

// A new one has BAD's mode before there is anything in it: it may hold a secret of BAD's.
Status write_out(World& world, const ShrinkRequest& request, const std::string& text) {
  namespace fs = std::filesystem;
  std::error_code failed;
  const fs::file_status bad = fs::status(request.to, failed);
  const bool fresh = !fs::exists(request.out, failed) && fs::is_regular_file(bad);
  if (fresh) {
    TRY(world.write(request.out, ""));
    fs::permissions(request.out, bad.permissions(), failed);
  }
  const Status written = world.write(request.out, text);
  if (!written && fresh) fs::remove(request.out, failed);
  return written;
}

Result<std::optional<Expr>> signature_of(const std::string& text) {
  if (text.empty()) return std::optional<Expr>();
  Expr signature = TRY(parse_expr(text));
  return std::optional<Expr>(std::move(signature));
}

// Up to and with its first part that names a secret; empty: none does.
std::string_view secret_in(std::string_view subject) {
  for (std::size_t at = 0; at < subject.size();) {
    const std::size_t end = std::min(subject.find_first_of(".[]\" ", at), subject.size());
    if (names_secret(subject.substr(at, end - at))) return subject.substr(0, end);
    at = end + 1;
  }
  return {};
}

std::string without_values(const std::string& name, std::string_view subject) {
  for (const char* what : {"added ", "removed "}) {
    if (name.starts_with(what)) return fmt::format("{}{}: ***", what, subject);
  }
  return fmt::format("{}: ***{}", subject, name.find(" -> ") == name.npos ? "" : " -> ***");
}

// Those of what names a secret, in all that the text sets.
void add_secrets(const std::string& text, DifferenceKind kind, std::set<std::string>& words) {
  constexpr std::size_t least = 3;  // shorter ones are everywhere
  const auto add = [&](std::string_view value) {
    while (!value.empty()) {
      const std::size_t end = std::min(value.find_first_of(" \t\r\n=:,;\"'()[]{}"), value.size());
      if (end >= least) words.emplace(value.substr(0, end));
      value.remove_prefix(std::min(end + 1, value.size()));
    }
  };
  if (kind == DifferenceKind::environment) {
    for (const auto& [name, value] : variables_in(text)) {
      if (names_secret(name)) add(value);
    }
  }
  if (kind == DifferenceKind::lines) return;  // they have no names
  const Result<Differences> all = differences_of("", text, kind);
  if (!all) return;
  for (std::size_t i = 0; i < all->names.size(); ++i) {
    const std::string_view subject = secret_in(all->subjects[i]);
    if (subject.empty()) continue;
    const std::string_view part = subject.substr(subject.find_last_of(".[]\" ") + 1);
    std::string_view name = all->names[i];
    if (name.ends_with("...")) name.remove_suffix(3);  // it was cut
    add(name.substr(std::min(name.find(part), name.size() - part.size()) + part.size()));
  }
}

// What of the files is taken otherwise than one may think.
std::vector<std::string> notes_of(const ShrinkRequest& request, const Differences& differences,
                                  const std::string& texts) {
  std::vector<std::string> notes;
  if (!differences.note.empty()) {
    notes.push_back(fmt::format("{} is {}", request.to, differences.note));
  }
  const bool sets = differences.kind == DifferenceKind::environment && !has_place(request.command);
  const std::vector<std::string> names =
      sets ? referring_variables(texts) : std::vector<std::string>();
  if (!names.empty()) {
    notes.push_back(
        fmt::format("values are set as they are written: a $ in that of {} stands for itself",
                    fmt::join(names, ", ")));
  }
  return notes;
}

// A command may not be found because of it.
Error explained(Error made, const std::vector<std::string>& notes) {
  if (made.fault == Fault::usage && !notes.empty()) made.advice = notes.back();
  return made;
}

}  // namespace

// And what goes on with one: the name that it was read from may have been cut.
std::string without_words(const std::string& text, const std::vector<std::string>& words) {
  std::string made;
  for (std::size_t at = 0; at < text.size();) {
    const auto found = std::find_if(words.begin(), words.end(), [&](const std::string& word) {
      return text.compare(at, word.size(), word) == 0;
    });
    if (found == words.end()) {
      made += text[at++];
      continue;
    }
    at = std::min(text.find_first_of(" \t=:,;\"'()[]{}", at + found->size()), text.size());
    made += "***";
  }
  return made;
}

ShrinkDone without_secrets(ShrinkDone done) {
  done.made.failure.said = without_words(done.made.failure.said, done.secrets);
  done.made.bad.said = without_words(done.made.bad.said, done.secrets);
  for (std::size_t i = 0; i < done.kept.size(); ++i) {
    const std::string_view subject = secret_in(done.subjects[i]);
    if (!subject.empty()) done.kept[i] = without_values(done.kept[i], subject);
  }
  return done;
}

Result<ShrinkDone> run_shrink(World& world, const ShrinkRequest& request) {
  TRY(check_out(world, request));
  const std::string good = TRY(text_at(world, request.from));
  const std::string bad = TRY(text_at(world, request.to));
  ShrinkDone done;
  done.kind = request.kind.value_or(kind_of(good, bad, request.to));
  const Differences differences = TRY(
      differences_of(good, bad, done.kind).during("comparing {} and {}", request.from, request.to));
  done.differences = differences.names.size();
  Placing placing(world, request, differences);
  TRY(placing.prepare(bad));
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
  done.notes = notes_of(request, differences, good + "\n" + bad);
  Result<Shrunk> made = shrink_in_rounds(world, options);
  if (!made) return explained(std::move(made).error(), done.notes);
  done.made = std::move(made).value();
  std::set<std::string> secrets;
  for (const std::string& text : {good, bad}) add_secrets(text, done.kind, secrets);
  done.secrets.assign(secrets.begin(), secrets.end());
  const bool failed = done.made.kept_counts.bad + done.made.bad_counts.bad > 0;
  if (done.made.verdict == Shrunk::Verdict::no_difference || !failed) return done;
  for (const std::size_t one : members_of(done.made.kept)) {
    done.kept.push_back(differences.names[one]);
    done.subjects.push_back(differences.subjects[one]);
  }
  if (request.out.empty()) return done;
  // What cannot be written costs the file, not the answer.
  const Status written = write_out(world, request, differences.text_with(done.made.kept));
  if (written) done.out = request.out;
  if (!written) done.unwritten = written.error().what;
  return done;
}

}  // namespace culprit
