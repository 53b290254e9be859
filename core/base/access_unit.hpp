#pragma once

#include "core/base/clock.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace camherd {

enum class video_codec : std::uint8_t { h264, h265, mjpeg };

[[nodiscard]] std::string_view to_string(video_codec codec) noexcept;

/// Bytes followed by `padding` zero bytes that are not part of them, so that a decoder may read
/// past the end with wide loads and needs no copy of its own. What makes them longer throws
/// `std::bad_alloc` where there is no memory, and while there still is some for others
/// (core/base/memory_shortage.hpp); the bytes are then as before.
class padded_bytes {
 public:
  static constexpr std::size_t padding = 64;

  padded_bytes() = default;
  padded_bytes(const padded_bytes&) = default;
  padded_bytes& operator=(const padded_bytes&) = default;
  /// What was moved from is empty.
  padded_bytes(padded_bytes&& other) noexcept
      : storage_{std::exchange(other.storage_, {})}, size_{std::exchange(other.size_, 0)} {}
  padded_bytes& operator=(padded_bytes&& other) noexcept {
    storage_ = std::exchange(other.storage_, {});
    size_ = std::exchange(other.size_, 0);
    return *this;
  }
  ~padded_bytes() = default;

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] std::uint8_t* data() noexcept { return storage_.data(); }
  [[nodiscard]] const std::uint8_t* data() const noexcept { return storage_.data(); }
  [[nodiscard]] std::span<const std::uint8_t> bytes() const noexcept {
    return {storage_.data(), size_};
  }

  /// Room for `size` bytes, so that appending up to there copies nothing twice.
  void reserve(std::size_t size) { make_room(size + padding); }
  /// Gives back the room that is not used, if that is an eighth of the bytes or more. For bytes
  /// that are kept for long: copies them.
  void give_back_room();
  /// Bytes of memory that are held.
  [[nodiscard]] std::size_t room() const noexcept { return storage_.capacity(); }
  void append(std::span<const std::uint8_t> more);
  void append(std::uint8_t byte) { append({&byte, 1}); }
  void prepend(std::span<const std::uint8_t> before);
  /// Keeps the first `size` bytes; does nothing if there are no more.
  void truncate(std::size_t size) noexcept;
  void clear() noexcept;

 private:
  void make_room(std::size_t size);
  void make_room_for(std::size_t more);

  std::vector<std::uint8_t> storage_;  // size_ bytes, then the padding (none while empty)
  std::size_t size_ = 0;
};

/// All bytes of one encoded picture.
struct access_unit {
  /// H.264, H.265: NAL units in Annex B form (ITU-T H.264 Annex B) with four-byte start codes.
  /// MJPEG: one JFIF image. A keyframe's access unit begins with the parameter sets in force,
  /// whether or not the camera sent them in band, so it decodes on its own.
  padded_bytes payload;
  video_codec codec = video_codec::h264;

  bool keyframe = false;   ///< decoding can begin here
  bool reference = true;   ///< other pictures may be predicted from it
  bool corrupt = false;    ///< a part of this picture is known to be missing
  bool after_gap = false;  ///< access units before this one were lost
  /// Of a keyframe, set by queue and plan: units before it, which others behind it may need,
  /// are not decoded.
  bool after_undecoded = false;

  std::uint64_t sequence = 0;  ///< counts the access units of a session, from 0
  std::int64_t rtp_time = 0;   ///< unwrapped timestamp in units of 1 / `clock_rate` seconds
  std::uint32_t clock_rate = 90000;  ///< Hz
  mono_time received_at{};           ///< when its last packet left the socket
  wall_time captured_at{};  ///< by the camera's clock (RTCP sender reports); epoch if unknown
};

}  // namespace camherd
