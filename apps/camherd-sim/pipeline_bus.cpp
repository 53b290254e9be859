#include "apps/camherd-sim/pipeline_bus.hpp"

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

error failure_of(GstElement* pipeline) {
  const gst_ptr<GstBus> bus{gst_element_get_bus(pipeline)};
  const gst_ptr<GstMessage> message{gst_bus_pop_filtered(bus.get(), GST_MESSAGE_ERROR)};
  if (!message) return {error_kind::internal, "it has no video that can be read"};
  return error_in(message.get());
}

}  // namespace camherd::sim
