#pragma once

#include "core/base/latency_histogram.hpp"
#include "core/base/names.hpp"
#include "core/frame/demand.hpp"
#include "core/frame/frame.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace camherd {

/// What consumers took of one camera, since it was opened.
struct delivery_counts {
  std::size_t consumers = 0;    ///< now
  std::size_t leases = 0;       ///< frames held by consumers now
  std::uint64_t delivered = 0;  ///< frames sent, once for each consumer
  /// Frames that a consumer did not get, once for each consumer: `consumer_busy`, `rate_limit`,
  /// `not_reference`, `not_keyframe`, `no_free_slot`.
  std::array<std::uint64_t, drop_reason_count> dropped_by{};
  std::uint64_t converted = 0;        ///< pictures made in another format or size
  std::uint64_t converted_bytes = 0;  ///< bytes written for them; no other bytes are copied
  latency_histogram
      age_at_release{};  ///< from a frame's last packet until a consumer gave it back
};

/// Where the frames of one camera go. Any thread; never blocks for longer than a conversion.
class frame_outlet {
 public:
  virtual ~frame_outlet() = default;

  /// Offers a frame to whoever reads this camera. Frames come in the order of their sequence.
  virtual void publish(const frame& f) = 0;

  /// No frame follows for now: gives up the newest, which was held for consumers to come.
  virtual void forget_newest() = 0;

  /// Tells consumers what the camera is doing; `reason` holds no credentials.
  virtual void state_changed(camera_state state, std::string_view reason) = 0;

  /// Tells consumers `reason` and sends them away; nothing is taken from now on.
  virtual void close(std::string_view reason) = 0;

  [[nodiscard]] virtual delivery_counts counts() const = 0;
};

/// Takes the frames of a process's cameras: the frame server, a measuring program.
class frame_sink {
 public:
  /// Hears, on any thread, whenever the consumers of a camera ask for something else together.
  /// Not called after `close` has returned, nor by `open` itself.
  using demand_listener = std::function<void(const camera_demand&)>;

  virtual ~frame_sink() = default;

  /// Opens a camera for consumers, who together may hold `max_leases` frames or have them
  /// waiting. Never null: what cannot be opened is reported by the sink and takes frames into
  /// nothing.
  [[nodiscard]] virtual std::shared_ptr<frame_outlet> open(const std::string& camera,
                                                           std::size_t max_leases,
                                                           demand_listener listener) = 0;
};

}  // namespace camherd
