#pragma once

#include "apps/camherd-sim/gst_handles.hpp"
#include "core/base/result.hpp"

#include <gst/app/gstappsink.h>
#include <gst/video/video.h>

#include <string>
#include <string_view>

namespace camherd::sim {

/// True if GStreamer can make an element of this kind.
[[nodiscard]] bool has_element(std::string_view kind);

/// Waits until a running pipeline has reached its end or failed. Errors: `internal`, with the
/// element's own words.
[[nodiscard]] result<void> wait_for_end(GstElement* pipeline);

/// Brings a pipeline to PAUSED and waits until every sink has its first picture. Errors:
/// `internal`, with the element's own words, or because the pipeline ended without a picture.
[[nodiscard]] result<void> preroll(GstElement* pipeline);

/// The next sample of the appsink `sink` in a running pipeline; null at the end of the stream.
/// Errors: `internal`, with the element's own words.
[[nodiscard]] result<gst_ptr<GstSample>> next_sample(GstElement* pipeline, GstElement* sink);

/// Plays an encoder: raw pictures of `info` go into its appsrc `in`, what comes out of its
/// appsink `out` is told to `on_sample`, on the streaming thread, which may use `self`. Errors:
/// `internal`, with GStreamer's words.
[[nodiscard]] result<pipeline_ptr> play_encoder(
    const std::string& description, GstVideoInfo& info,
    GstFlowReturn (*on_sample)(GstAppSink*, gpointer), gpointer self);

}  // namespace camherd::sim
