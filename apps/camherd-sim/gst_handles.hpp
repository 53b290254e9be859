#pragma once

#include <gst/gst.h>

#include <memory>
#include <string>

namespace camherd::sim {

/// Releases what GStreamer and GLib hand out, each in its own way.
struct gst_release {
  void operator()(GstBuffer* p) const noexcept { gst_buffer_unref(p); }
  void operator()(GstCaps* p) const noexcept { gst_caps_unref(p); }
  void operator()(GstSample* p) const noexcept { gst_sample_unref(p); }
  void operator()(GstMessage* p) const noexcept { gst_message_unref(p); }
  void operator()(GstElement* p) const noexcept { gst_object_unref(p); }
  void operator()(GstBus* p) const noexcept { gst_object_unref(p); }
  void operator()(GstPad* p) const noexcept { gst_object_unref(p); }
  void operator()(GstObject* p) const noexcept { gst_object_unref(p); }
  void operator()(GError* p) const noexcept { g_error_free(p); }
  void operator()(gchar* p) const noexcept { g_free(p); }
  void operator()(GMainLoop* p) const noexcept { g_main_loop_unref(p); }
  void operator()(GSource* p) const noexcept { g_source_unref(p); }
};

template <class T>
using gst_ptr = std::unique_ptr<T, gst_release>;

/// Releases any GObject.
struct g_object_release {
  void operator()(gpointer p) const noexcept { g_object_unref(p); }
};

template <class T>
using g_object_ptr = std::unique_ptr<T, g_object_release>;

/// Stops a pipeline before it lets go of it.
struct pipeline_stop {
  void operator()(GstElement* p) const noexcept {
    gst_element_set_state(p, GST_STATE_NULL);
    gst_object_unref(p);
  }
};

using pipeline_ptr = std::unique_ptr<GstElement, pipeline_stop>;

/// The element of that name in a bin.
[[nodiscard]] inline gst_ptr<GstElement> element_in(GstElement* bin, const char* name) {
  return gst_ptr<GstElement>{gst_bin_get_by_name(GST_BIN(bin), name)};
}

/// The message of a GError set by a call that failed, and its release.
[[nodiscard]] inline std::string take_message(GError* raw) {
  const gst_ptr<GError> e{raw};
  return e ? e->message : "unknown error";
}

}  // namespace camherd::sim
