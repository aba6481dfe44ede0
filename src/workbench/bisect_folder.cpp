#include "workbench/bisect_folder.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <system_error>

#include "case/folder.h"
#include "case/mask.h"

namespace culprit {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t journal_bytes_max = std::size_t{64} << 20;
constexpr const char* journal_name = "journal";
constexpr const char* old_ending = ".old";
constexpr const char* numbers_name = "numbers";  // how many CULPRIT_RUNs are taken
constexpr std::size_t numbers_bytes_max = 64;

}  // namespace

std::string BisectFolder::id_of(const Identity& identity) {
  std::uint64_t hash = 0xCBF2'9CE4'8422'2325ULL;  // FNV-1a
  const auto take = [&](std::string_view text) {
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
    hash = (hash ^ 0xFFU) * 0x100000001B3ULL;
  };
  for (const auto& [name, value] : identity) {
    take(name);
    take(value);
  }
  return fmt::format("{:012x}", hash >> 16U);
}

namespace {

// As seen from where the user stands, where it lies below.
std::string all_folder(World& world) {
  const std::string here = world.working_directory() + "/";
  const std::string folder = case_folder(world.working_directory()) + "/bisect";
  return folder.starts_with(here) ? folder.substr(here.size()) : folder;
}

Error none_begun() {
  Error made = error(Fault::missing, "no bisection of these commits and this command was begun");
  made.advice = "without --resume a new one begins";
  return made;
}

Status make_folders(World& world, const std::string& path) {
  TRY(make_case_folder(case_folder(world.working_directory())));
  std::error_code failed;
  fs::create_directories(path + "/runs", failed);
  if (!failed) return ok();
  Error made = error(Fault::denied, "cannot make {}: {}", path, failed.message());
  made.advice = "--no-case keeps nothing, and cannot go on after an interrupt";
  return made;
}

// Runs that somebody may want to go on with; what is no journal has none.
std::size_t runs_in(World& world, const std::string& name) {
  const Result<std::string> text = world.read(name, journal_bytes_max);
  const Result<BisectJournal> journal = read_bisect_journal(text ? *text : "");
  if (!journal) return 0;
  const auto run = [](const BisectRow& row) { return !row.told; };
  const auto& rows = journal->rows;
  return static_cast<std::size_t>(std::count_if(rows.begin(), rows.end(), run));
}

// A bisection that has runs is kept, not overwritten, but for one that has more: who forgets
// --resume twice would lose what the first time saved. How many runs the kept one has.
Result<std::size_t> put_aside(World& world, const std::string& path) {
  const std::string name = path + "/" + journal_name;
  const std::size_t runs = runs_in(world, name);
  if (runs == 0) return runs;
  const std::size_t old_runs = runs_in(world, path + old_ending + "/" + journal_name);
  if (old_runs > runs) return old_runs;
  const EventFile held = TRY(EventFile::open(name, EventFile::Begin::behind));
  std::error_code failed;
  fs::remove_all(path + old_ending, failed);
  if (!failed) fs::rename(path, path + old_ending, failed);
  if (!failed) return runs;
  return error(Fault::denied, "cannot put {} aside: {}", path, failed.message());
}

// Of the output of a run, with what it was.
std::string output_text(const BisectRow& row, const CommitTrial& trial) {
  std::string text =
      fmt::format("commit {}\n{}: {}\n{:.3f} s, {:.3f} s before it\n", row.sha,
                  name_of(row.observation), row.reason, row.seconds, row.ready_seconds);
  if (!trial.trial.out.text.empty()) text += "\n--- standard output\n" + trial.trial.out.text;
  if (!trial.trial.error.text.empty()) text += "\n--- standard error\n" + trial.trial.error.text;
  return text;
}

}  // namespace

// Numbers are taken by the hundred, so that a file is written once for many runs. What a kill left
// of them is not used.
std::size_t BisectFolder::next_number(World& world) {
  constexpr std::size_t taken_at_once = 100;
  const std::string name = path_ + "/" + numbers_name;
  if (number_ == numbers_taken_) {
    const Result<std::string> text = world.read(name, numbers_bytes_max);
    std::size_t taken = 0;
    if (text) std::from_chars(text->data(), text->data() + text->size(), taken);
    for (const BisectRow& row : history_) taken = std::max(taken, row.number + 1);
    number_ = std::max(taken, number_);
    numbers_taken_ = number_ + taken_at_once;
    // Where it cannot be written the search goes on all the same, as without a journal.
    (void)world.write(name, std::to_string(numbers_taken_) + "\n");
  }
  return number_++;
}

std::string BisectFolder::old_path() const { return path_ + old_ending; }

std::string BisectFolder::output_path(std::size_t run) const {
  return fmt::format("{}/runs/{:03}.log", path_, run);
}

Result<BisectFolder> BisectFolder::begin(World& world, const Identity& identity,
                                         const Identity& settings) {
  const std::string path = all_folder(world) + "/" + id_of(identity);
  const std::size_t old_runs = TRY(put_aside(world, path));
  TRY(make_folders(world, path));
  EventFile journal = TRY(EventFile::open(path + "/" + journal_name, EventFile::Begin::empty));
  std::error_code ignored;
  fs::remove_all(path + "/runs", ignored);
  fs::remove(path + "/" + numbers_name, ignored);
  TRY(make_folders(world, path));
  Identity head = identity;
  head.insert(settings.begin(), settings.end());
  journal.append(bisect_head_line(head));
  BisectFolder folder(path, std::move(journal));
  folder.old_runs_ = old_runs;
  return folder;
}

Result<BisectFolder> BisectFolder::resume(World& world, const Identity& identity) {
  const std::string path = all_folder(world) + "/" + id_of(identity);
  const std::string name = path + "/" + journal_name;
  if (!world.info(name)) return none_begun();
  EventFile file = TRY(EventFile::open(name, EventFile::Begin::behind));
  const std::string text = TRY(world.read(name, journal_bytes_max));
  BisectJournal journal = TRY(read_bisect_journal(text).during("reading {}", name));
  TRY(make_folders(world, path));
  // A line that a kill cut off: what follows begins on a line of its own.
  std::error_code failed;
  const std::size_t whole = text.rfind('\n') + 1;
  if (whole != text.size()) fs::resize_file(name, whole, failed);
  if (failed) return error(Fault::denied, "cannot write {}: {}", name, failed.message());
  BisectFolder folder(path, std::move(file));
  folder.history_ = std::move(journal.rows);
  for (const BisectRow& row : folder.history_) folder.runs_ += row.told ? 0 : 1;
  return folder;
}

Result<BisectFolder::Identity> BisectFolder::newest(World& world) {
  const std::string all = all_folder(world);
  std::string newest;
  Time latest = no_time;
  const Result<std::vector<std::string>> names = world.list(all);
  if (!names) return none_begun();
  for (const std::string& name : *names) {
    if (name.ends_with(old_ending)) continue;
    const std::string path = fmt::format("{}/{}/{}", all, name, journal_name);
    const Result<FileInfo> info = world.info(path);
    if (!info || info->changed < latest) continue;
    latest = info->changed;
    newest = path;
  }
  if (newest.empty()) return none_begun();
  const std::string text = TRY(world.read(newest, journal_bytes_max));
  BisectJournal journal = TRY(read_bisect_journal(text).during("reading {}", newest));
  return std::move(journal.head);
}

// A full disk costs the resumption, not the result.
void BisectFolder::add(World& world, const BisectRow& row, const CommitTrial& trial) {
  if (!row.told) {
    const Status kept = world.write(output_path(++runs_), masked(output_text(row, trial)));
    static_cast<void>(kept);
  }
  journal_.append(bisect_row_line(row));
}

Result<std::string> BisectFolder::write(World& world, const std::string& name,
                                        const std::string& text) const {
  std::string path = path_ + "/" + name;
  TRY(world.write(path, text));
  return path;
}

}  // namespace culprit
