#pragma once

#include "core/base/access_unit.hpp"
#include "core/media/ffmpeg/first_slice.hpp"

namespace camherd::ffmpeg {

/// Decides whether a codec may be trusted when it holds pictures back to put them in order.
///
/// libavcodec's H.264 decoder begins without delay, and raises it (for ever) when the stream
/// declares reordering, when a B picture comes, or when the picture order count jumps, as it
/// does where only reference pictures are decoded. Cameras mostly send no B pictures, and then
/// the delay is a frame time for nothing. Rule: as long as no B slice was ever seen, and after
/// one whole group of pictures or `patience` pictures without, what is held back is asked for
/// at once. The first B slice after that ends it for good, at the price of the pictures of one
/// group that come too late.
///
/// H.265 declares its reordering in every SPS (ITU-T H.265 section 7.4.3.2.1,
/// sps_max_num_reorder_pics), B slices are usual without any, and libavcodec believes the SPS:
/// so do we.
class reordering {
 public:
  explicit reordering(video_codec codec) noexcept
      : state_{codec == video_codec::h264 ? state::undecided : state::trusted} {}

  void note(bool keyframe, slice_kind slice) noexcept {
    if (slice == slice_kind::bidirectional) state_ = state::trusted;
    if (state_ != state::undecided) return;
    ++pictures_;
    if (keyframe) ++keyframes_;
    if (keyframes_ > 1 || pictures_ > patience) state_ = state::needless;
  }

  /// A picture came out that tells that the codec is right, or must not be meddled with.
  void trust() noexcept { state_ = state::trusted; }

  [[nodiscard]] bool is_needless() const noexcept { return state_ == state::needless; }

 private:
  static constexpr unsigned patience = 32;
  enum class state : unsigned char { undecided, needless, trusted };

  state state_;
  unsigned pictures_ = 0;
  unsigned keyframes_ = 0;
};

}  // namespace camherd::ffmpeg
