#include "core/media/ffmpeg/slot_buffers.hpp"

#include "core/media/ffmpeg/picture_format.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavutil/frame.h>
#include <libavutil/imgutils.h>
#include <libavutil/pixdesc.h>
}

namespace camherd::ffmpeg {
namespace {

// 16 is the most an H.264 or H.265 stream may keep (ITU-T H.264 annex A, H.265 annex A);
// libavcodec keeps one more for concealment, and one is being decoded.
constexpr std::size_t most_kept = 16 + 2;

// Wide loads and stores may touch what lies behind the last row.
constexpr std::size_t tail = 64;

std::size_t slots_wanted(const AVCodecContext& codec) noexcept {
  if (codec.codec_id == AV_CODEC_ID_MJPEG) return 1;
  const auto references = std::max(codec.refs, 1);
  const auto reordered = std::max(codec.has_b_frames, 0);
  // H.265 lets go of the references that a picture no longer needs only after it has its
  // buffer.
  const auto unneeded = codec.codec_id == AV_CODEC_ID_HEVC ? 1 : 0;
  return static_cast<std::size_t>(references + unneeded + reordered + 1);
}

}  // namespace

struct slot_buffers::layout {
  std::array<int, 4> strides{};
  std::array<std::size_t, 4> offsets{};
  std::size_t bytes = 0;
};

/// What an AVBuffer of ours owns.
struct slot_buffers::hold {
  hold(slot_ref s, std::size_t& count) noexcept : slot{std::move(s)}, kept{count} { ++kept; }
  ~hold() { --kept; }
  hold(const hold&) = delete;
  hold& operator=(const hold&) = delete;

  slot_ref slot;
  std::size_t& kept;
};

result<void> slot_buffers::reserve(std::size_t held_frames) {
  if (supply_.slots() == 0) {
    reserved_ = held_frames;
    return {};
  }
  return resize(codec_slots_, held_frames, supply_.slot_bytes());
}

void slot_buffers::give_back() noexcept {
  supply_ = {};
  shape_ = {};
  codec_slots_ = 0;
}

void slot_buffers::begin_unit() noexcept {
  exhausted_ = false;
  failure_.reset();
}

int slot_buffers::get_buffer(AVCodecContext& codec, AVFrame& picture) noexcept try {
  const auto plan = lay_out(codec, picture);
  if (!plan) {
    failure_ = plan.error();
    return AVERROR(EINVAL);
  }
  if (const auto made = make_room(codec, picture, plan->bytes); !made) {
    failure_ = made.error();
    return AVERROR(ENOMEM);
  }
  auto slot = acquire();
  if (!slot) {
    exhausted_ = !failure_.has_value();
    return AVERROR(ENOMEM);
  }
  const auto bytes = slot->bytes();
  auto owned = std::make_unique<hold>(*std::move(slot), kept_by_codec_);
  picture.buf[0] = av_buffer_create(
      bytes.data(), bytes.size(),
      [](void* opaque, std::uint8_t*) { delete static_cast<hold*>(opaque); }, owned.get(), 0);
  if (picture.buf[0] == nullptr) return AVERROR(ENOMEM);
  static_cast<void>(owned.release());  // the AVBuffer's from here on
  for (std::size_t i = 0; i < plan->strides.size(); ++i) {
    picture.linesize[i] = plan->strides[i];
    picture.data[i] = plan->strides[i] > 0 ? bytes.data() + plan->offsets[i] : nullptr;
  }
  picture.extended_data = picture.data;
  return 0;
} catch (const std::bad_alloc&) {
  return AVERROR(ENOMEM);
}

result<slot_buffers::layout> slot_buffers::lay_out(AVCodecContext& codec,
                                                   const AVFrame& picture) const {
  const auto format = static_cast<AVPixelFormat>(picture.format);
  if (!format_of(format)) {
    const char* const name = av_get_pix_fmt_name(format);
    return error{error_kind::unsupported, std::string{"pictures of pixel format "} +
                                              (name != nullptr ? name : "unknown")};
  }
  int width = picture.width;
  int height = picture.height;
  std::array<int, AV_NUM_DATA_POINTERS> alignment{};
  avcodec_align_dimensions2(&codec, &width, &height, alignment.data());
  layout plan;
  // All planes are widened together, since some decoders derive one stride from another.
  for (;;) {
    if (av_image_fill_linesizes(plan.strides.data(), format, width) < 0) {
      return error{error_kind::corrupt, "pictures of an impossible size"};
    }
    const auto unaligned = [&](std::size_t i) {
      return plan.strides[i] % std::max(alignment[i], 64) != 0;
    };
    if (!unaligned(0) && !unaligned(1) && !unaligned(2)) break;
    width += width & ~(width - 1);
  }
  std::array<std::size_t, 4> sizes{};
  const std::array<std::ptrdiff_t, 4> strides{plan.strides[0], plan.strides[1], plan.strides[2],
                                              plan.strides[3]};
  if (av_image_fill_plane_sizes(sizes.data(), format, height, strides.data()) < 0) {
    return error{error_kind::corrupt, "pictures of an impossible size"};
  }
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    plan.offsets[i] = plan.bytes;
    plan.bytes += (sizes[i] + tail + 63) / 64 * 64;
  }
  return plan;
}

result<void> slot_buffers::make_room(AVCodecContext& codec, const AVFrame& picture,
                                     std::size_t bytes) {
  const shape wanted{picture.width, picture.height, picture.format};
  if (shape_ == wanted && bytes <= supply_.slot_bytes()) return {};
  auto made = resize(std::min(slots_wanted(codec), most_kept), reserved_, bytes);
  if (made) shape_ = wanted;
  return made;
}

result<void> slot_buffers::resize(std::size_t codec_slots, std::size_t reserved,
                                  std::size_t slot_bytes) {
  const auto all = [](std::size_t a, std::size_t b) {
    return a > SIZE_MAX - b ? SIZE_MAX : a + b;
  };
  const auto own = codec_slots + extra_slots_;
  // Reserved slots get a pool of their own, so that it can go when nobody needs them any more.
  result<void> made;
  if (slot_bytes != supply_.slot_bytes()) made = supply_.resize(own, slot_bytes);
  if (made) made = supply_.resize(all(own, reserved), slot_bytes);
  if (!made) return made.error().within("memory for pictures");
  codec_slots_ = codec_slots;
  reserved_ = reserved;
  return {};
}

std::optional<slot_ref> slot_buffers::acquire() {
  if (auto slot = supply_.acquire()) return slot;
  const auto needed = std::min(kept_by_codec_ + 1, most_kept);
  if (needed <= codec_slots_) return std::nullopt;
  if (const auto made = resize(needed, reserved_, supply_.slot_bytes()); !made) {
    failure_ = made.error();
    return std::nullopt;
  }
  return supply_.acquire();
}

slot_ref slot_buffers::slot_of(const AVFrame& picture) {
  return static_cast<const hold*>(av_buffer_get_opaque(picture.buf[0]))->slot;
}

}  // namespace camherd::ffmpeg
