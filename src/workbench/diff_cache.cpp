#include "workbench/diff_cache.h"

#include <zstd.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <utility>

#include "case/folder.h"

namespace culprit {
namespace {

constexpr std::string_view heading = "culprit diffs 2\n";
constexpr std::size_t bytes_max = 256 << 20;
constexpr std::size_t block_bytes_max = 64 << 20;  // unpacked: 512 commits of 64 KiB are half
constexpr std::size_t commits_per_block = 512;
constexpr std::size_t sha_letters = 40;
constexpr int level = 1;  // packs 400 MB/s; level 3 saves another tenth

void put(std::string& bytes, std::uint32_t number) {
  bytes.append(reinterpret_cast<const char*>(&number), sizeof number);
}

void put(std::string& bytes, std::string_view text) {
  put(bytes, static_cast<std::uint32_t>(text.size()));
  bytes += text;
}

// Reads what put() wrote; after the end everything is zero or empty, and ok() false.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}
  std::uint32_t number() {
    std::uint32_t value = 0;
    if (bytes_.size() < sizeof value) {
      fail();
      return 0;
    }
    std::memcpy(&value, bytes_.data(), sizeof value);
    bytes_.remove_prefix(sizeof value);
    return value;
  }
  std::string text() { return std::string(take(number())); }
  std::string_view take(std::size_t size) {
    if (size > bytes_.size()) {
      fail();
      return {};
    }
    const std::string_view taken = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return taken;
  }
  bool ok() const { return ok_; }
  bool at_end() const { return bytes_.empty(); }
  std::size_t left() const { return bytes_.size(); }

 private:
  void fail() { ok_ = false, bytes_ = {}; }
  std::string_view bytes_;
  bool ok_ = true;
};

void put_files(std::string& bytes, const std::vector<FileDiff>& files) {
  put(bytes, static_cast<std::uint32_t>(files.size()));
  for (const FileDiff& file : files) {
    for (const std::string* text :
         {&file.path, &file.added, &file.removed, &file.context, &file.nearby, &file.fresh}) {
      put(bytes, *text);
    }
    put(bytes, static_cast<std::uint32_t>(file.fate));
  }
}

std::vector<FileDiff> read_files(Reader& reader) {
  constexpr std::uint32_t files_max = 100'000;
  std::vector<FileDiff> files;
  const std::uint32_t count = std::min(reader.number(), files_max);
  for (std::uint32_t i = 0; i < count && reader.ok(); ++i) {
    FileDiff file;
    for (std::string* text :
         {&file.path, &file.added, &file.removed, &file.context, &file.nearby, &file.fresh}) {
      *text = reader.text();
    }
    file.fate = static_cast<FileFate>(std::min<std::uint32_t>(reader.number(), 2));
    files.push_back(std::move(file));
  }
  return files;
}

// One block: how many commits, its sizes, their shas, their files packed together.
std::string packed_block(std::span<const CommitText* const> texts) {
  std::string plain;
  std::string block;
  for (const CommitText* text : texts) put_files(plain, text->files);
  std::string packed(ZSTD_compressBound(plain.size()), '\0');
  const std::size_t size =
      ZSTD_compress(packed.data(), packed.size(), plain.data(), plain.size(), level);
  if (ZSTD_isError(size) != 0 || plain.size() > block_bytes_max) return {};
  put(block, static_cast<std::uint32_t>(texts.size()));
  put(block, static_cast<std::uint32_t>(plain.size()));
  put(block, static_cast<std::uint32_t>(size));
  for (const CommitText* text : texts) block += text->sha;
  block.append(packed, 0, size);
  return block;
}

template <typename Work>
void in_threads(unsigned threads, std::size_t count, const Work& work) {
  std::atomic<std::size_t> next{0};
  const auto run = [&] {
    for (std::size_t i = next++; i < count; i = next++) work(i);
  };
  std::vector<std::thread> others;
  for (unsigned i = 1; i < std::min<std::size_t>(threads, count); ++i) others.emplace_back(run);
  run();
  for (std::thread& other : others) other.join();
}

}  // namespace

DiffCache::DiffCache(World& world, std::string folder) : world_(world), folder_(std::move(folder)) {
  if (folder_.empty()) return;
  Result<std::string> read = world_.read(path(), bytes_max);
  if (read) bytes_ = std::move(read).value();
  find_blocks();
}

void DiffCache::find_blocks() {
  if (bytes_.compare(0, heading.size(), heading) != 0) {
    bytes_ = heading;
    return;
  }
  Reader reader(std::string_view(bytes_).substr(heading.size()));
  std::size_t end = heading.size();
  while (!reader.at_end()) {
    Block block;
    block.commits = reader.number();
    block.plain = reader.number();
    block.packed = reader.number();
    block.begin = bytes_.size() - reader.left();
    reader.take(block.commits * sha_letters);
    reader.take(block.packed);
    if (!reader.ok() || block.plain > block_bytes_max) break;
    blocks_.push_back(block);
    end = bytes_.size() - reader.left();
  }
  bytes_.resize(end);
}

std::vector<std::vector<FileDiff>> DiffCache::read(const Block& block) const {
  std::string plain(block.plain, '\0');
  const std::size_t size =
      ZSTD_decompress(plain.data(), plain.size(),
                      bytes_.data() + block.begin + block.commits * sha_letters, block.packed);
  std::vector<std::vector<FileDiff>> files;
  if (ZSTD_isError(size) != 0 || size != plain.size()) return files;
  Reader reader(plain);
  for (std::size_t i = 0; i < block.commits; ++i) files.push_back(read_files(reader));
  if (!reader.ok()) files.clear();
  return files;
}

std::vector<char> DiffCache::fill(std::span<CommitText> texts, unsigned threads) const {
  std::vector<char> known(texts.size(), 0);
  if (blocks_.empty()) return known;
  std::unordered_map<std::string_view, std::size_t> wanted;
  for (std::size_t i = 0; i < texts.size(); ++i) wanted.emplace(texts[i].sha, i);
  in_threads(threads, blocks_.size(), [&](std::size_t number) {
    const Block& block = blocks_[number];
    std::vector<std::pair<std::size_t, std::size_t>> found;  // in the block, in the texts
    for (std::size_t i = 0; i < block.commits; ++i) {
      const auto sha = std::string_view(bytes_).substr(block.begin + i * sha_letters, sha_letters);
      const auto at = wanted.find(sha);
      if (at != wanted.end()) found.emplace_back(i, at->second);
    }
    if (found.empty()) return;
    std::vector<std::vector<FileDiff>> files = read(block);
    if (files.size() != block.commits) return;
    for (const auto& [from, to] : found) {
      texts[to].files = std::move(files[from]);
      known[to] = 1;
    }
  });
  return known;
}

void DiffCache::keep(std::span<const CommitText* const> texts) {
  if (folder_.empty() || texts.empty()) return;
  while (!texts.empty()) {
    const std::size_t count = std::min(texts.size(), commits_per_block);
    const std::string block = packed_block(texts.first(count));
    if (bytes_.size() + block.size() > bytes_max) bytes_ = heading;
    bytes_ += block;
    texts = texts.subspan(count);
  }
  if (!make_case_folder(folder_)) return;
  (void)world_.write(path(), bytes_).has_value();
}

}  // namespace culprit
