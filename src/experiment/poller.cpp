#include "experiment/poller.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>

#include <sys/prctl.h>

namespace culprit {
namespace {

constexpr std::size_t events_max = 512;  // of one wait; more come with the next

epoll_event event_of(std::uint64_t token, Interest interest) {
  epoll_event event{};
  const auto wanted = static_cast<unsigned>(interest);
  if ((wanted & static_cast<unsigned>(Interest::read)) != 0) event.events |= EPOLLIN | EPOLLRDHUP;
  if ((wanted & static_cast<unsigned>(Interest::write)) != 0) event.events |= EPOLLOUT;
  event.data.u64 = token;
  return event;
}

timespec timespec_of(Duration duration) {
  constexpr std::int64_t second = 1'000'000'000;
  return {duration.count() / second, duration.count() % second};
}

}  // namespace

Time monotonic_now() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return from_nanoseconds(now.tv_sec * 1'000'000'000LL + now.tv_nsec);
}

Result<Poller> Poller::open() {
  Socket epoll(::epoll_create1(EPOLL_CLOEXEC));
  if (!epoll) return error(Fault::unavailable, "no epoll: {}", std::strerror(errno));
  // The kernel may wake a thread 50 us late to save power: that is half of what a delay may err.
  ::prctl(PR_SET_TIMERSLACK, 1UL);
  return Poller(std::move(epoll));
}

Poller::Poller(Socket epoll) : epoll_(std::move(epoll)), events_(events_max) {
  ready_.reserve(events_max);
}

void Poller::add(const Socket& socket, std::uint64_t token, Interest interest) {
  epoll_event event = event_of(token, interest);
  ::epoll_ctl(epoll_.descriptor(), EPOLL_CTL_ADD, socket.descriptor(), &event);
}

void Poller::change(const Socket& socket, std::uint64_t token, Interest interest) {
  epoll_event event = event_of(token, interest);
  ::epoll_ctl(epoll_.descriptor(), EPOLL_CTL_MOD, socket.descriptor(), &event);
}

void Poller::remove(const Socket& socket) {
  ::epoll_ctl(epoll_.descriptor(), EPOLL_CTL_DEL, socket.descriptor(), nullptr);
}

std::span<const Ready> Poller::wait(Time until) {
  ready_.clear();
  timespec left{};
  if (until != no_time) left = timespec_of(std::max(until - monotonic_now(), Duration::zero()));
  const int count = ::epoll_pwait2(epoll_.descriptor(), events_.data(), events_max,
                                   until == no_time ? nullptr : &left, nullptr);
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events_[static_cast<std::size_t>(i)];
    ready_.push_back({event.data.u64, (event.events & (EPOLLIN | EPOLLRDHUP)) != 0,
                      (event.events & EPOLLOUT) != 0, (event.events & (EPOLLERR | EPOLLHUP)) != 0});
  }
  return ready_;
}

}  // namespace culprit
