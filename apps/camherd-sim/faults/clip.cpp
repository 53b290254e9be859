#include "apps/camherd-sim/faults/clip.hpp"

#include "apps/camherd-sim/pipeline_bus.hpp"
#include "core/base/bitstream.hpp"
#include "core/base/block_code.hpp"

#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>
#include <gst/video/video.h>

#include <algorithm>
#include <map>
#include <mutex>

namespace camherd::faults {
namespace {

using sim::element_in;
using sim::gst_ptr;

std::string encoder_description(const clip_wish& wish) {
  const std::string gop = std::to_string(wish.gop);
  const std::string more = wish.settings.empty() ? "" : ":" + wish.settings;
  if (wish.codec == video_codec::h265) {
    return "x265enc speed-preset=ultrafast qp=24 key-int-max=" + gop +
           " option-string=\"keyint=" + gop + ":min-keyint=" + gop +
           ":scenecut=0:open-gop=0:bframes=0:ref=1:slices=1:rc-lookahead=0:frame-threads=1:"
           "pools=1:info=0:repeat-headers=1" +
           more + "\" " + wish.properties +
           " ! video/x-h265,stream-format=byte-stream,alignment=au";
  }
  // What a wish may change is in the option string: the element's properties override it.
  return "x264enc speed-preset=superfast pass=quant quantizer=22 threads=1 ref=1"
         " rc-lookahead=0 mb-tree=false sync-lookahead=0 aud=false key-int-max=" +
         gop + " option-string=\"keyint=" + gop + ":min-keyint=" + gop +
         ":scenecut=0:open-gop=0:bframes=0" + more + "\" " + wish.properties +
         " ! video/x-h264,stream-format=byte-stream,alignment=au";
}

/// A plane of gentle waves that run through the whole picture; where it is interlaced, the odd
/// rows are half a picture's time ahead.
void paint(std::uint8_t* samples, std::size_t stride, unsigned width, unsigned height,
           unsigned index, unsigned base, clip_scan scan) {
  for (unsigned y = 0; y < height; ++y) {
    const bool later = scan == clip_scan::interlaced && y % 2 != 0;
    const unsigned shift = index * 3 + (later ? 2 : 0);
    for (unsigned x = 0; x < width; ++x) {
      const unsigned wave = (x + shift) & 127U;
      const unsigned ramp = (y + shift / 2) & 127U;
      samples[y * stride + x] = static_cast<std::uint8_t>(
          base + std::min(wave, 127 - wave) / 2 + std::min(ramp, 127 - ramp) / 2);
    }
  }
}

/// One run of the encoder.
class encoding {
 public:
  explicit encoding(const clip_wish& wish) : wish_{wish} {
    gst_video_info_set_format(&info_, GST_VIDEO_FORMAT_I420, wish.width, wish.height);
    info_.fps_n = static_cast<int>(wish.fps);
    info_.fps_d = 1;
    if (wish.scan == clip_scan::interlaced) {
      GST_VIDEO_INFO_INTERLACE_MODE(&info_) = GST_VIDEO_INTERLACE_MODE_INTERLEAVED;
      GST_VIDEO_INFO_FIELD_ORDER(&info_) = GST_VIDEO_FIELD_ORDER_TOP_FIELD_FIRST;
    }
  }

  result<std::vector<byte_vector>> run();

 private:
  result<void> start();
  [[nodiscard]] gst_ptr<GstBuffer> picture(unsigned number) const;
  static GstFlowReturn collect(GstAppSink* sink, gpointer self);

  const clip_wish& wish_;
  GstVideoInfo info_{};
  std::vector<byte_vector> units_;  // filled by the streaming thread until end of stream
  sim::pipeline_ptr pipeline_;
};

result<void> encoding::start() {
  const auto description =
      "appsrc name=in format=time block=true max-bytes=64000000 ! videoconvert ! "
      "video/x-raw,format=" +
      wish_.raw_format + " ! " + encoder_description(wish_) + " ! appsink name=out sync=false";
  auto playing = sim::play_encoder(description, info_, &encoding::collect, this);
  if (!playing) return playing.error();
  pipeline_ = *std::move(playing);
  return {};
}

GstFlowReturn encoding::collect(GstAppSink* sink, gpointer self) {
  const gst_ptr<GstSample> sample{gst_app_sink_pull_sample(sink)};
  if (!sample) return GST_FLOW_EOS;
  GstBuffer* const buffer = gst_sample_get_buffer(sample.get());
  byte_vector unit(gst_buffer_get_size(buffer));
  gst_buffer_extract(buffer, 0, unit.data(), unit.size());
  static_cast<encoding*>(self)->units_.push_back(std::move(unit));
  return GST_FLOW_OK;
}

gst_ptr<GstBuffer> encoding::picture(unsigned number) const {
  gst_ptr<GstBuffer> buffer{gst_buffer_new_allocate(nullptr, info_.size, nullptr)};
  GstMapInfo map;
  if (!buffer || !gst_buffer_map(buffer.get(), &map, GST_MAP_WRITE)) return nullptr;
  const auto index = wish_.first_index + number;
  for (unsigned plane = 0; plane < 3; ++plane) {
    const unsigned half = plane == 0 ? 0 : 1;
    paint(map.data + info_.offset[plane], static_cast<std::size_t>(info_.stride[plane]),
          (wish_.width + half) >> half, (wish_.height + half) >> half, index,
          plane == 0 ? 60 : 80, wish_.scan);
  }
  draw_block_code({{map.data, map.size},
                   static_cast<std::size_t>(info_.stride[0]),
                   wish_.width,
                   wish_.height},
                  {0, static_cast<std::uint16_t>(index)});
  gst_buffer_unmap(buffer.get(), &map);
  GST_BUFFER_PTS(buffer.get()) = number * GST_SECOND / wish_.fps;
  GST_BUFFER_DURATION(buffer.get()) = GST_SECOND / wish_.fps;
  return buffer;
}

result<std::vector<byte_vector>> encoding::run() {
  if (const auto started = start(); !started) return started.error();
  const auto in = element_in(pipeline_.get(), "in");
  for (unsigned number = 0; number < wish_.pictures; ++number) {
    auto next = picture(number);
    if (!next) return error{error_kind::internal, "no memory for a picture"};
    // A failed encoder has its reason on the bus, which is read after the last picture.
    if (gst_app_src_push_buffer(GST_APP_SRC(in.get()), next.release()) != GST_FLOW_OK) break;
  }
  gst_app_src_end_of_stream(GST_APP_SRC(in.get()));
  if (const auto ended = sim::wait_for_end(pipeline_.get()); !ended) {
    return ended.error().within("encode");
  }
  pipeline_.reset();
  return std::move(units_);
}

}  // namespace

result<clip_ptr> make_clip(const clip_wish& wish) {
  for (const auto* element :
       {"videoconvert", wish.codec == video_codec::h264 ? "x264enc" : "x265enc"}) {
    if (!sim::has_element(element)) {
      return error{error_kind::internal,
                   std::string{"GStreamer has no element "} + element +
                       "; install gstreamer1.0-plugins-base, -bad and -ugly"};
    }
  }
  static std::mutex mutex;  // over what was made
  static std::map<clip_wish, clip_ptr> made;
  const std::lock_guard lock{mutex};
  auto& known = made[wish];
  if (known) return known;
  auto units = encoding{wish}.run();
  if (!units) return units.error();
  if (units->empty()) return error{error_kind::internal, "the encoder made no picture"};
  known = std::make_shared<const clip>(clip{wish, *std::move(units)});
  return known;
}

std::vector<byte_vector> parameter_sets_in(video_codec codec, const byte_vector& unit) {
  auto nals = nal_units(unit);
  std::erase_if(nals, [&](const byte_vector& nal) {
    return role_of(codec, nal) != nal_role::parameter_set;
  });
  return nals;
}

std::string describe(const clip& pictures) {
  const auto codec = pictures.made_of.codec;
  std::string sets;
  for (const auto& nal : parameter_sets_in(codec, pictures.units.front())) {
    if (codec == video_codec::h264) {
      sets += (sets.empty() ? ";sprop-parameter-sets=" : ",") + base64(nal);
    } else {
      constexpr std::array names{"vps", "sps", "pps"};
      sets += std::string{";sprop-"} + names[(nal[0] >> 1 & 0x3fU) - 32] + "=" + base64(nal);
    }
  }
  const bool h264 = codec == video_codec::h264;
  return "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=scripted camera\r\nt=0 0\r\na=control:*\r\n"
         "m=audio 0 RTP/AVP 0\r\na=control:audio\r\n"
         "m=video 0 RTP/AVP 96\r\na=rtpmap:96 " +
         std::string{h264 ? "H264" : "H265"} + "/90000\r\na=fmtp:96 " +
         (h264 ? "packetization-mode=1" + sets : sets.substr(sets.empty() ? 0 : 1)) +
         "\r\na=framerate:" + std::to_string(pictures.made_of.fps) + "\r\na=control:video\r\n";
}

}  // namespace camherd::faults
