#include "apps/camherd-sim/clip_copy.hpp"

#include "apps/camherd-sim/pipeline_bus.hpp"

#include <gst/app/gstappsink.h>

#include <algorithm>
#include <optional>
#include <string_view>

namespace camherd::sim {
namespace {

using std::chrono::nanoseconds;

constexpr nanoseconds untimed_interval{1'000'000'000 / 25};

error unreadable(const std::string& path, const std::string& why) {
  return {error_kind::invalid_argument, "--clip " + path + ": " + why};
}

std::optional<video_codec> codec_of(GstCaps* caps) {
  if (gst_caps_get_size(caps) == 0) return std::nullopt;
  const std::string_view name = gst_structure_get_name(gst_caps_get_structure(caps, 0));
  if (name == "video/x-h264") return video_codec::h264;
  if (name == "video/x-h265") return video_codec::h265;
  if (name == "image/jpeg") return video_codec::mjpeg;
  return std::nullopt;
}

const char* shape_of(video_codec codec) {
  switch (codec) {
    case video_codec::h265:
      return "h265parse ! video/x-h265,stream-format=hvc1,alignment=au";
    case video_codec::mjpeg:
      return "jpegparse";
    case video_codec::h264:
      break;
  }
  return "h264parse ! video/x-h264,stream-format=avc,alignment=au";
}

/// Links the first stream that we can send; the reader passes over what is not linked.
void link_stream(GstElement* parsebin, GstPad* pad, gpointer) {
  const gst_ptr<GstElement> pipeline{GST_ELEMENT(gst_element_get_parent(parsebin))};
  const gst_ptr<GstCaps> caps{gst_pad_query_caps(pad, nullptr)};
  const auto codec = codec_of(caps.get());
  if (!codec || element_in(pipeline.get(), "out")) return;
  const std::string description =
      std::string{shape_of(*codec)} + " ! appsink name=out sync=false";
  GstElement* branch = gst_parse_bin_from_description(description.c_str(), TRUE, nullptr);
  if (branch == nullptr) return;
  gst_bin_add(GST_BIN(pipeline.get()), branch);
  const gst_ptr<GstPad> sink{gst_element_get_static_pad(branch, "sink")};
  gst_pad_link(pad, sink.get());
  gst_element_sync_state_with_parent(branch);
}

bool has_streams(GstElement* pipeline) {
  return element_in(pipeline, "streams")->numsrcpads > 0;
}

struct timed_sample {
  gst_ptr<GstSample> sample;
  std::optional<nanoseconds> sent;   // decode time
  std::optional<nanoseconds> shown;  // presentation time
};

std::optional<nanoseconds> time_of(GstClockTime t) {
  if (!GST_CLOCK_TIME_IS_VALID(t)) return std::nullopt;
  return nanoseconds{static_cast<nanoseconds::rep>(t)};
}

/// All pictures from the first keyframe on.
result<std::vector<timed_sample>> read_samples(GstElement* pipeline, GstElement* out) {
  std::vector<timed_sample> samples;
  for (;;) {
    auto pulled = next_sample(pipeline, out);
    if (!pulled) return pulled.error();
    if (*pulled == nullptr) return samples;
    GstBuffer* buffer = gst_sample_get_buffer(pulled->get());
    if (samples.empty() && GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_DELTA_UNIT)) continue;
    const auto shown = time_of(GST_BUFFER_PTS(buffer));
    const auto sent = time_of(GST_BUFFER_DTS(buffer));
    samples.push_back({*std::move(pulled), sent ? sent : shown, shown});
  }
}

/// Times for a stream that has none for some picture: evenly spaced, shown when sent.
void space_evenly(std::vector<timed_sample>& samples) {
  nanoseconds at{0};
  for (timed_sample& s : samples) {
    s.sent = s.shown = at;
    at += untimed_interval;
  }
}

encoded_loop loop_of(std::vector<timed_sample> samples, video_codec codec) {
  const bool timed =
      std::ranges::all_of(samples, [](const timed_sample& s) { return s.sent && s.shown; });
  if (!timed) space_evenly(samples);
  encoded_loop loop;
  loop.codec = codec;
  loop.caps.reset(gst_caps_ref(gst_sample_get_caps(samples.front().sample.get())));
  const nanoseconds begin = *samples.front().sent;
  nanoseconds at{0};
  for (const timed_sample& s : samples) {
    GstBuffer* buffer = gst_sample_get_buffer(s.sample.get());
    at = std::max(at, *s.sent - begin);
    loop.timing.send_at.push_back(at);
    const bool dependent = GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_DELTA_UNIT);
    loop.pictures.push_back(
        {.buffer = gst_ptr<GstBuffer>{gst_buffer_ref(buffer)},
         .shown_after = *s.shown - begin - at,
         .kind = dependent ? picture_kind::dependent : picture_kind::keyframe});
  }
  const auto intervals = static_cast<nanoseconds::rep>(samples.size() - 1);
  const nanoseconds mean = intervals > 0 ? at / intervals : untimed_interval;
  loop.timing.duration = at + std::max(mean, nanoseconds{1'000'000});
  return loop;
}

}  // namespace

result<encoded_loop> copy_clip(const std::string& path) {
  GError* problem = nullptr;
  const pipeline_ptr pipeline{
      gst_parse_launch("filesrc name=file ! parsebin name=streams", &problem)};
  if (problem != nullptr) {
    return error{error_kind::internal, "set up the clip's reader: " + take_message(problem)};
  }
  g_object_set(element_in(pipeline.get(), "file").get(), "location", path.c_str(), nullptr);
  g_signal_connect(element_in(pipeline.get(), "streams").get(), "pad-added",
                   G_CALLBACK(link_stream), nullptr);
  const auto ready = preroll(pipeline.get());
  const auto out = element_in(pipeline.get(), "out");
  if (!out && has_streams(pipeline.get())) {
    return unreadable(path, "no H.264, H.265 or MJPEG stream in it; leave out --as-is");
  }
  if (!ready) return unreadable(path, ready.error().message());
  gst_element_set_state(pipeline.get(), GST_STATE_PLAYING);
  auto samples = read_samples(pipeline.get(), out.get());
  if (!samples) return unreadable(path, samples.error().message());
  if (samples->empty()) return unreadable(path, "there is no keyframe in it");
  const auto codec = codec_of(gst_sample_get_caps(samples->front().sample.get()));
  if (!codec) return unreadable(path, "no H.264, H.265 or MJPEG stream in it");
  encoded_loop loop = loop_of(*std::move(samples), *codec);
  strip_parameter_sets(loop);
  return loop;
}

}  // namespace camherd::sim
