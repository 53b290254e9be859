#include "apps/camherd-sim/clip_save.hpp"

#include "apps/camherd-sim/pipeline_bus.hpp"

#include <gst/app/gstappsrc.h>

namespace camherd::sim {
namespace {

std::string description_of(video_codec codec) {
  const std::string begin = "appsrc name=in ! ";
  const std::string end = "filesink name=out";
  switch (codec) {
    case video_codec::h265:
      return begin +
             "h265parse config-interval=-1 ! video/x-h265,stream-format=byte-stream ! " + end;
    case video_codec::mjpeg:
      return begin + end;
    case video_codec::h264:
      break;
  }
  return begin + "h264parse config-interval=-1 ! video/x-h264,stream-format=byte-stream ! " +
         end;
}

}  // namespace

result<void> save_clip(const encoded_loop& loop, const std::string& path) {
  GError* problem = nullptr;
  const pipeline_ptr pipeline{gst_parse_launch(description_of(loop.codec).c_str(), &problem)};
  if (problem != nullptr) {
    return error{error_kind::internal, "set up the clip's writer: " + take_message(problem)};
  }
  g_object_set(element_in(pipeline.get(), "out").get(), "location", path.c_str(), nullptr);
  const auto in = element_in(pipeline.get(), "in");
  auto* const source = GST_APP_SRC(in.get());
  gst_app_src_set_caps(source, loop.caps.get());
  // The pictures are in memory anyway: all of them may wait.
  gst_app_src_set_max_bytes(source, 0);
  gst_element_set_state(pipeline.get(), GST_STATE_PLAYING);
  for (const encoded_picture& picture : loop.pictures) {
    gst_app_src_push_buffer(source, gst_buffer_ref(picture.buffer.get()));
  }
  gst_app_src_end_of_stream(source);
  if (const auto ended = wait_for_end(pipeline.get()); !ended) {
    return ended.error().within("write " + path);
  }
  return {};
}

}  // namespace camherd::sim
