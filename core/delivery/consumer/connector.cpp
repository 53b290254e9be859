#include "core/delivery/consumer/connector.hpp"

#include "core/base/runtime_dir.hpp"
#include "core/delivery/consumer/frame_state.hpp"
#include "core/delivery/consumer/request.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <poll.h>
#include <unistd.h>
#include <utility>

namespace camherd::consumer {
namespace {

using namespace std::chrono_literals;
using std::chrono::duration_cast;
using std::chrono::nanoseconds;
using std::chrono::steady_clock;

constexpr auto first_delay = 50ms;
constexpr auto longest_delay = 1000ms;
constexpr auto patience_for_welcome = 5s;
// A connection that lasted this long was good: the next trouble is a new one.
constexpr auto good_after = 1s;
// Between two looks at the time and at `wake` while a camera sends without end.
constexpr int packets_in_a_row = 64;

timespec to_timespec(nanoseconds ns) noexcept {
  return {.tv_sec = static_cast<time_t>(ns.count() / 1'000'000'000),
          .tv_nsec = static_cast<long>(ns.count() % 1'000'000'000)};
}

steady_clock::time_point after(steady_clock::time_point now, nanoseconds timeout) noexcept {
  if (timeout <= 0ns) return now;
  return timeout < steady_clock::time_point::max() - now ? now + timeout
                                                         : steady_clock::time_point::max();
}

bool is_final(lease::refusal code) noexcept {
  return code == lease::refusal::malformed || code == lease::refusal::version ||
         code == lease::refusal::unsupported;
}

}  // namespace

camera::connector::connector(std::string name, options wanted)
    : name_{std::move(name)}, wanted_{std::move(wanted)}, delay_{first_delay} {
  auto request = make_request(name_, wanted_);
  if (!request) {
    refuse(request.error().message());
    return;
  }
  hello_ = *request;
  if (const auto opened = open_descriptors(); !opened) {
    poll_.reset();
    refuse(opened.error().message());
  }
}

camera::connector::~connector() = default;

result<void> camera::connector::open_descriptors() {
  poll_.reset(::epoll_create1(EPOLL_CLOEXEC));
  woken_.reset(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  alarm_.reset(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
  for (const int fd : {woken_.get(), alarm_.get()}) {
    epoll_event readable{.events = EPOLLIN, .data = {}};
    if (::epoll_ctl(poll_.get(), EPOLL_CTL_ADD, fd, &readable) != 0) {
      return error{error_kind::internal,
                   "no descriptors for '" + name_ + "': the process has too many open files"};
    }
  }
  return {};
}

void camera::connector::refuse(std::string words) {
  refused_ = true;
  problem_ = std::move(words);
}

std::optional<frame> camera::connector::next(nanoseconds timeout) {
  held_.clear();
  if (refused_) return std::nullopt;
  const auto until = after(steady_clock::now(), timeout);
  for (;;) {
    if (was_woken()) return std::nullopt;
    const auto now = steady_clock::now();
    do_what_is_due(now);
    if (refused_) return std::nullopt;
    if (ledger_ != nullptr && !ledger_->asking()) {
      // Sent without being asked for: the leases that a connection begins with. Where the
      // camera ran out of leases after it, it may have a newer one.
      auto unasked = read();
      if (unasked && (wanted_.queue > 0 || ledger_->has_credit())) return unasked;
    }
    if (ledger_ != nullptr) {
      ledger_->ask();
      if (auto newest = read()) return newest;
    }
    if (refused_) return std::nullopt;
    if (now >= until) break;
    wait(until);
  }
  if (ledger_ != nullptr && ledger_->exhausted())
    held_ = "every lease is held: a frame must be destroyed before the next can come";
  return std::nullopt;
}

void camera::connector::wake() noexcept {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(woken_.get(), &one, sizeof one);
}

bool camera::connector::was_woken() noexcept {
  std::uint64_t count = 0;
  return ::read(woken_.get(), &count, sizeof count) == sizeof count;
}

void camera::connector::wait(time_point until) const noexcept {
  pollfd all{poll_.get(), POLLIN, 0};
  if (until == time_point::max()) {
    ::ppoll(&all, 1, nullptr, nullptr);
    return;
  }
  const auto left = to_timespec(std::max(nanoseconds{until - steady_clock::now()}, 0ns));
  ::ppoll(&all, 1, &left, nullptr);
}

void camera::connector::set_alarm(time_point at) noexcept {
  due_at_ = at;
  itimerspec setting{};  // all zero: none
  if (at != time_point::max()) setting.it_value = to_timespec(at.time_since_epoch());
  ::timerfd_settime(alarm_.get(), TFD_TIMER_ABSTIME, &setting, nullptr);
}

void camera::connector::do_what_is_due(time_point now) {
  if (now < due_at_) return;
  if (ledger_ == nullptr) {
    connect(now);
  } else {
    go_away(now, "camherd does not answer for '" + name_ + "'");
  }
}

void camera::connector::connect(time_point now) {
  const auto runtime_dir =
      wanted_.runtime_dir.empty() ? find_runtime_dir() : wanted_.runtime_dir;
  const auto path = camera_socket(runtime_dir, name_);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return refuse(path + ": the path is too long");
  std::memcpy(address.sun_path, path.data(), path.size());

  unique_fd socket{::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  if (!socket ||
      ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) !=
          0 ||
      ::send(socket.get(), &hello_, sizeof hello_, MSG_NOSIGNAL) != sizeof hello_) {
    return go_away(now, words_for(errno, runtime_dir));
  }
  epoll_event readable{.events = EPOLLIN, .data = {}};
  if (::epoll_ctl(poll_.get(), EPOLL_CTL_ADD, socket.get(), &readable) != 0)
    return go_away(now, words_for(errno, runtime_dir));
  ledger_ = std::make_shared<lease_ledger>(std::move(socket), wanted_.queue > 0
                                                                  ? release_policy::at_once
                                                                  : release_policy::on_demand);
  ledger_->ask();  // the hello does
  reception_.emplace(wanted_.leases);
  set_alarm(now + patience_for_welcome);
}

std::string camera::connector::words_for(int code, const std::string& runtime_dir) const {
  const auto nobody = "no camherd serves '" + name_ + "' in " + runtime_dir + ": ";
  switch (code) {
    case ENOENT:
    case ENOTDIR:
      return nobody + "no such file";
    case ECONNREFUSED:
    case ECONNRESET:
    case EPIPE:
      return nobody + "nobody listens";
    case EACCES:
    case EPERM:
      return "no permission for the socket of '" + name_ + "' in " + runtime_dir +
             ": this user must belong to its group";
    case EAGAIN:
      return "camherd in " + runtime_dir + " is too busy to take connections";
    default:
      return system_error(error_kind::internal, "connecting to '" + name_ + "'", code)
          .message();
  }
}

void camera::connector::go_away(time_point now, std::string words) {
  if (ledger_ != nullptr) {
    // Frames may keep the socket open, and nobody reads from it any more.
    ::epoll_ctl(poll_.get(), EPOLL_CTL_DEL, ledger_->socket(), nullptr);
    if (reception_->welcomed() && now - welcomed_at_ >= good_after) delay_ = first_delay;
  }
  ledger_.reset();
  reception_.reset();
  state_ = camera_state::removed;
  problem_ = std::move(words);
  set_alarm(now + delay_);
  delay_ = std::min<std::chrono::milliseconds>(delay_ * 2, longest_delay);
}

std::optional<frame> camera::connector::read() {
  std::optional<frame> newest;
  for (int i = 0; i < packets_in_a_row; ++i) {
    const auto outcome = packet_.receive(ledger_->socket());
    if (outcome == packet::outcome::nothing) break;
    if (outcome != packet::outcome::received) {
      read_failed(outcome);
      return std::nullopt;
    }
    auto what = reception_->read(packet_.bytes(), packet_.descriptors());
    if (!what) {
      go_away(steady_clock::now(), what.error().message());
      return std::nullopt;
    }
    if (!take(*std::move(what), newest)) return std::nullopt;
    if (newest && wanted_.queue > 0) break;
  }
  return newest;
}

bool camera::connector::take(event what, std::optional<frame>& newest) {
  const auto now = steady_clock::now();
  if (const auto* welcome = std::get_if<granted>(&what)) {
    ledger_->grant(welcome->leases);
    welcomed_at_ = now;
    problem_.clear();
    set_alarm(time_point::max());
  } else if (const auto* news = std::get_if<camera_news>(&what)) {
    state_ = static_cast<camera_state>(news->state);
    problem_ = std::move(news->reason);
  } else if (const auto* away = std::get_if<sent_away>(&what)) {
    go_away(now, away->words.empty() ? "camherd refuses '" + name_ + "'" : away->words);
    if (is_final(away->code)) {
      refused_ = true;
      set_alarm(time_point::max());
    }
    return false;
  } else if (const auto* came = std::get_if<arrival>(&what)) {
    if (!ledger_->take(came->message.lease)) {
      go_away(now, "camherd sent a frame on a lease that was not free");
      return false;
    }
    ledger_->answered();
    newest = frame{std::make_unique<frame::state>(*came, ledger_)};
  }
  return true;
}

void camera::connector::read_failed(packet::outcome how) {
  const auto now = steady_clock::now();
  switch (how) {
    case packet::outcome::no_descriptors:
      return go_away(now,
                     "the process has too many open files to get frames of '" + name_ + "'");
    case packet::outcome::too_long:
      return go_away(now, "camherd sent a message that is too long");
    default:
      return go_away(now, "camherd has ended the connection of '" + name_ + "'");
  }
}

}  // namespace camherd::consumer
