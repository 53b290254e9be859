#include "apps/camherd-sim/pipeline_bus.hpp"

#include <gst/app/gstappsrc.h>

#include <string>

namespace camherd::sim {
namespace {

error error_in(GstMessage* message) {
  GError* problem = nullptr;
  gst_message_parse_error(message, &problem, nullptr);
  return {error_kind::internal, take_message(problem)};
}

}  // namespace

bool has_element(std::string_view kind) {
  const gst_ptr<GstObject> factory{
      GST_OBJECT(gst_element_factory_find(std::string{kind}.c_str()))};
  return factory != nullptr;
}

result<void> wait_for_end(GstElement* pipeline) {
  const gst_ptr<GstBus> bus{gst_element_get_bus(pipeline)};
  const gst_ptr<GstMessage> message{gst_bus_timed_pop_filtered(
      bus.get(), GST_CLOCK_TIME_NONE,
      static_cast<GstMessageType>(GST_MESSAGE_EOS | GST_MESSAGE_ERROR))};
  if (GST_MESSAGE_TYPE(message.get()) == GST_MESSAGE_ERROR) return error_in(message.get());
  return {};
}

result<void> preroll(GstElement* pipeline) {
  gst_element_set_state(pipeline, GST_STATE_PAUSED);
  const gst_ptr<GstBus> bus{gst_element_get_bus(pipeline)};
  const gst_ptr<GstMessage> message{gst_bus_timed_pop_filtered(
      bus.get(), GST_CLOCK_TIME_NONE,
      static_cast<GstMessageType>(GST_MESSAGE_ASYNC_DONE | GST_MESSAGE_EOS |
                                  GST_MESSAGE_ERROR))};
  switch (GST_MESSAGE_TYPE(message.get())) {
    case GST_MESSAGE_ERROR:
      return error_in(message.get());
    case GST_MESSAGE_EOS:
      return error{error_kind::internal, "there is no picture in it"};
    default:
      return {};
  }
}

result<gst_ptr<GstSample>> next_sample(GstElement* pipeline, GstElement* sink) {
  const gst_ptr<GstBus> bus{gst_element_get_bus(pipeline)};
  // An element that fails may leave the sink waiting for ever, so the bus is asked as well.
  constexpr GstClockTime between_looks = 100 * GST_MSECOND;
  for (;;) {
    gst_ptr<GstSample> sample{gst_app_sink_try_pull_sample(GST_APP_SINK(sink), between_looks)};
    if (sample) return sample;
    const gst_ptr<GstMessage> failure{gst_bus_pop_filtered(bus.get(), GST_MESSAGE_ERROR)};
    if (failure) return error_in(failure.get());
    if (gst_app_sink_is_eos(GST_APP_SINK(sink))) return gst_ptr<GstSample>{};
  }
}

result<pipeline_ptr> play_encoder(const std::string& description, GstVideoInfo& info,
                                  GstFlowReturn (*on_sample)(GstAppSink*, gpointer),
                                  gpointer self) {
  GError* problem = nullptr;
  pipeline_ptr made{gst_parse_launch(description.c_str(), &problem)};
  if (problem != nullptr) {
    return error{error_kind::internal, "set up the encoder: " + take_message(problem)};
  }
  const auto in = element_in(made.get(), "in");
  const gst_ptr<GstCaps> caps{gst_video_info_to_caps(&info)};
  gst_app_src_set_caps(GST_APP_SRC(in.get()), caps.get());
  const auto out = element_in(made.get(), "out");
  GstAppSinkCallbacks callbacks{};
  callbacks.new_sample = on_sample;
  gst_app_sink_set_callbacks(GST_APP_SINK(out.get()), &callbacks, self, nullptr);
  gst_element_set_state(made.get(), GST_STATE_PLAYING);
  return made;
}

}  // namespace camherd::sim
