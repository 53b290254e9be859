#include "apps/camherd-sim/encoder.hpp"

#include "apps/camherd-sim/pipeline_bus.hpp"
#include "core/base/block_code.hpp"

#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>
#include <gst/video/video.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string_view>

namespace camherd::sim {
namespace {

/// What differs between the encoders. `coarseness` is the number that is searched: 0 is finest.
struct encoder_kind {
  std::string_view element;
  std::string_view package;
  int finest;
  int coarsest;
  int first_guess;
  double bits_per_pixel;     ///< that the first guess gives with our own scene
  double steps_per_halving;  ///< of the bit rate, near the guess
};

encoder_kind kind_of(video_codec codec) {
  switch (codec) {
    case video_codec::h265:
      return {"x265enc", "gstreamer1.0-plugins-bad", 1, 51, 25, 0.25, 5};
    case video_codec::mjpeg:
      return {"jpegenc", "gstreamer1.0-plugins-good", 3, 99, 34, 0.87, 20};
    case video_codec::h264:
      break;
  }
  return {"x264enc", "gstreamer1.0-plugins-ugly", 1, 50, 25, 0.25, 5};
}

/// The part of the pipeline between raw pictures and access units.
std::string encoder_description(const encode_wish& wish, int coarseness) {
  const std::string gop = std::to_string(wish.gop);
  const std::string level = std::to_string(coarseness);
  switch (wish.codec) {
    case video_codec::h265:
      return "x265enc speed-preset=ultrafast tune=zerolatency qp=" + level +
             " key-int-max=" + gop + " option-string=\"keyint=" + gop + ":min-keyint=" + gop +
             ":scenecut=0:open-gop=0:bframes=0:ref=1:slices=1:rd=1:frame-threads=2:info=0\""
             " ! h265parse ! video/x-h265,stream-format=hvc1,alignment=au";
    case video_codec::mjpeg:
      return "jpegenc quality=" + std::to_string(100 - coarseness);
    case video_codec::h264:
      break;
  }
  return "x264enc speed-preset=superfast pass=quant quantizer=" + level +
         " threads=2 sliced-threads=false bframes=0 ref=1 rc-lookahead=0 mb-tree=false"
         " sync-lookahead=0 aud=false key-int-max=" +
         gop + " option-string=\"min-keyint=" + gop +
         ":scenecut=0:open-gop=0\""
         " ! video/x-h264,stream-format=avc,alignment=au,profile=high";
}

/// One run of an encoder over the beginning of a source.
class encoding {
 public:
  encoding(const encode_wish& wish, picture_size size) : wish_{wish} {
    gst_video_info_set_format(&info_, GST_VIDEO_FORMAT_I420, size.width, size.height);
    info_.fps_n = wish.fps.numerator;
    info_.fps_d = wish.fps.denominator;
  }

  result<encoded_loop> run(picture_source& source, int coarseness, unsigned pictures);

 private:
  result<void> start(int coarseness);
  result<picture_outcome> push(picture_source& source, unsigned index);
  static GstFlowReturn collect(GstAppSink* sink, gpointer self);

  const encode_wish& wish_;
  GstVideoInfo info_{};
  encoded_loop loop_;  // filled by the streaming thread until end of stream
  pipeline_ptr pipeline_;
};

result<void> encoding::start(int coarseness) {
  const std::string description = "appsrc name=in format=time block=true max-bytes=8000000 ! " +
                                  encoder_description(wish_, coarseness) +
                                  " ! appsink name=out sync=false";
  auto playing = play_encoder(description, info_, &encoding::collect, this);
  if (!playing) return playing.error();
  pipeline_ = *std::move(playing);
  return {};
}

GstFlowReturn encoding::collect(GstAppSink* sink, gpointer self) {
  encoded_loop& loop = static_cast<encoding*>(self)->loop_;
  const gst_ptr<GstSample> sample{gst_app_sink_pull_sample(sink)};
  if (!sample) return GST_FLOW_EOS;
  GstBuffer* buffer = gst_sample_get_buffer(sample.get());
  if (!loop.caps) loop.caps.reset(gst_caps_ref(gst_sample_get_caps(sample.get())));
  const bool dependent = GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  loop.pictures.push_back(
      {.buffer = gst_ptr<GstBuffer>{gst_buffer_ref(buffer)},
       .kind = dependent ? picture_kind::dependent : picture_kind::keyframe});
  return GST_FLOW_OK;
}

result<picture_outcome> encoding::push(picture_source& source, unsigned index) {
  gst_ptr<GstBuffer> buffer{gst_buffer_new_allocate(nullptr, info_.size, nullptr)};
  GstMapInfo map;
  if (!buffer || !gst_buffer_map(buffer.get(), &map, GST_MAP_WRITE)) {
    return error{error_kind::internal, "no memory for a picture"};
  }
  yuv_picture picture;
  picture.size = source.size();
  for (std::size_t plane = 0; plane < 3; ++plane) {
    picture.planes[plane] = map.data + info_.offset[plane];
    picture.strides[plane] = static_cast<std::size_t>(info_.stride[plane]);
  }
  const auto outcome = source.next(picture);
  const luma_plane<std::uint8_t> luma{
      {map.data, map.size}, picture.strides[0], picture.size.width, picture.size.height};
  draw_block_code(luma, {wish_.scene, static_cast<std::uint16_t>(index)});
  gst_buffer_unmap(buffer.get(), &map);
  if (!outcome || *outcome == picture_outcome::end) return outcome;

  const auto time_of = [this](unsigned i) {
    return gst_util_uint64_scale(i, GST_SECOND * static_cast<guint64>(wish_.fps.denominator),
                                 static_cast<guint64>(wish_.fps.numerator));
  };
  GST_BUFFER_PTS(buffer.get()) = time_of(index);
  GST_BUFFER_DURATION(buffer.get()) = time_of(index + 1) - time_of(index);
  const auto in = element_in(pipeline_.get(), "in");
  const auto flow = gst_app_src_push_buffer(GST_APP_SRC(in.get()), buffer.release());
  // A failed encoder has its reason on the bus, which is read after the last picture.
  return flow == GST_FLOW_OK ? picture_outcome::drawn : picture_outcome::end;
}

result<encoded_loop> encoding::run(picture_source& source, int coarseness, unsigned pictures) {
  if (const auto ready = source.rewind(); !ready) return ready.error();
  if (const auto started = start(coarseness); !started) return started.error();
  for (unsigned index = 0; index < pictures; ++index) {
    const auto outcome = push(source, index);
    if (!outcome) return outcome.error();
    if (*outcome == picture_outcome::end) break;
  }
  const auto in = element_in(pipeline_.get(), "in");
  gst_app_src_end_of_stream(GST_APP_SRC(in.get()));
  if (const auto ended = wait_for_end(pipeline_.get()); !ended) {
    return ended.error().within("encode");
  }
  pipeline_.reset();
  if (loop_.pictures.empty()) {
    return error{error_kind::invalid_argument, "there is no picture to encode"};
  }
  if (loop_.pictures.size() >= wish_.gop) {
    loop_.pictures.resize(loop_.pictures.size() / wish_.gop * wish_.gop);
  }
  loop_.codec = wish_.codec;
  loop_.timing.gop = loop_.pictures.size() >= wish_.gop ? wish_.gop : 1;
  const auto time_of = [this](std::size_t i) {
    return std::chrono::nanoseconds{
        gst_util_uint64_scale(i, GST_SECOND * static_cast<guint64>(wish_.fps.denominator),
                              static_cast<guint64>(wish_.fps.numerator))};
  };
  for (std::size_t i = 0; i < loop_.pictures.size(); ++i) {
    loop_.timing.send_at.push_back(time_of(i));
  }
  loop_.timing.duration = time_of(loop_.pictures.size());
  return std::move(loop_);
}

/// One trial: how far the bit rate was above the wish, in doublings.
struct trial {
  int coarseness;
  double excess;
};

/// The next guess between a trial that was too fine and one that was too coarse, either of
/// which may be missing.
int next_guess(const std::optional<trial>& fine, const std::optional<trial>& coarse,
               const encoder_kind& kind) {
  if (fine && coarse) {
    const double part = fine->excess / (fine->excess - coarse->excess);
    const int span = coarse->coarseness - fine->coarseness;
    const int step = static_cast<int>(std::lround(part * span));
    return fine->coarseness + std::clamp(step, 1, span - 1);
  }
  const trial& known = fine ? *fine : *coarse;
  const int step = static_cast<int>(std::lround(known.excess * kind.steps_per_halving));
  const int away = step != 0 ? step : (fine ? 1 : -1);
  return std::clamp(known.coarseness + away, kind.finest, kind.coarsest);
}

int first_guess(const encode_wish& wish, picture_size size, const encoder_kind& kind) {
  const double pixels_per_second =
      static_cast<double>(size.width) * size.height * wish.fps.numerator / wish.fps.denominator;
  const double bits_per_pixel = static_cast<double>(wish.bitrate) / pixels_per_second;
  const double finer = std::log2(bits_per_pixel / kind.bits_per_pixel) * kind.steps_per_halving;
  return std::clamp(kind.first_guess - static_cast<int>(std::lround(finer)), kind.finest,
                    kind.coarsest);
}

/// How far the bit rate of whole GOPs like the one that `sample` begins is above the wish.
double excess_of(const encoded_loop& sample, const encode_wish& wish) {
  const loop_figures figures = figures_of(sample);
  const double gop_bytes = static_cast<double>(figures.keyframe_bytes) +
                           static_cast<double>(figures.dependent_bytes) * (wish.gop - 1);
  const double gops_per_second =
      static_cast<double>(wish.fps.numerator) / wish.fps.denominator / wish.gop;
  return std::log2(8 * gop_bytes * gops_per_second / static_cast<double>(wish.bitrate));
}

/// The coarseness whose bit rate comes nearest to the wish, judged by the first pictures.
result<int> find_coarseness(picture_source& source, const encode_wish& wish) {
  constexpr double near_enough = 0.15;
  constexpr unsigned sample_pictures = 12;
  const encoder_kind kind = kind_of(wish.codec);
  std::optional<trial> fine;    // the coarsest that exceeds the wish
  std::optional<trial> coarse;  // the finest that stays below it
  for (int guess = first_guess(wish, source.size(), kind);;) {
    const auto sample = encoding{wish, source.size()}.run(source, guess, sample_pictures);
    if (!sample) return sample.error();
    const trial now{guess, excess_of(*sample, wish)};
    if (std::abs(now.excess) < near_enough) return guess;
    (now.excess > 0 ? fine : coarse) = now;
    if (fine && coarse && coarse->coarseness - fine->coarseness <= 1) {
      return -coarse->excess < fine->excess ? coarse->coarseness : fine->coarseness;
    }
    const int next = next_guess(fine, coarse, kind);
    if (next == guess) return guess;  // the encoder cannot go further
    guess = next;
  }
}

}  // namespace

result<encoded_loop> encode(picture_source& source, const encode_wish& wish) {
  const encoder_kind kind = kind_of(wish.codec);
  if (!has_element(kind.element)) {
    return error{error_kind::internal, "GStreamer has no element " + std::string{kind.element} +
                                           "; install " + std::string{kind.package}};
  }
  const auto coarseness = find_coarseness(source, wish);
  if (!coarseness) return coarseness.error();
  auto loop = encoding{wish, source.size()}.run(source, *coarseness, wish.max_pictures);
  if (loop) strip_parameter_sets(*loop);
  return loop;
}

}  // namespace camherd::sim
