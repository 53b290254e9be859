#pragma once

#include "core/base/camera_url.hpp"
#include "core/base/source.hpp"
#include "core/rtsp/depacketizer.hpp"
#include "core/rtsp/message.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

namespace camherd::rtsp {

class io_pool;

enum class transport : unsigned char {
  tcp,        ///< interleaved in the RTSP connection
  udp,        ///< RTP and RTCP over UDP
  automatic,  ///< UDP; TCP if the server refuses it or no packet arrives within
              ///< `udp_probe_time`
};

struct session_options {
  rtsp::transport transport = rtsp::transport::tcp;
  std::chrono::milliseconds connect_timeout{5000};   ///< name lookup, TCP and TLS together
  std::chrono::milliseconds response_timeout{5000};  ///< for each answer
  std::chrono::milliseconds teardown_timeout{500};   ///< for the orderly end
  std::chrono::milliseconds udp_probe_time{3000};
  std::chrono::milliseconds report_interval{5000};  ///< between RTCP receiver reports
  std::chrono::milliseconds reorder_delay{50};      ///< UDP: longest wait for a late packet
  std::size_t reorder_packets = 512;
  std::size_t receive_buffer_bytes =
      0;                            ///< SO_RCVBUF; 0 leaves the kernel's default (UDP: 1 MiB)
  bool verify_certificate = false;  ///< rtsps: cameras have self-signed certificates
  unsigned max_redirects = 3;
  message_limits messages{};
  depacketizer_limits units{};
};

/// An RTSP 1.0 client session (RFC 2326) as a `source`. Served by one thread of `pool`, which
/// must outlive it. Errors of `on_ended` name the connection (local and remote address) and
/// CSeq or RTP sequence number, to find it in a capture.
///
/// A started session lives until it ends, whether or not anybody holds it: an owner that loses
/// interest calls `stop`. When the pool is destroyed, sessions still open die without
/// `on_ended`.
///
/// Kinds of `on_ended`: `authentication` (401 after our answer, 403); `unsupported` (no video
/// we decode, the transport refused, no TLS on the port, a certificate that does not verify, a
/// method or header the camera refuses, redirected without end); `corrupt` (bytes that are not
/// RTSP or SDP); `end_of_stream` (stopped, RTCP BYE, TEARDOWN by the camera); `internal` (no
/// ports, descriptors or memory left); `retry` for the rest, 404 too, since cameras answer 404
/// while they boot.
///
/// `automatic` over rtsps is TCP: whoever asks for TLS does not want pictures beside it.
[[nodiscard]] source_ptr make_session(io_pool& pool, camera_url url, session_options options,
                                      std::shared_ptr<source_listener> listener);

}  // namespace camherd::rtsp
