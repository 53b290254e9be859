#pragma once

#include "core/base/unique_fd.hpp"
#include "core/delivery/consumer_request.hpp"
#include "core/frame/frame_sink.hpp"
#include "core/frame/rate_schedule.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace camherd {

/// A frame of a camera and the renditions that were made of it so far.
struct published_frame {
  frame native;
  std::map<rendition, std::optional<frame>> made;  // nothing: could not be made
};

/// One consumer's connection, on the camera's side: what it asked for, the frames that wait for
/// it, the leases it holds. Sends at once or not at all. The owner synchronises.
class consumer_link {
 public:
  /// What became of a message.
  enum class sending : std::uint8_t {
    done,
    full,   ///< the socket takes nothing now: `wants_room` until `has_room` is called
    later,  ///< the system has no room for another descriptor just now
    gone,   ///< the consumer has closed its end
  };

  explicit consumer_link(unique_fd socket) : socket_{std::move(socket)} {}

  [[nodiscard]] int fd() const noexcept { return socket_.get(); }

  /// Grants `request`: from now on frames may be offered.
  sending welcome(const consumer_request& request, std::string_view camera);
  [[nodiscard]] bool is_welcome() const noexcept { return request_.has_value(); }
  /// Only once welcome.
  [[nodiscard]] const consumer_request& request() const noexcept { return *request_; }

  /// Says why the connection ends.
  void refuse(const consumer_refusal& why);

  /// Keeps `f` for this consumer if it wants it; what it does not get is entered in `counts`.
  void offer(const std::shared_ptr<published_frame>& f, delivery_counts& counts);

  /// The frame that it would take now; null if none waits or it holds all its leases.
  [[nodiscard]] std::shared_ptr<published_frame> next() const;

  /// Sends `f`, a form of the frame that `next` says, with a lease. Unless `done`, it waits on.
  sending give(const frame& f);

  /// Gives up on the frame that `next` says.
  void skip(drop_reason why, delivery_counts& counts);

  /// Ends a lease: when its frame was received, or nothing if no such lease is held.
  [[nodiscard]] std::optional<mono_time> release(std::uint64_t lease);
  [[nodiscard]] std::size_t leases() const noexcept { return leases_.size(); }

  sending tell(camera_state state, std::string_view reason);

  [[nodiscard]] bool wants_room() const noexcept { return wants_room_; }
  void has_room() noexcept { wants_room_ = false; }
  [[nodiscard]] bool is_gone() const noexcept { return gone_; }

 private:
  struct held_frame {
    slot_ref slot;
    mono_time received_at;
  };
  struct announced {
    std::weak_ptr<const slot_pool> pool;
    std::uint32_t id;
  };

  sending send(const void* message, std::size_t size, int descriptor = -1);
  void hang_up();
  sending retire_segments();
  sending announce(const slot_pool& pool, std::uint32_t& id);
  [[nodiscard]] std::optional<drop_reason> objection(const frame& f) const;
  void miss(drop_reason why, delivery_counts& counts);

  unique_fd socket_;
  std::optional<consumer_request> request_;
  rate_schedule schedule_{0};
  // Frames that wait: at most queue_depth, or one without a queue. The oldest makes room.
  std::deque<std::shared_ptr<published_frame>> waiting_;
  std::map<std::uint64_t, held_frame> leases_;  // at most request_->leases
  std::vector<announced> segments_;
  std::uint64_t next_lease_ = 1;
  std::uint32_t next_segment_ = 1;
  std::uint64_t missed_ = 0;   // since the last frame it was given
  std::uint64_t dropped_ = 0;  // by the camera before the frames it missed
  bool wants_room_ = false;
  bool gone_ = false;
};

}  // namespace camherd
