#pragma once

#include "core/base/error.hpp"
#include "core/frame/slot_pool.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

struct AVBufferRef;
struct AVCodecContext;
struct AVFrame;

namespace camherd::ffmpeg {

/// Gives a codec slots of shared memory to decode into. It keeps one pool for the pictures of
/// one size and format, with a slot for each picture the codec keeps, one for the picture being
/// decoded, and `extra_slots`. How many a codec keeps is known only roughly beforehand, so a
/// pool that proves too small is replaced by a larger one at once: pictures decoded before stay
/// where they are until nobody needs them. Consumers that hold more than `extra_slots` never
/// make a pool grow.
///
/// A picture given to the codec is immutable once the codec has put it out. libavcodec holds to
/// that where whole access units go in (no AV_CODEC_FLAG2_CHUNKS): deblocking, concealment, the
/// second field of a frame, and the copies that stand in for frames lost in a gap are all
/// written before, or into pictures that never come out.
///
/// Must outlive the codec. Not thread-safe: the codec runs on the caller's thread.
class slot_buffers {
 public:
  slot_buffers(std::size_t extra_slots, std::uint32_t first_generation) noexcept;

  /// The body of AVCodecContext::get_buffer2: never waits. AVERROR(ENOMEM) when all slots are
  /// held, which `exhausted` tells; other failures are told by `failure`.
  int get_buffer(AVCodecContext& codec, AVFrame& picture) noexcept;

  /// Forgets what `exhausted` and `failure` say: a new access unit begins.
  void begin_unit() noexcept;

  [[nodiscard]] bool exhausted() const noexcept { return exhausted_; }
  [[nodiscard]] const std::optional<error>& failure() const noexcept { return failure_; }

  /// A hold on the slot of a picture that came from `get_buffer`.
  struct place {
    slot_ref slot;
    std::uint32_t generation;
  };
  [[nodiscard]] static place place_of(const AVFrame& picture);

  [[nodiscard]] std::shared_ptr<const slot_pool> pool() const noexcept { return pool_; }

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
  result<void> replace_pool(std::size_t slots, std::size_t slot_bytes);
  std::optional<slot_ref> acquire();

  std::size_t extra_slots_;
  std::uint32_t next_generation_;
  std::shared_ptr<slot_pool> pool_;  // shared: frames keep the pool of their slot
  shape shape_;
  std::size_t kept_by_codec_ = 0;  // pictures, in whatever pool
  bool exhausted_ = false;
  std::optional<error> failure_;
};

}  // namespace camherd::ffmpeg
