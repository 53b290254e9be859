#include "apps/camherd/open_source.hpp"

#include "core/media/demuxer_source.hpp"
#include "core/rtsp/session.hpp"

#include <utility>

namespace camherd {
namespace {

rtsp::transport transport_of(transport_choice choice) {
  switch (choice) {
    case transport_choice::tcp:
      return rtsp::transport::tcp;
    case transport_choice::udp:
      return rtsp::transport::udp;
    case transport_choice::automatic:
      return rtsp::transport::automatic;
  }
  return rtsp::transport::tcp;
}

}  // namespace

source_ptr open_source(rtsp::io_pool& io, const camera_config& camera,
                       std::shared_ptr<source_listener> listener) {
  if (!camera.url.is_rtsp()) {
    demuxer_options options;
    options.loop = camera.loop;
    options.open_timeout = camera.connect_timeout + camera.first_frame_timeout / 2;
    options.read_timeout = camera.stall_timeout;
    options.max_access_unit_bytes = camera.max_access_unit_bytes;
    return make_demuxer_source(camera.url, options, std::move(listener));
  }
  rtsp::session_options options;
  options.transport = transport_of(camera.transport);
  options.connect_timeout = camera.connect_timeout;
  options.response_timeout = camera.connect_timeout;
  options.reorder_delay = camera.reorder_delay;
  options.receive_buffer_bytes = camera.receive_buffer_bytes;
  options.verify_certificate = camera.verify_certificate;
  options.units.max_access_unit_bytes = camera.max_access_unit_bytes;
  return rtsp::make_session(io, camera.url, options, std::move(listener));
}

}  // namespace camherd
