#pragma once

#include "core/base/result.hpp"
#include "core/base/unique_fd.hpp"
#include "core/delivery/consumer/lease_ledger.hpp"
#include "core/delivery/consumer/packet.hpp"
#include "core/delivery/consumer/reception.hpp"
#include "core/delivery/include/camherd/consumer.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace camherd::consumer {

/// What a camera object is made of: connects, reads, and tries again.
///
///     away --connected--> greeting --welcome--> served
///     greeting, served --anything wrong--> away (tries again later) or refused (never again)
class [[gnu::visibility("hidden")]] camera::connector {
 public:
  connector(std::string name, options wanted);
  ~connector();
  connector(const connector&) = delete;
  connector& operator=(const connector&) = delete;

  [[nodiscard]] std::optional<frame> next(std::chrono::nanoseconds timeout);
  void wake() noexcept;

  [[nodiscard]] const std::string& name() const noexcept {
    return name_;
  }
  [[nodiscard]] camera_state state() const noexcept {
    return state_;
  }
  [[nodiscard]] const std::string& problem() const noexcept {
    return held_.empty() ? problem_ : held_;
  }
  [[nodiscard]] bool refused() const noexcept {
    return refused_;
  }
  [[nodiscard]] int descriptor() const noexcept {
    return poll_.get();
  }

 private:
  using time_point = std::chrono::steady_clock::time_point;

  [[nodiscard]] result<void> open_descriptors();
  void refuse(std::string words);
  void do_what_is_due(time_point now);
  void connect(time_point now);
  [[nodiscard]] std::string words_for(int code, const std::string& runtime_dir) const;
  void go_away(time_point now, std::string words);
  void set_alarm(time_point at) noexcept;
  [[nodiscard]] std::optional<frame> read();
  [[nodiscard]] bool take(event what, std::optional<frame> & newest);
  void read_failed(packet::outcome how);
  [[nodiscard]] bool was_woken() noexcept;
  void wait(time_point until) const noexcept;

  std::string name_;
  options wanted_;
  lease::hello hello_;
  unique_fd poll_;                        // an epoll of all that `next` waits for
  unique_fd woken_;                       // an eventfd
  unique_fd alarm_;                       // a timerfd, set for `due_at_`
  std::shared_ptr<lease_ledger> ledger_;  // null while away; shared with frames
  std::optional<reception> reception_;
  packet packet_;
  camera_state state_ = camera_state::removed;
  std::string problem_;
  std::string held_;  // says that every lease is held
  bool refused_ = false;
  time_point due_at_{};  // away: to connect; greeting: to give up
  time_point welcomed_at_{};
  std::chrono::milliseconds delay_;
};

}  // namespace camherd::consumer
