#pragma once

#include "apps/camherd/http/channel.hpp"

#include <deque>
#include <functional>
#include <optional>
#include <string>

namespace camherd::testing {

/// The other side of a scripted channel, which a test plays. Nothing happens before `run`.
struct scripted_client {
  std::deque<std::function<void()>> tasks;

  std::string incoming;  ///< what the client has sent and nobody has read
  bool ended = false;    ///< the client sends no more
  bool takes = true;     ///< false: what is written stays under way
  std::string written;   ///< what reached the client
  bool output_ended = false;
  bool closed = false;
  bool handshake_fails = false;

  std::span<char> room;
  std::function<void(std::size_t)> reader;
  std::string in_flight;
  std::function<void(bool)> writer;

  std::optional<std::chrono::milliseconds> alarm;  ///< as it was set last
  int alarms_set = 0;
  std::function<void()> ring;

  /// Runs everything that is due, without any time passing.
  void run() {
    for (bool moved = true; moved;) {
      moved = !tasks.empty();
      while (!tasks.empty()) {
        auto task = std::move(tasks.front());
        tasks.pop_front();
        task();
      }
      if (reader && (closed || ended || !incoming.empty())) {
        const auto size = closed ? 0 : std::min(room.size(), incoming.size());
        std::copy_n(incoming.begin(), size, room.begin());
        incoming.erase(0, size);
        std::exchange(reader, nullptr)(size);
        moved = true;
      }
      if (writer && (closed || takes)) {
        if (!closed) written += std::exchange(in_flight, "");
        std::exchange(writer, nullptr)(!closed);
        moved = true;
      }
    }
  }

  void says(const std::string& text) {
    incoming += text;
    run();
  }

  void hangs_up() {
    ended = true;
    run();
  }

  /// Time passes until the alarm rings, which must be set.
  void waits() {
    alarm.reset();
    const auto due = std::exchange(ring, nullptr);
    due();
    run();
  }

  std::string heard() { return std::exchange(written, ""); }
};

/// Without sockets, threads or time.
class scripted_channel final : public http::channel {
 public:
  explicit scripted_channel(scripted_client& client) : client_{client} {}

  void secure(std::function<void(bool)> done) override {
    client_.tasks.push_back(
        [ok = !client_.handshake_fails, done = std::move(done)] { done(ok); });
  }
  void read(std::span<char> room, std::function<void(std::size_t)> done) override {
    client_.room = room;
    client_.reader = std::move(done);
  }
  void write(std::span<const std::string_view> pieces,
             std::function<void(bool)> done) override {
    for (const auto piece : pieces) client_.in_flight += piece;
    client_.writer = std::move(done);
  }
  void end_output(std::function<void()> done) override {
    client_.output_ended = true;
    client_.tasks.push_back(std::move(done));
  }
  void close() override {
    client_.closed = true;
    silence_alarm();
  }
  void set_alarm(std::chrono::milliseconds delay, std::function<void()> ring) override {
    client_.alarm = delay;
    ++client_.alarms_set;
    client_.ring = std::move(ring);
  }
  void silence_alarm() override {
    client_.alarm.reset();
    client_.ring = nullptr;
  }

 private:
  scripted_client& client_;
};

}  // namespace camherd::testing
