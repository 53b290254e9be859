#include "apps/camherd-sim/clip_source.hpp"

#include "apps/camherd-sim/pipeline_bus.hpp"
#include "core/base/block_code.hpp"

#include <gst/app/gstappsink.h>
#include <gst/video/video.h>

#include <algorithm>

namespace camherd::sim {
namespace {

error unreadable(const std::string& path, const std::string& why) {
  return {error_kind::invalid_argument, "--clip " + path + ": " + why};
}

}  // namespace

result<std::unique_ptr<clip_source>> clip_source::open(const std::string& path, frame_rate fps,
                                                       std::optional<picture_size> size) {
  std::unique_ptr<clip_source> clip{new clip_source{path, fps, size}};
  if (const auto opened = clip->rewind(); !opened) return opened.error();
  return clip;
}

result<void> clip_source::rewind() {
  GError* problem = nullptr;
  pipeline_.reset(
      gst_parse_launch("filesrc name=file ! decodebin ! videorate ! videoconvert ! videoscale "
                       "add-borders=false !"
                       " capsfilter name=wanted ! appsink name=out sync=false max-buffers=4",
                       &problem));
  if (problem != nullptr) {
    return error{error_kind::internal, "set up the clip's decoder: " + take_message(problem)};
  }
  g_object_set(element_in(pipeline_.get(), "file").get(), "location", path_.c_str(), nullptr);
  const gst_ptr<GstCaps> wanted{
      gst_caps_new_simple("video/x-raw", "format", G_TYPE_STRING, "I420", "framerate",
                          GST_TYPE_FRACTION, fps_.numerator, fps_.denominator,
                          "pixel-aspect-ratio", GST_TYPE_FRACTION, 1, 1, nullptr)};
  if (wanted_) {
    gst_caps_set_simple(wanted.get(), "width", G_TYPE_INT, wanted_->width, "height", G_TYPE_INT,
                        wanted_->height, nullptr);
  }
  g_object_set(element_in(pipeline_.get(), "wanted").get(), "caps", wanted.get(), nullptr);

  if (const auto ready = preroll(pipeline_.get()); !ready) {
    return unreadable(path_, ready.error().message());
  }
  const auto out = element_in(pipeline_.get(), "out");
  const gst_ptr<GstSample> first{gst_app_sink_pull_preroll(GST_APP_SINK(out.get()))};
  GstVideoInfo info;
  if (!first || !gst_video_info_from_caps(&info, gst_sample_get_caps(first.get()))) {
    return unreadable(path_, "there is no picture in it");
  }
  size_ = {static_cast<unsigned>(info.width), static_cast<unsigned>(info.height)};
  if (size_.width % 2 != 0 || size_.height % 2 != 0 || size_.width < block_code_width ||
      size_.height < block_code_height) {
    return unreadable(path_, "pictures of " + std::to_string(size_.width) + "x" +
                                 std::to_string(size_.height) +
                                 " cannot be used; give an even --size");
  }
  gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING);
  return {};
}

result<picture_outcome> clip_source::next(const yuv_picture& picture) {
  const auto out = element_in(pipeline_.get(), "out");
  const auto pulled = next_sample(pipeline_.get(), out.get());
  if (!pulled) return unreadable(path_, pulled.error().message());
  GstSample* sample = pulled->get();
  if (sample == nullptr) return picture_outcome::end;
  GstVideoInfo info;
  GstVideoFrame frame;
  if (!gst_video_info_from_caps(&info, gst_sample_get_caps(sample)) ||
      !gst_video_frame_map(&frame, &info, gst_sample_get_buffer(sample), GST_MAP_READ)) {
    return unreadable(path_, "a decoded picture cannot be read");
  }
  const bool fits = info.width == static_cast<gint>(size_.width) &&
                    info.height == static_cast<gint>(size_.height);
  for (guint plane = 0; fits && plane < 3; ++plane) {
    const auto* from =
        static_cast<const std::uint8_t*>(GST_VIDEO_FRAME_PLANE_DATA(&frame, plane));
    for (std::size_t y = 0; y < picture.height(plane); ++y) {
      const auto row = picture.row(plane, y);
      std::copy_n(
          from + y * static_cast<std::size_t>(GST_VIDEO_FRAME_PLANE_STRIDE(&frame, plane)),
          row.size(), row.begin());
    }
  }
  gst_video_frame_unmap(&frame);
  if (!fits) return unreadable(path_, "its picture size changes; give a --size");
  return picture_outcome::drawn;
}

}  // namespace camherd::sim
