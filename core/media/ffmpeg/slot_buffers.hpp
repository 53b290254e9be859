#pragma once

#include "core/base/error.hpp"
#include "core/frame/slot_supply.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

struct AVBufferRef;
struct AVCodecContext;
struct AVFrame;

namespace camherd::ffmpeg {

/// Gives a codec slots of shared memory to decode into: one for each picture the codec keeps,
/// one for the picture being decoded, `extra_slots`, and those reserved for consumers. How many
/// a codec keeps is known only roughly beforehand, so slots are added the moment they prove too
/// few; pictures decoded before stay where they are. Consumers that hold more than is reserved
/// never make more slots.
///
/// A picture given to the codec is immutable once the codec has put it out. libavcodec holds to
/// that where whole access units go in (no AV_CODEC_FLAG2_CHUNKS): deblocking, concealment, the
/// second field of a frame, and the copies that stand in for frames lost in a gap are all
/// written before, or into pictures that never come out.
///
/// Must outlive the codec. Not thread-safe: the codec runs on the caller's thread.
class slot_buffers {
 public:
  explicit slot_buffers(std::size_t extra_slots) noexcept : extra_slots_{extra_slots} {}

  /// As `decoder::reserve`.
  result<void> reserve(std::size_t held_frames);

  /// Lets all slots go, for a codec that is no more: the memory of each is given back with the
  /// last frame that lies in it. What is reserved will be made with the next picture.
  void give_back() noexcept;

  /// The body of AVCodecContext::get_buffer2: never waits. AVERROR(ENOMEM) when all slots are
  /// held, which `exhausted` tells; other failures are told by `failure`.
  int get_buffer(AVCodecContext& codec, AVFrame& picture) noexcept;

  /// Forgets what `exhausted` and `failure` say: a new access unit begins.
  void begin_unit() noexcept;

  [[nodiscard]] bool exhausted() const noexcept { return exhausted_; }
  [[nodiscard]] const std::optional<error>& failure() const noexcept { return failure_; }

  /// A hold on the slot of a picture that came from `get_buffer`.
  [[nodiscard]] static slot_ref slot_of(const AVFrame& picture);

  [[nodiscard]] const slot_supply& supply() const noexcept { return supply_; }

 private:
  struct layout;
  struct hold;
  struct shape {
    int width = 0;
    int height = 0;
    int format = -1;
    friend bool operator==(const shape&, const shape&) = default;
  };

  result<layout> lay_out(AVCodecContext& codec, const AVFrame& picture) const;
  result<void> make_room(AVCodecContext& codec, const AVFrame& picture, std::size_t bytes);
  result<void> resize(std::size_t codec_slots, std::size_t reserved, std::size_t slot_bytes);
  std::optional<slot_ref> acquire();

  const std::size_t extra_slots_;
  std::size_t reserved_ = 0;
  std::size_t codec_slots_ = 0;  // that the codec needs, as far as is known
  slot_supply supply_;
  shape shape_;
  std::size_t kept_by_codec_ = 0;  // pictures, of whatever size
  bool exhausted_ = false;
  std::optional<error> failure_;
};

}  // namespace camherd::ffmpeg
