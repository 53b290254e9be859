#include "core/media/decoder.hpp"

#include "core/base/memory_shortage.hpp"
#include "core/media/ffmpeg/av_error.hpp"
#include "core/media/ffmpeg/av_log.hpp"
#include "core/media/ffmpeg/av_ptr.hpp"
#include "core/media/ffmpeg/first_slice.hpp"
#include "core/media/ffmpeg/picture_format.hpp"
#include "core/media/ffmpeg/reordering.hpp"
#include "core/media/ffmpeg/slot_buffers.hpp"
#include "core/media/ffmpeg/unit_ledger.hpp"

#include <algorithm>
#include <climits>
#include <optional>
#include <string>
#include <utility>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavutil/frame.h>
#include <libavutil/imgutils.h>
#include <libavutil/pixdesc.h>
}

static_assert(camherd::padded_bytes::padding >= AV_INPUT_BUFFER_PADDING_SIZE);

namespace camherd {
namespace ffmpeg {
namespace {

AVCodecID id_of(video_codec codec) noexcept {
  switch (codec) {
    case video_codec::h264:
      return AV_CODEC_ID_H264;
    case video_codec::h265:
      return AV_CODEC_ID_HEVC;
    case video_codec::mjpeg:
      return AV_CODEC_ID_MJPEG;
  }
  return AV_CODEC_ID_NONE;
}

bool is_interlaced(const AVFrame& picture) noexcept {
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(58, 7, 100)
  return (picture.flags & AV_FRAME_FLAG_INTERLACED) != 0;
#else
  return picture.interlaced_frame != 0;
#endif
}

/// Whether libavcodec complained of the picture of `unit`, or of what it needs.
bool is_harmed(const unit_record& unit, const damage_watch& watch) noexcept {
  return watch.damaged() || (watch.misses_reference() && !unit.keyframe);
}

bool is_damaged(const AVFrame& picture) noexcept {
  return (picture.flags & AV_FRAME_FLAG_CORRUPT) != 0 || picture.decode_error_flags != 0;
}

/// A packet that owns the payload it was given; null without memory.
packet_ptr packet_of(padded_bytes payload, std::int64_t key) {
  packet_ptr packet{av_packet_alloc()};
  if (!packet) return nullptr;
  auto owned = std::make_unique<padded_bytes>(std::move(payload));
  packet->data = owned->data();
  packet->size = static_cast<int>(owned->size());
  packet->buf = av_buffer_create(
      packet->data, owned->size() + padded_bytes::padding,
      [](void* opaque, std::uint8_t*) { delete static_cast<padded_bytes*>(opaque); },
      owned.get(), AV_BUFFER_FLAG_READONLY);
  if (packet->buf == nullptr) return nullptr;
  static_cast<void>(owned.release());  // the AVBuffer's from here on
  packet->pts = key;
  return packet;
}

class av_decoder final : public decoder {
 public:
  av_decoder(const AVCodec& av_codec, video_codec codec, const decoder_options& options,
             std::uint32_t generation)
      : av_codec_{av_codec},
        codec_{codec},
        max_pixels_{static_cast<std::int64_t>(options.max_pixels)},
        buffers_{options.extra_slots},
        reordering_{codec},
        next_generation_{generation} {}

  result<void> decode(access_unit unit, decode_listener& listener) override;
  void drain(decode_listener& listener) override;
  void rest(decode_listener& listener) override;
  [[nodiscard]] std::size_t in_flight() const noexcept override { return ledger_.waiting(); }
  result<void> reserve(std::size_t held_frames) override {
    return buffers_.reserve(held_frames);
  }
  [[nodiscard]] slot_usage slots() const noexcept override {
    return {buffers_.supply().slots(), buffers_.supply().in_use()};
  }

 private:
  result<void> open();
  void judge_references(unit_record& unit);
  void note_damage(const unit_record& unit) noexcept;
  void forget_references(decode_listener& listener);
  int run(const AVPacket* packet, decode_listener& listener);
  void deliver(decode_listener& listener);
  void bring_out_waiting(decode_listener& listener);
  [[nodiscard]] result<void> outcome_of(int code, const damage_watch& watch) const;
  result<void> conclude(std::int64_t key, result<void> outcome, decode_listener& listener);
  void refuse(unit_record& unit, drop_reason reason, decode_listener& listener);
  [[nodiscard]] std::optional<frame> frame_of(const unit_record& unit);
  std::uint32_t generation_of(const frame& f);

  const AVCodec& av_codec_;
  video_codec codec_;
  std::int64_t max_pixels_;
  slot_buffers buffers_;       // before the codec, which gives its buffers back when it ends
  codec_context_ptr context_;  // null before the first unit and at rest
  frame_ptr picture_;
  packet_ptr nudge_;
  unit_ledger ledger_;
  reordering reordering_;
  bool references_good_ = false;          // since the last keyframe, in decoding order
  bool leading_references_good_ = false;  // before the last keyframe
  std::int64_t keyframe_time_ = 0;        // of that keyframe
  bool missing_before_next_ = false;      // a unit gave no frame since the last frame
  struct {
    std::int64_t key = 0;
    const damage_watch* watch = nullptr;
  } decoding_;  // the unit whose packet the codec is at
  bool bringing_out_ = false;
  std::optional<std::int64_t> brought_out_;  // time of the last frame that came out early
  std::uint32_t next_generation_;
  struct {
    std::uint32_t width = 0;
    std::uint32_t height = 0;
    pixel_format format{};
  } shown_;  // the last frame
};

result<void> av_decoder::open() {
  context_.reset(avcodec_alloc_context3(&av_codec_));
  picture_.reset(av_frame_alloc());
  nudge_.reset(av_packet_alloc());
  if (!context_ || !picture_ || !nudge_) {
    context_.reset();
    return no_memory_for("a decoder");
  }
  context_->thread_count = 1;
  context_->flags |= AV_CODEC_FLAG_LOW_DELAY | AV_CODEC_FLAG_OUTPUT_CORRUPT |
                     AV_CODEC_FLAG_UNALIGNED;  // crops on the left to the pixel
  context_->max_pixels = max_pixels_;
  context_->pkt_timebase = {1, 1000000};
  context_->export_side_data = AV_CODEC_EXPORT_DATA_FILM_GRAIN;  // rather than a second picture
  // Without this a torn JPEG counts as decoded, and nothing tells.
  if (codec_ == video_codec::mjpeg) context_->err_recognition |= AV_EF_EXPLODE;
  context_->opaque = &buffers_;
  context_->get_buffer2 = [](AVCodecContext* self, AVFrame* picture, int) {
    return static_cast<slot_buffers*>(self->opaque)->get_buffer(*self, *picture);
  };
  if (const int code = avcodec_open2(context_.get(), &av_codec_, nullptr); code < 0) {
    context_.reset();
    return av_failure("opening the decoder", code);
  }
  return {};
}

result<void> av_decoder::decode(access_unit unit, decode_listener& listener) {
  const auto slice = first_slice(codec_, unit.payload.bytes());
  // libavcodec would make up what is missing before a keyframe that is no IDR picture.
  if (unit.keyframe && slice != slice_kind::idr && (unit.after_gap || unit.after_undecoded))
    forget_references(listener);
  auto& record = ledger_.enter(unit, slice);
  const auto key = record.key;
  buffers_.begin_unit();
  if (unit.codec != codec_ || unit.payload.empty() ||
      unit.payload.size() > INT_MAX - padded_bytes::padding) {
    refuse(record, drop_reason::corrupt, listener);
    return error{error_kind::corrupt,
                 "an access unit that is empty, too large or of another codec"};
  }
  if (!context_) {
    if (auto opened = open(); !opened) {
      refuse(record, drop_reason::corrupt, listener);
      return opened;
    }
  }
  judge_references(record);
  reordering_.note(record.keyframe, slice);
  const auto entered = record;
  const auto packet = packet_of(std::move(unit.payload), key);
  if (!packet) return conclude(key, av_failure("decoding", AVERROR(ENOMEM)), listener);

  const damage_watch watch;
  decoding_ = {key, &watch};
  const int code = run(packet.get(), listener);
  decoding_ = {};
  if (is_harmed(entered, watch)) {
    if (auto* const damaged = ledger_.find_waiting(key)) damaged->corrupt = true;
    if (slice != slice_kind::none) note_damage(entered);
  } else if (watch.misses_reference()) {
    leading_references_good_ = false;  // of a keyframe, which needs none itself
  }
  if (code >= 0 && reordering_.is_needless()) bring_out_waiting(listener);
  return conclude(key, outcome_of(code, watch), listener);
}

/// What the codec's return value and its words come to. No free slot is not an error.
result<void> av_decoder::outcome_of(int code, const damage_watch& watch) const {
  if (buffers_.failure()) return *buffers_.failure();
  if (const auto& size = watch.too_large()) {
    return error{error_kind::unsupported,
                 "pictures of " + std::to_string(size->width) + "x" +
                     std::to_string(size->height) + " with padding: more than " +
                     std::to_string(max_pixels_) + " pixels, the most that is decoded"};
  }
  if (code < 0 && !buffers_.exhausted()) return av_failure("decoding", code);
  return {};
}

/// Sets `unit.corrupt` if what it may be predicted from is damaged, and finds out the leading
/// pictures of H.264.
void av_decoder::judge_references(unit_record& unit) {
  if (unit.keyframe) {
    leading_references_good_ = references_good_;
    references_good_ = !unit.corrupt;
    keyframe_time_ = unit.rtp_time;
    return;
  }
  if (unit.after_gap) references_good_ = leading_references_good_ = false;
  if (unit.slice == slice_kind::bidirectional && unit.rtp_time < keyframe_time_)
    unit.slice = slice_kind::leading;
  unit.orphan = unit.slice == slice_kind::leading && !leading_references_good_;
  const bool damaged = unit.corrupt;
  unit.corrupt |= !references_good_;
  if (damaged && unit.reference) note_damage(unit);
}

/// What is predicted from `unit` is damaged: only leading pictures are from a leading one.
void av_decoder::note_damage(const unit_record& unit) noexcept {
  (unit.slice == slice_kind::leading ? leading_references_good_ : references_good_) = false;
}

/// Gives `packet` (null: the end) to the codec and delivers what comes out. Returns 0 or the
/// first AVERROR.
int av_decoder::run(const AVPacket* packet, decode_listener& listener) {
  int failed = avcodec_send_packet(context_.get(), packet);
  for (;;) {
    const int code = avcodec_receive_frame(context_.get(), picture_.get());
    if (code == AVERROR(EAGAIN) || code == AVERROR_EOF) return std::min(failed, 0);
    if (code < 0) {
      if (failed < 0) return failed;
      failed = code;
      continue;
    }
    deliver(listener);
    av_frame_unref(picture_.get());
  }
}

/// Reports the frame in `picture_`.
void av_decoder::deliver(decode_listener& listener) {
  auto* const unit = ledger_.find_waiting(picture_->pts);
  if (unit == nullptr) return;  // reported as discarded before
  // To bring out a waiting picture would come between the two fields of the next.
  if (picture_->pict_type == AV_PICTURE_TYPE_B || is_interlaced(*picture_)) reordering_.trust();
  const bool complained = decoding_.watch != nullptr && decoding_.key == unit->key &&
                          is_harmed(*unit, *decoding_.watch);
  if (is_damaged(*picture_) || complained) {
    unit->corrupt = true;
    if (unit->reference) note_damage(*unit);
  }
  if (unit->keyframe) {
    missing_before_next_ |= ledger_.settle_before(unit->key, listener).pictures;
    brought_out_.reset();
  }
  if (unit->orphan) return refuse(*unit, drop_reason::awaiting_keyframe, listener);
  const bool reordered =
      unit->slice == slice_kind::bidirectional || unit->slice == slice_kind::leading;
  if (brought_out_ && reordered && unit->rtp_time < *brought_out_) {
    return ledger_.discard(*unit, drop_reason::stale, listener);
  }
  auto made = frame_of(*unit);
  if (!made) return refuse(*unit, drop_reason::corrupt, listener);
  missing_before_next_ = false;
  if (bringing_out_) brought_out_ = unit->rtp_time;
  ledger_.framed(*unit, is_interlaced(*picture_) ? unit_record::state::gave_interlaced_frame
                                                 : unit_record::state::settled);
  listener.on_frame(*std::move(made));
}

/// Brings out pictures that libavcodec holds back for an order that this stream does not use:
/// it gives one waiting picture for a packet without bytes, as at the end of a stream, but goes
/// on afterwards. The packet needs some side data to be let through. A libavcodec that does not
/// play along gives nothing, and the pictures come with a delay.
void av_decoder::bring_out_waiting(decode_listener& listener) {
  for (auto most = ledger_.waiting(); most > 0 && context_->has_b_frames > 0; --most) {
    av_packet_unref(nudge_.get());
    if (av_packet_new_side_data(nudge_.get(), AV_PKT_DATA_QUALITY_STATS, 8) == nullptr) return;
    const auto before = ledger_.waiting();
    bringing_out_ = true;
    const int code = run(nudge_.get(), listener);
    bringing_out_ = false;
    if (code < 0 || ledger_.waiting() == before) return;
  }
}

/// Reports what can be told of unit `key` and of those before it, after decoding came
/// to `outcome`.
result<void> av_decoder::conclude(std::int64_t key, result<void> outcome,
                                  decode_listener& listener) {
  auto* const unit = ledger_.find_waiting(key);
  if (unit != nullptr && buffers_.exhausted()) {
    refuse(*unit, drop_reason::no_free_slot, listener);
  } else if (unit != nullptr && !outcome && unit->orphan) {
    refuse(*unit, drop_reason::awaiting_keyframe, listener);
    outcome = {};
  } else if (unit != nullptr && !outcome && unit->slice != slice_kind::none) {
    refuse(*unit, drop_reason::corrupt, listener);
  } else if (unit != nullptr && unit->slice == slice_kind::none) {
    outcome = {};  // parameter sets alone: libavcodec takes them and complains of the rest
  }
  // Besides the pictures held back for their order, one may wait for its second field; held
  // back and made of two fields each, twice as many do.
  const auto held_back = static_cast<std::size_t>(std::max(context_->has_b_frames, 0));
  const auto lost = ledger_.settle(held_back > 0 ? 2 * held_back + 2 : 1, listener);
  missing_before_next_ |= lost.pictures;
  if (lost.references) references_good_ = false;
  return outcome;
}

void av_decoder::refuse(unit_record& unit, drop_reason reason, decode_listener& listener) {
  if (unit.reference || unit.keyframe) note_damage(unit);
  missing_before_next_ = true;
  ledger_.discard(unit, reason, listener);
}

/// Brings out what the codec still holds, and has the next unit be the first.
void av_decoder::forget_references(decode_listener& listener) {
  buffers_.begin_unit();
  if (context_) {
    run(nullptr, listener);
    avcodec_flush_buffers(context_.get());
  }
  missing_before_next_ |= ledger_.settle_all(listener).pictures;
  references_good_ = leading_references_good_ = false;
  brought_out_.reset();
}

void av_decoder::drain(decode_listener& listener) {
  forget_references(listener);
  missing_before_next_ = false;
}

void av_decoder::rest(decode_listener& listener) {
  drain(listener);
  context_.reset();
  buffers_.give_back();
}

std::optional<frame> av_decoder::frame_of(const unit_record& unit) {
  const auto& picture = *picture_;
  const auto libav_format = static_cast<AVPixelFormat>(picture.format);
  const auto format = format_of(libav_format);
  if (!format || picture.buf[0] == nullptr) return std::nullopt;

  frame f;
  f.metadata.unit_sequence = unit.sequence;
  f.metadata.rtp_time = unit.rtp_time;
  f.metadata.clock_rate = unit.clock_rate;
  f.metadata.captured_at = unit.captured_at;
  f.metadata.received_at = unit.received_at;
  f.metadata.decoded_at = std::chrono::steady_clock::now();
  f.metadata.keyframe = unit.keyframe;
  f.metadata.reference = unit.reference;
  f.metadata.corrupt = unit.corrupt;
  f.metadata.after_gap = unit.after_gap || missing_before_next_;
  f.metadata.interlaced = is_interlaced(picture);
  f.metadata.full_range =
      picture.color_range == AVCOL_RANGE_JPEG || implies_full_range(libav_format);
  f.width = f.source_width = static_cast<std::uint32_t>(picture.width);
  f.height = f.source_height = static_cast<std::uint32_t>(picture.height);
  f.content = {0, 0, f.width, f.height};
  f.format = *format;
  f.metadata.matrix = matrix_of(picture.colorspace, f.width, f.height);
  f.metadata.generation = generation_of(f);
  f.plane_count = static_cast<std::uint8_t>(av_pix_fmt_count_planes(libav_format));

  const auto* const descriptor = av_pix_fmt_desc_get(libav_format);
  f.slot = slot_buffers::slot_of(picture);
  const auto* const base = f.slot.pool()->segment().bytes().data();
  for (int i = 0; i < f.plane_count; ++i) {
    auto& to = f.planes[static_cast<std::size_t>(i)];
    const int shift = i == 0 ? 0 : descriptor->log2_chroma_h;
    to.offset = static_cast<std::size_t>(picture.data[i] - base);
    to.stride = static_cast<std::uint32_t>(picture.linesize[i]);
    to.rows = static_cast<std::uint32_t>(AV_CEIL_RSHIFT(picture.height, shift));
    to.row_bytes =
        static_cast<std::uint32_t>(av_image_get_linesize(libav_format, picture.width, i));
  }
  return f;
}

std::uint32_t av_decoder::generation_of(const frame& f) {
  if (f.width != shown_.width || f.height != shown_.height || f.format != shown_.format) {
    shown_ = {f.width, f.height, f.format};
    ++next_generation_;
  }
  return next_generation_ - 1;
}

}  // namespace
}  // namespace ffmpeg

result<std::unique_ptr<decoder>> make_decoder(video_codec codec, const decoder_options& options,
                                              std::uint32_t first_generation) {
  ffmpeg::silence_av_log();
  const AVCodec* const found = avcodec_find_decoder(ffmpeg::id_of(codec));
  if (found == nullptr) {
    return error{error_kind::unsupported, "this machine's libavcodec has no decoder for " +
                                              std::string{to_string(codec)}};
  }
  return std::unique_ptr<decoder>{
      std::make_unique<ffmpeg::av_decoder>(*found, codec, options, first_generation)};
}

}  // namespace camherd
