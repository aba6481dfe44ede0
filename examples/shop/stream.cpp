#include "stream.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "refusal.h"

namespace shop {
namespace {

constexpr size_t write_size = 1 << 20;

size_t slot_of(Instant at) { return static_cast<size_t>(at) & (Stream::reach - 1); }

[[noreturn]] void refuse(const std::string& path) {
  throw Refusal{Fault::denied, fmt::format("cannot write {}: {}", path, std::strerror(errno)),
                "an --out on a disk with room for it"};
}

}  // namespace

Stream::Stream(std::string path, Instant from)
    : path_(std::move(path)), file_(std::fopen(path_.c_str(), "wb")), ring_(reach), written_(from) {
  if (!file_) refuse(path_);
  std::setvbuf(file_.get(), nullptr, _IONBF, 0);
}

std::string& Stream::at(Instant at) {
  return ring_[slot_of(std::clamp(at, written_, written_ + reach - 1))];
}

void Stream::advance(Instant to) {
  for (; written_ < to; ++written_) {
    std::string& waiting = ring_[slot_of(written_)];
    if (waiting.empty()) continue;
    ready_ += waiting;
    waiting.clear();
  }
  if (ready_.size() >= write_size) write_out();
}

void Stream::write_out() {
  if (std::fwrite(ready_.data(), 1, ready_.size(), file_.get()) != ready_.size()) refuse(path_);
  bytes_ += ready_.size();
  ready_.clear();
}

void Stream::close() {
  write_out();
  if (std::fclose(file_.release()) != 0) refuse(path_);
}

}  // namespace shop
