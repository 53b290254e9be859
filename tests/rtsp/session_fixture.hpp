#pragma once

#include "apps/camherd-sim/faults/scripted_camera.hpp"
#include "core/rtsp/io_pool.hpp"
#include "core/rtsp/session.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace camherd::testing {

using namespace camherd::faults;

/// Keeps all that a source said. Waiting gives up after 10 s, against hanging only.
class collector final : public source_listener {
 public:
  static constexpr std::chrono::milliseconds longest_wait{10000};

  void on_stream(const stream_info& info) override {
    change([&] { infos_.push_back(info); });
  }
  void on_access_unit(access_unit unit) override {
    change([&] { units_.push_back(std::move(unit)); });
  }
  void on_notice(const std::string& text) override {
    change([&] { notices_.push_back(text); });
  }
  void on_ended(const error& reason) override {
    change([&] {
      ended_ = reason;
      ++times_ended_;
    });
  }

  [[nodiscard]] bool wait_for_units(std::size_t count,
                                    std::chrono::milliseconds longest = longest_wait) {
    return wait([&] { return units_.size() >= count; }, longest);
  }
  [[nodiscard]] bool wait_for_end() {
    return wait([&] { return ended_.has_value(); });
  }
  [[nodiscard]] bool wait_for_notice(const std::string& part) {
    return wait([&] { return notices_with(part) > 0; });
  }

  std::vector<stream_info> infos() { return read(infos_); }
  std::vector<access_unit> units() { return read(units_); }
  std::vector<std::string> notices() { return read(notices_); }
  error ended() { return read(ended_).value_or(error{error_kind::internal, "not ended"}); }
  int times_ended() { return read(times_ended_); }
  int count_notices(const std::string& part) {
    const std::lock_guard lock{mutex_};
    return notices_with(part);
  }

 private:
  template <class Change>
  void change(Change&& how) {
    const std::lock_guard lock{mutex_};
    // Nothing may follow the end.
    if (ended_) ++times_ended_;
    how();
    changed_.notify_all();
  }
  template <class T>
  T read(const T& what) {
    const std::lock_guard lock{mutex_};
    return what;
  }
  bool wait(const std::function<bool()>& holds,
            std::chrono::milliseconds longest = longest_wait) {
    std::unique_lock lock{mutex_};
    return changed_.wait_for(lock, longest, holds);
  }
  int notices_with(const std::string& part) const {
    return static_cast<int>(std::count_if(
        notices_.begin(), notices_.end(),
        [&](const std::string& text) { return text.find(part) != std::string::npos; }));
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<stream_info> infos_;
  std::vector<access_unit> units_;
  std::vector<std::string> notices_;
  std::optional<error> ended_;
  int times_ended_ = 0;
};

/// A session, started, with a pool of its own.
class viewer {
 public:
  explicit viewer(const std::string& url, rtsp::session_options options = {})
      : session_{rtsp::make_session(pool_, *camera_url::parse(url), options, heard_)} {
    session_->start();
  }
  ~viewer() {
    session_->stop();
    CHECK(heard_->wait_for_end());
  }
  viewer(const viewer&) = delete;
  viewer& operator=(const viewer&) = delete;

  collector* operator->() { return heard_.get(); }
  source& session() { return *session_; }

  /// How the session ended, which must be by itself.
  error end() {
    REQUIRE(heard_->wait_for_end());
    return heard_->ended();
  }

  error stop() {
    session_->stop();
    return end();
  }

 private:
  rtsp::io_pool pool_{1};
  std::shared_ptr<collector> heard_ = std::make_shared<collector>();
  source_ptr session_;
};

[[nodiscard]] inline rtsp::session_options over(rtsp::transport which) {
  rtsp::session_options options;
  options.transport = which;
  return options;
}

[[nodiscard]] inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

[[nodiscard]] inline byte_vector bytes_of(const access_unit& unit) {
  const auto bytes = unit.payload.bytes();
  return {bytes.begin(), bytes.end()};
}

}  // namespace camherd::testing
