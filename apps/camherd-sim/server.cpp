#include "apps/camherd-sim/server.hpp"

#include "apps/camherd-sim/certificate.hpp"
#include "apps/camherd-sim/pipeline_bus.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace camherd::sim {
namespace {

constexpr const char* viewer_role = "viewer";
constexpr guint session_cleanup_seconds = 2;
constexpr guint udp_send_buffer = 1 << 20;  // a keyframe leaves as one burst

std::string_view payloader_of(video_codec codec) {
  switch (codec) {
    case video_codec::h265:
      return "rtph265pay";
    case video_codec::mjpeg:
      return "rtpjpegpay";
    case video_codec::h264:
      break;
  }
  return "rtph264pay";
}

std::string launch_line(video_codec codec) {
  const std::string parameters = codec == video_codec::mjpeg ? "" : " config-interval=-1";
  const std::string type = codec == video_codec::mjpeg ? "26" : "96";
  return "( appsrc name=pictures is-live=true format=time block=false max-bytes=0 ! " +
         std::string{payloader_of(codec)} + " name=pay0 pt=" + type + parameters + " )";
}

/// The server carries TLS in the same object as users, and that one then asks for a role.
bool needs_guard(const options& o) {
  return o.tls || !o.user.empty();
}

/// What the callbacks of one mount need; lives as long as its factory.
struct mount_context {
  camera& one;
  mono_time epoch;
};

void release_mount(gpointer context, GClosure*) {
  delete static_cast<mount_context*>(context);
}

gst_ptr<GstElement> pictures_of(GstRTSPMedia* media) {
  const gst_ptr<GstElement> bin{gst_rtsp_media_get_element(media)};
  return element_in(bin.get(), "pictures");
}

void on_need_data(GstAppSrc* source, guint, gpointer one) {
  static_cast<camera*>(one)->prepare(source);
}

void on_new_state(GstRTSPMedia*, gint state, gpointer one) {
  if (state == GST_STATE_PLAYING) {
    static_cast<camera*>(one)->play();
  } else {
    static_cast<camera*>(one)->pause();
  }
}

void on_unprepared(GstRTSPMedia* media, gpointer one) {
  static_cast<camera*>(one)->detach(GST_APP_SRC(pictures_of(media).get()));
}

/// Makes running time the time since the epoch, for every media of every camera.
void set_time_zero(GstElement* bin, mono_time epoch) {
  gst_ptr<GstObject> top{gst_object_get_parent(GST_OBJECT(bin))};
  if (!top || !GST_IS_PIPELINE(top.get())) return;
  auto* pipeline = GST_ELEMENT(top.get());
  const auto zero =
      std::chrono::duration_cast<std::chrono::nanoseconds>(epoch.time_since_epoch());
  const gst_ptr<GstObject> clock{GST_OBJECT(gst_system_clock_obtain())};
  gst_pipeline_use_clock(GST_PIPELINE(pipeline), GST_CLOCK(clock.get()));
  gst_element_set_start_time(pipeline, GST_CLOCK_TIME_NONE);
  gst_element_set_base_time(pipeline, static_cast<GstClockTime>(zero.count()));
}

void on_media_configure(GstRTSPMediaFactory*, GstRTSPMedia* media, gpointer context) {
  const auto& mounted = *static_cast<mount_context*>(context);
  const gst_ptr<GstElement> bin{gst_rtsp_media_get_element(media)};
  set_time_zero(bin.get(), mounted.epoch);
  // Pictures are pushed at the instant they are due: the sinks have nothing to wait for.
  gst_rtsp_media_set_rate_control(media, FALSE);

  const auto source = element_in(bin.get(), "pictures");
  mounted.one.attach(GST_APP_SRC(source.get()));
  GstAppSrcCallbacks callbacks{};
  callbacks.need_data = on_need_data;
  gst_app_src_set_callbacks(GST_APP_SRC(source.get()), &callbacks, &mounted.one, nullptr);
  g_signal_connect(media, "new-state", G_CALLBACK(on_new_state), &mounted.one);
  g_signal_connect(media, "unprepared", G_CALLBACK(on_unprepared), &mounted.one);
}

gboolean clean_sessions(gpointer pool) {
  gst_rtsp_session_pool_cleanup(GST_RTSP_SESSION_POOL(pool));
  return G_SOURCE_CONTINUE;
}

}  // namespace

result<std::unique_ptr<server>> server::start(const options& o, video_codec codec,
                                              std::span<const std::unique_ptr<camera>> cameras,
                                              mono_time epoch) {
  for (const std::string_view element : {std::string_view{"appsrc"}, payloader_of(codec)}) {
    if (!has_element(element)) {
      return error{error_kind::internal,
                   "GStreamer has no element " + std::string{element} +
                       "; install gstreamer1.0-plugins-base and gstreamer1.0-plugins-good"};
    }
  }
  std::unique_ptr<server> self{new server};
  self->server_.reset(gst_rtsp_server_new());
  if (const auto guarded = self->guard(o); !guarded) return guarded.error();
  std::uint32_t number = 0;
  for (const auto& one : cameras) self->mount(o, codec, number++, *one, epoch);
  if (const auto listening = self->listen(o); !listening) return listening.error();
  return self;
}

void server::mount(const options& o, video_codec codec, std::uint32_t number, camera& one,
                   mono_time epoch) {
  GstRTSPMediaFactory* factory = gst_rtsp_media_factory_new();
  gst_rtsp_media_factory_set_launch(factory, launch_line(codec).c_str());
  gst_rtsp_media_factory_set_shared(factory, TRUE);
  gst_rtsp_media_factory_set_latency(factory, 0);
  gst_rtsp_media_factory_set_buffer_size(factory, udp_send_buffer);
  gst_rtsp_media_factory_set_protocols(
      factory,
      static_cast<GstRTSPLowerTrans>(GST_RTSP_LOWER_TRANS_TCP | GST_RTSP_LOWER_TRANS_UDP));
  if (needs_guard(o)) {
    gst_rtsp_media_factory_add_role(factory, viewer_role, GST_RTSP_PERM_MEDIA_FACTORY_ACCESS,
                                    G_TYPE_BOOLEAN, TRUE, GST_RTSP_PERM_MEDIA_FACTORY_CONSTRUCT,
                                    G_TYPE_BOOLEAN, TRUE, nullptr);
  }
  g_signal_connect_data(factory, "media-configure", G_CALLBACK(on_media_configure),
                        new mount_context{one, epoch}, release_mount,
                        static_cast<GConnectFlags>(0));
  const g_object_ptr<GstRTSPMountPoints> mounts{
      gst_rtsp_server_get_mount_points(server_.get())};
  const std::string path = "/cam" + std::to_string(number);
  gst_rtsp_mount_points_add_factory(mounts.get(), path.c_str(), factory);
}

result<void> server::guard(const options& o) {
  if (!needs_guard(o)) return {};
  const g_object_ptr<GstRTSPAuth> auth{gst_rtsp_auth_new()};
  GstRTSPToken* token = gst_rtsp_token_new(GST_RTSP_TOKEN_MEDIA_FACTORY_ROLE, G_TYPE_STRING,
                                           viewer_role, nullptr);
  if (o.user.empty()) {
    gst_rtsp_auth_set_default_token(auth.get(), token);
  } else if (o.auth == auth_scheme::digest) {
    gst_rtsp_auth_set_supported_methods(auth.get(), GST_RTSP_AUTH_DIGEST);
    gst_rtsp_auth_add_digest(auth.get(), o.user.c_str(), o.password.c_str(), token);
  } else {
    const gst_ptr<gchar> basic{gst_rtsp_auth_make_basic(o.user.c_str(), o.password.c_str())};
    gst_rtsp_auth_set_supported_methods(auth.get(), GST_RTSP_AUTH_BASIC);
    gst_rtsp_auth_add_basic(auth.get(), basic.get(), token);
  }
  gst_rtsp_token_unref(token);
  if (o.tls) {
    const auto pem = make_certificate(o.address);
    if (!pem) return pem.error();
    GError* problem = nullptr;
    const g_object_ptr<GTlsCertificate> certificate{
        g_tls_certificate_new_from_pem(pem->c_str(), -1, &problem)};
    if (!certificate) {
      return error{error_kind::internal,
                   "--tls: " + take_message(problem) + " (is glib-networking installed?)"};
    }
    gst_rtsp_auth_set_tls_certificate(auth.get(), certificate.get());
  }
  gst_rtsp_server_set_auth(server_.get(), auth.get());
  return {};
}

result<void> server::listen(const options& o) {
  gst_rtsp_server_set_address(server_.get(), o.address.c_str());
  gst_rtsp_server_set_service(server_.get(), std::to_string(o.port).c_str());
  // A reader of all cameras connects to all of them at once.
  gst_rtsp_server_set_backlog(server_.get(), 1024);
  GError* problem = nullptr;
  accepting_.reset(gst_rtsp_server_create_source(server_.get(), nullptr, &problem));
  if (!accepting_) {
    return error{error_kind::internal, "listen on " + o.address + " port " +
                                           std::to_string(o.port) + ": " +
                                           take_message(problem)};
  }
  g_source_attach(accepting_.get(), nullptr);
  port_ = static_cast<std::uint16_t>(gst_rtsp_server_get_bound_port(server_.get()));

  cleaning_.reset(g_timeout_source_new_seconds(session_cleanup_seconds));
  g_source_set_callback(cleaning_.get(), clean_sessions,
                        gst_rtsp_server_get_session_pool(server_.get()), g_object_unref);
  g_source_attach(cleaning_.get(), nullptr);
  return {};
}

server::~server() {
  for (const auto& source : {accepting_.get(), cleaning_.get()}) {
    if (source != nullptr) g_source_destroy(source);
  }
  gst_rtsp_server_client_filter(
      server_.get(),
      [](GstRTSPServer*, GstRTSPClient*, gpointer) { return GST_RTSP_FILTER_REMOVE; }, nullptr);
  const g_object_ptr<GstRTSPSessionPool> sessions{
      gst_rtsp_server_get_session_pool(server_.get())};
  gst_rtsp_session_pool_filter(
      sessions.get(),
      [](GstRTSPSessionPool*, GstRTSPSession*, gpointer) { return GST_RTSP_FILTER_REMOVE; },
      nullptr);
  server_.reset();
  // Media threads end only with their media; their callbacks use the cameras until then.
  gst_rtsp_thread_pool_cleanup();
}

}  // namespace camherd::sim
