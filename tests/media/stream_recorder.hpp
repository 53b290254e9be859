#pragma once

#include "core/base/source.hpp"
#include "tests/support/catch.hpp"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace camherd::testing {

/// Against hanging only: nothing here takes this long.
inline constexpr std::chrono::seconds patience{20};

/// Remembers what a source says. Read its members after `wait_for_end`, or what was waited for.
class stream_recorder final : public source_listener {
 public:
  void on_stream(const stream_info& info) override {
    const std::scoped_lock lock{mutex_};
    streams.push_back(info);
  }
  void on_access_unit(access_unit unit) override {
    std::function<void()> first;
    {
      const std::scoped_lock lock{mutex_};
      if (units.size() < most) units.push_back(std::move(unit));
      first = std::exchange(on_first_unit, nullptr);
    }
    changed_.notify_all();
    if (first) first();
  }
  void on_notice(const std::string& text) override {
    const std::scoped_lock lock{mutex_};
    notices.push_back(text);
  }
  void on_ended(const error& reason) override {
    {
      const std::scoped_lock lock{mutex_};
      ended = reason;
      ++times_ended;
    }
    changed_.notify_all();
  }

  void wait_for_end() {
    std::unique_lock lock{mutex_};
    REQUIRE(changed_.wait_for(lock, patience, [this] { return ended.has_value(); }));
  }
  void wait_for_units(std::size_t count) {
    std::unique_lock lock{mutex_};
    REQUIRE(changed_.wait_for(lock, patience, [&] { return units.size() >= count; }));
  }

  static constexpr std::size_t most = 2000;  // a loop that is not paced would fill the memory
  std::vector<stream_info> streams;
  std::vector<access_unit> units;
  std::vector<std::string> notices;
  std::optional<error> ended;
  int times_ended = 0;
  std::function<void()> on_first_unit;

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
};

/// Waits for something that nobody announces.
template <class Condition>
void wait_until(Condition condition) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!condition() && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
}

}  // namespace camherd::testing
