#include "workbench/try_record.h"

#include <cerrno>
#include <charconv>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <limits>
#include <map>

#include "case/folder.h"
#include "repo/tree_copy.h"
#include "repo/tree_parts.h"

namespace culprit {
namespace {

constexpr std::size_t record_bytes_max = 1 << 20;
constexpr std::string_view phases[] = {"trials", "owing", "ended"};
constexpr std::string_view places[] = {"elsewhere", "in_tree"};
constexpr std::string_view origins[] = {"tree", "command"};

template <typename Kind, std::size_t Count>
std::string_view word_of(Kind kind, const std::string_view (&words)[Count]) {
  return words[static_cast<std::size_t>(kind)];
}

template <typename Kind, std::size_t Count>
Status read_word(const std::string& text, const std::string_view (&words)[Count], Kind& into) {
  const auto found = std::find(std::begin(words), std::end(words), text);
  if (found == std::end(words)) return error(Fault::malformed, "unknown: {}", text);
  into = static_cast<Kind>(found - std::begin(words));
  return ok();
}

std::string text_of(const TryRecord& record) {
  const std::pair<std::string_view, std::string> rows[] = {
      {"hypothesis", record.hypothesis},
      {"prediction", record.prediction},
      {"verdict", record.verdict},
      {"phase", std::string(word_of(record.phase, phases))},
      {"place", std::string(word_of(record.place, places))},
      {"origin", std::string(word_of(record.origin, origins))},
      {"root", record.root},
      {"head", record.head},
      {"temporary", record.temporary}};
  std::string text;
  for (const auto& [name, value] : rows) text += fmt::format("{} {}\n", name, word_of_bytes(value));
  return text;
}

Result<TryRecord> read_record(std::string_view text) {
  std::map<std::string, std::string, std::less<>> rows;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    const std::size_t space = std::min(line.find(' '), line.size());
    const std::string_view value = line.substr(std::min(space + 1, line.size()));
    std::string bytes = TRY(bytes_of_word(value));
    rows[std::string(line.substr(0, space))] = std::move(bytes);
  }
  TryRecord record;
  record.hypothesis = rows["hypothesis"];
  record.prediction = rows["prediction"];
  record.verdict = rows["verdict"];
  record.root = rows["root"];
  record.head = rows["head"];
  record.temporary = rows["temporary"];
  TRY(read_word(rows["phase"], phases, record.phase));
  TRY(read_word(rows["place"], places, record.place));
  TRY(read_word(rows["origin"], origins, record.origin));
  return record;
}

std::size_t number_of(const std::string& name) {
  std::size_t number = 0;
  const auto [end, fault] = std::from_chars(name.data(), name.data() + name.size(), number);
  return fault == std::errc{} && end == name.data() + name.size() ? number : 0;
}

std::vector<std::size_t> numbers_in(World& world, const std::string& folder) {
  std::vector<std::size_t> numbers;
  const auto names = world.list(folder);
  if (!names) return numbers;
  for (const std::string& name : *names) {
    if (number_of(name) > 0) numbers.push_back(number_of(name));
  }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

}  // namespace

struct Tries::Lock {
  int descriptor = -1;
  ~Lock() {
    if (descriptor >= 0) ::close(descriptor);
  }
};

Result<Tries> Tries::open(World& world, const std::string& root) {
  const std::string home = case_folder(root);
  if (Status made = make_case_folder(home); !made) {
    Error why = made.error();
    why.advice =
        "both states of a change are kept there, with a case or without: make it a folder that can "
        "be "
        "written";
    return why;
  }
  const std::string folder = home + "/tries";
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
    return path_error("cannot make", folder, errno);
  auto lock = std::make_shared<Lock>();
  const std::string path = folder + "/lock";
  lock->descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock->descriptor < 0) return path_error("cannot write", path, errno);
  // One that children do not inherit: it is free as soon as this process is gone.
  struct flock whole {};
  whole.l_type = F_WRLCK;
  if (::fcntl(lock->descriptor, F_SETLK, &whole) != 0) {
    Error made = error(Fault::usage, "another culprit is trying something in {}", root);
    made.advice = "one change at a time: wait for it, or end it with Ctrl-C";
    return made;
  }
  return Tries(world, folder, std::move(lock));
}

Result<std::vector<TryRecord>> Tries::all() const {
  std::vector<TryRecord> records;
  for (const std::size_t number : numbers_in(*world_, folder_)) {
    const std::string folder = fmt::format("{}/{}", folder_, number);
    const std::string path = folder + "/record";
    if (!world_->info(path)) {
      remove_tree(folder);
      continue;
    }
    const std::string text = TRY(world_->read(path, record_bytes_max));
    TryRecord record = TRY(read_record(text).during("reading {}", path));
    record.id = std::to_string(number);
    records.push_back(std::move(record));
  }
  return records;
}

bool Tries::has_made(const TryRecord& record) const {
  struct stat here {};
  struct stat there {};
  const std::string then = case_folder(record.root) + "/tries/" + record.id;
  if (::stat(then.c_str(), &there) != 0) return true;  // it was moved since
  return ::stat(folder_of(record).c_str(), &here) == 0 && here.st_ino == there.st_ino &&
         here.st_dev == there.st_dev;
}

Result<TryRecord> Tries::begin(TryRecord record) const {
  const std::vector<std::size_t> taken = numbers_in(*world_, folder_);
  record.id = std::to_string(taken.empty() ? 1 : taken.back() + 1);
  if (::mkdir(folder_of(record).c_str(), 0700) != 0)
    return path_error("cannot make", folder_of(record), errno);
  TRY(write(record));
  return record;
}

std::uint64_t Tries::bytes() const {
  TreeLimits limits;
  limits.bytes_max = std::numeric_limits<std::uint64_t>::max();
  const auto listing = list_tree(folder_, limits);
  return listing ? listing->bytes : 0;
}

void Tries::give_to_owner(const std::string& root) const {
  if (::geteuid() != 0) return;
  const std::string home = folder_.substr(0, folder_.rfind('/'));
  const auto listing = list_tree(home, TreeLimits{});
  if (!listing) return;
  give_owner_of(root, home);
  for (const auto& [path, node] : listing->nodes) give_owner_of(root, home + "/" + path);
}

Status Tries::write(const TryRecord& record) const {
  return world_->write(folder_of(record) + "/record", text_of(record));
}

}  // namespace culprit
