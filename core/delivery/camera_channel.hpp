#pragma once

#include "core/base/unique_fd.hpp"
#include "core/delivery/channel_surroundings.hpp"
#include "core/delivery/consumer_acceptor.hpp"
#include "core/delivery/consumer_link.hpp"
#include "core/delivery/rendition_maker.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace camherd {

/// One camera's side of the lease protocol: its consumers and the renditions they share. Frames
/// are published on one thread and taken on another, hence the mutex, which is held for
/// non-blocking system calls at most and never during a conversion.
class camera_channel final : public frame_outlet,
                             public std::enable_shared_from_this<camera_channel> {
 public:
  camera_channel(std::string camera, std::size_t max_leases,
                 frame_sink::demand_listener listener,
                 std::shared_ptr<channel_surroundings> around);
  ~camera_channel() override;
  camera_channel(const camera_channel&) = delete;
  camera_channel& operator=(const camera_channel&) = delete;

  /// Begins to listen; what hinders that is reported as a problem. Once, before anything else.
  void start();

  void publish(const frame& f) override;
  void forget_newest() override;
  void state_changed(camera_state state, std::string_view reason) override;
  void close(std::string_view reason) override;
  [[nodiscard]] delivery_counts counts() const override;

 private:
  struct consumer {
    explicit consumer(unique_fd socket) : link{std::move(socket)} {}

    consumer_link link;
    event_loop::token token = 0;
    mono_time connected_at{};
    std::string trouble;       // why it gets no frame while the camera has some
    bool owes_state = false;   // the socket was full when the state changed
    bool awaits_room = false;  // the loop waits for room in the socket
  };
  using consumers = std::map<std::uint64_t, std::unique_ptr<consumer>>;

  /// A conversion that somebody needs.
  struct job {
    std::shared_ptr<published_frame> source;
    rendition wanted;
    std::shared_ptr<rendition_maker> maker;
    picture_layout layout;
    std::size_t slots = 0;
  };
  /// The makers are used by one thread at a time: who finds one at work leaves it to its user,
  /// who looks again when done.
  struct workshop {
    std::shared_ptr<rendition_maker> maker;  // shared: consumers may all leave while it works
    bool at_work = false;
    std::string trouble;  // why it could make nothing; empty since it could
  };

  // On the loop's thread.
  void add(unique_fd socket);
  void on_event(std::uint64_t id, std::uint32_t events);
  [[nodiscard]] bool read_messages(consumer& c);
  void on_hello(consumer& c, std::span<const std::byte> message);
  void remove(std::uint64_t id);
  void drop_oldest_stranger();
  void expire_strangers();
  void expect_hello();
  void tell_demand();

  // With the mutex held.
  [[nodiscard]] std::size_t granted_frames() const;
  [[nodiscard]] std::size_t frames_of(const rendition& wanted) const;
  [[nodiscard]] std::optional<job> send_ready();
  [[nodiscard]] std::optional<job> serve(consumer& c);
  [[nodiscard]] bool give(consumer& c, const frame& f);
  void set_trouble(consumer& c, const std::string& words);
  void tell_state(consumer& c);
  void watch_for_room(consumer& c);
  void forget_unused_renditions();

  /// Sends to all who can take something, making what has to be made for it.
  void pump();

  [[nodiscard]] std::weak_ptr<camera_channel> weak() { return weak_from_this(); }
  void report(const error& what) const;

  const std::string camera_;
  const std::size_t max_leases_;
  const std::shared_ptr<channel_surroundings>
      around_;  // shared: a channel may outlive its server

  // The listener is called without the other mutex, which its callee could want through
  // `counts`; this one makes `close` wait for the last call.
  std::mutex listener_mutex_;
  frame_sink::demand_listener listener_;
  camera_demand told_;

  mutable std::mutex mutex_;
  std::shared_ptr<consumer_acceptor> acceptor_;  // shared with its calls under way
  consumers consumers_;
  std::uint64_t next_consumer_ = 1;
  std::map<rendition, workshop> workshops_;
  std::shared_ptr<published_frame> latest_;  // for consumers to come
  camera_state state_ = camera_state::stopped;
  std::string reason_;
  delivery_counts counts_;
  bool expecting_hello_ = false;
  bool closed_ = false;
};

}  // namespace camherd
