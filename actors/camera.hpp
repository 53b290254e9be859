#pragma once

#include "actors/event_log.hpp"
#include "actors/messages.hpp"
#include "core/frame/decode_pressure.hpp"
#include "core/frame/frame_sink.hpp"
#include "core/media/decoder.hpp"

#include <functional>
#include <memory>

namespace camherd {

/// What cameras need from the rest of the program; the same for all of them. Tests give their
/// own.
struct camera_services {
  /// Makes the source of one session. Called on a scheduler worker; must not block.
  std::function<source_ptr(const camera_config&, std::shared_ptr<source_listener>)> open_source;
  std::function<result<std::unique_ptr<decoder>>(video_codec, const decoder_options&,
                                                 std::uint32_t first_generation)>
      open_decoder;
  std::shared_ptr<decode_pressure> pressure;  ///< of the workers that all cameras share
  std::shared_ptr<frame_sink> frames;  ///< shared by all cameras; null if nobody takes frames
  std::shared_ptr<event_log> log;
};

using services_ptr = std::shared_ptr<const camera_services>;

/// Starts one camera, closed until told otherwise. `incarnation` tells its reports from those
/// of a predecessor.
[[nodiscard]] camera_actor spawn_camera(caf::actor_system& system, camera_entry entry,
                                        services_ptr services, monitor_actor monitor,
                                        std::uint64_t incarnation);

}  // namespace camherd
