#pragma once

#include <cstddef>
#include <cstdint>

namespace camherd {

/// How much of a stream somebody wants decoded, from least to most.
enum class decode_level : std::uint8_t { nothing, keyframes, references, everything };

/// Which pictures of a camera are wanted.
struct demand {
  decode_level level = decode_level::nothing;
  double max_fps = 0;  ///< frames a second that are wanted; 0: all

  friend bool operator==(const demand&, const demand&) = default;
};

/// The least demand that serves both: the higher level, and the higher rate of those that want
/// anything.
[[nodiscard]] demand greatest(const demand& a, const demand& b) noexcept;

/// What all consumers of a camera ask together.
struct camera_demand {
  demand pictures;
  /// Decoded frames that consumers may hold at the same time, beside the latest: the pool has a
  /// slot for each.
  std::size_t held_frames = 0;

  friend bool operator==(const camera_demand&, const camera_demand&) = default;
};

/// The least that serves both: the pictures of either, and the more frames held.
[[nodiscard]] camera_demand greatest(const camera_demand& a, const camera_demand& b) noexcept;

/// True if pictures that were passed over under `before` are wanted under `after`: it asks for
/// more of the stream, or for more frames a second of it.
[[nodiscard]] bool asks_for_more(const demand& before, const demand& after) noexcept;

}  // namespace camherd
